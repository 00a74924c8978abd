-- SPDX-License-Identifier: MIT
--
-- The HTML book from its rendered chapters: split into pages (parts.lua),
-- names linked (names.lua), lists gathered (lists.lua), the search index
-- written (search.lua), all put into the template; and the pages that no
-- chapter writes: the first one (landing.lua), contents, sources, colophon.
-- One run makes all of them; what did not change is not written again.

package.path = "press/?.lua;bench/results/?.lua;" .. package.path
local base = require "base"
local books = require "book"
local colophon = require "colophon"
local highlight = require "highlight"
local landing = require "landing"
local link = require "link"
local lists = require "lists"
local names = require "names"
local nav = require "nav"
local palette = require "palette"
local parts = require "parts"
local search = require "search"
local source = require "source"
local tokens = require "tokens"
local values = require "values"

local book = books.load()
local linked = base.load(book.build .. "/press/book.tab")
local out = book.build .. "/html/"
local template = base.read("press/theme/page.html")
local esc = base.html

local chapters, pages = {}, {} -- in the book's order
local written, letters = {}, {}

-- A page that the book does not have (a sample has no glossary) is empty.
local function rendered(name)
    return base.read(book.build .. "/press/" .. name .. ".html") or ""
end

------------------------------------------------------------------ pages

local function headings(body)
    local list = {}
    for heading in tokens.headings(body) do
        local inner = heading.inner:gsub('<a class="perma".-</a>', "")
        local n = inner:match('<span class="secno">(.-)</span>')
        inner = inner:gsub("<span[^>]*>.-</span> ?", "")
            :gsub("</?a[^>]*>", "")
        list[#list + 1] = { level = heading.level, number = n,
            id = heading.id, html = inner }
    end
    return list
end

