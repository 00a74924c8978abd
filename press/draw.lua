-- SPDX-License-Identifier: MIT
--
-- Diagrams of mechanisms: figures/NAME.lua draws with these strokes, and
-- one description becomes the SVG of pages and e-readers and the PDF of
-- print (by rsvg-convert). Curves from measurements are gnuplot's; this is
-- for boxes, links and arrows, mostly from a state that the running code
-- printed.
--
--     --@ state: page-moments.txt       what d.state holds; may be absent
--     --@ alt: What the diagram shows.
--     return function(d)
--         d:size(300)                            height of the canvas
--         d:box(10, 40, 80, 30, { fill = "t1", edge = "c1", text = "a" })
--         d:arrow({ 90, 55, 140, 55 })
--     end
--
-- Lengths are pixels of the page, x to the right, y downwards; d.width is
-- 612, or 340 for the layout of a phone, where d.narrow is true. Colours
-- are names of palette.tsv. Every stroke takes a table of what differs
-- from the default.

local base = require "base"
local palette = require "palette"

local draw = {}
draw.__index = draw

function draw.new(width, narrow, state)
    return setmetatable({ width = width, narrow = narrow, height = 100,
        state = state, out = {} }, draw)
end

local function colour(name)
    if not name or name == "none" then
        return "none"
    end
    return palette.light(name) or error("no colour '" .. name
        .. "' in " .. palette.path, 0)
end

