"""Bound variables: renaming apart, capture-avoiding substitution, unfolding of definitions.

SymPy's own `subs`, `replace` and `xreplace` capture inside `Sum` and `Product`; everything here renames bound
variables to fresh dummies first, so that nothing substituted can be caught.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import chain

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.relational import Relational

from derive.algebra.budgets import tick
from derive.algebra.context import Context, Domain, key

#: Definitions may refer to definitions; a chain longer than this is taken for a cycle.
MAX_UNFOLDING = 30

Naming = Callable[[int, tuple[tuple[str, bool], ...]], sp.Dummy]


class CyclicDefinitionError(ValueError):
    """A name is defined, directly or not, in terms of itself."""


def rebuild(expr: sp.Basic, args: tuple[sp.Basic, ...]) -> sp.Basic:
    """The same kind of node over other arguments, without letting SymPy evaluate relations or derivatives."""
    if args == expr.args:
        return expr
    if isinstance(expr, Relational):
        return expr.func(*args, evaluate=False)
    if isinstance(expr, sp.Derivative):
        return sp.Derivative(args[0], *args[1:], evaluate=False)
    return expr.func(*args)


def fresh() -> sp.Dummy:
    """A bound variable that occurs nowhere else."""
    return sp.Dummy("v", integer=True)


def fresh_real(lower: sp.Expr, upper: sp.Expr) -> sp.Dummy:
    """A variable of integration that occurs nowhere else, with what its range says: positive from 0 on."""
    return sp.Dummy("v", **Domain("in the range", lower, upper).assumptions())


def rename_apart(expr: sp.Basic) -> sp.Basic:
    """The same expression with every bound variable renamed to a fresh dummy."""
    return _rename(expr, {})


def apart(expr: sp.Basic, context: Context, values: Mapping[sp.Basic, sp.Basic] | None = None) -> sp.Basic:
    """The same expression, with `values` put in, and bound variables other than all that is free in it or in scope.

    As `substitute` and `rename_apart`, but the names are the same ones every time, by how deep they are bound: SymPy
    works out what is known of an expression only once, and equal expressions stay equal. Sums side by side share names.
    """
    values = values or {}
    taken = (e.atoms(sp.Dummy) for e in (expr, *values.values()))
    levels = (_LEVELS.get(v, -1) for v in chain(context.ranges, *taken))
    return _rename(expr, values, 1 + max(levels, default=-1), _on_level)


def apart_name(context: Context, *exprs: sp.Basic) -> sp.Dummy:
    """A bound variable that occurs neither in the expressions nor in scope, the same one every time."""
    levels = (_LEVELS.get(v, -1) for v in chain(context.ranges, *(e.atoms(sp.Dummy) for e in exprs)))
    return _on_level(1 + max(levels, default=-1), _INTEGER)


#: The names that `apart` gives, by their level.
_LEVELS: dict[sp.Basic, int] = {}
_INTEGER = tuple(sorted(sp.Dummy(integer=True).assumptions0.items()))


@cache
def _on_level(level: int, known: tuple[tuple[str, bool], ...]) -> sp.Dummy:
    name = sp.Dummy(f"w{level}", **dict(known))
    _LEVELS[name] = level
    return name


def named_by_depth(expr: sp.Basic) -> sp.Basic:
    """Bound variables named by how deep they are bound: expressions that differ in such names only become equal."""
    return _rename(expr, {}, 0, _at_depth)


@cache
def _at_depth(depth: int, known: tuple[tuple[str, bool], ...]) -> sp.Dummy:
    return sp.Dummy(f"v{depth}", **dict(known))


def _rename(expr: sp.Basic, names: Mapping[sp.Basic, sp.Basic], depth: int = 0, name: Naming | None = None) -> sp.Basic:
    """Replace free occurrences by `names` while renaming every bound variable: to a fresh one, or by its depth."""
    if expr in names:
        return names[expr]
    if not expr.args or isinstance(expr, sp.IndexedBase):
        return expr
    if isinstance(expr, ExprWithLimits):
        inner = dict(names)
        limits = []
        for variable, lower, upper in reversed(expr.limits):  # outermost first: inner bounds may use outer variables
            lower, upper = _rename(lower, inner, depth, name), _rename(upper, inner, depth, name)
            new = _named(isinstance(expr, sp.Integral), lower, upper, depth, name)
            depth += 1
            # An entry such as y[k] may itself be a key: under a binder of k it means another entry, so it is hidden.
            inner = {old: value for old, value in inner.items() if variable not in old.free_symbols}
            inner[variable] = new
            limits.append((new, lower, upper))
        return expr.func(_rename(expr.function, inner, depth, name), *reversed(limits))
    if isinstance(expr, sp.Derivative):
        _refuse_values_for_variables(expr, names)
    return rebuild(expr, tuple(_rename(arg, names, depth, name) for arg in expr.args))


def _named(real: bool, lower: sp.Expr, upper: sp.Expr, depth: int, name: Naming | None) -> sp.Dummy:
    if name is None:
        return fresh_real(lower, upper) if real else fresh()
    return name(depth, _known_of_range(lower, upper) if real else _INTEGER)


def _known_of_range(lower: sp.Expr, upper: sp.Expr) -> tuple[tuple[str, bool], ...]:
    return tuple(sorted(fresh_real(lower, upper).assumptions0.items()))


def _refuse_values_for_variables(expr: sp.Derivative, names: Mapping[sp.Basic, sp.Basic]) -> None:
    """A value may not be put in for a variable of differentiation: ∂f/∂λ at λ = N is not ∂f/∂N."""
    for variable in expr.variables:
        new = names.get(variable)
        if new is not None and not isinstance(new, (sp.Symbol, sp.Indexed)):
            raise ValueError(f"cannot put a value in for {variable}, by which the expression is differentiated")


def substitute(expr: sp.Basic, values: Mapping[sp.Basic, sp.Basic]) -> sp.Basic:
    """Put values in for free symbols or single entries (y[j]), avoiding capture.

    An entry y[k] whose k is bound is not the entry y[k] of `values`; use `substitute_array` for a whole array.
    """
    return _rename(expr, dict(values))


def substitute_array(expr: sp.Basic, name: tuple[str, int], indices: tuple[sp.Symbol, ...], value: sp.Expr) -> sp.Basic:
    """Put `value`, a formula in `indices`, in for every entry of the array `name` (name and number of indices)."""

    def entry(found: sp.Basic) -> sp.Basic:
        return substitute(value, dict(zip(indices, getattr(found, "indices", ()), strict=True)))

    return replace_entries(expr, lambda e: key(e) == name, entry)


def replace_entries(
    expr: sp.Basic, wanted: Callable[[sp.Basic], bool], new: Callable[[sp.Basic], sp.Basic]
) -> sp.Basic:
    """Replace every symbol or entry that is `wanted`, avoiding capture."""

    def walk(e: sp.Basic) -> sp.Basic:
        tick()
        if isinstance(e, (sp.Symbol, sp.Indexed)):
            if isinstance(e, sp.Indexed):
                e = e.base[tuple(walk(i) for i in e.indices)]
            return new(e) if wanted(e) else e
        if not e.args:
            return e
        return rebuild(e, tuple(walk(arg) for arg in e.args))

    return walk(rename_apart(expr))


def unfold(expr: sp.Basic, context: Context) -> sp.Basic:
    """Replace every defined name by what it stands for, until none is left."""
    if not context.definitions:
        return expr
    for _ in range(MAX_UNFOLDING):
        if not any(context.definition(e) for e in entries(expr)):
            return expr
        expr = replace_entries(expr, lambda e: context.definition(e) is not None, lambda e: value_at(e, context))
    raise CyclicDefinitionError("a definition refers to itself, directly or through others")


def value_at(entry: sp.Expr, context: Context) -> sp.Expr:
    """What a defined entry stands for, names in it left as they are."""
    definition = context.definition(entry)
    assert definition is not None
    return substitute(definition.value, dict(zip(definition.indices, getattr(entry, "indices", ()), strict=True)))


def entries(expr: sp.Basic) -> Iterator[sp.Basic]:
    """The symbols and array entries in an expression, bound ones included, array labels excluded."""
    if isinstance(expr, sp.Symbol):
        yield expr
    elif isinstance(expr, sp.Indexed):
        yield expr
        for index in expr.indices:
            yield from entries(index)
    else:
        for arg in expr.args:
            yield from entries(arg)


def free_symbols(expr: sp.Basic) -> set[sp.Symbol]:
    """The plain symbols that occur free: sizes, scalars and indices; array labels excluded."""
    if isinstance(expr, sp.Symbol):
        return {expr}
    if isinstance(expr, sp.Indexed):
        return set().union(*(free_symbols(i) for i in expr.indices))
    if isinstance(expr, ExprWithLimits):
        found = free_symbols(expr.function)
        for variable, lower, upper in expr.limits:  # innermost first: a bound may use variables further out
            found = (found - {variable}) | free_symbols(lower) | free_symbols(upper)
        return found
    return set().union(*(free_symbols(arg) for arg in expr.args))


def depends_on(expr: sp.Basic, unknown: sp.Expr) -> bool:
    """Whether an unknown occurs: any entry of its array counts, since a bound index may reach it."""
    return any(key(e) == key(unknown) for e in entries(expr))
