-- SPDX-License-Identifier: MIT
--
-- What differs between the measurements of this checkout and the recorded
-- ones (`make drift`):
--
--     lua5.4 bench/results/drift.lua build/results bench/reference MACHINE
--
-- Instruction counts are exact: any difference is one, and they are
-- compared with a recording made on any machine. Times are compared with
-- this machine's own recording only, and differ when the two intervals do
-- not touch. Verdicts on claims differ when they are not the same.
-- A difference is news, not an error: the status is 0 unless a file cannot
-- be read.

package.path = (arg[0]:match("^.*/") or "") .. "?.lua;" .. package.path
local results = require "results"

local function die(message)
    io.stderr:write(message, "\n")
    os.exit(1)
end

local function load(dir)
    local layer, message = results.load_tree(dir)
    return layer or die(message)
end

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
    return row.variant .. "." .. row.metric
        .. (row.x ~= "" and " x=" .. row.x or "")
        .. (row.instrument ~= "host" and " " .. row.kernel or "")
end

local function value(row)
    return row.median and results.digits(row.median) .. " " .. row.unit
        or "not measured"
end

-- How far apart two rows are: nil for not at all, else the factor's log.
local function distance(new, old)
    if not new.median or not old.median then
        return (new.median or old.median) and math.huge or nil
    elseif new.instrument == "vm-insn" then
        if new.median == old.median and new.lo == old.lo
            and new.hi == old.hi then
            return nil
        end
    elseif new.lo <= old.hi and old.lo <= new.hi then
        return nil
    end
    if new.median <= 0 or old.median <= 0 then
        return math.huge
    end
    return math.abs(math.log(new.median / old.median))
end

local function percent(new, old)
    if not new.median or not old.median or old.median == 0 then
        return ""
    end
    return string.format(" (%+.1f %%)",
        100 * (new.median - old.median) / old.median)
end

-- Rows of both, by instrument and experiment, with what differs.
local function compare(now, recorded, keep)
    local groups, order = {}, {}
    local old = index(recorded.rows, identify)
    for _, row in ipairs(now.rows) do
        local was = keep(row) and old[identify(row)]
        if was then
            local title = row.instrument .. "  " .. row.experiment
            local group = groups[title]
            if not group then
                group = { title = title, compared = 0, differ = {} }
                groups[title] = group
                order[#order + 1] = group
            end
            local far = distance(row, was)
            group.compared = group.compared + 1
            if far then
                table.insert(group.differ, { row, was, far })
            end
        end
    end
    return order
end

local function report(group)
    table.sort(group.differ, function(a, b)
        if a[3] ~= b[3] then
            return a[3] > b[3]
        end
        return results.less(a[1], b[1])
    end)
    print(string.format("%-32s %d of %d differ", group.title,
        #group.differ, group.compared))
    for i, d in ipairs(group.differ) do
        if i > 5 then
            print("    and " .. #group.differ - 5 .. " more")
            break
        end
        print(string.format("    %-28s %s, was %s%s", name_of(d[1]),
            value(d[1]), value(d[2]), percent(d[1], d[2])))
    end
end

-- Rows on one side only, in a line: new ones, and those no longer there.
local function report_others(now, recorded, keep)
    local function missing(from, into)
        local have, n = index(into.rows, identify), 0
        for _, row in ipairs(from.rows) do
            n = n + (keep(row) and not have[identify(row)] and 1 or 0)
        end
        return n
    end
    local new, gone = missing(now, recorded), missing(recorded, now)
    if new + gone > 0 then
        print(string.format("%d rows are new here, %d are only recorded",
            new, gone))
    end
end

local function report_claims(now, recorded)
    local function name(row)
        return row.claim .. " on " .. row.kernel
    end
    local old = index(recorded.claims, name)
    for _, row in ipairs(now.claims) do
        local was = old[name(row)]
        if was and was.verdict ~= row.verdict then
            print("claim " .. name(row) .. ": " .. row.verdict .. ", was "
                .. was.verdict)
        end
    end
end

local function machines(dir)
    local list, pipe = {}, io.popen("ls '" .. dir .. "' 2>/dev/null")
    for line in pipe:lines() do
        if line ~= "source" then
            list[#list + 1] = line
        end
    end
    pipe:close()
    return list
end

local now = load(arg[1])
local known = machines(arg[2])
local here = false
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
    local recorded = load(arg[2] .. "/" .. machine)
    print("Measured here against " .. arg[2] .. "/" .. machine)
    if not here then
        print("That is another machine: only what is counted exactly is "
            .. "compared.\nmake reference records this one, " .. arg[3]
            .. ".")
    end
    local function keep(row)
        return here or row.instrument == "vm-insn"
    end
    local compared = compare(now, recorded, keep)
    for _, group in ipairs(compared) do
        report(group)
    end
    report_others(now, recorded, keep)
    report_claims(now, recorded)
    if #compared == 0 then
        print("No row is in both.")
    end
end
