-- SPDX-License-Identifier: MIT
--
-- Draw the figures: for each script the data and variables (chart.lua),
-- then gnuplot twice, SVG for the pages and PDF for print, and the SVG once
-- more with its colours as CSS variables, to stand inside a page and follow
-- its light or dark. What has not changed since is not drawn again.
--
-- Leaves in build/figures: NAME.tsv, .vars, .svg, .inline.svg, .narrow.svg
-- (a phone's), .pdf, .facts.

package.path = "press/?.lua;bench/results/?.lua;" .. package.path
local base = require "base"
local books = require "book"
local chart = require "chart"
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

-- Cairo writes the time of day into a PDF; the same length of zeros keeps
-- its cross-reference table right.
local function timeless(path)
    base.write(path, (base.read(path):gsub("/CreationDate %(D:([%d]+)",
        function(digits)
            return "/CreationDate (D:" .. ("20260101000000"):sub(1, #digits)
        end)))
end

-- Single repetitions are drawn by few figures; they are new whenever the
-- sum over all results is.
local sum = base.read(book.build .. "/press/results.sum") or ""

-- A chart for a phone: drawn anew. A diagram that is laid out by hand, and a
-- script of panels that does not ask style.gp for their places, is not.
local function phone(script, name, data, text)
    local path = out .. name .. ".narrow.svg"
    if text:find("eval canvas", 1, true) or text:find("set multiplot", 1,
        true) and not text:find("panel(", 1, true) then
        os.remove(path)
        return
    end
    local n = #data.panels
    local made = gnuplot(script, name, "svg", "phone.svg", string.format(
        "; narrow=1; tall=%d", n < 2 and 360 or 270 * n + 80))
    if made then
        base.write(path, svgs.inline(base.read(made), name .. "-n",
            "narrow", data.series))
        os.remove(made)
    end
end

local function draw(script, name, data, head)
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

local tree = values.open(book)
fontconfig()
base.write(out .. "palette.gp", palette.gnuplot())
for _, script in ipairs(base.glob(folder .. "/*.gp")) do
    local name = script:match("([^/]+)%.gp$")
    if name ~= "style" then
        local head = chart.header(script, base.read(script))
        local data, place, message = chart.gather(book, tree, head)
        if data then
            draw(script, name, data, head)
        else
            os.remove(out .. name .. ".facts")
            base.complain_soft(place, message)
        end
    end
end
base.settle()
