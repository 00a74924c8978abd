-- SPDX-License-Identifier: MIT
--
-- The palette (figures/palette.tsv) in the three languages that need it:
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

function palette.css()
    local out = {}
    for i, c in ipairs(list) do
        out[i] = string.format("--%s: light-dark(#%s, #%s);", c.css,
            c.light, c.dark)
    end
    return table.concat(out, " ")
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
