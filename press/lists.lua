-- SPDX-License-Identifier: MIT
--
-- What is gathered from all pages once they are rendered: the list of all
-- claims, the index of names and terms, the glossary's notes where a term
-- is first used, and where each work is cited.

local base = require "base"
local tokens = require "tokens"

local lists = {}

local esc = base.html

local function link(page, id, text)
    return string.format('<a href="%s#%s">%s</a>', page, id, text)
end

----------------------------------------------------------------- claims

local function claims_of(page, rows)
    local at = 1
    while true do
        local a = page.body:find('<div class="claim ', at)
        if not a then
            return
        end
        local b = tokens.element(page.body, a)
        local html = page.body:sub(a, b)
        local word, id = html:match(
            'class="claim c%-([%w-]+)" id="([^"]+)"')
        local head, rest = html:match('<p class="claim%-head">(.-)</p>(.*)')
        local label = head:match('class="label"[^>]*>(.-)</a>')
        local said = head:match('(<span class="word.*</span>)')
        local statement = rest:match('^(.-)<ul class="verdicts">')
        rows[#rows + 1] = { id = id, page = page.file, label = label,
            word = word, verdict = said, chapter = page.chapter,
            statement = tokens.text(statement) }
        at = b + 1
    end
end

local function claims_table(rows)
    local out = { '<div class="wide"><table class="list"><thead><tr><th>'
        .. "claim</th><th>statement</th><th>verdict</th></tr></thead>"
        .. "<tbody>" }
    for _, row in ipairs(rows) do
        out[#out + 1] = string.format("<tr><td>%s</td><td>%s</td>"
            .. "<td>%s</td></tr>", link(row.page, row.id,
            row.label:gsub("^Claim ", "")), esc(row.statement), row.verdict)
    end
    return table.concat(out) .. "</tbody></table></div>"
end

-- The page of all claims: the essay's, then those of each chapter.
function lists.claims(pages)
    local rows, essay, ours = {}, {}, {}
    for _, page in ipairs(pages) do
        claims_of(page, rows)
    end
    for _, row in ipairs(rows) do
        local list = row.id:match("^claim%-[kmpsv]%d+$") and essay or ours
        list[#list + 1] = row
    end
    return "<h1>All claims</h1><p>" .. #essay .. " statements of the "
        .. "essay, put to running kernels, and " .. #ours .. " of the "
        .. "book, computed from what was measured. Each leads to its "
        .. "evidence.</p>"
        .. '<h2 id="essay">The essay’s</h2>' .. claims_table(essay)
        .. '<h2 id="measured">The book’s</h2>' .. claims_table(ours), rows
end

------------------------------------------------------------------ index

local function places_of(list, limit, label_of)
    local out = {}
    for i, place in ipairs(list) do
        if i > limit then
            out[#out + 1] = "and " .. #list - limit .. " more"
            break
        end
        out[i] = link(place.page, place.id, esc(place.label
            or label_of(place.id)))
    end
    return table.concat(out, ", ")
end

local function initial(name)
    return name:gsub("^[Pp][Ww]_", ""):gsub("^_+", ""):sub(1, 1):upper()
end

local function our_names(names, label_of)
    local out = {}
    for _, name in ipairs(base.keys(names.by)) do
        for _, d in ipairs(names.by[name]) do
            if d.page then
                out[#out + 1] = { sort = name, html = string.format(
                    '<dt id="n-%s"><a href="%s"><code>%s</code></a></dt>'
                    .. "<dd>%s, %s%s</dd>", d.id:sub(3), names:address(d),
                    name, d.kind, d.label or "", #d.uses > 0 and
                    "; used in " .. places_of(d.uses, 24, label_of) or "") }
            end
        end
    end
    return out
end

local function their_names(names, label_of)
    local out = {}
    for _, name in ipairs(base.keys(names.theirs)) do
        local t = names.theirs[name]
        table.sort(t.order, function(a, b)
            return a.count > b.count
        end)
        if t.total > 1 then
            out[#out + 1] = { sort = name, html = string.format(
                '<dt id="k-%s"><code>%s</code></dt><dd>%s</dd>', name, name,
                places_of(t.order, 8, label_of)) }
        end
    end
    return out
end

local function term_names(terms, label_of)
    local out = {}
    for _, term in ipairs(terms) do
        out[#out + 1] = { sort = term.name, html = string.format(
            '<dt>%s</dt><dd><a href="glossary.html#%s">glossary</a>%s</dd>',
            esc(term.name), term.id, #term.uses > 0 and "; "
            .. places_of(term.uses, 12, label_of) or "") }
    end
    return out
end

