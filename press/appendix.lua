-- SPDX-License-Identifier: MIT
--
-- A pandoc reader for the two appendices that nobody writes, from what the
-- linker gathered (build/press/statements.tab):
--
--     echo | CHAPTER=read pandoc -f press/appendix.lua -t json
--
-- `read` lists every statement that was read in a source, with version,
-- file and line; `notso` every measured one that is not so on the reader's
-- machine, with the figures of both.

package.path = "press/?.lua;bench/results/?.lua;" .. package.path

local base = require "base"
local books = require "book"

local book = books.load()
local linked = base.load(book.build .. "/press/statements.tab")

-- Text with `code` in it.
local function para(text)
    local inlines = pandoc.List()
    for plain, code in (text .. "``"):gmatch("(.-)`(.-)`") do
        inlines:insert(pandoc.Str(plain))
        if code ~= "" then
            inlines:insert(pandoc.Code(code))
        end
    end
    return pandoc.Para(inlines)
end

-- The words of a statement, leading to their place.
local function words(s, chapter)
    return { pandoc.Link({ pandoc.Str(s.words) }, "#" .. s.id, "",
        pandoc.Attr("", { "statement" }, { page = chapter.page })) }
end

-- "mm/slub.c, new_slab: Linux 6.1 line 12, 6.12 line 13"
local function places(found)
    local lines, at = {}, {}
    for _, f in ipairs(found) do
        local key = f.file .. (f.within and ", " .. f.within or "")
        if not at[key] then
            at[key] = { key = key }
            lines[#lines + 1] = at[key]
        end
        table.insert(at[key], f.title .. (f.absent and ": not there"
            or " line " .. f.line))
    end
    local inlines = pandoc.List()
    for i, line in ipairs(lines) do
        local file, rest = line.key:match("^([^,]+)(.*)$")
        if i > 1 then
            inlines:insert(pandoc.LineBreak())
        end
        inlines:extend { pandoc.Code(file), pandoc.Str(rest .. ": "
            .. table.concat(line, ", ")) }
    end
    return inlines
end

local function versions()
    local seen, list = {}, {}
    for _, chapter in ipairs(linked.chapters) do
        for _, s in ipairs(chapter.statements) do
            for _, f in ipairs(s.found or {}) do
                if f.version and not seen[f.title] then
                    seen[f.title] = true
                    list[#list + 1] = f.title .. " (" .. f.version .. ")"
                end
            end
        end
    end
    table.sort(list)
    return table.concat(list, ", ")
end

local function by_chapter(out, keep, tell)
    local n = 0
    for _, chapter in ipairs(linked.chapters) do
        local items = {}
        for _, s in ipairs(chapter.statements) do
            if keep(s) then
                local item = pandoc.List(words(s, chapter))
                item:insert(pandoc.LineBreak())
                item:extend(tell(s))
                items[#items + 1] = { pandoc.Plain(item) }
            end
        end
        if #items > 0 then
            n = n + #items
            out:insert(pandoc.Header(2, chapter.title, pandoc.Attr("sec-"
                .. os.getenv("CHAPTER") .. "-" .. chapter.name,
                { "unnumbered", "unlisted" })))
            out:insert(pandoc.BulletList(items))
        end
    end
    return n
end

local pages = {}

function pages.read()
    local out = pandoc.List { pandoc.Header(1, "Read in the sources",
        pandoc.Attr("ch-read", { "unnumbered" })), para("") }
    local n = by_chapter(out, function(s)
        return s.kind == "source"
    end, function(s)
        return places(s.found)
    end)
    local from = versions()
    out[2] = para(n == 0 and "No statement of this book rests on a source "
        .. "that was looked into." or "Every statement that rests on a "
        .. "source, " .. n .. " in all, with the place where it was "
        .. "looked up" .. (from ~= "" and ": in Debian's packages of "
        .. from or "") .. ". `make sources` looks again.")
    return out
end

function pages.notso()
    local c = linked.counts
    local out = pandoc.List { pandoc.Header(1, "Not so on your machine",
        pandoc.Attr("ch-notso", { "unnumbered" })), para(linked.said),
        para("The book tells of the machine that it was recorded on. A "
        .. "sentence that compares is checked against your own results "
        .. "where you have measured what it speaks of; those that they do "
        .. "not bear out are marked in the margin, and listed here.") }
    if not c.measured_here then
        out[3] = para("Nothing was measured where this copy was printed. "
            .. "`make bench` and `make lab` do.")
    end
    by_chapter(out, function(s)
        return s.own == "fails"
    end, function(s)
        return { pandoc.Str("recorded: " .. s.figures),
            pandoc.LineBreak(), pandoc.Str("on this machine: " .. s.here) }
    end)
    return out
end

function Reader()
    return pandoc.Pandoc(pages[os.getenv("CHAPTER")](), pandoc.Meta {})
end
