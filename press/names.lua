-- SPDX-License-Identifier: MIT
--
-- Names of the code: where each is defined, where it is used, and links
-- between the two. Definitions come from universal-ctags over the published
-- sources; the listings say which of their lines stand where in the book.
--
-- Invariant: a name leads to one place. Where several files have a static
-- function of one name, a listing leads to that of its own file, else of
-- its folder, else nowhere. A name that is not ours (the kernel's, the C
-- library's) leads to the section that speaks of it most, when at least
-- three times.

local base = require "base"
local tokens = require "tokens"

local names = {}
names.__index = names

local esc = base.html
local kinds = { f = "function", d = "macro", s = "structure", u = "union",
    t = "type", e = "constant", g = "enumeration", v = "variable" }

-- {by name: list of {name, kind, file, line}}
local function defined(folder)
    local pipe = assert(io.popen("cd " .. base.quote(folder) .. " && ctags "
        .. "--languages=C --langmap=C:.c.h --kinds-C=fdsuetgv --fields=k "
        .. "--excmd=number -f - -R . 2>/dev/null"))
    local by = {}
    for line in pipe:lines() do
        local name, file, at, kind = line:match(
            '^([^\t]+)\t([^\t]+)\t(%d+);"\t(%a)')
        if name and #name > 2 and not name:match("^__anon")
            and not name:match("_[HC]$") then
            by[name] = by[name] or {}
            table.insert(by[name], { name = name, kind = kinds[kind],
                file = file:gsub("^%./", ""), line = tonumber(at) })
        end
    end
    pipe:close()
    if not next(by) then
        base.fail("html", "ctags found no name in the sources",
            "install universal-ctags (make install-packages)")
    end
    return by
end

-- What has the same name in a header and in its file, a structure and its
-- type, is one: the first of the kinds wins.
local function rank(d)
    return (d.kind == "structure" and 1 or d.kind == "function" and 2
        or d.kind == "macro" and 3 or 4) + (d.file:match("^code/") and 0
        or 10)
end

local function distinct(by)
    for _, list in pairs(by) do
        table.sort(list, function(a, b)
            if rank(a) ~= rank(b) then
                return rank(a) < rank(b)
            elseif a.file ~= b.file then
                return a.file < b.file
            end
            return a.line < b.line
        end)
        local files, i = {}, 1
        while list[i] do
            if files[list[i].file] then
                table.remove(list, i)
            else
                files[list[i].file] = true
                i = i + 1
            end
        end
    end
end

function names.open(folder)
    local self = setmetatable({ by = defined(folder), at = {},
        theirs = {} }, names)
    distinct(self.by)
    for _, list in pairs(self.by) do
        for i, d in ipairs(list) do
            d.id = "d-" .. d.name .. (i > 1 and "-" .. i or "")
            d.uses, d.seen = {}, {}
            self.at[d.file] = self.at[d.file] or {}
            self.at[d.file][d.line] = self.at[d.file][d.line] or {}
            self.at[d.file][d.line][d.name] = d
        end
    end
    return self
end

local function folder_of(file)
    return file and file:match("^(.*)/")
end

-- Which definition is meant in this file?
function names:find(name, file)
    local list = self.by[name]
    if not list then
        return nil
    elseif file then
        for _, d in ipairs(list) do
            if d.file == file then
                return d
            end
        end
        for _, d in ipairs(list) do
            if folder_of(d.file) == folder_of(file) then
                return d
            end
        end
    end
    local public = name:match("^[Pp][Ww]_") or #list == 1 and
        (name:find("_", 1, true) or list[1].kind ~= "variable")
    return public and rank(list[1]) < 10 and list[1] or nil
end

------------------------------------------------------------ definitions

-- Call f({id, file, label, head, inner}) for the listings of a page;
-- what it returns stands in their place.
local function each_listing(body, f)
    return tokens.replace(body, '<figure class="listing', "</figure>",
        function(figure)
            local head, id, file, at = figure:match('^(<figure class="'
                .. '[^"]*" id="([^"]+)" data%-file="([^"]+)">)()')
            if not head then
                return figure
            end
            local inner = figure:sub(at, -#"</figure>" - 1)
            return f { id = id, file = file, head = head, inner = inner,
                label = inner:match('class="label"[^>]*>(.-)<') } or figure
        end)
end

-- First round: in which listing, on which page, each definition stands.
function names:place(page)
    each_listing(page.body, function(listing)
        for n in listing.inner:gmatch('data%-n="(%d+)"') do
            for _, d in pairs((self.at[listing.file] or {})[tonumber(n)]
                or {}) do
                d.page, d.listing, d.label = page.file, listing.id,
                    listing.label
            end
        end
    end)
end

function names:address(d)
    return d.page and d.page .. "#" .. d.id
        or "src/" .. d.file .. ".html#L" .. d.line
end

local function used(d, place)
    if not d.seen[place.id] then
        d.seen[place.id] = true
        table.insert(d.uses, place)
    end
end

------------------------------------------------------------------ links

local function tag_of(address, here, id)
    if address:sub(1, #here + 1) == here .. "#" then
        address = address:sub(#here + 1)
    end
    return '<a tabindex="-1" href="' .. address .. '"' .. (id and ' id="'
        .. id .. '"' or "") .. ">"
end

-- One listing: names in its code, not in strings; in comments only those
-- that cannot be words.
local function link_listing(self, page, listing, html)
    local id, file = listing.id, listing.file
    local place = { id = id, page = page.file, label = listing.label }
    local line, class = 0, nil
    return tokens.map(html, function(tag)
        local n = tag:match('data%-n="(%d+)"')
        line = tonumber(n) or line
        local h = tag:match('^<span class="h(%a)"')
        if tag == "</span>" then
            class = nil
        elseif h then
            class = h
        end
        return tag
    end, function(text)
        if class == "s" or class == "k" or class == "t" then
            return text
        end
        return (text:gsub("()([%a_][%w_]*)", function(at, name)
            if not self.by[name] then
                return nil
            end
            local before = text:sub(math.max(at - 5, 1), at - 1)
            if class == "c" and not name:match("^[Pp][Ww]_")
                or before:match("[.&]$") or before:match("%-&gt;$") then
                return nil -- a word, a member, an entity
            end
            local d = self:find(name, file)
            if not d then
                return nil
            elseif d.file == file and d.line == line then
                if d.listing ~= id or d.placed then
                    return nil
                end
                d.placed = true
                return '<a tabindex="-1" class="def" '
                    .. 'id="' .. d.id .. '" href="names.html#n-'
                    .. d.id:sub(3) .. '">' .. name .. "</a>"
            end
            used(d, place)
            return tag_of(self:address(d), page.file) .. name .. "</a>"
        end))
    end)
end

-- Inline code: a name of ours, or one that the book treats elsewhere.
local function name_in(code)
    return code:match("^([%a_][%w_]*)%(%)$") or code:match("^struct "
        .. "([%a_][%w_]*)$") or code:match("^([%a_][%w_]*)$")
end

local function theirs(name)
    return name and #name > 3 and (name:find("_", 1, true)
        or name:match("^[%l%d]+alloc$")) and name
end

-- Second round over a page: link, and note who uses what. `folder` is where
-- the chapter's own code lies.
function names:link(page, folder)
    local body = each_listing(page.body, function(listing)
        return listing.head .. tokens.replace(listing.inner, "<pre",
            "</pre>", function(pre)
                return link_listing(self, page, listing, pre)
            end) .. "</figure>"
    end)
    local section, anchors = page.id, {}
    for heading in tokens.headings(body) do
        if heading.id then
            anchors[#anchors + 1] = heading
        end
    end
    local depth, i = 0, 0 -- inside links and headings
    local function link_in(a, tag, text)
        if tag:match("^<a ") or tag:match("^<h%d") or
            tag:match("^<summary") then
            depth = depth + 1
        elseif tag == "</a>" or tag:match("^</h%d")
            or tag == "</summary>" then
            depth = depth - 1
        end
        if tag ~= "<code>" or text == "" then
            return nil
        end
        while anchors[i + 1] and anchors[i + 1].from <= a do
            i = i + 1
            section = anchors[i].id
        end
        local name = name_in(text)
        local d = name and self:find(name, folder and folder .. "/x")
        if d then
            used(d, { id = section, page = page.file, prose = true })
            return depth == 0 and tag_of(self:address(d), page.file) .. tag
                .. text .. "</a>\1" or nil
        elseif theirs(name) then
            local t = self.theirs[name] or { name = name, total = 0,
                sections = {}, order = {} }
            self.theirs[name] = t
            t.total = t.total + 1
            if not t.sections[section] then
                t.sections[section] = { id = section, page = page.file,
                    count = 0 }
                table.insert(t.order, t.sections[section])
            end
            local s = t.sections[section]
            s.count = s.count + (depth > 0 and 3 or 1)
            return depth == 0 and '<a tabindex="-1" href="\2' .. name
                .. "\3" .. section .. '">' .. tag .. text .. "</a>\1"
                or nil
        end
    end
    page.body = tokens.outside(body, function(piece, before)
        return (piece:gsub("()(<[/]?%a[%w]*[^>]*>)([^<]*)", function(a,
            tag, text)
            return link_in(before + a, tag, text)
        end))
    end)
    -- The link ends behind the code element.
    page.body = page.body:gsub("</a>\1</code>", "</code></a>")
        :gsub("</a>\1", "</a>")
end

-- Third round: a kernel's name leads to the section that treats it most,
-- from every other one.
function names:settle(page)
    page.body = page.body:gsub('<a tabindex="%-1" href="\2([%w_]+)\3'
        .. '([^"]+)">(.-)</a>', function(name, section, inner)
        local t = self.theirs[name]
        local best = t.best
        if not best then
            best = t.order[1]
            for _, s in ipairs(t.order) do
                if s.count > best.count then
                    best = s
                end
            end
            t.best = best
        end
        if t.total < 3 or best.id == section then
            return inner
        end
        return tag_of(best.page .. "#" .. best.id, page.file):gsub(">$",
            ' class="theirs">') .. inner .. "</a>"
    end)
end

return names
