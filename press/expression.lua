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

---------------------------------------------------------------- parsing

local signs = { ["<="] = 2, [">="] = 2, ["=="] = 2, ["!="] = 2, ["<"] = 1,
    [">"] = 1, ["("] = 1, [")"] = 1, [","] = 1 }

local function tokens(text)
    local list, i = {}, 1
    while true do
        i = text:find("%S", i)
        if not i then
            return list
        end
        local two, one = text:sub(i, i + 1), text:sub(i, i)
        local name, value, last = text:match("^(%l+)=([^%s()=<>]+)()", i)
        if name then
            -- The comma of a list belongs to it, one at its end does not.
            local bare = value:gsub(",+$", "")
            list[#list + 1] = { kind = "attribute", name = name,
                value = bare }
            i = last - (#value - #bare)
        elseif signs[two] == 2 or signs[one] then
            local n = signs[two] == 2 and 2 or 1
            list[#list + 1] = { kind = text:sub(i, i + n - 1) }
            i = i + n
        else
            local word = text:match("^[^%s(),<>=!]+", i)
            if not word then
                fail("cannot read '" .. text:sub(i, i + 9) .. "'")
            end
            list[#list + 1] = { kind = "word", text = word }
            i = i + #word
        end
    end
end

local Parser = {}
Parser.__index = Parser

function Parser:is(kind, text)
    local t = self.list[self.at]
    return t and t.kind == kind and (not text or t.text == text)
end

function Parser:take(kind, text)
    if self:is(kind, text) then
        self.at = self.at + 1
        return self.list[self.at - 1]
    end
end

function Parser:want(kind)
    return self:take(kind) or fail("'" .. kind .. "' is missing in '"
        .. self.text .. "'")
end

function Parser:chain(words, below)
    local left = below(self)
    while true do
        local word
        for _, w in ipairs(words) do
            word = word or self:take("word", w)
        end
        if not word then
            return left
        end
        left = { op = word.text, left, below(self) }
    end
end

function Parser:condition()
    return self:chain({ "or" }, function(p)
        return p:chain({ "and" }, Parser.negation)
    end)
end

function Parser:negation()
    if self:take("word", "not") then
        return { op = "not", self:negation() }
    end
    return self:comparison()
end

local comparisons = { "<=", ">=", "==", "!=", "<", ">" }
function Parser:comparison()
    local left, out = self:sum(), nil
    while true do
        local sign
        for _, s in ipairs(comparisons) do
            sign = sign or self:take(s)
        end
        if not sign then
            return out or left
        end
        local right = self:sum()
        local this = { op = sign.kind, left, right }
        out = out and { op = "and", out, this } or this
        left = right
    end
end

function Parser:sum()
    return self:chain({ "+", "-" }, Parser.product)
end

function Parser:product()
    return self:chain({ "*", "/" }, Parser.atom)
end

function Parser:call(name)
    local node = { call = name }
    if not expression.functions[name] then
        fail("no function '" .. name .. "'; there are "
            .. expression.names())
    end
    while not self:take(")") do
        if #node > 0 then
            self:want(",")
        end
        node[#node + 1] = expression.functions[name].ids
            and self:want("word").text or self:condition()
    end
    return node
end

function Parser:key(word)
    local node, words = { key = word, attrs = {} }, { word }
    while true do
        local a = self:take("attribute")
        if a then
            node.attrs[a.name] = a.value
            words[#words + 1] = a.name .. "=" .. a.value
        elseif self:take("word", "bare") then
            node.attrs.bare = true
        else
            break
        end
    end
    local key, message = results.parse((table.concat(words, " ")
        :gsub("%*", "_")))
    if not key then
        fail((message:gsub("_", "*", select(2, word:gsub("%*", "")))))
    end
    node.text = table.concat(words, " ")
    return node
end

function Parser:atom()
    if self:take("(") then
        local inner = self:condition()
        self:want(")")
        return inner
    end
    local word = self:take("word")
    if not word then
        fail("something is missing in '" .. self.text .. "'; write "
            .. "A <= B, with blanks around every sign")
    elseif tonumber(word.text) then
        return { number = tonumber(word.text) }
    elseif self:take("(") then
        return self:call(word.text)
    end
    return self:key(word.text)
end

local parsed = {}
local function parse(text)
    if not parsed[text] then
        local p = setmetatable({ list = tokens(text), at = 1, text = text },
            Parser)
        local node = p:condition()
        local rest = p.list[p.at]
        if rest then
            fail("cannot read '" .. (rest.text or rest.name or rest.kind)
                .. "' in '" .. text .. "'; write A <= B, with blanks "
                .. "around every sign")
        end
        parsed[text] = node
    end
    return parsed[text]
end

------------------------------------------------------------- the values

-- rows by key, and all keys in order; made once for a tree.
local function index(tree)
    if not tree.by_key then
        tree.by_key, tree.keys = {}, {}
        for _, row in ipairs(tree.rows) do
            local key = results.key(row)
            if not tree.by_key[key] then
                tree.by_key[key] = {}
                table.insert(tree.keys, key)
            end
            table.insert(tree.by_key[key], row)
        end
    end
    return tree.by_key
end

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
    local by, list, n = index(tree), {}, 0
    local pattern = "^" .. node.key:gsub("[%-%.%+]", "%%%0")
        :gsub("%*", ".*") .. "$"
    for _, key in ipairs(node.key:find("*", 1, true) and tree.keys
        or { node.key }) do
        if key == node.key or key:match(pattern) then
            n = n + 1
            for _, row in ipairs(by[key] or {}) do
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
        unit = unit_of(op, a, b), reason = a.reason or b.reason,
        x = a.x or b.x, kernel = a.kernel or b.kernel, name = a.name }
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
local function pairwise(a, b, f)
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
    elseif names(a) > 1 then
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

-------------------------------------------------------------- functions

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

------------------------------------------------------------- evaluation

local evaluate

local function call(tree, node)
    local f, args = functions[node.call], {}
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
