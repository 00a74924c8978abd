-- SPDX-License-Identifier: MIT
--
-- The index of print and of e-books. Names are what C code defines, and
-- what the prose sets as code and looks like one of C's; terms are those of
-- the glossary, in its forms. Each is entered once a section, where it
-- stands first, so that nobody marks anything in a chapter. What a chapter
-- has in many of its sections is entered only for those that have it three
-- times.

local base = require "base"

local index = { path = "chapters/glossary.md" }

-- What a piece of C defines: line of the piece -> name.
function index.defined(text)
    local out, n, head, at = {}, 0, nil, nil
    for line in (text .. "\n"):gmatch("(.-)\n") do
        n = n + 1
        out[n] = line:match("^#%s*define%s+([%a_][%w_]*)")
            or line:match("^%a+%s+([%a_][%w_]*)%s*{")
            or line:match("^typedef%s.*[%s%*]([%a_][%w_]*);")
            or line:match("^typedef%s.-([%a_][%w_]*)%(")
        if line:match("^[%a_][%w_%s%*]*%(") and not line:match("=") then
            head, at = line:match("([%a_][%w_]*)%("), n
        end
        if head and line:match("^{") then -- a function's body
            out[at], head = head, nil
        elseif head and line:match(";%s*$") then -- a prototype
            head = nil
        end
    end
    return out
end

-- A name of C set as code: `kmalloc`, `pw_vfree()`, `struct x`
local function name_in(code)
    local name = code:gsub("^struct ", ""):match("^([%a_][%w_]+)%(?%)?$")
    return name and #name > 3 and (name:find("_", 2, true)
        or code:find("(", 1, true) or code:find("^struct ")
        or name:match("^k?v?[mcrz]*alloc")) and name
end

-- First word -> {words, entry}, the longest first.
local function terms()
    local by = {}
    for entry, forms in (base.read(index.path) or ""):gmatch(
        "\n%[([^%]\n]+)%]{#term%-[^ }]+([^}\n]*)}") do
        forms = entry .. "|" .. (forms:match('forms="(.-)"') or "")
        for word in forms:lower():gmatch("[^|]+") do
            local first = word:match("^%S+")
            by[first] = by[first] or {}
            table.insert(by[first], { words = word, entry = entry })
        end
    end
    for _, list in pairs(by) do
        table.sort(list, function(a, b)
            return #a.words > #b.words
        end)
    end
    return by
end

-- The words from position i on, as far as `count` go; nil over code.
local function phrase(inlines, i, count)
    local out, at = {}, i
    while #out < count and inlines[at] do
        local inline = inlines[at]
        if inline.t == "Str" then
            out[#out + 1] = inline.text:lower():gsub("^[^%w]+", "")
                :gsub("[^%w]+$", "")
        elseif inline.t ~= "Space" and inline.t ~= "SoftBreak" then
            return nil
        end
        at = at + 1
    end
    return table.concat(out, " ")
end

local function term_at(inlines, i, by)
    for _, term in ipairs(by[phrase(inlines, i, 1)] or {}) do
        local count = select(2, term.words:gsub("%S+", ""))
        if phrase(inlines, i, count) == term.words then
            return term.entry
        end
    end
end

-- Emphasis and links hold words too.
local deeper = { Emph = true, Strong = true, Link = true, Span = true,
    Quoted = true }

-- Call visit(entry, is it a name?) for each entry, in order; what it gives
-- goes before the inline.
local function enter(inlines, by, visit)
    local out = pandoc.List()
    for i, inline in ipairs(inlines) do
        local entry, name
        if inline.t == "Str" then
            entry = term_at(inlines, i, by)
        elseif inline.t == "Code" and #inline.classes == 0 then
            entry, name = name_in(inline.text), true
        elseif deeper[inline.t] then
            inline.content = enter(inline.content, by, visit)
        end
        out:insert(entry and visit(entry, name) or nil)
        out:insert(inline)
    end
    return out
end

-- Walk the prose; at(header) hears of sections.
local function walk(blocks, by, visit, at)
    local list
    local function prose(block)
        local kind = block.t
        if kind == "Para" or kind == "Plain" then
            block.content = enter(block.content, by, visit)
        elseif kind == "BulletList" or kind == "OrderedList" then
            block.content = block.content:map(list)
        elseif kind == "BlockQuote" or kind == "Div" and
            (#block.classes == 0 or block.classes[1] == "exercise") then
            block.content = list(block.content)
        elseif kind == "Header" and block.level <= 3 then
            at(block)
        end
        return block
    end
    function list(some)
        return pandoc.List(some):map(prose)
    end
    return list(blocks)
end

-- Which sections (by their number in the walk) have an entry, how often.
local function count(blocks, by)
    local counts, section = {}, 0
    walk(blocks, by, function(entry)
        local c = counts[entry] or { sections = 0 }
        counts[entry] = c
        c.sections = c.sections + (c[section] and 0 or 1)
        c[section] = (c[section] or 0) + 1
    end, function()
        section = section + 1
    end)
    return counts
end

-- mark(entry, is it a name?) makes an inline.
local function walk_prose(doc, mark, heard)
    local by = terms()
    local counts, section, seen = count(doc.blocks, by), 0, {}
    doc.blocks = walk(doc.blocks, by, function(entry, name)
        local c = counts[entry]
        if not seen[entry] and (c.sections <= 4 or c[section] > 2) then
            seen[entry] = true
            return mark(entry, name)
        end
    end, function(header)
        section, seen = section + 1, {}
        if heard then
            heard(header)
        end
    end)
end

-- In print: \pwix or \pwixname where it stands; raw makes an inline of it.
function index.prose(doc, raw)
    walk_prose(doc, function(entry, name)
        return raw("\\pwix" .. (name and "name" or "") .. "{" .. entry
            .. "}")
    end)
end

-- In an e-book: a place where it stands, and a last chapter that leads
-- there by the numbers of sections.
function index.links(doc)
    local list, section, n = {}, "", 0
    walk_prose(doc, function(entry, name)
        n = n + 1
        local e = list[entry] or { name = name }
        list[entry] = e
        table.insert(e, { id = "ix-" .. n, section = section })
        return pandoc.Span({}, pandoc.Attr("ix-" .. n))
    end, function(header)
        section = header.attributes.number
            or pandoc.utils.stringify(header.content)
    end)
    local keys = base.keys(list)
    table.sort(keys, function(a, b)
        if a:lower() ~= b:lower() then
            return a:lower() < b:lower()
        end
        return a < b
    end)
    local lines = pandoc.List()
    for _, key in ipairs(keys) do
        local line = pandoc.List { list[key].name and pandoc.Code(key)
            or pandoc.Str(key) }
        for i, place in ipairs(list[key]) do
            line:extend { pandoc.Str(i == 1 and "\194\160\194\160" or ","),
                pandoc.Space(), pandoc.Link({ pandoc.Str(place.section) },
                "#" .. place.id, "", pandoc.Attr("", { "place" })) }
        end
        lines:insert(line)
    end
    if #lines > 0 then
        doc.blocks:extend { pandoc.Header(1, "Index", pandoc.Attr(
            "ch-index", { "unnumbered" })), pandoc.LineBlock(lines) }
    end
end

return index
