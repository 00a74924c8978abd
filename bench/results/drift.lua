-- SPDX-License-Identifier: MIT
--
-- What differs between the measurements of this checkout and the recorded
-- ones (`make drift`), first as a verdict in one line:
--
--     lua5.4 bench/results/drift.lua build/results bench/reference MACHINE
--
-- Instruction counts are exact: any difference is one, and they are the
-- same on any machine. Times are compared with this machine's recording,
-- else with the first one's: by what factor all of them moved (the
-- median), which rows moved otherwise (their intervals, with the
-- factor taken off, do not touch, and they are more than a twentieth
-- apart), and who overtook whom (apart by their intervals on both sides).
-- Verdicts on claims differ when they are not the same. A difference is
-- news, not an error: the status is 0 unless a file cannot be read.

package.path = (arg[0]:match("^.*/") or "") .. "?.lua;" .. package.path
local results = require "results"
local stats = require "stats"

local least, most = 0.05, 12 -- a move worth a line; lines of a list

local function identify(row)
    return table.concat({ results.key(row), row.x, row.instrument,
        row.kernel }, " ")
end

local function index(rows, name)
    local by = {}
    for _, row in ipairs(rows) do
        by[name(row)] = row
    end
    return by
end

local function name_of(row)
    return results.key(row) .. (row.x ~= "" and " x=" .. row.x or "")
        .. (row.instrument ~= "host" and " " .. row.kernel or "")
end

-- Counts to the last digit, else those that differ would read the same.
local function value(row)
    return row.median and (row.instrument == "vm-insn"
        and string.format("%.9g", row.median)
        or results.digits(row.median)) .. " " .. row.unit
        or "not measured"
end

local function percent(factor)
    return string.format("%+.1f %%", 100 * (factor - 1))
end

local function plural(n, word)
    return n .. " " .. word .. (n == 1 and "" or "s")
end

