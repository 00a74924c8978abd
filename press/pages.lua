-- SPDX-License-Identifier: MIT
--
-- The pages that no chapter writes: sources (without region markers), their
-- list, the colophon with the provenance of every results file, and the
-- search index. One run makes all of them.

package.path = "press/?.lua;bench/results/?.lua;" .. package.path
local base = require "base"
local books = require "book"
local highlight = require "highlight"
local link = require "link"
local nav = require "nav"
local palette = require "palette"
local source = require "source"
local values = require "values"

local book = books.load()
local linked = base.load(book.build .. "/press/book.tab")
local out = book.build .. "/html/"
local template = base.read("press/theme/page.html")
local esc = base.html

local function make_folder(path)
    os.execute("mkdir -p " .. base.quote(path:match("^(.*)/")))
end

local function write_page(path, name, title, body)
    local root = path:gsub("[^/]+/", "../"):gsub("[^/]+$", "")
    local before, after = nav.neighbours(linked, name)
    local function step(page, rel, word)
        return page and string.format('<a rel="%s" href="%s%s"><span>%s'
            .. "</span> %s</a>", rel, root, page.page, word, page.html)
            or ""
    end
    local values_ = { lang = book.language, root = root, cover = "",
        pagetitle = esc(title .. " · " .. book.title), body = body,
        booktitle = esc(book.title), side = nav.side(linked, name, root),
        prev = step(before, "prev", "Previous"),
        next = step(after, "next", "Next") }
    base.write(out .. path, (template:gsub("%$(%l+)%$", values_)))
end

---------------------------------------------------------------- sources

local function source_page(path)
    local file = source.read(path)
    local text = table.concat(file.lines, "\n")
    local rows = {}
    for i, row in ipairs(highlight.lines(text, source.language(path))) do
        rows[i] = string.format('<span class="l" id="L%d" data-n="%d">%s\n'
            .. "</span>", i, i, highlight.html(row))
    end
    make_folder(out .. "src/" .. path)
    base.write(out .. "src/" .. path, text .. "\n")
    write_page("src/" .. path .. ".html", "sources", path, string.format(
        '<div class="source-page"><h1><code>%s</code></h1><p>%d lines. '
        .. '<a href="%s">Download</a></p><pre class="code numbered"><code>'
        .. "%s</code></pre></div>", esc(path), #file.lines,
        path:match("[^/]+$"), table.concat(rows)))
    return #file.lines
end

-- Each allocator alone, as `make take` writes it.
local function downloads()
    local rows = {}
    for _, path in ipairs(base.glob(out .. "take/*.tar.gz")) do
        local name = path:match("([^/]+)%.tar%.gz$")
        rows[#rows + 1] = string.format('<li><a href="take/%s.tar.gz">%s, '
            .. 'a folder</a>, or two files: <a href="take/pw_%s.h"><code>'
            .. 'pw_%s.h</code></a>, <a href="take/pw_%s.c"><code>pw_%s.c'
            .. "</code></a></li>", name, name, name, name, name, name)
    end
    return #rows == 0 and "" or '<h2 id="take">One allocator alone</h2><p>'
        .. "With what it needs and nothing else, and in the folder a "
        .. "program that uses it. <code>make take NAME=slab</code> writes "
        .. "the same.</p><ul>" .. table.concat(rows) .. "</ul>"
end

