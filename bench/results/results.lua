-- SPDX-License-Identifier: MIT
--
-- The results of measurements: one strict format, one reader.
--
-- A results file is a tab-separated table that says where it came from and
-- where it ends.  A file that is cut short, edited by hand or written by a
-- broken run is refused as a whole, with one line that names the file, the
-- line and the remedy; no number of it reaches the book.
--
--     # machine: amd-epyc-2            nine required keys, in any order,
--     # ...                            then keys of the writer's own
--     # unmeasured page.hot.pw.cycles: no such counter
--     experiment variant x metric unit instrument kernel median lo hi n
--     page.hot   pw      0 ns     ns   host       host   5.02 4.99 5.1 31
--     # end: 1                         number of rows, the last line
--
-- Three kinds, known by their names: `claims.tsv` (claim, kernel, verdict,
-- evidence), `*.raw.tsv` (experiment, variant, x, metric, block, value)
-- and all others as above.  All three open and end in the same way.
--
-- It runs in pandoc's Lua and under lua5.4, and loads nothing:
--
--     package.path = "bench/results/?.lua;" .. package.path
--     local results = require "results"
--
-- FILES
--   results.read(path)        -> file | nil, message
--       file = {path, kind, meta, keys, rows, unmeasured}; meta[key] is a
--       string, keys lists the keys in their order, unmeasured["e.v.m"] is
--       the reason.  A row has the columns as fields: median, lo, hi, n
--       are numbers (median, lo, hi are nil where not measured), x is a
--       string ("" for none).  Besides: row.file, row.line, and row.reason
--       (why it could not be measured) where there is no median.
--   results.write(path, file) -> true | nil, message
--       takes {meta, keys?, rows, unmeasured?}, checks it by reading it
--       back, and renames it into place: there is never half a file.
--   results.load_tree(dir)    -> layer | nil, message
--       every file under dir; {dir, files, rows, claims}.  A dir that does
--       not exist is an empty layer.  Raw files are not loaded.
--
-- THE TREE: the reader's results over the reference results
--   results.open{reader = "build/results", reference = "bench/reference",
--                machine = nil, default_kernel = "6.1"} -> tree | nil, m
--       `machine` is the folder below reference (default: the only or the
--       first one).  tree.reader and tree.reference are layers; tree.rows
--       is the union by (experiment, variant, x, metric, instrument,
--       kernel).  The reader's row wins where it holds a number; where the
--       reader's says "unmeasured" and the reference has the number, the
--       reference row is taken and row.unmeasured_here is the reason.
--       row.source is "reader" or "reference". Rows of a file's guests
--       ("# guests: NAME ..." in its head, results.is_guest(row)) are not
--       in it: the book does not know them.
--   tree:names()              -> all keys (see find), sorted
--   tree:named(key)           -> the rows of one, sorted by results.less
--   tree:find(key, attrs)     -> row | nil, message
--       key is experiment.variant.metric (the last two components are the
--       variant and the metric), attrs = {x=, kernel=, instrument=}.
--       Exactly one row must fit; without `kernel`, rows of vm-* fit by
--       default_kernel only, and rows of vm-kvm, which few machines can
--       make, only when named by `instrument`.  A row without a number is
--       returned as it is: look at row.median.  The messages of find,
--       select and claim name no place: the caller puts its own file and
--       line before them.
--   tree:select(pattern, attrs) -> list of rows | nil, message
--       pattern is a key with `*` for any run of characters; the order is
--       experiment, variant, x (as a number), metric, instrument, kernel.
--   tree:claim(id)            -> {kernel -> row}, list of kernels | nil, m
--   tree:claims(patterns)     -> ids, kernels; "p* k10", natural order
--   tree:artefact(name, attrs) -> path, source | nil, message
--       a text recorded by a run, attrs = {instrument=, kernel=}; host
--       first, then vm-insn of the default kernel, then any.
--
-- WORDS
--   results.parse(text)       -> key, attrs | nil, message
--       "page.hot.pw.insn x=0 stat=lo bare" -> key, {x="0", stat="lo",
--       bare=true}.  A key is made of letters, digits and . _ / - only
--       (a paired ratio is the variant "pw/pw-core").
--   results.provenance(row)   -> "median of 31, 95 % interval 4.99 to 5.1
--       ns, host, AMD EPYC (2 CPUs), kernel 6.18" for tooltips
--   results.digits(number)    -> three significant digits, integers below
--       10000 whole: "5.02", "1234", "12300"
--   results.key(row), results.less(a, b)
--
-- `lua5.4 bench/results/results.lua check FILE-OR-DIR...` checks and says
-- so.

