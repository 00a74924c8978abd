-- SPDX-License-Identifier: MIT
--
-- The guide of "Which one?": rules by need and size, computed from the
-- which lab's records. As a command it turns the YAML that book.yaml names
-- under `guide` into build/press/guide.tab. Knows nothing of pandoc.
--
--     choose.rows(book, tree) -> list of {need, name, context, from, to,
--         call, c, cost = {a, b}, got = text, fails, never}, one for each
--         range of sizes in which one call wins
--     choose.steps(book, tree) -> list of {need, kernel, at, from, to}: at
--         which size each kernel's rule changes, and between which calls
--
-- A call is sure at a size when every request for it was given a block with
-- half of memory free in single pages at random. Among the sure ones the
-- cheapest wins: fewest instructions for a pair whose pages are written to.
-- Where none is sure, the one that got most does, and the row says so.

package.path = "press/?.lua;bench/results/?.lua;" .. package.path
local base = require "base"

local choose = {}

-- pattern.variant.metric at every size on a kernel: size -> median.
local function series(tree, experiment, variant, metric, kernel)
    local out = {}
    for _, row in ipairs(tree.rows) do
        if row.experiment == experiment and row.variant == variant
            and row.metric == metric and row.kernel == kernel
            and row.median then
            out[tonumber(row.x)] = row.median
        end
    end
    return out
end

local function sorted(set)
    local list = {}
    for size in pairs(set) do
        list[#list + 1] = size
    end
    table.sort(list)
    return list
end

-- What is known of a call on a kernel.
local function facts(tree, call, kernel)
    local name = call.cost or call.name
    local got = call.got and series(tree, "which.success", call.got,
        "success", kernel) or {}
    return { call = call, got = got, cost = series(tree, call.first
        and "which.first" or "which.used", name, "insn", kernel) }
end

-- Below a page a request can fail only as one for a page; above what was
-- tried nothing is known.
local function sure(f, size)
    if not f.call.got then
        return 100
    end
    local least = sorted(f.got)[1]
    return f.got[math.max(size, least or size)] or (function()
        local sizes = sorted(f.got)
        return f.got[sizes[#sizes]] or 0
    end)()
end

local function winner(list, size)
    local best
    for _, f in ipairs(list) do
        if f.cost[size] then
            local rate = sure(f, size)
            if not best or rate > best.rate or rate == best.rate
                and f.cost[size] < best.cost then
                best = { f = f, rate = rate, cost = f.cost[size] }
            end
        end
    end
    return best
end

local function calls_of(data)
    local by = {}
    for _, call in ipairs(data.calls) do
        by[call.name] = call
    end
    return by
end

-- The ranges of one rule on one kernel.
local function ranges(tree, by, rule, kernel)
    local list, sizes, out = {}, {}, {}
    for name in rule.among:gmatch("%S+") do
        local f = facts(tree, by[name], kernel)
        list[#list + 1] = f
        for size in pairs(f.cost) do
            sizes[size] = true
        end
    end
    for _, size in ipairs(sorted(sizes)) do
        local best, last = winner(list, size), out[#out]
        if not last or last.call ~= best.f.call then
            last = { from = size, call = best.f.call, rates = {},
                cost = { best.cost } }
            out[#out + 1] = last
        end
        last.to, last.cost[2] = size, best.cost
        table.insert(last.rates, { size = size, rate = best.rate })
    end
    return out
end

local function guide(book)
    local data = base.load(book.build .. "/press/guide.tab")
    return data, calls_of(data)
end

-- "always", or "always to 16 KiB, 33 % at 64 KiB, 0 % at 4 MiB": up to
-- where it is sure, at four times that, and at the end.
function choose.given(rates)
    local n, parts = 0, {}
    while rates[n + 1] and rates[n + 1].rate == 100 do
        n = n + 1
    end
    if n == #rates then
        return "always"
    elseif n > 0 then
        parts[1] = "always to " .. choose.size(rates[n].size)
    end
    for _, i in ipairs { math.min(n + 2, #rates), #rates } do
        local text = string.format("%.0f\194\160%% at %s", rates[i].rate,
            choose.size(rates[i].size))
        if parts[#parts] ~= text then
            parts[#parts + 1] = text
        end
    end
    return table.concat(parts, ", ")
end

function choose.rows(book, tree)
    local data, by = guide(book)
    local out, kernel = {}, book["default-kernel"]
    for _, rule in ipairs(data.rules) do
        for _, r in ipairs(ranges(tree, by, rule, kernel)) do
            out[#out + 1] = { need = rule.need, name = rule.name,
                context = rule.context, from = r.from, to = r.to,
                variant = r.call.name, c = r.call.c, cost = r.cost,
                got = r.call.got and choose.given(r.rates),
                fails = r.call.fails, never = r.call.never }
        end
    end
    return out
end

function choose.steps(book, tree, kernels)
    local data, by = guide(book)
    local out = {}
    for _, rule in ipairs(data.rules) do
        for _, kernel in ipairs(kernels) do
            local list = ranges(tree, by, rule, kernel)
            for i = 2, #list do
                if list[i].call ~= list[i - 1].call then
                    out[#out + 1] = { need = rule.need, kernel = kernel,
                        last = list[i - 1].to, from = list[i - 1].call.name,
                        to = list[i].call.name }
                end
            end
        end
    end
    return out
end

-- 65536 -> "64 KiB"
function choose.size(n)
    for _, unit in ipairs { { 1 << 20, "MiB" }, { 1 << 10, "KiB" } } do
        if n >= unit[1] then
            return string.format("%d\194\160%s", n // unit[1], unit[2])
        end
    end
    return string.format("%d\194\160B", n)
end

function choose.range(row)
    if row.from == row.to then
        return choose.size(row.from)
    elseif row.from <= 8 then
        return "up to " .. choose.size(row.to)
    end
    return choose.size(row.from) .. " to " .. choose.size(row.to)
end

local function read_yaml(path)
    local data = base.yaml(path)
    if not data.rules then
        base.fail(path .. ":1", "is no guide", "write `rules:`")
    end
    local by = calls_of(data)
    for _, rule in ipairs(data.rules) do
        for name in (rule.among or ""):gmatch("%S+") do
            if not by[name] then
                base.complain(path .. ":1", "'" .. rule.need
                    .. "' is among '" .. name .. "', which is no call",
                    "describe it under calls")
            end
        end
    end
    for _, call in ipairs(data.calls) do
        for _, key in ipairs { "c", "fails", "never" } do
            call[key] = call[key] and call[key]:gsub("%s+", " ")
                or base.complain(path .. ":1", call.name .. " has no '"
                .. key .. "'", "add it")
        end
    end
    base.settle()
    return data
end

if arg and arg[0] and arg[0]:match("choose%.lua$") then
    local book = require("book").load()
    if book.guide then
        base.save(book.build .. "/press/guide.tab", read_yaml(book.guide))
    end
end

return choose
