-- SPDX-License-Identifier: MIT
--
-- Several machines in one figure (make bench RESULTS="folder folder"):
--
--     lua5.4 bench/results/compare.lua OUT FOLDER FOLDER...
--
-- A folder is build/results of some machine, or one of bench/reference.
-- Of each headline (headline.lua) that all of them have, a panel: each
-- variant's time on each machine with its interval, on a logarithmic
-- scale where they lie far apart. Leaves OUT/compare.svg, and
-- OUT/compare.html, which has the figure, what machines they are, and the
-- numbers.

package.path = (arg[0]:match("^.*/") or "") .. "?.lua;" .. package.path
local results = require "results"
local headline = require "headline"

local function die(what, remedy)
    io.stderr:write("pagewise: bench: ", what, "; ", remedy, "\n")
    os.exit(1)
end

local out = arg[1]
local usage = 'say make bench RESULTS="build/results bench/reference/NAME"'

---------------------------------------------------------------- machines

local function load_machine(dir)
    local layer = results.must(results.load_tree(dir))
    local m = { dir = dir, heads = headline.of(layer), by = {} }
    for _, row in ipairs(layer.rows) do
        if row.instrument == "host" then
            m.by[results.identity(row, "results")] = row
            if not m.meta or row.file.meta.date > m.meta.date then
                m.meta = row.file.meta
            end
        end
    end
    return #m.heads > 0 and m
        or die("RESULTS: " .. dir .. " holds no results of a host", usage)
end

