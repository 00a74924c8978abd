-- SPDX-License-Identifier: MIT
--
-- Columns of a terminal: text filled up with blanks to a width.

local screen = {}

function screen.width(text) -- what is no UTF-8 counts by bytes
    return utf8.len(text) or #text
end

function screen.left(text, columns)
    return text .. (" "):rep(columns - screen.width(text))
end

function screen.right(text, columns)
    return (" "):rep(columns - screen.width(text)) .. text
end

return screen
