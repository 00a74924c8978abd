-- SPDX-License-Identifier: MIT
--
-- Finding one's way in the HTML book: the contents at the side, the page of
-- all contents, the parts of a chapter at its beginning, previous and next.
-- Everything comes from the pages and their headings.
--
-- A page is {file, chapter, title, html, number, id, headings, first}; a
-- chapter is {name, title, html, number, pages}. Pages that no chapter
-- writes are chapters of one page without headings.

local base = require "base"

local nav = {}

nav.back = {
    { name = "claims", html = "All claims" },
    { name = "glossary", html = "Glossary" },
    { name = "names", html = "Index" },
    { name = "bibliography", html = "Bibliography" },
    { name = "read", html = "Read in the sources" },
    { name = "notso", html = "Not so on your machine" },
    { name = "sources", html = "Sources" },
    { name = "colophon", html = "Colophon" },
}

local function number(text)
    return '<span class="n">' .. (text or "") .. "</span>"
end

local function item(root, file, id, n, html, more)
    return string.format('<a href="%s%s%s"%s>%s<span>%s</span></a>', root,
        file, id and "#" .. id or "", more or "", number(n), html)
end

-- A chapter's headings of levels 2 and 3 as nested lists. `here` is the
-- page one is on: its own headings are addressed by their ids alone, which
-- the script follows with the scroll.
local function sections(chapter, root, here)
    local out, open = {}, false
    for _, page in ipairs(chapter.pages) do
        for _, h in ipairs(page.headings) do
            local mine = page == here
            local begins = h.id == page.id and not mine
            local link = item(mine and "" or root, mine and "" or page.file,
                not begins and h.id or nil, h.number, h.html)
            if h.level == 2 then
                out[#out + 1] = (open and "</ol></li>" or "") .. "<li>"
                    .. link .. "<ol>"
                open = true
            elseif h.level == 3 then
                out[#out + 1] = (open and "" or "<li><ol>") .. "<li>"
                    .. link .. "</li>"
                open = true
            end
        end
    end
    if open then
        out[#out + 1] = "</ol></li>"
    end
    local text = table.concat(out):gsub("<ol></ol>", "")
    return text ~= "" and "<ol>" .. text .. "</ol>" or ""
end

-- The contents at the side: all chapters, the sections and subsections of
-- this one.
function nav.side(chapters, here, root)
    local out = {}
    for _, chapter in ipairs(chapters) do
        local mine = here and chapter == here.chapter
        local top = chapter.pages[1]
        out[#out + 1] = string.format("<li%s>%s%s</li>", chapter.back
            and ' class="backmatter"' or "", item(root, top.file, nil,
            chapter.number, chapter.html, here == top
            and ' aria-current="page"' or ""), mine
            and sections(chapter, root, here) or "")
    end
    return "<ol>" .. table.concat(out) .. "</ol>"
end

-- The page of all contents: three levels of every chapter.
function nav.full(chapters)
    local out = {}
    for _, chapter in ipairs(chapters) do
        out[#out + 1] = string.format("<li%s>%s%s</li>", chapter.back
            and ' class="backmatter"' or "", item("", chapter.pages[1].file,
            nil, chapter.number, chapter.html), sections(chapter, ""))
    end
    return '<h1>Contents</h1><nav class="contents" aria-label="All '
        .. 'chapters"><ol>' .. table.concat(out) .. "</ol></nav>"
end

-- The parts of a chapter, where it opens.
function nav.parts(chapter)
    if #chapter.pages < 2 then
        return ""
    end
    local out = {}
    for i = 2, #chapter.pages do
        local page = chapter.pages[i]
        out[#out + 1] = string.format('<li><a href="%s">%s</a></li>',
            page.file, (page.number and page.number .. "\194\160\194\160"
            or "") .. page.html)
    end
    return '<nav class="parts" aria-label="The pages of this chapter"><ol>'
        .. table.concat(out) .. "</ol></nav>"
end

local function step(page, root, rel, word)
    return page and string.format('<a rel="%s" href="%s%s"><span>%s</span> '
        .. "%s</a>", rel, root, page.file, word, page.html)
        or "<span></span>"
end

function nav.steps(before, after, root)
    return step(before, root, "prev", "Previous") .. " "
        .. step(after, root, "next", "Next")
end

-- Where one is, above a page that is not the first of its chapter.
function nav.trail(page)
    local chapter = page.chapter
    if page == chapter.pages[1] then
        return ""
    end
    return string.format('<p class="trail"><a href="%s">%s%s</a></p>',
        chapter.pages[1].file, chapter.number and "Chapter "
        .. chapter.number .. "\194\160\194\160" or "", chapter.html)
end

nav.escape = base.html

return nav
