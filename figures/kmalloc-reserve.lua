-- SPDX-License-Identifier: MIT
--
-- Frames of the zone and frames of the reserve while memory runs out and
-- comes back.
--@ state: kmalloc-moments.txt
--@ alt: Diagram over time, of the frames that are free. Frames are taken
--@   until the zone has none; the reserve keeps its eight. Two ordinary
--@   requests are refused. Urgent ones are served, each with a frame of the
--@   reserve. An ordinary one is refused still. What comes back fills the
--@   reserve first, then the zone, and an ordinary request is served again.
return function(d)
    local want = d.state.low[1][1]
    local list = d.state.reserve
    local left, right = 48, d.narrow and 8 or 10
    local most = 0
    for _, r in ipairs(list) do
        most = math.max(most, r[2] + r[3])
    end
    local unit = 12
    local top = 20
    local low = top + most * unit
    local step = (d.width - left - right) / #list
    d:size(low + (d.narrow and 92 or 76))
    d:line({ left, low, d.width - right, low })
    d:text(left - 6, low - want * unit, want .. "", { align = "right",
        size = 11 })
    d:text(left - 6, low, "0", { align = "right", size = 11 })
    d:text(left - 6, top - 8, "frames", { align = "right", size = 11,
        colour = "soft" })
    local names = { page = "frames taken", ordinary = "ordinary",
        high = "urgent", back = "frames come back" }
    local i = 1
    while i <= #list do
        local j = i
        while list[j + 1] and list[j + 1][1] == list[i][1] do
            j = j + 1
        end
        for k = i, j do
            local x, r = left + (k - 1) * step, list[k]
            for n = 1, r[3] do
                d:box(x + 2, low - n * unit + 1, step - 4, unit - 2,
                    { fill = "c2", edge = "c2", wide = 0 })
            end
            for n = 1, r[2] do
                d:box(x + 2, low - (r[3] + n) * unit + 1, step - 4, unit
                    - 2, { fill = "t1", edge = "c1", wide = 1 })
            end
            if r[4] == 0 then
                local mid, y = x + step / 2, low + 13
                d:line({ mid - 4, y - 4, mid + 4, y + 4 }, { colour = "c2",
                    wide = 2 })
                d:line({ mid - 4, y + 4, mid + 4, y - 4 }, { colour = "c2",
                    wide = 2 })
            elseif r[1] ~= "back" then
                d:dot(x + step / 2, low + 13, 3.2, { fill = "c3" })
            end
        end
        local mid = left + (i + j - 1) * step / 2
        d:line({ left + (i - 1) * step + 2, low + 24, left + j * step - 2,
            low + 24 }, { colour = "soft", wide = 1 })
        if not d.narrow or j - i > 1 then
            d:text(mid, low + 34, names[list[i][1]], { align = "middle",
                size = j - i > 1 and 11 or 9, colour = "soft" })
        end
        i = j + 1
    end
    d:line({ left, low - want * unit, d.width - right, low - want * unit },
        { colour = "soft", dash = "4 3", wide = 1 })
    local y, x = low + (d.narrow and 56 or 60), left
    for n, key in ipairs { { "t1", "c1", "the zone's" }, { "c2", "c2",
        "the reserve's" } } do
        local at = x + (n - 1) * 100
        d:box(at, y - 6, 12, 12, { fill = key[1], edge = key[2], wide = 1 })
        d:text(at + 18, y, key[3], { size = 11 })
    end
    local at, below = d.narrow and left or left + 230, d.narrow and 22 or 0
    d:dot(at + 6, y + below, 3.2, { fill = "c3" })
    d:text(at + 16, y + below, "served", { size = 11 })
    d:line({ at + 74, y + below - 4, at + 82, y + below + 4 },
        { colour = "c2", wide = 2 })
    d:line({ at + 74, y + below + 4, at + 82, y + below - 4 },
        { colour = "c2", wide = 2 })
    d:text(at + 90, y + below, "refused", { size = 11 })
end
