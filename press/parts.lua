-- SPDX-License-Identifier: MIT
--
-- A chapter as pages: it is split at its sections, so that no page is long
-- on a screen. A section of some length begins a page, short ones join the
-- page before; one that is too long by itself is split at its subsections.
--
-- Invariant: the parts of a chapter, one after another, are the chapter.
-- The first keeps the chapter's address; the others are named by the id of
-- the heading they begin with, so that a page's name says what is on it.

local tokens = require "tokens"

local parts = {}

-- Heights on a wide screen, in pixels: what is about right suffices.
local limit, short = 17000, 2600

local function height(html)
    local h = 0
    html = tokens.replace(html, '<figure class="listing kept"',
        "</figure>", function()
            h = h + 60
        end)
    html = tokens.replace(html, "<pre", "</pre>", function(pre)
        h = h + 60 + 20 * select(2, pre:gsub('class="l"', ""))
            + (pre:find('class="l"', 1, true) and 0
            or 19 * select(2, pre:gsub("\n", "")))
    end)
    html = tokens.replace(html, "<svg viewBox", "</svg>", function(svg)
        local w, t = svg:match('^<svg viewBox="0 0 ([%d.]+) ([%d.]+)"')
        h = h + 612 * tonumber(t) / tonumber(w)
    end)
    html = tokens.replace(html, "<details", "</details>")
    h = h + 36 * select(2, html:gsub("<tr", ""))
        + 70 * select(2, html:gsub("<figure", ""))
        + 60 * select(2, html:gsub("<h[23]", ""))
        + 20 * select(2, html:gsub("<p>", ""))
        + 90 * select(2, html:gsub('<div class="claim', ""))
    return h + 29 * #tokens.text(html) / 74
end

-- Pieces of a fragment, each but the first beginning with a heading of the
-- level.
local function cut(html, level)
    local list, at = {}, 1
    while true do
        local a = html:find("<h" .. level, at + 1, true)
        local piece = html:sub(at, a and a - 1)
        list[#list + 1] = { body = piece, height = height(piece) }
        if not a then
            return list
        end
        at = a
    end
end

-- A subsection that is too long by itself goes on on a page of its own,
-- from a paragraph after a listing or figure.
local function continued(piece)
    local out = {}
    while piece.height > limit * 1.3 do
        local at, found, gone = 1, nil, 0
        while true do
            local a, b = piece.body:find("</figure>%s*<p>", at)
            if not a or gone > piece.height / 2 then
                break
            end
            gone = gone + height(piece.body:sub(at, a + 8))
            at, found = b - 2, b - 2
        end
        if not found or not piece.body:find('<figure[^>]* id="', found) then
            break
        end
        out[#out + 1] = { body = piece.body:sub(1, found - 1), alone = true,
            height = gone }
        piece = { body = piece.body:sub(found), goes_on = true,
            height = piece.height - gone }
    end
    out[#out + 1] = piece
    return out
end

-- Neighbours join as long as the page stays short.
local function join(list, most)
    local out = {}
    for _, piece in ipairs(list) do
        local last = out[#out]
        if last and (last.height + piece.height < most
            or piece.height < 300) then
            last.body = last.body .. piece.body
            last.height = last.height + piece.height
        else
            out[#out + 1] = piece
        end
    end
    return out
end

local function sections(html)
    local out = {}
    for _, section in ipairs(cut(html, 2)) do
        if section.height > limit then
            local list = join(cut(section.body, 3), limit)
            for i, piece in ipairs(list) do
                piece.alone = i < #list
                table.move(continued(piece), 1, 99, #out + 1, out)
            end
        else
            out[#out + 1] = section
        end
    end
    return out
end

-- The pages of a chapter: {file, id, level, body}.
function parts.split(chapter, html)
    local out = {}
    for _, piece in ipairs(sections(html)) do
        local last = out[#out]
        local small = piece.height < short or last and last.height < short
        if last and not last.alone and not piece.goes_on and small
            and last.height + piece.height < limit then
            last.body = last.body .. piece.body
            last.height = last.height + piece.height
        else
            out[#out + 1] = piece
        end
    end
    for i, page in ipairs(out) do
        page.level, page.id = page.body:match('<h(%d)[^>]* id="([^"]+)"')
        if page.goes_on then
            page.id = page.body:match('<figure[^>]* id="([^"]+)"')
        end
        page.file = i == 1 and chapter.page
            or page.id:gsub("^%l+%-", ""):gsub("^" .. chapter.name .. "%-",
            ""):gsub("^", chapter.name .. "-") .. ".html"
    end
    return out
end

return parts
