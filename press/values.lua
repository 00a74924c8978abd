-- SPDX-License-Identifier: MIT
--
-- Measured values: what `{{page.hot.pw.insn x=0}}` prints, and from where.
-- The language is that of expression.lua.
--
-- One machine a sentence: what a value prints is the recorded machine's.
-- Where the reader's own was measured too and its interval does not meet
-- the recorded one, it stands beside it. A value that only the reader's
-- results hold is refused: its neighbours would be another machine's.
-- Every result carries its records, for the tooltip and the colophon.

local base = require "base"
local expression = require "expression"
local results = require "results"

local values = {}

-- The tree of results.lua, and both its layers as trees of their own:
-- tree.recorded, and tree.own where anything was measured here.
local function layer(tree, source)
    local of = tree[source]
    return setmetatable({ rows = of.rows, claim_rows = of.claims,
        default_kernel = tree.default_kernel, reader = of, reference =
        source == "reader" and tree.reference or tree.reader },
        getmetatable(tree))
end

function values.open(book)
    local tree = results.must(results.open {
        reader = book.build .. "/results", reference = book.reference,
        machine = book.machine, default_kernel = book["default-kernel"] })
    local mine = #tree.reader.rows + #tree.reader.claims > 0
    local known = #tree.reference.rows + #tree.reference.claims > 0
    tree.recorded = layer(tree, known and "reference" or "reader")
    tree.own = known and mine and layer(tree, "reader") or nil
    if tree.own then
        tree.own.partial = true -- what is missing there is nobody's fault
    end
    return tree
end

-- 12300 -> 12,300
local function group(text)
    local whole, rest = text:match("^(-?%d+)(.*)$")
    if #whole >= 5 then
        whole = whole:reverse():gsub("(%d%d%d)", "%1,"):reverse()
            :gsub("^(-?),", "%1")
    end
    return whole .. rest
end

local thin = "\194\160" -- a no-break space between number and unit

function values.format(number, unit, bare)
    local text = group(results.digits(number)):gsub("^%-", "−")
    if bare or not unit or unit == "" or unit == "1" or unit == "count" then
        return text
    elseif number == 1 then
        unit = unit:gsub("s$", "", unit == "instructions" and 1 or 0)
    end
    return text .. thin .. unit
end

function values.provenance(row)
    local from = row.source == "reader" and "your machine" or
        "the book's reference machine"
    return results.key(row) .. (row.x ~= "" and " at " .. row.x or "")
        .. ": " .. results.provenance(row) .. "; " .. from
end

function values.say(v)
    return values.format(v.value, v.unit, v.bare)
end
expression.say = values.say

function values.tip(rows)
    local tips, seen = {}, {}
    for _, row in ipairs(rows) do
        local tip = values.provenance(row)
        if not seen[tip] and #tips < 6 then
            seen[tip], tips[#tips + 1] = true, tip
        end
    end
    return table.concat(tips, " · ")
end

-- Do two intervals lie apart, and do the figures read differently?
function values.apart(a, b)
    return a.value and b.value and (a.hi < b.lo or b.hi < a.lo)
        and values.say(a) ~= values.say(b)
end

-- What the page shows: {text, tip, v, here, here_tip}, or nil, message.
local shown = {}
function values.show(tree, text)
    if shown[text] then
        return shown[text]
    end
    local v, message = expression.value(tree.recorded, text)
    local own = tree.own and expression.value(tree.own, text)
    if not v then
        return nil, own and own.value and "value " .. text .. " was "
            .. "measured on this machine only; record it (make reference)"
            .. " or leave it out: one sentence, one machine" or message
    end
    local out = { v = v, tip = values.tip(v.rows), text = v.reason
        and "not measured: " .. v.reason or values.say(v) }
    if own and own.value and (v.reason or values.apart(v, own)) then
        out.here, out.here_tip = values.say(own), values.tip(own.rows)
    end
    shown[text] = out
    return out
end

-- The recorded figure and, inside, the reader's own where that differs.
function values.span(shown)
    local inlines = pandoc.List { pandoc.Str(shown.text) }
    if shown.here then
        inlines:insert(pandoc.Span({ pandoc.Str(shown.here) },
            pandoc.Attr("", { "here" }, { title = shown.here_tip })))
    end
    return pandoc.Span(inlines, pandoc.Attr("", { shown.v.reason
        and "unmeasured" or "value" }, { title = shown.tip }))
end

-- A condition on the recorded machine and, where it was measured there, on
-- the reader's own: two answers of expression.judge, or nil, message.
function values.judge(tree, text)
    local recorded, message = expression.judge(tree.recorded, text)
    if not recorded then
        return nil, message
    end
    local own = tree.own and expression.judge(tree.own, text)
    if own and (own.holds == nil or #own.rows == 0) then
        own = nil
    end
    return recorded, own
end

return values
