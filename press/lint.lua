-- SPDX-License-Identifier: MIT
--
-- The lint of the prose, in two parts.
--
-- Numbers: a measured number may not be typed by hand. Digits before a unit
-- of measurement are a complaint with file and line, unless they stand in
-- code, in mathematics or in a definition: [4 µs]{.def}.
--
-- Words: a sentence that compares or gives a cause and speaks of a value, a
-- figure or a kernel says what it rests on (evidence.lua), or cites with a
-- page; so does one that names a version, a kernel's file or function, or
-- tells of a trial. What passes all the same stands in allowed.tsv (or what
-- `allowed` in the table of contents names). Chapters under `strict` there
-- are refused for it; of the others `make lint` counts the faults.
--
--     lua5.4 press/lint.lua              counts; strict chapters' faults
--     lua5.4 press/lint.lua page slab    these chapters' faults

package.path = "press/?.lua;bench/results/?.lua;" .. package.path
local base = require "base"
local mark = require "mark"
local sentences = require "sentences"

local lint = {}

---------------------------------------------------------------- numbers

local units = { "ns", "µs", "μs", "us", "ms", "%%", "×", "KiB/s", "MiB/s",
    "GiB/s", "kB/s", "MB/s", "GB/s", "instructions?", "cycles?",
    "nanoseconds?", "microseconds?", "milliseconds?", "percent" }

-- Blanks that may stand between the number and its unit.
local function plain_blanks(text)
    return (text:gsub("\194\160", "  "):gsub("\226\128\175", "   ")
        :gsub("\226\128\137", "   "):gsub("\\ ", "  "))
end

local function ends_word(text, i)
    return not text:match("^[%w_]", i)
end

function lint.measurements(path, text)
    local prose = plain_blanks(mark.prose(text))
    for _, unit in ipairs(units) do
        local from = 1
        while true do
            local a, b = prose:find("%d[%s-]?[%s]*" .. unit, from)
            if not a then
                break
            end
            if ends_word(prose, b + 1) then
                local first = prose:sub(1, a):find("[%d.,]+$")
                local line = select(2, prose:sub(1, first)
                    :gsub("\n", "")) + 1
                base.complain(path .. ":" .. line,
                    "hand-typed measurement '" .. prose:sub(first, b)
                    :gsub("%s+", " ") .. "'", "take it from the results "
                    .. "with {{...}}, or mark a definition "
                    .. "[...]{.def}")
            end
            from = b + 1
        end
    end
end

------------------------------------------------------------------ words

