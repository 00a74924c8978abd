-- SPDX-License-Identifier: MIT
--
-- Syntax highlighting for the few languages of the book. One lexer, two
-- pens: the same words are coloured in HTML, EPUB and print, in listings
-- and on the pages of sources.
--
-- Invariant: the pieces of all lines, joined, are the text that came in.
-- Classes: k keyword, t type, s string, n number, c comment, p
-- preprocessor.

local base = require "base"

local highlight = {}

local function words(text)
    local set = {}
    for word in text:gmatch("%S+") do
        set[word] = true
    end
    return set
end

local c_words = {
    k = words [[ auto break case const continue default do else enum extern
        for goto if inline register restrict return sizeof static struct
        switch typedef union volatile while _Alignas _Alignof _Atomic
        _Noreturn _Static_assert _Thread_local __init __exit ]],
    t = words [[ void char short int long float double signed unsigned bool
        size_t ssize_t ptrdiff_t intptr_t uintptr_t int8_t int16_t int32_t
        int64_t uint8_t uint16_t uint32_t uint64_t u8 u16 u32 u64 s64 gfp_t
        off_t atomic_t pthread_t FILE ]],
}

-- A rule: class, pattern at the position. `word` rules look words up.
local quoted = { "s", '^"[^"\\\n]*"' }
local languages = {
    c = { words = c_words,
        { "c", "^/%*.-%*/" }, { "c", "^//[^\n]*" },
        { "p", "^#[ \t]*%a+" }, { "s", "^<[%w/_.-]+%.h>" }, "string",
        { "s", "^'\\?[^\n]%w*'" },
        { "n", "^0[xX]%x+[uUlL]*" }, { "n", "^%d[%w.]*" } },
    lua = { words = { k = words [[ and break do else elseif end false for
        function if in local nil not or repeat return then true until while
        ]], t = {} },
        { "c", "^%-%-%[%[.-%]%]" }, { "c", "^%-%-[^\n]*" }, "string",
        { "s", "^'[^'\n]*'" }, { "s", "^%[%[.-%]%]" },
        { "n", "^0x%x+" }, { "n", "^%d[%d.]*" } },
    sh = { words = { k = words [[ if then else elif fi for in do done while
        until case esac return exit set export local trap ]], t = {} },
        { "c", "^#[^\n]*" }, "string", { "s", "^'[^']*'" },
        { "t", "^%$[%w_@#?*!]+" }, { "t", "^%${[^}\n]*}" } },
    make = { words = { k = words [[ ifeq ifneq ifdef ifndef else endif
        include define endef export ]], t = {} },
        { "c", "^#[^\n]*" }, { "t", "^%$%([^()\n]*%)" }, { "t", "^%$." } },
    gnuplot = { words = { k = words [[ set unset plot replot load if else
        do for with using index title notitle eval print ]], t = {} },
        { "c", "^#[^\n]*" }, "string", { "s", "^'[^'\n]*'" },
        { "n", "^%d[%d.]*" } },
    text = { words = { k = {}, t = {} } },
}
languages.bash, languages.console = languages.sh, languages.text
languages.makefile = languages.make

-- A double-quoted string with its escapes, which no pattern can say.
local function string_end(text, i)
    if text:sub(i, i) ~= '"' then
        return
    end
    local j = i + 1
    while j <= #text do
        local c = text:sub(j, j)
        if c == '"' or c == "\n" then
            return c == '"' and j or j - 1
        end
        j = j + (c == "\\" and 2 or 1)
    end
    return #text
end

local function try_rules(rules, text, i)
    for _, rule in ipairs(rules) do
        local last
        if rule == "string" then
            last = string_end(text, i)
        else
            last = select(2, text:find(rule[2], i))
        end
        if last then
            return rule == "string" and "s" or rule[1], last
        end
    end
end

local function word_class(rules, word)
    return rules.words.k[word] and "k" or rules.words.t[word] and "t" or ""
end

local function lex(rules, text, give)
    local i = 1
    while i <= #text do
        local class, last
        local word = text:match("^[%a_][%w_]*", i)
        if word then
            class, last = word_class(rules, word), i + #word - 1
        else
            class, last = try_rules(rules, text, i)
        end
        if not last then
            class, last = "", (text:find('[%w_"\'/#<%-%[$]', i + 1)
                or #text + 1) - 1
        end
        give(class, text:sub(i, last))
        i = last + 1
    end
end

-- Lines, each a list of {class, text}.
function highlight.lines(text, language)
    local rules = languages[language] or languages.text
    local lines, row = {}, {}
    lex(rules, text, function(class, piece)
        local first = true
        for part in (piece .. "\n"):gmatch("(.-)\n") do
            if not first then
                lines[#lines + 1], row = row, {}
            end
            first = false
            if part ~= "" then
                row[#row + 1] = { class, part }
            end
        end
    end)
    lines[#lines + 1] = row
    return lines
end

local function pen(escape, wrap)
    return function(row)
        local out = {}
        for _, piece in ipairs(row) do
            local text = escape(piece[2])
            out[#out + 1] = piece[1] == "" and text
                or wrap(piece[1], text)
        end
        return table.concat(out)
    end
end

highlight.html = pen(base.html, function(class, text)
    return '<span class="h' .. class .. '">' .. text .. "</span>"
end)

-- In print every blank counts and nothing may break or turn into a
-- ligature.
local function tex(text)
    return (base.tex(text):gsub(" ", "\\ "):gsub("%-", "{-}")
        :gsub("'", "\\textquotesingle{}"):gsub("`", "\\textasciigrave{}"))
end
highlight.tex = pen(tex, function(class, text)
    return "\\H" .. class .. "{" .. text .. "}"
end)

return highlight
