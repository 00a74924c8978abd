-- SPDX-License-Identifier: MIT
--
-- Print: put the chapters' LaTeX into one document and run LuaLaTeX until
-- its page numbers stand still. Then read the log: an undefined reference,
-- a missing character or a line of code that runs over its box is a
-- complaint, not a page.

package.path = "press/?.lua;bench/results/?.lua;" .. package.path
local base = require "base"
local books = require "book"
local values = require "values"

local book = books.load()
local folder = book.build .. "/press/"
local job = folder .. "pagewise"

local function back(title)
    return "\\chapter*{" .. title .. "}\\addcontentsline{toc}{chapter}{"
        .. title .. "}\\markboth{" .. title .. "}{}\n"
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
    return back("Colophon") .. "The numbers in this "
        .. "copy are those of " .. (mine and "the machine that printed it, "
        .. "wherever it measured them, and else of " or "") .. "the book's "
        .. "reference machine. Line numbers are those of the published "
        .. "sources, which carry no markers. Set in Charis SIL, Inter and "
        .. "JetBrains Mono.\n\\begin{description}[style=nextline,"
        .. "font=\\normalfont]\\small\\raggedright\n"
        .. table.concat(out, "\n") .. "\n\\end{description}\n"
end

local function document()
    local front, main = {}, {}
    for _, chapter in ipairs(book.chapters) do
        local list = chapter.number and main or front
        list[#list + 1] = "\\input{" .. folder .. chapter.name .. ".tex}"
    end
    local fill = { title = base.tex(book.title), author = base.tex(
        book.author), subtitle = base.tex(book.subtitle),
        edition = base.tex(book.edition), language = book.language,
        fonts = "./" .. book.build .. "/fonts",
        front = table.concat(front, "\n"), main = table.concat(main, "\n"),
        back = back("Bibliography") .. "\\input{"
        .. folder .. "bibliography.tex}\n\\input{" .. folder
        .. "read.tex}\n\\input{" .. folder .. "notso.tex}\n"
        .. colophon() }
    return (base.read("press/theme/book.tex"):gsub("%$(%l+)%$", fill))
end

-- What an interrupted run left behind makes the next one fail: start over
-- without it, once.
local function run(again)
    local ok = os.execute("TEXMFVAR=" .. base.quote(os.getenv("PWD") .. "/"
        .. folder .. "texmf") .. " lualatex -interaction=nonstopmode "
        .. "-halt-on-error -output-directory=" .. folder .. " "
        .. job .. ".tex >" .. folder .. "pagewise.out 2>&1 </dev/null")
    local log = base.read(job .. ".log") or ""
    if not ok and not again and base.read(job .. ".aux") then
        for _, left in ipairs { ".aux", ".toc", ".out" } do
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

local function auxiliary()
    return (base.read(job .. ".aux") or "") .. (base.read(job .. ".toc")
        or "") .. (base.read(job .. ".out") or "")
end

base.write(job .. ".tex", document())
local log
for _ = 1, 4 do
    local before = auxiliary()
    log = run()
    if auxiliary() == before then
        break
    end
end
check(log)
base.settle()
base.write(book.build .. "/" .. (book.name or "pagewise") .. ".pdf",
    base.read(job .. ".pdf"))
