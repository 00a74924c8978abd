-- SPDX-License-Identifier: MIT
--
-- The kernel's watermarks, as mm/page_alloc.c of Linux 6.1 has them in
-- __zone_watermark_ok() and __setup_per_zone_wmarks(): a rule, not a
-- measurement. Heights are in units of the min mark; low and high lie a
-- quarter of it apart, which is the least that they do.
--@ alt: Diagram of a zone's free frames, falling and rising over time
--@   between five marks. At the low mark kswapd is woken; it sleeps when
--@   the high mark is reached again. Below the min mark ordinary requests
--@   must reclaim for themselves; requests with __GFP_HIGH are served down
--@   to a half of it, those that cannot sleep either down to three eighths.
local marks = { { 1.5, "high", "kswapd sleeps again" },
    { 1.25, "low", "kswapd is woken" },
    { 1, "min", "ordinary requests reclaim first" },
    { 0.5, "min / 2", "__GFP_HIGH fails" },
    { 0.375, "3 min / 8", "GFP_ATOMIC fails" } }
local level = { 1.75, 1.62, 1.5, 1.4, 1.25, 1.2, 1.18, 1.3, 1.42, 1.5,
    1.44, 1.25, 1.02, 0.8, 0.62, 0.55, 0.7, 1.0, 1.3, 1.5, 1.58 }

return function(d)
    local left, right = 56, d.narrow and 12 or 196
    local top, tall = 24, 220
    local function y(v)
        return top + (1.8 - v) / 1.8 * tall
    end
    local step = (d.width - left - right) / (#level - 1)
    d:size(top + tall + (d.narrow and 118 or 30))
    d:box(left, y(1), d.width - left - right, y(0.5) - y(1), { fill = "t2",
        edge = "t2", wide = 0 })
    d:box(left, y(0.5), d.width - left - right, y(0.375) - y(0.5),
        { fill = "t4", edge = "t4", wide = 0 })
    for i, m in ipairs(marks) do
        d:line({ left, y(m[1]), d.width - right, y(m[1]) }, { dash = i > 3
            and "2 3" or "5 3", colour = "soft", wide = 1 })
        d:text(left - 8, y(m[1]) + (i == 4 and -3 or i == 5 and 4 or 0),
            m[2], { align = "right", size = 11, bold = i < 4 })
        if not d.narrow then
            d:text(d.width - right + 10, y(m[1]) + (i == 4 and -3 or i == 5
                and 4 or 0), m[3], { size = 11, colour = "soft" })
        else
            d:text(left - 50, top + tall + 16 + i * 17, m[2], { size = 11,
                bold = i < 4 })
            d:text(left, top + tall + 16 + i * 17, m[3], { size = 11,
                colour = "soft" })
        end
    end
    d:line({ left, top - 6, left, y(0), d.width - right, y(0) })
    d:text(left - 8, y(0), "0", { align = "right", size = 11 })
    d:text(left + 6, top - 10, "free frames", { size = 11,
        colour = "soft" })
    d:text(d.width - right, y(0) + 13, "time", { size = 11,
        align = "right", colour = "soft" })
    local curve = {}
    for i, v in ipairs(level) do
        curve[#curve + 1] = left + (i - 1) * step
        curve[#curve + 1] = y(v)
    end
    d:line(curve, { colour = "c1", wide = 2.4 })
    d:dot(left + 4 * step, y(1.25), 4, { fill = "c1" })
    d:dot(left + 9 * step, y(1.5), 4, { fill = "c1" })
    d:dot(left + 11 * step, y(1.25), 4, { fill = "c1" })
    d:text(left + 8 * step, y(0.75), "the reserve", { size = 11,
        colour = "c2", align = "middle", bold = true })
end
