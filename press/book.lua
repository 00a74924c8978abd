-- SPDX-License-Identifier: MIT
--
-- book.yaml: the one table of contents. This reads the little of YAML that
-- it uses: `key: value`, lists of `- item`, and tables one level deep.
--
-- Invariant: the chapters come back in their order with their numbers;
-- those named under `unnumbered` have none. Everything else in the book
-- hangs on these names.

local base = require "base"

local book = {}

local function scalar(text)
    return text:match('^"(.*)"$') or text:match("^'(.*)'$") or text
end

local function parse(path, text)
    local out, at, current = {}, 0, nil
    for line in (text .. "\n"):gmatch("(.-)\n") do
        at = at + 1
        local bare = line:gsub("%s+#.*$", ""):gsub("^#.*$", "")
        local key, value = bare:match("^([%w-]+):%s*(.-)%s*$")
        local item = bare:match("^%s+%- (.-)%s*$")
        local name, inner = bare:match("^%s+([%w._/-]+):%s*(.-)%s*$")
        if key then
            out[key] = value ~= "" and scalar(value) or {}
            current = out[key]
        elseif item and type(current) == "table" then
            current[#current + 1] = scalar(item)
        elseif name and type(current) == "table" then
            current[name] = scalar(inner)
        elseif bare:match("%S") then
            base.fail(path .. ":" .. at, "cannot read '" .. line .. "'",
                "write `key: value`, `- item` or `name: value`")
        end
    end
    return out
end

-- {title, subtitle, ..., chapters = {{name, number, file, page}}, ...}
function book.load(path)
    path = path or os.getenv("BOOK") or "book.yaml"
    local text = base.read(path)
    if not text then
        base.fail(path, "is missing", "run make in the book's folder")
    end
    local out, unnumbered, number = parse(path, text), {}, 0
    for _, name in ipairs(out.unnumbered or {}) do
        unnumbered[name] = true
    end
    out.dir = out.dir or "chapters"
    out.build = os.getenv("BUILD") or "build"
    local chapters = {}
    for _, name in ipairs(out.chapters) do
        local chapter = { name = name,
            file = out.dir .. "/" .. name .. ".md", page = name .. ".html" }
        if not unnumbered[name] then
            number = number + 1
            chapter.number = tostring(number)
        end
        if #chapters == 0 and not chapter.number then
            chapter.page = "index.html"
        end
        if not base.draft or base.read(chapter.file) then
            chapters[#chapters + 1] = chapter
        end
    end
    out.chapters = chapters
    return out
end

function book.chapter(data, name)
    for i, chapter in ipairs(data.chapters) do
        if chapter.name == name then
            return chapter, i
        end
    end
end

return book
