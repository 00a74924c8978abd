-- SPDX-License-Identifier: MIT
--
-- The search index, from the finished pages: sections of prose, listings,
-- figures and tables, claims, names and terms, each with the address where
-- it stands. A plain script, so that it loads from file:// too.
--
-- An entry is [kind, address, title, text]; kinds are those of `words` in
-- book.js.

local base = require "base"
local tokens = require "tokens"

local search = {}

local function entry(list, kind, address, title, text)
    list[#list + 1] = "[" .. table.concat({ base.json(kind),
        base.json(address), base.json(title), base.json(text) }, ",") .. "]"
end

local function label_and_caption(figure)
    local caption = figure:match("<figcaption>(.-)</figcaption>")
        or figure:match("<summary>(.-)</summary>") or ""
    caption = caption:gsub('<span class="facts">.-</span>', "")
        :gsub('<a class="get".-</a>', "")
    return tokens.text(caption)
end

-- A figure's own words: its code, its alternative text, its cells.
local function figure_text(figure, class)
    local pre = figure:match("<pre[^>]*>(.-)</pre>")
    if pre then
        return tokens.code(pre)
    elseif class:match("^figure") then
        return figure:match('aria%-label="([^"]*)"') or ""
    end
    return tokens.text(figure:match('<div class="wide">(.*)') or "")
end

local kinds = { listing = "code", figure = "figure", table = "table",
    output = "output" }

-- Take what stands by itself out of the text of its section.
local function single_out(list, page)
    local function figure(html)
        local class, more, id, inner = html:match('^<figure class="(%l+)'
            .. '([^"]*)" id="([^"]+)"[^>]*>(.*)</figure>$')
        if not class then
            return html
        end
        entry(list, kinds[class] or "figure", page.file .. "#" .. id,
            label_and_caption(inner), figure_text(inner, class .. more))
        return " "
    end
    local body = tokens.replace(page.body, '<figure class="', "</figure>",
        figure)
    local at = 1
    while true do
        local a = body:find('<div class="claim ', at)
        if not a then
            return body
        end
        local b = tokens.element(body, a)
        local claim = body:sub(a, b)
        entry(list, "claim", page.file .. "#"
            .. claim:match('id="([^"]+)"'),
            tokens.text(claim:match("<p class=\"claim%-head\">(.-)</p>")),
            tokens.text(tokens.replace(claim, '<p class="claim-head">',
            "</p>")))
        body = body:sub(1, a - 1) .. " " .. body:sub(b + 1)
        at = a
    end
end

function search.page(list, page)
    local body = single_out(list, page)
    local from, id, title = 1, page.id, page.title
    local function flush(last)
        local text = tokens.text(body:sub(from, last))
        if text ~= "" then
            entry(list, "text", page.file .. (id and "#" .. id or ""),
                title, text)
        end
    end
    for heading in tokens.headings(body) do
        flush(heading.from - 1)
        from, id = heading.after, heading.id or page.id
        title = tokens.text(heading.inner)
    end
    flush(#body)
end

function search.names(list, names)
    for _, name in ipairs(base.keys(names.by)) do
        for _, d in ipairs(names.by[name]) do
            if d.file:match("^code/") or d.page then
                entry(list, "name", names:address(d), name, d.kind .. " in "
                    .. d.file)
            end
        end
    end
end

function search.terms(list, terms)
    for _, term in ipairs(terms) do
        entry(list, "term", "glossary.html#" .. term.id, term.name,
            term.text)
    end
end

function search.write(path, list)
    base.write(path, "window.PAGEWISE_INDEX=[\n" .. table.concat(list,
        ",\n") .. "];\n")
end

return search
