-- SPDX-License-Identifier: MIT
--
-- The renderer: a pandoc filter that turns the AST of a chapter, as the
-- reader left it, into the raw blocks of one format. What a listing or
-- claim looks like is said in html.lua and latex.lua; this file resolves
-- references and citations, and walks the blocks.
--
--     CHAPTER=page pandoc -f json -t html5 --citeproc
--         --lua-filter press/render.lua build/press/page.json
--
-- The linker has seen to it that every reference has its target.

package.path = "press/?.lua;bench/results/?.lua;" .. package.path

local base = require "base"
local books = require "book"

local book = books.load()
local linked = base.load(book.build .. "/press/book.tab")
local name = os.getenv("CHAPTER") or ""
local format = FORMAT:match("latex") and "latex"
    or FORMAT:match("epub") and "epub" or "html"
local context = { book = book, linked = linked, format = format,
    name = name, chapter = books.chapter(book, name) or { page = name
        .. ".html" } }
local pen = require(format == "latex" and "latex" or "html")(context)

-- What figures.lua computed from the data: alternative text and small
-- print.
function context.figure(src)
    local path = book.build .. "/figures/" .. src .. ".facts"
    return base.read(path) and base.load(path) or { missing = true }
end

local function link(l)
    local id = l.target:match("^#(.+)$")
    if not id then
        return l
    elseif id:match("^ref%-") then
        return pen.cite(l, id)
    end
    if l.classes:includes("place") then
        return l
    elseif l.classes:includes("statement") then
        return pen.statement(l, id, l.attributes.page)
    end
    local entry = linked.ids[id]
    if not entry then
        return l.classes:includes("try")
            and pandoc.Str(l.attributes.text)
            or pandoc.Strong { pandoc.Str("⟨" .. id .. "⟩") }
    end
    if #l.content == 0 then
        local text = l.classes:includes("try") and l.attributes.text
            or entry.label
        l.content = { pandoc.Str((text:gsub("^(%u%l+) (%S+)$",
            "%1\194\160%2"))) }
        return pen.reference(l, id, entry, not l.classes:includes("try"))
    end
    local lit = l.attributes.lines
    local out = pen.reference(l, id, entry, false)
    if lit and format == "html" then
        out.classes = { "xref", "lines" }
        out.attributes.lines = lit
        if not out.target:match("^#") then
            out.target = out.target:gsub("#", "?lines=" .. lit .. "#")
        end
    end
    return out
end

local words = { holds = "holds", limit = "holds with a limit",
    fails = "does not hold", unmeasured = "not measured",
    ["not-here"] = "not so on this machine", mixed = "differs by kernel" }
context.words = words

local function span(s)
    if s.classes:includes("word") then
        return pen.word(s.attributes.word, s.attributes.text
            or words[s.attributes.word], s)
    elseif s.classes:includes("bears") then
        return pen.bears(s)
    elseif s.classes:includes("value") or s.classes:includes("unmeasured")
    then
        return pen.value(s)
    elseif s.classes:includes("here") or s.classes:includes("own") then
        return pen.here(s, s.classes[1])
    elseif s.classes:includes("spread") then
        return pen.spread and pen.spread(s) or {}
    elseif s.classes:includes("so") then
        return pen.so(s, s.classes:includes("notso")
            and "Not so on this machine: " .. s.attributes.here .. ".")
    elseif s.classes:includes("read") then
        return pen.so(s)
    elseif s.classes:includes("def") or s.classes:includes("argued") then
        return s.content
    end
end

-- A number stays on one line with its unit.
local units = { ["×"] = true, ["%"] = true, B = true, kB = true, KiB = true,
    MiB = true, GiB = true, TiB = true, ns = true, ["µs"] = true,
    ms = true, s = true }

local function with_unit(list)
    for i = #list - 2, 1, -1 do
        local number, gap, unit = list[i], list[i + 1], list[i + 2]
        if number.t == "Str" and unit.t == "Str" and (gap.t == "Space"
            or gap.t == "SoftBreak") and number.text:match("^%(?%d[%d.,]*$")
            and units[unit.text:match("^[^.,;:?!)]*")] then
            number.text = number.text .. "\194\160" .. unit.text
            list:remove(i + 2)
            list:remove(i + 1)
        end
    end
    return list
end

local function render_blocks(list)
    local out = pandoc.List()
    for _, block in ipairs(list) do
        local made
        if block.t == "Div" then
            local class = block.classes[1]
            if block.identifier == "refs" and name ~= "bibliography"
                and format ~= "epub" or block.identifier == "all-cited" then
                made = {}
            elseif pen[class] then
                made = pen[class](block, context.blocks)
            else
                block.content = render_blocks(block.content)
            end
        elseif block.t == "Header" then
            made = pen.header(block)
        elseif block.t == "RawBlock" and format == "epub"
            and block.text:match("^<!%-%-") then
            made = {} -- a comment before the first heading is a chapter
        elseif block.t == "CodeBlock" then
            made = pen.code(block)
        elseif block.t == "BlockQuote" then
            block.content = render_blocks(block.content)
        elseif block.t == "Table" then
            made = pen.plain_table(block)
        end
        out:extend(made or { block })
    end
    return out
end
context.blocks = render_blocks

function Pandoc(doc)
    if pen.start then
        pen.start(doc)
    end
    doc = doc:walk { Link = link, Span = span }
    doc = doc:walk { Inlines = with_unit }
    doc = doc:walk { Note = pen.note, Math = pen.math, Str = pen.str }
    doc.blocks = render_blocks(doc.blocks)
    if pen.finish then
        pen.finish(doc)
    end
    return doc
end
