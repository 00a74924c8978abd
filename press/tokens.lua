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

local entities = { amp = "&", lt = "<", gt = ">", quot = '"', nbsp = " ",
    ["#39"] = "'" }

-- What a reader reads: no tags, no mathematics twice, one blank between
-- words. Blocks and cells end words.
function tokens.text(html)
    html = html:gsub("<annotation.-</annotation>", "")
        :gsub("<svg.-</svg>", ""):gsub('<a class="perma".->#</a>', "")
        :gsub("</?[plutd][%wi]*[^>]*>", " "):gsub("<br[^>]*>", " ")
        :gsub("<[^>]*>", "")
    html = html:gsub("&(#?%w+);", entities):gsub("\194\160", " ")
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
