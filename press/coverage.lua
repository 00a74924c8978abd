-- SPDX-License-Identifier: MIT
--
-- Listing coverage: every line of every implementation stands in the book
-- exactly once. Lines of markers, the SPDX line and empty lines between two
-- regions are exempt. Prints a line a file and the total; fails below 100 %
-- and where a region is shown twice (link.lua sees to the latter).

package.path = "press/?.lua;bench/results/?.lua;" .. package.path
local base = require "base"
local books = require "book"
local link = require "link"
local source = require "source"

local book = books.load()

-- file -> region -> times shown
local function shown()
    local times = {}
    for _, xref in ipairs(link.xrefs(book)) do
        for _, use in ipairs(xref.uses) do
            times[use.file] = times[use.file] or {}
            local t = times[use.file]
            t[use.region] = (t[use.region] or 0) + 1
        end
    end
    return times
end

local function exempt(line)
    return line:match("^%s*$") or line:match("SPDX%-License%-Identifier")
end

-- Lines that should stand, lines that do, the first that does not.
local function cover(file, times)
    local inside = {}
    for _, region in ipairs(file.order) do
        for n = region.first, region.last do
            inside[n] = (times or {})[region.name]
        end
    end
    local all, there, first = 0, 0, nil
    for n, line in ipairs(file.lines) do
        if inside[n] or not exempt(line) then
            all = all + 1
            if inside[n] == 1 then
                there = there + 1
            else
                first = first or file.at[n]
            end
        end
    end
    return all, there, first
end

local function implementations()
    local list = {}
    for _, path in ipairs(base.glob(book.covered
        and table.concat(book.covered, " ") or "code/*/*.h code/*/*.c")) do
        list[#list + 1] = path
    end
    return list
end

local times, all, there = shown(), 0, 0
for _, path in ipairs(implementations()) do
    local a, t, first = cover(source.read(path), times[path])
    all, there = all + a, there + t
    print(string.format("%6.1f %%  %4d of %4d lines  %s", a == 0 and 100
        or 100 * t / a, t, a, path))
    if first then
        base.complain(path .. ":" .. first, "line is in no listing",
            "put it in a region that a chapter shows")
    end
end
print(string.format("%6.1f %%  %4d of %4d lines  in the book", all == 0
    and 100 or 100 * there / all, there, all))
base.settle()
