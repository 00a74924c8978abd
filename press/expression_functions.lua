-- SPDX-License-Identifier: MIT
--
-- The functions of expression.lua. Each is {run = f(args, tree)}, with
-- series = true where a key without x= means all of its values, arity where
-- the number of arguments is fixed, ids = true where they are names. An
-- argument is a number, a series or an answer, as described there.

return function(expression, kit)

local fail, pairwise, calculate = kit.fail, kit.pairwise, kit.calculate
local join, same_units, answer = kit.join, kit.same_units, kit.answer
local all_of, either = kit.all_of, kit.either

local functions = {}
expression.functions = functions

function expression.names()
    local list = {}
    for name in pairs(functions) do
        list[#list + 1] = name
    end
    table.sort(list)
    return table.concat(list, " ")
end

-- The arguments as one list of numbers.
local function flat(args)
    local list = {}
    for _, a in ipairs(args) do
        for _, p in ipairs(a.points or { a }) do
            list[#list + 1] = not p.parts and p or fail("a condition "
                .. "stands where values should")
        end
    end
    if #list == 0 then
        fail("a function without values")
    end
    return list
end

local function rows_of(list)
    local rows = {}
    for _, v in ipairs(list) do
        for _, row in ipairs(v.rows) do
            rows[#rows + 1] = row
        end
        rows.reason = rows.reason or v.reason
    end
    expression.one_machine(rows)
    return rows
end

local function say(v)
    return expression.say(v)
end

-- One of many, chosen by better(a, b).
local function choose(better)
    return { series = true, run = function(args)
        local list = flat(args)
        local best, rows = list[1], rows_of(list)
        for _, v in ipairs(list) do
            if v.reason then
                return { reason = v.reason, rows = rows }
            end
            same_units(best, v, "compares")
            best = better(v.value, best.value) and v or best
        end
        return { value = best.value, lo = best.lo, hi = best.hi,
            unit = best.unit, rows = rows, bare = best.bare,
            x = best.x, kernel = best.kernel, name = best.name }
    end }
end
functions.max = choose(function(a, b) return a > b end)
functions.min = choose(function(a, b) return a < b end)
functions.first = choose(function() return false end)
functions.last = choose(function() return true end)

functions.mean = { series = true, run = function(args)
    local list, sum, lo, hi = flat(args), 0, 0, 0
    local rows = rows_of(list)
    if rows.reason then
        return { reason = rows.reason, rows = rows }
    end
    for _, v in ipairs(list) do
        sum, lo, hi = sum + v.value, lo + (v.lo or v.value),
            hi + (v.hi or v.value)
    end
    return { value = sum / #list, lo = lo / #list, hi = hi / #list,
        unit = list[1].unit, rows = rows }
end }

local function bound(field)
    return { run = function(args)
        local out = { points = {} }
        for i, v in ipairs(flat(args)) do
            out.points[i] = { value = v[field] or v.value, unit = v.unit,
                rows = v.rows, reason = v.reason, x = v.x,
                kernel = v.kernel, name = v.name }
        end
        return #out.points == 1 and out.points[1] or out
    end }
end
functions.lo, functions.hi = bound("lo"), bound("hi")

functions.ratio = { arity = 2, run = function(args)
    return pairwise(args[1], args[2], function(a, b)
        return calculate("/", a, b)
    end)
end }

-- How many points, or how many of which it is true.
functions.count = { series = true, run = function(args)
    local n, rows = 0, {}
    for _, a in ipairs(args) do
        for _, p in ipairs(a.points or { a }) do
            if p.parts == nil or p.holds then
                n = n + 1
            end
            if p.reason then
                return { reason = p.reason, rows = p.rows }
            end
            for _, row in ipairs(p.rows) do
                rows[#rows + 1] = row
            end
        end
    end
    expression.one_machine(rows)
    return { value = n, rows = rows }
end }

functions.any = { run = function(args)
    local out = { holds = false, parts = {}, rows = {} }
    for _, a in ipairs(args) do
        for _, p in ipairs(a.points or { a }) do
            out = either(out, p)
        end
    end
    return out
end }
functions.all = { run = function(args)
    local out = all_of(args[1])
    for i = 2, #args do
        out = expression.both(out, all_of(args[i]))
    end
    return out
end }

-- Do the intervals of all of them have a point in common?
functions.overlap = { run = function(args)
    local list = flat(args)
    local rows, lo, hi, said = rows_of(list), -math.huge, math.huge, {}
    if rows.reason then
        return { parts = {}, rows = rows, reason = rows.reason }
    end
    for i, v in ipairs(list) do
        same_units(list[1], v, "compares")
        lo = math.max(lo, v.lo or v.value)
        hi = math.min(hi, v.hi or v.value)
        said[i] = say(v) .. " [" .. say { value = v.lo or v.value } .. ", "
            .. say { value = v.hi or v.value } .. "]"
    end
    return answer(lo <= hi, { text = table.concat(said, " against ") },
        rows)
end }

-- near(A, B, 10): A within 10 % of B, point by point.
local function percent(v)
    return v and not v.rows[1] and v.value
        or fail("the per cent are missing; write near(A, B, 10)")
end

functions.near = { arity = 3, run = function(args)
    local within = percent(args[3])
    return pairwise(args[1], args[2], function(a, b)
        local rows, reason = join(a, b), a.reason or b.reason
        same_units(a, b, "compares")
        if reason then
            return { parts = {}, rows = rows, reason = reason }
        end
        local off = math.abs(a.value - b.value)
        return answer(off <= math.abs(b.value) * within / 100, { text =
            say(a) .. " against " .. say(b) .. " within " .. within
            .. " %" }, rows)
    end)
end }

local function by_x(list)
    local copy = {}
    for i, v in ipairs(list) do
        copy[i] = v
    end
    table.sort(copy, function(a, b)
        return (tonumber(a.x) or 0) < (tonumber(b.x) or 0)
    end)
    return copy
end

-- A trend over x, each step allowed to go n % the other way.
local function trend(word, test)
    return { series = true, run = function(args)
        local within, list = 0, {}
        for _, a in ipairs(args) do
            if not a.points and #a.rows == 0 then
                within = a.value
            else
                list[#list + 1] = a
            end
        end
        list = by_x(flat(list))
        local rows, said = rows_of(list), {}
        if rows.reason then
            return { parts = {}, rows = rows, reason = rows.reason }
        elseif #list < 2 then
            fail(word .. "() of one point; give a series, as in x=*")
        end
        for i, v in ipairs(list) do
            said[i] = v
        end
        local low, high = list[1], list[1]
        for _, v in ipairs(list) do
            low = v.value < low.value and v or low
            high = v.value > high.value and v or high
        end
        local text = say(list[1]) .. " at " .. list[1].x .. ", "
            .. say(list[#list]) .. " at " .. list[#list].x .. ", from "
            .. say(low) .. " to " .. say(high)
        return answer(test(list, within / 100, low.value, high.value),
            { text = text }, rows)
    end }
end
functions.rising = trend("rising", function(list, slack)
    for i = 2, #list do
        if list[i].value < list[i - 1].value * (1 - slack) then
            return false
        end
    end
    return list[#list].value > list[1].value * (1 + slack)
end)
functions.falling = trend("falling", function(list, slack)
    for i = 2, #list do
        if list[i].value > list[i - 1].value * (1 + slack) then
            return false
        end
    end
    return list[#list].value < list[1].value * (1 - slack)
end)
functions.flat = trend("flat", function(_, slack, low, high)
    return high - low <= slack * math.abs(low)
end)

-- The exponent of the best power of x, by least squares in logarithms:
-- 0 constant, 1 linear, 2 quadratic.
functions.power = { series = true, run = function(args)
    local list = flat(args)
    local rows, n, sx, sy, sxx, sxy = rows_of(list), 0, 0, 0, 0, 0
    if rows.reason then
        return { reason = rows.reason, rows = rows }
    end
    for _, v in ipairs(list) do
        local x = tonumber(v.x)
        if x and x > 0 and v.value > 0 then
            local lx, ly = math.log(x), math.log(v.value)
            n, sx, sy = n + 1, sx + lx, sy + ly
            sxx, sxy = sxx + lx * lx, sxy + lx * ly
        end
    end
    if n < 2 or n * sxx == sx * sx then
        fail("power() of fewer than two positive points")
    end
    return { value = (n * sxy - sx * sy) / (n * sxx - sx * sx),
        rows = rows }
end }

-- rank(A, B, C): the place of A among all, 1 for the smallest; A itself
-- may be among the others.
functions.rank = { run = function(args)
    local a, place, list = args[1], 1, flat(args)
    if not a or a.points then
        fail("rank() of a series; its first is one value")
    end
    local rows = rows_of(list)
    for _, v in ipairs(list) do
        if v.reason then
            return { reason = v.reason, rows = rows }
        end
        same_units(a, v, "compares")
        place = place + (v.value < a.value and 1 or 0)
    end
    return { value = place, rows = rows }
end }

-- order(A, B, C): A < B < C. clear(A, B, C): and their intervals apart.
local function ordered(apart)
    return { run = function(args)
        local list, holds, said = flat(args), true, {}
        local rows = rows_of(list)
        if rows.reason then
            return { parts = {}, rows = rows, reason = rows.reason }
        end
        for i, v in ipairs(list) do
            same_units(list[1], v, "compares")
            local before = list[i - 1]
            if before then
                local a = apart and before.hi or before.value
                local b = apart and v.lo or v.value
                holds = holds and a < b
            end
            said[i] = say(v)
        end
        return answer(holds, { text = table.concat(said, ", ") }, rows)
    end }
end
functions.order, functions.clear = ordered(false), ordered(true)

-- holds(p1), holds(p1, 6.1, 7.3): verdicts of claims put to kernels; all
-- kernels that it was put to, or those named.
local function verdict(word)
    return { ids = true, run = function(args, tree)
        local by, kernels = tree:claim(args[1] or "")
        local said, holds = {}, true
        if not by then
            fail(kernels)
        end
        if #args > 1 then
            kernels = {}
            for i = 2, #args do
                kernels[i - 1] = args[i]
            end
        end
        for i, kernel in ipairs(kernels) do
            local row = by[kernel] or fail("claim " .. args[1]
                .. " was not put to kernel " .. kernel)
            said[i] = kernel .. " " .. row.verdict
            holds = holds and row.verdict == word
        end
        return answer(holds, { text = args[1] .. ": "
            .. table.concat(said, ", ") }, {})
    end }
end
functions.holds, functions.fails = verdict("holds"), verdict("fails")
functions.limited = verdict("limit")

end
