-- SPDX-License-Identifier: MIT
--
-- The example of press/README.md: an arena that fills, step by step.
--@ state: sample-moments.txt
--@ alt: Diagram. Four bars, of an arena that is filled more and more; the
--@   last is full.
return function(d)
    local cap, left = d.state.cap[1][1], 60
    local unit = (d.width - left - 20) / cap
    d:size(#d.state.step * 34 + 10)
    for i, step in ipairs(d.state.step) do
        local name, used = table.unpack(step)
        local y = (i - 1) * 34 + 8
        d:text(left - 8, y + 12, name, { align = "right", size = 11 })
        d:box(left, y, cap * unit, 24)
        d:box(left, y, used * unit, 24, { fill = "t1", edge = "c1",
            text = used == cap and "full" or nil })
        if used < cap then
            d:arrow({ left + used * unit, y + 34, left + used * unit,
                y + 25 }, { colour = "c2" })
        end
    end
end
