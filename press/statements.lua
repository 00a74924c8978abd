-- SPDX-License-Identifier: MIT
--
-- The statements of all chapters (evidence.lua writes them into each
-- chapter's table): gathered for the appendices, counted for the last line
-- of `make`:
--
--     lua5.4 press/statements.lua
--     of 240 measured statements 231 hold on this machine; 5 do not (see
--     Not so on your machine), 4 were not measured here

package.path = "press/?.lua;bench/results/?.lua;" .. package.path
local base = require "base"
local books = require "book"

local statements = {}

local function count(xrefs, mine)
    local c = { all = 0, holds = 0, fails = 0, none = 0, read = 0,
        measured_here = mine or nil }
    for _, xref in ipairs(xrefs) do
        for _, s in ipairs(xref.statements) do
            if s.own then
                c.all, c[s.own] = c.all + 1, c[s.own] + 1
            elseif s.kind == "source" then
                c.read = c.read + 1
            end
        end
    end
    return c
end

local function said(c, where)
    if not c.measured_here then
        return "all " .. c.all .. " measured statements hold on the "
            .. "recorded machine; nothing was measured here"
    end
    local more = {}
    if c.fails > 0 then
        more[1] = c.fails .. (c.fails == 1 and " does" or " do")
            .. " not" .. (where or "")
    end
    if c.none > 0 then
        more[#more + 1] = c.none .. (c.none == 1 and " was" or " were")
            .. " not measured here"
    end
    return "of " .. c.all .. " measured statements " .. c.holds
        .. " hold on this machine" .. (#more > 0 and "; "
        .. table.concat(more, ", ") or "")
end

-- No line numbers: moving a paragraph changes one chapter.
function statements.gather(book, xrefs, mine)
    local chapters = {}
    for i, xref in ipairs(xrefs) do
        local list = {}
        for k, s in ipairs(xref.statements) do
            list[k] = { kind = s.kind, id = s.id, words = s.words,
                found = s.found, figures = s.figures, here = s.here,
                own = s.own }
        end
        local top = xref.toc[1] or { title = xref.chapter.name }
        chapters[i] = { name = xref.chapter.name, page = xref.chapter.page,
            title = top.title, statements = list }
    end
    local c = count(xrefs, mine)
    local line = said(c)
    base.save(book.build .. "/press/statements.tab", { counts = c,
        chapters = chapters, said = line:sub(1, 1):upper() .. line:sub(2)
        .. "." })
end

if arg and arg[0] and arg[0]:match("statements%.lua$") then
    local book = books.load()
    print(said(base.load(book.build .. "/press/statements.tab").counts,
        " (see Not so on your machine)"))
end

return statements
