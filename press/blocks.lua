-- SPDX-License-Identifier: MIT
--
-- The blocks a chapter may ask for by name: listing, figure, table, output,
-- claim, claims table, exercise. Each handler takes the div as written and
-- gives the div that every format renders: the same classes, its number and
-- facts as attributes, a caption as a first Plain, and the content itself.
--
-- A handler never guesses: what is missing is a complaint with the line of
-- the div, and the div is left out.

local base = require "base"
local claims = require "claims"
local essay = require "essay"
local expression = require "expression"
local facts = require "facts"
local guide = require "guide"
local pick = require "pick"
local results = require "results"
local said = require "said"
local source = require "source"
local spent = require "spent"
local values = require "values"
local weight = require "weight"

local blocks = {}

local plain = claims.plain

-- The caption: the inlines of the div's paragraphs.
local function caption(div)
    local inlines = pandoc.List()
    for _, block in ipairs(div.content) do
        if block.t == "Para" or block.t == "Plain" then
            if #inlines > 0 then
                inlines:insert(pandoc.Space())
            end
            inlines:extend(block.content)
        end
    end
    return pandoc.Plain(inlines)
end

local function made(class, div, attributes, content)
    return pandoc.Div(content, pandoc.Attr(div.identifier, { class },
        attributes))
end

-- A cell: the recorded figure, and below it the reader's own where that
-- reads differently. Its row's figures are all of one machine.
local function cell(row, own)
    if not row.median then
        return pandoc.Span({ pandoc.Str("—") }, pandoc.Attr("", { "value" },
            { title = "not measured: " .. row.reason }))
    end
    local text = values.format(row.median, row.unit, true)
    local inlines = pandoc.List { pandoc.Str(text) }
    local half = row.median ~= 0 and (row.hi - row.lo) / 2
        / math.abs(row.median) * 100 or 0
    if half >= 0.05 then
        inlines:insert(pandoc.Span({ pandoc.Str(string.format(half < 9.5
            and "±%.1f\194\160%%" or "±%.0f\194\160%%", half)) },
            pandoc.Attr("", { "spread" })))
    end
    local mine = own and own.median
        and values.format(own.median, own.unit, true)
    if mine and mine ~= text then
        inlines:insert(pandoc.Span({ pandoc.Str(mine) }, pandoc.Attr("",
            { "own" }, { title = values.provenance(own) })))
    end
    return pandoc.Span(inlines, pandoc.Attr("", { "value" },
        { title = values.provenance(row) }))
end

---------------------------------------------------------------- listing

local function check_width(state, file, region)
    for n = region.first, region.last do
        local width = source.width(file.lines[n])
        if width > source.limit then
            base.complain(file.path .. ":" .. file.at[n], "line of "
                .. width .. " columns in listing '" .. region.name .. "'",
                "break it at " .. source.limit)
        end
    end
    return state
end

function blocks.listing(state, div)
    local a, place = div.attributes, state.place(div)
    state.uses(a.file or "", a.region, div)
    local file = a.file and source.read(a.file)
    if not file then
        return base.complain(place, "listing of '" .. (a.file or "")
            .. "', which is not there", "give file=\"...\" from the root")
    end
    local region = file.regions[a.region or ""]
    if not region then
        local names = table.concat(base.keys(file.regions), ", ")
        return base.complain(place, "no region '" .. (a.region or "")
            .. "' in " .. a.file, names ~= "" and "there are: " .. names
            or "mark it with a line `> name` and a line `< name`")
    end
    check_width(state, file, region)
    local text = table.concat(file.lines, "\n", region.first, region.last)
    local out = made("listing", div, {
        number = state.number("lst", div, "Listing"), file = a.file,
        first = tostring(region.first), last = tostring(region.last),
        lang = source.language(a.file) },
        { caption(div), pandoc.CodeBlock(text) })
    local kept = div.classes:includes("kept")
    if kept then
        out.classes:insert("kept")
    end
    weight.listing(state, div, region.last - region.first + 1, kept)
    return out
end

----------------------------------------------------------------- figure

function blocks.figure(state, div)
    local src = div.attributes.src or ""
    local stem = state.book.figures .. "/" .. src
    local script = base.read(stem .. ".lua") and stem .. ".lua"
        or stem .. ".gp"
    if not base.read(script) then
        return base.complain(state.place(div), "no figure '" .. src
            .. "'", "draw it in " .. stem .. ".gp or .lua")
    end
    state.depends(script)
    return made("figure", div, { src = src,
        number = state.number("fig", div, "Figure") }, { caption(div) })
end

------------------------------------------------------------------ table

-- What a reader reads for "variant" "pw" and the like.
local function name_of(state, column, row)
    local value = row[column]
    local label = state.book.labels and state.book.labels[value]
    if column == "kernel" then
        return value == "host" and "host" or "kernel "
            .. claims.kernel(state, value)
    elseif label then
        return (label:gsub("{kernel}", row.kernel))
    elseif column == "experiment" then
        return (value:gsub("^%w+%.", ""))
    end
    return value
end