local function sources()
    local rows, folder = {}, nil
    for _, path in ipairs(base.glob(table.concat(book.sources, " "))) do
        local lines = source_page(path)
        if path:match("^.*/") ~= folder then
            folder = path:match("^.*/")
            rows[#rows + 1] = "</ul><h2>" .. esc(folder) .. "</h2><ul>"
        end
        rows[#rows + 1] = string.format(
            '<li><a href="src/%s.html"><code>%s</code></a>, %d lines</li>',
            path, esc(path:match("[^/]+$")), lines)
    end
    local list = (table.concat(rows) .. "</ul>"):gsub("^</ul>", "")
    write_page("sources.html", "sources", "Sources", "<h1>Sources</h1><p>"
        .. "The files from which the listings come, without the markers "
        .. "that say where a listing begins and ends. Line numbers in "
        .. "listings are those of these copies.</p>" .. downloads() .. list)
end

--------------------------------------------------------------- colophon

local shown = { "machine", "cpu", "kernel", "compiler", "flags", "versions",
    "date", "commit", "command" }

local function provenance(file, whose)
    local rows = {}
    for _, key in ipairs(shown) do
        rows[#rows + 1] = string.format("<tr><th scope=\"row\">%s</th>"
            .. "<td>%s</td></tr>", key, esc(file.meta[key] or ""))
    end
    return string.format("<h3><code>%s</code></h3><p>%d records, %s.</p>"
        .. '<div class="wide"><table>%s</table></div>', esc(file.path),
        #file.rows, whose, table.concat(rows))
end

local function whose_results(tree)
    local reader, reference = #tree.reader.files, #tree.reference.files
    if reader == 0 then
        return "The numbers in this copy are those of the book’s reference "
            .. "machine: nothing was measured where it was printed."
    elseif reference == 0 then
        return "The numbers in this copy were measured on the machine that "
            .. "printed it."
    end
    return "The numbers in this copy were measured on the machine that "
        .. "printed it wherever it measured them, and are those of the "
        .. "book’s reference machine elsewhere; each says which."
end

local function values_table(xrefs)
    local rows = {}
    for _, xref in ipairs(xrefs) do
        for _, v in ipairs(xref.values) do
            rows[#rows + 1] = string.format("<tr><td>%s</td><td>%s</td>"
                .. "<td>%s</td></tr>", esc(v.text),
                esc(xref.chapter.number or "Preface"), esc(v.tip))
        end
    end
    return '<h2 id="values">Every measured value in the text</h2>'
        .. '<div class="wide"><table><thead><tr><th>value</th>'
        .. "<th>chapter</th><th>from</th></tr></thead><tbody>"
        .. table.concat(rows) .. "</tbody></table></div>"
end

local function colophon()
    local tree, parts = values.open(book), {}
    parts[1] = "<h1>Colophon</h1><p>" .. whose_results(tree) .. "</p><p>"
        .. "Set in Charis SIL, Inter and JetBrains Mono. Text under CC BY "
        .. "4.0, code under MIT. Edition of " .. esc(book.edition)
        .. ".</p>"
    for _, layer in ipairs { { "reader", "measured on this machine" },
        { "reference", "from the reference machine" } } do
        local files = tree[layer[1]].files
        if #files > 0 then
            parts[#parts + 1] = "<h2>Results " .. layer[2] .. "</h2>"
        end
        for _, file in ipairs(files) do
            parts[#parts + 1] = provenance(file, layer[2])
        end
    end
    parts[#parts + 1] = values_table(link.xrefs(book))
    write_page("colophon.html", "colophon", "Colophon",
        table.concat(parts, "\n"))
end

----------------------------------------------------------------- search

local function search()
    local entries = {}
    for _, xref in ipairs(link.xrefs(book)) do
        for _, entry in ipairs(xref.search) do
            local number = entry.number and entry.number .. " " or ""
            entries[#entries + 1] = string.format('{"u":%s,"t":%s,"x":%s}',
                base.json(xref.chapter.page .. "#" .. entry.id),
                base.json(number .. entry.title), base.json(entry.text))
        end
    end
    base.write(out .. "search-index.js", "window.PAGEWISE_INDEX=[\n"
        .. table.concat(entries, ",\n") .. "];\n")
end

local function rendered()
    for _, chapter in ipairs(linked.chapters) do
        base.write(out .. chapter.page, base.read(book.build .. "/press/"
            .. chapter.name .. ".html"))
    end
    for _, name in ipairs { "bibliography", "read", "notso" } do
        base.write(out .. name .. ".html", base.read(book.build
            .. "/press/" .. name .. ".html"))
    end
end

local function style_sheet()
    base.write(out .. "book.css", (base.read("press/theme/book.css")
        :gsub("/%* palette %*/", (palette.css():gsub("%%", "%%%%")))))
end

os.execute("mkdir -p " .. base.quote(out .. "figures"))
style_sheet()
rendered()
sources()
colophon()
search()
base.settle()
