-- SPDX-License-Identifier: MIT
--
-- Freed addresses wait until there are enough of them for one flush.
--@ state: vmalloc-moments.txt
--@ alt: Diagram of one range of addresses in three moments. First six areas
--@   and a free range. Then three areas were freed: their frames are gone,
--@   their addresses wait. One free more makes too many that wait: all
--@   processors flush once, and the four, which are neighbours, are one
--@   free range.
local rows = { { "before", "Six areas" }, { "lazy",
    "Three freed: frames returned, addresses wait" }, { "purged",
    "One more, and there are too many: one flush frees all four" } }
local look = { used = { fill = "t1", edge = "c1" }, lazy = { fill = "t2",
    edge = "c2" }, free = { fill = "paper", edge = "grey" } }

return function(d)
    local tall, pitch, left = 34, 86, 6
    local pages = 48
    local unit = (d.width - 2 * left) / pages
    d:size(#rows * pitch - 14)
    for i, row in ipairs(rows) do
        local y = 26 + (i - 1) * pitch
        local title = row[2]
        if d.narrow and i == 3 then
            title = "One more: one flush frees all four"
        elseif d.narrow and i == 2 then
            title = "Three freed: their addresses wait"
        end
        d:text(left, y - 13, title, { bold = true, size = d.narrow and 11.5
            or 12 })
        local n = 0
        for _, a in ipairs(d.state.area) do
            if a[1] == row[1] then
                local kind = look[a[4]]
                n = n + (a[4] == "lazy" and a[3] or 0)
                local x, w = left + (a[2] - 1) * unit, a[3] * unit
                d:box(x, y, w, tall, { fill = kind.fill, edge = kind.edge,
                    wide = 1.2, dash = a[4] == "lazy" and "5 3" or nil,
                    text = a[4] == "used" and a[3] - 1 .. (w > 60
                    and " + guard" or "")
                    or a[4] == "lazy" and "waits" or a[3] .. " free",
                    size = 10.5, colour = a[4]
                    == "free" and "soft" or kind.edge })
            end
        end
        if n > 0 then
            d:text(left, y + tall + 13, n .. " pages wait; up to 16 may",
                { size = 11, colour = "c2" })
        end
    end
end
