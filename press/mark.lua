-- SPDX-License-Identifier: MIT
--
-- Lines of the chapter: pandoc forgets where things stood, so this walks
-- the Markdown before pandoc sees it and writes the line number where a
-- complaint may need it: on divs, values and links. The same walk, asked
-- for prose, gives the text with all that is not prose blanked out, which
-- is what the lint of hand-typed measurements reads.
--
-- Invariant: code, comments and mathematics pass through untouched (or
-- blanked); newlines of the prose text are those of the chapter.
-- Cost: one pass, each character copied once.

local mark = {}

-- The spans that carry evidence (evidence.lua).
mark.spans = { so = true, source = true, argued = true, lines = true }

-- What may begin at a position that is not plain text, in order. Each gives
-- the kind and the last position of what begins at i, or nil.
local starts = {}

local function add(kind, find)
    starts[#starts + 1] = { kind = kind, find = find }
end

local function line_start(text, i)
    return i == 1 or text:sub(i - 1, i - 1) == "\n"
end

add("code", function(text, i) -- fenced
    local fence = line_start(text, i) and (text:match("^ *(```+)", i)
        or text:match("^ *(~~~+)", i))
    if not fence then
        return
    end
    local eol = text:find("\n", i, true) or #text
    local _, last = text:find("\n *" .. fence .. "+ *\n", eol)
    return last and last - 1 or #text
end)
add("heading", function(text, i) -- its attributes, at the line's end
    return line_start(text, i)
        and text:match("^#+ [^\n]*{[^}\n]*}[ \t]*\n", i)
        and (text:find("\n", i, true) - 1)
end)
add("div", function(text, i)
    return line_start(text, i)
        and select(2, text:find("^:::+ *{[^\n]*}[ \t]*", i))
end)
add("comment", function(text, i)
    if text:sub(i, i + 3) == "<!--" then
        return select(2, text:find("-->", i, true)) or #text
    end
end)
add("code", function(text, i) -- inline, any number of backticks
    local ticks = text:match("^`+", i)
    if not ticks then
        return
    end
    local from = i + #ticks
    while true do
        local a, b = text:find("`+", from)
        if not a then
            return i + #ticks - 1
        elseif b - a + 1 == #ticks then
            return b
        end
        from = b + 1
    end
end)
add("value", function(text, i)
    return text:sub(i, i + 1) == "{{"
        and select(2, text:find("}}", i, true))
end)
add("define", function(text, i)
    return select(2, text:find("^%b[]{%.def[^}]*}", i))
end)
add("link", function(text, i)
    return select(2, text:find("^%]%(#[%w_.-]+%)", i))
end)
add("link", function(text, i)
    return select(2, text:find("^%]%([^)%s]*%)", i))
end)
add("math", function(text, i)
    return select(2, text:find("^%$%$.-%$%$", i))
        or select(2, text:find("^%$[^%s$][^$\n]*%$", i))
end)
add("evidence", function(text, i) -- {.so ...}; may run over lines
    local class = text:match("^{%.(%l+)[%s}]", i)
    if class and mark.spans[class] then
        local at, quoted = i, false
        while true do
            at = text:find('[\\"}]', at + 1)
            local c = at and text:sub(at, at)
            if not c or c == "}" and not quoted then
                return at
            elseif c == '"' then
                quoted = not quoted
            elseif c == "\\" then
                at = at + 1
            end
        end
    end
end)
add("attributes", function(text, i)
    return select(2, text:find("^{[#.][^}\n]*}", i))
end)
add("url", function(text, i)
    return select(2, text:find("^<%a+:[^>%s]+>", i))
end)

local function what_starts(text, i)
    for _, start in ipairs(starts) do
        local last = start.find(text, i)
        if last then
            return start.kind, last
        end
    end
end

-- Call visit(kind, piece, line) for each piece in order; plain text has the
-- kind "text".
function mark.walk(text, visit)
    local i, line, from = 1, 1, 1
    local function give(kind, first, last)
        if last >= first then
            local piece = text:sub(first, last)
            visit(kind, piece, line)
            line = line + select(2, piece:gsub("\n", ""))
        end
    end
    while i <= #text do
        local kind, last = what_starts(text, i)
        if kind then
            give("text", from, i - 1)
            give(kind, i, last)
            i, from = last + 1, last + 1
        else
            if text:sub(i, i) ~= "\n" then
                i = text:find("[\n`:<{%[%]$~]", i + 1) or #text
            end
            if text:sub(i, i) == "\n" or i == #text then
                i = i + 1 -- to the start of a line
            end
        end
    end
    give("text", from, #text)
end

local function mark_value(piece, line)
    local inner = piece:sub(3, -3):gsub("%s+", " ")
    return string.format("``%s``{.value line=%d}", inner, line)
end

-- The Markdown with lines written in, and the citations {key, line}.
function mark.lines(text)
    local out, cites = {}, {}
    mark.walk(text, function(kind, piece, line)
        if kind == "div" or kind == "heading" or kind == "evidence" then
            piece = piece:gsub("}%s*$", " line=" .. line .. "}")
        elseif kind == "value" then
            piece = mark_value(piece, line)
        elseif kind == "link" and piece:match("^%]%(#") then
            piece = piece .. "{line=" .. line .. "}"
        elseif kind == "text" then
            local at = line
            for row in (piece .. "\n"):gmatch("(.-)\n") do
                for before, key in row:gmatch("(.?)@([%w_][%w_:.#/-]*)") do
                    if not before:match("[%w@]") then
                        key = key:gsub("[:.#/-]+$", "")
                        cites[#cites + 1] = { key = key, line = at }
                    end
                end
                at = at + 1
            end
        end
        out[#out + 1] = piece
    end)
    return table.concat(out), cites
end

-- The attributes of `{.so when="..."}` as pandoc will read them.
function mark.attributes(piece)
    local a = { class = piece:match("^{%.(%l+)") }
    local i = 1
    while true do
        local name, at = piece:match("%s([%a-]+)=()", i)
        if not name then
            return a
        end
        local quote = piece:sub(at, at) == '"'
        local last = at
        if quote then
            repeat
                last = piece:find('[\\"]', last + 1)
                local escaped = last and piece:sub(last, last) == "\\"
                last = escaped and last + 1 or last
            until not last or not escaped
            last = last or #piece
            a[name] = piece:sub(at + 1, last - 1):gsub("\\(%p)", "%1")
                :gsub("%s*\n%s*", " ")
        else
            a[name], last = piece:match("^([^%s}]*)()", at)
        end
        i = last
    end
end

-- The prose alone: everything else is blank, every newline in its place.
function mark.prose(text)
    local out = {}
    mark.walk(text, function(kind, piece)
        out[#out + 1] = kind == "text" and piece
            or kind == "heading" and piece:gsub("{[^}]*}%s*$", "")
            or piece:gsub("[^\n]", " ")
    end)
    return table.concat(out)
end

return mark
