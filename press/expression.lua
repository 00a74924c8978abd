-- SPDX-License-Identifier: MIT
--
-- The language of `{{...}}` and when="...": values of the results, whole
-- series of them, and conditions over both. README.md shows it by example.
--
--     condition   all = any { "and" any }      any = not { "or" not }
--     comparison  sum { (<= >= < > == !=) sum }
--     sum         product { (+ -) product }    blanks around every sign
--     product     atom { (* /) atom }
--     atom        number | (condition) | function(condition, ...)
--                 | key [x= kernel= instrument= stat= bare]
--
-- A key may hold `*`; x= and kernel= take one value, a list (1,2,4), `*`,
-- and x= a range (8..512, 8.., ..512). Any of these makes a series; so does
-- a key without x= in a function that takes series. Two series are
-- compared and calculated point by point, where x and kernel agree.
--
-- What comes out is a number {value, lo, hi, unit, rows, reason}, a series
-- {points = {number, ...}} or an answer {holds, parts, rows}. lo and hi
-- are carried through arithmetic, so that overlap() and lo() hold for
-- calculated values too. Where something was not measured the answer is
-- nil, with the reason. Errors are thrown as {text}, and come back from
-- expression.eval as nil, text.

local results = require "results"

local expression = {}

local function fail(text)
    error({ text = text }, 0)
end

------------------------------------------------------------- the values

local function one_of(list, value)
    for item in list:gmatch("[^,]+") do
        if item == value or tonumber(item) and tonumber(item)
            == tonumber(value) then
            return true
        end
    end
    return false
end

local function fits_x(want, x)
    local low, high = want:match("^([%d.]-)%.%.([%d.]*)$")
    if want == "*" then
        return true
    elseif low then
        x = tonumber(x)
        return x and x >= (tonumber(low) or -math.huge)
            and x <= (tonumber(high) or math.huge)
    end
    return one_of(want, x)
end

local function fits(tree, row, attrs)
    if attrs.x and not fits_x(attrs.x, row.x) then
        return false
    elseif attrs.instrument and row.instrument ~= attrs.instrument then
        return false
    elseif row.instrument == "vm-kvm" and not attrs.instrument then
        return false
    elseif attrs.kernel then
        return attrs.kernel == "*" or one_of(attrs.kernel, row.kernel)
    end
    return row.instrument == "host" or not tree.default_kernel
        or row.kernel == tree.default_kernel
end

local function number_of(row, attrs)
    local stat = attrs.stat or "median"
    local exact = stat ~= "median"
    return { value = row[stat], lo = exact and row[stat] or row.lo,
        hi = exact and row[stat] or row.hi, rows = { row },
        unit = stat ~= "n" and row.unit or nil, reason = row.reason,
        bare = attrs.bare, x = row.x, kernel = row.kernel,
        name = row.variant }
end

