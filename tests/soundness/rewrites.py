"""Rewrites at one place that change nothing: every kind maps a place to other ways of writing the same value."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits

from tests.soundness.patience import OutOfPatienceError, patience
from tests.soundness.surroundings import Surroundings, apart, like, renamed
from tests.soundness.tree import Site, exchange, free

Rewrite = Callable[[Site, Surroundings], list[sp.Basic | None]]

#: SymPy factors polynomials in a dozen atoms for minutes: nodes that it may rearrange, and seconds that it may take.
REARRANGED, REARRANGING = 120, 2.0


def _single(node: sp.Basic, kinds: tuple[type, ...] = (sp.Sum, sp.Product)) -> bool:
    return isinstance(node, kinds) and len(node.limits) == 1  # type: ignore[attr-defined]


def _join(node: sp.Expr, parts: list[sp.Expr | None]) -> sp.Expr | None:
    """The parts of a sum added, those of a product multiplied."""
    if None in parts:
        return None
    return sp.Add(*parts) if isinstance(node, sp.Sum) else sp.Mul(*parts)


def rename_bound(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """A bound index under a name that occurs nowhere else."""
    limits = site.node.limits if isinstance(site.node, ExprWithLimits) else ()
    return [renamed(site.node, n, like(around.names[0], limits[n][0])) for n in range(len(limits))]


def rename_to_shadow(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """A bound index under a name that means something else outside."""
    limits = site.node.limits if isinstance(site.node, ExprWithLimits) else ()
    outer = [*(v for v, _, _ in site.scope if v.is_integer), *around.context.ranges]
    return [
        renamed(site.node, n, o) for n in range(len(limits)) for o in dict.fromkeys(outer) if limits[n][0].is_integer
    ]


def _independent(limits: tuple[sp.Tuple, ...]) -> bool:
    names = {v for v, _, _ in limits}
    return len(names) == len(limits) and not any(names & (free(a) | free(b)) for _, a, b in limits)


def reorder_limits(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """Σ_k Σ_i for Σ_i Σ_k under one sign."""
    if not isinstance(site.node, ExprWithLimits) or len(site.node.limits) < 2 or not _independent(site.node.limits):
        return []
    return [site.node.func(site.node.function, *reversed(site.node.limits))]


def reorder_terms(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """Terms and factors the other way round."""
    if not isinstance(site.node, (sp.Add, sp.Mul)):
        return []
    return [site.node.func(*reversed(site.node.args), evaluate=False)]


def swap_sums(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """Σ_k (Σ_i …) for Σ_i (Σ_k …)."""
    node = site.node
    if not _single(node) or not isinstance(node.function, type(node)) or len(node.function.limits) != 1:
        return []
    (outer,), (inner,) = node.limits, node.function.limits
    if not _independent((outer, inner)):
        return []
    return [node.func(node.func(node.function.function, outer), inner)]


def nest(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """Σ_i (Σ_k …) for Σ_{i,k} …, and back."""
    node = site.node
    if not isinstance(node, ExprWithLimits):
        return []
    if len(node.limits) > 1:
        return [node.func(node.func(node.function, *node.limits[:-1]), node.limits[-1])]
    if isinstance(node.function, type(node)) and node.limits[0][0] not in {v for v, _, _ in node.function.limits}:
        return [node.func(node.function.function, *node.function.limits, *node.limits)]
    return []


def split_ends(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """The first or the last term written apart."""
    node = site.node
    if not _single(node):
        return []
    variable, lower, upper = node.limits[0]
    if lower != 1 or upper not in around.context.sizes:
        return []
    first, last = exchange(node.function, variable, lower), exchange(node.function, variable, upper)
    return [
        _join(node, [first, node.func(node.function, (variable, lower + 1, upper))]),
        _join(node, [node.func(node.function, (variable, lower, upper - 1)), last]),
    ]


def split_series(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """Σ (a + b) as Σ a + Σ b, Π ab as Π a Π b."""
    node = site.node
    parts = {sp.Sum: sp.Add, sp.Product: sp.Mul}
    if not isinstance(node, (sp.Sum, sp.Product)) or not isinstance(node.function, parts[type(node)]):
        return []
    if any(end in (sp.oo, -sp.oo) for limit in node.limits for end in limit[1:]):
        return []  # the parts of a sum that converges may not
    return [_join(node, [node.func(a, *node.limits) for a in node.function.args])]


def join_series(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """Σ a + Σ b as Σ (a + b)."""
    if not isinstance(site.node, sp.Add):
        return []
    found: list[sp.Basic | None] = []
    for a, b in combinations([t for t in site.node.args if isinstance(t, sp.Sum)], 2):
        if a.limits == b.limits:
            rest = [t for t in site.node.args if t not in (a, b)]
            found.append(sp.Add(*rest, sp.Sum(a.function + b.function, *a.limits)))
    return found


def factor_into_sum(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """c Σ f as Σ c f."""
    if not isinstance(site.node, sp.Mul):
        return []
    found: list[sp.Basic | None] = []
    for series in (f for f in site.node.args if isinstance(f, sp.Sum)):
        rest = sp.Mul(*(f for f in site.node.args if f != series))
        if not free(rest) & {v for v, _, _ in series.limits}:
            found.append(sp.Sum(rest * series.function, *series.limits))
    return found


def factor_out_of_sum(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """Σ c f as c Σ f."""
    if not isinstance(site.node, sp.Sum) or not isinstance(site.node.function, sp.Mul):
        return []
    names = {v for v, _, _ in site.node.limits}
    outside = [f for f in site.node.function.args if not free(f) & names]
    inside = [f for f in site.node.function.args if free(f) & names]
    return [sp.Mul(*outside, sp.Sum(sp.Mul(*inside), *site.node.limits))] if outside else []


def shift_index(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """Σ_{k=0}^{K−1} f_{k+1} for Σ_{k=1}^{K} f_k."""
    if not _single(site.node):
        return []
    v, a, b = site.node.limits[0]
    bodies = {d: exchange(site.node.function, v, v + d) for d in (1, -1, 2)}
    return [site.node.func(f, (v, a - d, b - d)) for d, f in bodies.items() if f is not None]


def reverse_index(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """Σ_k f_{K+1−k} for Σ_k f_k."""
    if not _single(site.node):
        return []
    v, a, b = site.node.limits[0]
    if b == sp.oo:
        return []
    body = exchange(site.node.function, v, a + b - v)
    return [] if body is None else [site.node.func(body, (v, a, b))]


def _bracketed(site: Site, around: Surroundings, how: Callable[[sp.Expr], sp.Expr]) -> list[sp.Basic | None]:
    """SymPy's own rearrangement of an expression whose bound indices are all different."""
    if not isinstance(site.node, (sp.Add, sp.Mul, sp.Pow, sp.Sum)) or site.node.has(sp.Derivative):
        return []
    if sum(1 for _ in sp.preorder_traversal(site.node)) > REARRANGED:
        return []
    node = apart(site.node, around.names)
    try:
        with patience(REARRANGING):
            new = None if node is None else how(node)
        return [] if new is None or _odd(new) else [new]
    except OutOfPatienceError:
        return []
    except (sp.PolynomialError, NotImplementedError, AttributeError, TypeError, ValueError):
        return []  # SymPy cannot; nothing is rewritten then


