-- SPDX-License-Identifier: MIT
--
-- The parser of expression.lua, whose head gives the grammar: text in, a
-- tree of nodes out, each {op, left, right}, {call, ...}, {number} or {key,
-- attrs, text}. Loaded by expression.lua, to which functions[...] belong.

local results = require "results"

return function(expression, fail)

local signs = { ["<="] = 2, [">="] = 2, ["=="] = 2, ["!="] = 2, ["<"] = 1,
    [">"] = 1, ["("] = 1, [")"] = 1, [","] = 1 }

local function tokens(text)
    local list, i = {}, 1
    while true do
        i = text:find("%S", i)
        if not i then
            return list
        end
        local two, one = text:sub(i, i + 1), text:sub(i, i)
        local name, value, last = text:match("^(%l+)=([^%s()=<>]+)()", i)
        if name then
            -- The comma of a list belongs to it, one at its end does not.
            local bare = value:gsub(",+$", "")
            list[#list + 1] = { kind = "attribute", name = name,
                value = bare }
            i = last - (#value - #bare)
        elseif signs[two] == 2 or signs[one] then
            local n = signs[two] == 2 and 2 or 1
            list[#list + 1] = { kind = text:sub(i, i + n - 1) }
            i = i + n
        else
            local word = text:match("^[^%s(),<>=!]+", i)
            if not word then
                fail("cannot read '" .. text:sub(i, i + 9) .. "'")
            end
            list[#list + 1] = { kind = "word", text = word }
            i = i + #word
        end
    end
end

local Parser = {}
Parser.__index = Parser

function Parser:is(kind, text)
    local t = self.list[self.at]
    return t and t.kind == kind and (not text or t.text == text)
end

function Parser:take(kind, text)
    if self:is(kind, text) then
        self.at = self.at + 1
        return self.list[self.at - 1]
    end
end

function Parser:want(kind)
    return self:take(kind) or fail("'" .. kind .. "' is missing in '"
        .. self.text .. "'")
end

function Parser:chain(words, below)
    local left = below(self)
    while true do
        local word
        for _, w in ipairs(words) do
            word = word or self:take("word", w)
        end
        if not word then
            return left
        end
        left = { op = word.text, left, below(self) }
    end
end

function Parser:condition()
    return self:chain({ "or" }, function(p)
        return p:chain({ "and" }, Parser.negation)
    end)
end

function Parser:negation()
    if self:take("word", "not") then
        return { op = "not", self:negation() }
    end
    return self:comparison()
end

local comparisons = { "<=", ">=", "==", "!=", "<", ">" }
function Parser:comparison()
    local left, out = self:sum(), nil
    while true do
        local sign
        for _, s in ipairs(comparisons) do
            sign = sign or self:take(s)
        end
        if not sign then
            return out or left
        end
        local right = self:sum()
        local this = { op = sign.kind, left, right }
        out = out and { op = "and", out, this } or this
        left = right
    end
end

function Parser:sum()
    return self:chain({ "+", "-" }, Parser.product)
end

function Parser:product()
    return self:chain({ "*", "/" }, Parser.atom)
end

function Parser:call(name)
    local node = { call = name }
    if not expression.functions[name] then
        fail("no function '" .. name .. "'; there are "
            .. expression.names())
    end
    while not self:take(")") do
        if #node > 0 then
            self:want(",")
        end
        node[#node + 1] = expression.functions[name].ids
            and self:want("word").text or self:condition()
    end
    return node
end

function Parser:key(word)
    local node, words = { key = word, attrs = {} }, { word }
    while true do
        local a = self:take("attribute")
        if a then
            node.attrs[a.name] = a.value
            words[#words + 1] = a.name .. "=" .. a.value
        elseif self:take("word", "bare") then
            node.attrs.bare = true
        else
            break
        end
    end
    local key, message = results.parse((table.concat(words, " ")
        :gsub("%*", "_")))
    if not key then
        fail((message:gsub("_", "*", select(2, word:gsub("%*", "")))))
    end
    node.text = table.concat(words, " ")
    return node
end

function Parser:atom()
    if self:take("(") then
        local inner = self:condition()
        self:want(")")
        return inner
    end
    local word = self:take("word")
    if not word then
        fail("something is missing in '" .. self.text .. "'; write "
            .. "A <= B, with blanks around every sign")
    elseif tonumber(word.text) then
        return { number = tonumber(word.text) }
    elseif self:take("(") then
        return self:call(word.text)
    end
    return self:key(word.text)
end

local parsed = {}
return function(text)
    if not parsed[text] then
        local p = setmetatable({ list = tokens(text), at = 1, text = text },
            Parser)
        local node = p:condition()
        local rest = p.list[p.at]
        if rest then
            fail("cannot read '" .. (rest.text or rest.name or rest.kind)
                .. "' in '" .. text .. "'; write A <= B, with blanks "
                .. "around every sign")
        end
        parsed[text] = node
    end
    return parsed[text]
end

end
