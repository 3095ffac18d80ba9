"""The rendering room: a derivation as LaTeX, Markdown, text and data, in English and Japanese.

In reading order: `names`, `tree`, `order`, `quotients`, `layout` (a formula as it stands on paper), `latex_formula`,
`text_formula` (printers); `words`, `reasons`, `rows`, `outline` (a derivation as a page, whatever the
format), and the formats: `latex`, `markdown`, `text`, `data`; `report` tells what the checker found in files.
"""
