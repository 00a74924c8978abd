-- SPDX-License-Identifier: MIT
--
-- The steps of guest.c and lab.c, found in the trace: how many instructions
-- each layer executed in each step, and who called whom. Prints records as
-- the lab's programs do ("@ file life/...").
--
--   lua5.4 bench/life/trace.lua FOLDER KERNEL INSTRUMENT
--
--   life.<step>   by layer: library, door (a system call's way into the
--                 kernel and back), call (its own work), trap (a page
--                 fault's way in and back), fault (its own), slab, page
--                 (the page allocator), zero, lru (pages put on the lists
--                 of reclaim, a batch at a time); all: instructions of
--                 all layers (insn), with each repetition of a string
--                 instruction (steps), and faults taken
--   life.lives    by step: instructions of all layers (insn)

package.path = "bench/lab/?.lua;" .. package.path
local trace = require("trace")
local folder, kernel, instrument = arg[1], arg[2], arg[3]

--> layers
-- A function opens the layer whose pattern its name fits. What it calls
-- belongs to that layer, until it calls one that another pattern fits.
local layers = {
  {"door", "^entry_SYSCALL", "^do_syscall_64"},
  {"trap", "^asm_exc_page_fault", "^exc_page_fault"},
  {"call", "_sys_brk$", "_sys_mmap$", "_sys_munmap$", "^vmalloc",
    "^__vmalloc", "^vfree"},
  {"fault", "^do_user_addr_fault", "^handle_mm_fault"},
  {"slab", "^kmem_cache_alloc", "^kmem_cache_free", "^__kmalloc",
    "^kmalloc_trace", "^kfree$", "^kmem_cache_prefill"},
  {"page", "^__alloc_pages", "^__alloc_frozen_pages", "^alloc_pages_bulk",
    "^free_unref_", "^__free_pages", "^free_frozen_pages",
    "^__free_frozen_pages"},
  {"zero", "^clear_page", "^clear_user_highpage"},
  {"lru", "^folio_batch_move_lru", "^pagevec_lru_move", "^__pagevec_lru"},
  {"interrupt", "^asm_sysvec", "^asm_common_interrupt"},
}
--< layers
local names = {"library", "door", "call", "trap", "fault", "slab",
  "page", "zero", "lru"}

local memo = {}
local function layer_of(name)
  if memo[name] == nil then
    memo[name] = false
    for _, layer in ipairs(layers) do
      for i = 2, #layer do
        if name:match(layer[i]) then memo[name] = layer[1] end
      end
    end
  end
  return memo[name]
end

local base = {user = 1, kernel = 1} -- of the stack, when a step begins
local function innermost(stack)
  for i = #stack, base[stack[1]] + 1, -1 do
    local layer = layer_of(stack[i])
    if layer then return layer end
  end
  return "library"
end

-- ---- Steps -------------------------------------------------------------

local order, step = {}, nil
local function begin(name, stack)
  step = name ~= "end" and {name = name, layers = {}, all = 0, steps = 0,
    faults = 0, tree = {}} or nil
  order[#order + 1] = step
  base = {user = stack[1] == "user" and #stack or 1,
    kernel = stack[1] == "kernel" and #stack or 1}
end

-- The node of what is on the stack, from the step's own caller on.
local function enter(stack)
  local node = step.tree
  for i = base[stack[1]] + 1, #stack do
    node.by = node.by or {}
    if not node.by[stack[i]] then
      node.by[stack[i]] = {name = stack[i], own = 0, calls = 0}
      node[#node + 1] = node.by[stack[i]]
    end
    node = node.by[stack[i]]
  end
  return node
end

local function count(name, stack, called, again)
  local mark = name:match("^step_(.*)") or name:match("^life_(.*)")
  if mark then
    if not called then return end
    stack[#stack] = nil
    if not (step and step.name == mark) then begin(mark, stack) end
    return
  end
  if not step or #stack <= base[stack[1]] then return end
  step.steps = step.steps + 1
  if again then return end
  local layer = innermost(stack)
  step.layers[layer] = (step.layers[layer] or 0) + 1
  if layer == "interrupt" then return end
  step.all = step.all + 1
  local node = enter(stack)
  node.own = node.own + 1
  if not called then return end
  node.calls = node.calls + 1
  if name == "asm_exc_page_fault" then step.faults = step.faults + 1 end
end

trace.read(folder .. "/trace-life.txt",
  trace.symbols(folder .. "/records.txt", folder .. "/guest"), count)

-- ---- Results -----------------------------------------------------------

local function row(s, layer, metric, unit, value)
  print(table.concat({"life." .. s.name:gsub("_", "-"), layer, "",
    metric, unit, instrument, kernel, value, value, value, 1}, "\t"))
end

print("@ file life/life.tsv")
for _, s in ipairs(order) do
  for _, layer in ipairs(names) do
    row(s, layer, "insn", "instructions", s.layers[layer] or 0)
  end
  row(s, "all", "insn", "instructions", s.all)
  row({name = "lives"}, (s.name:gsub("_", "-")), "insn", "instructions",
    s.all)
  row(s, "all", "steps", "steps", s.steps)
  row(s, "all", "faults", "faults", s.faults)
end

local by = {}
for _, s in ipairs(order) do by[s.name] = s end
local function claim(id, holds, text)
  print(table.concat({id, kernel, holds and "holds" or "fails", text},
    "\t"))
end

print("@ file life/claims.tsv")
claim("l2", by.small_malloc.faults > 0 and by.large_malloc.faults > 0 and
  by.small_touch.faults + by.large_touch.faults == 0,
  ("page faults inside malloc: %d for 100 bytes at the heap's end, %d " ..
  "for a mebibyte; when the caller then writes the first byte: %d and " ..
  "%d; in the mebibyte's second page: %d"):format(by.small_malloc.faults,
  by.large_malloc.faults, by.small_touch.faults, by.large_touch.faults,
  by.large_next.faults))
local kernels = by.vmalloc_touch.faults + by.vmalloc_next.faults +
  by.kmalloc_touch.faults
claim("l3", kernels == 0, ("faults when a kernel writes to what kmalloc " ..
  "and vmalloc gave it: %d"):format(kernels))
local rest = (by.small_free.layers.door or 0) +
  (by.small_again.layers.door or 0)
claim("l4", rest == 0 and (by.large_free.layers.door or 0) > 0,
  ("instructions at the kernel's door: %d to free 100 bytes and have " ..
  "them again, %d to free a mebibyte"):format(rest,
  by.large_free.layers.door or 0))

-- ---- Who called whom ---------------------------------------------------

local function total(node)
  local n = node.own or 0
  for _, child in ipairs(node) do n = n + total(child) end
  node.all = n
  return n
end

local function large(node, least)
  local few = {}
  for _, child in ipairs(node) do
    if child.all >= least then few[#few + 1] = child end
  end
  return few
end

-- One that does little itself but call one other is not worth a line,
-- unless it opens a layer.
local function is_wrapper(node, least, layer)
  local few = large(node, least)
  return #few == 1 and few[1].all * 100 >= node.all * 85 and
    (layer_of(node.name) or layer) == layer
end

local function show(node, indent, least, lines, layer)
  for _, child in ipairs(large(node, least)) do
    if is_wrapper(child, least, layer) then
      show(child, indent, least, lines, layer)
    else
      local times = child.calls > 1 and (" × %d"):format(child.calls) or ""
      lines[#lines + 1] = ("%7d  %s%s%s"):format(child.all,
        ("  "):rep(indent), child.name, times)
      show(child, indent + 1, least, lines,
        layer_of(child.name) or layer)
    end
  end
  return lines
end

-- As much of the tree as fits into so many lines.
local function excerpt(tree, most)
  local least = 4
  local lines = show(tree, 0, least, {}, "library")
  while #lines > most do
    least = least + math.max(1, least // 8)
    lines = show(tree, 0, least, {}, "library")
  end
  return table.concat(lines, "\n")
end

for _, s in ipairs(order) do
  total(s.tree)
  print("@ file life/life-" .. s.name:gsub("_", "-") .. ".txt")
  if s.all > 0 then print(excerpt(s.tree, 18)) end
end
