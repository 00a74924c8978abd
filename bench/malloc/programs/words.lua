-- SPDX-License-Identifier: MIT
--
-- A workload for run.sh: many small strings and tables with
-- mixed lifetimes, as a script that counts words would make them.

local seed, counts, list = 1, {}, {}

local function random(n) -- the same on every machine
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed // 65536 % n
end

for i = 1, 60000 do
    local word = string.rep(string.char(97 + random(26)), 1 + random(40))
        .. random(500)
    counts[word] = (counts[word] or 0) + 1
    list[1 + random(5000)] = { word = word, at = i, next = { i } }
end

local total = 0
for _, count in pairs(counts) do
    total = total + count
end
assert(total == 60000)
