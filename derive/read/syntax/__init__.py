"""LaTeX → the unevaluated tree of a formula. In order: `tokens`, `parser`, `blocks`; `tree` has the values."""
