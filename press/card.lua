-- SPDX-License-Identifier: MIT
--
-- build/pagewise-card.pdf: the guide of "Which one?" on one page, from the
-- same rules (choose.lua) and figures as the chapter. More than one page is
-- a complaint.

package.path = "press/?.lua;bench/results/?.lua;" .. package.path
local base = require "base"
local books = require "book"
local choose = require "choose"
local values = require "values"

local book = books.load()
local folder = book.build .. "/press/"
local tree = values.open(book).recorded

-- `code` as typewriter; the rest as TeX.
local function tex(text)
    return (base.tex(text):gsub("`(.-)`", "\\texttt{%1}")
        :gsub("…", "\\ldots{}"))
end

local function cost(pair)
    local a = values.format(pair[1], "instructions", true)
    local b = values.format(pair[2], "instructions", true)
    return a == b and a or a .. " to " .. b
end

local function rules()
    local out = {}
    for _, row in ipairs(choose.rows(book, tree)) do
        out[#out + 1] = string.format("\\rulerow{%s}{%s}{%s}{%s}{%s}{%s}"
            .. "{%s}", tex(row.need), choose.range(row), tex(row.c),
            cost(row.cost), tex(row.got or "not asked"), tex(row.fails),
            tex(row.never))
    end
    return table.concat(out, "\n")
end

-- Where the other kernels would have it otherwise.
local function steps()
    local kernels, parts = {}, {}
    for _, row in ipairs(tree.rows) do
        if row.experiment == "which.used" and not kernels[row.kernel] then
            kernels[row.kernel] = true
            kernels[#kernels + 1] = row.kernel
        end
    end
    table.sort(kernels)
    for _, step in ipairs(choose.steps(book, tree, kernels)) do
        parts[#parts + 1] = string.format("%s: \\texttt{%s} to %s",
            step.kernel, base.tex(step.from:gsub("^kernel%-", "")),
            choose.size(step.last))
    end
    return "where the call changes, by kernel: "
        .. table.concat(parts, "; ") .. "."
end

-- The chapter's two figures, where the book draws them.
local function figures()
    local out = {}
    for _, name in ipairs { "which-cost", "which-success" } do
        local path = "./" .. book.build .. "/figures/" .. name .. ".pdf"
        if base.read(path) then
            out[#out + 1] = "\\includegraphics[width=.49\\linewidth]{"
                .. path .. "}"
        end
    end
    return table.concat(out, "\\hfill\n")
end

local fill = { title = base.tex(book.title), author = base.tex(book.author),
    language = book.language, edition = base.tex(book.edition),
    fonts = "./" .. book.build .. "/fonts",
    figures = figures(),
    kernel = base.tex(book["default-kernel"]), steps = steps(),
    rules = rules() }
local job = folder .. "pagewise-card"
base.write(job .. ".tex", (base.read("press/theme/card.tex"):gsub(
    "%$(%l+)%$", fill)))
local ok = os.execute("TEXMFVAR=" .. base.quote(os.getenv("PWD") .. "/"
    .. folder .. "texmf") .. " lualatex -interaction=nonstopmode "
    .. "-halt-on-error -output-directory=" .. folder .. " " .. job
    .. ".tex >" .. job .. ".said 2>&1 </dev/null")
local log = base.read(job .. ".log") or ""
if not ok then
    base.fail("card", "LuaLaTeX: " .. (log:match("\n! ([^\n]*)")
        or "failed"), "see " .. job .. ".log")
end
local pages = log:match("Output written on .-%((%d+) page")
if pages ~= "1" then
    base.complain("card", "it has " .. (pages or "no") .. " pages",
        "shorten " .. book.guide .. " or press/theme/card.tex")
end
for glyph in log:gmatch("Missing character: There is no ([^\n]*)") do
    base.complain("card", "missing character " .. glyph,
        "use another or add it to press/fonts.sh")
end
base.settle()
base.write(book.build .. "/pagewise-card.pdf", base.read(job .. ".pdf"))
