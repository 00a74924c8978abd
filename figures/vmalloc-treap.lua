-- SPDX-License-Identifier: MIT
--
-- The free ranges of a space and the treap over them: across by address, up
-- by priority. Filled: the way down to the lowest range of seven pages.
--@ state: vmalloc-moments.txt
--@ alt: Diagram. Below, a strip of pages, in use and free. Above each free
--@   range a node with its size and the largest size below it; higher
--@   nodes have higher priorities, and each is joined to its children, left
--@   ones at lower addresses. The way from the root to the lowest range of
--@   at least seven pages is marked: left wherever the left subtree has
--@   one.
local wanted = 7

local function of(list, moment)
    local out = {}
    for _, row in ipairs(list) do
        if row[1] == moment then
            out[#out + 1] = row
        end
    end
    return out
end

-- The way down, as pw_vrange_take() goes it.
local function way(nodes, root)
    local seen, at = {}, root
    while at ~= 0 do
        local node = nodes[at]
        seen[at] = true
        if node.left ~= 0 and nodes[node.left].max >= wanted then
            at = node.left
        elseif node.size >= wanted then
            return seen, at
        else
            at = node.right
        end
    end
    return seen
end

return function(d)
    local areas, nodes, rank = of(d.state.area, "tree"), {}, {}
    for _, r in ipairs(of(d.state.node, "tree")) do
        local node = { at = r[2], size = r[3], max = r[4], prio = r[5],
            left = r[6], right = r[7] }
        nodes[node.at] = node
        rank[#rank + 1] = node
    end
    table.sort(rank, function(a, b)
        return a.prio > b.prio
    end)
    for i, node in ipairs(rank) do
        node.rank = i
    end
    local root = of(d.state.root, "tree")[1][2]
    local seen, found = way(nodes, root)

    local left, right = 8, 8
    local pages = areas[#areas][2] + areas[#areas][3]
    local unit = (d.width - left - right) / pages
    local pitch, top = d.narrow and 30 or 31, 40
    local strip = top + #rank * pitch + 4
    local w, h = d.narrow and 34 or 62, 23
    d:size(strip + 58)
    local function place(node)
        local x = left + (node.at - node.size / 2 + 1) * unit
        x = math.max(left + w / 2, math.min(x, d.width - right - w / 2))
        return x, top + (node.rank - 1) * pitch
    end
    for _, node in ipairs(rank) do -- from its range up to the node
        local x, y = place(node)
        local middle = left + (node.at - node.size / 2 + 1) * unit
        d:line({ x, y + h, middle, strip }, { colour = "grey",
            dash = "2 3", wide = 1 })
    end
    for _, node in ipairs(rank) do
        local x, y = place(node)
        for _, child in ipairs { node.left, node.right } do
            if child ~= 0 then
                local cx, cy = place(nodes[child])
                local on = seen[child]
                d:line({ x, y + h / 2, cx, cy }, { colour = on and "c2"
                    or "ink", wide = on and 2.4 or 1.2 })
            end
        end
    end
    for _, node in ipairs(rank) do
        local x, y = place(node)
        local on = seen[node.at]
        d:box(x - w / 2, y, w, h, { round = 4, fill = node.at == found
            and "c2" or on and "t2" or "t1", edge = on and "c2" or "c1",
            wide = on and 2 or 1.2, text = d.narrow and node.size .. " · "
            .. node.max or node.size .. ", max " .. node.max, size = 10.5,
            colour = node.at == found and "paper" or "ink" })
    end
    d:text(left, 12, "across: by address; up: by priority; in a node: the "
        .. (d.narrow and "size,"
        or "range’s size and the largest below it"),
        { size = 11, colour = "soft" })
    if d.narrow then
        d:text(left, 27, "and the largest below it", { size = 11,
            colour = "soft" })
    end
    for _, a in ipairs(areas) do
        local free = a[4] == "free"
        d:box(left + a[2] * unit, strip, a[3] * unit, 24, { fill = free
            and "paper" or "pale", edge = free and "c1" or "grey",
            wide = 1, text = free and a[3] .. "" or nil, size = 10,
            colour = "c1" })
    end
    d:text(left, strip + 40, (d.narrow and "free ranges and areas" or
        "pages of the space: free ranges, and areas with their guards, "
        .. "grey") .. "; marked: a search for " .. wanted,
        { size = 11, colour = "soft" })
end
