-- SPDX-License-Identifier: MIT
--
-- `make sources`: look up in the sources what the chapters say stands there
-- ({.source} spans), and record file, line and version under
-- bench/reference/source/, from which the book is printed without them.
--
-- The sources are Debian's packages, which bench/lab/sources.sh fetches
-- into build/cache/source (SOURCES= another place). Of one that cannot be
-- had the record stays as it is. What is not found is recorded as not
-- found, and said; the book refuses it.

package.path = "press/?.lua;bench/results/?.lua;" .. package.path
local base = require "base"
local books = require "book"
local read = require "read"
local sentences = require "sentences"

local book = books.load()
local cache = (os.getenv("SOURCES") or "build/cache/source") .. "/"

-- source name -> {question, place, wanted}
local function questions()
    local by, n = {}, 0
    for _, chapter in ipairs(book.chapters) do
        for _, s in ipairs(sentences.of(base.read(chapter.file) or "")) do
            for _, token in ipairs(s.tokens) do
                local a = token.kind == "evidence" and token.attributes
                if a and a.class == "source" then
                    local place = chapter.file .. ":" .. token.line
                    local q, what, remedy = read.question(a)
                    if not q then
                        base.complain(place, what, remedy)
                    end
                    for i, list in ipairs { q and q.sources or {},
                        q and q.absent or {} } do
                        for _, name in ipairs(list) do
                            by[name] = by[name] or {}
                            n = n + 1
                            table.insert(by[name], { q = q, place = place,
                                wanted = i == 1 })
                        end
                    end
                end
            end
        end
    end
    return by, n
end

local texts = {}
local function text_of(path)
    if texts[path] == nil then
        texts[path] = base.read(path) or false
    end
    return texts[path]
end

local function look(name, list, record)
    local tree, rows, missed = cache .. name .. "/", {}, 0
    for _, item in ipairs(list) do
        local q, line, why = item.q, nil, nil
        local text = text_of(tree .. q.file)
        if text then
            line, why = read.find(text, q)
        else
            why = "no file " .. q.file
        end
        if (line ~= nil) ~= item.wanted then
            missed = missed + 1
            io.stderr:write(string.format("pagewise: %s: %s %s; %s\n",
                item.place, read.title(name), line
                and "has it after all, at " .. q.file .. ":" .. line
                or "does not say so: " .. why,
                "mend the sentence or the pattern"))
        end
        rows[read.key(q)] = { line = line, why = why }
    end
    record.rows = rows
    return missed
end

local by, all = questions()
base.settle()
local names, missed, lacking = base.keys(by), 0, {}
if #names > 0 then
    os.execute("bash bench/lab/sources.sh " .. table.concat(names, " "))
end
os.execute("mkdir -p " .. base.quote(book.evidence))
for _, name in ipairs(names) do
    local version = (base.read(cache .. name .. "/version") or "")
        :match("^%S+")
    if version then
        local record = { version = version }
        missed = missed + look(name, by[name], record)
        read.save(book.evidence .. "/" .. name .. ".tsv", record)
    else
        lacking[#lacking + 1] = name
    end
end
-- Records of sources that no sentence names any more.
for _, path in ipairs(base.glob(base.quote(book.evidence) .. "/*.tsv")) do
    if not by[path:match("([^/]+)%.tsv$")] then
        os.remove(path)
    end
end
print(string.format("%d statements looked up in %d sources, %d not found; "
    .. "the record is %s", all, #names - #lacking, missed, book.evidence))
if #lacking > 0 then
    base.complain("sources", table.concat(lacking, ", ")
        .. " cannot be had here; their record is as it was",
        "connect to the network, or see bench/lab/sources.tsv")
end
base.settle()
os.exit(missed == 0 and 0 or 1)
