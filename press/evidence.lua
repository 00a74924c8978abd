-- SPDX-License-Identifier: MIT
--
-- Words with evidence: the spans by which a sentence says what it rests on.
--
--     [slower than none]{.so when="A >= B"}
--     [one lock]{.source kernel="6.1 6.12" file="mm/x.c" in="f" has="..."}
--     [so it must be read twice]{.argued}
--
-- Invariant: a condition that the recorded results do not meet, a source
-- that was not read or does not say so, and an argument without a word that
-- shows it, are complaints, never text. One that only the reader's own
-- results do not meet is marked in the margin, with the figures.

local base = require "base"
local claims = require "claims"
local expression = require "expression"
local read = require "read"
local source = require "source"
local values = require "values"

local evidence = {}

local function statement(state, span, kind, fields)
    state.spans = (state.spans or 0) + 1
    span.identifier = kind .. "-" .. state.chapter.name .. "-"
        .. state.spans
    fields.kind, fields.id = kind, span.identifier
    fields.line = tonumber(span.attributes.line)
    fields.words = pandoc.utils.stringify(span.content)
    table.insert(state.xref.statements, fields)
end

local function figures(judged)
    return pandoc.utils.stringify(pandoc.Span(claims.figures(judged)))
end

--------------------------------------------------------------- measured

function evidence.so(state, span)
    local when, place = span.attributes.when or "", state.place(span)
    local recorded, own = values.judge(state.tree, when)
    local tip
    if not recorded then
        base.complain_soft(place, own or "a condition that holds nothing",
            "write [words]{.so when=\"A <= B\"}")
        return span.content
    elseif recorded.holds == nil then
        base.complain_soft(place, "'" .. when .. "' was not measured ("
            .. (recorded.reason or "no value") .. ")",
            "record it or take the words out")
        return span.content
    end
    tip = figures(recorded)
    if not recorded.holds then
        base.complain_soft(place, "'" .. pandoc.utils.stringify(
            span.content) .. "' is not so: " .. when .. " (" .. tip .. ")",
            "mend the words, or measure and record again")
    end
    local here = own and figures(own)
    statement(state, span, "so", { when = when, figures = tip, here = here,
        own = own and (own.holds and "holds" or "fails") or "none" })
    local classes = { "so" }
    if own and not own.holds then
        classes = { "so", "notso" }
    end
    return pandoc.Span(span.content, pandoc.Attr(span.identifier, classes,
        { title = tip, here = here }))
end

------------------------------------------------------------ read in code

local cache = {}
local function record(state, name)
    local path = state.book.evidence .. "/" .. name .. ".tsv"
    if cache[path] == nil then
        cache[path] = read.load(path) or false
    end
    state.depends(path)
    return cache[path], path
end

-- Where it stands in one source, from the record: "mm/slub.c:1234".
local function looked_up(state, place, name, q, wanted)
    local known = record(state, name)
    local entry = known and known.rows[read.key(q)]
    local title = read.title(name)
    if not entry then
        base.complain_soft(place, q.file .. " of " .. title .. " was not "
            .. "looked into for '" .. (q.has or q.lacks) .. "'",
            "run make sources")
    elseif wanted and not entry.line then
        base.complain_soft(place, title .. " does not say so: "
            .. entry.why, "mend the sentence or the pattern")
    elseif not wanted and entry.line then
        base.complain_soft(place, title .. " has it after all, at "
            .. q.file .. ":" .. entry.line, "mend absent= or the pattern")
    else
        return { title = title, version = known.version, file = q.file,
            line = entry.line, within = q.within, absent = not wanted }
    end
end

local function own_code(state, place, q)
    if not base.read(q.file) then
        return base.complain(place, "no file " .. q.file,
            "give it from the root, or say which kernel= or glibc=")
    end
    state.depends(q.file)
    -- The published copy's lines, without markers.
    local line, why = read.find(table.concat(source.read(q.file).lines,
        "\n"), q)
    if not line then
        return base.complain(place, q.file .. " does not say so: " .. why,
            "mend the sentence or the pattern")
    end
    return { title = "Pagewise", file = q.file, line = line,
        within = q.within }
end

-- "read in Linux 6.1 (6.1.176-1), mm/slub.c:1234, new_slab"
local function told(place)
    return place.title .. (place.version and " (" .. place.version .. ")"
        or "") .. (place.absent and ", not in " or ", ") .. place.file
        .. (place.line and ":" .. place.line or "")
        .. (place.within and ", " .. place.within or "")
end

function evidence.source(state, span)
    local place, found = state.place(span), {}
    local q, message, remedy = read.question(span.attributes)
    if not q then
        base.complain(place, message, remedy)
        return span.content
    end
    if #q.sources == 0 then
        found[1] = own_code(state, place, q)
    end
    for _, name in ipairs(q.sources) do
        found[#found + 1] = looked_up(state, place, name, q, true)
    end
    for _, name in ipairs(q.absent) do
        found[#found + 1] = looked_up(state, place, name, q, false)
    end
    local tips = {}
    for i, f in ipairs(found) do
        tips[i] = told(f)
    end
    statement(state, span, "source", { found = found, pattern = q.has
        or "without " .. q.lacks })
    return pandoc.Span(span.content, pandoc.Attr(span.identifier,
        { "read" }, { title = "read in " .. table.concat(tips, "; ") }))
end

----------------------------------------------------------------- argued

-- The words of which an argument needs one.
evidence.arguing = { "so", "hence", "thus", "therefore", "follows", "must",
    "cannot", "would", "should", "may", "might", "could", "because",
    "since", "argue", "expect", "suppose", "think", "reason", "means", "if",
    "presumably", "probably", "likely", "for" }

function evidence.argued(state, span)
    local text = " " .. pandoc.utils.stringify(span.content):lower() .. " "
    for _, word in ipairs(evidence.arguing) do
        if text:find("%f[%w]" .. word .. "%f[^%w]") then
            statement(state, span, "argued", {})
            return pandoc.Span(span.content, pandoc.Attr(span.identifier,
                { "argued" }))
        end
    end
    base.complain(state.place(span), "argued, and no word shows it",
        "say so: " .. table.concat(evidence.arguing, ", "))
    return span.content
end

-- A claim with a condition counts as a measured statement, too.
function evidence.claim(state, div, recorded, own)
    table.insert(state.xref.statements, { kind = "claim",
        id = div.identifier, line = tonumber(div.attributes.line),
        words = pandoc.utils.stringify(div.content),
        when = div.attributes.when, figures = figures(recorded),
        here = own and figures(own), own = own and (own.holds and "holds"
        or "fails") or "none" })
end

evidence.kinds = { so = evidence.so, source = evidence.source,
    argued = evidence.argued }
expression.say = values.say

return evidence
