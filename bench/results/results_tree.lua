-- SPDX-License-Identifier: MIT
--
-- The second half of results.lua, which loads it and describes its calls:
-- layers (all files below a folder), the tree (the reader's layer over the
-- reference layer), and finding rows, claims and texts in it.
--
-- Invariant of a tree: rows are unique by (experiment, variant, x, metric,
-- instrument, kernel), each is the reader's unless only the reference has
-- a number for it. They are in the order of their files; what is found in
-- it (find, select, named) comes sorted by results.less. The rows of guests
-- (mallocs that a user raced beside the book's) are in layers, not in it.

return function(results)

local function exists(path)
    local file = io.open(path)
    if file then
        file:close()
    end
    return file ~= nil
end

---------------------------------------------------------------- layers

function results.load_tree(dir)
    local layer = { dir = dir, files = {}, rows = {}, claims = {} }
    for _, path in ipairs(results.lines_of("find " .. results.quote(dir)
        .. " -type f -name '*.tsv' 2>/dev/null")) do
        local name = path:match("[^/]*$")
        if not name:match("%.raw%.tsv$") and not name:match("^tmp%-") then
            local file, message = results.read(path)
            if not file then
                return nil, message
            end
            layer.files[#layer.files + 1] = file
            local into = file.kind == "claims" and layer.claims
                or layer.rows
            for _, row in ipairs(file.rows) do
                into[#into + 1] = row
            end
        end
    end
    return layer
end

-- Is it a row of a guest, or one that compares with it ("pw/guest")?
function results.is_guest(row)
    local guests = row.file.meta.guests
    if not guests then
        return false
    end
    guests = " " .. guests .. " "
    for name in (row.variant or ""):gmatch("[^/]+") do
        if guests:find(" " .. name .. " ", 1, true) then
            return true
        end
    end
    return false
end

local function without_guests(list)
    local rows = {}
    for _, row in ipairs(list) do
        if not results.is_guest(row) then
            rows[#rows + 1] = row
        end
    end
    return rows
end

-- Two files of one layer may not give the same row: which would be right?
local function index_layer(layer, list, kind, source)
    local index = {}
    for _, row in ipairs(list) do
        local id = results.identity(row, kind)
        if index[id] then
            return nil, string.format("pagewise: %s:%d: the row of %s:%d "
                .. "again; keep one of the two files", row.file.path,
                row.line, index[id].file.path, index[id].line)
        end
        row.source, index[id] = source, row
    end
    return index
end

-- The union of two lists; `over` wins where it measured something.
local function merge(over, by_over, under, by_under)
    local rows = {}
    for _, row in ipairs(over) do
        local below = by_under[row.id]
        if row.reason and below and below.median then
            below.unmeasured_here = row.reason
            row = below
        end
        rows[#rows + 1] = row
    end
    for _, row in ipairs(under) do
        if not by_over[row.id] then
            rows[#rows + 1] = row
        end
    end
    return rows
end

-- The first machine; `source` is what was read, not what was measured.
local function pick_machine(dir, machine)
    if machine then
        return dir .. "/" .. machine
    end
    return results.lines_of("find " .. results.quote(dir)
        .. " -mindepth 1 -maxdepth 1 -type d ! -name source 2>/dev/null")[1]
        or dir .. "/none"
end

local Tree = {}
Tree.__index = Tree

function results.open(options)
    local tree = setmetatable({ default_kernel = options.default_kernel },
        Tree)
    local folders = {
        reader = options.reader or "build/results",
        reference = pick_machine(options.reference or "bench/reference",
            options.machine),
    }
    local rows, claims = {}, {}
    for source, dir in pairs(folders) do
        local layer, message = results.load_tree(dir)
        if layer then
            layer.rows = without_guests(layer.rows)
            tree[source] = layer
            rows[source], message = index_layer(layer, layer.rows,
                "results", source)
        end
        if not message then
            claims[source], message = index_layer(layer, layer.claims,
                "claims", source)
        end
        if message then
            return nil, message
        end
    end
    tree.rows = merge(tree.reader.rows, rows.reader,
        tree.reference.rows, rows.reference)
    tree.claim_rows = merge(tree.reader.claims, claims.reader,
        tree.reference.claims, claims.reference)
    return tree
end

-------------------------------------------------------------- ordering

-- Numbers as numbers and before text, kernel series by their parts, so that
-- 5.10 comes after 5.4: as one text that is made once for each row.
local function padded(text)
    return (text:gsub("%d+", function(d)
        return string.format("%012d", tonumber(d))
    end))
end

local function order_of(row)
    if not row.order then
        local number = tonumber(row.x)
        row.order = table.concat({ row.experiment, row.variant, number
            and string.format("%020.6f", number) or row.x, row.metric,
            row.instrument, padded(row.kernel) }, "\1")
    end
    return row.order
end

function results.less(a, b)
    return order_of(a) < order_of(b)
end

--------------------------------------------------------------- looking

local function near(a, b) -- Levenshtein's distance
    local row = {}
    for j = 0, #b do
        row[j] = j
    end
    for i = 1, #a do
        local diagonal, x = row[0], a:byte(i)
        row[0] = i
        for j = 1, #b do
            local cost = diagonal + (x == b:byte(j) and 0 or 1)
            diagonal = row[j]
            row[j] = math.min(cost, row[j] + 1, row[j - 1] + 1)
        end
    end
    return row[#b]
end

-- All names of a tree's rows, and the rows of each: filed once, sorted when
-- they are asked for, which most never are.
local function file_rows(tree)
    local by, names = {}, {}
    for _, row in ipairs(tree.rows) do
        local key = results.key(row)
        if not by[key] then
            by[key], names[#names + 1] = {}, key
        end
        table.insert(by[key], row)
    end
    table.sort(names)
    tree.by_name, tree.all_names, tree.sorted = by, names, {}
end

function Tree:names()
    if not self.by_name then
        file_rows(self)
    end
    return self.all_names
end

function Tree:named(key)
    if not self.by_name then
        file_rows(self)
    end
    local rows = self.by_name[key] or {}
    if not self.sorted[key] then
        self.sorted[key] = true
        table.sort(rows, results.less)
    end
    return rows
end

local function nearest(tree, key)
    local best, distance = nil, #key
    for _, name in ipairs(tree:names()) do
        local d = near(key, name)
        if d < distance then
            best, distance = name, d
        end
    end
    return best
end

local function same(a, b)
    return a == b or (tonumber(a) and tonumber(a) == tonumber(b))
end

local function fits(tree, row, attrs)
    if attrs.x and not same(row.x, tostring(attrs.x)) then
        return false
    elseif row.instrument ~= (attrs.instrument or row.instrument) then
        return false
    elseif row.instrument == "vm-kvm" and not attrs.instrument then
        return false
    elseif attrs.kernel then
        return row.kernel == tostring(attrs.kernel)
    end
    return row.instrument == "host" or not tree.default_kernel
        or row.kernel == tree.default_kernel
end

-- "x=0,1,2 kernel=6.1": what distinguishes the rows of a list.
local function spread(rows)
    local text = {}
    for _, column in ipairs { "x", "instrument", "kernel" } do
        local seen, values = {}, {}
        for _, row in ipairs(rows) do
            if not seen[row[column]] then
                seen[row[column]] = true
                values[#values + 1] = row[column]
            end
        end
        if #values > 1 or values[1] ~= "" then
            text[#text + 1] = column .. "=" .. table.concat(values, ",")
        end
    end
    return table.concat(text, " ")
end

local function describe(key, attrs)
    local text = key
    for _, name in ipairs { "x", "instrument", "kernel" } do
        if attrs[name] then
            text = text .. " " .. name .. "=" .. tostring(attrs[name])
        end
    end
    return text
end

function Tree:find(key, attrs)
    attrs = attrs or {}
    local of, fitting = self:named(key), {}
    for _, row in ipairs(of) do
        if fits(self, row, attrs) then
            fitting[#fitting + 1] = row
        end
    end
    if #fitting == 1 then
        return fitting[1]
    elseif #fitting > 1 then
        return nil, "value " .. describe(key, attrs) .. " is ambiguous; "
            .. "say which of " .. spread(fitting)
    elseif #of > 0 then
        return nil, "value " .. describe(key, attrs) .. " was not measured"
            .. "; there is " .. spread(of)
    elseif self.partial then
        return nil, "value " .. describe(key, attrs) .. " was not measured"
    end
    local other = nearest(self, key)
    return nil, "value " .. describe(key, attrs) .. " was never measured; "
        .. (other and "the nearest name is " .. other
            or "there are no results: run make bench or make lab")
end

local function pattern_of(glob)
    return "^" .. glob:gsub("[%-%.%+%[%]%(%)%$%^%%%?]", "%%%0")
        :gsub("%*", ".*") .. "$"
end

function Tree:select(glob, attrs)
    local pattern, list = pattern_of(glob), {}
    for _, name in ipairs(self:names()) do
        for _, row in ipairs(name:match(pattern) and self.by_name[name]
            or {}) do
            if fits(self, row, attrs or {}) then
                list[#list + 1] = row
            end
        end
    end
    table.sort(list, results.less)
    if #list == 0 then
        return nil, "no result fits " .. describe(glob, attrs or {}) .. "; "
            .. "mend the pattern or measure it first"
    end
    return list
end

function Tree:claim(id)
    local by, kernels = {}, {}
    for _, row in ipairs(self.claim_rows) do
        if row.claim == id then
            by[row.kernel] = row
            kernels[#kernels + 1] = row.kernel
        end
    end
    if #kernels == 0 then
        return nil, "claim " .. id .. " was put to no kernel; run make lab"
    end
    table.sort(kernels, function(a, b)
        return padded(a) < padded(b)
    end)
    return by, kernels
end

function Tree:claims(patterns)
    local ids, kernels, seen = {}, {}, {}
    local function add(list, text)
        if not seen[text] then
            seen[text] = true
            list[#list + 1] = text
        end
    end
    for _, row in ipairs(self.claim_rows) do
        for glob in (patterns or "*"):gmatch("%S+") do
            if row.claim:match(pattern_of(glob)) then
                add(ids, row.claim)
                add(kernels, row.kernel)
            end
        end
    end
    local function natural(a, b)
        return padded(a) < padded(b)
    end
    table.sort(ids, natural)
    table.sort(kernels, natural)
    return ids, kernels
end

function Tree:artefact(name, attrs)
    attrs = attrs or {}
    local kernel = attrs.kernel or self.default_kernel or "6.1"
    local places = { "host", "vm-insn/" .. kernel, "vm-kvm/" .. kernel }
    if attrs.instrument == "host" then
        places = { "host" }
    elseif attrs.instrument then
        places = { attrs.instrument .. "/" .. kernel }
    elseif attrs.kernel then
        table.remove(places, 1)
    end
    for _, source in ipairs { "reader", "reference" } do
        for _, place in ipairs(places) do
            local path = self[source].dir .. "/" .. place .. "/" .. name
            if exists(path) then
                return path, source
            end
        end
    end
    return nil, "output " .. name .. " was recorded by no run; "
        .. "run make bench or make lab"
end

end
