-- SPDX-License-Identifier: MIT
--
-- The first pages that a process has from the kernel after some calls: the
-- spans they are in, and where the map leads to a span.
--@ state: malloc-moments.txt
--@ alt: Diagram of ninety-six pages in a row, divided into spans. Spans of
--@   small blocks have one to eight pages, each span cut into blocks of one
--@   size; large blocks have a span each, of ten pages and more; between
--@   them are dirty free spans, and the rest is one clean free span. Dots
--@   below the pages show the map's entries: one for each page of a span of
--@   small blocks, one for the first page of a large block, one for the
--@   first and one for the last page of a free span.
local looks = {
    small = { "t1", "c1", "blocks of one size" },
    large = { "t2", "c2", "one large block" },
    dirty = { "t5", "grey", "free, dirty" },
    clean = { "paper", "grey", "free, clean" },
}
local order = { "small", "large", "dirty", "clean" }

return function(d)
    local across = d.narrow and 24 or 48
    local w = (d.width - 8) / across
    local pages = 96
    local rows = pages / across
    local pitch = 92
    d:size(rows * pitch + (d.narrow and 70 or 36))

    local function at(page) -- left edge and top of a page
        return 4 + page % across * w, page // across * pitch + 20
    end

    local lower = false
    for _, s in ipairs(d.state.span) do
        local from, count, kind, size, blocks = table.unpack(s)
        local look = looks[kind]
        local last = math.min(from + count, pages)
        local page, widest, mid, top = from, 0, 0, 0
        while page < last do -- a piece a row
            local stop = math.min(last, (page // across + 1) * across)
            local x, y = at(page)
            local wide = (stop - page) * w
            d:box(x, y, wide, 30, { fill = look[1], edge = look[2],
                wide = 1.4, dash = kind == "clean" and "3 2" })
            for k = page + 1, stop - 1 do
                local lx = at(k)
                d:line({ lx, y + 26, lx, y + 30 }, { colour = look[2],
                    wide = 0.8 })
            end
            if wide > widest then
                widest, mid, top = wide, x + wide / 2, y
            end
            page = stop
        end
        if kind == "small" then
            lower = not lower
            d:text(mid, top + (lower and 52 or 64), size .. "",
                { align = "middle", size = 10, colour = "c1" })
            d:line({ mid, top + 40, mid, top + (lower and 46 or 58) },
                { colour = "c1", wide = 0.7 })
        elseif widest > 60 then
            d:text(mid, top + 14, kind == "large" and count .. " pages"
                or kind, { align = "middle", size = 11,
                colour = kind == "large" and "c2" or "soft" })
        end
    end
    for _, m in ipairs(d.state.map) do
        local x, y = at(m[1])
        d:dot(x + w / 2, y + 37, 2.2, { fill = "ink" })
    end
    local y = rows * pitch + 12
    for i, kind in ipairs(order) do
        local column, line = i - 1, 0
        if d.narrow then
            column, line = (i - 1) % 2, (i - 1) // 2
        end
        local x = 4 + column * (d.narrow and 160 or 140)
        d:box(x, y + line * 22 - 6, 18, 12, { fill = looks[kind][1],
            edge = looks[kind][2], dash = kind == "clean" and "3 2" })
        d:text(x + 24, y + line * 22, looks[kind][3], { size = 11 })
    end
    local x, line = d.narrow and 4 or 564, d.narrow and 44 or 0
    if d.narrow then
        d:dot(x + 9, y + line, 2.2, { fill = "ink" })
        d:text(x + 24, y + line, "an entry of the map", { size = 11 })
    else
        d:dot(x - 8, y, 2.2, { fill = "ink" })
        d:text(x, y, "map", { size = 11 })
    end
end
