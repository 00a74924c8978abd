-- SPDX-License-Identifier: MIT
--
-- Medians with 95 % intervals by order statistics, as bench/harness/stats.h
-- makes them, for what is put together from results.

local stats = {}

-- Rank of the interval's lower end: stats_ranks() for the median.
local function low_rank(n)
    local p, below, rank = 0.5 ^ n, 0.5 ^ n, 1
    for k = 1, n do
        p = p * (n - k + 1) / k
        below = below + p
        if below > 0.025 then
            return rank
        end
        rank = k + 1
    end
    return rank
end

-- {median, lo, hi, n} of a list, which is sorted on the way.
function stats.median(values)
    table.sort(values)
    local n = #values
    local rank = low_rank(n)
    return { median = (values[(n + 1) // 2] + values[n // 2 + 1]) / 2,
        lo = values[rank], hi = values[n + 1 - rank], n = n }
end

return stats
