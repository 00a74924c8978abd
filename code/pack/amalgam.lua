-- SPDX-License-Identifier: MIT
--
-- Many files in one. Names that two sources have each for itself (static
-- functions, structs, constants) get their file's name in front; macros end
-- where their file ends.

local text = require "text"

local amalgam = {}

-- Pieces of C: words, and what is no place for a name, whole.
local function tokens(all)
    local list, at = {}, 1
    local kinds = { "^/%*.-%*/", "^//[^\n]*", '^"[^"\n]*"',
        "^'[^'\n]*'", "^[%a_][%w_]*", "^%d[%w_.]*", "^%s+", "^%->", "^." }
    while at <= #all do
        for _, kind in ipairs(kinds) do
            local piece = all:match(kind, at)
            -- Lua anchors a pattern at the place where it starts.
            if piece then
                list[#list + 1] = piece
                at = at + #piece
                break
            end
        end
    end
    return list
end

local function is_word(token)
    return token:match("^[%a_]") ~= nil
end

-- The names that a file has for itself: behind `static` at its outermost
-- level the word before `(`, `=`, `[` or `;`; the tags of structs and
-- constants of enums defined there.
local function own_names(all)
    local bare = text.without_comments(all):gsub("\n#[^\n]*", "")
        :gsub('"[^"\n]*"', '""'):gsub("__attribute__%s*%b()", "")
    local names, flat = {}, bare:gsub("%b{}", function(body)
        return "{" .. string.rep(" ", #body - 2) .. "}"
    end)
    for from, tag in flat:gmatch("()%f[%w_]struct%s+([%w_]+)%s*{") do
        names[tag] = true
    end
    for at in flat:gmatch("%f[%w_]enum%s*[%w_]*%s*(){") do
        for item in bare:match("^%b{}", at):gmatch("[{,]%s*([%a_][%w_]*)")
        do
            names[item] = true
        end
    end
    for rest in flat:gmatch("%f[%w_]static%f[^%w_]([^{;=(%[]*)") do
        local name = rest:match("([%a_][%w_]*)%s*$")
        if name and name:match("%l") then
            names[name] = true
        end
    end
    return names
end

local function rename(all, names, prefix)
    local out, before = {}, ""
    for _, token in ipairs(tokens(all)) do
        if is_word(token) and names[token] and before ~= "."
            and before ~= "->" then
            out[#out + 1] = prefix .. token
        else
            out[#out + 1] = token
        end
        if not token:match("^%s") then
            before = token
        end
    end
    return table.concat(out)
end

-- A file with those of ours that it includes and nobody has included yet
-- in their place, or those alone; without licence lines.
local function expand(path, files, seen, includes_only)
    local out = {}
    seen[path] = true
    for line in text.lines(text.publish(path)) do
        local name = line:match('^#%s*include "([^"]+)"')
        if name and not seen[files[name]] then
            out[#out + 1] = expand(files[name], files, seen)
        elseif not name and not includes_only
            and not line:match("SPDX%-License")
            and not line:match("^#%s*define _GNU_SOURCE") then
            out[#out + 1] = line
        end
    end
    return (table.concat(out, "\n"):gsub("^\n+", "")
        :gsub("\n\n\n+", "\n\n"):gsub("\n+$", "")) .. "\n"
end

local function banner(path)
    local name = text.base(path)
    return "\n/* ---- " .. name .. " " .. string.rep("-", 64 - #name)
        .. " */\n\n"
end

local licence = "/* SPDX-License-Identifier: MIT */\n"

-- The public header with those that it includes.
function amalgam.header(path, files)
    return expand(path, files, {})
end

-- What is shared among the sources, by its name in this one file.
local function renamed(shared, part)
    local out = {}
    for i, name in ipairs(shared) do
        out[i] = "#define " .. name .. " " .. part .. "_" .. name .. "\n"
    end
    return "\n/* Names that are this file's own. */\n"
        .. table.concat(out)
end

-- header and sources: paths; files: the headers' paths by their names;
-- shared: names of the sources that are not in the header.
function amalgam.write(to, header, files, sources, shared)
    local name, guard = text.base(to), text.base(to):upper() .. "_ALL_H"
    local seen, used, own, out = {}, {}, {}, {}
    text.write(to .. ".h", table.concat { licence, "/*\n * ", name,
        ".h and ", name, ".c: made of several files of Pagewise.\n */\n",
        "#ifndef ", guard, "\n#define ", guard, "\n\n",
        expand(header, files, seen), "\n#endif\n" })

    local function count(path)
        own[path] = own_names(text.publish(path))
        for word in pairs(own[path]) do
            used[word] = (used[word] or 0) + 1
        end
    end
    for _, path in pairs(files) do
        count(path)
    end
    for _, path in ipairs(sources) do
        count(path)
    end
    out[1] = licence .. '#pragma GCC diagnostic ignored '
        .. '"-Wunused-function"\n'
        .. "#ifndef _GNU_SOURCE\n#define _GNU_SOURCE\n"
        .. '#endif\n#include "' .. name .. '.h"\n'
        .. renamed(shared, name)
    for _, path in ipairs(sources) do
        local clash, prefix = {}, text.base(path):match("^[%w_]+") .. "_"
        for word in pairs(own[path]) do
            clash[word] = used[word] > 1 or nil
        end
        out[#out + 1] = banner(path) .. expand(path, files, seen, true)
        local body = expand(path, setmetatable({}, { __index = function()
            return path end }), { [path] = true })
        out[#out + 1] = rename(body, clash, prefix)
        for macro in body:gmatch("\n#%s*define ([%w_]+)") do
            out[#out + 1] = "#undef " .. macro .. "\n"
        end
    end
    text.write(to .. ".c", table.concat(out))
end

return amalgam
