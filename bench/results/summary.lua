-- SPDX-License-Identifier: MIT
--
-- What one wants to keep of a benchmark:
--
--     lua5.4 bench/results/summary.lua build/results [PLACES.tsv]
--
-- The machine and how far it can be trusted, then a line for each headline
-- (headline.lua): what, ours, the best of the others and its name, ours to
-- theirs with the interval, a bar as wide as that ratio, and where in the
-- book it stands, if the press has said so (press/places.lua).

package.path = (arg[0]:match("^.*/") or "") .. "?.lua;" .. package.path
local results = require "results"
local headline = require "headline"
local screen = require "screen"

local left, right, width = screen.left, screen.right, screen.width

local layer = results.must(results.load_tree(arg[1] or "build/results"))

-- Noise beyond which a machine is not believed: half the width of the A/A
-- interval, and the share of timed runs that other work disturbed (some
-- disturb themselves, with more threads than there are processors).
local too_noisy, too_disturbed = 0.05, 0.20

local function find(key)
    for _, row in ipairs(layer.rows) do
        if results.key(row) == key then
            return row
        end
    end
end

-------------------------------------------------------------- the machine

-- Of the files of the host, the last one that was measured.
local function host_files()
    local list = {}
    for _, file in ipairs(layer.files) do
        if file.path:find("/host/", 1, true) then
            list[#list + 1] = file
        end
    end
    table.sort(list, function(a, b)
        return a.meta.date > b.meta.date
    end)
    return list
end

local function percent(share)
    return string.format("%.1f %%", 100 * share)
end

-- What the heads say of runs that were done again.
local function disturbed(files)
    local again, timed, kept = 0, 0, 0
    for _, file in ipairs(files) do
        local n, of, still = (file.meta.repeated or ""):match("^(%d+) of "
            .. "(%d+) .*although disturbed (%d+)%)")
        if n then
            again, timed = again + n, timed + of
            kept = kept + still
        end
    end
    return timed > 0 and { again = again, timed = timed,
        share = (again + kept) / timed } or nil
end

local function noise(files)
    local aa, words, warn = find("measuring.aa.a/b.ratio"), {}, nil
    if aa and aa.median then
        local most = math.max(math.abs(aa.lo - 1), math.abs(aa.hi - 1))
        words[1] = string.format("the same code twice differs by a factor "
            .. "of %.4f (%.4f to %.4f): a ratio within %s of 1 says "
            .. "nothing", aa.median, aa.lo, aa.hi, percent(most))
        warn = most > too_noisy and "the same code, measured twice, "
            .. "differs by " .. percent(most)
    else
        words[1] = "not measured (make bench CHAPTER=measuring)"
    end
    local d = disturbed(files)
    if d then
        words[2] = string.format("%d of %d timed runs were done again, "
            .. "since other work disturbed them", d.again, d.timed)
        warn = d.share > too_disturbed and "other work disturbed "
            .. percent(d.share) .. " of the timed runs" or warn
    end
    return table.concat(words, "; "), warn
end

local function wrapped(label, text)
    local line = left(label, 10)
    for word in text:gmatch("%S+") do
        if width(line) + width(word) > 78 then
            print(line)
            line = (" "):rep(10)
        end
        line = line .. (line:find("%S$") and width(line) > 10 and " " or "")
            .. word
    end
    print(line)
end

local function print_machine()
    local files = host_files()
    if #files == 0 then
        print("Nothing was measured on this machine yet: make bench")
        os.exit(0)
    end
    local meta = files[1].meta
    local said, warn = noise(files)
    wrapped("Machine", meta.cpu .. "; " .. meta.kernel)
    wrapped("Governor", meta.governor or "not recorded")
    wrapped("Against", meta.versions)
    wrapped("Noise", said)
    if warn then
        wrapped("WARNING", "too noisy to believe: " .. warn
            .. ". Let the machine rest and measure again.")
    end
    for _, file in ipairs(files) do
        local who = file.meta.command
        if who:find("quick", 1, true) then
            wrapped("Haste", "some of it is of a quick run, "
                .. "with few repetitions; make bench has patience")
            break
        end
    end
    return warn
end

---------------------------------------------------------------- the book

local places = {}

local function read_places(path)
    local file = path and io.open(path)
    for line in file and file:lines() or function() end do
        local rank, pattern, label = line:match("^(%d)\t([^\t]+)\t([^\t]*)")
        places[#places + 1] = { rank = tonumber(rank), label = label,
            pattern = "^" .. pattern:gsub("[%-%.%+]", "%%%0")
                :gsub("%*", ".*") .. "$" }
    end
end

-- Where it stands: where ours does, or ours to the rival's.
local function place(h)
    local best
    local ours = results.key(h.ours)
    local paired = h.experiment .. ".pw/" .. h.rivals[1].variant .. ".ratio"
    local to_glibc = h.experiment .. ".pw.ratio"
    for _, p in ipairs(places) do
        if (not best or p.rank < best.rank) and p.label ~= ""
            and (ours:match(p.pattern) or paired:match(p.pattern)
            or to_glibc:match(p.pattern)) then
            best = p
        end
    end
    return best and best.label or ""
end

--------------------------------------------------------------- the lines

local cells, one = 12, 6 -- of a bar; where it says: as long as theirs

local function bar(ratio)
    local n = math.min(cells, math.floor(ratio * one + 0.5))
    local out = {}
    for i = 1, cells do
        out[i] = i <= n and "█" or i == one and "│" or "·"
    end
    return table.concat(out) .. (ratio * one > cells + 0.5 and "›" or " ")
end

local function amount(row)
    local unit, by = results.readable(row.median, row.unit)
    return results.digits(row.median / by) .. " " .. unit
end

local function number(v)
    return string.format(v < 10 and "%.2f" or "%.0f", v)
end

local function print_line(h)
    local best = h.rivals[1]
    local ratio = headline.ratio(h.ours, best)
    local what = h.experiment .. (h.x ~= "" and " " .. h.x or "")
        .. (h.metric == "memory" and " memory" or "")
    print(left(what, 23) .. right(amount(h.ours), 9) .. "  "
        .. left(best.variant, 11) .. right(amount(best), 9) .. "  "
        .. right(number(ratio.median), 4) .. left(string.format(
        " %s%s–%s", ratio.paired and "" or "~", number(ratio.lo),
        number(ratio.hi)), 13) .. bar(ratio.median) .. " " .. place(h))
end

local function print_lines()
    local last
    for _, h in ipairs(headline.of(layer)) do
        local chapter = h.experiment:match("^[^.]+")
        if chapter ~= last then
            print("\n" .. left(chapter, 23) .. right("ours", 9) .. "  "
                .. left("best other", 20) .. "  ours : theirs   "
                .. left("", cells + 2) .. "in the book")
        end
        last = chapter
        print_line(h)
    end
end

read_places(arg[2])
local warn = print_machine()
print_lines()
print("\nOurs to theirs: below 1 ours is less, with the 95 % interval; ~ "
    .. "not paired.\nOf the values of an experiment's x the middle one. "
    .. "All: make bench-tables; drawn: build/html/index.html"
    .. (warn and "\nThis machine was too noisy to believe; see above."
    or ""))
