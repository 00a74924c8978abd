-- SPDX-License-Identifier: MIT
--
-- What every part of the press needs: reading and writing files, complaints
-- that name a place, and tables kept on disk as Lua source.
--
-- Invariant: a file is replaced only when its contents change, so that its
-- time says when it last differed and make prints nothing twice. Complaints
-- are gathered and printed together: whoever mends a chapter sees all of
-- its faults at once. With DRAFT=1 the soft ones are warnings.
--
-- Loads under lua5.4 and in pandoc's Lua 5.3; knows nothing of pandoc.

local base = {}

-- Each program of the press is done in seconds: memory is cheaper than
-- time.
collectgarbage("setpause", 400)

base.draft = (os.getenv("DRAFT") or "") ~= ""

local complaints, failed, said = {}, false, {}

-- A complaint stops the build at the next base.settle().
function base.complain(place, what, remedy)
    local line = string.format("pagewise: %s: %s%s", place, what,
        remedy and "; " .. remedy or "")
    failed = true
    if not said[line] then
        said[line] = true
        complaints[#complaints + 1] = line
    end
end

-- A soft complaint is one that a draft may be printed with.
function base.complain_soft(place, what, remedy)
    if not base.draft then
        return base.complain(place, what, remedy)
    end
    local line = string.format("pagewise: %s: draft: %s", place, what)
    if not said[line] then
        said[line] = true
        io.stderr:write(line, "\n")
    end
end

function base.settle()
    if failed then
        for _, line in ipairs(complaints) do
            io.stderr:write(line, "\n")
        end
        os.exit(1)
    end
end

function base.fail(place, what, remedy)
    base.complain(place, what, remedy)
    base.settle()
end

function base.read(path)
    local file = io.open(path, "rb")
    if not file then
        return nil
    end
    local text = file:read("a")
    file:close()
    return text
end

-- A file of YAML as a table (lua-yaml, so not inside pandoc). All scalars
-- as they stand: a version is no number, a day no time.
function base.yaml(path)
    local yaml = require "lyaml"
    local ok, data = pcall(yaml.load, base.read(path) or "",
        { implicit_scalar = function(value)
            return value
        end })
    if not ok then
        local line, why = tostring(data):match("(%d+):%d+: *(.*)$")
        base.fail(path .. ":" .. (line or 1), "is no YAML ("
            .. (why or tostring(data)) .. ")", "mend the line")
    elseif type(data) ~= "table" then
        base.fail(path .. ":1", "is no table", "write `key: value` lines")
    end
    return data
end

-- Write only what changed; true when it did.
function base.write(path, text)
    if base.read(path) == text then
        return false
    end
    local file, why = io.open(path, "wb")
    if not file then
        base.fail(path, "cannot be written (" .. tostring(why) .. ")",
            "make its folder or free space on the disk")
    end
    file:write(text)
    file:close()
    return true
end

function base.quote(text) -- for the shell
    return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- Paths that fit shell patterns, sorted.
function base.glob(patterns)
    local list, seen = {}, {}
    local pipe = assert(io.popen("ls -d " .. patterns .. " 2>/dev/null"))
    for line in pipe:lines() do
        if not seen[line] then
            seen[line] = true
            list[#list + 1] = line
        end
    end
    pipe:close()
    table.sort(list)
    return list
end

-- Replace all %{name} by values[name].
function base.fill(template, values)
    return (template:gsub("%%{([%w_-]+)}", function(name)
        return values[name] or error("template: no value " .. name)
    end))
end

local escapes = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;",
    ['"'] = "&quot;" }
function base.html(text)
    return (text:gsub('[&<>"]', escapes))
end

local tex = { ["\\"] = "\\textbackslash{}", ["{"] = "\\{", ["}"] = "\\}",
    ["$"] = "\\$", ["&"] = "\\&", ["#"] = "\\#", ["_"] = "\\_",
    ["%"] = "\\%", ["^"] = "\\textasciicircum{}",
    ["~"] = "\\textasciitilde{}" }
function base.tex(text)
    return (text:gsub("[\\{}$&#_%%^~]", tex))
end

-- A string as JSON, which is also a JavaScript literal.
function base.json(text)
    return '"' .. text:gsub('[%c"\\<]', function(c)
        return string.format("\\u%04x", c:byte())
    end) .. '"'
end

function base.keys(t)
    local keys = {}
    for key in pairs(t) do
        keys[#keys + 1] = key
    end
    table.sort(keys, function(a, b)
        if type(a) == type(b) then
            return a < b
        end
        return type(a) == "number"
    end)
    return keys
end

-- Lua source of a value: tables of strings, numbers, booleans.
function base.dump(value, indent)
    indent = indent or ""
    if type(value) ~= "table" then
        return type(value) == "string"
            and string.format("%q", value):gsub("\\\n", "\\n")
            or tostring(value)
    end
    local inner, out = indent .. " ", {}
    for _, key in ipairs(base.keys(value)) do
        out[#out + 1] = inner .. "[" .. base.dump(key) .. "]="
            .. base.dump(value[key], inner)
    end
    return "{\n" .. table.concat(out, ",\n") .. "}"
end

function base.save(path, value)
    return base.write(path, "return " .. base.dump(value) .. "\n")
end

function base.load(path)
    local text = base.read(path)
    if not text then
        base.fail(path, "is missing", "run make again")
    end
    return assert(load(text, path, "t", {}))()
end

return base
