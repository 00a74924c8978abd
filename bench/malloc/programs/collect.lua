-- SPDX-License-Identifier: MIT
--
-- Turns what hyperfine, launch, perf and strace wrote about whole programs
-- (bench/malloc/programs/run.sh) into a results file:
--
--     programs.<program>.<variant>.time     ms      wall clock
--     programs.<program>.<variant>.faults   faults  minor and major
--     programs.<program>.<variant>.rss      KiB     peak resident set
--     programs.<program>.<variant>.cpu      ms      of the processor
--     programs.<program>.<variant>.ratio    ×       cpu to the first
--                        variant's, round by round; programs.all: the
--                        geometric mean over the programs measured
--     programs.<program>.<variant>.brk      calls   also mmap
--     programs.<program>.<variant>.hw-cycles, hw-instructions,
--         hw-dtlb-misses                            where there are any
--
-- A quick run has only what each round gives, faults, rss, cpu and ratio,
-- and no mean over the programs, which would be one of fewer.
--
-- Medians with 95 % intervals by order statistics (stats.lua); what was
-- counted once stands with n = 1.

package.path = "bench/results/?.lua;" .. package.path
local results = require "results"
local stats = require "stats"

local quick = table.remove(arg, 1) == "quick"
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

local function add(program, variant, metric, unit, values)
    local row = stats.median(values)
    row.experiment, row.variant = "programs." .. program, variant
    row.x, row.metric, row.unit = "", metric, unit
    row.instrument, row.kernel = "host", "host"
    file.rows[#file.rows + 1] = row
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

-- launch: lines "rss minor major µs"; pick gives the value of a line.
local function rusage(base, pick)
    local list = {}
    for rss, minor, major, cpu in (slurp(base .. ".rusage") or "")
        :gmatch("(%d+) (%d+) (%d+) (%d+)\n") do
        list[#list + 1] = pick(tonumber(rss), minor + major, cpu / 1000)
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
    { "faults", "faults", function(base)
        return rusage(base, function(_, faults) return faults end)
    end },
    { "rss", "KiB", function(base)
        return rusage(base, function(rss) return rss end)
    end },
    { "cpu", "ms", function(base)
        return rusage(base, function(_, _, cpu) return cpu end)
    end },
}
local counts = {
    { "time", "ms", times },
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

for _, m in ipairs(quick and {} or counts) do
    metrics[#metrics + 1] = m
end

-- Processor time to the first variant's, round by round.
local first = arg[3] and arg[3]:match("^[^=]+")
local function paired(program, variant)
    local function cpu(which)
        return rusage(dir .. "/" .. program .. "." .. which,
            function(_, _, ms) return ms end)
    end
    local ours, theirs, list = cpu(variant), cpu(first), {}
    for i = 1, math.min(#ours, #theirs) do
        list[i] = ours[i] / theirs[i]
    end
    return list
end

local all = {} -- [variant][round] = sum of logarithms
local function add_ratio(program, variant)
    local list = paired(program, variant)
    if #list == 0 then
        return
    end
    all[variant] = all[variant] or { n = 0 }
    all[variant].n = all[variant].n + 1
    for i, ratio in ipairs(list) do
        all[variant][i] = (all[variant][i] or 0) + math.log(ratio)
    end
    add(program, variant, "ratio", "×", list)
end

for program in (slurp(dir .. "/names.txt") or ""):gmatch("[^\n]+") do
    for i = 4, #arg do
        add_ratio(program, arg[i]:match("^[^=]+"))
    end
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

for i = quick and #arg + 1 or 4, #arg do
    local variant = arg[i]:match("^[^=]+")
    local list = {}
    for k, sum in ipairs(all[variant] or {}) do
        list[k] = math.exp(sum / all[variant].n)
    end
    if #list > 0 then
        add("all", variant, "ratio", "×", list)
    end
end

for key, value in slurp(dir .. "/machine.txt")
    :gmatch("# ([^:]+): ([^\n]*)") do
    file.meta[key] = value
end
file.meta.compiler = "none: the system's own programs"
file.meta.flags = "none"
file.meta.command = os.getenv("BENCH_COMMAND")
    or "sh bench/malloc/programs/run.sh"
file.meta.interval = "95 % interval by order statistics"
for i, key in ipairs(results.required) do
    file.keys[i] = key
end
file.keys[#file.keys + 1] = "interval"
local guests = {}
for name in (os.getenv("BENCH_PEERS") or ""):gmatch("([^%s=]+)=") do
    guests[#guests + 1] = name
end
if #guests > 0 then
    file.meta.guests = table.concat(guests, " ")
    file.keys[#file.keys + 1] = "guests"
end

local ok, message = results.write(out, file)
if not ok then
    io.stderr:write(message, "\n")
    os.exit(1)
end
