-- SPDX-License-Identifier: MIT
--
-- style.lua CHECK: one check over the files named on standard input. Prints
-- file:line: fault for each fault and fails if there was one.

local check = arg[1]
local faults = 0

local function fault(file, line, what)
    print(("%s:%d: %s"):format(file, line, what))
    faults = faults + 1
end

local function lines_of(file)
    local list, f = {}, assert(io.open(file, "rb"))
    local text = f:read("a")
    f:close()
    for line in (text:sub(-1) == "\n" and text or text .. "\n")
        :gmatch("(.-)\n") do
        list[#list + 1] = line
    end
    return list, text
end

local function extension(file)
    return file:match("%.(%w+)$") or file:match("([^/]+)$")
end

local function set(words)
    local s = {}
    for w in words:gmatch("%S+") do s[w] = true end
    return s
end

-- Files that cannot carry a comment, or are recorded data.
local function is_data(file)
    return set("json png ico svg tsv bib")[extension(file)]
        or file:find("/reference/") or file:find("^tests/%w+/corpus/")
end

-- The part of a chapter that runs inside a kernel.
local function is_lab(file)
    return file:find("^bench/%w+/lab[%w_]*%.[ch]$")
end

local checks = {}

function checks.licence(file)
    if is_data(file) then return end
    local list = lines_of(file)
    local first = list[1] or ""
    if first:find("^#!") or first:find("^<!DOCTYPE") then
        first = list[2] or ""
    end
    local want = "MIT"
    if file:find("^chapters/") or file == "LICENSE-prose" then
        want = "CC-BY-4.0"
    elseif is_lab(file) then
        want = "MIT OR GPL-2.0-only"
    end
    local id = first:match("SPDX%-License%-Identifier: ([%w%.%- ]*%w)")
    if not id then
        fault(file, 1, "no SPDX line; it should say " .. want)
    elseif id == "CC-BY-4.0" and set("md yaml html")[extension(file)] or
            id == "MIT OR GPL-2.0-only" and (file:find("^[cb][oe]")
                or file:find("/demo/bench/")) then
        return
    elseif id ~= want then
        fault(file, 1, "licence " .. id .. "; it should be " .. want)
    end
end

local printed = set("c h sh lua mk gp Makefile run")

function checks.lines(file)
    if is_data(file) then return end
    local list, text = lines_of(file)
    local ext = extension(file)
    local tabs_ok = ext == "mk" or ext == "Makefile"
    for n, line in ipairs(list) do
        if line:find("\t") and
            not (tabs_ok and line:find("^\t[^\t]*$")) then
            fault(file, n, "a tab; use four spaces")
        end
        if line:find("%s$") then
            fault(file, n, "blanks at the end of the line")
        end
        local shown = line:gsub("\t", (" "):rep(8))
        if printed[ext] and (utf8.len(shown) or #shown) > 76 then
            fault(file, n, "longer than 76 columns; break the line")
        end
    end
    if text ~= "" and text:sub(-1) ~= "\n" then
        fault(file, #list, "no newline at the end of the file")
    end
end

-- What each part may include, besides itself: what its manifest says that
-- it needs, and whatever that needs.
local manifests = {}
local function needs(part)
    if manifests[part] == nil then
        local f = io.open("code/" .. part .. "/part.mk")
        local words = f and f:read("a"):match("needs *:= *([%w ]*)")
        if f then f:close() end
        manifests[part] = words and {} or false
        for word in (words or ""):gmatch("%w+") do
            manifests[part][word] = true
            for below in pairs(needs(word) or {}) do
                manifests[part][below] = true
            end
        end
    end
    return manifests[part]
end

-- The path that an include in a file means, from the root.
local function resolve(file, name)
    local path = (file:match("(.*)/") or ".") .. "/" .. name
    local parts = {}
    for part in path:gmatch("[^/]+") do
        if part == ".." and #parts > 0 then
            parts[#parts] = nil
        elseif part ~= "." then
            parts[#parts + 1] = part
        end
    end
    return table.concat(parts, "/")
end

function checks.layers(file)
    local layer = file:match("^code/(%w+)/.*%.[ch]$")
    if not layer then return end
    local below = needs(layer)
    if not below then
        return fault(file, 1, "code/" .. layer .. " has no part.mk")
    end
    local free = file:find("_user%.[ch]$") or file:find("_kernel%.[ch]$")
        or io.open("code/" .. layer .. "/part.mk"):read("a")
            :find("world *:= *user")
    for n, line in ipairs(lines_of(file)) do
        local name = line:match('^%s*#%s*include%s+"([^"]+)"')
        local other = name and resolve(file, name):match("^code/(%w+)/")
        if other and other ~= layer and not below[other] then
            fault(file, n, layer .. " must not include " .. other
                .. ", which its part.mk does not say it needs")
        elseif line:find("^%s*#%s*include%s+<") and not free
            and layer ~= "port" and not file:find("/example%.c$") then
            fault(file, n, "a system header outside code/port")
        end
    end
end

-- Data flows one way: what a file includes, loads or sources lies in its
-- own folder or further up this list; and folders of one kind form no
-- cycle. build.mk and rules.mk put things together and are not asked.
local flow = { code = 1, bench = 2, figures = 3, press = 4, tests = 5 }
local arrows = {} -- folder -> folder -> "file:line"

-- The files that a line of this file names as a part of it.
local function parts_of(file, line)
    local ext, found = extension(file), {}
    if ext == "c" or ext == "h" then
        local name = line:match('^%s*#%s*include%s+"([^"]+)"')
        found[1] = name and resolve(file, name)
    elseif ext == "sh" and not line:find("^%s*#") then
        found[1] = line:match("^%s*%.%s+([%w/_]+%.sh)")
            or line:match("[%s\"]([%w_]+/[%w/_]+%.sh)%f[^%w]")
            or line:match("[%s\"]([%w_]+/[%w/_]+%.lua)%f[^%w]")
    elseif ext == "lua" then
        local name = line:match('require%s*%(?"([%w_]+)"')
        for _, dir in ipairs { file:match("(.*)/"), "bench/results",
                "press" } do
            local path = name and dir .. "/" .. name .. ".lua"
            local f = path and io.open(path)
            if f then
                f:close()
                found[1] = path
                break
            end
        end
        found[1] = found[1] or line:match('%f[%w]dofile%s*%(?%s*"([^"]+)"')
    end
    return found
end

function checks.flow(file)
    local top = file:match("^(%w+)/")
    if not flow[top] then return end
    local from = file:match("^(%w+/%w+)/") or top
    for n, line in ipairs(lines_of(file)) do
        for _, path in ipairs(parts_of(file, line)) do
            local to_top = path:match("^(%w+)/")
            local to = path:match("^(%w+/%w+)/") or to_top
            if flow[to_top] and flow[to_top] > flow[top] then
                fault(file, n, "an arrow upwards, to " .. path)
            elseif flow[to_top] and to ~= from then
                arrows[from] = arrows[from] or {}
                arrows[from][to] = arrows[from][to] or file .. ":" .. n
            end
        end
    end
end

local function after_flow()
    local state = {}
    local function visit(folder, way)
        if state[folder] == "done" then return end
        way = way .. folder
        if state[folder] == "open" then
            local at = arrows[way:match("([%w/]+) > [%w/]+$")][folder]
            fault(at:match("(.*):"), at:match(":(%d+)") // 1,
                "a cycle: " .. way)
            return
        end
        state[folder] = "open"
        for other in pairs(arrows[folder] or {}) do
            visit(other, way .. " > ")
        end
        state[folder] = "done"
    end
    local list = {}
    for folder, to in pairs(arrows) do
        visit(folder, "")
        for other in pairs(to) do
            list[#list + 1] = folder .. " > " .. other
        end
    end
    table.sort(list)
    print(table.concat(list, "\n"))
end

function checks.kernel(file)
    if not file:find("^code/.*%.[ch]$") or file:find("^code/port/") then
        return
    end
    for n, line in ipairs(lines_of(file)) do
        if line:find("__KERNEL__") or line:find("%f[%w_]MODULE%f[^%w_]")
            and line:find("^%s*#%s*if") then
            fault(file, n, "asks whether it is in the kernel; only "
                .. "code/port may")
        end
    end
end

-- The bodies of the functions of a C file: {line, length, name}.
local function functions(list)
    local found, open = {}, nil
    for n, line in ipairs(list) do
        if line == "{" then
            open = n
        elseif line == "}" and open then
            local name = ""
            for back = open - 1, math.max(1, open - 6), -1 do
                local word = list[back]:match("([%w_]+)%(")
                if word then name = word end
                if list[back]:find("^%S") and word then break end
            end
            found[#found + 1] = {line = open, length = n - open - 1,
                                 name = name}
            open = nil
        end
    end
    return found
end

-- What is printed whole is short; what measures, checks and prints is not.
local MOST_LINES = {c = 500, h = 500, lua = 900, sh = 400}
local lengths = {}

function checks.lengths(file)
    local part = file:match("^(%w+)/")
    local most = MOST_LINES[extension(file)]
    if part == "code" and not is_lab(file) then most = 300 end
    local list = lines_of(file)
    if most and #list > most then
        fault(file, #list, ("%d lines; the limit is %d"):format(#list,
            most))
    end
    if not file:find("%.[ch]$") then return end
    for _, f in ipairs(functions(list)) do
        if f.length > 50 then
            fault(file, f.line, ("%s() has %d lines; split it"):format(
                f.name, f.length))
        end
        if part == "code" and not is_lab(file) then
            lengths[#lengths + 1] = f.length
        end
    end
end

local function after_lengths()
    table.sort(lengths)
    if #lengths == 0 then return end
    local middle, long = lengths[(#lengths + 1) // 2], 0
    for _, n in ipairs(lengths) do
        if n > 35 then long = long + 1 end
    end
    print(("%d functions in code/, %d lines in the middle, %d over 35")
        :format(#lengths, middle, long))
    if middle > 15 then
        fault("code", 0, "the middle function has over 15 lines")
    end
    if long * 20 > #lengths then
        fault("code", 0, "more than one function in 20 is over 35 lines")
    end
end

local run, seen = checks[check], 0
if not run then error("no check " .. tostring(check)) end
for file in io.lines() do
    run(file)
    seen = seen + 1
end
if check == "lengths" then after_lengths() end
if check == "flow" then after_flow() end
if seen == 0 then fault("standard input", 0, "names no files") end
os.exit(faults == 0)
