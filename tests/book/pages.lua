-- SPDX-License-Identifier: MIT
--
-- The pages of a PDF of the book, looked at through pdftotext -bbox:
--
--     lua5.4 tests/book/pages.lua FILE.pdf [-v]
--
-- Complains of each page that is under two thirds full and not a chapter's
-- last, of each heading, an exercise's too, that is a page's last line, and
-- of each running head that says a thing twice; -v prints how full every
-- page is.

local file, verbose = arg[1], arg[2] == "-v"
local mm = 72 / 25.4
local bad = 0

local function complain(...)
    bad = bad + 1
    print(string.format(...))
end

-- What the text block is on a page of this width (theme/book.tex).
local function block(width)
    if width > 500 then
        return { top = 27 * mm, high = 231 * mm, left = 14 * mm,
            right = 153 * mm }
    end
    return { top = 20 * mm, high = 196 * mm, left = 8 * mm,
        right = 160 * mm }
end

local function read()
    local pages = {}
    local pipe = assert(io.popen("pdftotext -bbox '" .. file .. "' -"))
    for line in pipe:lines() do
        local width = line:match('<page width="([%d.]+)"')
        if width then
            pages[#pages + 1] = { block = block(tonumber(width)),
                head = {}, words = {} }
        end
        local x0, y0, x1, y1, word = line:match('<word xMin="([%d.-]+)" '
            .. 'yMin="([%d.-]+)" xMax="([%d.-]+)" yMax="([%d.-]+)">(.-)<')
        if x0 then
            local page = pages[#pages]
            local b, w = page.block, { x0 = tonumber(x0),
                y0 = tonumber(y0), x1 = tonumber(x1), y1 = tonumber(y1),
                text = word }
            if w.y1 < b.top - 3 then
                table.insert(page.head, word)
            elseif w.x0 > b.left and w.x0 < b.right and w.y0 < b.top
                + b.high + 4 then
                table.insert(page.words, w)
            end
        end
    end
    pipe:close()
    return pages
end

-- Headings, without blanks, from the bookmarks.
local function headings()
    local set = {}
    local pipe = assert(io.popen("qpdf --json --json-key=outlines '" .. file
        .. "'"))
    for title in pipe:read("a"):gmatch('"title": "(.-)",?\n') do
        set[title:gsub("\\u00a0", ""):gsub("[%s`]", "")] = true
    end
    pipe:close()
    return set
end

local function bottom(page)
    local y, line = page.block.top, {}
    for _, w in ipairs(page.words) do
        y = math.max(y, w.y1)
    end
    for _, w in ipairs(page.words) do
        if w.y1 > y - 6 then
            line[#line + 1] = w
        end
    end
    table.sort(line, function(a, b)
        return a.x0 < b.x0
    end)
    local text = {}
    for i, w in ipairs(line) do
        text[i] = w.text
    end
    return y, table.concat(text)
end

local pages, titles = read(), headings()

-- An opener has only its number above the text.
local function opens(page)
    return not page or #page.head <= 1
end

local short = 0
for n, page in ipairs(pages) do
    local y, last = bottom(page)
    local full = (y - page.block.top) / page.block.high
    local start = page.words[1] and page.words[1].text or ""
    if verbose then
        print(string.format("%4d %5.0f %%  %s%s", n, 100 * full,
            opens(page) and "opens " or "", start))
    end
    if full < 2 / 3 and not opens(pages[n + 1]) and n > 4 then
        short = short + 1
        complain("page %d: %.0f %% full, and no chapter ends there", n,
            100 * full)
    end
    if (titles[last] or last:match("^Exercise%d+%.%d+$"))
        and not opens(pages[n + 1]) then
        complain("page %d: the heading '%s' is its last line", n, last)
    end
    local head = table.concat(page.head, " ")
    local half = head:match("^(%u%u+) %1") or head:match("^(.+) %1 %d+$")
    if half then
        complain("page %d: a running head of '%s'", n, head)
    end
end
print(string.format("%d pages, %d of them short", #pages, short))
os.exit(bad == 0)
