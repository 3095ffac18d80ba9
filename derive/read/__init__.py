"""Articles that others wrote: documents, their mathematics, what it means, and whether it holds.

In the order of the data: `document` (files → display blocks with places), `tokens`, `parser` and `blocks` (LaTeX →
`tree`), `chains` (blocks → steps), `symbols` and `meaning` (trees → `terms`), `judging` (steps → verdicts), `report`.

What a document says is kept in `article`: `definitions`, `facts`, `shapes`, `equalities`. A claim (`claims`) is held
against numbers at `points` (`evaluation`, `arrays`, `totals`, `special`, `distributions`, `comparing`, `solving`) and
proved by the checker where that knows everything in it (`expressions`, `proving`); what is neither shown nor seen to
hold is wrong, a condition or left open (`lints`, `standing`).
"""
