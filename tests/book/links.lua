-- SPDX-License-Identifier: MIT
--
-- links.lua DIR: every link, image, script and style of the pages in DIR
-- leads somewhere: the file is there and so is the anchor. Ids are unique
-- in a page, and nothing is loaded from elsewhere. Prints each fault.

local dir = arg[1]
local pages, faults, links = {}, 0, 0

local function fault(page, what)
    print(dir .. "/" .. page .. ": " .. what)
    faults = faults + 1
end

local function read(path)
    local f = io.open(path, "rb")
    if not f or not f:read(0) then return f and "" end
    local text = f:read("a")
    f:close()
    return text
end

local function decode(text)
    return (text:gsub("&amp;", "&"):gsub("&quot;", '"'):gsub("&#39;", "'")
        :gsub("%%(%x%x)", function(hex)
            return string.char(tonumber(hex, 16))
        end))
end

-- The tags of a page: name, attributes (as one string).
local function tags(html)
    html = html:gsub("<!%-%-.-%-%->", ""):gsub(
        "(<script[^>]*>).-(</script>)", "%1%2"):gsub(
        "(<style[^>]*>).-(</style>)", "%1%2")
    return html:gmatch("<([%a][%w-]*)(%s?[^<>]*)>")
end

local function attributes(text)
    local found = {}
    for name, value in text:gmatch('([%w:-]+)%s*=%s*"([^"]*)"') do
        found[name] = decode(value)
    end
    for name, value in text:gmatch("([%w:-]+)%s*=%s*'([^']*)'") do
        found[name] = decode(value)
    end
    return found
end

local function load(name)
    local html = read(dir .. "/" .. name)
    local page = {ids = {}, to = {}}
    pages[name] = page
    for tag, text in tags(html) do
        local a = attributes(text)
        if a.id then
            if page.ids[a.id] then
                fault(name, "id '" .. a.id .. "' is given twice")
            end
            page.ids[a.id] = true
        end
        for _, at in ipairs {"href", "src", "data", "poster"} do
            if a[at] then
                page.to[#page.to + 1] = {tag = tag, to = a[at]}
            end
        end
    end
end

-- What a relative address means, seen from a page.
local function resolve(page, to)
    local path = to:match("^[^?#]*")
    if path == "" then return page end
    local parts = {}
    for part in ((page:match("(.*/)") or "") .. path):gmatch("[^/]+") do
        if part == ".." then
            if #parts == 0 or parts[#parts] == ".." then
                parts[#parts + 1] = ".."
            else
                parts[#parts] = nil
            end
        elseif part ~= "." then
            parts[#parts + 1] = part
        end
    end
    local name = table.concat(parts, "/")
    if path:sub(-1) == "/" or name == "" then
        name = (name == "" and "" or name .. "/") .. "index.html"
    end
    return name
end

local function follow(page, link)
    local to = link.to
    if to:find("^data:") or to:find("^mailto:") then return end
    if to:find("^%a[%w+.-]*:") or to:find("^//") then
        if link.tag ~= "a" then
            fault(page, "<" .. link.tag .. "> loads " .. to)
        end
        return
    end
    local name = resolve(page, to)
    local anchor = to:match("#(.*)$")
    if not name or not (pages[name] or read(dir .. "/" .. name)) then
        fault(page, "'" .. to .. "' leads to no file")
    elseif anchor and anchor ~= "" and pages[name] and
        not pages[name].ids[anchor] then
        fault(page, "'" .. to .. "': no such anchor")
    end
end

local list = io.popen("cd '" .. dir .. "' && find . -name '*.html'")
for path in list:lines() do load(path:gsub("^%./", "") .. "") end
list:close()
local count = 0
for name, page in pairs(pages) do
    count = count + 1
    for _, link in ipairs(page.to) do
        links = links + 1
        follow(name, link)
    end
end
print(("%d pages, %d links, %d faults"):format(count, links, faults))
os.exit(faults == 0 and count > 0 and links > 0)
