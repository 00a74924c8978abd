-- SPDX-License-Identifier: MIT
--
-- How things look in HTML and EPUB: each function takes a div as the reader
-- left it and gives blocks. The words are in the document, never in the
-- style sheet; colour is never the only sign.

local base = require "base"
local highlight = require "highlight"
local index = require "index"

return function(context)
    local pen, epub = {}, context.format == "epub"
    local esc = base.html
    local note_count = 0

    local function raw(text)
        return pandoc.RawBlock("html", text)
    end
    local function rawi(text)
        return pandoc.RawInline("html", text)
    end

    -- An id that links to itself: the permalink of what it labels.
    local function label(div)
        return string.format('<a class="label" href="#%s">%s</a> ',
            div.identifier, esc(div.attributes.number))
    end

    -- figcaption: label, the caption's inlines, what comes after them.
    local function caption(div, after)
        local inlines = pandoc.List { rawi("<figcaption>" .. label(div)) }
        inlines:extend(div.content[1].content)
        inlines:insert(rawi((after or "") .. "</figcaption>"))
        return pandoc.Plain(inlines)
    end

    local function figure(div, class)
        local file = class:match("^listing") and div.attributes.file
        return raw(string.format('<figure class="%s" id="%s"%s>', class,
            div.identifier, file and not epub and ' data-file="' .. esc(
            file) .. '"' or ""))
    end

    --------------------------------------------------------- inlines

    function pen.cite(l, id)
        l.target = epub and "#" .. id or "bibliography.html#" .. id
        return l
    end

    function pen.reference(l, id, entry)
        local here = epub or entry.page == context.chapter.page
        l.target = (here and "" or entry.page) .. "#" .. id
        l.attr = pandoc.Attr("", { "xref" })
        return l
    end

    -- A statement's words in an appendix, leading to the statement.
    function pen.statement(l, id, page)
        l.target = (epub and "" or page) .. "#" .. id
        l.attr = pandoc.Attr("", { "xref" })
        return l
    end

    -- The reader's own figure beside the recorded one: in brackets, or in a
    -- table below it.
    function pen.here(s, class)
        local text = esc(pandoc.utils.stringify(s.content))
        text = class == "own" and text or "(here\194\160" .. text .. ")"
        return rawi(epub and (class == "own" and " / " or " ") .. text
            or string.format(' <span class="%s" data-tip="%s">%s</span>',
            class, esc(s.attributes.title or ""), text))
    end

    -- How far the repetitions of a cell lie apart.
    function pen.spread(s)
        local text = esc(pandoc.utils.stringify(s.content))
        return rawi(epub and " " .. text or ' <span class="spread">' .. text
            .. "</span>")
    end

    -- The figure itself; what pen.here made of the second stands after it.
    function pen.value(s)
        if epub then
            return s.content
        end
        local out = pandoc.List { rawi(string.format(
            '<span class="%s" data-tip="%s">%s</span>', s.classes[1],
            esc(s.attributes.title or ""),
            esc(pandoc.utils.stringify(s.content)))) }
        out:extend(s.content:filter(function(inline)
            return inline.t == "RawInline"
        end))
        return out
    end

    -- Words with evidence; `mark` says what is not so here, in the margin.
    function pen.so(s, mark)
        if epub then
            if mark then
                s.content:insert(pandoc.Note { pandoc.Plain {
                    pandoc.Str(mark) } })
            end
            return pandoc.Span(s.content, pandoc.Attr(s.identifier))
        end
        local out = pandoc.List { rawi(string.format('<span class="%s%s" '
            .. 'id="%s" data-tip="%s">', s.classes[1], mark and " notso"
            or "", s.identifier, esc(s.attributes.title))) }
        out:extend(s.content)
        out:insert(rawi("</span>"))
        if mark then
            local id = "n-" .. s.identifier
            out:insert(rawi(string.format('<span class="withnote">'
                .. '<a class="noteref" href="#%s" aria-label="Not so on '
                .. 'this machine">≠</a><span class="note" id="%s" '
                .. 'role="note"><a class="back" href="#%s">≠</a> '
                .. "%s</span></span>", id, id, s.identifier, esc(mark))))
        end
        return out
    end

    function pen.word(word, text, s)
        local tip = s and s.attributes.title
        return rawi(string.format('<span class="word w-%s"%s>%s</span>',
            word, tip and not epub and ' data-tip="' .. esc(tip) .. '"'
            or "", esc(text)))
    end

    -- The claims that bear a sentence, small behind it.
    function pen.bears(s)
        local out = pandoc.List { rawi('<span class="bears">') }
        out:extend(s.content)
        out:insert(rawi("</span>"))
        return out
    end

    -- The guide: a table, which book.js lets the reader narrow down.
    function pen.guide(div)
        local out = { figure(div, "table guide"), caption(div,
            ' <span class="facts">Kernel ' .. esc(div.attributes.kernel)
            .. "; again with <code>make lab LABS=which</code>.</span>"),
            raw('<div class="wide"><table><thead><tr><th>you want</th>'
            .. "<th>size</th><th>call</th><th>instructions</th></tr>"
            .. "</thead>") }
        for i = 2, #div.content do
            local a, c = div.content[i].attributes, div.content[i].content
            out[#out + 1] = raw(string.format('<tbody data-name="%s" '
                .. 'data-context="%s" data-from="%s" data-to="%s"><tr>',
                a.name, a.context, a.from, a.to))
            for n = 1, 4 do
                local inlines = pandoc.List { rawi(n == 1
                    and '<th scope="row" rowspan="2">' or "<td>") }
                inlines:extend(c[n].content)
                inlines:insert(rawi(n == 1 and "</th>" or "</td>"))
                out[#out + 1] = pandoc.Plain(inlines)
            end
            local small = pandoc.List { rawi(
                '</tr><tr><td colspan="3">') }
            if pandoc.utils.stringify(c[5]) ~= "–" then
                small:insert(rawi("<b>Given in pieces:</b> "))
                small:extend(c[5].content)
                small:insert(rawi(". "))
            end
            small:insert(rawi("<b>Fails with</b> "))
            small:extend(c[6].content)
            small:insert(rawi(". <b>Never for</b> "))
            small:extend(c[7].content)
            small:insert(rawi(".</td></tr></tbody>"))
            out[#out + 1] = pandoc.Plain(small)
        end
        out[#out + 1] = raw("</table></div></figure>")
        return out
    end

    -- The essay's statements as squares, a line for each kernel.
    pen["trial-field"] = function(div)
        local out = pandoc.List { string.format('<div class="squares" '
            .. 'role="img" aria-label="%s">', esc(div.attributes.alt)) }
        for kernel, cells in div.attributes.rows:gmatch(
            "([^\n\t]+)\t([^\n]*)") do
            out:insert('<div><span class="kernel">' .. esc(kernel)
                .. "</span>")
            local last
            for part, id, word in cells:gmatch("([^%s,]+) (%S+) (%a+)") do
                out:insert(string.format('<i class="q-%s%s" title="%s: '
                    .. '%s"></i>', word, last and part ~= last
                    and " next" or "", id, context.words[word]
                    or "not asked"))
                last = part
            end
            out:insert("</div>")
        end
        out:insert("</div>")
        return { raw(table.concat(out)) }
    end

    -- A formula may be wider than a small screen: it scrolls by itself.
    function pen.math(math)
        if math.mathtype == "DisplayMath" and not epub then
            return pandoc.Span({ math }, pandoc.Attr("", { "mathbox" }))
        end
    end

    -- A side note stands in its paragraph; the style sheet moves it.
    function pen.note(note)
        if epub then
            return note
        end
        note_count = note_count + 1
        local inlines = pandoc.List { rawi(string.format(
            '<a class="noteref" id="nr-%d" href="#n-%d">%d</a>'
            .. '<span class="note" id="n-%d" role="note">'
            .. '<a class="back" href="#nr-%d">%d</a> ', note_count,
            note_count, note_count, note_count, note_count, note_count)) }
        for i, block in ipairs(note.content) do
            if i > 1 then
                inlines:insert(rawi("<br><br>"))
            end
            inlines:extend(block.content
                or { pandoc.Code(block.text or "") })
        end
        inlines:insert(rawi("</span>"))
        return pandoc.Span(inlines, pandoc.Attr("", { "withnote" }))
    end

    --------------------------------------------------------- blocks

    local function lines(text, language, first)
        local out = {}
        for i, row in ipairs(highlight.lines(text, language)) do
            local at = first and first + i - 1
            local n = at and not epub and ' data-n="' .. at .. '"' or ""
            local digits = at and epub and string.format(
                '<span class="n">%4d </span>', at) or ""
            out[i] = '<span class="l"' .. n .. ">" .. digits
                .. highlight.html(row) .. "\n</span>"
        end
        return table.concat(out)
    end

    local function source_link(a)
        local text = string.format("%s:%s–%s", a.file, a.first, a.last)
        if epub then
            return ' <code class="src">' .. esc(text) .. "</code>"
        end
        return string.format(
            ' <a class="src" href="src/%s.html#L%s">%s</a> <a class="get" '
            .. 'href="src/%s" download>file</a>', a.file, a.first,
            esc(text), a.file)
    end

    -- A kept listing is one line until it is opened.
    local function folded(div, pre)
        local a = div.attributes
        local inlines = pandoc.List { rawi("<details><summary>"
            .. '<span class="label">' .. esc(a.number) .. "</span> ") }
        inlines:extend(div.content[1].content)
        inlines:insert(rawi(' <span class="src">' .. esc(string.format(
            "%s:%s–%s", a.file, a.first, a.last)) .. "</span></summary>"))
        return { figure(div, "listing kept"), pandoc.Plain(inlines),
            raw(pre .. "</details></figure>") }
    end

    local function code_of(div)
        return '<pre class="code numbered"><code>' .. lines(div.content[2]
            .text, div.attributes.lang, tonumber(div.attributes.first))
            .. "</code></pre>"
    end

    function pen.listing(div)
        if div.classes:includes("kept") then
            return folded(div, code_of(div))
        end
        return { figure(div, "listing"), caption(div, source_link(
            div.attributes)), raw(code_of(div) .. "</figure>") }
    end

    function pen.code(block)
        return { raw('<pre class="code"><code>' .. lines(block.text,
            block.classes[1] or "text") .. "</code></pre>") }
    end

    function pen.output(div)
        if not div.content[2].text then
            return pen.missing(div)
        end
        local a = div.attributes
        local facts = ' <span class="facts">' .. esc(a.file)
            .. (a.kernel ~= "" and ", kernel " .. a.kernel or "") .. ", "
            .. esc(a.whose) .. ".</span>"
        return { figure(div, "output"), caption(div, facts),
            raw('<pre class="code screen"'
            .. (epub and "" or ' tabindex="0"') .. "><code>"
            .. esc(div.content[2].text) .. "</code></pre></figure>") }
    end

    function pen.missing(div)
        return { figure(div, "missing"), caption(div),
            raw("<p>Not measured yet.</p></figure>") }
    end

    local function small_print(text, commands, data)
        local parts = { text or "" }
        if data then
            parts[#parts + 1] = '<a href="' .. data .. '">Data</a>'
        end
        if commands and commands ~= "" then
            parts[#parts + 1] = "again with <code>" .. esc(commands)
                .. "</code>"
        end
        local joined = table.concat(parts, data and " " or " Measured ")
        return ' <span class="facts">' .. joined .. "</span>"
    end

    local function drawing(src, facts)
        if epub then
            local svg = base.read(context.book.build .. "/figures/" .. src
                .. ".epub.svg") or ""
            return '<div class="plot">' .. svg:gsub(' role="img">',
                ' role="img" aria-label="' .. esc(facts.alt):gsub("%%",
                "%%%%") .. '">', 1) .. "</div>"
        end
        local stem = context.book.build .. "/figures/" .. src
        local narrow = base.read(stem .. ".narrow.svg")
        local svg = base.read(stem .. ".inline.svg") or ""
        -- Its shape is told beforehand, so that a figure out of sight is
        -- not drawn and nothing moves when it is.
        local function shape(text)
            local x, y = (text or ""):match('viewBox="0 0 (%S+) (%S+)"')
            return x and x .. "/" .. y or "auto"
        end
        return '<div class="plot' .. (narrow and " two" or "") .. '" '
            .. 'style="--wide:' .. shape(svg) .. (narrow and ";--narrow:"
            .. shape(narrow) or "") .. '" role="img" aria-label="'
            .. esc(facts.alt) .. '">' .. svg
            .. (narrow or "") .. "</div>"
    end

    function pen.figure(div)
        local src = div.attributes.src
        local facts = context.figure(src)
        if facts.missing then
            return pen.missing(div)
        end
        local after = ""
        if facts.text ~= "" then
            local take = {}
            for i, kind in ipairs { "svg", "pdf", "tsv" } do
                take[i] = string.format('<a href="figures/%s.%s" download>'
                    .. "%s</a>", src, kind, kind:upper())
            end
            after = string.format(' <span class="facts">%s%s%s</span>',
                esc(facts.text), facts.rerun ~= "" and " Again with <code>"
                .. esc(facts.rerun) .. "</code>." or "", epub and ""
                or " Take it as " .. table.concat(take, ", ") .. ".")
        end
        return { figure(div, "figure"), raw(drawing(src, facts)),
            caption(div, after), raw("</figure>") }
    end

    function pen.table(div)
        local a = div.attributes
        if a.number and div.classes:includes("missing") then
            return pen.missing(div)
        end
        local after = ""
        if a.unit and a.unit ~= "" then
            after = a.unit == "×" and " Ratios." or " In " .. esc(a.unit)
                .. "."
        end
        if a.facts then
            after = after .. small_print(esc(a.facts), a.rerun)
        end
        local out = { figure(div, "table " .. (a.kind or "")),
            caption(div, after), raw('<div class="wide">') }
        for i = 2, #div.content do
            out[#out + 1] = div.content[i]
        end
        out[#out + 1] = raw("</div></figure>")
        return out
    end

    function pen.plain_table(block)
        return { raw('<div class="wide">'), block, raw("</div>") }
    end

    function pen.claim(div, blocks)
        local a = div.attributes
        local head = string.format('<div class="claim c-%s" id="%s">'
            .. '<p class="claim-head">%s<span class="word w-%s">%s</span>'
            .. "</p>", a.word, div.identifier, label(div), a.word,
            context.words[a.word])
        local out = pandoc.List { raw(head) }
        out:extend(blocks(div.content[1].content))
        out:insert(raw('<ul class="verdicts">'))
        for i = 2, #div.content do
            local v = div.content[i]
            local kernel = v.attributes.kernel
            local item = pandoc.List { rawi("<li>" .. (kernel ~= ""
                and '<span class="kernel">' .. (kernel:find(",", 1, true)
                and "kernels " or "kernel ") .. esc(kernel)
                .. "</span> " or "") .. (a.word ~= v.attributes.word
                and '<span class="word w-' .. v.attributes.word .. '">'
                .. context.words[v.attributes.word] .. "</span> " or "")) }
            item:extend(v.content[1].content)
            item:insert(rawi("</li>"))
            out:insert(pandoc.Plain(item))
        end
        out:insert(raw("</ul></div>"))
        return out
    end

    function pen.exercise(div, blocks)
        local out = pandoc.List { raw('<div class="exercise" id="'
            .. div.identifier .. '"><p class="exercise-head">' .. label(div)
            .. "</p>") }
        out:extend(blocks(div.content))
        out:insert(raw("</div>"))
        return out
    end

    function pen.answer(div, blocks)
        local out = pandoc.List { raw(
            "<details><summary>Answer</summary>") }
        out:extend(blocks(div.content))
        out:insert(raw("</details>"))
        return out
    end

    -- Under its own class pandoc would give an entry a deprecated role.
    pen["csl-entry"] = function(div)
        if not epub then
            div.classes = { "work" }
        end
        return { div }
    end

    -- An e-book has its index at its end; pages are linked elsewhere.
    function pen.start(doc)
        if epub then
            index.links(doc)
        end
    end

    function pen.header(header)
        local number = header.attributes.number
        header.attributes.number = nil
        if epub then
            if number then
                header.content:insert(1, pandoc.Str((header.level == 1
                    and "Chapter " or "") .. number .. "\194\160\194\160"))
            end
            return
        end
        local id = header.identifier
        if header.level == 1 then
            header.content:insert(1, rawi('<span class="chapter-no">'
                .. (number and "Chapter " .. number or "") .. "</span> "))
        else
            if number then
                header.content:insert(1, rawi('<span class="secno">'
                    .. number .. "</span> "))
            end
            header.content:insert(rawi('<a class="perma" href="#' .. id
                .. '" aria-label="Link to this section">#</a>'))
        end
    end

    return pen
end
