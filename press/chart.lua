-- SPDX-License-Identifier: MIT
--
-- What a figure's script declares, and the data it asks for. The header of
-- figures/NAME.gp holds lines `#@ word: text`, which go on in lines that
-- begin with `#@` and three blanks or more:
--
--     #@ select: page.hot.*.insn     records; `select NAME:` for a panel
--     #@ series: pw pw-core kernel   order of drawing, else as selected
--     #@ y: log                      or lin; how labels keep apart
--     #@ gap: 0.09                   by how much of the height (0.075)
--     #@ share: y                    panels are drawn on one scale
--     #@ alt: Instructions by order. {series}
--
-- Data come out as a TSV with a block a series, and as gnuplot variables:
-- i_KEY its index in the file, l_KEY its label, x_KEY y_KEY its last point,
-- ly_KEY where its label stands clear of the others, r_KEY the index of the
-- other machine's series, in grey behind it where it differs. KEY is panel
-- and variant, joined by _. Panels have ymin_ ymax_ xmin_ xmax_.

local base = require "base"
local facts = require "facts"
local pick = require "pick"
local results = require "results"

local chart = {}

local function appender(t, field)
    return function(more)
        t[field] = t[field] .. " " .. more
    end
end

function chart.header(path, text)
    local head, at = { path = path, panels = {}, y = "lin" }, 0
    local last -- appends to what the last line declared
    for line in (text .. "\n"):gmatch("(.-)\n") do
        at = at + 1
        local word, name, rest = line:match(
            "^#@ (%l+) ?([%w_-]*): *(.-)%s*$")
        local more = line:match("^#@   +(.-)%s*$")
        if more and last then
            last(more)
        elseif word == "select" then
            local panel = { name = name, line = at, select = rest }
            table.insert(head.panels, panel)
            last = appender(panel, "select")
        elseif word then
            head[word] = rest
            last = appender(head, word)
        elseif line:match("^#@") then
            base.fail(path .. ":" .. at, "cannot read '" .. line .. "'",
                "write #@ word: text")
        end
    end
    if not head.alt then
        base.complain(path .. ":1", "figure without alternative text",
            "add a line `#@ alt: ...`")
    end
    return head
end

-- The other machine's row for a row, where it has the number.
local function twins_of(tree)
    local index = {}
    for _, row in ipairs(tree and tree.rows or {}) do
        index[results.identity(row, "results")] = row
    end
    return function(row)
        local twin = index[results.identity(row, "results")]
        return twin and twin.median and twin
    end
end

-- Whose lines are drawn, and whose stand in grey behind them: the reader's
-- own over the recorded ones where all were measured here, otherwise the
-- other way round. A figure's lines are always one machine's.
local function whose(tree, head)
    local own = tree.own
    local mine = twins_of(own)
    for _, panel in ipairs(own and head.panels or {}) do
        local patterns, attributes = pick.parse(panel.select)
        local rows = pick.rows(tree.recorded, patterns, attributes)
        for _, row in ipairs(rows or {}) do
            if row.median and not mine(row) then
                return tree.recorded, own
            end
        end
    end
    return own or tree.recorded, own and tree.recorded
end

local function safe(text)
    return (text:gsub("[^%w]", "_"))
end

local function label_of(book, row)
    local label = book.labels and book.labels[row.variant] or row.variant
    return (label:gsub("{kernel}", row.kernel))
end

local function new_series(book, panel, row, by_kernel)
    local key = (panel.name ~= "" and panel.name .. "_" or "")
        .. row.variant .. (by_kernel and "_" .. row.kernel or "")
    return { key = safe(key), variant = row.variant,
        label = label_of(book, row), panel = panel, rows = {}, ref = {} }
end

local function number_x(row)
    return tonumber(row.x) or 0
end