local function dimension(state, rows, columns)
    local order, index = {}, {}
    for _, row in ipairs(rows) do
        local names, key = {}, {}
        for column in columns:gmatch("%S+") do
            names[#names + 1] = name_of(state, column, row)
            key[#key + 1] = row[column]
        end
        key = table.concat(key, "\t")
        row.cell = row.cell or {}
        row.cell[columns] = key
        if not index[key] then
            index[key] = true
            order[#order + 1] = { key = key,
                name = table.concat(names, ", ") }
        end
    end
    return order
end

local function cells_of(state, div, rows, down, across)
    local cells = {}
    for _, row in ipairs(rows) do
        local r, c = row.cell[down], row.cell[across]
        cells[r] = cells[r] or {}
        if cells[r][c] then
            base.complain(state.place(div), "two results for one cell: "
                .. r .. " / " .. c, "narrow the select or name both "
                .. "columns, as in cols=\"variant kernel\"")
        end
        cells[r][c] = row
    end
    return cells
end

local function same_machine(state, div, cells)
    for _, line in pairs(cells) do
        local rows = {}
        for _, row in pairs(line) do
            rows[#rows + 1] = row
        end
        local ok, why = pcall(expression.one_machine, rows)
        if not ok then
            base.complain(state.place(div), "a row of the table has "
                .. why.text)
        end
    end
end

-- Names stand at the left of their column, numbers at its right.
local function grid(own, cells, down, across, label)
    local side = pandoc.AlignRight
    for _, line in ipairs(down) do
        side = line.name:match("^[%d.,]+$") and side or pandoc.AlignLeft
    end
    local head, body, aligns = { plain(label) }, {}, { side }
    for c, column in ipairs(across) do
        head[c + 1], aligns[c + 1] = plain(column.name), pandoc.AlignRight
    end
    for r, line in ipairs(down) do
        body[r] = { plain(line.name) }
        for c, column in ipairs(across) do
            local row = (cells[line.key] or {})[column.key]
            body[r][c + 1] = row and { pandoc.Plain {
                cell(row, own[results.identity(row, "results")]) } }
                or plain("")
        end
    end
    local widths = {}
    for i = 1, #aligns do
        widths[i] = 0
    end
    return pandoc.utils.from_simple_table(
        pandoc.SimpleTable({}, aligns, widths, head, body))
end

-- The reader's own rows for recorded ones: by identity, and as a list.
local function own_rows(tree, rows)
    local by, wanted, list = {}, {}, {}
    for _, row in ipairs(rows) do
        wanted[results.identity(row, "results")] = true
    end
    for _, row in ipairs(tree.own and tree.own.rows or {}) do
        local id = results.identity(row, "results")
        if wanted[id] and row.median then
            by[id], list[#list + 1] = row, row
        end
    end
    return by, list
end

function blocks.table(state, div)
    local a, place = div.attributes, state.place(div)
    local number = state.number("tab", div, "Table")
    if not a.select then -- a table typed by hand
        div.attributes = { number = number }
        div.content:insert(1, caption(div))
        div.content = div.content:filter(function(block)
            return block.t == "Plain" or block.t == "Table"
        end)
        return div
    end
    local rows, message = pick.rows(state.tree.recorded, a.select, a)
    if not rows or #rows == 0 then
        local here = state.tree.own
            and pick.rows(state.tree.own, a.select, a)
        base.complain_soft(place, here and "'" .. a.select .. "' was "
            .. "measured on this machine only; record it (make reference)"
            or message or "an empty table")
        return state.missing(div, "table", number, caption(div))
    end
    local down, across = a.rows or "x", a.cols or "variant"
    if down == "x" and not a.label then
        base.complain(place, "a table whose first column is called x",
            "say what it counts with label=\"bytes\" or the like")
    end
    local rows_order = dimension(state, rows, down)
    local cols_order = dimension(state, rows, across)
    local own, also = own_rows(state.tree, rows)
    local text, commands = facts.of(rows)
    if #also > 0 then
        text = text .. " Second figure: " .. facts.of(also)
    end
    local cells = cells_of(state, div, rows, down, across)
    same_machine(state, div, cells)
    local unit = facts.common(rows, "unit")
    return made("table", div, { number = number, facts = text,
        unit = unit or "", rerun = table.concat(commands, "; ") },
        { caption(div), grid(own, cells, rows_order, cols_order,
            a.label or down) })
end

----------------------------------------------------------------- output

function blocks.output(state, div)
    local a = div.attributes
    local number = state.number("out", div, "Output")
    local path, why = state.tree.recorded:artefact(a.file or "", a)
    if not path then
        base.complain_soft(state.place(div), why)
        return state.missing(div, "output", number, caption(div))
    end
    state.depends(path)
    local text = base.read(path):gsub("^#[^\n]*\n", ""):gsub("%s+$", "")
    return made("output", div, { number = number, file = a.file,
        whose = path:sub(1, #state.tree.reference.dir)
            == state.tree.reference.dir and "reference machine"
            or "this machine",
        kernel = path:match("vm%-%w+/([^/]+)/") or "" },
        { caption(div), pandoc.CodeBlock(text) })
end

-------------------------------------------------------------- exercises

function blocks.exercise(state, div)
    local number = state.number("ex", div, "Exercise")
    local has
    for _, block in ipairs(div.content) do
        has = has or block.t == "Div" and block.classes:includes("answer")
    end
    if not has then
        base.complain(state.place(div), "exercise without an answer",
            "add a `:::: answer` div inside it")
    end
    return made("exercise", div, { number = number },
        state.blocks(div.content))
end

blocks.claim = claims.claim
blocks["claims-table"] = function(state, div)
    return claims.table(state, div, caption(div))
end

blocks["trial-field"] = essay.field
blocks["trial-table"] = function(state, div)
    return essay.table(state, div, caption(div))
end

blocks.guide = function(state, div)
    return guide.table(state, div, caption(div))
end

blocks.said = function(state, div)
    return said.table(state, div, caption(div))
end

blocks.spent = function(state, div)
    return spent.table(state, div, caption(div))
end

return blocks
