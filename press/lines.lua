-- SPDX-License-Identifier: MIT
--
-- Lines of a listing that the text speaks of, found by what stands in them:
--
--     []{.lines of="lst-page-split" from="while (order" to="}"}
--
-- prints "lines 12–15" with the numbers that they have now, and lights them
-- up in HTML. `from` and `to` are pieces of the lines; without `to` it is
-- one line. A listing of the same chapter; other words may be given.

local base = require "base"
local source = require "source"

local lines = {}

-- The listings of a chapter: id -> {file, region}.
function lines.listings(doc)
    local by = {}
    doc:walk { Div = function(div)
        if div.classes:includes("listing") then
            by[div.identifier] = { file = div.attributes.file,
                region = div.attributes.region }
        end
    end }
    return by
end

local function find(file, region, from, text)
    for n = from, region.last do
        if file.lines[n]:find(text, 1, true) then
            return n
        end
    end
end

function lines.span(state, span)
    local a, place = span.attributes, state.place(span)
    local at = state.listings[a.of or ""]
    local file = at and source.read(at.file or "")
    local region = file and file.regions[at.region or ""]
    if not region then
        base.complain(place, "lines of '" .. (a.of or "") .. "', which is "
            .. "no listing of this chapter", "write []{.lines "
            .. "of=\"lst-...\" from=\"...\"}")
        return span.content
    end
    local first = find(file, region, region.first, a.from or "\0")
    local last = first and (a.to and find(file, region, first, a.to)
        or not a.to and first)
    if not last then
        base.complain(place, "no line of '" .. a.of .. "' has '"
            .. (first and a.to or a.from or "") .. "'",
            "give a piece of the line as it stands in " .. at.file)
        return span.content
    end
    local text = first == last and "line\194\160" .. first
        or "lines\194\160" .. first .. "–" .. last
    return pandoc.Link(#span.content > 0 and span.content
        or { pandoc.Str(text) }, "#" .. a.of, "", pandoc.Attr("",
        { "lines" }, { lines = first == last and tostring(first)
        or first .. "-" .. last }))
end

return lines
