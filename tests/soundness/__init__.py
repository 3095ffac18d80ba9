"""The checker tested from outside: wrong steps it must not accept, rewritten right steps it must not reject.

Reading order: `tree` (places in an expression), `arithmetic`, `oracle` (numbers by mpmath), `special` and `quadrature`
(functions, matrices, integrals, infinite sums), `worlds` (points of a context), `optimum` and `system` (solutions of
equations), `judge` (is a claim true?), `mutations`, `densities` and `wrong_steps` (how steps go wrong), `rewrites` and
`right_steps` (how they stay right), `material` (the steps that ship), `work` (one step's share of the work), `patience`
and `record` (a limit of time; what was found so far), `run` (all of it, and the bars).
"""
