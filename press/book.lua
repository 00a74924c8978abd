-- SPDX-License-Identifier: MIT
--
-- book.yaml: the one table of contents, read once. As a command
--
--     TZ=UTC BOOK=book.yaml BUILD=build lua5.4 press/book.lua
--
-- it reads the YAML (lua-yaml), checks it, and writes what others need:
-- build/press/contents.tab for the press, whether it runs under lua5.4 or
-- in pandoc, and build/press/book.mk for make. Nobody else reads the YAML,
-- and what it leaves out has its default here and nowhere else.
--
-- Invariant: the chapters come back in their order with their numbers;
-- those named under `unnumbered` have none. Everything else in the book
-- hangs on these names.

package.path = "press/?.lua;" .. package.path
local base = require "base"

local book = {}

local build = os.getenv("BUILD") or "build"
local defaults = { dir = "chapters", figures = "figures",
    reference = "bench/reference", evidence = "bench/reference/source",
    allowed = "press/allowed.tsv", unnumbered = {}, strict = {},
    labels = {}, sources = {} }
local needed = { "title", "subtitle", "author", "edition", "language",
    "identifier", "bibliography", "default-kernel", "chapters" }

local function check(path, data)
    for _, key in ipairs(needed) do
        if not data[key] then
            base.complain(path .. ":1", "lacks '" .. key .. "'", "add it")
        end
    end
    local known = {}
    for _, name in ipairs(data.chapters or {}) do
        known[name] = true
    end
    for _, list in ipairs { "unnumbered", "strict" } do
        for _, name in ipairs(data[list] or {}) do
            if not known[name] then
                base.complain(path .. ":1", "'" .. name .. "' is under "
                    .. list .. " and no chapter", "list it under chapters")
            end
        end
    end
    base.settle()
    for key, value in pairs(defaults) do
        data[key] = data[key] or value
    end
end

local function epoch(path, edition)
    local y, m, d = edition:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)$")
    if not y then
        base.fail(path .. ":1", "edition '" .. edition .. "' is no day",
            "write YYYY-MM-DD")
    end
    return os.time { year = y, month = m, day = d, hour = 0 }
end

local function make_part(path, data)
    local lines = { "# Made from " .. path .. " by press/book.lua." }
    for _, pair in ipairs {
        { "CHAPTERS", table.concat(data.chapters, " ") },
        { "DIR", data.dir }, { "FIGDIR", data.figures },
        { "BIB", data.bibliography }, { "REF", data.reference },
        { "EVIDENCE", data.evidence }, { "ALLOWED", data.allowed },
        { "ESSAY", data.essay or "" }, { "GUIDE", data.guide or "" },
        { "EPOCH", epoch(path, data.edition) } } do
        lines[#lines + 1] = "PRESS_" .. pair[1] .. " := " .. pair[2]
    end
    return table.concat(lines, "\n") .. "\n"
end

local function run()
    local path = os.getenv("BOOK") or "book.yaml"
    if not base.read(path) then
        base.fail(path, "is missing", "run make in the book's folder")
    end
    local data = base.yaml(path)
    check(path, data)
    base.save(build .. "/press/contents.tab", data)
    base.write(build .. "/press/book.mk", make_part(path, data))
end

local function set_of(list)
    local set = {}
    for _, name in ipairs(list) do
        set[name] = true
    end
    return set
end

-- {title, subtitle, ..., chapters = {{name, number, file, page, strict}}}
function book.load()
    local out = base.load(build .. "/press/contents.tab")
    local plain, strict = set_of(out.unnumbered), set_of(out.strict)
    local chapters, number = {}, 0
    out.build = build
    for _, name in ipairs(out.chapters) do
        local chapter = { name = name, strict = strict[name],
            file = out.dir .. "/" .. name .. ".md", page = name .. ".html" }
        if not plain[name] then
            number = number + 1
            chapter.number = tostring(number)
        end
        if not base.draft or base.read(chapter.file) then
            chapters[#chapters + 1] = chapter
        end
    end
    out.chapters = chapters
    return out
end

function book.chapter(data, name)
    for i, chapter in ipairs(data.chapters) do
        if chapter.name == name then
            return chapter, i
        end
    end
end

if arg and arg[0] and arg[0]:match("book%.lua$") then
    run()
end

return book
