-- SPDX-License-Identifier: MIT
--
-- The colophon of the HTML book: where every results file and every value
-- in the text comes from.

local base = require "base"

local colophon = {}

local esc = base.html

local shown = { "machine", "cpu", "kernel", "compiler", "flags", "versions",
    "date", "commit", "command" }

local function provenance(file, whose)
    local rows = {}
    for _, key in ipairs(shown) do
        rows[#rows + 1] = string.format("<tr><th scope=\"row\">%s</th>"
            .. "<td>%s</td></tr>", key, esc(file.meta[key] or ""))
    end
    return string.format("<details><summary><code>%s</code>, %d records, "
        .. '%s</summary><div class="wide"><table>%s</table></div>'
        .. "</details>",
        esc(file.path), #file.rows, whose, table.concat(rows))
end

local function whose_results(tree)
    local reader, reference = #tree.reader.files, #tree.reference.files
    if reader == 0 then
        return "The numbers in this copy are those of the book’s reference "
            .. "machine: nothing was measured where it was printed."
    elseif reference == 0 then
        return "The numbers in this copy were measured on the machine that "
            .. "printed it."
    end
    return "The numbers in this copy were measured on the machine that "
        .. "printed it wherever it measured them, and are those of the "
        .. "book’s reference machine elsewhere; each says which."
end

local function values_table(xrefs)
    local rows = {}
    for _, xref in ipairs(xrefs) do
        for _, v in ipairs(xref.values) do
            rows[#rows + 1] = string.format("<tr><td>%s</td><td>%s</td>"
                .. "<td>%s</td></tr>", esc(v.text),
                esc(xref.chapter.number or "Preface"), esc(v.tip))
        end
    end
    return '<h2 id="values">Every measured value in the text</h2>'
        .. "<details><summary>" .. #rows .. " values</summary>"
        .. '<div class="wide"><table><thead><tr><th>value</th>'
        .. "<th>chapter</th><th>from</th></tr></thead><tbody>"
        .. table.concat(rows) .. "</tbody></table></div></details>"
end

-- Where a file's numbers were taken: "host", or a kernel of the lab.
local function where(file)
    return file.path:match("/vm%-%w+/([^/]+)/[^/]+$") or file.path:match(
        "/(host)/[^/]+$")
end

-- The kernels and machines in a row each, with the files' records summed.
local function places(book, tree)
    local by, order = {}, { "host" }
    local _, kernels = tree.recorded:claims("*")
    table.move(kernels, 1, #kernels, 2, order)
    for _, layer in ipairs { "reference", "reader" } do
        for _, file in ipairs(tree[layer].files) do
            local name = where(file)
            if name and not by[name] then
                by[name] = { reference = 0, reader = 0 }
            end
            if name then
                local row = by[name]
                row[layer] = row[layer] + #file.rows
                row.meta = row.meta or file.meta
            end
        end
    end
    return by, order
end

local function summary(book, tree)
    local by, order = places(book, tree)
    local rows, kernels = {}, {}
    for _, name in ipairs(order) do
        local row, lab = by[name] or { meta = {} }, name ~= "host"
        rows[#rows + 1] = string.format('<tr><th scope="row">%s</th>'
            .. "<td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>",
            esc((book["kernel-names"] or {})[name] or name),
            esc(row.meta.kernel or ""), esc(lab and "instructions, in "
            .. (row.meta.machine or "") or "time, on " .. (row.meta.cpu
            or "")), row.reference or 0, row.reader or 0)
        kernels[#kernels + 1] = lab and name or nil
    end
    return '<h2 id="measured">What was measured, and how to repeat it</h2>'
        .. "<pre class=\"code\"><code>"
        .. '<span class="l">make         <span class="hc"># what is quick,'
        .. ' and the first kernel</span>\n</span><span class="l">make bench'
        .. '   <span class="hc"># time, with patience</span>\n</span>'
        .. '<span class="l">make lab KERNELS="' .. table.concat(kernels,
        " ") .. '"\n</span><span class="l">make drift   <span class="hc">'
        .. "# what differs from the recorded results</span>\n</span>"
        .. '</code></pre><div class="wide"><table><thead><tr><th>where</th>'
        .. "<th>kernel</th>"
        .. "<th>what is counted</th><th>recorded results</th><th>"
        .. "and here</th></tr></thead><tbody>" .. table.concat(rows)
        .. "</tbody></table></div>"
end

function colophon.page(book, tree, xrefs)
    local parts = {}
    parts[1] = '<h1 id="ch-colophon">Colophon</h1><p>'
        .. whose_results(tree) .. "</p>" .. summary(book, tree) .. "<p>"
        .. "Set in Charis SIL, Inter and JetBrains Mono. Text under CC BY "
        .. "4.0, code under MIT. Edition of " .. esc(book.edition)
        .. ".</p>"
    for _, layer in ipairs { { "reader", "measured on this machine" },
        { "reference", "from the reference machine" } } do
        local files = tree[layer[1]].files
        if #files > 0 then
            parts[#parts + 1] = "<h2>Results " .. layer[2] .. "</h2>"
        end
        for _, file in ipairs(files) do
            parts[#parts + 1] = provenance(file, layer[2])
        end
    end
    parts[#parts + 1] = values_table(xrefs)
    return table.concat(parts, "\n")
end

return colophon