function lists.index(names, terms, label_of)
    local all, letter = our_names(names, label_of), nil
    table.move(their_names(names, label_of), 1, 9999, #all + 1, all)
    table.move(term_names(terms, label_of), 1, 9999, #all + 1, all)
    table.sort(all, function(a, b)
        local x, y = a.sort:gsub("^[Pp][Ww]_", ""):gsub("^_+", ""):lower(),
            b.sort:gsub("^[Pp][Ww]_", ""):gsub("^_+", ""):lower()
        if x ~= y then
            return x < y
        end
        return a.html < b.html
    end)
    local out, letters = {}, {}
    for _, item in ipairs(all) do
        local first = initial(item.sort)
        if first ~= letter then
            letter = first
            letters[#letters + 1] = '<a href="#i-' .. letter .. '">'
                .. letter .. "</a>"
            out[#out + 1] = (#out > 0 and "</dl>" or "") .. '<h2 id="i-'
                .. letter .. '">' .. letter .. '</h2><dl class="index">'
        end
        out[#out + 1] = item.html
    end
    return "<h1>Index</h1><p>Names of the code with their definition and "
        .. "their uses; names of the kernel and the C library with the "
        .. "sections that treat them, the one that says most first; terms. "
        .. "Ours stand without their prefix <code>pw_</code>’s letter.</p>"
        .. '<p class="letters">' .. table.concat(letters, " ") .. "</p>"
        .. table.concat(out) .. "</dl>"
end

--------------------------------------------------------------- glossary

-- {name, forms, id, text, uses} from the rendered glossary.
function lists.terms(html)
    local out = {}
    for dt, dd in html:gmatch("<dt>(.-)</dt>%s*<dd>(.-)</dd>") do
        local id, forms = dt:match('id="(term%-[^"]+)"'),
            dt:match('data%-forms="([^"]*)"')
        local term = { name = tokens.text(dt), id = id, forms = {},
            text = tokens.text(dd), uses = {} }
        for form in (term.name .. "|" .. (forms or "")):lower():gmatch(
            "[^|]+") do
            table.insert(term.forms, form)
        end
        out[#out + 1] = term
    end
    return out
end

-- Where the words stand in a piece of text, both in small letters, at a
-- word's beginning and end.
local function place_of(text, form)
    local at = 1
    while true do
        local a, b = text:find(form, at, true)
        if not a then
            return
        elseif not text:sub(a - 1, a - 1):match("[%w_-]")
            and not text:match("^[%w_-]", b + 1)
            and not text:match("^’", b + 1) then
            return a, b
        end
        at = b + 1
    end
end

-- Terms by the first words of their forms: most pieces of text have none.
local function by_first_word(terms)
    local by = {}
    for i, term in ipairs(terms) do
        for _, form in ipairs(term.forms) do
            local word = form:match("^[%w_-]*")
            by[word] = by[word] or {}
            by[word][i] = true
        end
    end
    return by
end

-- The terms that may stand in a piece, by their places in the glossary.
local function candidates(by, small)
    local order, seen = {}, {}
    local function take(word)
        for i in pairs(by[word] or {}) do
            if not seen[i] then
                seen[i] = true
                order[#order + 1] = i
            end
        end
    end
    for word in small:gmatch("[%w_-]+") do
        take(word)
    end
    take("") -- those that begin with another sign
    table.sort(order)
    return order
end

-- A term is a link to its meaning where a page first uses it in a
-- paragraph; the meaning stands in a note on hover or focus.
function lists.gloss(page, terms)
    local waiting, section, by = {}, page.id, by_first_word(terms)
    for i, term in ipairs(terms) do
        waiting[i] = term
    end
    local inside, skip = false, 0
    local function note_tag(tag)
        section = tag:match('^<h[123][^>]* id="([^"]+)"') or section
        if tag:match("^<p>") then
            inside = true
        elseif tag == "</p>" then
            inside = false
        elseif tag:match("^<a ") or tag == "<code>" or tag:match("^<math")
            or tag == "<em>" or tag == "<strong>" then
            skip = skip + 1
        elseif tag == "</a>" or tag == "</code>" or tag == "</math>"
            or tag == "</em>" or tag == "</strong>" then
            skip = skip - 1
        end
        return tag
    end
    local function link_in(text)
        if not inside or skip > 0 or #text < 3 then
            return text
        end
        local small = text:lower()
        for _, i in ipairs(candidates(by, small)) do
            local term = waiting[i]
            for _, form in ipairs(term and term.forms or {}) do
                local a, b = place_of(small, form)
                if a then
                    waiting[i] = nil
                    table.insert(term.uses, { page = page.file,
                        id = section })
                    -- One term a piece: the rest waits for the next.
                    return text:sub(1, a - 1) .. string.format(
                        '<a class="term" tabindex="-1" href="glossary.html'
                        .. '#%s" data-tip="%s">%s</a>', term.id, esc(
                        term.name .. ": " .. term.text), text:sub(a, b))
                        .. text:sub(b + 1)
                end
            end
        end
        return text
    end
    page.body = tokens.outside(page.body, function(piece)
        return tokens.map(piece, note_tag, link_in)
    end)
end

----------------------------------------------------------- bibliography

-- Which sections cite each work, in order: key -> {page, id}.
function lists.cited(pages)
    local by = {}
    for _, page in ipairs(pages) do
        local section = page.id
        for tag in page.body:gmatch("<[ah][^>]*>") do
            section = tag:match('^<h[123][^>]* id="([^"]+)"') or section
            local key = tag:match('href="bibliography%.html#(ref%-[^"]+)"')
            if key then
                by[key] = by[key] or {}
                local last = by[key][#by[key]]
                if not last or last.id ~= section then
                    table.insert(by[key], { page = page.file,
                        id = section })
                end
            end
        end
    end
    return by
end

-- Each entry of the bibliography says where it is cited.
function lists.back(html, by, label_of)
    return (html:gsub('(<div id="(ref%-[^"]+)" class="work"[^>]*>)(.-)'
        .. "(</div>)", function(open, key, inner, close)
        local list = by[key]
        if not list then
            return nil
        end
        for _, place in ipairs(list) do
            place.label = label_of(place.id):gsub("^Section ", "")
        end
        return open .. inner .. '<span class="cited">Cited in '
            .. places_of(list, 20) .. ".</span>" .. close
    end))
end

return lists
