-- SPDX-License-Identifier: MIT
--
-- The linker: all chapters' cross-reference tables into one, build/press/
-- book.tab, which the renderers read. What only the whole book can know is
-- checked here: references and citations that lead nowhere, ids given
-- twice, regions of the sources that no listing shows or that two do.
--
-- Invariant: the table holds no line numbers, so that moving a paragraph
-- changes one chapter and not the book.

package.path = "press/?.lua;bench/results/?.lua;" .. package.path
local base = require "base"
local books = require "book"
local results = require "results"
local source = require "source"
local statements = require "statements"
local weight = require "weight"

local link = {}

function link.xrefs(book)
    local list = {}
    for i, chapter in ipairs(book.chapters) do
        list[i] = base.load(book.build .. "/press/" .. chapter.name
            .. ".xref")
        list[i].path = chapter.file
    end
    return list
end

local function merge_ids(xrefs)
    local ids, from = {}, {}
    for _, xref in ipairs(xrefs) do
        for id, entry in pairs(xref.ids) do
            if ids[id] and entry.kind ~= "div" then
                base.complain(xref.path .. ":" .. (entry.line or 1), "id '"
                    .. id .. "' again, first in " .. from[id],
                    "ids are unique in the book: rename one")
            end
            ids[id], from[id] = { label = entry.label, kind = entry.kind,
                page = entry.page, title = entry.title }, xref.path
        end
    end
    return ids
end

local function check_refs(xrefs, ids)
    for _, xref in ipairs(xrefs) do
        for _, ref in ipairs(xref.refs) do
            if not ids[ref.id] then
                base.complain_soft(xref.path .. ":" .. ref.line,
                    "reference to '" .. ref.id .. "', which is nowhere",
                    "give something that id, or mend the reference")
            end
        end
    end
end

local function known_works(book)
    local known, path = {}, book.bibliography
    for key in (base.read(path) or ""):gmatch("@%a+{%s*([^,%s]+)%s*,") do
        known[key] = true
    end
    return known
end

local function check_cites(book, xrefs)
    local known, cited = known_works(book), {}
    for _, xref in ipairs(xrefs) do
        for _, cite in ipairs(xref.cites) do
            if known[cite.key] then
                cited[cite.key] = true
            else
                base.complain_soft(xref.path .. ":" .. cite.line,
                    "unknown citation @" .. cite.key, "add it to "
                    .. book.bibliography)
            end
        end
    end
    return base.keys(cited)
end

-- Each region of each source stands in exactly one listing.
local function check_regions(book, xrefs)
    local used = {}
    for _, xref in ipairs(xrefs) do
        for _, use in ipairs(xref.uses) do
            local key = use.file .. "\n" .. use.region
            local place = xref.path .. ":" .. use.line
            if used[key] then
                base.complain(place, "region '" .. use.region .. "' of "
                    .. use.file .. " is shown again, first at "
                    .. used[key], "refer to that listing instead")
            end
            used[key] = place
        end
    end
    local published = {}
    for _, path in ipairs(base.glob(table.concat(book.sources, " "))) do
        published[path] = true
        for _, region in ipairs(source.read(path).order) do
            if not used[path .. "\n" .. region.name] then
                base.complain_soft(path .. ":" .. region.at, "region '"
                    .. region.name .. "' is in no listing",
                    "show it in a chapter or remove its markers")
            end
        end
    end
    for key, place in pairs(used) do
        local path = key:match("^[^\n]*")
        if not published[path] then
            base.complain(place, "a listing of " .. path .. ", which is "
                .. "not published", "add it to 'sources' in the book's "
                .. "table of contents")
        end
    end
end

-- One line where the numbers printed are not the reader's own.
local function say_whose(book)
    local own = results.must(results.load_tree(book.build .. "/results"))
    local mine, lab = #own.rows > 0, false
    for _, row in ipairs(own.rows) do
        lab = lab or row.instrument ~= "host"
    end
    if not mine then
        io.stderr:write("pagewise: book: nothing was measured here; "
            .. "printing the recorded results\n")
    elseif not lab then
        io.stderr:write("pagewise: book: the lab did not run here; its "
            .. "numbers are the recorded ones\n")
    end
    return mine
end

function link.run()
    local book = books.load()
    local xrefs = link.xrefs(book)
    local table_ = { ids = merge_ids(xrefs), chapters = {} }
    check_refs(xrefs, table_.ids)
    table_.cited = check_cites(book, xrefs)
    check_regions(book, xrefs)
    weight.check(xrefs)
    base.settle()
    statements.gather(book, xrefs, say_whose(book))
    for i, xref in ipairs(xrefs) do
        local top = xref.toc[1] or { title = xref.chapter.name,
            html = xref.chapter.name, id = "" }
        table_.chapters[i] = { name = xref.chapter.name, id = top.id,
            number = xref.chapter.number, page = xref.chapter.page,
            title = top.title, html = top.html, toc = xref.toc }
    end
    base.save(book.build .. "/press/book.tab", table_)
    local nocite = {}
    for i, key in ipairs(table_.cited) do
        nocite[i] = "@" .. key
    end
    base.write(book.build .. "/press/cited.yaml", "nocite: \""
        .. table.concat(nocite, ", ") .. "\"\n")
    local meta = {}
    for _, key in ipairs { "title", "subtitle", "author", "language",
        "identifier", "edition" } do
        local name = ({ language = "lang", edition = "date" })[key] or key
        meta[#meta + 1] = name .. ": " .. base.json(book[key] or "") .. "\n"
    end
    base.write(book.build .. "/press/epub.yaml", table.concat(meta))
end

if arg and arg[0] and arg[0]:match("link%.lua$") then
    link.run()
end

return link
