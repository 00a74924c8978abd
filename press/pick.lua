-- SPDX-License-Identifier: MIT
--
-- The records that a table or a figure asks for: patterns between blanks,
-- and x=, instrument=, kernel= to narrow them. Without kernel= the default
-- kernel is meant; kernel=* means all of them.

local pick = {}

function pick.rows(tree, patterns, attributes)
    local keep, rows = tree.default_kernel, {}
    local attrs = { x = attributes.x, instrument = attributes.instrument,
        kernel = attributes.kernel }
    if attrs.kernel == "*" then
        tree.default_kernel, attrs.kernel = nil, nil
    end
    local message
    for pattern in patterns:gmatch("%S+") do
        local list
        list, message = tree:select(pattern, attrs)
        if not list then
            rows = nil
            break
        end
        for _, row in ipairs(list) do
            rows[#rows + 1] = row
        end
    end
    tree.default_kernel = keep
    return rows, message
end

-- "page.hot.*.insn kernel=*" -> the patterns, the attributes
function pick.parse(text)
    local patterns, attributes = {}, {}
    for word in text:gmatch("%S+") do
        local name, value = word:match("^(%l+)=(%S+)$")
        if name then
            attributes[name] = value
        else
            patterns[#patterns + 1] = word
        end
    end
    return table.concat(patterns, " "), attributes
end

return pick
