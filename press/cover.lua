-- SPDX-License-Identifier: MIT
--
-- The cover of the e-book: the title over a zone that was halved ten times,
-- as page.c does it for one frame. Writes build/press/cover.svg.

package.path = "press/?.lua;" .. package.path
local base = require "base"
local books = require "book"
local draw = require "draw"

local book = books.load()
local d = draw.new(1200)
d:size(1600)
d:box(0, 0, 1200, 1600, { fill = "paper", edge = "paper" })
d:text(110, 300, book.title, { size = 170, bold = true })
local line, y = "", 450
for word in (book.subtitle .. " \1"):gmatch("%S+") do
    if word == "\1" or #line + #word > 34 then
        d:text(114, y, line, { size = 50, colour = "soft" })
        line, y = word, y + 68
    else
        line = line == "" and word or line .. " " .. word
    end
end

-- A block of order 10 above, the halves below it, the frame in the corner.
local left, wide, tall, top = 114, 972, 62, 700
for order = 10, 0, -1 do
    local w = wide * 2 ^ (order - 10)
    local at = top + (10 - order) * (tall + 8)
    if order == 10 then
        d:box(left, at, w, tall, { fill = "t5", edge = "grey", wide = 2 })
    else
        d:box(left + w, at, w, tall, { fill = "t1", edge = "c1", wide = 3 })
        d:box(left, at, w, tall, { fill = order == 0 and "c2" or "t5",
            edge = order == 0 and "c2" or "grey", wide = 2 })
    end
end
d:text(114, 1520, "Edition of " .. book.edition, { size = 34,
    colour = "soft" })
base.write(book.build .. "/press/cover.svg", d:svg(true))
