-- SPDX-License-Identifier: MIT
--
-- The reader: a pandoc reader for one chapter, for all formats at once.
--
--     CHAPTER=page pandoc -f press/reader.lua -t json chapters/page.md
--
-- It writes the line numbers in (mark.lua), lets pandoc parse, looks up
-- values, replaces the named blocks (blocks.lua), numbers everything, and
-- writes beside the AST a table of what the chapter defines and uses:
-- build/press/page.xref, and its dependencies for make: page.d.
--
-- Invariant: the AST holds no measured number, listing or verdict that is
-- not from a file; references stay by name, for link.lua to resolve over
-- all chapters. Complaints are printed all together and end the reading.

package.path = "press/?.lua;bench/results/?.lua;" .. package.path

local base = require "base"
local blocks = require "blocks"
local books = require "book"
local essay = require "essay"
local evidence = require "evidence"
local expression = require "expression"
local lines = require "lines"
local lint = require "lint"
local mark = require "mark"
local sentences = require "sentences"
local source = require "source"
local values = require "values"
local weight = require "weight"

local format = "markdown-auto_identifiers-implicit_figures"
    .. "-tex_math_single_backslash-raw_tex"

local function new_state(path)
    local state = { path = path, book = books.load(), counters = {} }
    state.chapter = books.chapter(state.book, os.getenv("CHAPTER"))
    if not state.chapter then
        base.fail("book.yaml", "no chapter '" .. os.getenv("CHAPTER")
            .. "'", "list it under chapters")
    end
    state.tree = values.open(state.book)
    state.xref = { chapter = state.chapter, ids = {}, toc = {}, refs = {},
        uses = {}, cites = {}, values = {}, search = {}, deps = {},
        statements = {} }
    function state.claimed(...)
        evidence.claim(state, ...)
    end
    return state
end

local function dependencies(state)
    local seen = {}
    function state.depends(path)
        if not seen[path] then
            seen[path] = true
            table.insert(state.xref.deps, path)
        end
    end
    function state.uses(file, region, div)
        table.insert(state.xref.uses, { file = file, region = region or "",
            line = tonumber(div.attributes.line), id = div.identifier,
            kept = div.classes:includes("kept") or nil })
        if base.read(file) then
            state.depends(file)
        end
    end
end

local function numbering(state)
    local xref = state.xref
    function state.place(div)
        return state.path .. ":" .. (div.attributes.line or "1")
    end
    function state.define(id, label, kind, line, title)
        if id == "" then
            return
        end
        if xref.ids[id] then
            base.complain(state.path .. ":" .. (line or 1), "id '" .. id
                .. "' again", "ids are unique in the book: rename one")
        end
        xref.ids[id] = { label = label, kind = kind, title = title,
            line = tonumber(line), page = state.chapter.page }
    end
    function state.named(prefix, div, word, name)
        if not div.identifier:match("^" .. prefix .. "%-.") then
            base.complain(state.place(div), word:lower() .. " without an "
                .. "id that begins with " .. prefix .. "-", "write ::: {."
                .. word:lower() .. " #" .. prefix .. "-...}")
        end
        state.define(div.identifier, word .. " " .. name, prefix,
            div.attributes.line)
        return word .. " " .. name
    end
    function state.number(prefix, div, word)
        local n = (state.counters[prefix] or 0) + 1
        state.counters[prefix] = n
        return state.named(prefix, div, word,
            (state.chapter.number or "0") .. "." .. n)
    end
    function state.try_ref(id, text)
        return pandoc.Link({}, "#" .. id, "", pandoc.Attr("", { "try" },
            { text = text }))
    end
    -- A reference that no link of the text makes.
    function state.refers(id, place)
        table.insert(xref.refs, { id = id,
            line = tonumber(place:match(":(%d+)$")) or 1 })
    end
    function state.missing(div, class, number, caption)
        return pandoc.Div({ caption, pandoc.Plain { pandoc.Str(
            "Not measured yet.") } }, pandoc.Attr(div.identifier,
            { class, "missing" }, { number = number }))
    end
end

-------------------------------------------------------------- headings

