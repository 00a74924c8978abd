-- SPDX-License-Identifier: MIT
--
-- A filter before citeproc: every work of the book is cited at the head of
-- each chapter, in one order and unseen (render.lua drops it), so that
-- letters after years ("2022d") are the same in all chapters and in the
-- bibliography. pandoc 2.17 takes no notice of `nocite` in a chapter.

function Pandoc(doc)
    local list = pandoc.List()
    for key in pandoc.utils.stringify(doc.meta.nocite or ""):gmatch(
        "@([%w_-]+)") do
        list:insert(pandoc.Citation(key, "NormalCitation"))
    end
    local all = pandoc.Plain { pandoc.Cite({}, list) }
    doc.blocks:insert(1, pandoc.Div({ all }, pandoc.Attr("all-cited")))
    return doc
end
