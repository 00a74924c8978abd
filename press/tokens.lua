-- SPDX-License-Identifier: MIT
--
-- Rendered HTML as tags and text. The pages are put together from what
-- pandoc and the pens wrote, in which no attribute holds a bare `>`.

local tokens = {}

-- Call tag(text) and text(text) for each piece in order; what they return
-- stands in its place, nil leaves it.
function tokens.map(html, tag, text)
    local out, n, at = {}, 0, 1
    while true do
        local a, b = html:find("<[^>]*>", at)
        local piece = html:sub(at, (a or 0) - 1)
        if piece ~= "" then
            n = n + 1
            out[n] = text and text(piece) or piece
        end
        if not a then
            break
        end
        piece = html:sub(a, b)
        n = n + 1
        out[n] = tag and tag(piece) or piece
        at = b + 1
    end
    return table.concat(out)
end

-- Every piece from `open` to the next `close`, both as they are written, is
-- what f(piece) returns; without f it is left out. Patterns would look at
-- each letter of a page; this looks for words.
function tokens.replace(html, open, close, f)
    local out, at = {}, 1
    while true do
        local a = html:find(open, at, true)
        local b = a and select(2, html:find(close, a, true))
        if not b then
            break
        end
        out[#out + 1] = html:sub(at, a - 1)
        out[#out + 1] = f and f(html:sub(a, b)) or nil
        at = b + 1
    end
    return at == 1 and html or table.concat(out) .. html:sub(at)
end

-- The headings of levels one to three, in order: where each begins and
-- ends, its level, its attributes as written, its id and what is inside.
function tokens.headings(html)
    local at = 1
    return function()
        while true do
            local a = html:find("<h", at, true)
            if not a then
                return nil
            end
            local level, attributes, inner, b = html:match(
                "^<h([123])([^>]*)>(.-)</h[123]>()", a)
            at = b or a + 2
            if b then
                return { from = a, after = b, level = tonumber(level),
                    attributes = attributes, inner = inner,
                    id = attributes:match(' id="([^"]+)"') }
            end
        end
    end
end

-- Call piece(html, offset) for what stands outside code blocks and
-- drawings, which are most of a page; what it returns stands in its place.
function tokens.outside(html, piece)
    local out, at, next_ = {}, 1, { pre = 0, svg = 0 }
    local function opens(name)
        if next_[name] < at then
            next_[name] = html:find("<" .. name, at, true) or math.huge
        end
        return next_[name]
    end
    while true do
        local a = math.min(opens("pre"), opens("svg"))
        local b = a < math.huge and select(2, html:find(a == next_.pre
            and "</pre>" or "</svg>", a, true))
        if not b then
            out[#out + 1] = piece(html:sub(at), at - 1)
            return table.concat(out)
        end
        out[#out + 1] = piece(html:sub(at, a - 1), at - 1)
        out[#out + 1] = html:sub(a, b)
        at = b + 1
    end
end

local entities = { amp = "&", lt = "<", gt = ">", quot = '"', nbsp = " ",
    ["#39"] = "'" }

-- What stands for a tag in text: blocks, cells and line breaks end words.
local instead = setmetatable({}, { __index = function(known, name)
    known[name] = name:find("^/?[plutd]") and " " or name:find("^br")
        and " " or ""
    return known[name]
end })

-- What a reader reads: no tags, no mathematics twice, one blank between
-- words.
function tokens.text(html)
    html = tokens.replace(html, "<annotation", "</annotation>")
    html = tokens.replace(html, "<svg", "</svg>")
    html = tokens.replace(html, '<a class="perma"', "#</a>")
    html = html:gsub("<([^ >]*)[^>]*>", instead)
        :gsub("&(#?%w+);", entities):gsub("\194\160", " ")
        :gsub("%s+", " ")
    return (html:gsub("^ ", ""):gsub(" $", ""))
end

-- The same of code: lines stay lines.
function tokens.code(html)
    return (html:gsub("<[^>]*>", ""):gsub("&(#?%w+);", entities))
end

-- The element that begins at `from`: where it ends, counting those of its
-- own name inside.
function tokens.element(html, from)
    local name = html:match("^<(%w+)", from)
    local depth, at = 0, from
    while true do
        local a, b, slash, found = html:find("<(/?)(%w+)[^>]*>", at)
        if not a then
            return #html
        end
        if found == name then
            depth = depth + (slash == "/" and -1 or 1)
            if depth == 0 then
                return b
            end
        end
        at = b + 1
    end
end

return tokens
