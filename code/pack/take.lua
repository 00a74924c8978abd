-- SPDX-License-Identifier: MIT
--
--   take.lua CC PART folder|single DIR -- SOURCE...
--
-- One allocator alone: its sources (all that are given in code/PART), those
-- of the others that it calls, and the headers that these include. Which
-- those are the compiler says, by the symbols of the objects and by -MM.
--
--   folder   DIR/PART: the files, a Makefile, the example
--   single   DIR/pw_PART.h and DIR/pw_PART.c: the same in one piece

package.path = "code/pack/?.lua;" .. package.path
local amalgam = require "amalgam"
local text = require "text"

local cc, part, form, dir = arg[1], arg[2], arg[3], arg[4]

-- symbol -> source, and source -> what it lacks
local function symbols(sources)
    local defines, lacks = {}, {}
    for _, source in ipairs(sources) do
        local object = source:gsub("^code/(.*)%.c$", "build/obj/%1.o")
        lacks[source] = {}
        for line in text.lines(text.command("nm -g -P " .. object)) do
            local name, kind = line:match("^(%S+) (%a)")
            if kind == "U" then
                table.insert(lacks[source], name)
            elseif kind then
                defines[name] = source
            end
        end
    end
    return defines, lacks
end

-- The part's own, and whatever they call, in the order given.
local function needed(sources, defines, lacks)
    local taken, queue, list = {}, {}, {}
    local function take(source)
        if source and not taken[source] then
            taken[source] = true
            queue[#queue + 1] = source
        end
    end
    for _, source in ipairs(sources) do
        if source:match("^code/" .. part .. "/") then
            take(source)
        end
    end
    for _, source in ipairs(queue) do -- it grows meanwhile
        for _, name in ipairs(lacks[source]) do
            take(defines[name])
        end
    end
    for _, source in ipairs(sources) do
        list[#list + 1] = taken[source] and source or nil
    end
    return list
end

-- The headers of these files, each behind those that it includes.
local function headers(files)
    local list, seen = {}, {}
    local function visit(path)
        for line in text.lines(text.publish(path)) do
            local name = line:match('^#%s*include "([^"]+)"')
            local original = name and text.command("ls code/*/" .. name)
                :match("%S+")
            if original and not seen[original] then
                seen[original] = true
                visit(original)
                list[#list + 1] = original
            end
        end
    end
    for _, path in ipairs(files) do
        visit(path)
    end
    return list
end

-- What these sources share among themselves: other names in the one piece,
-- so that two such pieces do not meet.
local function internal(sources, defines, public)
    local mine, words, list = {}, {}, {}
    for _, source in ipairs(sources) do
        mine[source] = true
    end
    for word in public:gmatch("[%a_][%w_]*") do
        words[word] = true
    end
    for name, source in pairs(defines) do
        if mine[source] and not words[name] then
            list[#list + 1] = name
        end
    end
    table.sort(list)
    return list
end

local defines, lacks = symbols { table.unpack(arg, 6) }
local sources = needed({ table.unpack(arg, 6) }, defines, lacks)
local example = "code/" .. part .. "/example.c"

if form == "single" then
    local files, header = {}, "code/" .. part .. "/" .. part .. ".h"
    for _, path in ipairs(headers(sources)) do
        files[text.base(path)] = path
    end
    local public = text.without_comments(amalgam.header(header, files))
    amalgam.write(dir .. "/pw_" .. part, header, files, sources,
        internal(sources, defines, public))
else
    local to = dir .. "/" .. part .. "/"
    for _, list in ipairs { headers(sources), sources,
        { io.open(example) and example } } do
        for _, path in ipairs(list) do
            text.write(to .. text.base(path), text.publish(path))
        end
    end
    text.write(to .. "LICENSE", text.read("LICENSE"))
    text.write(to .. "Makefile", "# SPDX-License-Identifier: MIT\n"
        .. "CFLAGS ?= -O2 -g\n"
        .. "example: $(wildcard *.c *.h)\n"
        .. "\t$(CC) $(CFLAGS) $(LDFLAGS) -pthread -o $@ "
        .. "$(filter %.c,$^)\n")
end