local function put(d, ...)
    d.out[#d.out + 1] = string.format(...)
end

local function n(value) -- as few digits as do
    return (string.format("%.2f", value):gsub("%.?0+$", ""))
end

function draw:size(height)
    self.height = height
end

-- o: align (left, middle, right), size, colour, bold, code, turn (degrees)
function draw:text(x, y, text, o)
    o = o or {}
    local size = o.size or 12
    local turn = o.turn and string.format(' transform="rotate(%s %s %s)"',
        n(o.turn), n(x), n(y)) or ""
    put(self, '<text x="%s" y="%s" text-anchor="%s" font-family="%s" '
        .. 'font-size="%s"%s fill="%s"%s>%s</text>', n(x), n(y + size
        * 0.36), ({ left = "start", right = "end" })[o.align] or o.align
        or "start", o.code and "Mono" or "Sans", n(size), o.bold
        and ' font-weight="600"' or "", colour(o.colour or "ink"), turn,
        base.html(text))
end

-- o: fill, edge, wide (of the edge), dash, round, and text with the words
-- of draw:text; its lines are separated by \n.
function draw:box(x, y, w, h, o)
    o = o or {}
    put(self, '<rect x="%s" y="%s" width="%s" height="%s"%s fill="%s" '
        .. 'stroke="%s" stroke-width="%s"%s/>', n(x), n(y), n(w), n(h),
        o.round and ' rx="' .. n(o.round) .. '"' or "", colour(o.fill
        or "paper"), colour(o.edge or "ink"), n(o.wide or 1.2), o.dash
        and ' stroke-dasharray="' .. o.dash .. '"' or "")
    local lines = {}
    for line in (o.text or ""):gmatch("[^\n]+") do
        lines[#lines + 1] = line
    end
    local step = (o.size or 12) * 1.3
    for i, line in ipairs(lines) do
        self:text(x + w / 2, y + h / 2 + (i - (#lines + 1) / 2) * step,
            line, { align = "middle", size = o.size, bold = o.bold,
            code = o.code, colour = o.colour })
    end
end

-- A row of equal boxes from x; each(i) gives the words of draw:box.
function draw:row(x, y, count, w, h, each)
    for i = 1, count do
        self:box(x + (i - 1) * w, y, w, h, each(i))
    end
end

local function path(points)
    local out = {}
    for i = 1, #points, 2 do
        out[#out + 1] = (i == 1 and "M" or "L") .. n(points[i]) .. " "
            .. n(points[i + 1])
    end
    return table.concat(out)
end

-- points: {x, y, x, y, ...}; o: colour, wide, dash, bend (a curve through
-- three points)
function draw:line(points, o)
    o = o or {}
    local d = path(points)
    if o.bend then
        d = string.format("M%s %sQ%s %s %s %s", n(points[1]), n(points[2]),
            n(points[3]), n(points[4]), n(points[5]), n(points[6]))
    end
    put(self, '<path d="%s" fill="none" stroke="%s" stroke-width="%s"'
        .. ' stroke-linejoin="round"%s/>', d, colour(o.colour or "ink"),
        n(o.wide or 1.2), o.dash and ' stroke-dasharray="' .. o.dash .. '"'
        or "")
end

local function head(d, x0, y0, x, y, o)
    local angle = math.atan(y - y0, x - x0)
    local size = o.head or 8
    local function at(turn)
        return n(x - size * math.cos(angle + turn)) .. " "
            .. n(y - size * math.sin(angle + turn))
    end
    put(d, '<path d="M%s %sL%s L%sZ" fill="%s"/>', n(x), n(y), at(0.36),
        at(-0.36), colour(o.colour or "ink"))
    return x - size * 0.7 * math.cos(angle), y - size * 0.7
        * math.sin(angle)
end

-- As draw:line, with a head at its last point; o.both: at its first too.
function draw:arrow(points, o)
    o = o or {}
    local p, k = table.move(points, 1, #points, 1, {}), #points
    p[k - 1], p[k] = head(self, p[k - 3], p[k - 2], p[k - 1], p[k], o)
    if o.both then
        p[1], p[2] = head(self, p[3], p[4], p[1], p[2], o)
    end
    self:line(p, o)
end

-- A measure from x1 to x2 at height y, with its words below (or above).
function draw:span(x1, x2, y, text, o)
    o = o or {}
    local c = { colour = o.colour or "soft", wide = 1 }
    local tick = o.above and 5 or -5
    self:line({ x1, y + tick, x1, y, x2, y, x2, y + tick }, c)
    self:text((x1 + x2) / 2, y + (o.above and -10 or 11), text,
        { align = "middle", size = o.size or 11, colour = c.colour })
end

-- Levels {height, what}, in units above `low`, across the drawing: the
-- middle one as a pale broken line, heights at the left, words at the right
-- where there is room.
function draw:levels(left, right, low, unit, middle, levels)
    for _, level in ipairs(levels) do
        local y = low - level[1] * unit
        self:line({ left, y, self.width - right, y }, { colour =
            level[1] == middle and "pale" or "soft",
            dash = level[1] == middle and "4 3" })
        self:text(left - 8, y, level[1] .. "", { align = "right",
            size = 11 })
        if not self.narrow then
            self:text(self.width - right + 8, y, level[2], { size = 11,
                colour = "soft" })
        end
    end
end

function draw:dot(x, y, r, o)
    o = o or {}
    put(self, '<circle cx="%s" cy="%s" r="%s" fill="%s" stroke="%s" '
        .. 'stroke-width="%s"/>', n(x), n(y), n(r), colour(o.fill
        or "ink"), colour(o.edge), n(o.wide or 1.2))
end

-- The whole; `print` makes it as wide as the text of print, and names the
-- fonts that it has.
function draw:svg(print)
    local size = print and string.format('width="%.2fmm" height="%.2fmm"',
        128, 128 * self.height / self.width) or string.format(
        'width="%d" height="%d"', self.width, self.height)
    local body = table.concat(self.out, "\n")
    if print then
        body = body:gsub('font%-family="Sans"( font%-size="[%d.]+") '
            .. 'font%-weight="600"', 'font-family="Inter Semi Bold"%1')
            :gsub('font%-family="Sans"', 'font-family="Inter"')
            :gsub('font%-family="Mono"', 'font-family="JetBrains Mono"')
    end
    return string.format('<svg xmlns="http://www.w3.org/2000/svg" %s '
        .. 'viewBox="0 0 %d %d">\n%s\n</svg>\n', size, self.width,
        self.height, body)
end

-- {state, alt}: lines `--@ word: text`, going on in `--@` and blanks.
function draw.header(path, text)
    local head, last = {}, nil
    for line in text:gmatch("[^\n]+") do
        local word, rest = line:match("^%-%-@ (%l+): *(.-)%s*$")
        local more = line:match("^%-%-@   +(.-)%s*$")
        if word then
            head[word], last = rest, word
        elseif more and last then
            head[last] = head[last] .. " " .. more
        end
    end
    if not head.alt then
        base.complain(path .. ":1", "figure without alternative text",
            "add a line `--@ alt: ...`")
    end
    return head
end

-- Rows of a state: lines of cells between tabs; d.state.KIND lists those
-- whose first cell is KIND, without it, numbers as numbers.
function draw.read(text)
    local state = {}
    for line in (text or ""):gmatch("[^\n]+") do
        if not line:match("^#") then
            local kind, row = nil, {}
            for cell in (line .. "\t"):gmatch("([^\t]*)\t") do
                if kind then
                    row[#row + 1] = tonumber(cell) or cell
                else
                    kind = cell
                end
            end
            state[kind] = state[kind] or {}
            table.insert(state[kind], row)
        end
    end
    return state
end

return draw