local machines, names = {}, {}
for i = 2, #arg do
    local m = load_machine((arg[i]:gsub("/+$", "")))
    machines[#machines + 1] = m
    m.name = names[m.meta.machine] and m.meta.machine .. " (" .. m.dir
        .. ")" or m.meta.machine
    names[m.meta.machine] = true
end
if #machines < 2 then
    die("RESULTS names fewer than two folders", usage)
end

-- The same row on another machine, if it was measured there.
local function twin(machine, row)
    local other = machine.by[results.identity(row, "results")]
    return other and other.median and other
end

-- Variants of a headline that all machines have, ours first.
local function panel_of(h)
    local list = {}
    local rows = { h.ours, table.unpack(h.rivals) }
    for i, row in ipairs(rows) do
        local all = { variant = row.variant }
        for k, machine in ipairs(machines) do
            all[k] = twin(machine, row)
        end
        if #all == #machines then
            list[#list + 1] = all
        elseif i == 1 then
            return nil
        end
    end
    return #list > 1 and { head = h, list = list } or nil
end

local panels = {}
for _, h in ipairs(machines[1].heads) do
    panels[#panels + 1] = panel_of(h)
end
if #panels == 0 then
    die("RESULTS: the folders have no experiment in common", usage)
end

------------------------------------------------------------------- figure

local function title(h, unit)
    return h.experiment .. (h.x ~= "" and " " .. h.x or "")
        .. (h.metric == "memory" and ", memory" or "") .. ", " .. unit
end

local across, wide, high = 3, 340, 190

local function script()
    local rows = (#panels + across - 1) // across
    local text = { string.format([[
set encoding utf8
set terminal svg size %d,%d font "sans,11" rounded background "white"
set output "%s/compare.svg"
set colorsequence podo
set multiplot layout %d,%d margins 0.06,0.98,%g,%g spacing 0.06,%g
set border 3
set tics nomirror
set grid ytics
unset key
]], across * wide, rows * high + 30, out, rows, across, 24 / (rows * high),
        1 - 54 / (rows * high + 30), 62 / (rows * high)) }
    local function say(...)
        text[#text + 1] = string.format(...)
    end
    for k, machine in ipairs(machines) do
        say("set label %d %q at screen %g, screen %g left point lt %d pt %d"
            .. " offset 1,0", k, machine.name, 0.03 + (k - 1) * 0.31,
            1 - 14 / (rows * high + 30), k, k + 4)
    end
    for i, panel in ipairs(panels) do
        local tics, plots = {}, {}
        local low, top = math.huge, 0
        local unit, by = results.readable(panel.head.ours.median,
            panel.head.unit)
        for v, all in ipairs(panel.list) do
            tics[v] = string.format("%q %d", all.variant, v)
        end
        for k in ipairs(machines) do
            say("$d%d_%d << EOD", i, k)
            for v, all in ipairs(panel.list) do
                local row = all[k]
                low = math.min(low, row.lo / by)
                top = math.max(top, row.hi / by)
                say("%g %.8g %.8g %.8g", v + (k - (#machines + 1) / 2)
                    * 0.16, row.median / by, row.lo / by, row.hi / by)
            end
            say("EOD")
            plots[k] = string.format("$d%d_%d using 1:2:3:4 with "
                .. "yerrorbars lt %d pt %d ps 0.7", i, k, k, k + 4)
        end
        -- From nothing, where all can be told apart so.
        local far = top > 20 * low
        say("set title %q offset 0,-0.6", title(panel.head, unit))
        say(far and "set logscale y" or "unset logscale y")
        say("set xrange [0.4:%g]", #panel.list + 0.6)
        say("set yrange [%.6g:%.6g]", far and low / 1.5 or 0, top * (far
            and 1.5 or 1.08))
        say("set xtics (%s) font \"sans,9\"", table.concat(tics, ", "))
        say("plot %s", table.concat(plots, ", "))
        if i == 1 then
            say("unset label")
        end
    end
    say("unset multiplot")
    return table.concat(text, "\n") .. "\n"
end

local function draw()
    local path = out .. "/compare.gp"
    local file = io.open(path, "w")
        or die(path .. " cannot be written", "make its folder")
    file:write(script())
    file:close()
    local pipe = io.popen("gnuplot " .. results.quote(path) .. " 2>&1")
    local said = pipe:read("a")
    if not pipe:close() then
        die("gnuplot: " .. (said:match("[^\n]+") or "failed"),
            "see " .. path .. ", or install gnuplot-nox")
    end
end

--------------------------------------------------------------------- page

local function escape(text)
    return (text:gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;",
        [">"] = "&gt;" }))
end

local function row_of(tag, cells)
    for i, text in ipairs(cells) do
        cells[i] = "<" .. tag .. ">" .. escape(text) .. "</" .. tag .. ">"
    end
    return "<tr>" .. table.concat(cells) .. "</tr>\n"
end

local function value(row)
    return string.format("%s (%s–%s)", results.digits(row.median),
        results.digits(row.lo), results.digits(row.hi))
end

local function page()
    local file = io.open(out .. "/compare.svg")
    local svg = file:read("a"):gsub("^.-(<svg)", "%1")
    file:close()
    local text = { [[
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Pagewise: machines side
by side</title><style>
body { font: 16px/1.5 sans-serif; margin: 2rem auto; max-width: 60rem;
    padding: 0 1rem; color: #1c1b19; background: #fffdf7 }
table { border-collapse: collapse; display: block; overflow-x: auto }
td, th { padding: .2rem .8rem .2rem 0; text-align: left }
svg { width: 100%; height: auto }
</style></head><body><h1>Machines side by side</h1>
]], "<table>\n", row_of("th", { "machine", "processor", "kernel", "mallocs",
        "measured", "by" }) }
    for _, m in ipairs(machines) do
        text[#text + 1] = row_of("td", { m.name, m.meta.cpu, m.meta.kernel,
            m.meta.versions, m.meta.date:sub(1, 10), m.meta.command })
    end
    text[#text + 1] = "</table>\n<p>Medians with their 95 % intervals. "
        .. "Machines are compared within a panel; panels have scales of "
        .. "their own, logarithmic where values lie far apart. Of an "
        .. "experiment's values of x it is the middle one.</p>\n" .. svg
        .. "\n<table>\n"
    local head = { "experiment", "variant" }
    for _, m in ipairs(machines) do
        head[#head + 1] = m.name
    end
    text[#text + 1] = row_of("th", head)
    for _, panel in ipairs(panels) do
        for v, all in ipairs(panel.list) do
            local cells = { v == 1 and title(panel.head, panel.head.unit)
                or "",
                all.variant }
            for k in ipairs(machines) do
                cells[#cells + 1] = value(all[k])
            end
            text[#text + 1] = row_of("td", cells)
        end
    end
    text[#text + 1] = "</table></body></html>\n"
    return table.concat(text)
end

draw()
local file = io.open(out .. "/compare.html", "w")
    or die(out .. "/compare.html cannot be written", "make its folder")
file:write(page())
file:close()
print(string.format("pagewise: bench: %d experiments on %d machines: "
    .. "%s/compare.html, %s/compare.svg", #panels, #machines, out, out))
