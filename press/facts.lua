-- SPDX-License-Identifier: MIT
--
-- The small print under figures and tables: statistic, n, spread, machine,
-- kernel, compiler, whose results, and the command that measures them
-- again. Everything is computed from the records that were drawn.



local facts = {}

-- What is true of all rows of a sentence: how it was measured, on what,
-- by whom. Kernels and their compilers may differ within one.
local function common_of(row)
    local meta = row.file.meta
    local place = row.kernel == "host" and meta.kernel or ""
    return table.concat({ row.instrument, meta.cpu or "", place,
        meta.interval or "", row.source or "" }, "\t")
end

-- Rows by what they have in common, in order of first appearance, and the
-- files of each group.
local function grouped(rows)
    local list, index = {}, {}
    for _, row in ipairs(rows) do
        local key, path = common_of(row), row.file.path
        if not index[key] then
            index[key] = { rows = {}, files = {} }
            list[#list + 1] = index[key]
        end
        local group = index[key]
        table.insert(group.rows, row)
        if not group.files[path] then
            group.files[path] = true
            table.insert(group.files, row)
        end
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
        return text .. ", " .. (group.rows[1].file.meta.interval
            or "95\194\160% interval") .. " within ±" .. percent(wide)
    end
    return text .. (most > 1 and ", no spread" or "")
end

local function short(text, limit)
    return #text > limit and text:match("^[^;,(]+"):gsub("%s+$", "") or text
end

-- "kernel 6.1; gcc 12.2", or "kernel 6.1 (gcc 12.2), 7.3 (gcc 14.2)"
local function kernels(group)
    local names, compilers, same = {}, {}, true
    for i, row in ipairs(group.files) do
        local meta = row.file.meta
        names[i] = row.kernel == "host" and meta.kernel or row.kernel
        compilers[i] = short(meta.compiler, 40)
        same = same and compilers[i] == compilers[1]
    end
    if not same then
        for i, compiler in ipairs(compilers) do
            names[i] = names[i] .. " (" .. compiler .. ")"
        end
    end
    return "kernel\194\160" .. table.concat(names, ", ")
        .. (same and "; " .. compilers[1] or "")
end

local function where(group)
    local row = group.rows[1]
    return (row.instrument == "vm-insn" and "QEMU -icount"
        or row.file.meta.cpu) .. "; " .. kernels(group)
end

local owner = { reader = "this machine", reference = "reference machine" }

-- A line of facts for rows, and the commands that measure them again.
function facts.of(rows)
    local sentences, commands, seen = {}, {}, {}
    for _, group in ipairs(grouped(rows)) do
        sentences[#sentences + 1] = statistic(group) .. "; " .. where(group)
            .. " (" .. (owner[group.rows[1].source] or "sample") .. ")."
        for _, row in ipairs(group.files) do
            local command = row.file.meta.command
            if command and not seen[command] then
                seen[command] = true
                commands[#commands + 1] = command
            end
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