local function select_rows(tree, node)
    local list, n = {}, 0
    local pattern = "^" .. node.key:gsub("[%-%.%+]", "%%%0")
        :gsub("%*", ".*") .. "$"
    for _, key in ipairs(node.key:find("*", 1, true) and tree:names()
        or { node.key }) do
        if key == node.key or key:match(pattern) then
            n = n + 1
            for _, row in ipairs(tree:named(key)) do
                if fits(tree, row, node.attrs) then
                    list[#list + 1] = row
                end
            end
        end
    end
    return list, n
end

local function many(attr)
    return attr and (attr:find("*", 1, true) or attr:find(",", 1, true)
        or attr:find("..", 1, true))
end

local function get(tree, node, series)
    local attrs = node.attrs
    if not (many(node.key) or many(attrs.x) or attrs.kernel
        and attrs.kernel:find("[*,]") or series and not attrs.x) then
        local rows = select_rows(tree, node)
        if #rows == 1 then
            return number_of(rows[1], attrs)
        end
        local _, message = tree:find(node.key, attrs)
        fail(message)
    end
    local rows = select_rows(tree, node)
    if #rows == 0 then
        fail("no result fits " .. node.text .. "; mend it or measure it "
            .. "first")
    end
    local points = {}
    for i, row in ipairs(rows) do
        points[i] = number_of(row, attrs)
    end
    return { points = points }
end

-- The counter of the union of two lists of rows; never both sides of a
-- calculation or comparison from two machines. Counts in emulation are the
-- same on every machine.
local function join(a, b)
    local rows = {}
    for _, side in ipairs { a, b } do
        for _, row in ipairs(side.rows) do
            rows[#rows + 1] = row
        end
    end
    expression.one_machine(rows)
    return rows
end

local function machine_of(row)
    return row.source .. " " .. (row.file.meta.machine or "")
end

function expression.one_machine(rows)
    local first
    for _, row in ipairs(rows) do
        if row.instrument == "host" then
            if first and machine_of(first) ~= machine_of(row) then
                fail("two sides from two machines: " .. results.key(first)
                    .. " was measured on " .. first.file.meta.machine
                    .. ", " .. results.key(row) .. " on "
                    .. row.file.meta.machine
                    .. "; measure both on one and record them")
            end
            first = first or row
        end
    end
end

-------------------------------------------------------------- arithmetic

local operate = {
    ["/"] = function(a, b) return a / b end,
    ["*"] = function(a, b) return a * b end,
    ["-"] = function(a, b) return a - b end,
    ["+"] = function(a, b) return a + b end,
}

local function unit_of(op, a, b)
    if op == "/" and a.unit and b.unit then
        return a.unit == b.unit and "×" or a.unit .. "/" .. b.unit
    end
    return a.unit or b.unit
end

local function same_units(a, b, verb)
    local plain = { ["×"] = true, [""] = true, ["1"] = true, unit = true }
    if a.unit and b.unit and a.unit ~= b.unit
        and not (plain[a.unit] and plain[b.unit]) then
        fail(verb .. " " .. a.unit .. " with " .. b.unit
            .. "; take values of one unit")
    end
end

local function calculate(op, a, b)
    local out = { rows = join(a, b), bare = a.bare or b.bare,
        unit = unit_of(op, a, b), reason = a.reason or b.reason }
    if op == "+" or op == "-" then
        same_units(a, b, "adds")
    end
    if out.reason then
        return out
    elseif op == "/" and b.value == 0 then
        fail("division by zero")
    end
    local f = operate[op]
    out.value = f(a.value, b.value)
    out.lo, out.hi = out.value, out.value
    for _, p in ipairs { a.lo or a.value, a.hi or a.value } do
        for _, q in ipairs { b.lo or b.value, b.hi or b.value } do
            if op ~= "/" or q ~= 0 then
                out.lo = math.min(out.lo, f(p, q))
                out.hi = math.max(out.hi, f(p, q))
            end
        end
    end
    return out
end

-- Point by point: series with series where x and kernel agree.
local function pairwise(a, b, made)
    local function f(p, q)
        local out = made(p, q)
        out.x, out.kernel = p.x or q.x, p.kernel or q.kernel
        out.name = p.name or q.name
        return out
    end
    if not a.points and not b.points then
        return f(a, b)
    end
    local out = { points = {} }
    local function names(s)
        local seen, n = {}, 0
        for _, p in ipairs(s.points) do
            if not seen[p.name or ""] then
                seen[p.name or ""], n = true, n + 1
            end
        end
        return n
    end
    if not a.points or not b.points then
        for i, p in ipairs((a.points and a or b).points) do
            out.points[i] = a.points and f(p, b) or f(a, p)
        end
        return out
    end
    local few, many_ = a, b
    if names(a) > 1 and names(b) > 1 then
        fail("two series of several variants each; name the variant of one")
    elseif names(a) > 1 or names(b) == 1 and #a.points > #b.points then
        few, many_ = b, a
    end
    local at = {}
    for _, p in ipairs(few.points) do
        at[p.x .. "\t" .. p.kernel] = p
    end
    for _, p in ipairs(many_.points) do
        local other = at[p.x .. "\t" .. p.kernel]
        if not other then
            fail(results.key(p.rows[1]) .. (p.x ~= "" and " x=" .. p.x
                or "") .. " on " .. p.kernel .. " has no partner in the "
                .. "other series; narrow x= and kernel=")
        end
        table.insert(out.points, few == a and f(other, p) or f(p, other))
    end
    return out
end

------------------------------------------------------------- comparison

local compare = {
    ["<="] = function(a, b) return a <= b end,
    [">="] = function(a, b) return a >= b end,
    ["<"] = function(a, b) return a < b end,
    [">"] = function(a, b) return a > b end,
    ["=="] = function(a, b) return a == b end,
    ["!="] = function(a, b) return a ~= b end,
}

local function answer(holds, part, rows, reason)
    part.holds = holds
    return { holds = holds, parts = { part }, rows = rows, reason = reason }
end

local function compared(op, a, b)
    if a.parts or b.parts then
        fail("compares an answer with a value; use and, or, not")
    end
    local rows, reason = join(a, b), a.reason or b.reason
    same_units(a, b, "compares")
    if reason then
        return { parts = {}, rows = rows, reason = reason }
    end
    return answer(compare[op](a.value, b.value), { left = a, op = op,
        right = b }, rows)
end

-- A series of answers as one: all of them.
local function all_of(v)
    if not v.points then
        return v.parts and v or fail("a value stands where a condition "
            .. "should; compare it with something")
    end
    local out = { holds = true, parts = {}, rows = {} }
    for _, p in ipairs(v.points) do
        out = expression.both(out, p.parts and p or fail("a series stands "
            .. "where a condition should; compare it with something"))
    end
    return out
end

local function append(a, b, field)
    local list = {}
    for _, side in ipairs { a, b } do
        for _, item in ipairs(side[field]) do
            list[#list + 1] = item
        end
    end
    return list
end

function expression.both(a, b)
    local holds = true
    if a.holds == false or b.holds == false then
        holds = false
    elseif a.holds == nil or b.holds == nil then
        holds = nil
    end
    return { holds = holds, parts = append(a, b, "parts"),
        rows = append(a, b, "rows"), reason = a.reason or b.reason }
end

local function either(a, b)
    local holds = false
    if a.holds or b.holds then
        holds = true
    elseif a.holds == nil or b.holds == nil then
        holds = nil
    end
    return { holds = holds, parts = append(a, b, "parts"),
        rows = append(a, b, "rows"), reason = a.reason or b.reason }
end

require "expression_functions"(expression, { fail = fail,
    pairwise = pairwise, calculate = calculate, join = join,
    same_units = same_units, answer = answer, all_of = all_of,
    either = either })

------------------------------------------------------------- evaluation

local parse = require "expression_parse"(expression, fail)
local evaluate

local function call(tree, node)
    local f, args = expression.functions[node.call], {}
    if f.arity and #node ~= f.arity then
        fail(node.call .. "() takes " .. f.arity .. " arguments")
    end
    for i, a in ipairs(node) do
        args[i] = f.ids and a or evaluate(tree, a, f.series)
    end
    return f.run(args, tree)
end

function evaluate(tree, node, series)
    if node.number then
        return { value = node.number, lo = node.number, hi = node.number,
            rows = {} }
    elseif node.key then
        return get(tree, node, series)
    elseif node.call then
        return call(tree, node)
    elseif node.op == "not" then
        local a = all_of(evaluate(tree, node[1]))
        local holds
        if a.holds ~= nil then
            holds = not a.holds
        end
        return { holds = holds, parts = a.parts, rows = a.rows,
            reason = a.reason }
    elseif node.op == "and" or node.op == "or" then
        local f = node.op == "and" and expression.both or either
        local a = evaluate(tree, node[1], series)
        local b = evaluate(tree, node[2], series)
        if series and (a.points or b.points) then
            return pairwise(a, b, f)
        end
        return f(all_of(a), all_of(b))
    end
    local a = evaluate(tree, node[1], series)
    local b = evaluate(tree, node[2], series)
    return pairwise(a, b, function(p, q)
        if operate[node.op] then
            if p.parts or q.parts then
                fail("calculates with a condition")
            end
            return calculate(node.op, p, q)
        end
        return compared(node.op, p, q)
    end)
end

local function guarded(f)
    local ok, out = pcall(f)
    if ok then
        return out
    elseif type(out) == "table" and out.text then
        return nil, out.text
    end
    error(out, 0)
end

-- A number, or nil, message.
function expression.value(tree, text)
    return guarded(function()
        local v = evaluate(tree, parse(text))
        if v.parts or v.points then
            fail("'" .. text .. "' is no single value; write max(...), "
                .. "mean(...), or name one x")
        end
        return v
    end)
end

-- An answer {holds, parts, rows, reason}, or nil, message.
function expression.judge(tree, text)
    return guarded(function()
        local out = all_of(evaluate(tree, parse(text)))
        expression.one_machine(out.rows)
        return out
    end)
end

return expression
