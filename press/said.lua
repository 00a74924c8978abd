-- SPDX-License-Identifier: MIT
--
-- The block `said`: what kernels said to each bug, boot by boot, gathered
-- from the lists that the debugging lab recorded (debugging-said*.txt).
--
--     ::: {.said #tab-said boots="main checks" kernels="5.10 6.1 6.12 7.3"}
--     caption  :::
--
-- A cell has the message's telling words, and which kernels said them where
-- not all did; a dash where none did. A dagger stays: whoever committed the
-- bug was killed.

local base = require "base"
local claims = require "claims"

local said = {}

-- "BUG kmalloc-128: Poison overwritten" -> "Poison overwritten"; without
-- what differs from run to run: addresses, numbers of lines and processes.
local function telling(line)
    local dagger, text = line:match("^(† ?)(.*)$")
    text = (text or line):gsub("^%[(.-)%].*$", "%1")
        :gsub("^BUG kmalloc%-%d+: ", ""):gsub("^BUG: ", "")
        :gsub("^debugging: ", ""):gsub("^WARNING: .-([%w_/]+%.c).*$",
        "WARNING in %1"):gsub("(%.c):%d+.*$", "%1"):gsub(" 0x.*$", "")
        :gsub(" for address.*$", ""):gsub(" in process.*$", "")
        :gsub(", mode:.*$", ""):gsub(" in [%w_]+%+.*$", "")
        :gsub(" in [%w_]+$", "")
    return (dagger and "† " or "") .. text
end

-- bug -> words, in the order of the list, and the bugs in that order.
local function read(state, place, boot, kernel)
    local name = "debugging-said" .. (boot == "main" and "" or "-" .. boot)
        .. ".txt"
    local path = state.tree.recorded:artefact(name, { kernel = kernel })
    if not path then
        base.complain_soft(place, "nobody recorded " .. name .. " on "
            .. kernel, "run make lab LABS=debugging KERNELS=" .. kernel)
        return {}, {}
    end
    state.depends(path)
    local by, order = {}, {}
    for line in base.read(path):gmatch("[^\n]+") do
        local bug, words = line:match("^(%S+)%s+(.*)$")
        if bug and not bug:match("^#") then
            by[bug], order[#order + 1] = words, bug
        end
    end
    return by, order
end

-- What was said on these kernels: "words (6.12, 7.3); others (5.10)".
local function cell(by, kernels, bug)
    local order, who, asked = {}, {}, 0
    for _, kernel in ipairs(kernels) do
        local words = by[kernel][bug]
        asked = asked + (words and 1 or 0)
        words = words and words ~= "nothing" and telling(words)
        if words and not who[words] then
            who[words], order[#order + 1] = {}, words
        end
        if words then
            table.insert(who[words], kernel)
        end
    end
    for i, words in ipairs(order) do
        order[i] = #who[words] == asked and words or words .. " ("
            .. table.concat(who[words], ", ") .. ")"
    end
    return #order == 0 and "−" or table.concat(order, "; ")
end

function said.table(state, div, caption)
    local a, place = div.attributes, state.place(div)
    local kernels, head = {}, { claims.plain("bug") }
    for kernel in (a.kernels or ""):gmatch("%S+") do
        kernels[#kernels + 1] = kernel
    end
    local bugs, seen, columns = {}, {}, {}
    for boot in (a.boots or "main"):gmatch("%S+") do
        local by = {}
        for _, kernel in ipairs(kernels) do
            local order
            by[kernel], order = read(state, place, boot, kernel)
            for _, bug in ipairs(order) do
                if not seen[bug] then
                    seen[bug], bugs[#bugs + 1] = true, bug
                end
            end
        end
        columns[#columns + 1] = by
        head[#head + 1] = claims.plain((state.book.labels or {})[boot]
            or boot)
    end
    local body = {}
    for i, bug in ipairs(bugs) do
        body[i] = { claims.plain((bug:gsub("%-", " "))) }
        for c, by in ipairs(columns) do
            body[i][c + 1] = claims.plain(cell(by, kernels, bug))
        end
    end
    local aligns, widths = {}, { 0.24 }
    for c = 1, #head do
        aligns[c] = pandoc.AlignLeft
        widths[c] = widths[c] or 0.76 / #columns
    end
    return pandoc.Div({ caption, pandoc.utils.from_simple_table(
        pandoc.SimpleTable({}, aligns, widths, head, body)) },
        pandoc.Attr(div.identifier, { "table" },
        { number = state.number("tab", div, "Table") }))
end

return said
