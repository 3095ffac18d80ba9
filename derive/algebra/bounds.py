"""What is known of special functions beyond their sign, as substitutions by a positive remainder.

A sum of terms that no rule decides may be decided once ψ(u) is written as log u − p, ψ′(u) as 1/u + p and
I_0 (I_0 + I_2) as 2 I_1² + p, with p > 0: the last says that I_1/I_0 increases.
Sources: NIST Digital Library of Mathematical Functions, 5.7 and 5.11 (0 < log u − ψ(u), ψ′(u) > 1/u for u > 0);
Amos, Mathematics of Computation 28 (1974), for I_1/I_0.
"""

from __future__ import annotations

import sympy as sp

from derive.algebra.context import POSITIVE, Context, Variable


def with_remainders(expr: sp.Expr, context: Context, positive: dict[sp.Expr, bool]) -> tuple[sp.Expr, Context]:
    """The expression with remainders put in, and the context that knows them to be positive.

    `positive` says which arguments are known to be positive; the same argument has the same remainder.
    """
    values: dict[sp.Expr, sp.Expr] = {}
    names: list[Variable] = []

    def remainder() -> sp.Expr:
        name = sp.Dummy("p", positive=True)
        names.append(Variable(name, POSITIVE))
        return name

    for found in sorted(expr.atoms(sp.polygamma, sp.besseli), key=str):
        order, u = found.args
        if not positive.get(u):
            continue
        if isinstance(found, sp.polygamma) and order == 0:
            values[found] = sp.log(u) - remainder()
        elif isinstance(found, sp.polygamma) and order == 1:
            values[found] = 1 / u + remainder()
        elif isinstance(found, sp.besseli) and order == 2:
            first, second = sp.besseli(0, u), sp.besseli(1, u)
            values[found] = (2 * second**2 + remainder()) / first - first
    return expr.xreplace(values), context.extended(variables=names)
