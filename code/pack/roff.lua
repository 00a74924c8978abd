-- SPDX-License-Identifier: MIT
--
-- The little of roff that manual pages need.

local text = require "text"

local roff = {}

function roff.escape(line)
    return (line:gsub("\\", "\\e"):gsub("^([.'])", "\\&%1")
        :gsub("%-", "\\-"))
end

function roff.title(name, section, edition, source)
    return '.\\" SPDX-License-Identifier: MIT\n.TH ' .. name:upper() .. " "
        .. section .. " " .. edition .. ' "' .. source .. '" Pagewise\n'
end

function roff.heading(name)
    return ".SH " .. name .. "\n"
end

-- Paragraphs; one whose lines are indented is an example, and one of lines
-- "-NAME text" a list.
function roff.paragraphs(lines)
    local out, kind = {}, "start"
    for _, line in ipairs(lines) do
        local item, rest = line:match("^%s+(%-E%u+)%s+(.*)$")
        if line == "" then
            out[#out + 1] = kind == "start" and "" or ".PP\n"
            kind = "text"
        elseif item then
            out[#out + 1] = ".TP\n.B " .. roff.escape(item) .. "\n"
                .. roff.escape(rest) .. "\n"
            kind = "list"
        elseif kind ~= "list" and line:match("^  +") then
            out[#out + 1] = ".RS 4\n.nf\n"
                .. roff.escape(line:gsub("^ +", "")) .. "\n.fi\n.RE\n"
        else
            out[#out + 1] = roff.escape(line:gsub("^ +", "")) .. "\n"
            kind = kind == "list" and kind or "text"
        end
    end
    return (table.concat(out):gsub("%.fi\n%.RE\n%.RS 4\n%.nf\n", "")
        :gsub("%.PP\n%.TP", ".TP"):gsub("%.PP\n$", "")
        :gsub("%.PP\n%.RS", ".RS"):gsub("(%.RE\n)%.PP\n", "%1.PP\n"))
end

function roff.example(lines)
    local out = {}
    for i, line in ipairs(lines) do
        out[i] = roff.escape(line)
    end
    return ".RS 4\n.nf\n" .. table.concat(out, "\n") .. "\n.fi\n.RE\n"
end

-- A page, with no paragraph that is empty.
function roff.write(path, pieces)
    local lines, skip = {}, { [".PP"] = true }
    for line in text.lines(table.concat(pieces)) do
        local last = lines[#lines] or ""
        if last == ".PP" and line:match("^%.[PST][PH]") then
            lines[#lines] = line
        elseif not (skip[line] and last:match("^%.SH")) then
            lines[#lines + 1] = line
        end
    end
    text.write(path, table.concat(lines, "\n") .. "\n")
end

return roff
