-- SPDX-License-Identifier: MIT
--
-- A program that turns back and forth where a magazine ends: what two
-- magazines are for.
--@ state: slab-moments.txt
--@ alt: Diagram over time. Two frees and two allocations in turn, starting
--@   with both magazines full. The first free trades one magazine at the
--@   depot. After it the objects in both together move up and down by two,
--@   far from both ends, and no call goes to the depot again.
return function(d)
    local size = d.state.size[1][1]
    local turns = d.state.turn
    local left, right = 56, d.narrow and 10 or 148
    local top, unit = 30, 5
    local low = top + 2 * size * unit
    local step = (d.width - left - right) / (#turns + 1)
    d:size(low + 56)
    d:levels(left, right, low, unit, size,
        { { 2 * size, "both full: to the depot" },
        { size, "a magazine each way" },
        { 0, "both empty: to the depot" } })
    d:text(left - 8, top - 18, d.narrow and "objects"
        or "objects in both magazines", { size = 11, colour = "soft",
        align = d.narrow and "right" })
    local function column(i, loaded, previous)
        local x = left + i * step
        d:box(x + 2, low - previous * unit, step - 4, previous * unit,
            { fill = "t3", edge = "c3", wide = 1 })
        d:box(x + 2, low - (loaded + previous) * unit, step - 4, loaded
            * unit, { fill = "t1", edge = "c1", wide = 1 })
    end
    column(0, size, size)
    for i, turn in ipairs(turns) do
        column(i, turn[2], turn[3])
        d:text(left + (i + 0.5) * step, low + 12, d.narrow and (turn[1]
            < 0 and "+" or "−") or turn[1] < 0 and "free" or "alloc",
            { align = "middle", size = d.narrow and 12 or 10,
            colour = turn[1] < 0 and "c2" or "c4" })
        if turn[4] == "depot" then
            d:arrow({ left + (i + 0.5) * step, top + 4, left + (i + 0.5)
                * step, low - (turn[2] + turn[3]) * unit - 3 },
                { colour = "c2", wide = 2 })
            d:text(left + (i + 1) * step, top + 18,
                "one full magazine to the depot", { size = 11, bold = true,
                colour = "c2" })
        end
    end
    local x = left + step
    d:box(x, low + 30, 12, 12, { fill = "t1", edge = "c1", wide = 1 })
    d:text(x + 18, low + 36, "loaded", { size = 11 })
    d:box(x + 80, low + 30, 12, 12, { fill = "t3", edge = "c3", wide = 1 })
    d:text(x + 98, low + 36, "previous", { size = 11 })
    if d.narrow then
        d:text(x + 164, low + 36, "+ free, − alloc", { size = 11 })
    end
end
