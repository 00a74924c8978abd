-- SPDX-License-Identifier: MIT
--
-- The palette (figures/palette.tsv) in the languages that need it:
-- variables of gnuplot, variables of the style sheet, and from the colour
-- that gnuplot drew to the variable that stands for it in a page.

local base = require "base"

local palette = { path = "figures/palette.tsv" }

local list = {}
for line in (base.read(palette.path) or ""):gmatch("[^\n]+") do
    local name, css, light, dark = line:match(
        "^(%w+)\t([%w-]+)\t(%x+)\t(%x+)$")
    if name then
        list[#list + 1] = { name = name, css = css, light = light,
            dark = dark }
    elseif not line:match("^#") then
        base.fail(palette.path, "cannot read '" .. line .. "'",
            "write name, variable, light and dark, with tabs between")
    end
end

function palette.gnuplot()
    local out = {}
    for i, c in ipairs(list) do
        out[i] = c.name .. ' = "#' .. c.light .. '"\n'
    end
    return table.concat(out)
end

-- "#1c1b19" for "ink", or nil.
function palette.light(name)
    for _, c in ipairs(list) do
        if c.name == name then
            return "#" .. c.light
        end
    end
end

function palette.css()
    local out = {}
    for i, c in ipairs(list) do
        out[i] = string.format("--%s: light-dark(#%s, #%s);", c.css,
            c.light, c.dark)
    end
    return table.concat(out, " ")
end

-- Halfway between the two: seen on light and on dark.
local function middle(c)
    local out = ""
    for i = 1, 5, 2 do
        out = out .. string.format("%02x", (tonumber(c.light:sub(i, i + 1),
            16) + tonumber(c.dark:sub(i, i + 1), 16)) // 2)
    end
    return "#" .. out
end

-- A page's variable where the page's colours are not ours: the colour, and
-- how much of it, if it is a tint.
function palette.in_text(css)
    local by = {}
    for _, c in ipairs(list) do
        by[c.css], by[c.name] = c, c
    end
    local name = by[css].name
    if name == "ink" or name == "soft" then
        return "currentColor"
    elseif name == "paper" then
        return "none"
    elseif name:match("^t") then
        local from = by["c" .. name:sub(2)]
        return from and middle(from) or "#808080", "0.2"
    end
    return name:match("^c") and middle(by[css]) or "#8c8c8c"
end

local variable = {}
for _, c in ipairs(list) do
    variable[c.light] = c.css
end

-- "var(--ink,#1c1b19)", or the colour itself.
function palette.themed(r, g, b)
    local hex = string.format("%02x%02x%02x", r, g, b)
    local name = variable[hex]
    return name and "var(--" .. name .. ",#" .. hex .. ")"
        or string.format("rgb(%d,%d,%d)", r, g, b)
end

return palette
