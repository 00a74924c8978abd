-- SPDX-License-Identifier: MIT
--
-- The first page of the HTML book: chapters/landing.html, with its values
-- filled in from the results, the field of all verdicts, and one figure.

local base = require "base"
local tokens = require "tokens"
local values = require "values"

local landing = {}

local esc = base.html
local order = { { "p", "__get_free_page" }, { "s", "slab" },
    { "k", "kmalloc" }, { "v", "vmalloc" }, { "m", "malloc" } }
-- A verdict's sign in a square, its letter, and what it says.
local signs = { holds = { "h", "●", "holds" },
    limit = { "l", "◐", "holds with a limit" },
    fails = { "f", "×", "does not hold" },
    unmeasured = { "u", "·", "not measured" } }

local function fill_values(text, tree)
    return (text:gsub("{{(.-)}}", function(key)
        local shown, message = values.show(tree, key)
        if not shown then
            base.complain_soft("chapters/landing.html:1", message)
            return "⟨" .. esc(key) .. "⟩"
        end
        return string.format('<span class="value" data-tip="%s">%s</span>',
            esc(shown.tip), esc(shown.text))
    end))
end

------------------------------------------------------------------ field

-- The statements of a letter, in order: {id, address, statement}.
local function statements(tree, claims)
    local at, list = {}, {}
    for _, row in ipairs(claims) do
        at[row.id] = row
    end
    for i, pair in ipairs(order) do
        local ids = tree.recorded:claims(pair[1] .. "*")
        list[i] = { name = pair[2] }
        for _, id in ipairs(ids) do
            local row = at["claim-" .. id]
            if row then
                table.insert(list[i], { id = id, say = row.statement,
                    address = row.page .. "#" .. row.id })
            end
        end
    end
    return list
end

local function cell(tree, kernel, statement)
    local by = tree.recorded:claim(statement.id)
    local row = by and by[kernel]
    local sign = row and signs[row.verdict] or { "n" }
    return string.format('<td class="v-%s"><a tabindex="-1" href="%s" '
        .. 'aria-label="%s: %s">%s</a></td>', sign[1], statement.address,
        statement.id, sign[3] or "not put to it", sign[2] or "")
end

local function field(book, tree, claims)
    local _, kernels = tree.recorded:claims("*")
    local groups, out = statements(tree, claims), {}
    out[1] = '<div class="field" id="field" tabindex="0" role="group" '
        .. 'aria-label="Verdicts by statement and kernel; arrow keys move, '
        .. 'Enter opens">'
    for _, group in ipairs(groups) do
        out[#out + 1] = string.format('<table style="--n:%d"><thead><tr>'
            .. '<td></td><th colspan="%d" scope="colgroup"><code>%s</code>'
            .. "</th></tr></thead><tbody>", #group, math.max(1, #group),
            group.name)
        for _, kernel in ipairs(kernels) do
            out[#out + 1] = '<tr><th scope="row">' .. esc((book[
                "kernel-names"] or {})[kernel] or kernel) .. "</th>"
            for _, statement in ipairs(group) do
                out[#out + 1] = cell(tree, kernel, statement)
            end
            out[#out + 1] = "</tr>"
        end
        out[#out + 1] = "</tbody></table>"
    end
    out[#out + 1] = "</div>"
    out[#out + 1] = '<p class="says" id="says" aria-live="polite">'
        .. '<span class="v-h">●</span> holds <span class="v-l">◐</span> '
        .. 'holds with a limit <span class="v-f">×</span> does not hold '
        .. '<span class="v-u">·</span> not measured. '
        .. '<a href="claims.html">All of them as a list</a></p>'
    local said = {}
    for _, group in ipairs(groups) do
        for _, statement in ipairs(group) do
            said[#said + 1] = base.json(statement.id .. ": "
                .. statement.say)
        end
    end
    out[#out + 1] = '<script type="application/json" id="statements">['
        .. table.concat(said, ",") .. "]</script>"
    return table.concat(out, "\n"), #kernels
end

----------------------------------------------------------------- figure

-- The figure as a chapter shows it, caption, small print and all.
local function figure(book, chapters, id)
    for _, chapter in ipairs(chapters) do
        for _, page in ipairs(chapter.pages) do
            local a = page.body:find('<figure class="figure" id="' .. id
                .. '"', 1, true)
            if a then
                local html = page.body:sub(a, tokens.element(page.body, a))
                return (html:gsub('href="#', 'href="' .. page.file .. "#")
                    :gsub('tabindex="0"', ""))
            end
        end
    end
    base.complain_soft("chapters/landing.html:1", "no figure " .. id,
        "name one of the book's under front-figure in book.yaml")
    return ""
end

local function whose(tree)
    for _, row in ipairs(tree.recorded.rows) do
        if row.instrument == "host" then
            return "recorded on one machine, " .. esc(row.file.meta.cpu)
        end
    end
    return "not recorded yet"
end

-- Links to what stands in the book by its id alone, as in the chapters.
local function addressed(text, at)
    return (text:gsub('href="#([^"]+)"', function(id)
        if not at[id] and not text:find('id="' .. id .. '"', 1, true) then
            base.complain_soft("chapters/landing.html:1", "nothing is '#"
                .. id .. "'", "name an id of the book")
        end
        return 'href="' .. (at[id] or "") .. "#" .. id .. '"'
    end))
end

function landing.page(book, tree, chapters, claims, at)
    local text = base.read(book.dir .. "/landing.html")
    if not text then
        return "<h1>" .. esc(book.title) .. "</h1><p>" .. esc(book.subtitle)
            .. '</p><p><a href="contents.html">Contents</a></p>'
    end
    text = addressed(text, at)
    local drawn, kernels = field(book, tree, claims)
    local words = { "one", "two", "three", "four", "five", "six", "seven",
        "eight", "nine" }
    text = base.fill(text, { field = drawn, whose = whose(tree),
        kernels = words[kernels] or tostring(kernels),
        figure = figure(book, chapters, book["front-figure"]
            or "fig-slab-hot") })
    return '<div class="front"><h1>' .. esc(book.title) .. "</h1><p class="
        .. '"subtitle">' .. esc(book.subtitle) .. "</p>"
        .. fill_values(text, tree) .. "</div>"
end

return landing
