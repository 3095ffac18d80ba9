"""Articles that others wrote: documents, their mathematics, what it means, and whether it holds.

In the order of the data: `documents` (files → formulas with places), `syntax` (LaTeX → trees), `meanings` (trees →
terms, rows → steps), `values` (terms → numbers), `judgement` (steps → verdicts). The doors are here: `files`, `bulk`,
`saved`; what they give is a `report`.
"""
