"""SymPy made safe for sums and products with symbolic bounds.

Reading order: `context` (what may be assumed), `binding` (bound variables), `sign` (positivity), `normal` (normal
form), `calculus` (derivatives), `solve` (equations), `codec` (expressions as JSON).
"""
