-- SPDX-License-Identifier: MIT
--
-- Measured values: what `{{page.hot.pw.insn x=0}}` prints, and from where.
--
-- A value is a key, a number, or a chain of them with / - + * between
-- blanks, taken from left to right. Two values of one unit divided give a
-- ratio (×); a number beside a value keeps its unit. Every result carries
-- the records it came from, for the tooltip and the colophon.

local base = require "base"
local results = require "results"

local values = {}

function values.open(book)
    local tree, message = results.open {
        reader = book.build .. "/results",
        reference = book.reference,
        machine = book.machine, default_kernel = book["default-kernel"] }
    if not tree then
        io.stderr:write(message, "\n")
        os.exit(1)
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

-- One operand: {value, unit, rows}, or nil, message.
local function operand(tree, text)
    local number = tonumber(text)
    if number then
        return { value = number, rows = {} }
    end
    local key, attrs = results.parse(text)
    if not key then
        return nil, attrs
    end
    local row, message = tree:find(key, attrs)
    if not row then
        return nil, message
    end
    local stat = attrs.stat or "median"
    return { value = row[stat], rows = { row }, bare = attrs.bare,
        unit = stat ~= "n" and row.unit or nil, reason = row.reason }
end

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

local function combine(op, a, b)
    local out = { rows = {}, bare = a.bare or b.bare,
        unit = unit_of(op, a, b), reason = a.reason or b.reason }
    for _, side in ipairs { a, b } do
        for _, row in ipairs(side.rows) do
            out.rows[#out.rows + 1] = row
        end
    end
    if not out.reason then
        if op == "/" and b.value == 0 then
            return nil, "division by zero"
        end
        out.value = operate[op](a.value, b.value)
    end
    return out
end

-- {value, unit, rows, bare, reason} of an expression, or nil, message.
function values.eval(tree, text)
    local rest, op, out = text:match("^%s*(.-)%s*$"), nil, nil
    repeat
        local a, b = rest:find(" [-/+*] ")
        local term, message = operand(tree, rest:sub(1, a and a - 1))
        if not term then
            return nil, message
        end
        if out then
            out, message = combine(op, out, term)
            if not out then
                return nil, message
            end
        else
            out = term
        end
        if a then
            op, rest = rest:sub(a + 1, a + 1), rest:sub(b + 1)
        end
    until not a
    return out
end

-- What the page shows: text, tooltip, the result.
function values.show(tree, text)
    local v, message = values.eval(tree, text)
    if not v then
        return nil, message
    end
    local tips = {}
    for i, row in ipairs(v.rows) do
        tips[i] = values.provenance(row)
    end
    local shown = v.reason and "not measured here: " .. v.reason
        or values.format(v.value, v.unit, v.bare)
    return shown, table.concat(tips, " · "), v
end

local compare = {
    ["<="] = function(a, b) return a <= b end,
    [">="] = function(a, b) return a >= b end,
    ["<"] = function(a, b) return a < b end,
    [">"] = function(a, b) return a > b end,
    ["=="] = function(a, b) return a == b end,
    ["!="] = function(a, b) return a ~= b end,
}

-- A condition `A <= B [and C < D]`: true, false or nil (not measured), its
-- sides as {left, op, right} and all rows; or nil, message where broken.
local function side(tree, text, rows)
    local v, message = values.eval(tree, text)
    if not v then
        return nil, message
    end
    for _, row in ipairs(v.rows) do
        rows[#rows + 1] = row
    end
    return v
end

function values.judge(tree, text)
    local out = { holds = true, parts = {}, rows = {} }
    for part in (text:gsub("%s+and%s+", "\1") .. "\1"):gmatch("(.-)\1") do
        local a, op, b = part:match("^(.-)%s+([<>=!]=?)%s+(.+)$")
        if not a or not compare[op] then
            return nil, "cannot read the condition '" .. part
                .. "'; write A <= B, with blanks around <="
        end
        local left, message = side(tree, a, out.rows)
        local right, also = side(tree, b, out.rows)
        if not left or not right then
            return nil, message or also
        end
        if left.reason or right.reason then
            out.holds, out.reason = nil, left.reason or right.reason
        else
            local ok = compare[op](left.value, right.value)
            out.holds = out.holds and ok
            out.parts[#out.parts + 1] = { left = left, op = op,
                right = right, holds = ok }
        end
    end
    return out
end

return values
