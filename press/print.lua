-- SPDX-License-Identifier: MIT
--
-- Print: put the chapters' LaTeX into one document and run LuaLaTeX until
-- its page numbers stand still. Then read the log: an undefined reference,
-- a missing character or a line of code that runs over its box is a
-- complaint, not a page.
--
--     lua5.4 press/print.lua [book]     A4, or the format of a book

package.path = "press/?.lua;bench/results/?.lua;" .. package.path
local base = require "base"
local books = require "book"
local values = require "values"

local book = books.load()
local folder = book.build .. "/press/"
local small = arg[1] == "book"
local name = (book.name or "pagewise") .. (small and "-book" or "")
local job = folder .. name

local function back(id, title)
    return "\\pwback{ch-" .. id .. "}{" .. title .. "}\n"
end

-- A chapter's file is the chapter and, behind it, its kept listings; they
-- go to the appendix, by file and line.
local function cut_chapter(chapter)
    local text = base.read(folder .. chapter.name .. ".tex") .. "\n"
    local body, rest = text:match("^(.-\n)(%%%%kept .*)$")
    local files, by = {}, {}
    for file, first, piece in (rest or ""):gmatch(
        "%%%%kept (%S+) (%d+)\n(.-\\end{pwcode}\n)") do
        if not by[file] then
            by[file] = { name = file }
            files[#files + 1] = by[file]
        end
        table.insert(by[file], { first = tonumber(first), text = piece })
    end
    for _, file in ipairs(files) do
        table.sort(file, function(a, b)
            return a.first < b.first
        end)
    end
    base.write(folder .. chapter.name .. ".body.tex", body or text)
    return files
end

local function cut()
    local out, linked = {}, base.load(folder .. "book.tab")
    for i, chapter in ipairs(book.chapters) do
        local files = cut_chapter(chapter)
        if #files > 0 then
            out[#out + 1] = "\\pwrestof{" .. base.tex((chapter.number
                and chapter.number .. "  " or "")
                .. linked.chapters[i].title) .. "}\n"
        end
        for _, file in ipairs(files) do
            out[#out + 1] = "\\pwrestfile{" .. base.tex(file.name) .. "}\n"
            for _, piece in ipairs(file) do
                out[#out + 1] = piece.text
            end
        end
    end
    if #out == 0 then
        return ""
    end
    return back("rest", "The rest of the source") .. "What a chapter only "
        .. "mentions stands here, each piece with the line numbers of its "
        .. "file and the page it belongs to.\n\n" .. table.concat(out)
end

-- Files that were made by the same program on the same machine are one
-- entry, with the days of the first and the last.
local function grouped(files)
    local list, by = {}, {}
    for _, file in ipairs(files) do
        local m = file.meta
        local key = table.concat({ m.cpu, m.kernel, m.compiler, m.flags,
            m.command }, "\n")
        local group = by[key]
        if not group then
            group = { meta = m, names = {}, rows = 0, from = m.date,
                to = m.date }
            by[key], list[#list + 1] = group, group
        end
        group.names[#group.names + 1] = "\\texttt{" .. base.tex(
            file.path:match("[^/]+/[^/]+$")) .. "}"
        group.rows = group.rows + #file.rows
        group.from = m.date < group.from and m.date or group.from
        group.to = m.date > group.to and m.date or group.to
    end
    return list
end

local function entry(group, where)
    local m, from, to = group.meta, group.from:sub(1, 10),
        group.to:sub(1, 10)
    return string.format("\\item[%s] %d records, %s. %s; kernel %s; %s, "
        .. "\\texttt{%s}; %s. Again with \\texttt{%s}.",
        table.concat(group.names, ", "), group.rows, where,
        base.tex(m.cpu), base.tex(m.kernel), base.tex(m.compiler),
        base.tex(m.flags), base.tex(from == to and from
            or from .. " to " .. to), base.tex(m.command))
end

local function colophon()
    local tree, out = values.open(book), {}
    for _, layer in ipairs { { "reader", "measured where this copy was "
        .. "printed" }, { "reference", "from the reference machine" } } do
        for _, group in ipairs(grouped(tree[layer[1]].files)) do
            out[#out + 1] = entry(group, layer[2])
        end
    end
    local mine = #tree.reader.files > 0
    return back("colophon", "Colophon") .. "The numbers in this "
        .. "copy are those of " .. (mine and "the machine that printed it, "
        .. "wherever it measured them, and else of " or "") .. "the book's "
        .. "reference machine. Line numbers are those of the published "
        .. "sources, which carry no markers. Set in Charis SIL, Inter and "
        .. "JetBrains Mono.\n\\begin{description}[style=nextline,"
        .. "font=\\normalfont]\\small\\raggedright\n"
        .. table.concat(out, "\n") .. "\n\\end{description}\n"
end

local function imprint()
    local tree = values.open(book)
    local mine = #tree.reader.files > 0
    local lines = { base.tex(book.title) .. ": " .. base.tex(book.subtitle),
        base.tex(book.author), "Edition of " .. base.tex(book.edition)
        .. ", identified as \\texttt{" .. base.tex(book.identifier) .. "}",
        "The text is under CC BY 4.0, the code under MIT; the kernel "
        .. "modules also under GPL-2.0-only.",
        "Every line of C in this book was compiled, and every number "
        .. "measured, by the programs it prints. " .. (mine
        and "This copy was printed where they were run, and shows what "
        .. "they found there beside what was recorded." or "This copy "
        .. "shows what was recorded on the reference machine.")
        .. " The colophon names the machines.",
        "Printed by \\texttt{make " .. (small and "pdf-book" or "pdf")
        .. "}. Set in Charis SIL, Inter and JetBrains Mono, with signs of "
        .. "TeX Gyre Schola in formulae." }
    return table.concat(lines, "\\par\n")
end

local function document(rest)
    local front, main = {}, {}
    for _, chapter in ipairs(book.chapters) do
        local list = chapter.number and main or front
        list[#list + 1] = "\\input{" .. folder .. chapter.name
            .. ".body.tex}"
    end
    local glossary = folder .. "glossary.tex"
    glossary = base.read(glossary) and "\\input{" .. glossary .. "}\n" or ""
    local fill = { title = base.tex(book.title), author = base.tex(
        book.author), subtitle = base.tex(book.subtitle),
        edition = base.tex(book.edition), language = book.language,
        twosided = small and "true" or "false", imprint = imprint(),
        sides = small and "twoside" or "oneside",
        fonts = "./" .. book.build .. "/fonts",
        han = "./" .. book.build .. "/fonts/print/han.ttf",
        front = table.concat(front, "\n"), main = table.concat(main, "\n"),
        back = rest .. glossary .. back("bibliography", "Bibliography")
        .. "\\input{" .. folder .. "bibliography.tex}\n\\input{" .. folder
        .. "read.tex}\n\\input{" .. folder .. "notso.tex}\n"
        .. colophon() }
    return (base.read("press/theme/book.tex"):gsub("%$(%l+)%$", fill))
end

-- latexmk runs LuaLaTeX and makeindex until nothing moves. What an
-- interrupted run left behind makes the next one fail: start over without
-- it, once.
local function run(again)
    local there = os.getenv("PWD") .. "/" .. folder
    -- Without TEXMFCACHE the fonts' tables would go where root may write,
    -- and name files of whichever checkout was printed last.
    local cache = base.quote(there .. "texmf")
    -- latexmk runs makeindex in the folder of its results.
    local style = base.quote(os.getenv("PWD") .. "/press/theme") .. ":"
    local ok = os.execute("TEXMFVAR=" .. cache .. " TEXMFCACHE=" .. cache
        .. " INDEXSTYLE=" .. style .. " latexmk -norc -lualatex "
        .. "-silent -interaction=nonstopmode "
        .. "-halt-on-error -e '$makeindex=q{makeindex -q -s "
        .. "book.mst -o %D %S}; $max_repeat=6' "
        .. "-outdir=" .. folder .. " " .. job .. ".tex >" .. job
        .. ".out.txt 2>&1 </dev/null")
    local log = base.read(job .. ".log") or ""
    -- A page number may move for ever; what was printed last will do.
    ok = ok or log:find("Output written on", 1, true)
        and not log:find("\n! ", 1, true)
    if not ok and not again and base.read(job .. ".aux") then
        for _, left in ipairs { ".aux", ".toc", ".out", ".figures",
            ".listings", ".ind", ".idx", ".fdb_latexmk", ".fls",
            ".log" } do
            os.remove(job .. left)
        end
        return run(true)
    end
    if not ok then
        local what, line = log:match("\n! ([^\n]*).-\nl%.(%d+)")
        base.fail("pdf", "LuaLaTeX: " .. (what or "failed") .. (line
            and " at line " .. line or ""), "see " .. job .. ".log")
    end
    return log
end

local function check(log)
    log = log:gsub("\n([^\n]+)\n", "\n%1\n")
    for what in log:gmatch("LaTeX Warning: (Reference [^\n]*)") do
        base.complain("pdf", what, "mend the reference")
    end
    for glyph in log:gmatch("Missing character: There is no ([^\n]*)") do
        base.complain("pdf", "missing character " .. glyph,
            "use another or add it to press/fonts.sh")
    end
    for points in log:gmatch("Overfull \\hbox %(([%d.]+)pt too wide%)") do
        if tonumber(points) > 6 then
            base.complain_soft("pdf", "a line runs over by " .. points
                .. " pt", "see Overfull in " .. job .. ".log")
        end
    end
end

-- Pages of each chapter's reading path: build/press/JOB.pages, for
-- make weight.
local function count_pages()
    local starts, out = {}, {}
    for title, page in (base.read(job .. ".toc") or ""):gmatch(
        "\\contentsline {chapter}{(.-)}{(%d+)}{[^}]*}%%?\n") do
        starts[#starts + 1] = { number = title:match(
            "^\\numberline {(.-)}"), page = tonumber(page) }
    end
    for i, start in ipairs(starts) do
        if start.number and starts[i + 1] then
            out[start.number] = starts[i + 1].page - start.page
        end
    end
    base.save(job .. ".pages", out)
end

local rest = cut()
base.write(job .. ".tex", document(rest))
check(run())
base.settle()
count_pages()
base.write(book.build .. "/" .. name .. ".pdf", base.read(job .. ".pdf"))
