-- SPDX-License-Identifier: MIT
--
-- Draw the figures. NAME.gp is a chart: the data and variables (chart.lua),
-- then gnuplot twice, SVG for the pages and PDF for print. NAME.lua is a
-- diagram (draw.lua). The SVG comes once more with its colours as CSS
-- variables, to stand inside a page and follow its light or dark, and once
-- in the colours of whatever text it stands in, for e-readers. What has not
-- changed since is not drawn again.
--
-- Leaves in build/figures: NAME.tsv, .svg, .inline.svg, .narrow.svg (a
-- phone's), .epub.svg, .pdf, .facts, and of charts .vars.

package.path = "press/?.lua;bench/results/?.lua;" .. package.path
local base = require "base"
local books = require "book"
local chart = require "chart"
local draw = require "draw"
local palette = require "palette"
local svgs = require "svg"
local values = require "values"

local book = books.load()
local folder = book.figures
local out = book.build .. "/figures/"

local function gnuplot(script, name, format, extension, more)
    local path = out .. name .. "." .. extension
    local command = string.format("FONTCONFIG_FILE=%sfonts.conf gnuplot "
        .. "-e %s %s 2>&1", out, base.quote(string.format(
        "name='%s'; format='%s'; out='%s'; figures='%s'; build='%s'", name,
        format, path, folder, out) .. (more or "")), script)
    local pipe = assert(io.popen(command))
    local said = pipe:read("a")
    local ok = pipe:close()
    local why = said:match("line %d+:[^\n]*")
    if not ok or why then
        os.remove(path)
        base.complain(script .. ":" .. (why and why:match("%d+") or 1),
            "gnuplot: " .. (why or said):gsub("%s+", " "),
            "mend the script")
    end
    return ok and path
end

-- Cairo writes the time of day into a PDF; another of the same length keeps
-- its cross-reference table right. From 1.18 on it packs the time away, and
-- qpdf unpacks it first.
local function timeless(path)
    local text, n = base.read(path)
    if not text:find("/CreationDate", 1, true) then
        local plain = path .. ".plain"
        os.execute("qpdf --object-streams=disable --static-id "
            .. base.quote(path) .. " " .. base.quote(plain))
        text = base.read(plain) or ""
        os.remove(plain)
    end
    text, n = text:gsub("(/CreationDate %([D:]*)(%d+)", function(a, digits)
        return a .. ("20260101000000"):sub(1, #digits)
    end)
    if n == 0 then
        base.fail(path, "has no date to take out", "install qpdf")
    end
    base.write(path, text)
end

-- Single repetitions are drawn by few figures; they are new whenever the
-- sum over all results is.
local sum = base.read(book.build .. "/press/results.sum") or ""

-- A chart for a phone: drawn anew. A diagram that is laid out by hand, and
-- a script of panels that does not ask style.gp for their places, is not.
local function phone(script, name, data, text)
    local path = out .. name .. ".narrow.svg"
    if text:find("eval canvas", 1, true) or text:find("set multiplot", 1,
        true) and not text:find("panel(", 1, true) then
        os.remove(path)
        return
    end
    local n = #data.panels
    local made = gnuplot(script, name, "svg", "phone.svg", string.format(
        "; narrow=1; tall=%d", n < 2 and 360 or 286 * n + 48))
    if made then
        base.write(path, svgs.inline(base.read(made), name .. "-n",
            "narrow", data.series))
        os.remove(made)
    end
end

local function draw_chart(script, name, data, head)
    local text = base.read(script)
    local stamp = table.concat { text, data.variables, data.tsv,
        base.read("figures/style.gp"), base.read("press/figures.lua"),
        base.read("press/svg.lua"),
        palette.gnuplot(),
        text:find("%f[%w]raw%f[%W]") and sum or "" }
    base.write(out .. name .. ".tsv", data.tsv)
    base.write(out .. name .. ".vars", data.variables)
    local facts, rerun = chart.facts(data.rows, data.grey)
    base.save(out .. name .. ".facts", { alt = data.alt, text = facts,
        rerun = rerun, data = #data.rows > 0 or nil, wide = head.wide })
    if base.read(out .. name .. ".stamp") == stamp then
        return
    end
    local svg = gnuplot(script, name, "svg", "svg")
    local pdf = gnuplot(script, name, "pdf", "pdf")
    if svg and pdf then
        timeless(pdf)
        base.write(out .. name .. ".inline.svg", svgs.inline(base.read(
            svg), name, "wide-one", data.series))
        base.write(out .. name .. ".epub.svg", svgs.in_text(base.read(svg),
            name))
        phone(script, name, data, text)
        base.write(out .. name .. ".stamp", stamp)
    end
end

-- What a cut of the sans is called differs from version to version.
local family = [[
<match target="scan">
<test name="file" compare="contains"><string>/fonts/%s</string></test>
<edit name="family" mode="assign"><string>%s</string></edit>
</match>
]]

local function fontconfig()
    local fonts = os.getenv("PWD") .. "/" .. book.build .. "/fonts"
    fonts = fonts:gsub("[&<]", { ["&"] = "&amp;", ["<"] = "&lt;" })
    base.write(out .. "fonts.conf", table.concat { [[
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
]], "<dir>", fonts, "</dir><cachedir>", fonts, "/cache</cachedir>\n",
        family:format("sans-400", "Inter"),
        family:format("sans-600", "Inter Semi Bold"), "</fontconfig>\n" })
end

-------------------------------------------------------------- diagrams

local tree = values.open(book)

-- What the script draws on a canvas of this width.
local function drawn(script, stroke, width, narrow, state)
    local canvas = draw.new(width, narrow, state)
    local ok, why = xpcall(stroke, function(message)
        return message .. "\n" .. debug.traceback()
    end, canvas)
    if not ok then
        local line = why:match(script:gsub("%p", "%%%0") .. ":(%d+):")
        base.complain(script .. ":" .. (line or 1), why:match("[^\n]*")
            :gsub("^%S+:%d+: ", ""), "mend the script")
    end
    return ok and canvas
end

-- 612 pixels are 128 mm of print.
local function to_pdf(canvas, name)
    local from, to = out .. name .. ".print.svg", out .. name .. ".pdf"
    base.write(from, canvas:svg(true))
    local ok = os.execute(string.format("FONTCONFIG_FILE=%s "
        .. "rsvg-convert -f pdf -o %s %s", base.quote(os.getenv("PWD")
        .. "/" .. out .. "fonts.conf"), to, from))
    os.remove(from)
    if not ok then
        base.complain(from, "rsvg-convert failed", "install librsvg2-bin")
        return false
    end
    timeless(to)
    return true
end

local function draw_diagram(script, name)
    local text = base.read(script)
    local head = draw.header(script, text)
    local path, whose
    if head.state then
        path, whose = tree:artefact(head.state, {})
        if not path then
            return base.complain_soft(script .. ":1", whose)
        end
    end
    local said = path and base.read(path) or ""
    local stamp = table.concat { text, said, palette.css(),
        base.read("press/draw.lua"), base.read("press/svg.lua"),
        base.read("press/figures.lua") }
    if path then
        base.write(out .. name .. ".tsv", said)
    end
    base.save(out .. name .. ".facts", { alt = head.alt, text = path
        and "Drawn from what the running code says of itself." or "",
        rerun = path and (whose == "reader" and "make bench-quick"
        or "make bench") or "", diagram = true })
    if base.read(out .. name .. ".stamp") == stamp then
        return
    end
    local chunk, why = load(text, "@" .. script)
    if not chunk then
        return base.complain(script .. ":" .. (why:match(":(%d+):") or 1),
            why:gsub("^%S+:%d+: ", ""), "mend the script")
    end
    local stroke, state = chunk(), draw.read(said)
    local wide = drawn(script, stroke, 612, false, state)
    local narrow = drawn(script, stroke, 340, true, state)
    if wide and narrow and to_pdf(wide, name) then
        base.write(out .. name .. ".svg", wide:svg())
        base.write(out .. name .. ".inline.svg", svgs.inline(wide:svg(),
            name, "wide-one", {}))
        base.write(out .. name .. ".narrow.svg", svgs.inline(narrow:svg(),
            name .. "-n", "narrow", {}))
        base.write(out .. name .. ".epub.svg", svgs.in_text(wide:svg(),
            name))
        base.write(out .. name .. ".stamp", stamp)
    end
end

fontconfig()
base.write(out .. "palette.gp", palette.gnuplot())
for _, script in ipairs(base.glob(folder .. "/*.gp")) do
    local name = script:match("([^/]+)%.gp$")
    if name ~= "style" then
        local head = chart.header(script, base.read(script))
        local data, place, message = chart.gather(book, tree, head)
        if data then
            draw_chart(script, name, data, head)
        else
            os.remove(out .. name .. ".facts")
            base.complain_soft(place, message)
        end
    end
end
for _, script in ipairs(base.glob(folder .. "/*.lua")) do
    draw_diagram(script, script:match("([^/]+)%.lua$"))
end
base.settle()
