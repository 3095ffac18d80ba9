"""The checker tested from outside: wrong steps it must not accept, rewritten right steps it must not reject.

Reading order: `tree` (places in an expression), `arithmetic`, `oracle` (numbers by mpmath),
`special` and `quadrature` (functions, matrices, integrals, infinite sums), `system` (a matrix as one unknown),
`judge` (is a claim true?), `mutations`
and `wrong_steps` (how steps go wrong), `rewrites` and `right_steps` (how they stay right), `material` (the steps that
ship), `work` (one step's share of the work), `record` (what was found so far), `run` (all of it, and the bars).
"""
