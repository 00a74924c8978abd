-- SPDX-License-Identifier: MIT
--
-- What a chapter weighs: lines of code shown and kept, words of prose for
-- each shown listing, and listings that follow another with no sentence
-- between. The reader counts (weight.listing, weight.prose), the linker
-- holds strict chapters to the limits, and
--
--     lua5.4 press/weight.lua        (make weight)
--
-- prints the table. Prose is paragraphs and lists; captions, notes, claims,
-- exercises and code are not.

package.path = "press/?.lua;bench/results/?.lua;" .. package.path
local base = require "base"

local weight = {}

-- Words of prose that a shown listing is owed, on the chapter's average.
weight.least = 150

local function empty()
    return { shown = 0, kept = 0, listings = 0, folded = 0, words = 0,
        bare = {} }
end

-- The reader: one listing of the chapter.
function weight.listing(state, div, lines, kept)
    local w = state.xref.weight or empty()
    state.xref.weight = w
    local all, one = kept and "kept" or "shown", kept and "folded"
        or "listings"
    w[all], w[one] = w[all] + lines, w[one] + 1
    w.line = w.line or {}
    w.line[div.identifier] = tonumber(div.attributes.line)
end

local function count(block)
    local text = pandoc.utils.stringify(pandoc.Div({ block }):walk {
        Note = function()
            return {}
        end })
    return select(2, text:gsub("%S+", ""))
end

local prose = { Para = true, Plain = true, BulletList = true,
    OrderedList = true, DefinitionList = true, BlockQuote = true }

-- The reader: the words, and shown listings with none before them since the
-- last shown one.
function weight.prose(state, list)
    local w = state.xref.weight or empty()
    state.xref.weight = w
    local since = 1
    local function walk(blocks)
        for _, block in ipairs(blocks) do
            if prose[block.t] then
                local words = count(block)
                w.words, since = w.words + words, since + words
            elseif block.t == "Div" and block.classes:includes("listing")
                and not block.classes:includes("kept") then
                if since == 0 then
                    table.insert(w.bare, w.line[block.identifier])
                end
                since = 0
            elseif block.t == "Div" and #block.classes == 0 then
                walk(block.content)
            end
        end
    end
    walk(list)
    w.line = nil
end

local function a_listing(w)
    return w.listings == 0 and math.huge or w.words / w.listings
end

-- The linker: strict chapters keep to the limits.
function weight.check(xrefs)
    for _, xref in ipairs(xrefs) do
        local w = xref.weight
        if xref.chapter.strict and a_listing(w) < weight.least then
            base.complain(xref.path .. ":1", string.format("%d words of "
                .. "prose for %d shown listings, %.0f each", w.words,
                w.listings, a_listing(w)), "tell more, or mark listings "
                .. ".kept, until there are " .. weight.least)
        end
        for _, line in ipairs(xref.chapter.strict and w.bare or {}) do
            base.complain(xref.path .. ":" .. line, "a listing follows "
                .. "another with no sentence between", "say why it comes "
                .. "next, or mark it .kept")
        end
    end
end

-- Pages of print, of the last `make pdf`, and how many there may be: only
-- the chapter, without its kept listings.
local function pages_of(book)
    local path = book.build .. "/press/" .. (book.name or "pagewise")
        .. ".pages"
    local pages = base.read(path) and base.load(path) or {}
    return function(chapter)
        local n = pages[chapter.number or ""]
        local most = tonumber((book.pages or {})[chapter.name]
            or (book.pages or {}).others or math.huge)
        return n and n .. (n > most and "!" or "") or "-"
    end
end

local function report(book, xrefs)
    local pages = pages_of(book)
    print("chapter        lines shown   kept   listings shown  kept   "
        .. "words  a listing  bare  pages")
    for _, xref in ipairs(xrefs) do
        local w = xref.weight
        local each = a_listing(w)
        print(string.format("%-14s %11d %6d %16d %5d %7d %10s %5d %6s",
            xref.chapter.name, w.shown, w.kept, w.listings, w.folded,
            w.words, w.listings == 0 and "-" or string.format("%.0f%s",
            each, each < weight.least and "!" or ""), #w.bare,
            pages(xref.chapter)))
    end
    for _, xref in ipairs(xrefs) do
        for _, line in ipairs(xref.weight.bare) do
            print(string.format("%s:%d: no sentence before this listing",
                xref.path, line))
        end
    end
end

if arg and arg[0] and arg[0]:match("weight%.lua$") then
    local book, xrefs = require("book").load(), {}
    for i, chapter in ipairs(book.chapters) do
        xrefs[i] = base.load(book.build .. "/press/" .. chapter.name
            .. ".xref")
        xrefs[i].path = chapter.file
    end
    report(book, xrefs)
end

return weight
