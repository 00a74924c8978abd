-- SPDX-License-Identifier: MIT
--
-- The two magazines of a CPU and the depot behind them, in six moments of
-- one program that only frees.
--@ state: slab-moments.txt
--@ alt: Diagram of six moments. In each, a CPU has a loaded and a previous
--@   magazine, drawn as columns filled by their objects, and the depot has
--@   some full ones. The loaded one fills up; it changes places with the
--@   empty previous one; that fills up too; then one full magazine goes to
--@   the depot and an empty one comes back; and again.
local words = { ["loaded has room"] = "a free pushes",
    ["loaded is full"] = "the loaded one\nis full",
    ["swapped"] = "the two\nchange places", ["both full"] = "both are full",
    ["traded"] = "one goes to the\ndepot, an empty\none comes",
    ["two in the depot"] = "and again" }

local function magazine(d, x, y, w, unit, size, rounds, edge)
    d:box(x, y, w, size * unit, { fill = "paper", edge = edge, wide = 1.4 })
    if rounds > 0 then
        d:box(x + 2, y + (size - rounds) * unit + 2, w - 4, rounds * unit
            - 4, { fill = edge, edge = edge, wide = 0 })
    end
    d:text(x + w / 2, y - 9, rounds .. "", { align = "middle", size = 10 })
end

return function(d)
    local size = d.state.size[1][1]
    local across = d.narrow and 3 or 6
    local pitch = (d.width - 8) / across
    local unit, w = 4.4, 24
    local tall = size * unit
    local block = tall + 158
    d:size(math.ceil(#d.state.moment / across) * block)
    for i, m in ipairs(d.state.moment) do
        local name, loaded, previous, full = table.unpack(m)
        local x = 4 + (i - 1) % across * pitch
        local y = (i - 1) // across * block
        local mid = x + pitch / 2
        local at = 0
        for line in words[name]:gmatch("[^\n]+") do
            d:text(mid, y + 10 + at * 14, line, { align = "middle",
                size = 11, bold = true })
            at = at + 1
        end
        local top = y + 72
        magazine(d, mid - w - 7, top, w, unit, size, loaded, "c1")
        magazine(d, mid + 7, top, w, unit, size, previous, "c3")
        if i == 1 then
            d:text(mid - 2, top + tall + 12, "loaded", { align = "right",
                size = 10, colour = "c1" })
            d:text(mid + 3, top + tall + 12, "previous", { size = 10,
                colour = "c3" })
        end
        -- The depot: full magazines lie flat.
        local floor = top + tall + 56
        d:line({ x + 10, floor, x + pitch - 10, floor }, { wide = 1.4 })
        for k = 1, full do
            d:box(mid - 24, floor - 1 - k * 13, 48, 11, { fill = "c3",
                edge = "c3", wide = 0 })
        end
        d:text(mid, floor + 11, full == 0 and (i == 1 and "the depot"
            or "") or full .. " full", { align = "middle", size = 10,
            colour = "soft" })
        if name == "swapped" then
            d:arrow({ mid - w / 2 - 7, top - 17, mid + w / 2 + 7,
                top - 17 }, { colour = "c2", wide = 1.6, both = true })
        elseif name == "traded" then
            d:arrow({ mid + w / 2 + 7, top + tall + 4, mid + w / 2 + 7,
                floor - 16 }, { colour = "c2", wide = 1.6 })
        end
    end
end
