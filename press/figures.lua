-- SPDX-License-Identifier: MIT
--
-- Draw the figures: for each script the data and variables (chart.lua),
-- then gnuplot twice, SVG for the pages and PDF for print, and the SVG once
-- more with its colours as CSS variables, to stand inside a page and follow
-- its light or dark. What has not changed since is not drawn again.
--
-- Leaves in build/figures: NAME.tsv, .vars, .svg, .inline.svg, .pdf,
-- .facts.

package.path = "press/?.lua;bench/results/?.lua;" .. package.path
local base = require "base"
local books = require "book"
local chart = require "chart"
local palette = require "palette"
local values = require "values"

local book = books.load()
local folder = book.figures
local out = book.build .. "/figures/"

-- An SVG that may stand in a page beside others: ids of its own, no size.
local function inline(svg, name)
    svg = svg:gsub("^.-<svg", "<svg", 1)
    svg = svg:gsub("<title>.-</title>%s*", "")
    svg = svg:gsub("<desc>.-</desc>%s*", "")
    svg = svg:gsub("rgb%(%s*(%d+),%s*(%d+),%s*(%d+)%)", function(r, g, b)
        return palette.themed(tonumber(r), tonumber(g), tonumber(b))
    end)
    svg = svg:gsub("#(%x%x)(%x%x)(%x%x)([\"'])", function(r, g, b, q)
        return palette.themed(tonumber(r, 16), tonumber(g, 16),
            tonumber(b, 16)) .. q
    end)
    svg = svg:gsub("(id=[\"'])", "%1" .. name .. "-")
    svg = svg:gsub("(href=[\"']#)", "%1" .. name .. "-")
    svg = svg:gsub("(url%(#)", "%1" .. name .. "-")
    local head, rest = svg:match("^(<svg.->)(.*)$")
    local box = head:match("viewBox=[\"'].-[\"']")
    return "<svg " .. box .. ' aria-hidden="true">' .. rest
end

local function gnuplot(script, name, format, extension)
    local path = out .. name .. "." .. extension
    local command = string.format("FONTCONFIG_FILE=%sfonts.conf gnuplot "
        .. "-e %s %s 2>&1", out, base.quote(string.format(
        "name='%s'; format='%s'; out='%s'; figures='%s'; build='%s'", name,
        format, path, folder, out)), script)
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

local function draw(script, name, data, head)
    local text = base.read(script)
    local stamp = table.concat { text, data.variables, data.tsv,
        base.read("figures/style.gp"), base.read("press/figures.lua"),
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
        base.write(out .. name .. ".inline.svg", inline(base.read(svg),
            name))
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
