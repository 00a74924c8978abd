-- SPDX-License-Identifier: MIT
--
-- The small print under figures and tables: statistic, n, spread, machine,
-- kernel, compiler, whose results, and the command that measures them
-- again. Everything is computed from the records that were drawn.



local facts = {}

-- Rows by the file they came from, in order of first appearance.
local function by_file(rows)
    local list, index = {}, {}
    for _, row in ipairs(rows) do
        local path = row.file.path
        if not index[path] then
            index[path] = { file = row.file, rows = {} }
            list[#list + 1] = index[path]
        end
        table.insert(index[path].rows, row)
    end
    return list
end

-- "31" or "12 to 31"
local function count(rows)
    local low, high = math.huge, 0
    for _, row in ipairs(rows) do
        low, high = math.min(low, row.n), math.max(high, row.n)
    end
    low, high = math.floor(low), math.floor(high)
    return low == high and tostring(low) or low .. " to " .. high, high
end

-- The widest interval, half of it as a share of the median.
local function spread(rows)
    local widest = 0
    for _, row in ipairs(rows) do
        if row.median and row.median ~= 0 then
            widest = math.max(widest, (row.hi - row.lo) / 2
                / math.abs(row.median))
        end
    end
    return widest
end

local function percent(share)
    local p = share * 100
    return string.format(p >= 10 and "%.0f" or "%.1f", p) .. "\194\160%"
end

local function statistic(group)
    local n, most = count(group.rows)
    local wide = spread(group.rows)
    local exact = group.rows[1].instrument == "vm-insn"
    local text = exact and "Counted in emulation, " or "Median of " .. n
    if exact then
        text = text .. (most == 1 and "one run" or "median of " .. n)
    elseif most == 1 then
        text = "Measured once"
    end
    if wide > 0 then
        return text .. ", " .. (group.file.meta.interval
            or "95\194\160% interval") .. " within ±" .. percent(wide)
    end
    return text .. (most > 1 and ", no spread" or "")
end

local function short(text, limit)
    return #text > limit and text:match("^[^;,(]+"):gsub("%s+$", "") or text
end

local function where(group)
    local meta, row = group.file.meta, group.rows[1]
    local place = row.kernel == "host" and meta.kernel or row.kernel
    return string.format("%s; kernel\194\160%s; %s",
        row.instrument == "vm-insn" and "QEMU -icount" or meta.cpu,
        place, short(meta.compiler, 40))
end

local owner = { reader = "this machine", reference = "reference machine" }

-- A line of facts for rows, and the commands that measure them again.
function facts.of(rows)
    local sentences, commands, seen = {}, {}, {}
    for _, group in ipairs(by_file(rows)) do
        sentences[#sentences + 1] = statistic(group) .. "; " .. where(group)
            .. " (" .. (owner[group.rows[1].source] or "sample") .. ")."
        local command = group.file.meta.command
        if command and not seen[command] then
            seen[command] = true
            commands[#commands + 1] = command
        end
    end
    return table.concat(sentences, " "), commands
end

-- Do all rows share this column? Then its value.
function facts.common(rows, column)
    local value
    for _, row in ipairs(rows) do
        if value ~= nil and row[column] ~= value then
            return nil
        end
        value = row[column]
    end
    return value
end



return facts