local results = {}

results.required = {
    "machine", "cpu", "kernel", "compiler", "flags", "versions", "commit",
    "date", "command",
}

results.columns = {
    results = { "experiment", "variant", "x", "metric", "unit",
        "instrument", "kernel", "median", "lo", "hi", "n" },
    claims = { "claim", "kernel", "verdict", "evidence" },
    raw = { "experiment", "variant", "x", "metric", "block", "value" },
}

-- For each kind of file, how a line falls into fields, and a row of them. A
-- row is made in one go: a table that grows by a field at a time is moved
-- five times, and there are many.
local fields_of, row_of = {}, {}
for kind, columns in pairs(results.columns) do
    local names = table.concat(columns, ", ")
    fields_of[kind] = "^" .. ("([^\t]*)\t"):rep(#columns - 1)
        .. "([^\t]*)$"
    row_of[kind] = load("local file, line, " .. names .. " = ... "
        .. "return { file = file, line = line, id = false, source = false, "
        .. names:gsub("(%l+)", "%1 = %1") .. " }")
end

-- The columns that make a row unique, by kind of file.
local identity = {
    results = { "experiment", "variant", "x", "metric", "instrument",
        "kernel" },
    claims = { "claim", "kernel" },
    raw = { "experiment", "variant", "x", "metric", "block" },
}

local verdicts = { holds = true, limit = true, fails = true,
    unmeasured = true }
local instruments = { host = true, ["vm-kvm"] = true, ["vm-insn"] = true }

local again = "remove the file and measure again"

------------------------------------------------------------------ helpers

-- Split at tabs; an empty field is a field.
local function split(line)
    local fields = {}
    for field in (line .. "\t"):gmatch("([^\t]*)\t") do
        fields[#fields + 1] = field
    end
    return fields
end

-- A decimal number and nothing else: no blanks, hex, nan or inf.
local function number(text)
    if text:find("^%d+%.?%d*$") then -- as nearly all are
        return tonumber(text)
    end
    local mantissa = text:match("^[-+]?([%d.]+)$")
        or text:match("^[-+]?([%d.]+)[eE][-+]?%d+$")
    if mantissa and mantissa:find("%d") then
        return tonumber(text)
    end
end

-- What makes a row of a kind of file unique, as one string.
function results.identity(row, kind)
    if not row.id then
        local parts = {}
        for i, column in ipairs(identity[kind]) do
            parts[i] = row[column]
        end
        row.id = table.concat(parts, "\t")
    end
    return row.id
end

-- What was wanted; or the message, and the program ends.
function results.must(found, message)
    if not found then
        io.stderr:write(message, "\n")
        os.exit(1)
    end
    return found
end

-- The unit in which a time has at most four digits before the point, and
-- what its values are to be divided by.
local bigger = { ns = "µs", ["µs"] = "ms", ms = "s" }
function results.readable(value, unit)
    local by = 1
    while bigger[unit] and value / by >= 10000 do
        unit, by = bigger[unit], by * 1000
    end
    return unit, by
end

function results.quote(text) -- for the shell
    return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- Sorted output lines of a command; used to list folders, since neither
-- Lua has a call for it.
function results.lines_of(command)
    local list, pipe = {}, assert(io.popen(command, "r"))
    for line in pipe:lines() do
        list[#list + 1] = line
    end
    pipe:close()
    table.sort(list)
    return list
end

function results.digits(v)
    if v == math.floor(v) and math.abs(v) < 10000 then
        return string.format("%d", v)
    end
    local magnitude = math.floor(math.log(math.abs(v), 10) + 1e-9)
    local text = string.format("%.2e", v) -- 9.996 -> 1.00e+01
    magnitude = tonumber(text:match("e(.*)$")) or magnitude
    return string.format("%." .. math.max(0, 2 - magnitude) .. "f",
        tonumber(text))
end

function results.key(row)
    return row.experiment .. "." .. row.variant .. "." .. row.metric
end

--------------------------------------------------------------- reading

local function kind_of(path)
    local name = path:match("[^/]*$")
    if name == "claims.tsv" then
        return "claims"
    end
    return name:match("%.raw%.tsv$") and "raw" or "results"
end

-- Each check takes the reader's state and a line; it throws {line, text}.
local function fail(at, what, remedy)
    error({ at = at, text = what .. "; " .. (remedy or again) }, 0)
end

local function read_comment(file, at, line)
    local key, value = line:match("^# ([^:]+): ?(.*)$")
    if not key then
        fail(at, "comment is not '# key: value': " .. line)
    end
    local what = key:match("^unmeasured (.+)$")
    if what then
        if value == "" then
            fail(at, "no reason given for " .. what,
                "write why it could not be measured after the colon")
        end
        file.unmeasured[what] = value
    elseif file.meta[key] then
        fail(at, "key '" .. key .. "' given twice", "keep one")
    else
        file.meta[key] = value
        file.keys[#file.keys + 1] = key
    end
end

local function read_header(file, at, line)
    local want = table.concat(results.columns[file.kind], "\t")
    if line ~= want then
        fail(at, "wrong columns: '" .. line:gsub("\t", " ") .. "'",
            "the columns are '" .. want:gsub("\t", " ")
            .. "', separated by tabs")
    end
    for _, key in ipairs(results.required) do
        if not file.meta[key] or file.meta[key] == "" then
            fail(at, "provenance lacks '" .. key .. "'",
                "add a line '# " .. key .. ": ...' above the columns")
        end
    end
end

local function check_number(row, column, at)
    local value = number(row[column])
    if not value then
        fail(at, column .. " is not a number: '" .. row[column] .. "'")
    end
    row[column] = value
end

-- The same few words stand in thousands of rows: each is looked at once.
local good, with_dot = {}, {}

local function dotted(word)
    if with_dot[word] == nil then
        with_dot[word] = word:find(".", 1, true) ~= nil
    end
    return with_dot[word]
end

local function check_words(row, at, columns)
    for _, column in ipairs(columns) do
        local word = row[column]
        good[word] = good[word] or word:find("^[%w._/-]+$") ~= nil
        if not good[word] then
            fail(at, column .. " is empty or holds characters other than "
                .. "letters, digits and . _ / -: '" .. row[column] .. "'")
        end
    end
    if row.x and row.x ~= "" and not number(row.x) then
        fail(at, "x is not a number: '" .. row.x .. "'",
            "leave it empty or give the independent variable's value")
    end
end

local check = {}
local words = { results = { "experiment", "variant", "metric", "kernel" },
    claims = { "claim", "kernel" },
    raw = { "experiment", "variant", "metric" } }
local values = { "median", "lo", "hi" }

function check.results(file, row, at)
    check_words(row, at, words.results)
    if dotted(row.variant) or dotted(row.metric) then
        fail(at, "a variant or metric holds a dot", "rename it")
    end
    if not instruments[row.instrument] then
        fail(at, "unknown instrument '" .. row.instrument .. "'",
            "instruments are host, vm-kvm and vm-insn")
    end
    check_number(row, "n", at)
    if row.median == "NA" then
        row.reason = file.unmeasured[results.key(row)]
        if not row.reason then
            fail(at, "NA without a reason", "add a line '# unmeasured "
                .. results.key(row) .. ": why' above the columns")
        end
        row.median, row.lo, row.hi = nil, nil, nil
        return
    end
    for _, column in ipairs(values) do
        check_number(row, column, at)
    end
    if row.lo > row.median or row.median > row.hi then
        fail(at, string.format("the interval %g to %g does not hold the "
            .. "median %g", row.lo, row.hi, row.median))
    end
    if row.n < 1 or row.n ~= math.floor(row.n) then
        fail(at, "n is not a count: " .. row.n)
    end
end

function check.claims(_, row, at)
    check_words(row, at, words.claims)
    if not verdicts[row.verdict] then
        fail(at, "unknown verdict '" .. row.verdict .. "'",
            "verdicts are holds, limit, fails and unmeasured")
    end
    if row.evidence == "" then
        fail(at, "a verdict without evidence", "record the evidence")
    end
end

function check.raw(_, row, at)
    check_words(row, at, words.raw)
    check_number(row, "block", at)
    check_number(row, "value", at)
end

local function read_row(file, seen, at, line)
    local kind = file.kind
    local row = row_of[kind](file, at, line:match(fields_of[kind]))
    if not row[results.columns[kind][1]] then
        fail(at, "wrong number of fields: " .. #split(line) .. " instead "
            .. "of " .. #results.columns[kind])
    end
    local id = results.identity(row, kind)
    if seen[id] then
        fail(at, "the row of line " .. seen[id] .. " again: "
            .. id:gsub("\t", " "), "each row may stand once")
    end
    seen[id] = at
    check[kind](file, row, at)
    file.rows[#file.rows + 1] = row
end

local function read_end(file, at, line)
    local count = line:match("^# end: (%d+)$")
    if not count then
        return false
    elseif tonumber(count) ~= #file.rows then
        fail(at, "holds " .. #file.rows .. " rows but ends with '" .. line
            .. "': rows were lost or added")
    end
    return true
end

local function read_text(file, text)
    local at, header, ended, seen = 0, false, false, {}
    if text ~= "" and text:sub(-1) ~= "\n" then
        text = text .. "\n"
        file.cut = true
    end
    for line in text:gmatch("([^\n]*)\n") do
        at = at + 1
        if ended then
            fail(at, "text after '# end:'")
        elseif line:find("\r", 1, true) then
            fail(at, "carriage return", "save it with Unix line ends")
        elseif header and line:match("^# end") then
            ended = read_end(file, at, line)
        elseif not header and line:sub(1, 1) == "#" then
            read_comment(file, at, line)
        elseif not header then
            read_header(file, at, line)
            header = true
        elseif file.cut and at == select(2, text:gsub("\n", "")) then
            fail(at, "cut short in the middle of a line")
        else
            read_row(file, seen, at, line)
        end
    end
    if not ended or file.cut then
        fail(math.max(at, 1), "cut short: no '# end:' line")
    end
    file.cut = nil
end

function results.read(path)
    local handle = io.open(path, "rb")
    local text = handle and handle:read("a")
    if handle then
        handle:close()
    end
    if not text then
        return nil, "pagewise: " .. path .. ": cannot be read; "
            .. "check that it exists and may be read"
    end
    local file = { path = path, kind = kind_of(path), meta = {},
        keys = {}, rows = {}, unmeasured = {} }
    local ok, err = pcall(read_text, file, text)
    if ok then
        return file
    elseif type(err) == "table" and err.text then
        return nil, string.format("pagewise: %s:%d: %s", path, err.at,
            err.text)
    end
    error(err, 0)
end

--------------------------------------------------------------- writing

local function field(row, column)
    local value = row[column]
    if value == nil then
        return column == "n" and "0" or column == "x" and "" or "NA"
    elseif math.type and math.type(value) == "float" then
        return (string.format("%.7g", value))
    end
    return (tostring(value):gsub("[\t\n\r]", " "))
end

local function write_text(out, file, kind)
    local keys, columns = file.keys or results.required,
        results.columns[kind]
    for _, key in ipairs(keys) do
        local value = tostring(file.meta[key] or ""):gsub("[\r\n]+", " ")
        out:write("# ", key, ": ", value, "\n")
    end
    local reasons = {}
    for what, why in pairs(file.unmeasured or {}) do
        reasons[#reasons + 1] = "# unmeasured " .. what .. ": " .. why
    end
    table.sort(reasons)
    for _, line in ipairs(reasons) do
        out:write(line, "\n")
    end
    out:write(table.concat(columns, "\t"), "\n")
    for _, row in ipairs(file.rows) do
        local fields = {}
        for i, column in ipairs(columns) do
            fields[i] = field(row, column)
        end
        out:write(table.concat(fields, "\t"), "\n")
    end
    out:write("# end: ", #file.rows, "\n")
end

function results.write(path, file)
    -- The temporary name keeps the ending, by which the kind is known.
    local folder, name = path:match("^(.-)([^/]*)$")
    local temporary = folder .. "tmp-" .. name
    if name == "claims.tsv" then
        temporary = path .. ".tmp/claims.tsv"
        os.execute("mkdir -p " .. results.quote(path .. ".tmp"))
    end
    local out = io.open(temporary, "wb")
    if not out then
        return nil, "pagewise: " .. path .. ": cannot be written; "
            .. "make its folder or free space on the disk"
    end
    write_text(out, file, kind_of(path))
    out:close()
    local back, message = results.read(temporary)
    if not back then
        return nil, message
    end
    local ok, why = os.rename(temporary, path)
    if name == "claims.tsv" then
        os.remove(path .. ".tmp")
    end
    if not ok then
        return nil, "pagewise: " .. path .. ": " .. why .. "; make room"
    end
    return true
end

----------------------------------------------------------------- words

local stats = { median = true, lo = true, hi = true, n = true }

function results.parse(text)
    local key, attrs = nil, {}
    for word in text:gmatch("%S+") do
        local name, value = word:match("^(%a+)=(%S+)$")
        if name == "x" or name == "kernel" or name == "instrument"
            or name == "stat" and stats[value] then
            attrs[name] = value
        elseif word == "bare" then
            attrs.bare = true
        elseif not key and word:match("^[%w_/-][%w._/-]*$") then
            key = word
        else
            return nil, "cannot read '" .. word .. "' in '" .. text
                .. "'; write experiment.variant.metric x= kernel= "
                .. "instrument= stat=median|lo|hi|n bare"
        end
    end
    if not key or not key:match("%..+%.") then
        return nil, "'" .. text .. "' names no value; write "
            .. "experiment.variant.metric"
    end
    return key, attrs
end

function results.provenance(row)
    local meta, parts = row.file.meta, {}
    if not row.median then
        parts[1] = "not measured: " .. row.reason
    elseif row.n == 1 then
        parts[1] = "measured once"
    else
        parts[1] = "median of " .. results.digits(row.n)
    end
    if row.median and row.lo < row.hi then
        parts[#parts + 1] = (meta.interval or "95 % interval") .. " "
            .. results.digits(row.lo) .. " to " .. results.digits(row.hi)
            .. " " .. row.unit
    end
    parts[#parts + 1] = row.instrument == "vm-insn"
        and "vm-insn (in emulation)" or row.instrument
    parts[#parts + 1] = meta.cpu
    parts[#parts + 1] = "kernel " .. (row.kernel == "host" and meta.kernel
        or row.kernel)
    if row.unmeasured_here then
        parts[#parts + 1] = "reference machine; not measured here: "
            .. row.unmeasured_here
    end
    return table.concat(parts, ", ")
end

-- Layers, the tree, and looking into it.
if arg and arg[0] and arg[0]:match("results%.lua$") then
    package.path = arg[0]:gsub("results%.lua$", "?.lua;") .. package.path
end
require "results_tree"(results)

--------------------------------------------------------------- command

local function command(args)
    if args[1] ~= "check" or not args[2] then
        io.stderr:write("usage: lua5.4 bench/results/results.lua check "
            .. "FILE...\n")
        return 2
    end
    local status = 0
    for i = 2, #args do
        local paths = results.lines_of("find " .. results.quote(args[i])
            .. " -type f -name '*.tsv' ! -path '*/source/*' 2>/dev/null")
        for _, path in ipairs(#paths > 0 and paths or { args[i] }) do
            local file, message = results.read(path)
            print(file and path .. ": " .. #file.rows .. " rows" or message)
            status = file and status or 1
        end
    end
    return status
end

if arg and arg[0] and arg[0]:match("results%.lua$") then
    os.exit(command(arg))
end

return results
