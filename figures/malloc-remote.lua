-- SPDX-License-Identifier: MIT
--
-- One span whose blocks another thread frees: what is on which list, in
-- four moments.
--@ state: malloc-moments.txt
--@ alt: Diagram of one span of eight blocks in four moments. First the
--@   program has all of them, and the span is full. Another thread frees
--@   three; they are linked on the span's remote list, the last freed in
--@   front, and the span is pending. The owner drains: the three are on the
--@   span's own free list, and the span waits in its class's queue. At last
--@   the list has become the owner's ready list, and the program has taken
--@   the first block of it.
local words = {
    full = "The program has all eight;\nno list knows the span.",
    freed = "Another thread has freed\nthree: the remote list.",
    drained = "The owner took the list\nhome, in one piece.",
    ready = "Its turn has come: the\nfree list is now ready.",
}
local colours = { program = { "t5", "grey" }, remote = { "t2", "c2" },
    free = { "t1", "c1" }, ready = { "t3", "c3" } }

return function(d)
    local across = d.narrow and 1 or 2
    local block, high = 150, 34
    local pitch = d.width / across
    d:size(math.ceil(#d.state.moment / across) * block)
    for i, m in ipairs(d.state.moment) do
        local name, free, remote, full, pending, ready = table.unpack(m)
        local x = (i - 1) % across * pitch + 6
        local y = (i - 1) // across * block
        local w = (pitch - 24) / 8
        local line = 0
        for text in words[name]:gmatch("[^\n]+") do
            d:text(x, y + 12 + line * 15, text, { size = 12,
                bold = true })
            line = line + 1
        end
        local top = y + 52
        -- blocks, and who has them
        local place = {}
        for _, b in ipairs(d.state.block) do
            if b[1] == name then
                place[b[2]] = { b[3], b[4] }
            end
        end
        local chain = {}
        for k = 0, 7 do
            local at = place[k] or { "program", 0 }
            local look = colours[at[1]]
            d:box(x + k * w, top, w, high, { fill = look[1],
                edge = look[2], wide = 1.4, text = k .. "", size = 11,
                colour = at[1] == "program" and "soft" or "ink" })
            if at[2] > 0 then
                chain[at[2]] = { x + k * w + w / 2, look[2] }
            end
        end
        -- the list, from its head
        for k = 1, #chain - 1 do
            local a, b = chain[k], chain[k + 1]
            d:line({ a[1], top + high + 2, (a[1] + b[1]) / 2, top + high
                + 26, b[1], top + high + 5 }, { colour = a[2],
                bend = true, wide = 1.4 })
            d:arrow({ b[1] + (b[1] > a[1] and -3 or 3), top + high + 10,
                b[1], top + high + 3 }, { colour = a[2], head = 7 })
        end
        if chain[1] then
            d:dot(chain[1][1], top - 7, 3, { fill = chain[1][2] })
        end
        local says = {}
        if full == 1 then
            says[#says + 1] = "full"
        end
        if remote > 0 then
            says[#says + 1] = "remote " .. remote
        end
        if pending == 1 then
            says[#says + 1] = "pending"
        end
        if free > 0 then
            says[#says + 1] = "free " .. free .. ", in the queue"
        end
        if ready > 0 then
            says[#says + 1] = "current; ready " .. ready
        end
        d:text(x, top + high + 34, table.concat(says, ", "), { size = 11,
            colour = "soft" })
    end
end
