-- SPDX-License-Identifier: MIT
--
-- A chapter as sentences, each with its line and with what it carries:
-- values, spans of evidence, references, citations, code. The lint, the
-- audit and the look-ups in the sources read chapters through this.
--
--     {line, text, div, tokens = {{kind, text, attributes}, ...}}
--
-- kind: value, evidence, define, link, code, math, cite. `text` is what a
-- reader of the Markdown sees, on one line; `words` is the prose alone. A
-- row of a typed table and a caption are sentences, too.

local mark = require "mark"

local sentences = {}

local open, close = "\1", "\2" -- around a token's number, in flat text

-- The chapter with every piece that is not prose as a token, a blank line
-- around what ends a paragraph, and where each line begins.
local function flatten(text)
    local out, size, tokens, starts = {}, 0, {}, {}
    local function put(piece, line, padded)
        starts[#starts + 1] = { at = size + 1, line = line, piece = piece,
            padded = padded }
        out[#out + 1], size = piece, size + #piece
    end
    mark.walk(text, function(kind, piece, line)
        local lines = select(2, piece:gsub("\n", ""))
        if kind == "text" then
            put(piece, line)
        elseif kind == "comment" then
            put((" "):rep(1) .. ("\n"):rep(lines), line)
        elseif kind == "div" or kind == "code" and lines > 0
            and piece:match("^ *[`~][`~][`~]") then
            tokens[#tokens + 1] = { kind = kind, text = piece }
            put("\n\n" .. open .. #tokens .. close .. "\n\n", line, true)
        elseif kind == "heading" then
            put("\n\n" .. piece:gsub("{[^}]*}%s*$", "") .. "\n\n", line,
                true)
        else
            tokens[#tokens + 1] = { kind = kind, text = piece, line = line,
                attributes = kind == "evidence" and mark.attributes(piece)
                or nil }
            put(open .. #tokens .. close, line)
        end
    end)
    return table.concat(out), tokens, starts
end

local function line_finder(starts)
    local i = 1
    return function(at)
        while starts[i] and starts[i].at > at do
            i = i - 1
        end
        while starts[i + 1] and starts[i + 1].at <= at do
            i = i + 1
        end
        local s = starts[i]
        local before = s.piece:sub(1, at - s.at)
        -- without the blank lines that flatten put around it
        before = s.padded and before:gsub("^\n+", "") or before
        return s.line + select(2, before:gsub("\n", ""))
    end
end

local short = { ["e.g"] = true, ["i.e"] = true, p = true, pp = true,
    cf = true, vs = true, fig = true, no = true, st = true, dr = true,
    ca = true, sec = true, al = true, ch = true }

-- The last position of the sentence that begins at `from` in a paragraph.
local function sentence_end(text, from)
    local at = from
    while true do
        local _, stop = text:find("[.?!]+[%)%]\"*_]*", at)
        if not stop then
            return #text
        end
        -- What hangs on the full stop: notes, attributes, closing quotes.
        local more = stop
        repeat
            local before = more
            more = select(2, text:find("^" .. open .. "%d+" .. close,
                more + 1)) or select(2, text:find("^%[%^[^%]]+%]",
                more + 1)) or select(2, text:find("^\226\128[\153\157]",
                more + 1)) or more
        until more == before
        local word = text:sub(from, stop):match("([%a.]+)%.[%)%]\"*_]*$")
        local abbreviated = word and short[word:lower()]
        local follows = text:sub(more + 1, more + 4)
        if follows == "" or not abbreviated
            and follows:match("^%s+[%u%d%[\"*_" .. open .. "\226%(@]") then
            return more
        end
        at = stop + 1
    end
end

local function cites(sentence)
    for body in sentence.text:gmatch("@([%w_][%w_:.#/-]*[^%];]*)") do
        local key, rest = body:match("^([%w_:.#/-]*%w)(.*)$")
        local where = rest:match("^,%s*(%a+%.?%s*[%d%a])")
            or rest:match("^,%s*(§+%s*%d)") or rest:match("^%s*%[(.-%d)")
        table.insert(sentence.tokens, { kind = "cite", text = key,
            located = where ~= nil })
    end
end

-- The word of a token in a sentence read by people.
local function shown(token)
    if token.kind == "value" then
        return token.text:gsub("%s+", " ")
    elseif token.kind == "link" then
        return "(" .. token.text:match("%((.-)%)") .. ")"
    elseif token.kind == "evidence" then
        return ""
    end
    return token.text
end

local function sentence(flat, tokens, from, to, line, div)
    local piece, out = flat:sub(from, to), { line = line, div = div,
        tokens = {} }
    for n in piece:gmatch(open .. "(%d+)" .. close) do
        table.insert(out.tokens, tokens[tonumber(n)])
    end
    out.words = piece:gsub(open .. "%d+" .. close, " \2 ")
        :gsub("%[%^[^%]]+%]:?", " "):gsub("[%[%]]", "")
    out.text = piece:gsub(open .. "(%d+)" .. close, function(n)
        return shown(tokens[tonumber(n)])
    end):gsub("%s+", " "):match("^%s*(.-)%s*$")
    cites(out)
    return out
end

local ends = { "\n%s*\n", "\n%s*[-*] ", "\n%s*%d+[.)] ", "\n%s*|",
    "\n:::" }

-- Blocks: paragraphs, list items, rows of tables. Where each kind ends next
-- is looked for again only when it is passed.
local function blocks(flat)
    local list, at, next_ = {}, 1, {}
    while at <= #flat do
        local a = flat:find("%S", at)
        if not a then
            break
        end
        local b = #flat
        for i, pattern in ipairs(ends) do
            if (next_[i] or 0) < a then
                next_[i] = flat:find(pattern, a) or #flat + 1
            end
            b = math.min(b, next_[i] - 1)
        end
        list[#list + 1] = { a, b }
        at = b + 1
    end
    return list
end

local function of(text)
    local flat, tokens, starts = flatten(text)
    local line_of, list, stack = line_finder(starts), {}, {}
    for _, block in ipairs(blocks(flat)) do
        local piece = flat:sub(block[1], block[2])
        local lone = piece:match("^" .. open .. "(%d+)" .. close .. "$")
        local token = lone and tokens[tonumber(lone)]
        local fence, name = piece:match("^(:::+ *([%w-]*)[^\n]*)")
        local from = fence and #fence + 1 or 1
        if name and name ~= "" then
            stack[#stack + 1] = name -- `:::: answer`, and text below it
        elseif fence then
            stack[#stack] = nil
        end
        if token and token.kind == "div" then
            stack[#stack + 1] = token.text:match("%.([%w-]+)") or "div"
        elseif not (token and token.kind == "code")
            and not piece:match("^|?[-:|%s]+$") then
            while from <= #piece do
                local a = piece:find("%S", from)
                if not a then
                    break
                end
                local b = piece:match("^|") and #piece
                    or sentence_end(piece, a)
                local s = sentence(flat, tokens, block[1] + a - 1,
                    block[1] + b - 1, line_of(block[1] + a - 1),
                    stack[#stack])
                s.heading = piece:match("^#+%s") ~= nil
                s.row = piece:match("^|") ~= nil
                list[#list + 1] = s
                from = b + 1
            end
        end
    end
    return list
end

-- A text's sentences, found once: the lint and others ask for the same.
local found = {}
function sentences.of(text)
    found[text] = found[text] or of(text)
    return found[text]
end

function sentences.has(s, kind, test)
    for _, token in ipairs(s.tokens) do
        if token.kind == kind and (not test or test(token)) then
            return token
        end
    end
end

-- Does it say what it rests on?
function sentences.bound(s)
    return s.div == "claim" or sentences.has(s, "evidence")
        or sentences.has(s, "cite", function(token)
            return token.located
        end)
end

return sentences
