-- SPDX-License-Identifier: MIT
--
-- `make audit N=100 [SEED=n]`: statements of the book drawn by lot, with
-- file, line and what each rests on, to be read by somebody who did not
-- write them, with the sources open. The seed is printed; without SEED= the
-- draw is a new one each time.
--
-- A statement is a sentence that can be false: one with evidence, a value,
-- a citation or a claim, or one that the lint of words would ask about. A
-- question or a heading is none. Each has the same chance.

package.path = "press/?.lua;bench/results/?.lua;" .. package.path
local base = require "base"
local books = require "book"
local lint = require "lint"
local sentences = require "sentences"

local book = books.load()

-- What the reader of each chapter found out: its statements by place, its
-- values by expression.
local function judged()
    local by = {}
    for _, chapter in ipairs(book.chapters) do
        local path = book.build .. "/press/" .. chapter.name .. ".xref"
        local xref = base.read(path) and base.load(path)
        for _, s in ipairs(xref and xref.statements or {}) do
            local key = chapter.file .. ":" .. (s.line or 0)
            by[key] = by[key] or {}
            table.insert(by[key], s)
        end
        for _, v in ipairs(xref and xref.values or {}) do
            by[v.expression] = v
        end
    end
    return by
end

local function of_source(s)
    local out = {}
    for i, f in ipairs(s.found) do
        out[i] = f.title .. " " .. f.file .. (f.line and ":" .. f.line
            or " (not there)")
    end
    return table.concat(out, ", ") .. ": " .. s.pattern
end

-- Letters alone: what the reader and the scanner of sentences leave of the
-- same words, values apart.
local function bare(text)
    return (text:gsub("%b{}", ""):gsub("%A", ""))
end

local function evidence_of(file, s, by)
    local out, done, said = {}, {}, bare(s.text)
    local function add(kind, text)
        out[#out + 1] = "    " .. kind .. "  " .. text
    end
    for _, token in ipairs(s.tokens) do
        if token.kind == "value" then
            local v = by[token.text:sub(3, -3):gsub("%s+", " ")]
            add("value", token.text .. (v and " = " .. v.text .. (v.here
                and " (here " .. v.here .. ")" or "") or ""))
        elseif token.kind == "cite" then
            add("cited", "@" .. token.text .. (token.located and ""
                or " (no page)"))
        elseif token.kind == "evidence" and token.attributes.class then
            local best, most = nil, -1 -- the one that shares most words
            for _, f in ipairs(by[file .. ":" .. token.line] or {}) do
                local words = bare(f.words)
                if f.kind == token.attributes.class and not done[f]
                    and #words > most and said:find(words, 1, true) then
                    best, most = f, #words
                end
            end
            if best then
                done[best] = true
                add(best.kind, "'" .. best.words .. "': " .. (best.found
                    and of_source(best) or best.when and best.when .. " ("
                    .. best.figures .. ")" or "an argument"))
            end
        end
    end
    if s.div == "claim" then
        add("claim", "its verdicts")
    end
    if #out == 0 then
        add("none", "it stands on its own words")
    end
    return table.concat(out, "\n")
end

local function candidates()
    local list = {}
    for _, chapter in ipairs(book.chapters) do
        for _, s in ipairs(sentences.of(base.read(chapter.file) or "")) do
            if not s.heading and not s.text:match("%?[%)\"*]*$")
                and (sentences.bound(s) or sentences.has(s, "value")
                or sentences.has(s, "cite") or lint.fault(s)) then
                list[#list + 1] = { file = chapter.file, s = s }
            end
        end
    end
    return list
end

local list, by = candidates(), judged()
local seed = tonumber(os.getenv("SEED") or "")
if not seed then
    local f = io.open("/dev/urandom", "rb")
    seed = string.unpack("<I4", f:read(4))
    f:close()
end
math.randomseed(seed)
local n = math.min(tonumber(os.getenv("N") or "") or 100, #list)
for i = 1, n do -- a draw without repetition
    local k = math.random(i, #list)
    list[i], list[k] = list[k], list[i]
end
local drawn = {}
for i = 1, n do
    drawn[i] = list[i]
end
table.sort(drawn, function(a, b)
    if a.file ~= b.file then
        return a.file < b.file
    elseif a.s.line ~= b.s.line then
        return a.s.line < b.s.line
    end
    return a.s.text < b.s.text
end)
for i, d in ipairs(drawn) do
    print(string.format("%3d  %s:%d\n  %s\n%s\n", i, d.file, d.s.line,
        d.s.text, evidence_of(d.file, d.s, by)))
end
print(string.format("%d of %d statements; the same again with SEED=%d",
    n, #list, seed))
