"""How unknowns are written: a scalar as it is, an array by one entry with free indices; an estimate with a hat."""

from __future__ import annotations

import sympy as sp

from derive.algebra.binding import substitute, substitute_array
from derive.algebra.context import Context, Definition, IndexRange, Variable, index, index_names
from derive.algebra.naming import readable

#: The free indices of an array's entry, and those of a second entry for second derivatives.
FIRST, SECOND = (index("j"), index("m")), (index("m"), index("s"))
SECOND_OF_TWO = (index("r"), index("s"))


def entry(parameter: Variable, second: bool = False) -> sp.Expr:
    """θ, or θ_j (θ_m as the second entry), or θ_jm (θ_rs)."""
    if not parameter.axes:
        return parameter.base
    return parameter.base[_indices(parameter, second)]


def _indices(parameter: Variable, second: bool) -> tuple[sp.Symbol, ...]:
    letters = (SECOND_OF_TWO if parameter.rank > 1 else SECOND) if second else FIRST
    return letters[: parameter.rank]


def ranges(parameter: Variable) -> list[IndexRange]:
    """The ranges of those indices."""
    return [
        IndexRange(letter, sp.S.One, size)
        for second in (False, True)
        for letter, size in zip(_indices(parameter, second), parameter.axes, strict=True)
    ]


def hat(parameter: Variable, value: sp.Expr) -> Definition:
    """The estimate under the name of its parameter with a hat; `value` is written for `entry(parameter)`."""
    variable = hatted(parameter)
    indices = index_names(parameter.axes)
    names = dict(zip(_indices(parameter, False), indices, strict=False))
    return Definition(variable, indices, readable(substitute(value, names), taken=indices))


def hatted(parameter: Variable) -> Variable:
    """The name of an estimate: same domain and shape."""
    name, assumptions = f"{parameter.name}_hat", parameter.domain.assumptions()
    base = sp.IndexedBase(name, **assumptions) if parameter.axes else sp.Symbol(name, **assumptions)
    return Variable(base, parameter.domain, parameter.axes)


def names_taken(context: Context) -> set[str]:
    """The names that a context declares: what is introduced takes another one."""
    variables = (*context.variables, *(d.variable for d in context.definitions))
    return {v.name for v in variables} | {s.name for s in (*context.sizes, *context.declared)}


def put_in(expr: sp.Basic, parameter: Variable, value: sp.Expr) -> sp.Basic:
    """An expression with every entry of a parameter replaced; `value` is written for `entry(parameter)`."""
    if not parameter.axes:
        return substitute(expr, {parameter.base: value})
    return substitute_array(expr, parameter.key, _indices(parameter, False), value)