local function add_page(chapter, page)
    page.chapter = chapter
    page.headings = headings(page.body)
    for _, h in ipairs(page.headings) do
        if page.id and h.id == page.id then
            page.html, page.number = h.html, h.number
        end
    end
    if page.goes_on then
        local before = pages[#pages]
        page.html = before.html:gsub(", continued$", "") .. ", continued"
    end
    page.html = page.html or chapter.html
    page.title = tokens.text(page.html)
    table.insert(chapter.pages, page)
    pages[#pages + 1] = page
end

local function read_chapters()
    for _, entry in ipairs(linked.chapters) do
        local chapter = { name = entry.name, number = entry.number,
            html = entry.html, page = entry.page, pages = {} }
        chapters[#chapters + 1] = chapter
        for _, page in ipairs(parts.split(chapter, rendered(entry.name))) do
            add_page(chapter, page)
        end
        chapter.pages[1].html = entry.html
    end
end

local function add_back(name, body)
    for _, entry in ipairs(nav.back) do
        if entry.name == name and body ~= "" then
            local chapter = entry
            chapter.pages, chapter.back = {}, true
            chapters[#chapters + 1] = chapter
            add_page(chapter, { file = name .. ".html", body = body })
            pages[#pages].headings = {}
        end
    end
end

-- Every id's page, from the first or a later page on; addresses inside the
-- book are those of its pages.
local function addresses(at, from)
    for i = from, #pages do
        local page = pages[i]
        for id in page.body:gmatch(' id="([^"]+)"') do
            at[id] = at[id] or page.file
        end
    end
    return at
end

local function readdress(at)
    local known = {}
    for _, chapter in ipairs(chapters) do
        known[chapter.pages[1].file] = true
    end
    for _, page in ipairs(pages) do
        page.body = page.body:gsub('href="([%w_-]*%.?h?t?m?l?)#([^"]+)"',
            function(file, id)
                local to = (file == "" or known[file]) and at[id]
                return to and 'href="' .. (to == page.file and "" or to)
                    .. "#" .. id .. '"' or nil
            end)
    end
end

local function note_letters(text)
    for letter in text:gsub("[%g%s]+", ""):gmatch(utf8.charpattern) do
        letters[letter] = true
    end
end

local function write_page(path, values_)
    local root = path:gsub("[^/]+/", "../"):gsub("[^/]+$", "")
    values_.lang, values_.root = book.language, root
    values_.booktitle = esc(book.title)
    local text = template:gsub("%$(%l+)%$", values_)
    written[path] = true
    note_letters(text)
    base.write(out .. path, text)
end

-- What opens a fold is a button, in which nothing else can be pressed; and
-- the cell over a column of names is no heading.
local function for_everyone(body)
    body = tokens.replace(body, "<summary>", "</summary>", function(summary)
        return (summary:gsub("</?a[^>]*>", ""):gsub(' tabindex="%-?%d+"',
            ""))
    end)
    return (body:gsub("<th([^>]*)></th>", "<td%1></td>"))
end

-- A page has one heading of the first level, and none is left out below it:
-- where a page begins with a section, that is its title.
local function title_of(page)
    local body, first = page.body, page == page.chapter.pages[1]
    if first then
        return body
    elseif page.goes_on then
        return '<h1 class="part">' .. page.html .. "</h1>" .. body:gsub(
            "<(/?)h3", "<%1h2")
    end
    local level = page.level
    local head, rest = body:match("^(.-</h" .. level .. ">)(.*)$")
    head = head:gsub("<h" .. level, '<h1 class="part"'):gsub("</h" .. level,
        "</h1")
    local at = rest:find("<h2", 1, true) or #rest + 1
    local own = rest:sub(1, at - 1):gsub("<(/?)h3", "<%1h2")
        :gsub("<(/?)h4", "<%1h3")
    return head .. own .. rest:sub(at)
end

local function write_book()
    for i, page in ipairs(pages) do
        local first = page == page.chapter.pages[1]
        local body = for_everyone(title_of(page))
        if first and not page.chapter.back then
            body = body:gsub("</h1>", function(tag)
                return tag .. nav.parts(page.chapter)
            end, 1)
        end
        write_page(page.file, { pagetitle = esc((first and tokens.text(
            page.chapter.html) or page.title .. " · " .. tokens.text(
            page.chapter.html)) .. " · " .. book.title),
            class = body:find('class="note"', 1, true) and "book"
                or "book nonotes",
            body = nav.trail(page) .. body,
            side = nav.side(chapters, page, ""),
            steps = nav.steps(pages[i - 1], pages[i + 1], "") })
    end
end

---------------------------------------------------------------- sources

local function make_folders(list)
    local seen, words = {}, {}
    for _, path in ipairs(list) do
        local folder = base.quote(out .. "src/" .. path:match("^(.*)/"))
        if not seen[folder] then
            seen[folder] = true
            words[#words + 1] = folder
        end
    end
    os.execute("mkdir -p " .. table.concat(words, " "))
end

local function publish()
    local list = base.glob(table.concat(book.sources, " "))
    make_folders(list)
    for _, path in ipairs(list) do
        base.write(out .. "src/" .. path, table.concat(source.read(
            path).lines, "\n") .. "\n")
        written["src/" .. path] = true
    end
    return list
end

-- The page of a file of code depends on the file and on what all such pages
-- have around it; those that are as they were are only read.
local frame = book.build .. "/press/src.frame"
local function stale(list)
    local around = table.concat({ template, nav.side(chapters, nil, ""),
        base.read("press/highlight.lua"), base.read("press/pages.lua") })
    local changed = {}
    if base.read(frame) == around then
        local words = {}
        for i, path in ipairs(list) do
            words[i] = base.quote(path)
        end
        local pipe = assert(io.popen("find " .. table.concat(words, " ")
            .. " -newer " .. base.quote(frame)))
        for path in pipe:lines() do
            changed[path] = true
        end
        pipe:close()
        return changed
    end
    os.remove(frame) -- until all are written
    for _, path in ipairs(list) do
        changed[path] = true
    end
    return changed, around
end

local function kept_page(path)
    local text = base.read(out .. "src/" .. path .. ".html")
    if text then
        written["src/" .. path .. ".html"] = true
        note_letters(text)
    end
    return text
end

local function source_page(path)
    local file, rows = source.read(path), {}
    for i, row in ipairs(highlight.lines(table.concat(file.lines, "\n"),
        source.language(path))) do
        rows[i] = string.format('<span class="l" id="L%d" data-n="%d">%s\n'
            .. "</span>", i, i, highlight.html(row))
    end
    write_page("src/" .. path .. ".html", { class = "plain",
        pagetitle = esc(path .. " · " .. book.title), body = string.format(
        '<div class="source-page"><h1><code>%s</code></h1><p>%d lines. '
        .. '<a href="%s" download>Download</a></p><pre class="code '
        .. 'numbered"><code>%s</code></pre></div>', esc(path), #file.lines,
        path:match("[^/]+$"), table.concat(rows)),
        side = nav.side(chapters, nil, path:gsub("[^/]+/", "../")
        :gsub("[^/]+$", "../")), steps = "" })
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

-- What a file says of itself: the first sentence of its opening comment.
local function theory(path)
    local text = table.concat(source.read(path).lines, "\n", 1,
        math.min(20, #source.read(path).lines))
    text = text:gsub("[^\n]*SPDX[^\n]*\n", ""):gsub("^[%s/*#%-]+", "")
        :gsub("\n[ \t]*[*#%-]+/?[ \t]?", "\n")
    local said = text:match("^(.-%.)%s") or ""
    return #said < 300 and not said:match("[{;]") and said:gsub("%s+", " ")
        or ""
end

local function sources(list)
    local folders, order = {}, {}
    for _, path in ipairs(list) do
        local folder = path:match("^.*/")
        if not folders[folder] then
            folders[folder] = {}
            order[#order + 1] = folder
        end
        table.insert(folders[folder], path)
    end
    table.sort(order)
    local rows = {}
    for _, folder in ipairs(order) do
        rows[#rows + 1] = "<h2>" .. esc(folder) .. '</h2><dl class="files">'
        for _, path in ipairs(folders[folder]) do
            rows[#rows + 1] = string.format('<dt><a href="src/%s.html">'
                .. "<code>%s</code></a></dt><dd>%s <span>%d lines</span>"
                .. "</dd>", path, esc(path:match("[^/]+$")), esc(theory(
                path)), #source.read(path).lines)
        end
        rows[#rows + 1] = "</dl>"
    end
    return "<h1>Sources</h1><p>The files from which the listings come, "
        .. "without the markers that say where a listing begins and ends. "
        .. "Line numbers in listings are those of these copies.</p>"
        .. downloads() .. table.concat(rows)
end

------------------------------------------------------------------- rest

local function label_of(at)
    return function(id)
        local entry = linked.ids[id]
        if entry then
            return entry.label
        end
        for _, page in ipairs(pages) do
            if page.file == at[id] then
                return page.title
            end
        end
        return id
    end
end

local function style_sheet()
    base.write(out .. "book.css", (base.read("press/theme/book.css")
        :gsub("/%* palette %*/", (palette.css():gsub("%%", "%%%%")))))
end

-- An id that a page does not have: the script looks here for its page, so
-- that addresses of the time before a chapter was split still lead there.
local function moved(at)
    local rows = {}
    for _, id in ipairs(base.keys(at)) do
        if at[id] and not id:match("^d%-") and not id:match("^n[r-]") then
            rows[#rows + 1] = base.json(id) .. ":" .. base.json(at[id])
        end
    end
    base.write(out .. "ids.js", "window.PAGEWISE_IDS={" .. table.concat(
        rows, ",\n") .. "};\n")
end

-- Pages of an earlier printing that are no more.
local function sweep()
    local pipe = assert(io.popen("cd " .. base.quote(out)
        .. " && find . -name '*.html' -o -path './src/*' -type f"))
    for path in pipe:lines() do
        path = path:gsub("^%./", "")
        if not written[path] then
            os.remove(out .. path)
        end
    end
    pipe:close()
end

local function code_folder(chapter)
    local folder = "code/" .. chapter.name
    return #base.glob(folder) > 0 and folder or nil
end

local function run()
    os.execute("mkdir -p " .. base.quote(out .. "figures"))
    style_sheet()
    local list, tree = publish(), values.open(book)
    local known = names.open(out .. "src")
    read_chapters()
    for _, page in ipairs(pages) do
        known:place(page)
    end
    local terms = lists.terms(rendered("glossary"))
    for _, page in ipairs(pages) do
        known:link(page, code_folder(page.chapter))
    end
    local at, count = addresses({}, 1), #pages
    for _, page in ipairs(pages) do
        known:settle(page)
        lists.gloss(page, terms)
    end
    local label = label_of(at)
    local claims, rows = lists.claims(pages)
    add_back("claims", claims)
    add_back("glossary", rendered("glossary"))
    add_back("names", lists.index(known, terms, label))
    add_back("bibliography", lists.back(rendered("bibliography"),
        lists.cited(pages), label))
    add_back("read", rendered("read"))
    add_back("notso", rendered("notso"))
    add_back("sources", sources(list))
    add_back("colophon", colophon.page(book, tree, link.xrefs(book)))
    addresses(at, count + 1)
    readdress(at)
    moved(at)
    write_book()
    write_page("contents.html", { class = "plain", steps = "",
        pagetitle = "Contents · " .. esc(book.title),
        body = nav.full(chapters), side = nav.side(chapters, nil, "") })
    write_page("index.html", { class = "landing", steps = "",
        pagetitle = esc(book.title .. ": " .. book.subtitle),
        body = landing.page(book, tree, chapters, rows, at),
        side = nav.side(chapters, nil, "") })
    local changed, around = stale(list)
    for _, path in ipairs(list) do
        if changed[path] or not kept_page(path) then
            source_page(path)
        end
    end
    if around then
        base.write(frame, around)
    elseif next(changed) then
        os.execute("touch " .. base.quote(frame))
    end
    local index = {}
    for _, page in ipairs(pages) do
        if not page.chapter.back then
            search.page(index, page)
        end
    end
    search.names(index, known)
    search.terms(index, terms)
    search.write(out .. "search-index.js", index)
    sweep()
    base.write(book.build .. "/press/letters.txt",
        table.concat(base.keys(letters)) .. "\n")
    base.settle()
end

run()
