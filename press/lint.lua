-- SPDX-License-Identifier: MIT
--
-- The lint of the prose: a measured number may not be typed by hand. Digits
-- before a unit of measurement are a complaint with file and line, unless
-- they stand in code, in mathematics or in a definition: [4 µs]{.def}.
--
-- `lua5.4 press/lint.lua CHAPTER...` reads chapters; the reader of chapters
-- uses lint.measurements(path, text).

package.path = "press/?.lua;" .. package.path
local base = require "base"
local mark = require "mark"

local lint = {}

local units = { "ns", "µs", "μs", "us", "ms", "%%", "×", "KiB/s", "MiB/s",
    "GiB/s", "kB/s", "MB/s", "GB/s", "instructions?", "cycles?",
    "nanoseconds?", "microseconds?", "milliseconds?", "percent" }

-- Blanks that may stand between the number and its unit.
local function plain_blanks(text)
    return (text:gsub("\194\160", "  "):gsub("\226\128\175", "   ")
        :gsub("\226\128\137", "   "):gsub("\\ ", "  "))
end

local function ends_word(text, i)
    return not text:match("^[%w_]", i)
end

function lint.measurements(path, text)
    local prose = plain_blanks(mark.prose(text))
    for _, unit in ipairs(units) do
        local from = 1
        while true do
            local a, b = prose:find("%d[%s-]?[%s]*" .. unit, from)
            if not a then
                break
            end
            if ends_word(prose, b + 1) then
                local first = prose:sub(1, a):find("[%d.,]+$")
                local line = select(2, prose:sub(1, first)
                    :gsub("\n", "")) + 1
                base.complain(path .. ":" .. line,
                    "hand-typed measurement '" .. prose:sub(first, b)
                    :gsub("%s+", " ") .. "'", "take it from the results "
                    .. "with {{...}}, or mark a definition "
                    .. "[...]{.def}")
            end
            from = b + 1
        end
    end
end

if arg and arg[0] and arg[0]:match("lint%.lua$") then
    for _, path in ipairs(arg) do
        lint.measurements(path, base.read(path)
            or base.fail(path, "cannot be read"))
    end
    base.settle()
end

return lint
