-- SPDX-License-Identifier: MIT
--
-- Sources and their regions. A region is what a listing shows: the lines
-- between `//> name` and `//< name` (`#>`, `#<` in sh, make and gnuplot,
-- `-->`, `--<` in Lua).
--
-- Invariant: line numbers here, in listings and on the pages of sources are
-- those of the published copy, which has no markers. Names are unique in a
-- file; regions do not nest. Every fault is a complaint with file and line.

local base = require "base"

local source = {}

local openers = { "^%s*//> ?([%w_-]+)%s*$", "^%s*#> ?([%w_-]+)%s*$",
    "^%s*%-%-> ?([%w_-]+)%s*$" }
local closers = { "^%s*//< ?([%w_-]+)%s*$", "^%s*#< ?([%w_-]+)%s*$",
    "^%s*%-%-< ?([%w_-]+)%s*$" }

-- What all of these fit, so that of most lines one question is asked.
local any = "^%s*[/#-]+[<>] ?[%w_-]+%s*$"

local function marker(patterns, line)
    for _, pattern in ipairs(patterns) do
        local name = line:match(pattern)
        if name then
            return name
        end
    end
end

local function open_region(file, open, name, at)
    local place = file.path .. ":" .. at
    if open then
        base.complain(place, "region '" .. name .. "' opens inside '"
            .. open.name .. "'", "close '" .. open.name .. "' first")
    end
    local twin = file.regions[name]
    if twin then
        base.complain(place, "region '" .. name .. "' again, first at line "
            .. twin.at, "names are unique in a file: rename one")
    end
    return { name = name, at = at, first = #file.lines + 1 }
end

local function close_region(file, open, name, at)
    if not open or open.name ~= name then
        base.complain(file.path .. ":" .. at, "region '" .. name
            .. "' closes here but is not open", "open it with `> " .. name
            .. "` or remove the line")
        return open
    end
    open.last = #file.lines
    file.regions[name] = open
    file.order[#file.order + 1] = open
    if open.last < open.first then
        base.complain(file.path .. ":" .. at, "region '" .. name
            .. "' is empty", "remove it")
    end
end

-- {path, lines, at, regions, order}; at[i] is the line in the checkout.
function source.parse(path, text)
    local file = { path = path, lines = {}, at = {}, regions = {},
        order = {} }
    local open, at = nil, 0
    for line in text:gsub("\n?$", "\n", 1):gmatch("([^\n]*)\n") do
        at = at + 1
        local opens, closes
        if line:find(any) then
            opens, closes = marker(openers, line), marker(closers, line)
        end
        if opens then
            open = open_region(file, open, opens, at)
        elseif closes then
            open = close_region(file, open, closes, at)
        else
            file.lines[#file.lines + 1] = line
            file.at[#file.lines] = at
        end
    end
    if open then
        base.complain(path .. ":" .. open.at, "region '" .. open.name
            .. "' is never closed", "close it with `< " .. open.name .. "`")
    end
    return file
end

local cache = {}
function source.read(path)
    if not cache[path] then
        local text = base.read(path)
        cache[path] = text and source.parse(path, text)
    end
    return cache[path]
end

local languages = { c = "c", h = "c", S = "asm", lua = "lua", sh = "sh",
    gp = "gnuplot", mk = "make", js = "js", yaml = "sh" }
function source.language(path)
    if path:match("Makefile$") then
        return "make"
    end
    return languages[path:match("%.(%w+)$") or ""] or "text"
end

-- Columns a line takes in print; UTF-8, tabs are 8 wide.
function source.width(line)
    local width = 0
    for _, code in utf8.codes(line) do
        width = code == 9 and (width // 8 + 1) * 8 or width + 1
    end
    return width
end

source.limit = 76

return source