local function title_html(inlines)
    local out = {}
    for _, inline in ipairs(inlines) do
        local text = base.html(pandoc.utils.stringify(inline))
        local tag = ({ Code = "code", Emph = "em" })[inline.t]
        out[#out + 1] = tag and "<" .. tag .. ">" .. text .. "</" .. tag
            .. ">" or text
    end
    return table.concat(out)
end

local function heading(state, header)
    local number
    local levels = state.levels
    local top = header.level == 1
    if state.chapter.number and not header.classes:includes("unnumbered")
        and header.level <= 3 then
        levels[header.level] = top and tonumber(state.chapter.number)
            or (levels[header.level] or 0) + 1
        for level = header.level + 1, 3 do
            levels[level] = 0
        end
        number = table.concat(levels, ".", 1, header.level)
        header.attributes.number = number
    end
    local title = pandoc.utils.stringify(header.content)
    if header.identifier == "" then
        header.identifier = (top and "ch-" or "sec-") .. state.chapter.name
            .. (top and "" or "-" .. title:lower():gsub("[^%w]+", "-"))
    end
    local word = top and "Chapter " or "Section "
    state.define(header.identifier, number and word .. number
        or title, top and "ch" or "sec", header.attributes.line, title)
    header.attributes.line = nil
    if header.level <= 3 then
        table.insert(state.xref.toc, { level = header.level,
            number = number, id = header.identifier, title = title,
            html = title_html(header.content) })
    end
    return header
end

-------------------------------------------------------------- traversal

local function code_block(state, block)
    for line in (block.text .. "\n"):gmatch("(.-)\n") do
        if source.width(line) > source.limit then
            local at = state.text:find(line, 1, true)
            base.complain(state.path .. ":" .. (at and select(2,
                state.text:sub(1, at):gsub("\n", "")) + 1 or 1),
                "code line of " .. source.width(line) .. " columns",
                "break it at " .. source.limit)
        end
    end
end

local kinds = { "listing", "figure", "table", "output", "claim",
    "claims-table", "exercise", "trial-table", "trial-field", "guide",
    "said", "spent" }

local function div(state, block)
    for _, kind in ipairs(kinds) do
        if block.classes:includes(kind) then
            -- Nothing where there was a complaint, which ends the reading.
            return blocks[kind](state, block) or pandoc.Plain {}
        end
    end
    if block.classes:includes("bound") then
        essay.bound(state, block)
    end
    state.define(block.identifier, block.identifier, "div",
        block.attributes.line)
    block.attributes.line = nil
    block.content = state.blocks(block.content)
    return block
end

-- Blocks in the order of the text, for the numbers' sake.
local function traverse(state)
    function state.blocks(list)
        return list:map(function(block)
            if block.t == "Header" then
                return heading(state, block)
            elseif block.t == "Div" then
                return div(state, block)
            elseif block.t == "CodeBlock" then
                code_block(state, block)
            elseif block.t == "BlockQuote" then
                block.content = state.blocks(block.content)
            end
            return block
        end)
    end
end

---------------------------------------------------------------- inlines

local function inlines(state)
    local function value(code)
        if not code.classes:includes("value") then
            return nil
        end
        local line = code.attributes.line
        local shown, message = values.show(state.tree, code.text)
        if not shown then
            base.complain_soft(state.path .. ":" .. line, message)
            return pandoc.Strong { pandoc.Str("⟨" .. code.text .. "⟩") }
        end
        local row = shown.v.rows[1]
        table.insert(state.xref.values, { text = shown.text,
            tip = shown.tip, expression = code.text, line = tonumber(line),
            here = shown.here, source = row and row.source })
        return values.span(shown)
    end
    local function span(s)
        if s.classes:includes("lines") then
            return lines.span(state, s)
        end
        for kind, make in pairs(evidence.kinds) do
            if s.classes:includes(kind) then
                return make(state, s)
            end
        end
    end
    local function link(l)
        local id = l.target:match("^#(.+)$")
        if id and l.attributes.line then
            table.insert(state.xref.refs, { id = id,
                line = tonumber(l.attributes.line) })
            l.attributes.line = nil
            return l
        end
    end
    -- Markup in the text was not understood: an attribute is broken, or a
    -- bar inside one has ended a table's cell.
    local function str(s)
        if s.text:match("{%.%l") or s.text:match("%]{") then
            local at = state.text:find("%f[%S]" .. s.text:gsub("%p",
                "%%%0")) or 1
            local _, line = state.text:sub(1, at):gsub("\n", "")
            base.complain(state.path .. ":" .. line + 1, "'" .. s.text
                .. "' would be printed as it stands", "close the span's "
                .. "attributes; in a table write \\| for |")
        end
    end
    return { Code = value, Link = link, Span = span, Str = str }
end

-- The values of a sentence are of one machine.
local function one_machine(state)
    for _, sentence in ipairs(sentences.of(state.text)) do
        local rows = {}
        for _, token in ipairs(sentence.tokens) do
            local shown = token.kind == "value" and values.show(state.tree,
                (token.text:sub(3, -3):gsub("%s+", " ")))
            for _, row in ipairs(shown and shown.v.rows or {}) do
                rows[#rows + 1] = row
            end
        end
        local ok, why = pcall(expression.one_machine, rows)
        if not ok then
            base.complain(state.path .. ":" .. sentence.line,
                "a sentence has " .. why.text)
        end
    end
end

-- Plain text by section, for the search.
local function search(state, list)
    local entry
    local function flush()
        if entry then
            entry.text = table.concat(entry, " "):gsub("%s+", " ")
            for i = #entry, 1, -1 do
                entry[i] = nil
            end
            table.insert(state.xref.search, entry)
        end
    end
    for _, block in ipairs(list) do
        if block.t == "Header" then
            flush()
            entry = { id = block.identifier, number =
                block.attributes.number,
                title = pandoc.utils.stringify(block.content) }
        elseif entry and block.t ~= "RawBlock" then
            entry[#entry + 1] = pandoc.utils.stringify(block)
        end
    end
    flush()
end

local function write_tables(state)
    local stem = state.book.build .. "/press/" .. state.chapter.name
    base.save(stem .. ".xref", state.xref)
    local deps = table.concat(state.xref.deps, " ")
    local phony = table.concat(state.xref.deps, ":\n")
    base.write(stem .. ".d", deps == "" and "" or stem .. ".json: " .. deps
        .. "\n" .. phony .. ":\n")
end

function Reader(input)
    local path = tostring(input[1].name)
    local state = new_state(path)
    dependencies(state)
    numbering(state)
    traverse(state)
    state.levels = {}
    state.text = tostring(input)
    lint.measurements(path, state.text)
    if state.chapter.strict then
        lint.words(path, state.text)
    end
    local marked, cites = mark.lines(state.text)
    state.xref.cites = cites
    local doc = pandoc.read(marked, format)
    state.listings = lines.listings(doc)
    doc = doc:walk(inlines(state))
    one_machine(state)
    doc.blocks = state.blocks(doc.blocks)
    doc.meta = pandoc.Meta {}
    search(state, doc.blocks)
    weight.prose(state, doc.blocks)
    base.settle()
    write_tables(state)
    return doc
end
