"""The estimate of a derivation on data: closed forms exactly, the rest by solving, with what must be said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from derive.algebra.order import Largest, Smallest
from derive.derivation import Derivation
from derive.estimation import linear, notes
from derive.estimation.arithmetic import Array, as_balls, precision
from derive.estimation.coordinates import Key
from derive.estimation.data import Data
from derive.estimation.evaluation import Evaluator
from derive.estimation.jets import Jet
from derive.estimation.maximise import as_exact
from derive.estimation.objective import BALLS, Closed, Objective, evaluator
from derive.estimation.planning import HAT, Plan, plan
from derive.estimation.reading import DataError
from derive.estimation.result import SHOWN, Estimation, as_number, as_values, is_nan, is_sharp
from derive.estimation.solving import Solution, solve

#: Bits of the balls in which irrational values are worked out, one after the other until they are sharp.
BITS = (170, 600, 3000)
#: Digits that values near the end of a domain are right to.
LIMIT_DIGITS = 12


def estimate(derivation: Derivation, data: Data) -> Estimation:
    """The estimate on data: exact fractions where it is rational, else decimals to more than double precision."""
    work = plan(derivation, data)
    known = _worked_out(work.direct, data, {})
    remarks = notes.of_closed(work, known, data)
    if not work.unknowns:
        _refuse_undefined(known)
        return Estimation(_method(work), _values(work.direct, known), "; ".join(remarks))
    solved = linear.solve(work, data, known)
    if solved is not None:
        found = _worked_out(work.given_rest, data, known | solved)
        remarks += notes.of_closed(replace(work, direct=work.given_rest), found, data)
        names = {name: (name, variable.rank) for name, variable in work.parameters.items()}
        values = {n: as_values(found[place].value, scalar=not place[1]) for n, place in names.items()}
        return Estimation("closed form", values, "; ".join(remarks))
    objective = Objective(work.log_likelihood, work.unknowns, work.given_rest, data, known)
    solution = solve(objective)
    remarks += notes.of_solution(objective, solution, binary=work.binary)
    exact = _solved(work, objective, solution) | _values(work.direct, known)
    return Estimation("numerical", exact, "; ".join(remarks))


def _method(work: Plan) -> str:
    ends = (Largest, Smallest)
    return "boundary" if any(c.value.has(*ends) for c in work.direct) else "closed form"


def _worked_out(closed: tuple[Closed, ...], data: Data, known: Mapping[Key, Jet]) -> dict[Key, Jet]:
    """The values of closed forms, each in a precision at which it is sharp."""
    for bits in BITS:
        with precision(bits):
            found = dict(known)
            for c in closed:
                work = evaluator(data, BALLS)
                work.unknowns = found
                value = _array(work, c)
                found |= {(c.name, len(c.axes)): Jet(value), (c.name + HAT, len(c.axes)): Jet(value)}
            if all(is_sharp(v) for jet in found.values() for v in jet.value.flat):
                break
    return found


def _array(work: Evaluator, c: Closed) -> Array:
    value = work.array(c.value, c.indices, c.axes).value
    return value if c.axes else value.reshape(1)


def _values(closed: tuple[Closed, ...], known: Mapping[Key, Jet]) -> dict[str, object]:
    return {c.name: as_values(known[c.name, len(c.axes)].value, scalar=not c.axes) for c in closed}


def _refuse_undefined(known: Mapping[Key, Jet]) -> None:
    for (name, _), jet in known.items():
        if not name.endswith(HAT) and any(is_nan(as_number(v)) for v in jet.value.flat):
            raise DataError(f"--data: the estimate of {name} is not defined on these data")


def _solved(work: Plan, objective: Objective, solution: Solution) -> dict[str, object]:
    """The values at the solution; where it escapes, what they tend to."""
    digits = LIMIT_DIGITS if solution.escaping is not None else SHOWN
    u = solution.u if solution.u.dtype == object else as_exact(solution.u)
    with precision(BITS[1]):
        found = objective.parameters(u, BALLS)
        if solution.escaping is not None:
            further = objective.parameters(u + as_exact(solution.escaping / 4), BALLS)
            found = notes.limits(found, further, objective.unknowns, solution.escaping)
    return {
        name: as_values(as_balls(found[name, variable.rank].value), scalar=not variable.rank, digits=digits)
        for name, variable in work.parameters.items()
    }
