-- SPDX-License-Identifier: MIT
--
-- What of the library is public is what its public headers declare:
--
--   lib.lua names OBJECT... -- HEADER...       the public names, one a line
--   lib.lua map VERSION <names                 a version script of them
--   lib.lua header FILE                        a header as it is installed
--   lib.lua all VERSION HEADER...              pagewise.h
--   lib.lua fill FILE NAME=VALUE...            a template, @NAME@ replaced

package.path = "code/pack/?.lua;" .. package.path
local text = require "text"

local commands = {}

function commands.names(...)
    local objects, words, after = {}, {}, false
    for _, word in ipairs { ... } do
        if word == "--" then
            after = true
        elseif after then
            local bare = text.without_comments(text.read(word))
            for name in bare:gmatch("[%a_][%w_]*") do
                words[name] = true
            end
        else
            objects[#objects + 1] = word
        end
    end
    local names = {}
    local defined = text.command("nm -g --defined-only -P "
        .. table.concat(objects, " "))
    for name in text.lines(defined) do
        name = name:match("^(pw_[%w_]+) ")
        if name and words[name] then
            names[#names + 1] = name
        end
    end
    table.sort(names)
    print(table.concat(names, "\n"))
end

function commands.map(version)
    local names = io.read("a"):gsub("(%S+)%s*", "    %1;\n")
    io.write("PAGEWISE_", version:match("^%d+"), " {\nglobal:\n", names,
        "local:\n    *;\n};\n")
end

function commands.header(path)
    io.write(text.publish(path))
end

function commands.all(version, ...)
    local major, minor, patch = version:match("^(%d+)%.(%d+)%.(%d+)$")
    io.write("/* SPDX-License-Identifier: MIT */\n/*\n * All of ",
        "libpagewise, and which version it is.\n */\n#ifndef PW_PAGEWISE_H",
        "\n#define PW_PAGEWISE_H\n\n#define PW_VERSION \"", version, "\"\n",
        "/* To compare: a version is ",
        "major * 10000 + minor * 100 + patch. */\n#define ",
        "PW_VERSION_NUMBER ",
        tostring(major * 10000 + minor * 100 + patch // 1 | 0), "\n\n")
    for _, path in ipairs { ... } do
        io.write('#include "', text.base(path), '"\n')
    end
    io.write("\n#endif\n")
end

function commands.fill(path, ...)
    local all = text.read(path)
    for _, pair in ipairs { ... } do
        local name, value = pair:match("^(%w+)=(.*)$")
        all = all:gsub("@" .. name .. "@", (value:gsub("%%", "%%%%")))
    end
    io.write(all)
end

commands[arg[1]](table.unpack(arg, 2))
