-- SPDX-License-Identifier: MIT
--
-- The essay that the book examines: its statements (the YAML that book.yaml
-- names under `essay`), and what became of each on every kernel. As a
-- command
--
--     BOOK=book.yaml BUILD=build lua5.4 press/essay.lua
--
-- it reads the YAML, checks it and writes build/press/essay.tab, which the
-- press reads under lua5.4 and in pandoc:
--
--     essay.load(book)            -> {kernels, parts, statements} or nil
--     essay.verdicts(tree, id)    -> {kernel -> {word, evidence}}, kernels
--     essay.check(state, place)   complains of each statement that has no
--                                 experiment or whose verdict has changed
--
-- A statement is {id, part, says, zh, expect = {all or kernel -> word},
-- also, asked}. Its claim in the book is #claim-<id>.

package.path = "press/?.lua;bench/results/?.lua;" .. package.path
local base = require "base"

local essay = {}

local words = { holds = true, limit = true, fails = true,
    unmeasured = true }

---------------------------------------------------------------- the YAML

local function one_space(text)
    return (text:gsub("%s+", " "))
end

-- Chinese has no blanks where a line was broken.
local function no_space(text)
    return (text:gsub("([\128-\255])%s+([\128-\255])", "%1%2"))
end

local function expectation(s, place)
    local expect = s.expect
    if type(expect) == "string" then
        expect = { all = expect }
    end
    for kernel, word in pairs(expect or {}) do
        if not words[word] then
            base.complain(place, s.id .. " expects '" .. tostring(word)
                .. "' of " .. kernel, "write holds, limit, fails or "
                .. "unmeasured")
        end
    end
    return expect
end

local function statement(s, at, parts, seen, place)
    for _, key in ipairs { "id", "part", "says", "zh", "expect" } do
        if not s[key] then
            base.fail(place, "statement " .. at .. " has no '" .. key
                .. "'", "add it")
        end
    end
    if seen[s.id] then
        base.complain(place, "statement " .. s.id .. " again",
            "each has an id of its own")
    elseif not parts[s.part] then
        base.complain(place, s.id .. " is of part '" .. s.part
            .. "', which is not there", "list it under parts")
    end
    seen[s.id] = true
    return { id = s.id, part = s.part, says = one_space(s.says),
        zh = no_space(s.zh), expect = expectation(s, place),
        also = s.also, asked = s.asked }
end

local function read_yaml(path)
    local data = base.yaml(path)
    if not data.statements then
        base.fail(path .. ":1", "is no list of statements",
            "write `statements:`")
    end
    local out, parts, seen = { kernels = data.kernels, parts = data.parts,
        statements = {} }, {}, {}
    for _, part in ipairs(data.parts) do
        parts[part.name] = true
    end
    for i, s in ipairs(data.statements) do
        out.statements[i] = statement(s, i, parts, seen, path .. ":1")
    end
    base.settle()
    return out
end

---------------------------------------------------------------- verdicts

local function tab(book)
    return book.build .. "/press/essay.tab"
end

function essay.load(book)
    return book.essay and base.load(tab(book))
end

function essay.verdicts(tree, id)
    local by, kernels = tree:claim(id)
    return by or {}, by and kernels or {}
end

-- All kernels that any statement was put to, in natural order.
function essay.kernels(tree, data)
    local ids = {}
    for i, s in ipairs(data.statements) do
        ids[i] = s.id
    end
    local _, kernels = tree:claims(table.concat(ids, " "))
    return kernels
end