local function set(text)
    local list = {}
    for word in text:gmatch("%S+") do
        list[#list + 1] = (word:gsub("_", " "))
    end
    return list
end

-- Words that compare, and words that give a cause.
local comparing = set [[more less fewer most least faster fastest slower
    slowest quicker quickest cheaper cheapest dearer dearest better best
    worse worst larger largest smaller smallest bigger biggest higher
    highest lower lowest longer longest shorter shortest greater greatest
    twice thrice half double doubles doubled triple nearly almost hardly
    barely roughly flat constant rises falls grows grew shrinks drops
    exceeds beats wins outruns than equals the_same as_much_as as_many_as
    as_fast_as about_as within between_them the_only order_of_magnitude]]
local causing = set [[because because_of thanks_to due_to owing_to
    the_reason which_is_why that_is_why explains explained_by causes
    caused_by comes_from makes_up accounts_for]]

-- Ratios and trials that are told, not measured.
local typed = { "%f[%w]half as %a+", "%f[%w]twice as %a+",
    "%f[%w]%a+ times as %a+", "%f[%w]%a+ times the ", "%f[%w]hundred times",
    "%f[%w]thousand times", "%f[%w]%d+ times%f[^%w]",
    "%f[%w]%a+fold%f[^%w]",
    "%f[%w]per cent%f[^%w]", "%f[%w]an? earlier version",
    "%f[%w]the first version of", "%f[%w]in a trial", "%f[%w]in trials",
    "%f[%w]we tried", "%f[%w]was tried", "%f[%w]half again" }

local version = "%f[%w.][2-7]%.%d%d?%f[^%w]"
local function find_version(words)
    local from = 1
    while true do
        local a, b = words:find(version, from)
        if not a then
            return nil
        end
        -- not "3.5" of something counted, not a section's number
        if not words:sub(b + 1, b + 3):match("^%s*[%%×\2]")
            and not words:sub(1, a - 1):match("[Ss]ection%s+$") then
            return words:sub(a, b)
        end
        from = b + 1
    end
end

local function find_word(list, words)
    for _, word in ipairs(list) do
        if words:find("%f[%w]" .. word:gsub("%-", "%%-") .. "%f[^%w]") then
            return word
        end
    end
end

-- What the book compares with.
local named = { "SLUB", "SLAB", "Linux", "kernel", "kernels", "glibc",
    "jemalloc", "mimalloc", "tcmalloc" }

local function speaks_of(s, words)
    if sentences.has(s, "value") then
        return "a value"
    elseif sentences.has(s, "link", function(token)
        return token.text:match("#fig%-") or token.text:match("#tab%-")
            or token.text:match("#out%-")
    end) then
        return "a figure"
    elseif find_version(words) then
        return find_version(words)
    end
    for _, name in ipairs(named) do
        if words:find("%f[%w]" .. name .. "%f[^%w]") then
            return name
        end
    end
end

-- A file of the kernel, or a function of it: code with an underscore or
-- brackets that is not a name of ours.
local function kernel_name(s)
    local token = sentences.has(s, "code", function(t)
        local text = t.text:gsub("`", "")
        return text:match("^[%w_/-]+/[%w_/.-]+%.[ch]$")
            and not text:match("^code/") and not text:match("^bench/")
            or (text:match("^_*%l[%l%d]*_[%l%d_]+%(?%)?$")
            or text:match("^_*%l[%w_]*%(%)$")
            or text:match("^_*%u+_[%u%d_]+$"))
            and not text:match("^pw_") and not text:match("^PW_")
            and not lint.ours(text)
    end)
    return token and token.text
end

-- Names that our own sources define or use.
local own
function lint.ours(text)
    if not own then
        own = {}
        for _, path in ipairs(base.glob(
            "code/*/*.[ch] bench/*/*.[ch] tests/*/*.[ch]")) do
            if not path:match("lab") and not path:match("kernel") then
                local text = (base.read(path) or ""):gsub("/%*.-%*/", " ")
                    :gsub("//[^\n]*", " ")
                for name in text:gmatch("[%a_][%w_]*") do
                    own[name] = true
                end
            end
        end
    end
    return own[text:match("^[%w_]+")]
end

local allowed
local function load_allowed()
    if not allowed then
        allowed = {}
        local path = require("book").load().allowed
        for line in (base.read(path) or ""):gmatch("[^\n]+") do
            local phrase, reason = line:match("^([^#\t][^\t]*)\t(.+)$")
            if phrase then
                table.insert(allowed, { phrase = phrase, reason = reason })
            elseif not line:match("^#") then
                base.fail(path, "'" .. line
                    .. "' gives no reason", "write phrase, tab, reason")
            end
        end
    end
    return allowed
end

local function passes(s)
    for _, entry in ipairs(load_allowed()) do
        if s.text:find(entry.phrase, 1, true) then
            entry.used = true
            return true
        end
    end
end

local remedy = "bind it: {.so when=...}, {.source ...}, a page of a "
    .. "citation, {.argued}; see press/README.md"

-- Does a value of this row say which kernel it is of? Then the row's head,
-- which has the version, only repeats it.
local function heads_row(s, version)
    return s.text:match("^|") and sentences.has(s, "value",
        function(token)
            return (token.text .. " "):find("kernel=" .. version .. "[%s}]")
        end)
end

-- What is wrong with a sentence, or nil.
function lint.fault(s)
    local words = s.words:gsub("%s+", " ")
    local low = words:lower()
    if s.heading or sentences.bound(s) then
        return nil
    end
    local word = find_word(comparing, low)
    local cause = find_word(causing, low)
    local of = (word or cause) and speaks_of(s, words)
    if of then
        return "'" .. (word or cause) .. "' said of " .. of
            .. " and bound to nothing"
    end
    for _, pattern in ipairs(typed) do
        local what = low:match(pattern)
        if what then
            return "'" .. what .. "' is no file's figure"
        end
    end
    local v, name = find_version(words), kernel_name(s)
    if v and not heads_row(s, v) then
        return "version " .. v .. " without a source"
    elseif name then
        return name .. " without a source"
    end
end

-- The faults of a chapter: {line, what, text}.
function lint.faults(text)
    local list = {}
    for _, s in ipairs(sentences.of(text)) do
        local what = lint.fault(s)
        if what and not passes(s) then
            list[#list + 1] = { line = s.line, what = what, text = s.text }
        end
    end
    return list
end

local function opening(text)
    return #text > 50 and text:sub(1, 50):gsub("[\128-\191]*$", "")
        :gsub("%s+%S*$", "") .. " ..." or text
end

function lint.words(path, text)
    for _, fault in ipairs(lint.faults(text)) do
        base.complain(path .. ":" .. fault.line, fault.what .. ": '"
            .. opening(fault.text) .. "'", remedy)
    end
end

---------------------------------------------------------------- command

local function run(names)
    local book = require("book").load()
    local asked = {}
    for _, name in ipairs(names) do
        asked[name] = true
    end
    local known = {}
    for _, chapter in ipairs(book.chapters) do
        known[chapter.name] = true
        local text = base.read(chapter.file)
            or base.fail(chapter.file, "cannot be read", "write it")
        lint.measurements(chapter.file, text)
        if asked[chapter.name] or chapter.strict and #names == 0 then
            lint.words(chapter.file, text)
        else
            local n = #lint.faults(text)
            if #names == 0 then
                print(string.format("%5d unbound  %s", n, chapter.file))
            end
        end
    end
    for name in pairs(asked) do
        if not known[name] then
            base.complain("lint", "no chapter '" .. name .. "'",
                "name one of the table of contents")
        end
    end
    for _, entry in ipairs(load_allowed()) do
        if not entry.used then
            base.complain(book.allowed, "no chapter has '"
                .. entry.phrase .. "'", "remove the line")
        end
    end
    base.settle()
end

if arg and arg[0] and arg[0]:match("lint%.lua$") then
    run { table.unpack(arg) }
end

return lint
