"""Right steps made from a right one: one to three rewrites of its sides, or of what it says as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.context import Context
from derive.derivation import Step
from tests.soundness.rewrites import NOT_ON_BOUNDARIES, REWRITES
from tests.soundness.surroundings import Surroundings, renamed
from tests.soundness.tree import Site, exchange, put, sites
from tests.soundness.wrong_steps import is_readable, with_part

#: The kinds of step that claim something, and so can be rewritten without becoming another claim.
KINDS = ("equal", "inequality", "equivalent", "solves", "maximises")
#: Rewritten sides beyond this many nodes, and half as many again as there were, are not what anybody writes.
MAX_NODES = 300
#: So many tries in a row that bring nothing new are the end.
IDLE = 300


@dataclass(frozen=True)
class Rewritten:
    """A step that has been rewritten, and how."""

    kind: str
    step: Step


def rewritten(step: Step, context: Context, rnd: Random, tries: int = 20_000) -> Iterator[Rewritten]:
    """Rewrites of a step in random order, one to three at a time, each result once."""
    if step.kind not in KINDS:
        return
    seen, idle = {step}, 0
    for _ in range(tries):
        idle += 1
        kinds, current = [], step
        for _ in range(rnd.choice((1, 1, 2, 3))):
            found = _one(current, context, rnd)
            if found is not None:
                kinds.append(found.kind)
                current = found.step
        if idle > IDLE:
            return
        if current not in seen and kinds:
            idle = 0
            seen.add(current)
            yield Rewritten(kinds[0] if len(kinds) == 1 else " + ".join(sorted(set(kinds))), current)


def _one(step: Step, context: Context, rnd: Random) -> Rewritten | None:
    """One random rewrite; None where the kind that was drawn does not apply."""
    kind = rnd.choice((*REWRITES, "as a whole", "as a whole"))
    if kind == "as a whole":
        whole = as_a_whole(step, context)
        return rnd.choice(whole) if whole else None
    if step.kind == "maximises" and kind in NOT_ON_BOUNDARIES:
        return None
    part, only = rnd.choice(_roots(step))
    side = getattr(step, part)
    around = Surroundings(context, step, facts=step.kind in ("equal", "inequality"))
    places = sites(side, only)
    for site in rnd.sample(places, len(places)):
        if site.part == "value" and isinstance(site.node, sp.Expr):
            options = _options(kind, site, around, side)
            if options:
                return Rewritten(kind, with_part(step, part, rnd.choice(options)))
    return None


def _options(kind: str, site: Site, around: Surroundings, side: sp.Basic) -> list[sp.Basic]:
    found: list[sp.Basic] = []
    most = max(MAX_NODES, _nodes(side) * 3 // 2)
    for new in REWRITES[kind](site, around):
        if new is not None and new != site.node:
            changed = put(side, site.path, new)
            if changed != side and is_readable(changed) and _nodes(changed) <= most:
                found.append(changed)
    return found


def _nodes(expr: sp.Basic) -> int:
    return sum(1 for _ in sp.preorder_traversal(expr))


def _roots(step: Step) -> list[tuple[str, tuple[int, ...]]]:
    if step.kind == "solves":
        return [("before", ()), *(("after", (n, 1)) for n in range(len(step.after.args)))]
    if step.kind == "maximises":
        return [("before", ()), *(("after", (n, 1)) for n in range(len(step.after.args)))]
    return [("before", ()), ("after", ())]


def as_a_whole(step: Step, context: Context) -> list[Rewritten]:
    """The same claim in another form: sides exchanged, terms moved across, both sides multiplied by N."""
    found = {
        "equal": _equal,
        "inequality": _inequality,
        "equivalent": _equivalent,
        "solves": _solves,
        "maximises": _maximises,
    }[step.kind](step, context.sizes)
    return [Rewritten(kind, new) for kind, new in found]


def _equal(step: Step, sizes: tuple[sp.Symbol, ...]) -> list[tuple[str, Step]]:
    size = sizes[0]
    return [
        ("sides exchanged", replace(step, before=step.after, after=step.before)),
        ("terms moved across", replace(step, before=step.before - step.after, after=sp.S.Zero)),
        ("both sides multiplied", replace(step, before=size * step.before, after=size * step.after)),
    ]


def _inequality(step: Step, sizes: tuple[sp.Symbol, ...]) -> list[tuple[str, Step]]:
    reverse = {"≤": "≥", "≥": "≤", "<": ">", ">": "<"}[step.relation]
    size = sizes[0]
    return [
        ("sides exchanged", replace(step, before=step.after, after=step.before, relation=reverse)),
        ("terms moved across", replace(step, before=-step.after, after=-step.before)),
        ("both sides multiplied", replace(step, before=size * step.before, after=size * step.after)),
        ("both sides multiplied", replace(step, before=-step.before, after=-step.after, relation=reverse)),
    ]


def _equations(equation: Relational, sizes: tuple[sp.Symbol, ...]) -> list[tuple[str, Relational]]:
    left, right = equation.lhs, equation.rhs
    return [
        ("equation turned round", sp.Eq(right, left, evaluate=False)),
        ("terms moved across", sp.Eq(left - right, 0, evaluate=False)),
        ("both sides multiplied", sp.Eq(sizes[0] * left, sizes[0] * right, evaluate=False)),
        ("both sides multiplied", sp.Eq(-left, -right, evaluate=False)),
    ]


def _equivalent(step: Step, sizes: tuple[sp.Symbol, ...]) -> list[tuple[str, Step]]:
    found = [("sides exchanged", replace(step, before=step.after, after=step.before))]
    found += [(kind, replace(step, before=e)) for kind, e in _equations(step.before, sizes)]
    return found + [(kind, replace(step, after=e)) for kind, e in _equations(step.after, sizes)]


def _solves(step: Step, sizes: tuple[sp.Symbol, ...]) -> list[tuple[str, Step]]:
    equations, values = list(step.before), list(step.after)
    found = []
    if len(equations) > 1:
        found.append(("equations reordered", replace(step, before=sp.Tuple(*reversed(equations)))))
    if len(values) > 1:
        found.append(("values reordered", replace(step, after=sp.Tuple(*reversed(values)))))
    for n, equation in enumerate(equations):
        for kind, new in _equations(equation, sizes):
            found.append((kind, replace(step, before=sp.Tuple(*equations[:n], new, *equations[n + 1 :]))))
    return found


def _maximises(step: Step, sizes: tuple[sp.Symbol, ...]) -> list[tuple[str, Step]]:
    size, values = sizes[0], list(step.after)
    found = [
        ("objective multiplied", replace(step, before=size * step.before)),
        ("constant added", replace(step, before=step.before + sp.log(size) - 1)),
    ]
    other = sp.Symbol("place", integer=True)  # no context declares it, so that it speaks of every entry
    if len(values) > 1:
        found.append(("values reordered", replace(step, after=sp.Tuple(*reversed(values)))))
    for n, value in enumerate(values):
        for symbol in getattr(value.lhs, "indices", ()):
            head, formula = exchange(value.lhs, symbol, other), exchange(value.rhs, symbol, other)
            if head is not None and formula is not None:
                new = sp.Tuple(*values[:n], sp.Eq(head, formula, evaluate=False), *values[n + 1 :])
                found.append(("index of the claim renamed", replace(step, after=new)))
    for n, constraint in enumerate(step.bind):
        series = renamed(constraint.lhs, 0, other) if isinstance(constraint.lhs, sp.Sum) else None
        if series is not None:
            new = sp.Eq(series, constraint.rhs, evaluate=False)
            found.append(("constraint renamed", replace(step, bind=(*step.bind[:n], new, *step.bind[n + 1 :]))))
    return found