local function asked_of(data, s)
    local list = {}
    for kernel in (s.asked or data.kernels):gmatch("%S+") do
        list[#list + 1] = kernel
    end
    return list
end

-- The recorded verdicts against those that were recorded before.
function essay.check(state, data, place)
    for _, s in ipairs(data.statements) do
        local by, kernels = essay.verdicts(state.tree.recorded, s.id)
        state.refers("claim-" .. s.id, place)
        if s.also then
            state.refers(s.also, place)
        end
        for _, kernel in ipairs(asked_of(data, s)) do
            if not by[kernel] then
                base.complain_soft(place, "statement " .. s.id
                    .. " has no experiment on kernel " .. kernel,
                    "run make lab KERNELS=" .. kernel .. " and record it")
            end
        end
        for _, kernel in ipairs(kernels) do
            local now = by[kernel].verdict
            local was = s.expect[kernel] or s.expect.all
            if now ~= was then
                base.complain_soft(place, "the verdict of " .. s.id
                    .. " on kernel " .. kernel .. " was '" .. (was
                    or "none") .. "' and is '" .. now .. "' ("
                    .. by[kernel].evidence .. ")", "see why; then write "
                    .. "it into " .. state.book.essay)
            end
        end
    end
end

------------------------------------------------------------------ blocks

local short = {
    en = { holds = "holds", limit = "limit", fails = "fails",
        unmeasured = "–" },
    zh = { holds = "成立", limit = "有限", fails = "不成立",
        unmeasured = "–" },
}

local elsewhere = { en = "measured on hardware", zh = "在真实硬件上测量" }

local function plain(inlines)
    return { pandoc.Plain(inlines) }
end

local function word_cell(by, kernel, language)
    local row = by[kernel]
    return plain { row and pandoc.Span({}, pandoc.Attr("", { "word",
        "square" }, { word = row.verdict, title = kernel .. ": "
        .. row.evidence, text = short[language][row.verdict] }))
        or pandoc.Str("") }
end

-- `code`-like words of a statement as code.
local function says(text)
    local out = pandoc.List()
    for i, piece in ipairs(pandoc.utils.blocks_to_inlines(pandoc.read(text,
        "markdown-smart").blocks)) do
        out[i] = piece
    end
    return out
end

local function part_table(state, data, part, kernels, language)
    local wide = math.min(0.53 / #kernels, 0.09)
    local head = { plain { pandoc.Str("") }, plain { pandoc.Strong {
        pandoc.Str(part[language]) } } }
    local aligns, widths = { pandoc.AlignLeft, pandoc.AlignLeft },
        { 0.06, 0.94 - wide * #kernels }
    for i, kernel in ipairs(kernels) do
        head[i + 2] = plain { pandoc.Str(kernel) }
        aligns[i + 2], widths[i + 2] = pandoc.AlignLeft, wide
    end
    local body = {}
    for _, s in ipairs(data.statements) do
        if s.part == part.name then
            local by = essay.verdicts(state.tree.recorded, s.id)
            local text = says(language == "zh" and s.zh or s.says)
            if s.also then
                text:extend { pandoc.Space(), pandoc.Str("("),
                    pandoc.Link({ pandoc.Str(elsewhere[language]) },
                    "#" .. s.also), pandoc.Str(")") }
            end
            local row = { plain { state.try_ref("claim-" .. s.id, s.id) },
                plain(text) }
            for i, kernel in ipairs(kernels) do
                row[i + 2] = word_cell(by, kernel, language)
            end
            body[#body + 1] = row
        end
    end
    return pandoc.utils.from_simple_table(pandoc.SimpleTable({}, aligns,
        widths, head, body))
end

-- ::: {.trial-table #tab-trial language="zh"}  caption  :::
function essay.table(state, div, caption)
    local place, data = state.place(div), essay.load(state.book)
    local number = state.number("tab", div, "Table")
    local language = div.attributes.language or "en"
    if not data then
        return base.complain(place, "the book names no essay",
            "write essay: FILE into its table of contents")
    end
    essay.check(state, data, place)
    local kernels = essay.kernels(state.tree.recorded, data)
    local content = pandoc.List { caption }
    for _, part in ipairs(data.parts) do
        content:insert(part_table(state, data, part, kernels, language))
    end
    return pandoc.Div(content, pandoc.Attr(div.identifier, { "table" },
        { number = number, kind = "trial", lang = language == "zh"
        and "zh-Hans" or nil }))
end

-- ::: {.trial-field}: one small square for each statement and kernel.
-- What it shows in words is counted, not typed.
function essay.field(state, div)
    local data = essay.load(state.book)
    local kernels = essay.kernels(state.tree.recorded, data)
    local rows, count = {}, {}
    for _, kernel in ipairs(kernels) do
        local cells, n = {}, { holds = 0, limit = 0, fails = 0,
            unmeasured = 0 }
        for i, s in ipairs(data.statements) do
            local row = essay.verdicts(state.tree.recorded, s.id)[kernel]
            local word = row and row.verdict or "none"
            cells[i] = s.part .. " " .. s.id .. " " .. word
            n[word] = (n[word] or 0) + 1
        end
        rows[#rows + 1] = kernel .. "\t" .. table.concat(cells, ",")
        count[#count + 1] = string.format("%s: %d hold, %d hold with a "
            .. "limit, %d do not, %d not measured", kernel, n.holds,
            n.limit, n.fails, n.unmeasured + (n.none or 0))
    end
    return pandoc.Div({}, pandoc.Attr(div.identifier, { "trial-field" },
        { rows = table.concat(rows, "\n"), alt = table.concat(count, "; ")
        .. "." }))
end

------------------------------------------------- sentences with evidence

-- ::: {.bound}: every sentence lies in a span of its own that says what it
-- rests on (.so or .source), and is followed by the claims it names.
local bearing = { so = true, read = true }

local function kind(inline)
    if inline.t == "Space" or inline.t == "SoftBreak" then
        return "blank"
    elseif inline.t == "Span" then
        for _, class in ipairs(inline.classes) do
            if bearing[class] then
                return class
            end
        end
    end
end

local function one_sentence(text)
    local last = text:match("[%.。]$") or text:match("。$")
    local inner = text:gsub("[%.。]$", ""):gsub("。$", "")
    return last and not inner:find("%. %u")
        and not inner:find("。", 1, true)
end

-- The claims that a span's condition names, as links.
local function named(state, span)
    local out, seen, when = pandoc.List(), {}, ""
    for _, s in ipairs(state.xref.statements) do
        when = s.id == span.identifier and s.when or when
    end
    for id in when:gmatch("%((%l%d+)") do
        if not seen[id] then
            seen[id] = true
            out:insert(pandoc.Str(#out > 0 and " " or "\194\160"))
            out:insert(state.try_ref("claim-" .. id, id))
        end
    end
    return #out > 0 and pandoc.Span(out, pandoc.Attr("", { "bears" }))
end

local function paragraph(state, block, place)
    local out = pandoc.List()
    for _, inline in ipairs(block.content) do
        local what = kind(inline)
        local text = pandoc.utils.stringify(inline)
        if not what then
            base.complain(place, "'" .. text:sub(1, 40) .. "' rests on "
                .. "nothing", "put the sentence into a .so or .source span")
        elseif what ~= "blank" and not one_sentence(text) then
            base.complain(place, "'" .. text:sub(1, 40) .. "...' is not "
                .. "one sentence", "give each sentence its own span")
        end
        out:insert(inline)
        local refs = what == "so" and named(state, inline)
        if refs then
            out:insert(refs)
        end
    end
    block.content = out
end

function essay.bound(state, div)
    for _, block in ipairs(div.content) do
        if block.t == "Para" then
            paragraph(state, block, state.place(div))
        elseif block.t ~= "Header" then
            base.complain(state.place(div), "a " .. block.t
                .. " among bound sentences", "write paragraphs")
        end
    end
    div.attributes.line = nil
end

if arg and arg[0] and arg[0]:match("essay%.lua$") then
    local book = require("book").load()
    if book.essay then
        base.save(tab(book), read_yaml(book.essay))
    end
end

return essay
