-- SPDX-License-Identifier: MIT
--
-- The block `spent`: in which of the kernel's functions a pair of a call
-- spends its instructions, kernel by kernel (the years lab).
--
--     ::: {.spent #tab-kmalloc call="kmalloc64" least="25"
--         kernels="5.10 6.1 6.12 7.3"}  caption  :::
--
-- Functions that take fewer than `least` on every kernel share a row.

local base = require "base"
local claims = require "claims"
local facts = require "facts"
local values = require "values"

local spent = {}

-- function -> kernel -> row, and all rows that were used
local function collect(tree, call, kernels)
    local by, used, known = {}, {}, {}
    for _, kernel in ipairs(kernels) do
        known[kernel] = true
    end
    for _, row in ipairs(tree.rows) do
        if row.experiment == "years.in-" .. call and known[row.kernel]
            and row.median then
            by[row.variant] = by[row.variant] or {}
            by[row.variant][row.kernel] = row
            used[#used + 1] = row
        end
    end
    return by, used
end

local function most(line)
    local top = 0
    for _, row in pairs(line) do
        top = math.max(top, row.median)
    end
    return top
end

-- The functions worth a row, those that take most first.
local function order(by, least)
    local names = {}
    for name, line in pairs(by) do
        if name ~= "all" and most(line) >= least then
            names[#names + 1] = name
        end
    end
    table.sort(names, function(a, b)
        local x, y = most(by[a]), most(by[b])
        return x == y and a < b or x > y
    end)
    return names
end

local function number(v)
    return claims.plain(v and values.format(v, "instructions", true) or "")
end

local function line_of(head, kernels, value)
    local out = { head }
    for i, kernel in ipairs(kernels) do
        out[i + 1] = number(value(kernel))
    end
    return out
end

function spent.table(state, div, caption)
    local a, kernels = div.attributes, {}
    for kernel in (a.kernels or ""):gmatch("%S+") do
        kernels[#kernels + 1] = kernel
    end
    local label = state.number("tab", div, "Table")
    local by, used = collect(state.tree.recorded, a.call or "", kernels)
    if not by.all then
        base.complain_soft(state.place(div), "nobody stepped through '"
            .. (a.call or "") .. "'", "run make lab LABS=years")
        return state.missing(div, "table", label, caption)
    end
    local names, body, left = order(by, tonumber(a.least) or 0), {}, {}
    local shown = {}
    for i, name in ipairs(names) do
        shown[name] = true
        body[i] = line_of({ pandoc.Plain { pandoc.Code(name) } }, kernels,
            function(kernel)
                return by[name][kernel] and by[name][kernel].median
            end)
    end
    for name, line in pairs(by) do
        for kernel, row in pairs(name ~= "all" and not shown[name] and line
            or {}) do
            left[kernel] = (left[kernel] or 0) + row.median
        end
    end
    body[#body + 1] = line_of(claims.plain("others"), kernels,
        function(kernel)
            return left[kernel]
        end)
    body[#body + 1] = line_of({ pandoc.Plain { pandoc.Strong {
        pandoc.Str("all") } } }, kernels, function(kernel)
            return by.all[kernel] and by.all[kernel].median
        end)
    local head, aligns, widths = { claims.plain("function") },
        { pandoc.AlignLeft }, { 0 }
    for i, kernel in ipairs(kernels) do
        head[i + 1] = claims.plain(kernel)
        aligns[i + 1], widths[i + 1] = pandoc.AlignRight, 0
    end
    local text, commands = facts.of(used)
    return pandoc.Div({ caption, pandoc.utils.from_simple_table(
        pandoc.SimpleTable({}, aligns, widths, head, body)) },
        pandoc.Attr(div.identifier, { "table" }, { number = label,
        unit = "instructions", facts = text,
        rerun = table.concat(commands, ", ") }))
end

return spent