local function collect(book, tree, behind, head, panel)
    local patterns, attributes = pick.parse(panel.select)
    local by_kernel = attributes.kernel == "*"
    local rows, message = pick.rows(tree, patterns, attributes)
    if not rows then
        return nil, message
    end
    local twin, list, index = twins_of(behind), {}, {}
    for _, row in ipairs(rows) do
        local id = row.variant .. (by_kernel and row.kernel or "")
        if not index[id] then
            index[id] = new_series(book, panel, row, by_kernel)
            list[#list + 1] = index[id]
        end
        if row.median then
            table.insert(index[id].rows, row)
            table.insert(index[id].ref, twin(row) or nil)
        end
    end
    local rank, n = {}, 0
    for word in (head.series or ""):gmatch("%S+") do
        n = n + 1
        rank[word] = n
    end
    for i, series in ipairs(list) do
        series.rank = rank[series.variant] or 100 + i
        table.sort(series.rows, function(a, b)
            return number_x(a) < number_x(b)
        end)
    end
    table.sort(list, function(a, b)
        return a.rank < b.rank
    end)
    return list
end

local function differs(series)
    if #series.ref == 0 then
        return false
    end
    for i, row in ipairs(series.ref) do
        if not series.rows[i] or row.median ~= series.rows[i].median then
            return true
        end
    end
    return false
end

---------------------------------------------------------------- extents

local function extent(panel, series, y)
    local e = { xmin = math.huge, xmax = -math.huge, ymin = math.huge,
        ymax = -math.huge }
    for _, s in ipairs(series) do
        for _, list in ipairs { s.rows, differs(s) and s.ref or {} } do
            for _, row in ipairs(list) do
                e.xmin = math.min(e.xmin, number_x(row))
                e.xmax = math.max(e.xmax, number_x(row))
                e.ymin = math.min(e.ymin, row.lo)
                e.ymax = math.max(e.ymax, row.hi)
            end
        end
    end
    if y == "log" then
        e.ymin = 10 ^ math.floor(math.log(math.max(e.ymin, 1e-9), 10)
            + 1e-9)
        e.ymax = e.ymax * 1.25
    else
        e.ymin, e.ymax = 0, e.ymax * 1.06 + (e.ymax == 0 and 1 or 0)
    end
    panel.extent = e
    return e
end

-- All panels with the same heights: names keep apart on what is drawn.
local function share(panels)
    local low, high = math.huge, -math.huge
    for _, panel in ipairs(panels) do
        low = math.min(low, panel.extent.ymin)
        high = math.max(high, panel.extent.ymax)
    end
    for _, panel in ipairs(panels) do
        panel.extent.ymin, panel.extent.ymax = low, high
    end
end

-- Labels at the ends of the lines, pushed apart to a gap of the height.
local function spread_labels(series, e, y, gap)
    local function up(v)
        return y == "log" and math.log(math.max(v, 1e-9) / e.ymin)
            / math.log(e.ymax / e.ymin) or (v - e.ymin) / (e.ymax - e.ymin)
    end
    local function down(p)
        return y == "log" and e.ymin * (e.ymax / e.ymin) ^ p
            or e.ymin + p * (e.ymax - e.ymin)
    end
    local list = {}
    for _, s in ipairs(series) do
        s.last = s.rows[#s.rows]
        if s.last then
            s.at = up(s.last.median)
            list[#list + 1] = s
        end
    end
    table.sort(list, function(a, b)
        return a.at < b.at
    end)
    for i = 2, #list do
        list[i].at = math.max(list[i].at, list[i - 1].at + gap)
    end
    local over = #list > 0 and list[#list].at - 1 or 0
    if over > 0 then
        list[#list].at = 1
        for i = #list - 1, 1, -1 do
            list[i].at = math.min(list[i].at, list[i + 1].at - gap)
        end
    end
    for _, s in ipairs(list) do
        s.label_y = down(s.at)
    end
end

----------------------------------------------------------------- output

local columns = { "x", "median", "lo", "hi", "n", "unit", "metric",
    "instrument", "kernel", "results" }

local function block(out, name, rows)
    out[#out + 1] = "# " .. name
    out[#out + 1] = "# " .. table.concat(columns, "\t")
    for _, row in ipairs(rows) do
        out[#out + 1] = string.format("%s\t%.8g\t%.8g\t%.8g\t%d\t%s\t%s\t%s"
            .. "\t%s\t%s", row.x == "" and "0" or row.x, row.median, row.lo,
            row.hi, row.n, row.unit, row.metric, row.instrument, row.kernel,
            row.source)
    end
    out[#out + 1] = "\n"
end

local function sentence(series)
    local first, last = series.rows[1], series.rows[#series.rows]
    if not first then
        return series.label .. ": not measured."
    end
    local function say(row)
        return results.digits(row.median)
            .. (row.unit == "%" and "\194\160%" or " " .. row.unit)
    end
    if first == last then
        return series.label .. ": " .. say(first) .. "."
    end
    return string.format("%s: %s at %s, %s at %s.", series.label,
        say(first), first.x, say(last), last.x)
end

local function alt_text(head, all)
    local parts = {}
    for i, series in ipairs(all) do
        local panel = series.panel.title or series.panel.name
        parts[i] = (panel ~= "" and panel .. ", " or "") .. sentence(series)
    end
    return (head.alt:gsub("{series}", (table.concat(parts, " ")
        :gsub("%%", "%%%%"))))
end

-- {tsv, variables, alt, rows, missing}
function chart.gather(book, tree, head)
    local out, variables, all, rows, index = {}, {}, {}, {}, 0
    local front, behind = whose(tree, head)
    local grey = {}
    local function set(name, text, ...)
        variables[#variables + 1] = name .. " = "
            .. string.format(text, ...)
    end
    local lists = {}
    for i, panel in ipairs(head.panels) do
        local list, message = collect(book, front, behind, head, panel)
        if not list then
            return nil, head.path .. ":" .. panel.line, message
        end
        lists[i] = list
        extent(panel, list, head.y)
    end
    if head.share == "y" then
        share(head.panels)
    end
    for i, panel in ipairs(head.panels) do
        local list, e = lists[i], panel.extent
        spread_labels(list, e, head.y, tonumber(head.gap) or 0.075)
        local suffix = panel.name ~= "" and "_" .. safe(panel.name) or ""
        for _, name in ipairs(base.keys(e)) do
            set(name .. suffix, "%.8g", e[name])
        end
        for _, s in ipairs(list) do
            block(out, s.key, s.rows)
            set("i_" .. s.key, "%d", index)
            set("l_" .. s.key, "%q", s.label)
            index = index + 1
            if s.last then
                set("x_" .. s.key, "%.8g", number_x(s.last))
                set("y_" .. s.key, "%.8g", s.last.median)
                set("ly_" .. s.key, "%.8g", s.label_y)
            end
            if differs(s) then
                block(out, s.key .. " on the " .. (s.ref[1].source
                    == "reader" and "reader's" or "reference")
                    .. " machine", s.ref)
                set("r_" .. s.key, "%d", index)
                index = index + 1
                for _, row in ipairs(s.ref) do
                    grey[#grey + 1] = row
                end
            end
            all[#all + 1] = s
            for _, row in ipairs(s.rows) do
                rows[#rows + 1] = row
            end
        end
    end
    -- The single repetitions lie beside the results that are drawn.
    local drawn = rows[1] and rows[1].file.path or ""
    set("raw", "%q", (drawn:gsub("%.tsv$", ".raw.tsv")))
    if #grey > 0 then
        local mine = grey[1].source ~= "reader"
        set("l_own", "%q", mine and "your machine" or "recorded machine")
        set("l_grey", "%q", mine and "recorded machine" or "your machine")
    end
    return { tsv = table.concat(out, "\n") .. "\n", rows = rows,
        grey = grey, series = all, panels = head.panels,
        variables = table.concat(variables, "\n") .. "\n",
        alt = alt_text(head, all) }
end

function chart.facts(rows, grey)
    if #rows == 0 then
        return "", ""
    end
    local text, commands = facts.of(rows)
    if #grey > 0 then
        text = text .. " In grey: " .. facts.of(grey)
    end
    return text, table.concat(commands, ", ")
end

return chart
