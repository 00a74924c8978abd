-- SPDX-License-Identifier: MIT
--
-- All results as tables for a terminal (`make bench-tables`):
--
--     lua5.4 bench/results/tables.lua build/results
--
-- One table an experiment and metric: a row for each x, a column for each
-- variant, medians. ± is the larger half of the 95 % interval in percent
-- of the median, left out where it is below one percent.

package.path = (arg[0]:match("^.*/") or "") .. "?.lua;" .. package.path
local results = require "results"
local right = require "screen".right

local layer = results.must(results.load_tree(arg[1] or "build/results"))

local function cell(row)
    if not row then
        return ""
    elseif not row.median then
        return "not measured"
    end
    local half = math.max(row.hi - row.median, row.median - row.lo)
    local percent = row.median ~= 0 and 100 * half / math.abs(row.median)
        or 0
    return results.digits(row.median) .. (percent >= 1
        and string.format(" ±%2.0f%%", percent) or "     ")
end

-- Tables in the order of their first row.
local tables, order = {}, {}
table.sort(layer.rows, results.less)
for _, row in ipairs(layer.rows) do
    local place = row.instrument .. (row.kernel ~= "host"
        and " " .. row.kernel or "")
    local title = string.format("%s, %s (%s)", row.experiment, row.unit,
        place)
    if row.metric ~= "ns" and row.metric ~= "insn" then
        title = string.format("%s, %s in %s (%s)", row.experiment,
            row.metric, row.unit, place)
    end
    local t = tables[title]
    if not t then
        t = { title = title, xs = {}, variants = {}, cells = {},
            measured = false }
        tables[title] = t
        order[#order + 1] = t
    end
    if not t.cells[row.x] then
        t.cells[row.x] = {}
        t.xs[#t.xs + 1] = row.x
    end
    if not t.variants[row.variant] then
        t.variants[row.variant] = true
        t.variants[#t.variants + 1] = row.variant
    end
    t.cells[row.x][row.variant] = row
    t.measured = t.measured or row.median
    t.reason = row.reason
end
table.sort(order, function(a, b)
    return a.title < b.title
end)

local function print_table(t)
    table.sort(t.xs, function(a, b)
        local x, y = tonumber(a) or -1, tonumber(b) or -1
        return x < y
    end)
    print("\n" .. t.title)
    if not (#t.variants == 1 and #t.xs == 1) then
        local head = right("", 6)
        for _, variant in ipairs(t.variants) do
            head = head .. right(variant, 16)
        end
        print(head)
    end
    for _, x in ipairs(t.xs) do
        local line = right(x, 6)
        for _, variant in ipairs(t.variants) do
            line = line .. right(cell(t.cells[x][variant]), 16)
        end
        print(line)
    end
end

local unmeasured = {}
for _, t in ipairs(order) do
    if t.measured then
        print_table(t)
    else
        unmeasured[#unmeasured + 1] = "    " .. t.title .. ": " .. t.reason
    end
end
if #unmeasured > 0 then
    print("\nNot measured here:\n" .. table.concat(unmeasured, "\n"))
end