def _odd(e: sp.Basic) -> bool:
    """Whether SymPy has drawn a sign out of a symbolic power: (−1)^{1−x} (θ − 1)^{1−x}, which nobody writes."""
    return any(p.base.is_number and not p.base.is_positive and not p.exp.is_number for p in e.atoms(sp.Pow))


def expand(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """Multiplied out, logarithms and powers left alone."""
    return _bracketed(site, around, lambda e: sp.expand(e, log=False, power_base=False, power_exp=False))


def factor(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """Factored."""
    return _bracketed(site, around, sp.factor)


def factor_terms(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """Common factors drawn out."""
    return _bracketed(site, around, sp.factor_terms)


def together(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """Over one denominator."""
    return _bracketed(site, around, sp.together)


def log_of_exp(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """log e^u for u."""
    plain = not isinstance(site.node, sp.log) and not site.node.is_number
    return [sp.log(sp.exp(site.node), evaluate=False)] if plain else []


def exp_of_log(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """e^{log u} for a positive u."""
    plain = around.positive(site.node) and not site.node.is_number
    return [sp.exp(sp.log(site.node), evaluate=False)] if plain else []


def combine_logs(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """log ab for log a + log b, log a/b for log a − log b."""
    if not isinstance(site.node, sp.Add):
        return []
    logs = [t for t in site.node.args if isinstance(t, sp.log) or (isinstance(-t, sp.log))]
    found: list[sp.Basic | None] = []
    for a, b in combinations(logs, 2):
        arguments = [t.args[0] if isinstance(t, sp.log) else 1 / (-t).args[0] for t in (a, b)]
        if all(around.positive(u) for u in arguments):
            found.append(sp.Add(*(t for t in site.node.args if t not in (a, b)), sp.log(sp.Mul(*arguments))))
    return found


def split_log(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """log a + log b for log ab, n log a for log a^n, Σ log for log Π."""
    if not isinstance(site.node, sp.log):
        return []
    (u,) = site.node.args
    if isinstance(u, sp.Mul) and all(around.positive(f) for f in u.args):
        return [sp.Add(*map(sp.log, u.args))]
    if isinstance(u, sp.Pow) and not isinstance(u, sp.exp) and around.positive(u.base):
        return [u.exp * sp.log(u.base)]
    if isinstance(u, sp.Product) and around.positive(u.function):
        return [sp.Sum(sp.log(u.function), *u.limits)]
    return []


def log_of_power(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """log a^c for c log a, log Π for Σ log."""
    node = site.node
    if isinstance(node, sp.Mul):
        logs = [f for f in node.args if isinstance(f, sp.log) and around.positive(f.args[0])]
        return [sp.log(f.args[0] ** sp.Mul(*(g for g in node.args if g != f))) for f in logs]
    if isinstance(node, sp.Sum) and isinstance(node.function, sp.log) and around.positive(node.function.args[0]):
        return [sp.log(sp.Product(node.function.args[0], *node.limits))]
    return []


def exp_of_sum(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """e^{Σ log f} for Π f, e^{b log a} for a^b."""
    node = site.node
    if isinstance(node, sp.Product) and around.positive(node.function):
        return [sp.exp(sp.Sum(sp.log(node.function), *node.limits), evaluate=False)]
    if isinstance(node, sp.Pow) and not isinstance(node, sp.exp) and not node.exp.is_number:
        return [sp.exp(node.exp * sp.log(node.base), evaluate=False)] if around.positive(node.base) else []
    return []


def split_exponential(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """e^a e^b for e^{a+b}."""
    if isinstance(site.node, sp.exp) and isinstance(site.node.args[0], sp.Add):
        return [sp.Mul(*map(sp.exp, site.node.args[0].args), evaluate=False)]
    return []


def add_and_subtract(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """u + Σ_p x_p − Σ_q x_q, u + N − Σ_p 1."""
    p, q = around.names[:2]
    found: list[sp.Basic | None] = [site.node + s - sp.Sum(1, (p, 1, s)) for s in around.context.sizes]
    for variable in around.context.variables:
        if len(variable.axes) == 1 and not site.in_derivative:
            sums = [sp.Sum(variable.base[v], (v, 1, variable.axes[0])) for v in (p, q)]
            found.append(site.node + sums[0] - sums[1])
    return found


def multiply_and_divide(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """(N u + u)/(N + 1), and p/(p a + p b) for 1/(a + b)."""
    node = site.node
    found: list[sp.Basic | None] = [(s * node + node) / (s + 1) for s in around.context.sizes]
    if isinstance(node, sp.Pow) and node.exp == -1 and isinstance(node.base, sp.Add):
        growing = [sp.exp(e) for e in sorted(node.base.atoms(sp.exp), key=str)]
        for p in (*around.context.sizes, *(1 / g.args[0] for g in growing)):
            found.append(p / sp.Add(*(p * t for t in node.base.args)))
    return found


def one_as_known_sum(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """u Σ_k y_k for u, where the context says that Σ y = 1."""
    if not around.facts or site.in_derivative:
        return []
    found: list[sp.Basic | None] = []
    for fact in around.context.facts:
        name = around.names[0]
        indices = tuple(name if n == fact.axis else sp.S.One for n in range(fact.variable.rank))
        whole = sp.Sum(fact.variable.base[indices], (name, *fact.limits))
        found.append(site.node * whole / fact.total)
    return found


def unfold(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """A defined name as what it stands for."""
    if not isinstance(site.node, (sp.Symbol, sp.Indexed)) or site.in_derivative or not around.facts:
        return []
    definition = around.context.definition(site.node)
    if definition is None:
        return []
    new = apart(definition.value, around.names[len(definition.indices) :])
    for symbol, index in zip(definition.indices, getattr(site.node, "indices", ()), strict=True):
        new = None if new is None else exchange(new, symbol, index)
    return [new]


def size_as_sum(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """Σ_i 1 for N."""
    return [sp.Sum(1, (around.names[0], 1, site.node))] if site.node in around.context.sizes else []


def insert_delta(site: Site, around: Surroundings) -> list[sp.Basic | None]:
    """Σ_p δ_{kp} t_p for t_k."""
    variable = around.context.variable(site.node) if isinstance(site.node, sp.Indexed) else None
    if variable is None:
        return []
    p = around.names[0]
    return [
        sp.Sum(sp.KroneckerDelta(i, p) * site.node.base[(*site.node.indices[:n], p, *site.node.indices[n + 1 :])],
               (p, 1, variable.axes[n]))
        for n, i in enumerate(site.node.indices)
        if i.is_Symbol
    ]  # fmt: skip


#: The kinds of rewrite at one place, by name.
REWRITES: dict[str, Rewrite] = {
    f.__name__.replace("_", " "): f
    for f in (
        rename_bound, rename_to_shadow, reorder_limits, reorder_terms, swap_sums, nest, split_ends, split_series,
        join_series, factor_into_sum, factor_out_of_sum, shift_index, reverse_index, expand, factor, factor_terms,
        together, log_of_exp, exp_of_log, combine_logs, split_log, log_of_power, exp_of_sum, split_exponential,
        add_and_subtract, multiply_and_divide, one_as_known_sum, unfold, size_as_sum, insert_delta,
    )
}  # fmt: skip

#: These may turn 0·log 0 into log 0 − log 0: not for an objective, which is claimed on the boundary too.
NOT_ON_BOUNDARIES = ("expand", "factor", "factor terms", "together", "split series", "join series", "factor out of sum")
