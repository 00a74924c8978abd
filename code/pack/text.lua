-- SPDX-License-Identifier: MIT
--
-- Sources as others get them: without the book's region markers, all in one
-- folder, and for a process only.

local text = {}

function text.read(path)
    local file = assert(io.open(path, "rb"))
    local all = file:read("a")
    file:close()
    return all
end

function text.write(path, all)
    local file = assert(io.open(path, "wb"))
    file:write(all)
    file:close()
end

function text.lines(all)
    return (all:gsub("\n?$", "\n", 1)):gmatch("([^\n]*)\n")
end

-- Leave out what stands under `#ifdef __KERNEL__`.
local function for_a_process(lines)
    local out, depth, keep = {}, 0, nil
    for _, line in ipairs(lines) do
        local word = line:match("^#%s*(%l+)")
        if line:match("^#%s*ifn?def __KERNEL__") then
            depth, keep = 1, word == "ifndef"
        elseif depth == 1 and word == "else" then
            keep = not keep
        elseif depth == 1 and word == "endif" then
            depth, keep = 0, nil
        else
            if depth > 0 and (word or ""):match("^if") then
                depth = depth + 1
            elseif depth > 1 and word == "endif" then
                depth = depth - 1
            end
            if keep ~= false then
                out[#out + 1] = line
            end
        end
    end
    return out
end

function text.publish(path)
    local lines = {}
    for line in text.lines(text.read(path)) do
        if not line:match("^//[<>] ") then
            lines[#lines + 1] = line:gsub('^(#%s*include ")[^"]*/', "%1")
        end
    end
    return table.concat(for_a_process(lines), "\n") .. "\n"
end

function text.without_comments(all)
    return (all:gsub("/%*.-%*/", " "):gsub("//[^\n]*", ""))
end

function text.command(line)
    local pipe = assert(io.popen(line))
    local out = pipe:read("a")
    if not pipe:close() then
        io.stderr:write("pagewise: pack: '", line, "' failed\n")
        os.exit(1)
    end
    return out
end

function text.base(path)
    return path:match("[^/]+$")
end

return text
