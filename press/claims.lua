-- SPDX-License-Identifier: MIT
--
-- Claims: a statement and what became of it. One of the essay (its id is a
-- letter and a number) has the verdict of each kernel that it was put to;
-- one of the book carries a condition on measured values, which is judged
-- when the page is made. Nobody types a verdict.

local base = require "base"
local values = require "values"

local claims = {}

function claims.plain(text)
    return { pandoc.Plain { pandoc.Str(text) } }
end

-- What a reader calls a kernel: "6.1, SLAB" is "slab" in the results.
function claims.kernel(state, name)
    local names = state.book["kernel-names"] or {}
    return (name:gsub("[^, ]+", names))
end

local function verdict(kernel, word, evidence, inlines)
    return pandoc.Div({ pandoc.Plain(inlines or { pandoc.Str(evidence) }) },
        pandoc.Attr("", { "verdict" }, { kernel = kernel, word = word }))
end

local signs = { ["<="] = "≤", [">="] = "≥", ["<"] = "<", [">"] = ">",
    ["=="] = "=", ["!="] = "≠" }

local function shown(v, series)
    local where = v.x and v.x ~= "" and #v.rows == 1 and series
        and " at " .. v.x or ""
    return pandoc.Span({ pandoc.Str(values.say(v) .. where) },
        pandoc.Attr("", { "value" }, { title = values.tip(v.rows) }))
end

-- Of many comparisons those that fail, or else the closest one, and how
-- many there are.
local function telling(parts)
    local failed, closest, gap = {}, nil, math.huge
    if #parts <= 8 then
        return parts
    end
    for _, part in ipairs(parts) do
        if not part.holds then
            failed[#failed + 1] = part
        elseif part.left then
            local a, b = part.left.value, part.right.value
            local apart = math.abs(a - b)
                / math.max(math.abs(a), math.abs(b))
            if apart < gap then
                closest, gap = part, apart
            end
        end
    end
    if not closest and #failed == 0 then
        return { parts[1] }, "of " .. #parts .. " conditions one: "
    end
    if #failed > 0 then
        return failed, "of " .. #parts .. " comparisons these fail: "
    end
    return { closest }, "the closest of " .. #parts .. " comparisons: "
end

-- "34 instructions ≤ 61 instructions"; the opposite sign where it is not
-- so.
local function comparison(part, series)
    local sign = signs[part.op]
    if not part.holds then
        sign = part.left.value > part.right.value and ">"
            or part.left.value < part.right.value and "<" or "="
    end
    return { shown(part.left, series), pandoc.Str(" " .. sign .. " "),
        shown(part.right) }
end

function claims.figures(judged)
    local parts, of = telling(judged.parts)
    local inlines, seen = pandoc.List { pandoc.Str(of or "") }, {}
    for _, part in ipairs(parts) do
        local more = pandoc.List(part.left and comparison(part,
            #judged.parts > 1) or { pandoc.Str(part.text) })
        local text = pandoc.utils.stringify(pandoc.Span(more))
        if not seen[text] then
            if next(seen) then
                inlines:extend { pandoc.Str(","), pandoc.Space() }
            end
            seen[text] = true
            inlines:extend(more)
        end
    end
    return inlines
end

-- The kernel that all figures come from, or "".
local function common_kernel(rows)
    local kernel = rows[1] and rows[1].kernel or ""
    for _, row in ipairs(rows) do
        if row.instrument == "host" or row.kernel ~= kernel then
            return ""
        end
    end
    return kernel
end

-- The recorded machine's answer, and below it the reader's own.
local function computed(state, div)
    local place = state.place(div)
    local judged, own = values.judge(state.tree, div.attributes.when)
    if not judged then
        base.complain_soft(place, own)
        return { verdict("", "unmeasured", own) }
    elseif judged.holds == nil then
        return { verdict("", "unmeasured", judged.reason) }
    elseif not judged.holds then
        base.complain_soft(place, "claim '" .. div.identifier .. "' is "
            .. "false on the recorded results (" .. pandoc.utils.stringify(
            pandoc.Span(claims.figures(judged))) .. ")",
            "mend the claim or the code")
    end
    state.claimed(div, judged, own)
    local kernel = common_kernel(judged.rows)
    local list = { verdict(kernel, judged.holds and "holds" or "fails",
        nil, claims.figures(judged)) }
    if own then
        local mine = pandoc.List { pandoc.Str("on this machine: ") }
        mine:extend(claims.figures(own))
        list[2] = verdict(kernel, own.holds and "holds" or "not-here", nil,
            mine)
    end
    return list
end

local function put_to_kernels(state, div, id)
    local by, kernels = state.tree:claim(id)
    if not by then
        base.complain_soft(state.place(div), kernels)
        return { verdict("", "unmeasured", "not put to a kernel yet") }
    end
    -- Kernels that gave the same answer share a line.
    local list, same = {}, {}
    for _, kernel in ipairs(kernels) do
        local row = by[kernel]
        local key = row.verdict .. "\t" .. row.evidence
        if same[key] then
            local a = same[key].attributes
            a.kernel = a.kernel .. ", " .. claims.kernel(state, kernel)
        else
            same[key] = verdict(claims.kernel(state, kernel),
                row.verdict, row.evidence)
            list[#list + 1] = same[key]
        end
    end
    return list
end

function claims.claim(state, div)
    local id = div.identifier:gsub("^claim%-", "")
    local when = div.attributes.when
    local essay = not when and id:match("^%a%d+$")
    local number = essay and state.named("claim", div, "Claim", id)
        or state.number("claim", div, "Claim")
    local content = pandoc.List { pandoc.Div(div.content,
        pandoc.Attr("", { "statement" })) }
    content:extend(when and computed(state, div)
        or put_to_kernels(state, div, id))
    local worst = content[2].attributes.word
    for i = 3, #content do
        if content[i].attributes.word ~= worst then
            worst = when and "not-here" or "mixed"
        end
    end
    return pandoc.Div(content, pandoc.Attr(div.identifier, { "claim" },
        { number = number, word = worst,
        kind = essay and "essay" or "measured" }))
end

function claims.table(state, div, caption)
    local number = state.number("tab", div, "Table")
    local ids, kernels = state.tree:claims(div.attributes.select)
    if #ids == 0 then
        base.complain_soft(state.place(div), "no claim fits '"
            .. (div.attributes.select or "") .. "'", "run make lab")
        return state.missing(div, "table", number, caption)
    end
    -- Of many kernels the verdicts are broken into lines.
    local wide = #kernels > 5 and 0.905 / #kernels or 0
    local head, body, aligns, widths = { claims.plain("claim") }, {},
        { pandoc.AlignLeft }, { wide > 0 and 0.095 or 0 }
    for i, kernel in ipairs(kernels) do
        head[i + 1] = claims.plain(claims.kernel(state, kernel))
        aligns[i + 1], widths[i + 1] = pandoc.AlignLeft, wide
    end
    for r, id in ipairs(ids) do
        local by = state.tree:claim(id)
        body[r] = { { pandoc.Plain { state.try_ref("claim-" .. id, id) } } }
        for i, kernel in ipairs(kernels) do
            local row = by[kernel]
            body[r][i + 1] = row and { pandoc.Plain { pandoc.Span({},
                pandoc.Attr("", { "word" }, { word = row.verdict,
                title = row.evidence })) } } or claims.plain("–")
        end
    end
    local tab = pandoc.utils.from_simple_table(pandoc.SimpleTable({},
        aligns, widths, head, body))
    return pandoc.Div({ caption, tab }, pandoc.Attr(div.identifier,
        { "table" }, { number = number, kind = "claims" }))
end

return claims
