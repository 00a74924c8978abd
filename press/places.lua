-- SPDX-License-Identifier: MIT
--
-- Where in the book a result stands: build/press/places.tsv, for whoever
-- shows results elsewhere (bench/results/summary.lua). A line for each
-- pattern that a figure, a table or the text asks for, the best place of a
-- row first:
--
--     rank  pattern                 place         chapter
--     1     slab.hot.*.ns           Figure 7.6    slab
--
-- Ranks: 1 a figure, 2 a table, 3 a claim or the text of a section.

package.path = "press/?.lua;bench/results/?.lua;" .. package.path
local base = require "base"
local books = require "book"
local chart = require "chart"
local link = require "link"

local book = books.load()
local lines, seen = {}, {}

local function add(rank, text, label, chapter)
    for pattern in text:gmatch("[%w_-]+%.[%w_./*-]+") do
        local line = table.concat({ rank, pattern, label, chapter }, "\t")
        if pattern:find("%..*%.") and not seen[line] then
            seen[line] = true
            lines[#lines + 1] = line
        end
    end
end

local function figure(src, label, chapter)
    local path = book.figures .. "/" .. src .. ".gp"
    local text = base.read(path)
    for _, panel in ipairs(text and chart.header(path, text).panels or {})
        do
        add(1, panel.select, label, chapter)
    end
end

local function read(xref)
    local chapter, section = xref.chapter, nil
    local function label(id)
        return xref.ids[id] and xref.ids[id].label or ""
    end
    for line in (base.read(chapter.file) .. "\n"):gmatch("(.-)\n") do
        local id = line:match("^:::+ *{[^}]*#([%w-]+)")
        section = line:match("^#.*{#([%w-]+)") or section
        local src, rows = line:match(' src="([^"]+)"'),
            line:match(' select="([^"]+)"')
        if id and src then
            figure(src, label(id), chapter.name)
        elseif id and rows and not line:find("claims-table", 1, true) then
            add(2, rows, label(id), chapter.name)
        end
        for text in line:gmatch("{{(.-)}}") do
            add(3, text, label(section), chapter.name)
        end
        for text in line:gmatch('when="(.-)"') do
            add(3, text, label(section), chapter.name)
        end
    end
end

for _, xref in ipairs(link.xrefs(book)) do
    read(xref)
end
table.sort(lines)
base.write(book.build .. "/press/places.tsv",
    table.concat(lines, "\n") .. "\n")
base.settle()
