-- SPDX-License-Identifier: MIT
--
-- Turns what hyperfine, launch, perf and strace wrote about whole programs
-- (bench/programs.sh) into a results file:
--
--     programs.<program>.<variant>.time     ms      wall clock
--     programs.<program>.<variant>.faults   faults  minor and major
--     programs.<program>.<variant>.rss      KiB     peak resident set
--     programs.<program>.<variant>.brk      calls   also mmap
--     programs.<program>.<variant>.hw-cycles, hw-instructions,
--         hw-dtlb-misses                            where there are any
--
-- Medians with 95 % intervals by order statistics, as in stats.h; what was
-- counted once stands with n = 1.

package.path = (arg[0]:match("^.*/") or "") .. "?.lua;" .. package.path
local results = require "results"

local dir, out = arg[1], arg[2]
local file = { meta = {}, keys = {}, rows = {}, unmeasured = {} }

local function slurp(path)
    local handle = io.open(path)
    if not handle then
        return nil
    end
    local text = handle:read("a")
    handle:close()
    return text
end

-- Rank of the interval's lower end: stats_ranks() for the median.
local function low_rank(n)
    local p, below, rank = 0.5 ^ n, 0.5 ^ n, 1
    for k = 1, n do
        p = p * (n - k + 1) / k
        below = below + p
        if below > 0.025 then
            return rank
        end
        rank = k + 1
    end
    return rank
end

local function add(program, variant, metric, unit, values)
    table.sort(values)
    local n = #values
    local rank = low_rank(n)
    local middle = (values[(n + 1) // 2] + values[n // 2 + 1]) / 2
    file.rows[#file.rows + 1] = {
        experiment = "programs." .. program, variant = variant, x = "",
        metric = metric, unit = unit, instrument = "host",
        kernel = "host", median = middle, lo = values[rank],
        hi = values[n + 1 - rank], n = n,
    }
end

local function miss(program, variant, metric, unit, reason)
    local row = { experiment = "programs." .. program, variant = variant,
        x = "", metric = metric, unit = unit, instrument = "host",
        kernel = "host", n = 0 }
    file.rows[#file.rows + 1] = row
    file.unmeasured[results.key(row)] = reason
end

local missing = {} -- [program variant metric] = reason
for program, variant, metric, reason in (slurp(dir .. "/missing.txt")
    or ""):gmatch("([^\t\n]+)\t([^\t\n]+)\t([^\t\n]+)\t([^\n]*)\n") do
    missing[program .. " " .. variant .. " " .. metric] = reason
end

-- hyperfine: "times": [0.1, 0.2, ...] in seconds.
local function times(base)
    local list = {}
    local text = (slurp(base .. ".json") or ""):match('"times":%s*%[(.-)%]')
    for number in (text or ""):gmatch("[%d.eE+-]+") do
        list[#list + 1] = tonumber(number) * 1000
    end
    return list
end

-- launch: lines "rss minor major"; pick gives the value of a line.
local function rusage(base, pick)
    local list = {}
    for rss, minor, major in (slurp(base .. ".rusage") or "")
        :gmatch("(%d+) (%d+) (%d+)\n") do
        list[#list + 1] = pick(tonumber(rss), minor + major)
    end
    return list
end

-- perf: lines "count,unit,event,..."; the count may be "<not supported>".
local function counted(path, event)
    for line in (slurp(path) or ""):gmatch("[^\n]+") do
        local count, name = line:match("^([^,]*),[^,]*,([^,]*)")
        if name and name:find(event, 1, true) then
            return { tonumber(count) }, "no such counter on this machine"
        end
    end
    return {}, "the counter could not be opened"
end

local metrics = {
    { "time", "ms", times },
    { "faults", "faults", function(base)
        return rusage(base, function(_, faults) return faults end)
    end },
    { "rss", "KiB", function(base)
        return rusage(base, function(rss) return rss end)
    end },
    { "brk", "calls", function(base)
        return counted(base .. ".calls", "sys_enter_brk")
    end },
    { "mmap", "calls", function(base)
        return counted(base .. ".calls", "sys_enter_mmap")
    end },
    { "hw-cycles", "cycles", function(base)
        return counted(base .. ".perf", "cycles")
    end },
    { "hw-instructions", "instructions", function(base)
        return counted(base .. ".perf", "instructions")
    end },
    { "hw-dtlb-misses", "misses", function(base)
        return counted(base .. ".perf", "dTLB-load-misses")
    end },
}

for _, program in ipairs { "gcc", "lua", "sqlite" } do
    for i = 3, #arg do
        local variant = arg[i]:match("^[^=]+")
        local base = dir .. "/" .. program .. "." .. variant
        for _, m in ipairs(metrics) do
            local values, reason = m[3](base)
            if #values > 0 then
                add(program, variant, m[1], m[2], values)
            else
                miss(program, variant, m[1], m[2], missing[program .. " "
                    .. variant .. " " .. m[1]] or reason or "no output")
            end
        end
    end
end

for key, value in slurp(dir .. "/machine.txt")
    :gmatch("# ([^:]+): ([^\n]*)") do
    file.meta[key] = value
end
file.meta.compiler = "none: the system's own programs"
file.meta.flags = "none"
file.meta.command = os.getenv("BENCH_COMMAND") or "sh bench/programs.sh"
file.meta.interval = "95 % interval by order statistics"
for i, key in ipairs(results.required) do
    file.keys[i] = key
end
file.keys[#file.keys + 1] = "interval"

local ok, message = results.write(out, file)
if not ok then
    io.stderr:write(message, "\n")
    os.exit(1)
end
