-- SPDX-License-Identifier: MIT
--
-- How high a CPU's stack of frames stands, call by call, and where its
-- calls take the lock.
--@ state: page-moments.txt
--@ alt: Diagram over time. The height of one CPU's stack of frames after
--@   each call, a step up for a free, a step down for an allocation. At the
--@   upper mark, two batches, a free takes the lock and the stack falls to
--@   one batch; when it is empty, an allocation takes the lock and it rises
--@   to one batch. Calls back and forth around the batch take none.
return function(d)
    local batch, high = table.unpack(d.state.marks[1])
    local calls = d.state.stack
    local left, right = 64, d.narrow and 12 or 92
    local top, unit = 34, d.narrow and 9 or 10
    local low = top + high * unit
    local step = (d.width - left - right) / #calls
    d:size(low + (d.narrow and 62 or 50))

    d:levels(left, right, low, unit, batch, { { high, "two batches" },
        { batch, "a batch" }, { 0, "empty" } })
    d:text(left - 8, top - 20, d.narrow and "frames"
        or "frames on the stack", { size = 11, colour = "soft",
        align = d.narrow and "right" })

    local before = 0
    for i, call in ipairs(calls) do
        local x, height = left + (i - 1) * step, call[2]
        d:box(x + 0.5, low - height * unit, step - 1, height * unit,
            { fill = "t1", edge = "t1", wide = 0 })
        d:line({ x + 0.5, low - height * unit, x + step - 0.5, low - height
            * unit }, { colour = "c1", wide = 2 })
        if call[3] == 1 then
            local from = low - before * unit
            d:arrow({ x + step / 2, from, x + step / 2, low - height * unit
                + (height < before and -3 or 3) }, { colour = "c2",
                wide = 2 })
            d:text(x + step / 2, height < before and top - 20
                or low - batch * unit - 14, height < before
                and "give a batch back" or "fetch a batch", { bold = true,
                size = 11, colour = "c2", align = "middle" })
        end
        before = height
    end
    -- What the calls were: runs of frees and of allocations.
    local i = 1
    while i <= #calls do
        local j = i
        while calls[j + 1] and calls[j + 1][1] == calls[i][1] do
            j = j + 1
        end
        local wide = (j - i + 1) * step
        if wide > 70 then
            d:span(left + (i - 1) * step + 1, left + j * step - 1, low + 14,
                (j - i + 1) .. (calls[i][1] < 0 and " frees"
                or " allocations"))
        end
        i = j + 1
    end
end
