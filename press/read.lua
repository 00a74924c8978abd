-- SPDX-License-Identifier: MIT
--
-- Reading in sources: find what a sentence says a file says, and the record
-- of what was found (bench/reference/source/<kind>-<name>.tsv), from which
-- a book without a network is printed.
--
--     # version: 6.1.176-1          of the Debian package
--     file    in      pattern       line
--     mm/slub.c  new_slab  has BUG_ON   1234, or "none: why"
--     # end: 1
--
-- A pattern is plain text; any blank of it fits any blanks, and " ... "
-- whatever stands between. `in` names a function, struct, macro or Kconfig
-- entry: the pattern must stand between its name and its end.
--
-- Loads nothing of pandoc.

local base = require "base"

local read = {}

local function names(text, kind, out)
    for name in (text or ""):gmatch("%S+") do
        out[#out + 1] = kind .. "-" .. name
    end
end

-- What a span asks of the sources: {sources, absent, file, within, pattern}
function read.question(a)
    local q = { sources = {}, absent = {}, file = a.file, within = a["in"],
        has = a.has, lacks = a.lacks }
    names(a.kernel, "kernel", q.sources)
    names(a.glibc, "glibc", q.sources)
    for name in (a.absent or ""):gmatch("%S+") do
        q.absent[#q.absent + 1] = (a.glibc and "glibc-" or "kernel-")
            .. name
    end
    if not q.file or not (q.has or q.lacks) or q.has and q.lacks then
        return nil, "a source span needs file= and one of has= and lacks=",
            'write [words]{.source kernel="6.1" file="mm/slub.c" '
            .. 'in="new_slab" has="..."}'
    elseif #q.sources == 0 and #q.absent > 0 then
        return nil, "absent= without kernel= or glibc=",
            "say where it was read, too"
    end
    return q
end

local function plain(text)
    return (text:gsub("[%-%.%+%[%]%(%)%$%^%%%?%*]", "%%%0"))
end

-- "a  b ... c" as a Lua pattern.
local function pattern_of(text)
    local parts = {}
    text = text:gsub("%s+%.%.%.%s+", "\1")
    for part in (text .. "\1"):gmatch("(.-)\1") do
        part = part:match("^%s*(.-)%s*$")
        parts[#parts + 1] = plain(part):gsub("%s+", "%%s+")
    end
    return table.concat(parts, ".-")
end

local function line_at(text, at)
    return select(2, text:sub(1, at - 1):gsub("\n", "")) + 1
end

-- The end of what begins at `from`: a block, a macro or a statement.
local function definition_end(text, from)
    local eol = text:find("\n", from, true) or #text
    if text:match("^#%s*define", from) then
        while text:sub(eol - 1, eol - 1) == "\\" do
            eol = text:find("\n", eol + 1, true) or #text
        end
        return eol
    elseif text:match("^config%s", from) then
        return (text:find("\n[^%s#]", eol) or #text)
    end
    local brace = text:find("{", from, true)
    local stop = text:find(";", from, true)
    if not brace or stop and stop < brace then
        return nil, stop
    elseif text:find("}", brace, true)
        and text:find("}", brace, true) < (text:find("\n", brace, true)
        or #text) then
        return text:find("\n", brace, true) -- all on one line
    end
    return (text:find("\n}", brace, true) or #text)
end

-- All places where `name` is defined: {from, to}, declarations last.
local function definitions(text, name)
    local list, later = {}, {}
    local bare = name:match("(%S+)$")
    local pattern = "%f[%w_]" .. plain(bare) .. "%f[^%w_]"
    local at = 1
    while true do
        local a, b = text:find(pattern, at)
        if not a then
            break
        end
        -- The line that it is on begins at the margin, with a word.
        local from = a
        while from > 1 and text:sub(from - 1, from - 1) ~= "\n" do
            from = from - 1
        end
        if text:match("^[%a_]", from) or text:match("^#%s*define%s", from)
        then
            local to, stop = definition_end(text, from)
            if to then
                list[#list + 1] = { from, to }
            elseif stop then
                later[#later + 1] = { from, stop }
            end
        end
        at = b + 1
    end
    for _, d in ipairs(later) do
        list[#list + 1] = d
    end
    return list
end

-- The line where q.has stands (or where the place that lacks it begins),
-- or nil, why.
function read.find(text, q)
    local pattern = pattern_of(q.has or q.lacks)
    local places = q.within and definitions(text, q.within)
        or { { 1, #text } }
    if #places == 0 then
        return nil, q.file .. " defines no " .. q.within
    end
    for _, place in ipairs(places) do
        local at = text:sub(place[1], place[2]):find(pattern)
        if q.has and at then
            return line_at(text, place[1] + at - 1)
        elseif q.lacks and at then
            return nil, "'" .. q.lacks .. "' stands at line "
                .. line_at(text, place[1] + at - 1)
        end
    end
    if q.lacks then
        return line_at(text, places[1][1])
    end
    return nil, "'" .. q.has .. "' is not in " .. (q.within or q.file)
end

----------------------------------------------------------------- record

local function squeezed(text)
    return (text:gsub("%s+", " "))
end

function read.key(q)
    return table.concat({ q.file, q.within or "-", squeezed(q.has
        and "has " .. q.has or "lacks " .. q.lacks) }, "\t")
end

-- "kernel-6.1" -> "Linux 6.1"
function read.title(name)
    local kind, version = name:match("^(%w+)%-(.*)$")
    return (kind == "kernel" and "Linux" or kind) .. " " .. version
end

-- {version, rows = {key -> {line, why}}}, or nil where there is none.
function read.load(path)
    local text = base.read(path)
    if not text then
        return nil
    end
    local out, n, at, ended = { rows = {} }, 0, 0, false
    for line in text:gmatch("([^\n]*)\n") do
        at = at + 1
        local key, found = line:match("^(.*)\t([^\t]*)$")
        local count = line:match("^# end: (%d+)$")
        out.version = out.version or line:match("^# version: (.+)$")
        if count then
            ended = tonumber(count) == n
        elseif key and key ~= "file\tin\tpattern" then
            n = n + 1
            out.rows[key] = { line = tonumber(found),
                why = found:match("^none: (.*)$") }
            if not tonumber(found) and not out.rows[key].why then
                base.fail(path .. ":" .. at, "cannot read the line",
                    "run make sources")
            end
        end
    end
    if not ended or not out.version then
        base.fail(path, "is cut short", "run make sources")
    end
    return out
end

function read.save(path, record)
    local lines = { "# SPDX-License-Identifier: MIT",
        "# What the book says stands in this source (make sources).",
        "# version: " .. record.version, "file\tin\tpattern\tline" }
    local keys = base.keys(record.rows)
    for _, key in ipairs(keys) do
        local entry = record.rows[key]
        lines[#lines + 1] = key .. "\t" .. (entry.line
            or "none: " .. entry.why)
    end
    lines[#lines + 1] = "# end: " .. #keys
    base.write(path, table.concat(lines, "\n") .. "\n")
end

return read
