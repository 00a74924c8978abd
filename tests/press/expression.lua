-- SPDX-License-Identifier: MIT
--
-- The language of values and conditions on the sample's results, where
-- sample.hot.pw.insn is 34 + 17 x, kernel.insn 61 + 230 x, and pw.ns
-- 5.02 + 2.5 x. Reports as TAP.

package.path = "press/?.lua;bench/results/?.lua;" .. package.path
local expression = require "expression"
local results = require "results"

expression.say = function(v)
    return results.digits(v.value)
end
local tree = assert(results.open { reader = "press/sample/none",
    reference = "press/sample/reference", default_kernel = "6.1" })
for _, row in ipairs(tree.rows) do
    row.source = "reference"
end

local n = 0
local function report(ok, what, got)
    n = n + 1
    print((ok and "ok " or "not ok ") .. n .. " - " .. what)
    if not ok then
        print("# got " .. tostring(got))
    end
end

local A, B, T = "sample.hot.pw.insn", "sample.hot.kernel.insn",
    "sample.hot.pw.ns"

local answers = {
    [true] = {
        A .. " x=0 == 34",
        A .. " x=0 <= " .. B .. " x=0",
        A .. " x=* < " .. B .. " x=*",
        A .. " x=2..4 < 103",
        A .. " x=..2 <= 68", A .. " x=9.. >= 187", A .. " x=1,3 != 68",
        B .. " x=0 > " .. A .. " x=0 * 1.5",
        "1 + 2 * 3 == 7", "(1 + 2) * 3 == 9", "10 - 2 - 3 == 5",
        "1 < 2 < 3", "not 2 < 1 and (1 > 2 or 3 > 2)",
        "max(" .. A .. ") == 204", "min(" .. A .. ") == 34",
        "max(1, 2, " .. A .. " x=0) == 34",
        "first(" .. A .. ") == 34", "last(" .. A .. ") == 204",
        "mean(" .. A .. ") == 119",
        "count(" .. A .. ") == 11",
        "count(" .. A .. " < 100) == 4",
        "count(" .. A .. " < 100 and " .. A .. " > 40) == 3",
        "any(" .. A .. " x=* > 200)", "all(" .. A .. " x=* > 30)",
        "rising(" .. A .. ")", "not falling(" .. A .. ")",
        "flat(" .. A .. " x=0..1, 51)", "not flat(" .. A .. " x=0..1, 49)",
        "falling(" .. A .. " / " .. B .. ")",
        "near(" .. A .. " x=0, 33, 4)", "not near(" .. A .. " x=0, 33, 3)",
        "overlap(" .. T .. " x=0, " .. T .. " x=0)",
        "not overlap(" .. T .. " x=0, " .. T .. " x=1)",
        "lo(" .. T .. " x=0) == 4.9", "hi(" .. T .. " x=0) == 5.2",
        "lo(" .. T .. " x=1 / " .. T .. " x=0) < 1.404",
        "ratio(" .. B .. " x=0, " .. A .. " x=0) > 1.79",
        "rank(" .. A .. " x=0, sample.hot.*.insn x=0) == 1",
        "rank(" .. B .. " x=0, sample.hot.*.insn x=0) == 2",
        "order(" .. A .. " x=0, " .. A .. " x=1, " .. B .. " x=1)",
        "clear(" .. T .. " x=0, " .. T .. " x=1)",
        "power(" .. B .. " x=4..) > 0.9", "power(" .. B .. ") < 1",
        "holds(p1)", "holds(p1, 6.1, 6.12)", "fails(p5)",
        "not holds(p5)", T .. " x=0 stat=n == 31",
        T .. " x=0 instrument=host < 6",
    },
    [false] = {
        A .. " x=* < 204", A .. " x=0 > " .. B .. " x=0",
        "rising(" .. B .. " x=5.., 96)", "order(" .. B .. " x=1, " .. A
            .. " x=1)",
        "clear(" .. T .. " x=0, " .. T .. " x=0)", "holds(p5)",
        "2 < 1 < 3", "1 < 2 and 2 > 3", "all(" .. A .. " x=* > 34)",
    },
}
for want, list in pairs(answers) do
    for _, text in ipairs(list) do
        local got, why = expression.judge(tree, text)
        report(got and got.holds == want, text .. " is "
            .. tostring(want), got and got.holds or why)
    end
end

-- What is refused, and a word of why.
for text, word in pairs {
    [A .. " x=0"] = "where a condition should",
    [A .. " x=*"] = "where a condition should",
    [A .. " < 3"] = "ambiguous", ["sample.hot.pw.nonsense x=0 < 1"] =
        "never measured",
    ["sample.cold.*.insn x=0 < 1"] = "no result fits",
    [A .. " x=0 < " .. T .. " x=0"] = "compares instructions with ns",
    [A .. " x=0 + " .. T .. " x=0 < 1"] = "adds instructions with ns",
    ["frobnicate(1) < 2"] = "no function 'frobnicate'",
    ["1 <"] = "missing", ["(1 < 2"] = "missing",
    ["1 < 2 3"] = "cannot read",
    [A .. " x=0 / 0 < 1"] = "division by zero",
    ["holds(zz9)"] = "put to no kernel",
    ["holds(p1, 9.9)"] = "not put to kernel 9.9",
    [A .. " x=0..3 < " .. B .. " x=0..2"] = "no partner",
    ["near(1, 2) "] = "3 arguments", ["rising(" .. A .. " x=0)"] =
        "one point", ["(1 < 2) + 1 < 3"] = "with a condition",
    [""] = "missing",
} do
    local got, why = expression.judge(tree, text)
    report(got == nil and why and why:find(word, 1, true), "'" .. text
        .. "' is refused: " .. word, got and got.holds or why)
end

-- Values: one of them, with its interval carried through.
local v = expression.value(tree, "max(" .. A .. ") - min(" .. A .. ")")
report(v and v.value == 170 and v.unit == "instructions",
    "a difference keeps its unit", v and v.value)
v = expression.value(tree, A .. " x=1 / " .. A .. " x=0")
report(v and v.value == 1.5 and v.unit == "×", "a ratio has none",
    v and v.unit)
local none, why = expression.value(tree, A .. " x=*")
report(none == nil and why:find("no single value", 1, true),
    "a series is no value", why)

-- Two sides from two machines.
for _, row in ipairs(tree.rows) do
    if row.instrument == "host" and row.x == "1" then
        row.source = "reader"
    end
end
none, why = expression.judge(tree, T .. " x=0 < " .. T .. " x=1")
report(none == nil and why:find("two machines", 1, true),
    "a condition over two machines is refused", why)
none, why = expression.value(tree, T .. " x=1 / " .. T .. " x=0")
report(none == nil and why:find("two machines", 1, true),
    "a ratio over two machines is refused", why)
none, why = expression.value(tree, "max(" .. T .. ")")
report(none == nil and why:find("two machines", 1, true),
    "the best of two machines is refused", why)
report(expression.judge(tree, A .. " x=0 < " .. A .. " x=1") ~= nil,
    "counts in emulation are the same on every machine")
print("1.." .. n)
