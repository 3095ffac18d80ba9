"""Wrong steps made from a right one: a mistake at some place of a side, or in what the step says as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.relational import Relational

from derive.algebra.context import Context, index
from derive.derivation import Step
from tests.soundness.mutations import MUTATIONS
from tests.soundness.tree import Site, exchange, free, put, sites


@dataclass(frozen=True)
class Mutant:
    """A step that has been spoilt, and how."""

    kind: str
    step: Step


REVERSED = {
    sp.LessThan: sp.GreaterThan,
    sp.GreaterThan: sp.LessThan,
    sp.StrictLessThan: sp.StrictGreaterThan,
    sp.StrictGreaterThan: sp.StrictLessThan,
    sp.Eq: sp.Ne,
}


def mutants(step: Step, context: Context, others: list[Step], rnd: Random) -> Iterator[Mutant]:
    """Wrong steps in random order, all kinds in turn; first one mistake a step, then two, each step once."""
    seen, singles = {step}, []
    for spoilt in _in_turn(_by_kind(step, context, others), rnd):
        if spoilt.step not in seen:
            seen.add(spoilt.step)
            singles.append(spoilt)
            yield spoilt
    for _ in range(40 * len(singles)):
        first = rnd.choice(singles)
        kind, spots = rnd.choice(list(_spots(first.step).items()))
        second = next(iter(_made(first.step, context, kind, rnd.sample(spots, len(spots)), rnd)), None)
        if second is not None and second.step not in seen:
            seen.add(second.step)
            yield second


def _by_kind(step: Step, context: Context, others: list[Step]) -> dict[str, Callable[[Random], Iterator[Mutant]]]:
    """For each kind of mistake all the mutants of that kind in random order, each made when it is asked for."""
    groups: dict[str, Callable[[Random], Iterator[Mutant]]] = {}
    for kind, spots in _spots(step).items():
        groups[kind] = lambda rnd, kind=kind, spots=spots: _made(  # type: ignore[misc]
            step, context, kind, rnd.sample(spots, len(spots)), rnd
        )
    whole: dict[str, list[Mutant]] = {}
    for mutant in _as_a_whole(step, context, others):
        whole.setdefault(mutant.kind, []).append(mutant)
    for kind, found in whole.items():
        groups[kind] = lambda rnd, found=found: iter(rnd.sample(found, len(found)))  # type: ignore[misc]
    return groups


def _in_turn(groups: dict[str, Callable[[Random], Iterator[Mutant]]], rnd: Random) -> Iterator[Mutant]:
    """One of each kind, then another of each, in random order within the kind."""
    queues = [group(Random(rnd.random())) for group in groups.values()]
    rnd.shuffle(queues)
    while queues:
        left = []
        for queue in queues:
            mutant = next(queue, None)
            if mutant is not None:
                left.append(queue)
                yield mutant
        queues = left


def _roots(step: Step) -> list[tuple[str, tuple[int, ...]]]:
    """The parts of a step in which mistakes are made: the sides, of claimed values the right-hand side only."""
    if step.kind in ("definition",):
        return [("after", ())]
    if step.kind == "hypothesis":
        return [("before", ())]
    if step.kind == "solves":
        return [("before", ()), *(("after", (n, 1)) for n in range(len(step.after.args)))]
    if step.kind == "maximises":
        values = [("after", (n, 1)) for n in range(len(step.after.args))]
        return [("before", ()), *values, *(("bind", (n,)) for n in range(len(step.bind)))]
    if step.kind == "substitution":
        return [("before", ()), ("after", ()), *(("bind", (n, 1)) for n in range(len(step.bind)))]
    return [("before", ()), ("after", ())]


#: A place in a part of a step: the part, the whole of it, and where.
Spot = tuple[str, sp.Basic, Site]


def _spots(step: Step) -> dict[str, list[Spot]]:
    """Every place of a step, for every kind of mistake that can be made at a place."""
    found: list[Spot] = []
    for part, only in _roots(step):
        whole = sp.Tuple(*step.bind) if part == "bind" else getattr(step, part)
        found += [(part, whole, site) for site in sites(whole, only)]
    return dict.fromkeys(MUTATIONS, found)


def _made(step: Step, context: Context, kind: str, spots: list[Spot], rnd: Random) -> Iterator[Mutant]:
    """The mutants of a kind at some places, one after the other; at a place in random order."""
    for part, whole, site in spots:
        options = [new for new in MUTATIONS[kind](site, context) if new != site.node]
        for new in rnd.sample(options, len(options)):
            changed = put(whole, site.path, new)
            if is_readable(changed) and changed != whole:
                yield Mutant(kind, with_part(step, part, changed))


def with_part(step: Step, part: str, new: sp.Basic) -> Step:
    """The step with another before, after or bind."""
    if part == "bind":
        return replace(step, bind=tuple(new))
    return replace(step, before=new) if part == "before" else replace(step, after=new)


def is_readable(expr: sp.Basic) -> bool:
    """Whether SymPy has not run into infinities or complex numbers while building an expression."""
    if isinstance(expr, ExprWithLimits):  # only the ends of a range may be infinite
        ends = [end for _, lower, upper in expr.limits for end in (lower, upper) if end not in (sp.oo, -sp.oo)]
        return all(map(is_readable, (expr.function, *ends)))
    if expr in (sp.zoo, sp.nan, sp.oo, -sp.oo, sp.I) or isinstance(expr, sp.logic.boolalg.BooleanAtom):
        return False
    return all(map(is_readable, expr.args))


def _as_a_whole(step: Step, context: Context, others: list[Step]) -> list[Mutant]:
    found = [*_conditions(step, context), *_conclusions(step, others)]
    if step.kind == "equal":
        found += [Mutant("strict for equal", replace(step, kind="inequality", relation=r)) for r in "<>"]
        for side in (step.before, step.after):
            for relation in "<>≤≥":
                new = replace(step, kind="inequality", before=side, after=sp.S.Zero, relation=relation)
                found.append(Mutant("inequality out of nowhere", new))
    if step.kind == "inequality":
        reverse = {"≤": "≥", "≥": "≤", "<": ">", ">": "<"}[step.relation]
        found.append(Mutant("relation reversed", replace(step, relation=reverse)))
        strict = {"≤": "<", "≥": ">"}.get(step.relation, step.relation)
        found.append(Mutant("strict for weak", replace(step, relation=strict)))
        found.append(Mutant("relation reversed", replace(step, before=step.after, after=step.before)))
        found.append(Mutant("equal for inequality", replace(step, kind="equal", relation="=")))
    if step.kind == "hypothesis":
        found += _hypotheses(step)
    if step.kind == "solves":
        found += _solutions(step)
    if step.kind == "maximises":
        found.append(Mutant("minimum for maximum", replace(step, before=-step.before)))
        found += _exchanged_values(step)
        for n in range(len(step.bind)):
            found.append(Mutant("constraint dropped", replace(step, bind=(*step.bind[:n], *step.bind[n + 1 :]))))
    if step.kind == "substitution":
        for n, equation in enumerate(step.bind):
            for d in (1, -1):
                wrong = sp.Eq(equation.lhs, equation.rhs + d, evaluate=False)
                found.append(Mutant("wrong number put in", replace(step, bind=_replaced(step.bind, n, wrong))))
            found.append(Mutant("value not put in", replace(step, bind=(*step.bind[:n], *step.bind[n + 1 :]))))
    return found


def _replaced(items: tuple[sp.Basic, ...], n: int, new: sp.Basic) -> tuple[sp.Basic, ...]:
    return (*items[:n], new, *items[n + 1 :])


def _conditions(step: Step, context: Context) -> list[Mutant]:
    """A condition dropped, weakened, or said of one entry instead of all."""
    found = []
    for n, condition in enumerate(step.given):
        rest = (*step.given[:n], *step.given[n + 1 :])
        found.append(Mutant("condition dropped", replace(step, given=rest)))
        if isinstance(condition, (sp.StrictGreaterThan, sp.StrictLessThan)):
            weak = sp.GreaterThan if isinstance(condition, sp.StrictGreaterThan) else sp.LessThan
            new = weak(condition.lhs, condition.rhs, evaluate=False)
            found.append(Mutant("condition weakened", replace(step, given=_replaced(step.given, n, new))))
        if isinstance(condition, (sp.Eq, sp.Ne)):
            continue
        loose = [s for s in free(condition) if s.is_integer and s not in context.sizes and s not in context.ranges]
        for symbol in (s for s in loose if context.variable(s) is None):
            for one in (*(r.symbol for r in context.indices), sp.S.One):
                new = exchange(condition, symbol, one)
                if isinstance(new, Relational):
                    changed = replace(step, given=_replaced(step.given, n, new))
                    found.append(Mutant("condition on one entry only", changed))
    return found


def _conclusions(step: Step, others: list[Step]) -> list[Mutant]:
    """The conclusion of another step of the same kind."""
    return [
        Mutant("conclusion swapped", with_part(step, part, getattr(other, part)))
        for other in others
        if other.kind == step.kind and step.kind != "hypothesis"
        for part in ("before", "after")
        if getattr(other, part) != getattr(step, part)
    ]


def _hypotheses(step: Step) -> list[Mutant]:
    claim = step.before
    if not isinstance(claim, Relational):
        other = sp.Contains(claim.args[0], sp.FiniteSet(2, 3), evaluate=False)
        return [Mutant("hypothesis contradicting", replace(step, before=other))]
    found = [Mutant("relation reversed", replace(step, before=REVERSED[type(claim)](*claim.args, evaluate=False)))]
    for shift in (1, -1, 5, -5):
        shifted = type(claim)(claim.lhs, claim.rhs + shift, evaluate=False)
        found.append(Mutant("hypothesis contradicting", replace(step, before=shifted)))
    return found


def _solutions(step: Step) -> list[Mutant]:
    found = []
    equations, values = list(step.before), list(step.after)
    for n in range(len(equations)):
        rest = sp.Tuple(*equations[:n], *equations[n + 1 :])
        if rest.args:
            found.append(Mutant("equation dropped", replace(step, before=rest)))
    for n, value in enumerate(values):
        for wrong in (2 * value.rhs, value.rhs + 1, value.rhs**2, 1 / value.rhs, -value.rhs, index("n") * value.rhs):
            new = sp.Eq(value.lhs, wrong, evaluate=False)
            changed = sp.Tuple(*values[:n], new, *values[n + 1 :])
            found.append(Mutant("wrong solution", replace(step, after=changed)))
    found += _exchanged_values(step)
    if len(values) > 1:
        found += [
            Mutant("value left out", replace(step, after=sp.Tuple(*values[:n], *values[n + 1 :])))
            for n in range(len(values))
        ]
    return found


def _exchanged_values(step: Step) -> list[Mutant]:
    """The value of one unknown for another of the same shape."""
    values = list(step.after)
    found = []
    for n, first in enumerate(values):
        for m, second in enumerate(values[:n]):
            if len(getattr(first.lhs, "indices", ())) == len(getattr(second.lhs, "indices", ())):
                new = list(values)
                new[n] = sp.Eq(first.lhs, second.rhs, evaluate=False)
                new[m] = sp.Eq(second.lhs, first.rhs, evaluate=False)
                found.append(Mutant("values exchanged", replace(step, after=sp.Tuple(*new))))
    return found
