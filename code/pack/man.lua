-- SPDX-License-Identifier: MIT
--
--   man.lua VERSION DIR PART...
--
-- The manual pages, from what is written already: the public headers, whose
-- comments say what a caller must know, the examples, and for the preloaded
-- library the book's chapter. DIR/man3/pagewise-PART.3 for each part and a
-- link to it for each of its functions; DIR/man7/pagewise.7;
-- DIR/man1/pagewise-malloc.1.

package.path = "code/pack/?.lua;" .. package.path
local roff = require "roff"
local text = require "text"
local yaml = require "lyaml"

local version, dir = arg[1], arg[2]
local parts = { table.unpack(arg, 3) }
local source = "Pagewise " .. version
local edition = yaml.load(text.read("book.yaml"), { implicit_scalar =
    function(value) return value end }).edition -- a day, and no time

local escape, heading = roff.escape, roff.heading
local paragraphs, example = roff.paragraphs, roff.example

local function title(name, section)
    return roff.title(name, section, edition, source)
end

---------------------------------------------------------------- headers

-- The lines of a comment /* ... */ without its frame.
local function uncomment(comment)
    local out = {}
    local inner = comment:gsub("^/%*", ""):gsub("%*/%s*$", "")
    for line in text.lines(inner) do
        line = line:gsub("^%s%* ?", ""):gsub("%s+$", "")
        out[#out + 1] = line
    end
    while out[1] and out[1]:match("^%s*$") do
        table.remove(out, 1)
    end
    while #out > 0 and out[#out]:match("^%s*$") do
        table.remove(out)
    end
    if out[1] then
        out[1] = out[1]:gsub("^%s+", "")
    end
    return out
end

-- The opening comment, and the rest in pieces: what empty lines part.
local function read_header(part)
    local all = text.publish("code/" .. part .. "/" .. part .. ".h")
    local comment = all:match("(/%*\n.-%*/)")
    local rest = all:match("extern \"C\" {\n#endif\n(.*)#ifdef __cplus")
        or all:match("#define PW_[^\n]*_H\n(.*)#endif")
    local pieces, open = {}, nil
    for piece in (rest .. "\n\n"):gmatch("\n*(.-)\n\n+") do
        piece = open and open .. "\n\n" .. piece or piece
        local _, opens = piece:gsub("{", "")
        local _, closes = piece:gsub("}", "")
        open = opens > closes and piece or nil
        if not open and piece:match("%S")
            and not piece:match("^#include") then
            pieces[#pieces + 1] = piece
        end
    end
    return uncomment(comment), pieces
end

local labels = { Source = "SOURCE", Threads = "THREADS", Errors = "ERRORS",
    ["fork()"] = "FORK" }
local order = { "ERRORS", "THREADS", "FORK", "SOURCE" }

-- The opening comment: its first sentence, its paragraphs by heading.
local function opening(lines)
    local sections, at, first = { DESCRIPTION = {} }, "DESCRIPTION", nil
    for i, line in ipairs(lines) do
        local label, rest = line:match("^([%a()]+): (.*)$")
        if i == 1 then
            first = line:gsub("^[%w_]+: ", "")
        elseif label and labels[label] then
            at = labels[label]
            sections[at] = { (rest:gsub("^%l", string.upper)) }
        else
            at = line == "" and at ~= "ERRORS" and "DESCRIPTION" or at
            table.insert(sections[at], line)
        end
        if i > 1 and first and not first:match("[.]$")
            and not first:match("[.;:]%f[%s\0]") then
            first = first .. " " .. line
            sections.DESCRIPTION = {}
        end
    end
    return (first:match("^(.-)%.%f[%s\0]") or first), sections
end

-- Names of functions declared in a piece.
local function functions(piece)
    local names = {}
    local bare = text.without_comments(piece):gsub("%b{}", "{}")
    if not bare:match("typedef") then
        for name in bare:gmatch("(pw_[%w_]+)%s*%(") do
            names[#names + 1] = name
        end
    end
    return names
end

local function see_also(but)
    local list = { but ~= "7" and "pagewise (7)" or nil }
    for _, part in ipairs(parts) do
        list[#list + 1] = "pagewise-" .. part .. " (3)"
    end
    if but ~= "1" then
        list[#list + 1] = "pagewise-malloc (1)"
    end
    for i, item in ipairs(list) do
        list[i] = ".BR " .. escape(item) .. (list[i + 1] and " ," or "")
    end
    return heading("SEE ALSO") .. table.concat(list, "\n") .. "\n"
end

local function declared(pieces)
    local out = {}
    for _, piece in ipairs(pieces) do
        local comment, code = piece:match("^(/%*.-%*/)\n?(.*)$")
        if comment then
            out[#out + 1] = ".PP\n" .. paragraphs(uncomment(comment))
        end
        code = comment and code or piece
        if code:match("%S") then
            local lines = {}
            for line in text.lines(code) do
                lines[#lines + 1] = line
            end
            out[#out + 1] = ".PP\n" .. example(lines)
        end
    end
    return table.concat(out)
end

local link = "cc program.c $(pkg-config --cflags --libs pagewise)"

local function page(part)
    local lines, pieces = read_header(part)
    local first, sections = opening(lines)
    local names = {}
    for _, piece in ipairs(pieces) do
        for _, name in ipairs(functions(piece)) do
            names[#names + 1] = name
        end
    end
    local name = "pagewise-" .. part
    local out = { title(name, 3), heading("NAME"), escape(name .. ", "
        .. table.concat(names, ", ")), " \\- ", escape(first), "\n",
        heading("SYNOPSIS"), ".nf\n.B #include <pagewise/", part,
        ".h>\n.sp\n", escape(link), "\n.fi\n", heading("DESCRIPTION"),
        paragraphs(sections.DESCRIPTION), heading("DECLARATIONS"),
        declared(pieces) }
    for _, key in ipairs(order) do
        if sections[key] then
            out[#out + 1] = heading(key) .. paragraphs(sections[key])
                :gsub("port_types%.h", "pagewise(7)")
        end
    end
    local code, file = {}, "code/" .. part .. "/example.c"
    for line in text.lines(io.open(file) and text.publish(file) or "") do
        line = line:gsub('#include "(' .. part .. '%.h)"',
            "#include <pagewise/%1>")
        code[#code + 1] = not line:match("SPDX") and line or nil
    end
    if code[2] then
        out[#out + 1] = heading("EXAMPLES") .. example(code)
    end
    out[#out + 1] = see_also()
    roff.write(dir .. "/man3/" .. name .. ".3", out)
    for _, alias in ipairs(names) do
        text.write(dir .. "/man3/" .. alias .. ".3", ".so man3/" .. name
            .. ".3\n")
    end
    return first
end

---------------------------------------------------------------- chapters

local function title_of(chapter)
    return 'the book\'s chapter "' .. text.read("chapters/" .. chapter
        .. ".md"):match("\n# *(.-) *{#ch%-"):gsub("`", "") .. '"'
end

-- A chapter's prose as plain lines: the paragraphs that stand on their own
-- between two places, without values, notes and references; words that
-- carry their evidence are words.
local function prose(chapter, from, to)
    local all = text.read("chapters/" .. chapter .. ".md")
    local out, inside, fence, seen = {}, false, false, false
    for line in text.lines(all) do
        if line:find(from, 1, true) then
            seen = true
        elseif seen and line:find(to, 1, true) then
            break
        elseif seen and line:match("^:::+ {") then
            inside = true
        elseif line:match("^:::+$") then
            inside = false
        elseif seen and line:match("^```") then
            fence = not fence
        elseif seen and fence then
            out[#out + 1] = "    " .. line
        elseif seen and not inside and not line:match("^#")
            and not line:match("^|") and not line:match("^%[%^") then
            local plain = line:gsub("%[%]%(#ch%-(%w+)%)", title_of)
                :gsub("%[%^[^%]]*%]", "")
                :gsub("%s*%(%[%]%(#[^)]*%)%)", ""):gsub("`([^`]*)`", "%1")
                :gsub("%s*%[@[^%]]*%]", ""):gsub("%*([^*]+)%*", "%1")
                :gsub("%[([^%[%]]*)%]%b{}", "%1")
            if not plain:match("{{") and not plain:match("%]%(")
                and not plain:match("^:") then
                out[#out + 1] = plain
            end
        end
    end
    return (paragraphs(out):gsub("%.PP\n%.PP\n", ".PP\n")
        :gsub("%.PP\n%.PP\n", ".PP\n"):gsub("^%.PP\n", "")
        :gsub("%.PP\n$", ""))
end

local function preloaded()
    local lines = read_header("malloc")
    local first, sections = opening(lines)
    roff.write(dir .. "/man1/pagewise-malloc.1", {
        title("pagewise-malloc", 1), heading("NAME"),
        "libpagewise\\-malloc.so \\- ", escape(first), "\n",
        heading("SYNOPSIS"), ".nf\nLD_PRELOAD=libpagewise\\-malloc.so ",
        "\\fIprogram\\fR [\\fIargument\\fR ...]\n.fi\n",
        heading("DESCRIPTION"), paragraphs(sections.DESCRIPTION),
        heading("THREADS"), paragraphs(sections.THREADS),
        heading("CHOOSING AND TUNING"),
        prose("malloc", "{#sec-malloc-choosing}", "{#sec-malloc-debug}"),
        heading("FINDING MISTAKES"),
        prose("malloc", "{#sec-malloc-debug}", "{#sec-malloc-limits}"),
        see_also("1") })
end

local function overview(firsts)
    local out = { title("pagewise", 7), heading("NAME"), "pagewise \\- ",
        "memory allocators of the book Pagewise\n", heading("SYNOPSIS"),
        ".nf\n.B #include <pagewise/pagewise.h>\n.sp\n", escape(link),
        "\n.fi\n", heading("DESCRIPTION") }
    for _, part in ipairs(parts) do
        out[#out + 1] = ".TP\n.BR " .. escape("pagewise-" .. part)
            .. " (3)\n" .. escape(firsts[part]) .. "\n"
    end
    out[#out + 1] = heading("FRAMES AND FORK") .. paragraphs(uncomment(
        text.publish("code/port/port_types.h"):match("(/%*\n.-%*/)")))
    out[#out + 1] = see_also("7")
    roff.write(dir .. "/man7/pagewise.7", out)
end

os.execute("mkdir -p '" .. dir .. "/man1' '" .. dir .. "/man3' '" .. dir
    .. "/man7'")
local firsts = {}
for _, part in ipairs(parts) do
    firsts[part] = page(part)
end
preloaded()
overview(firsts)
