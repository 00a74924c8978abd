-- SPDX-License-Identifier: MIT
--
-- How things look in print: each function takes a div as the reader left it
-- and gives LaTeX, in the macros of theme/book.tex. Numbers come from the
-- reader, page numbers from LaTeX; answers wait for the chapter's end, and
-- kept listings for the book's: they come last in a chapter's file, behind
-- lines `%%kept FILE FIRST`, where print.lua cuts.

local base = require "base"
local highlight = require "highlight"
local index = require "index"
local source = require "source"

return function(context)
    local pen, answers, kept = {}, pandoc.List(), pandoc.List()
    local esc = base.tex

    local function raw(text)
        return pandoc.RawBlock("latex", text)
    end
    local function rawi(text)
        return pandoc.RawInline("latex", text)
    end

    -- A line in the list of figures or of listings: the first sentence.
    local function listed(kind, div)
        local title = pandoc.utils.stringify(div.content[1].content)
        title = title:match("^(.-[%.?!])%s+%u") or title
        return string.format("\\pwlisted{%s}{%s}{%s}", kind,
            div.attributes.number:match("%S+$"),
            esc((title:gsub("%.$", ""))))
    end

    -- \macro{id}{label}{caption's inlines}{rest}
    local function caption(macro, div, rest)
        local label = esc(div.attributes.number or ""):gsub(" ", "~")
        local inlines = pandoc.List { rawi(string.format("\\%s{%s}{%s}{",
            macro, div.identifier, label)) }
        inlines:extend(div.content[1].content)
        inlines:insert(rawi("}{" .. (rest or "") .. "}"))
        return pandoc.Plain(inlines)
    end

    --------------------------------------------------------- inlines

    function pen.cite(l, id)
        local inlines = pandoc.List { rawi("\\hyperlink{" .. id .. "}{") }
        inlines:extend(l.content)
        inlines:insert(rawi("}"))
        return inlines
    end

    function pen.reference(l, id, _, bare)
        local inlines = pandoc.List { rawi(string.format(bare
            and "\\pwref{%s}{" or "\\hyperref[%s]{", id)) }
        inlines:extend(l.content)
        inlines:insert(rawi("}"))
        return inlines
    end

    -- A statement's words in an appendix, with the page they stand on.
    function pen.statement(l, id)
        local inlines = pandoc.List { rawi("{\\hyperref[" .. id .. "]{") }
        inlines:extend(l.content)
        inlines:insert(rawi("}\\pwpage{" .. id .. "}}"))
        return inlines
    end

    function pen.here(s, class)
        local text = esc(pandoc.utils.stringify(s.content))
        return rawi(class == "own" and "\\pwown{" .. text .. "}"
            or "\\pwhere{here " .. text .. "}")
    end

    function pen.value(s)
        return s.content
    end

    function pen.so(s, mark)
        s.content:insert(1, rawi("\\pwstated{" .. s.identifier .. "}"))
        if mark then
            s.content:insert(rawi("\\pwnotso{" .. esc(mark) .. "}"))
        end
        return s.content
    end

    -- On paper there is room for a square, not for a word.
    function pen.word(word, text, s)
        return s and s.classes:includes("square")
            and rawi("\\pwsq{" .. word .. "}")
            or rawi(string.format("\\pwword{%s}{%s}", word, text))
    end

    function pen.bears(s)
        s.content:insert(1, rawi("{\\pwbears "))
        s.content:insert(rawi("}"))
        return s.content
    end

    -- Chinese may be broken between any two signs, but before some and
    -- behind others.
    local closing, opening = {}, {}
    for _, c in utf8.codes("，。、；：？！）」』”’》") do
        closing[c] = true
    end
    for _, c in utf8.codes("（「『“‘《") do
        opening[c] = true
    end
    local function wide(c)
        return c >= 0x2E80 and c <= 0xFFEF or c == 0x201C or c == 0x201D
    end

    function pen.str(s)
        local out, last = {}, nil
        if not s.text:find("[\227-\239][\128-\191][\128-\191]") then
            return nil
        end
        for _, c in utf8.codes(s.text) do
            if last and (wide(c) or wide(last)) and not closing[c]
                and not opening[last] then
                out[#out + 1] = "\\pwhan "
            end
            out[#out + 1] = esc(utf8.char(c))
            last = c
        end
        return rawi(table.concat(out))
    end

    function pen.bound(div, blocks)
        return blocks(div.content)
    end

    -- The guide, two lines a rule: what for and which, then the rest.
    function pen.guide(div)
        local out = pandoc.List { caption("pwlistcaption", div,
            "\\pwfacts{Kernel " .. esc(div.attributes.kernel)
            .. ". Again with \\texttt{make lab LABS=which}.}") }
        for i = 2, #div.content do
            local c = div.content[i].content
            local inlines = pandoc.List { rawi("\\pwrule{") }
            for n, cell in ipairs(c) do
                if n == 3 then
                    inlines:insert(rawi("\\codefont\\fontsize{7}{9}"
                        .. "\\selectfont " .. esc(pandoc.utils.stringify(
                        cell))))
                else
                    inlines:extend(cell.content)
                end
                inlines:insert(rawi(n < #c and "}{" or "}"))
            end
            out:insert(pandoc.Plain(inlines))
        end
        out:insert(raw("\\pwruleend"))
        return out
    end

    -- The essay's statements as squares, a line for each kernel.
    pen["trial-field"] = function(div)
        local out = { "\\begin{pwfield}" }
        for kernel, cells in div.attributes.rows:gmatch(
            "([^\n\t]+)\t([^\n]*)") do
            local last
            out[#out + 1] = "\\pwfieldrow{" .. esc(kernel) .. "}{"
            for part, _, word in cells:gmatch("([^%s,]+) (%S+) (%a+)") do
                out[#out + 1] = (last and part ~= last
                    and "\\pwfieldgap" or "") .. "\\pwsq{" .. word .. "}"
                last = part
            end
            out[#out + 1] = "}"
        end
        out[#out + 1] = "\\end{pwfield}"
        return { raw(table.concat(out)) }
    end

    function pen.note(note)
        local inlines = pandoc.List { rawi("\\pwnote{") }
        for i, block in ipairs(note.content) do
            if i > 1 then
                inlines:insert(rawi("\\par "))
            end
            inlines:extend(block.content
                or { pandoc.Code(block.text or "") })
        end
        inlines:insert(rawi("}"))
        return inlines
    end

    --------------------------------------------------------- blocks

    -- Lines stay with their neighbours at the ends; the best place to break
    -- a page is an empty line.
    local function code_lines(text, language, first, defined)
        local out, rows = {}, highlight.lines(text, language)
        for i, row in ipairs(rows) do
            local keep = i <= 2 or i >= #rows - 2
            local here = defined and defined[i]
            out[i] = string.format("\\pwline{%s}{%s%s}%s", first
                and first + i - 1 or "", highlight.tex(row), here
                and "\\pwixhere{" .. here .. "}" or "", i == #rows
                and "" or keep and "\\nobreak" or #row == 0
                and "\\penalty-100 " or "\\penalty100 ")
        end
        return table.concat(out, "\n")
    end

    local function lines_of(div)
        local a, text = div.attributes, div.content[2].text
        return raw("\\begin{pwcode}\n" .. code_lines(text, a.lang,
            tonumber(a.first), a.lang == "c" and index.defined(text))
            .. "\n\\end{pwcode}")
    end

    -- The same words a second time: what they state is led to at the first.
    local function unstated(block)
        return pandoc.walk_block(block, { RawInline = function(raw)
            if raw.text:find("^\\pwstated{") then
                return {}
            end
        end })
    end

    function pen.listing(div)
        local a = div.attributes
        local from = "\\pwsource{" .. esc(string.format("%s:%s–%s", a.file,
            a.first, a.last)) .. "}"
        if div.classes:includes("kept") then
            kept:insert(raw("%%kept " .. a.file .. " " .. a.first))
            local there = caption("pwkept", div, from)
            kept:insert(unstated(caption("pwrestcaption", div, from
                .. listed("listing", div))))
            kept:insert(lines_of(div))
            return { there }
        end
        return { caption("pwlistcaption", div, from .. listed("listing",
            div)), lines_of(div) }
    end

    function pen.code(block)
        return { raw("\\begin{pwcode}\n" .. code_lines(block.text,
            block.classes[1] or "text") .. "\n\\end{pwcode}") }
    end

    local function missing(div)
        return { caption("pwlistcaption", div, "Not measured yet.") }
    end

    function pen.output(div)
        if not div.content[2].text then
            return missing(div)
        end
        local a, widest = div.attributes, source.limit
        local text = div.content[2].text
        for line in text:gmatch("[^\n]+") do
            widest = math.max(widest, source.width(line))
        end
        return { caption("pwlistcaption", div, "\\pwfacts{" .. esc(a.file)
            .. (a.kernel ~= "" and ", kernel " .. a.kernel or "") .. ", "
            .. a.whose .. ".}"), raw(string.format(
            "\\begin{pwscreen}{%.2f}\n%s\n\\end{pwscreen}",
            7.7 * source.limit / widest, code_lines(text, "text"))) }
    end

    function pen.figure(div)
        local src = div.attributes.src
        local facts = context.figure(src)
        if facts.missing then
            return missing(div)
        end
        local small = facts.text ~= "" and "\\pwfacts{" .. esc(facts.text)
            .. (facts.rerun ~= "" and " Again with \\texttt{"
            .. esc(facts.rerun) .. "}." or "") .. "}" or ""
        return { raw(string.format("\\begin{figure}[htbp]\n"
            .. "\\includegraphics[width=\\textwidth]{%s/figures/%s.pdf}\n",
            context.book.build, src)), caption("pwfigcaption", div, small
            .. listed("figure", div)),
            raw("\\end{figure}") }
    end

    -- A row of a table: cells of the first block each. `together`: the next
    -- one stays with it.
    local function cells(row, inlines, together)
        for c, cell in ipairs(row) do
            if c > 1 then
                inlines:insert(rawi(" & "))
            end
            for _, block in ipairs(cell) do
                inlines:extend(block.content or {})
            end
        end
        inlines:insert(rawi(together and " \\\\*\n" or " \\\\\n"))
    end

    local function rows_of(block)
        return block.t == "Table"
            and #pandoc.utils.to_simple_table(block).rows or 0
    end

    local letters = { AlignRight = "r", AlignCenter = "c" }
    -- A table without a caption stands where it is spoken of, and may go on
    -- on the next page; one with a caption is whole.
    local function tabular(block, kind)
        local simple, columns = pandoc.utils.to_simple_table(block), {}
        local trial, whole = kind == "trial", kind ~= "plain"
        local environment = whole and "tabular" or "longtable"
        for c, align in ipairs(simple.aligns) do
            local width = simple.widths[c]
            columns[c] = width > 0 and string.format(
                ">{\\raggedright\\arraybackslash}p{\\dimexpr%.5f\\linewidth"
                .. "-%.3f\\tabcolsep}", width, 2 - 2 / #simple.aligns)
                or letters[align] or "l"
        end
        local many = #simple.aligns > 5
        local inlines = pandoc.List { rawi("\\begin{pwtable}"
            .. (many and "\\pwnarrow" or trial
            and "\\setlength\\tabcolsep{2.4pt}" or "")
            .. "\\begin{" .. environment .. "}{@{}"
            .. table.concat(columns) .. "@{}}\n"
            .. "\\toprule\n") }
        if #simple.header > 0 then
            for c = 3, trial and #simple.header or 0 do
                local head = simple.header[c][1]
                head.content:insert(1, rawi("\\pwtiny "))
            end
            cells(simple.header, inlines)
            inlines:insert(rawi("\\midrule" .. (whole and "" or "\\endhead")
                .. "\n"))
        end
        for i, row in ipairs(simple.rows) do
            cells(row, inlines, i == 1 or i == #simple.rows - 1)
        end
        inlines:insert(rawi("\\bottomrule\\end{" .. environment
            .. "}\\end{pwtable}"))
        return pandoc.Plain(inlines)
    end

    function pen.table(div)
        local a = div.attributes
        if div.classes:includes("missing") then
            return missing(div)
        end
        local small = a.unit and a.unit ~= "" and " In " .. esc(a.unit)
            .. "." or ""
        if a.facts then
            small = small .. "\\pwfacts{" .. esc(a.facts)
                .. " Again with \\texttt{" .. esc(a.rerun) .. "}.}"
        end
        local out, tall = pandoc.List { caption("pwlistcaption", div, small)
            }, 0
        for i = 2, #div.content do
            out:insert(tabular(div.content[i], a.kind))
            tall = tall + rows_of(div.content[i])
        end
        -- Let text fill the page before it.
        if tall > 9 and a.kind ~= "trial" then
            out:insert(1, raw("\\begin{figure}[htbp]"))
            out:insert(raw("\\end{figure}"))
        end
        return out
    end

    function pen.plain_table(block)
        local said = pandoc.utils.blocks_to_inlines(block.caption.long)
        local out = pandoc.List { tabular(block, "plain") }
        if #said > 0 then
            said:insert(1, rawi("\\begin{pwtitle}"))
            said:insert(rawi("\\end{pwtitle}"))
            out:insert(1, pandoc.Plain(said))
        end
        return out
    end

    function pen.claim(div, blocks)
        local a = div.attributes
        local out = pandoc.List { raw(string.format(
            "\\begin{pwclaim}{%s}{%s}{%s}{%s}", div.identifier,
            esc(a.number):gsub(" ", "~"), a.word, context.words[a.word])) }
        out:extend(blocks(div.content[1].content))
        out:insert(raw("\\begin{pwverdicts}"))
        for i = 2, #div.content do
            local v = div.content[i]
            local kernel = v.attributes.kernel
            local item = pandoc.List { rawi("\\pwverdict{" .. (kernel ~= ""
                and (kernel:find(",", 1, true) and "kernels~" or "kernel~")
                .. kernel or "") .. "}{" .. (a.word ~= v.attributes.word
                and "\\pwword{" .. v.attributes.word .. "}{"
                .. context.words[v.attributes.word] .. "}" or "") .. "}{") }
            item:extend(v.content[1].content)
            item:insert(rawi("}"))
            out:insert(pandoc.Plain(item))
        end
        out:insert(raw("\\end{pwverdicts}\n\\end{pwclaim}"))
        return out
    end

    function pen.exercise(div, blocks)
        context.exercise = div
        local out = pandoc.List { raw(string.format(
            "\\begin{pwexercise}{%s}{%s}", div.identifier,
            esc(div.attributes.number):gsub(" ", "~"))) }
        out:extend(blocks(div.content))
        out:insert(raw("\\end{pwexercise}"))
        return out
    end

    function pen.answer(div, blocks)
        local exercise = context.exercise
        answers:insert(raw(string.format("\\pwanswer{%s}{%s}",
            exercise.identifier, esc(exercise.attributes.number)
            :gsub(" ", "~"))))
        answers:extend(blocks(div.content))
        return {}
    end

    -- The index: terms and names in the prose, once a section each.
    function pen.start(doc)
        index.prose(doc, rawi)
    end

    function pen.header(header)
        if not header.attributes.number then
            header.classes:insert("unnumbered")
        end
        header.attributes.number = nil
        header.attributes.lang = nil -- pandoc would want babel's name
        if header.level == 1 then
            local list = pandoc.List { header }
            if not context.chapter.number then
                list:insert(raw("\\markboth{" .. esc(
                    pandoc.utils.stringify(header.content)) .. "}{}"))
            end
            return list
        elseif header.level == 2 and header.classes:includes("unnumbered")
        then
            return { header, raw("\\markright{" .. esc(
                pandoc.utils.stringify(header.content)) .. "}") }
        end
    end

    function pen.finish(doc)
        if #answers > 0 then
            doc.blocks:insert(raw("\\section*{Answers}\n"
                .. "\\addcontentsline{toc}{section}{Answers}"
                .. "\\markright{Answers}"))
            doc.blocks:extend(answers)
        end
        doc.blocks:extend(kept)
    end

    return pen
end
