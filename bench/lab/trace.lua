-- SPDX-License-Identifier: MIT
--
-- Reads what QEMU logged of a stretch (trace.sh): the address of every
-- instruction, in order. Gives each its function's name, and keeps the
-- stack of functions that it belongs to. That stack is not recorded, it is
-- inferred: who arrives at a function's first instruction has called it,
-- who arrives in the middle of one on the stack has returned to it.
--
-- A string instruction (rep) is logged once a repetition. It counts as one
-- instruction here, as in a processor's counter of retired instructions;
-- QEMU's icount, by which the lab's clock runs, counts every repetition.

local trace = {}

-- Functions in between that nobody called by name.
local transparent = {
  ["__x86_indirect_thunk"] = true, ["__x86_return_thunk"] = true,
  ["__fentry__"] = true, ["srso_"] = true, ["retbleed_"] = true,
  ["__x86_indirect_its_thunk"] = true, ["its_return_thunk"] = true,
}

local function is_transparent(name)
  for prefix in pairs(transparent) do
    if name:sub(1, #prefix) == prefix then return true end
  end
  return false
end

local function add(symbols, line)
  local address, kind, name = line:match("^(%x+) (%a) (%S+)")
  if address and kind:match("[tTwWi]") and address ~= "0000000000000000"
  then
    -- A part that the compiler moved away is still that function's.
    name = name:gsub("%.cold.*$", ""):gsub("%.isra.*$", "")
      :gsub("%.constprop.*$", ""):gsub("%.part.*$", "")
      :gsub("^entry_SYSCALL_64_.*$", "entry_SYSCALL_64")
    symbols[#symbols + 1] = {at = tonumber(address, 16), name = name,
      part = line:find("%.cold") and true}
  end
end

-- The kernel's symbols stand among the records, after "@ symbols"; the
-- program's are nm's.
function trace.symbols(records, program)
  local symbols, inside = {}, false
  for line in io.lines(records) do
    if line:sub(1, 2) == "@ " then
      inside = line:match("^@ symbols") ~= nil
    elseif inside then
      add(symbols, line)
    end
  end
  local nm = assert(io.popen("nm '" .. program .. "'"))
  for line in nm:lines() do add(symbols, line) end
  nm:close()
  table.sort(symbols, function(a, b)
    if a.at ~= b.at then return math.ult(a.at, b.at) end
    return a.name < b.name
  end)
  return symbols
end

local function find(symbols, pc)
  local low, high = 1, #symbols
  while low < high do
    local middle = (low + high + 1) // 2
    if math.ult(pc, symbols[middle].at) then
      high = middle - 1
    else
      low = middle
    end
  end
  -- Of several names for one address, the first.
  while low > 1 and symbols[low - 1].at == symbols[low].at do
    low = low - 1
  end
  return symbols[low]
end

local function last_of(stack, name)
  for i = #stack, 1, -1 do
    if stack[i] == name then return i end
  end
end

local function cut(stack, n)
  for i = #stack, n + 1, -1 do stack[i] = nil end
end

-- The stack after an instruction of `symbol` has been reached.
local function arrive(stack, symbol, pc)
  local name = symbol.name
  if stack[#stack] == name then return false end
  local known = last_of(stack, name)
  if pc == symbol.at and not symbol.part or not known then
    stack[#stack + 1] = name
    return true
  end
  cut(stack, known)
  return false
end

-- Calls each(name, stack, called, again) for each instruction logged:
-- stack[1] is "user" or "kernel", the last one the function; `called` is
-- true at a function's first instruction, `again` for the repetitions of a
-- string instruction.
function trace.read(file, symbols, each)
  local user, kernel, last = {"user"}, {"kernel"}, nil
  local cache = {}
  for line in io.lines(file) do
    local hex = line:match("^Trace.-/(%x+)/")
    if hex then
      local known = cache[hex]
      if not known then
        local pc = tonumber(hex, 16)
        known = {pc = pc, symbol = find(symbols, pc)}
        known.hidden = is_transparent(known.symbol.name)
        cache[hex] = known
      end
      local stack = known.pc < 0 and kernel or user
      if stack == user and #kernel > 1 then cut(kernel, 1) end
      local called = not known.hidden and
        arrive(stack, known.symbol, known.pc)
      each(known.symbol.name, stack, called, last == hex)
      last = hex
    end
  end
end

return trace
