-- SPDX-License-Identifier: MIT
--
-- An SVG of gnuplot's or draw.lua's, made fit to stand in a page: colours
-- as CSS variables, ids of its own, and a spot on every point with the
-- value it stands for. figures/style.gp titles each curve by its series, so
-- that the points of a group are the rows of that series, in order.

local base = require "base"
local palette = require "palette"
local results = require "results"

local svg = {}

local function say(row)
    local function number(n)
        return results.digits(n)
    end
    local unit = row.unit == "count" and "" or "\194\160" .. row.unit
    return number(row.median) .. unit .. (row.lo ~= row.hi and " ("
        .. number(row.lo) .. " to " .. number(row.hi) .. ")" or "")
end

local function spot(x, y, series, row, grey)
    local panel = series.panel.title or series.panel.name
    local whose = grey and (row.source == "reader" and ", your machine"
        or ", recorded machine") or ""
    return string.format('<circle class="dot" cx="%s" cy="%s" r="8" '
        .. 'data-tip="%s"/>', x, y, base.html((panel ~= "" and panel .. ", "
        or "") .. series.label .. whose .. (row.x ~= "" and ", " .. row.x
        or "") .. ": " .. say(row)))
end

-- Markers of a group, or the middles of its bars' tops.
local function marks(group)
    local list = {}
    for x, y in group:gmatch("<use [^>]-translate%(([%d.]+),([%d.]+)%)") do
        list[#list + 1] = { x, y }
    end
    local path = #list == 0 and group:match("d='(M[^']*)'")
    for x, y in (path or ""):gmatch("([%d.]+),([%d.]+)") do
        list[#list + 1] = { x, y } -- a line without markers
    end
    if #list == 0 then
        for points in group:gmatch("<polygon [^>]-points *= *'([^']*)'") do
            local left, right, top = math.huge, 0, math.huge
            for x, y in points:gmatch("([%d.]+),([%d.]+)") do
                x, y = tonumber(x), tonumber(y)
                left, right, top = math.min(left, x), math.max(right, x),
                    math.min(top, y)
            end
            list[#list + 1] = { string.format("%.2f", (left + right) / 2),
                string.format("%.2f", top) }
        end
    end
    return list
end

local function spots(text, series)
    local by, out = {}, {}
    for _, s in ipairs(series) do
        by[(s.key:gsub("_", ""))] = s -- which gnuplot takes for a sign
    end
    for title, group in text:gmatch('<g id="gnuplot_plot_%w+" ><title>'
        .. "(.-)</title>(.-)\n</g>") do
        local grey = title:match("^grey (.*)$")
        local s = by[grey or title]
        local rows = s and (grey and s.ref or s.rows)
        local list = marks(group)
        if rows and #list == #rows then
            for i, at in ipairs(list) do
                out[#out + 1] = spot(at[1], at[2], s, rows[i], grey)
            end
        end
    end
    return table.concat(out, "\n")
end

-- Half of what gnuplot writes draws nothing: markers and filters that are
-- not used, empty groups, settings that are the same in all of them, a
-- group around each label.
local function lighter(text)
    if not text:find("url(#", 1, true) then
        text = text:gsub("%s*<filter.-</filter>", "")
    end
    text = text:gsub("\n[ \t]*<(%l+) id='(gpPt%d+)'.-/>", function(_, id)
        return not text:find("'#" .. id .. "'", 1, true) and "" or nil
    end)
    text = text:gsub(' stroke%-linecap="round" stroke%-linejoin="round"',
        ""):gsub(' color="black" stroke="currentColor" stroke%-width',
        " stroke-width")
    text = text:gsub("[ \t]*\n[ \t\n]*", "\n"):gsub(" +'/>", "'/>")
    text = text:gsub('<g fill="none"[^>]*>\n</g>\n', "")
    text = text:gsub('<text><tspan font%-family="Sans" >([^<]*)</tspan>'
        .. "</text>", "<text>%1</text>")
    return (text:gsub("<g (transform=[^>]*)>\n<text>(.-)</text>\n</g>",
        function(how, label)
            return not label:find("<text", 1, true) and "<text " .. how
                .. ">" .. label .. "</text>" or nil
        end))
end

function svg.inline(text, name, class, series)
    local points = spots(text, series)
    text = text:gsub("^.-<svg", "<svg", 1):gsub("<title>.-</title>%s*", "")
        :gsub("<desc>.-</desc>%s*", "")
    text = lighter(text)
    text = text:gsub("rgb%(%s*(%d+),%s*(%d+),%s*(%d+)%)", function(r, g, b)
        return palette.themed(tonumber(r), tonumber(g), tonumber(b))
    end)
    text = text:gsub("#(%x%x)(%x%x)(%x%x)([\"'])", function(r, g, b, q)
        return palette.themed(tonumber(r, 16), tonumber(g, 16),
            tonumber(b, 16)) .. q
    end)
    text = text:gsub("(id=[\"'])", "%1" .. name .. "-")
    text = text:gsub("(href=[\"']#)", "%1" .. name .. "-")
    text = text:gsub("(url%(#)", "%1" .. name .. "-")
    local head, rest = text:match("^(<svg.->)(.*)$")
    local box = head:match("viewBox=[\"'].-[\"']")
    return '<svg class="' .. class .. '" ' .. box .. ' aria-hidden="true" '
        .. 'stroke-linecap="round" stroke-linejoin="round">'
        .. rest:gsub("</svg>%s*$", function()
            return points .. "\n</svg>"
        end)
end

-- The same in an e-book: ink is the colour of the text around it, paper is
-- none, tints let the page shine through, and letters are a little smaller,
-- for the fonts of e-readers run wide.
local function of_text(tag)
    local tint
    tag = tag:gsub(' color="black"', "") -- gnuplot's, on its groups
    tag = tag:gsub("(%a+)( ?= ?['\"])var%(%-%-([%w-]+),[^)]*%)",
        function(attribute, is, css)
            local colour, clear = palette.in_text(css)
            tint = tint or attribute == "fill" and clear
            return attribute .. is .. colour
        end)
    if tint then
        tag = tag:gsub("%s+fill%-opacity *= *['\"][^'\"]*['\"]", "")
            :gsub("(/?>)$", ' fill-opacity="' .. tint .. '"%1')
    end
    tag = tag:gsub('font%-family="Sans:?%a*"', 'font-family="Inter, '
        .. 'sans-serif"'):gsub('font%-family="Mono"',
        'font-family="monospace"')
    return (tag:gsub("(font%-size=['\"])([%d.]+)", function(is, size)
        return is .. string.format("%.1f", size * 0.9)
    end))
end

function svg.in_text(text, name)
    return (svg.inline(text, name, "", {}):gsub("<%a[^>]*>", of_text)
        :gsub('^<svg class="" (.-) aria%-hidden="true"([^>]*)>',
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink='
        .. '"http://www.w3.org/1999/xlink" %1 role="img"%2>', 1))
end

return svg
