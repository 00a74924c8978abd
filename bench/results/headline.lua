-- SPDX-License-Identifier: MIT
--
-- What is worth a line of its own: of every experiment on the host in which
-- ours and others did the same work, the middle one of its values of x.
-- Nobody chose them for how they came out. Of whole programs the
-- processor's time, of means over many the ratio to glibc.
--
--     for _, h in ipairs(headline.of(layer)) do
--         h.experiment, h.x, h.metric, h.unit
--         h.ours          our row
--         h.rivals        rows of the others, the best first
--     headline.ratio(h.ours, h.rivals[1])
--         -> {median, lo, hi, paired}: ours to theirs; paired by block
--            where the repetitions are there, else of the two intervals

local results = require "results"
local stats = require "stats"

local headline = {}

-- Whom ours competes with; further ones are a file's guests. (`malloc`
-- and `mmap` are the C library's and the kernel's calls as they are.)
local rivals = { glibc = true, jemalloc = true, mimalloc = true,
    tcmalloc = true, malloc = true, mmap = true }

local function is_rival(row)
    return rivals[row.variant] or not row.variant:find("/", 1, true)
        and results.is_guest(row)
end

-- Is a row of this metric a headline? Which one, where there are several?
local function wanted(row)
    if row.instrument ~= "host" or not row.median then
        return false
    elseif row.experiment:find("%.all$") then
        return row.metric == "ratio" or row.metric == "memory"
    elseif row.experiment:find("^programs%.") then
        return row.metric == "cpu"
    end
    return row.metric == "ns"
end

-- [experiment metric] -> {[x] -> {[variant] -> row}}, and their order
local function group(layer)
    local groups, order = {}, {}
    for _, row in ipairs(layer.rows) do
        if wanted(row) then
            local name = row.experiment .. " " .. row.metric
            if not groups[name] then
                groups[name] = {}
                order[#order + 1] = name
            end
            groups[name][row.x] = groups[name][row.x] or {}
            groups[name][row.x][row.variant] = row
        end
    end
    return groups, order
end

-- The values of x at which ours has a rival, in order.
local function shared(by_x)
    local xs = {}
    for x, by_variant in pairs(by_x) do
        local rival
        for _, row in pairs(by_variant) do
            rival = rival or is_rival(row)
        end
        if by_variant.pw and rival then
            xs[#xs + 1] = x
        end
    end
    table.sort(xs, function(a, b)
        return (tonumber(a) or -1) < (tonumber(b) or -1)
    end)
    return xs
end

function headline.of(layer)
    local list = {}
    local groups, order = group(layer)
    for _, name in ipairs(order) do
        local xs = shared(groups[name])
        local x = xs[(#xs + 1) // 2]
        local h = x and { x = x, ours = groups[name][x].pw, rivals = {} }
        for _, row in pairs(x and groups[name][x] or {}) do
            if is_rival(row) then
                table.insert(h.rivals, row)
            end
        end
        if h then
            h.experiment, h.metric = h.ours.experiment, h.ours.metric
            h.unit = h.ours.unit
            table.sort(h.rivals, function(a, b)
                return a.median < b.median or a.median == b.median
                    and a.variant < b.variant
            end)
            list[#list + 1] = h
        end
    end
    return list
end

---------------------------------------------------------------- ratios

local raw = {} -- [path] = {[experiment variant x metric] = {block = value}}

local function key(row)
    return table.concat({ row.experiment, row.variant, row.x, row.metric },
        "\t")
end

local function repetitions(row)
    local path = row.file.path:gsub("%.tsv$", ".raw.tsv")
    if raw[path] == nil then
        local file = results.read(path)
        raw[path] = file and {}
        for _, r in ipairs(file and file.rows or {}) do
            local k = key(r)
            raw[path][k] = raw[path][k] or {}
            raw[path][k][r.block] = r.value
        end
    end
    return raw[path] and raw[path][key(row)]
end

function headline.ratio(ours, theirs)
    local a, b = repetitions(ours), repetitions(theirs)
    local list = {}
    for block, value in pairs(a and b and a or {}) do
        if b[block] and b[block] > 0 then
            list[#list + 1] = value / b[block]
        end
    end
    if #list > 1 then
        local ratio = stats.median(list)
        ratio.paired = true
        return ratio
    end
    return { median = ours.median / theirs.median,
        lo = ours.lo / theirs.hi, hi = ours.hi / theirs.lo }
end

return headline
