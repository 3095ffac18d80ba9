"""Articles that others wrote: documents, their mathematics, what it means, and whether it holds.

In the order of the data: `document` (files → display blocks with places), `tokens`, `parser` and `blocks` (LaTeX →
`tree`), `chains` (blocks → steps), `symbols` and `meaning` (trees → expressions of `derive.algebra`), `judging` (steps
→ verdicts), `report`.
"""