-- Pairs {new, old} of an instrument that both sides have.
local function pairs_of(now, recorded, instrument)
    local old, list = index(recorded.rows, identify), {}
    for _, row in ipairs(now.rows) do
        local was = row.instrument == instrument and old[identify(row)]
        if was then
            list[#list + 1] = { new = row, old = was }
        end
    end
    return list
end

local function list_of(title, list, line)
    if #list == 0 then
        return
    end
    print("\n" .. title)
    for i, item in ipairs(list) do
        if i > most then
            print("    and " .. #list - most .. " more")
            break
        end
        print("    " .. line(item))
    end
end

---------------------------------------------------------------- the lab

local function same_count(a, b)
    return a.median == b.median and a.lo == b.lo and a.hi == b.hi
end

-- The verdict, and the pairs that differ, those farthest apart first.
local function judge_lab(list)
    local differ, farthest = {}, 0
    for _, p in ipairs(list) do
        if not same_count(p.new, p.old) then
            local a, b = p.new.median, p.old.median
            p.far = a and b and a > 0 and b > 0
                and math.abs(math.log(a / b)) or math.huge
            farthest = math.max(farthest, p.far)
            differ[#differ + 1] = p
        end
    end
    table.sort(differ, function(p, q)
        if p.far ~= q.far then
            return p.far > q.far
        end
        return results.less(p.new, q.new)
    end)
    if #list == 0 then
        return "not run here", differ
    elseif #differ == 0 then
        return "identical", differ
    end
    return string.format("%d of %s differ%s", #differ,
        plural(#list, "count"), farthest < math.huge and ", by "
        .. string.format("%.1f %%", 100 * (math.exp(farthest) - 1))
        .. " at most" or ""), differ
end

-- Which kernels' packages differ, the first thing to ask when counts do.
local function report_packages(differ)
    local said = {}
    for _, p in ipairs(differ) do
        local new, old = p.new.file.meta.versions, p.old.file.meta.versions
        local line = p.new.kernel .. ": " .. new .. ", was " .. old
        if new ~= old and not said[line] then
            said[line] = true
            said[#said + 1] = line
        end
    end
    list_of("Measured with other packages:", said, function(line)
        return line
    end)
end

--------------------------------------------------------------- the host

local times = { ns = true, ["µs"] = true, ms = true, s = true }

local function timed(list)
    local out = {}
    for _, p in ipairs(list) do
        if times[p.new.unit] and p.new.median and p.old.median
            and p.new.median > 0 and p.old.median > 0 then
            out[#out + 1] = p
        end
    end
    return out
end

-- By what all moved: the median of the rows' factors.
local function common_factor(list)
    local factors = {}
    for i, p in ipairs(list) do
        factors[i] = p.new.median / p.old.median
    end
    return #factors > 0 and stats.median(factors).median or 1
end

-- Rows that moved otherwise than all: beyond their intervals.
local function movers(list, factor)
    local out = {}
    for _, p in ipairs(list) do
        local apart = p.new.lo / factor > p.old.hi
            or p.new.hi / factor < p.old.lo
        p.move = p.new.median / p.old.median / factor
        if apart and math.abs(math.log(p.move)) > math.log(1 + least) then
            out[#out + 1] = p
        end
    end
    table.sort(out, function(p, q)
        local a, b = math.abs(math.log(p.move)), math.abs(math.log(q.move))
        if a ~= b then
            return a > b
        end
        return results.less(p.new, q.new)
    end)
    return out
end

-- Who overtook whom, among the variants of one experiment, x and metric.
local function overtaken(list)
    local groups, order, out, compared = {}, {}, {}, 0
    for _, p in ipairs(list) do
        local row = p.new
        local name = row.experiment .. " " .. row.x .. " " .. row.metric
        if not groups[name] then
            groups[name] = {}
            order[#order + 1] = groups[name]
        end
        table.insert(groups[name], p)
    end
    for _, group in ipairs(order) do
        for i, p in ipairs(group) do
            for j = i + 1, #group do
                local q = group[j]
                local before = p.old.hi < q.old.lo and -1
                    or p.old.lo > q.old.hi and 1 or 0
                local now = p.new.hi < q.new.lo and -1
                    or p.new.lo > q.new.hi and 1 or 0
                compared = compared + math.abs(before)
                if before * now == -1 then
                    out[#out + 1] = now < 0 and { p, q } or { q, p }
                end
            end
        end
    end
    return out, compared
end

local function judge_host(list, whom)
    local factor = common_factor(list)
    local moved = movers(list, factor)
    local swapped, compared = overtaken(list)
    if #list == 0 then
        return "not measured here", moved, swapped
    end
    local speed = string.format("%.0f %% %s%s", 100 * math.abs(factor > 1
        and factor - 1 or 1 / factor - 1), factor > 1 and "slower"
        or "faster", whom and " than " .. whom or "")
    if math.abs(math.log(factor)) < 0.005 then
        speed = whom and "as fast as " .. whom or "as fast"
    end
    return speed .. ", " .. (#swapped == 0
        and "same order of rivals" or string.format(
        "another order of rivals in %d of %s", #swapped,
        plural(compared, "comparison"))), moved, swapped, factor
end

----------------------------------------------------------------- claims

local function claims_that_differ(now, recorded)
    local function name(row)
        return row.claim .. " on " .. row.kernel
    end
    local old, out = index(recorded.claims, name), {}
    for _, row in ipairs(now.claims) do
        local was = old[name(row)]
        if was and was.verdict ~= row.verdict then
            out[#out + 1] = name(row) .. ": " .. row.verdict .. ", was "
                .. was.verdict
        end
    end
    return out
end

-- Rows on one side only, in a line: new ones, and those no longer there.
local function report_others(now, recorded)
    local function missing(from, into)
        local have, n = index(into.rows, identify), 0
        for _, row in ipairs(from.rows) do
            n = n + (have[identify(row)] and 0 or 1)
        end
        return n
    end
    local new, gone = missing(now, recorded), missing(recorded, now)
    if new + gone > 0 then
        print(string.format("\n%s only here, %s only recorded",
            plural(new, "row"), plural(gone, "row")))
    end
end

------------------------------------------------------------------- both

local function machines(dir)
    return results.lines_of("find " .. results.quote(dir) .. " -mindepth 1 "
        .. "-maxdepth 1 -type d ! -name source -printf '%f\\n' 2>/dev/null")
end

-- A machine's name as it stands in its records.
local function compare(now, recorded, here, machine)
    local lab, counts = judge_lab(pairs_of(now, recorded, "vm-insn"))
    local list = timed(pairs_of(now, recorded, "host"))
    local host, moved, swapped, factor = judge_host(list, not here
        and machine or nil)
    local claims = claims_that_differ(now, recorded)
    print("the lab: " .. lab .. "; host: " .. host .. (#claims > 0
        and "; " .. plural(#claims, "claim") .. " decided otherwise"
        or ""))
    print("Against bench/reference/" .. machine .. (here and ""
        or ", another machine (make reference records this one)") .. ".")
    list_of("Claims:", claims, function(line)
        return line
    end)
    report_packages(counts)
    list_of("Counts in the lab:", counts, function(p)
        return string.format("%s: %s, was %s%s", name_of(p.new),
            value(p.new), value(p.old), p.far < math.huge and " ("
            .. percent(p.new.median / p.old.median) .. ")" or "")
    end)
    list_of("Who overtook whom on the host:", swapped, function(pair)
        local first, second = pair[1].new, pair[2].new
        return string.format("%s: %s (%s) is before %s (%s)",
            first.experiment .. (first.x ~= "" and " x=" .. first.x or ""),
            first.variant, value(first), second.variant, value(second))
    end)
    list_of(string.format("Beyond the noise, with the common %s taken "
        .. "off:", percent(factor or 1)), moved, function(p)
        return string.format("%s: %s, was %s (%s)", name_of(p.new),
            value(p.new), value(p.old), percent(p.move))
    end)
    report_others(now, recorded)
end

local now = results.must(results.load_tree(arg[1]))
local known = machines(arg[2])
local here
for _, machine in ipairs(known) do
    here = here or machine == arg[3]
end

if #now.rows + #now.claims == 0 then
    print("Nothing to compare: nothing was measured here yet; "
        .. "run make bench-quick, make bench or make lab.")
elseif #known == 0 then
    print("Nothing to compare with: no results are recorded in " .. arg[2]
        .. "; make reference records these.")
else
    local machine = here and arg[3] or known[1]
    compare(now, results.must(results.load_tree(arg[2] .. "/" .. machine)),
        here, machine)
end
