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

function colophon.page(book, tree, xrefs)
    local parts = {}
    parts[1] = "<h1>Colophon</h1><p>" .. whose_results(tree) .. "</p><p>"
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

