"""Places in an expression: every node with its path, the sums that enclose it, and the part it plays there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.relational import Relational

from derive.algebra.matrices import InverseEntry, SquareMatrix

Part = Literal["value", "bound", "index", "exponent"]
Path = tuple[int, ...]
Limit = tuple[sp.Symbol, sp.Expr, sp.Expr]


@dataclass(frozen=True)
class Site:
    """A node at a path; `scope` are the limits of the enclosing sums, outermost first."""

    path: Path
    node: sp.Basic
    scope: tuple[Limit, ...] = ()
    part: Part = "value"
    in_derivative: bool = False


def sites(expr: sp.Basic, only: Path = ()) -> list[Site]:
    """Every place in an expression that lies at or below the path `only`."""
    return [s for s in _walk(Site((), expr)) if s.path[: len(only)] == only]


def _walk(site: Site) -> Iterator[Site]:
    node = site.node
    if isinstance(node, (sp.Tuple, Relational, sp.Contains)) or not isinstance(node, sp.Expr):
        for n, arg in enumerate(node.args):
            if isinstance(arg, (sp.Expr, Relational, sp.FiniteSet)):
                yield from _walk(_child(site, (n,), arg))
        return
    if not isinstance(node, SquareMatrix):  # it is no number: nothing can be put in its place
        yield site
    if isinstance(node, ExprWithLimits):
        limits: tuple[Limit, ...] = tuple((v, a, b) for v, a, b in node.limits)
        yield from _walk(Site((*site.path, 0), node.function, (*site.scope, *reversed(limits)), "value",
                              site.in_derivative))  # fmt: skip
        for n, (_, lower, upper) in enumerate(limits, start=1):
            scope = (*site.scope, *reversed(limits[n:]))
            for m, end in ((1, lower), (2, upper)):
                yield from _walk(Site((*site.path, n, m), end, scope, "bound", site.in_derivative))
    elif isinstance(node, sp.Indexed):
        for n, index in enumerate(node.indices, start=1):
            yield from _walk(_child(site, (n,), index, "index"))
    elif isinstance(node, sp.Derivative):
        yield from _walk(Site((*site.path, 0), node.expr, site.scope, site.part, True))
    elif isinstance(node, InverseEntry):
        yield from _walk(_child(site, (0,), node.matrix))
        for n, index in ((1, node.row), (2, node.column)):
            yield from _walk(_child(site, (n,), index, "index"))
    elif isinstance(node, sp.KroneckerDelta):
        for n, index in enumerate(node.args[:2]):
            yield from _walk(_child(site, (n,), index, "index"))
    else:
        for n, arg in enumerate(node.args):
            exponent = isinstance(node, sp.Pow) and n == 1 and arg.is_number
            yield from _walk(_child(site, (n,), arg, "exponent" if exponent else None))


def _child(site: Site, step: Path, node: sp.Basic, part: Part | None = None) -> Site:
    return Site((*site.path, *step), node, site.scope, part or site.part, site.in_derivative)


def put(expr: sp.Basic, path: Path, new: sp.Basic) -> sp.Basic:
    """The expression with another node at a path; no care is taken about names: that is the caller's part."""
    if not path:
        return new
    args = list(expr.args)
    args[path[0]] = put(args[path[0]], path[1:], new)
    return rebuild(expr, args)


def rebuild(expr: sp.Basic, args: list[sp.Basic]) -> sp.Basic:
    """The same kind of node over other arguments; relations and derivatives stay unevaluated."""
    if isinstance(expr, Relational):
        return expr.func(*args, evaluate=False)
    if isinstance(expr, sp.Derivative):
        return sp.Derivative(*args, evaluate=False)
    return expr.func(*args)


def free(expr: sp.Basic) -> set[sp.Symbol]:
    """The symbols that occur free, array labels left out."""
    if isinstance(expr, sp.Symbol):
        return {expr}
    if isinstance(expr, sp.Indexed):
        return set().union(*(free(i) for i in expr.indices))
    if isinstance(expr, ExprWithLimits):
        found = free(expr.function)
        for variable, lower, upper in expr.limits:
            found = (found - {variable}) | free(lower) | free(upper)
        return found
    return set().union(*(free(a) for a in expr.args))


def bound(expr: sp.Basic) -> set[sp.Symbol]:
    """The symbols that some sum or product in the expression binds."""
    return {v for s in expr.atoms(ExprWithLimits) for v, _, _ in s.limits}


def exchange(expr: sp.Basic, old: sp.Symbol, new: sp.Expr) -> sp.Basic | None:
    """Put `new` in for the free occurrences of a symbol; None where a sum would catch it."""
    if expr == old:
        return new
    if old not in free(expr):
        return expr
    if isinstance(expr, sp.Indexed):
        indices = [exchange(i, old, new) for i in expr.indices]
        return None if None in indices else expr.base[tuple(indices)]
    if isinstance(expr, ExprWithLimits):
        return _exchange_inside(expr, old, new)
    args = [exchange(a, old, new) if isinstance(a, sp.Basic) else a for a in expr.args]
    return None if any(a is None for a in args) else rebuild(expr, args)


def _exchange_inside(expr: sp.Expr, old: sp.Symbol, new: sp.Expr) -> sp.Basic | None:
    limits: list[Limit] = []
    hidden = False
    for variable, lower, upper in reversed(expr.limits):  # outermost first
        ends = (lower, upper) if hidden else (exchange(lower, old, new), exchange(upper, old, new))
        if None in ends or (variable in free(new) and not hidden):
            return None
        hidden = hidden or variable == old
        limits.insert(0, (variable, *ends))
    body = expr.function if hidden else exchange(expr.function, old, new)
    return None if body is None else expr.func(body, *limits)
