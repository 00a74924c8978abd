-- SPDX-License-Identifier: MIT
--
-- Finding one's way in the HTML book: the contents at the side, the full
-- contents on the cover, previous and next. Everything comes from the
-- linked table of contents and is put into the template's variables.

local base = require "base"

local nav = {}

local esc = base.html

nav.back = {
    { name = "bibliography", page = "bibliography.html",
        html = "Bibliography", title = "Bibliography" },
    { name = "read", page = "read.html", html = "Read in the sources",
        title = "Read in the sources" },
    { name = "notso", page = "notso.html", html = "Not so on your machine",
        title = "Not so on your machine" },
    { name = "sources", page = "sources.html", html = "Sources",
        title = "Sources" },
    { name = "colophon", page = "colophon.html", html = "Colophon",
        title = "Colophon" },
}

local function pages(linked)
    local list = {}
    for _, chapter in ipairs(linked.chapters) do
        list[#list + 1] = chapter
    end
    for _, page in ipairs(nav.back) do
        list[#list + 1] = page
    end
    return list
end
nav.pages = pages

local function number(text)
    return text and '<span class="n">' .. text .. "</span> "
        or '<span class="n"></span> '
end

local function sections(chapter, deepest, prefix)
    local out = {}
    for _, entry in ipairs(chapter.toc or {}) do
        if entry.level > 1 and entry.level <= deepest then
            out[#out + 1] = string.format(
                '<li><a href="%s#%s">%s<span>%s</span></a></li>', prefix,
                entry.id,
                entry.number and number(entry.number) or "", entry.html)
        end
    end
    return #out > 0 and "<ol>" .. table.concat(out) .. "</ol>" or ""
end

-- The contents at the side: all chapters, the sections of this one.
function nav.side(linked, name, root)
    local out = {}
    for _, page in ipairs(pages(linked)) do
        local here = page.name == name
        out[#out + 1] = string.format(
            '<li%s><a href="%s%s"%s>%s<span>%s</span></a>%s</li>',
            page.toc and "" or ' class="backmatter"', root or "", page.page,
            here and ' aria-current="page"' or "", number(page.number),
            page.html, here and sections(page, 2, "") or "")
    end
    return "<ol>" .. table.concat(out) .. "</ol>"
end

-- The full contents of the cover.
function nav.full(linked)
    local out = {}
    for _, page in ipairs(pages(linked)) do
        out[#out + 1] = string.format(
            '<li%s><a href="%s">%s<span>%s</span></a>%s</li>',
            page.toc and "" or ' class="backmatter"',
            page.page == "index.html" and "#" .. page.id or page.page,
            number(page.number), page.html,
            page.toc and sections(page, 2, page.page == "index.html" and ""
            or page.page) or "")
    end
    return "<ol>" .. table.concat(out) .. "</ol>"
end

function nav.neighbours(linked, name)
    local list = pages(linked)
    for i, page in ipairs(list) do
        if page.name == name then
            return list[i - 1], list[i + 1]
        end
    end
end

function nav.cover(book, linked)
    return string.format('<div class="cover"><p class="book-title">%s</p>'
        .. '<p class="subtitle">%s</p><p class="downloads">'
        .. '<a href="../pagewise.pdf">PDF</a> '
        .. '<a href="../pagewise.epub">EPUB</a></p>'
        .. '<nav class="contents" aria-labelledby="contents-head">'
        .. '<h2 id="contents-head">Contents</h2>%s</nav></div>',
        esc(book.title), esc(book.subtitle), nav.full(linked))
end

local function neighbour(page, rel, word)
    return page and string.format('<a rel="%s" href="%s"><span>%s</span> '
        .. "%s</a>", rel, page.page, word, page.html) or "<span></span>"
end

function nav.fill(doc, context)
    local linked, name = context.linked, context.name
    local before, after = nav.neighbours(linked, name)
    local title = context.book.title
    for _, page in ipairs(pages(linked)) do
        if page.name == name and page.page ~= "index.html" then
            title = page.title .. " · " .. title
        end
    end
    local function raw(text)
        return pandoc.MetaInlines { pandoc.RawInline("html", text) }
    end
    doc.meta.pagetitle = pandoc.MetaString(title)
    doc.meta.booktitle = pandoc.MetaString(context.book.title)
    doc.meta.lang = pandoc.MetaString(context.book.language)
    doc.meta.side = raw(nav.side(linked, name))
    doc.meta.prev = raw(neighbour(before, "prev", "Previous"))
    doc.meta.next = raw(neighbour(after, "next", "Next"))
    if context.chapter.page == "index.html" then
        doc.meta.cover = raw(nav.cover(context.book, linked))
    end
end

return nav
