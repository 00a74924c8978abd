-- SPDX-License-Identifier: MIT
--
-- The block `guide`: the rules of choose.lua as a table that a reader can
-- narrow down. Each row is a div with what it is for as attributes, and the
-- cells as its blocks; html.lua and latex.lua draw it.
--
--     ::: {.guide #tab-guide}  caption  :::

local base = require "base"
local choose = require "choose"
local values = require "values"

local guide = {}

local function inlines(text)
    return pandoc.utils.blocks_to_inlines(pandoc.read(text,
        "markdown-smart").blocks)
end

local function cell(list)
    return pandoc.Plain(list)
end

-- "192 to 279", or one number.
local function between(pair, unit)
    local a = values.format(pair[1], unit, true)
    local b = values.format(pair[2], unit, true)
    return a == b and a or a .. " to " .. b
end

local function row_div(row)
    return pandoc.Div({ cell { pandoc.Str(row.need) },
        cell { pandoc.Str(choose.range(row)) }, cell { pandoc.Code(row.c) },
        cell { pandoc.Str(between(row.cost, "instructions")) },
        cell { pandoc.Str(row.got or "–") }, cell(inlines(row.fails)),
        cell(inlines(row.never)) }, pandoc.Attr("", { "rule" },
        { name = row.name, context = row.context, from = tostring(row.from),
        to = tostring(row.to) }))
end

function guide.table(state, div, caption)
    if not state.book.guide then
        return base.complain(state.place(div), "the book names no guide",
            "write guide: FILE into its table of contents")
    end
    state.depends(state.book.build .. "/press/guide.tab")
    local content = pandoc.List { caption }
    for _, row in ipairs(choose.rows(state.book, state.tree.recorded)) do
        content:insert(row_div(row))
    end
    return pandoc.Div(content, pandoc.Attr(div.identifier, { "guide" },
        { number = state.number("tab", div, "Table"),
        kernel = state.book["default-kernel"] }))
end

return guide
