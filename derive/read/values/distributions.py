"""Distributions by name, and expectations: what X ~ Bin(n, p) says of E(X²).

An expectation is linear. Of a variable whose distribution is known it is a sum or an integral over the density; else it
is taken over a finite probability space, where every rule about all random variables holds, and nothing particular.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from flint import arb, fmpq

from derive.checker import evaluator
from derive.checker.evaluator import UndefinedError, is_exact
from derive.checker.functions import ball
from derive.read.meanings.terms import NotUnderstood, Term, num, walk
from derive.read.values import arrays, special, totals
from derive.read.values.arrays import Array

if TYPE_CHECKING:
    from derive.read.values.points import Point

Value = Any
Density = Callable[..., Value]


def _power(base: Value, exponent: Value) -> Value:
    return evaluator.power(base, exponent)


def _exp(x: Value) -> Value:
    return special.known("exp", [x])


def _normal(x: Value, mean: Value, variance: Value) -> Value:
    if isinstance(x, Array):
        shifted = arrays.plus(x, arrays.times(fmpq(-1), mean))
        if not isinstance(variance, Array):
            raise NotUnderstood("a vector with a single variance")
        form = arrays.times(arrays.times(arrays.transposed(shifted), arrays.inverse(variance)), shifted)
        scale = arrays.determinant(variance) * _power(2 * arb.pi(), fmpq(len(x.entries)))
        return _exp(-form / 2) / ball(scale).sqrt()
    return _exp(-(x - mean) * (x - mean) / (2 * variance)) / (2 * arb.pi() * variance).sqrt()


def _binomial(x: Value, n: Value, p: Value) -> Value:
    return special.known("binom", [n, x]) * _power(p, x) * _power(1 - p, n - x)


def _poisson(x: Value, rate: Value) -> Value:
    return _power(rate, x) * _exp(-rate) / special.factorial(x)


def _gamma(x: Value, a: Value, b: Value) -> Value:
    return _power(b, a) * _power(x, a - 1) * _exp(-b * x) / special.known("gamma", [a])


def _beta(x: Value, a: Value, b: Value) -> Value:
    return _power(x, a - 1) * _power(1 - x, b - 1) / special.known("beta", [a, b])


def _bernoulli(x: Value, p: Value) -> Value:
    return _power(p, x) * _power(1 - p, 1 - x)


def _exponential(x: Value, rate: Value) -> Value:
    return rate * _exp(-rate * x)


def _dirichlet(x: Value, a: Value) -> Value:
    entries, shapes = x.entries, a.entries
    if len(entries) != len(shapes):
        raise NotUnderstood("vectors of different lengths")
    total = sum(shapes, fmpq(0))
    result: Value = special.known("gamma", [total])
    for value, shape in zip(entries, shapes, strict=True):
        result = result * _power(value, shape - 1) / special.known("gamma", [shape])
    return result


def _multinomial(x: Value, n: Value, p: Value) -> Value:
    result: Value = special.factorial(n)
    if len(x.entries) != len(p.entries):
        raise NotUnderstood("vectors of different lengths")
    for count, share in zip(x.entries, p.entries, strict=True):
        result = result * _power(share, count) / special.factorial(count)
    return result


#: Names of densities, with their support: "line", "half", "unit", "counts" (0, 1, …), "bits", "to n", "".
DENSITIES: dict[str, tuple[Density, str]] = {}
for _names, _density, _support in (
    ("N Normal Norm", _normal, "line"),
    ("Bin Binom B Binomial", _binomial, "to n"),
    ("Poiss Poisson Pois Po Poi", _poisson, "counts"),
    ("Gam Gamma Ga", _gamma, "half"),
    ("Bet Beta", _beta, "unit"),
    ("Bern Bernoulli Ber", _bernoulli, "bits"),
    ("Exp", _exponential, "half"),
    ("Dir Dirichlet", _dirichlet, ""),
    ("Mult Multinomial", _multinomial, ""),
):
    for _name in _names.split():
        DENSITIES[_name] = (_density, _support)

#: Arguments that a density takes besides the value itself.
_PARAMETERS = {_normal: 2, _binomial: 2, _poisson: 1, _gamma: 2, _beta: 2, _bernoulli: 1, _exponential: 1,
               _dirichlet: 1, _multinomial: 2}  # fmt: skip


def density(t: Term, value: Callable[[Term], Value]) -> Value | None:
    """The value of a known density, None where the application is none."""
    known = DENSITIES.get(t.name)
    if known is None or len(t.args) != _PARAMETERS[known[0]] + 1 or any(a.head in ("label", "says") for a in t.args):
        return None
    try:
        return known[0](*(value(a) for a in t.args))
    except (AttributeError, TypeError):
        raise NotUnderstood(f"{t.name} of these arguments", t.span) from None


def density_of(t: Term) -> bool:
    """Whether an application is a known density."""
    known = DENSITIES.get(t.name)
    return known is not None and len(t.args) == _PARAMETERS[known[0]] + 1


def _mean(body: Term, name: str = "") -> Term:
    return Term("mean", (body,), name)


def _minus(a: Term, b: Term) -> Term:
    return Term("add", (a, Term("neg", (b,))))


def moment_of(t: Term) -> Term | None:
    """Variances and covariances as expectations."""
    if t.name in ("Var", "V", "var") and len(t.args) == 1:
        x = t.args[0]
        return _mean(Term("pow", (_minus(x, _mean(x)), num(2))))
    if t.name in ("Cov", "cov") and len(t.args) == 2:
        x, y = t.args
        return _mean(Term("mul", (_minus(x, _mean(x)), Term("T", (_minus(y, _mean(y)),)))))
    if t.name in ("Cov", "cov") and len(t.args) == 1:
        return moment_of(Term("apply", (t.args[0], t.args[0]), t.name))
    return None


def expectation(
    point: Point, t: Term, env: Mapping[str, Any], value: Callable[[Term, Mapping[str, Any]], Value]
) -> Value:
    """E(body) at a point."""
    if point.omega is not None:  # an expectation inside another one is a number
        with point.at_atom(None):  # type: ignore[arg-type]
            return expectation(point, t, env, value)
    found = point.store.find(t)
    if found is not None and point.overriding and point.depth < 8:
        with point.deeper(t):
            return value(found[0].body, env)
    body = t.args[0]
    split = _split(body, point)
    if split is not None:
        return value(split(t.name), env)
    if not _depends(body, point):
        return value(body, env)
    return _over(point, t, env, value)


def _depends(term: Term, point: Point) -> bool:
    random = point.facts.random
    if term.head == "mean":
        return False
    if term.head == "var" and term.name in random:
        return True
    if term.head == "apply" and any(v.name in random for v in walk(term) if v.head == "var"):
        return moment_of(term) is None
    return any(_depends(a, point) for a in term.args)


def _split(body: Term, point: Point) -> Callable[[str], Term] | None:
    """One step of linearity, None where none applies."""
    if body.head == "add":
        return lambda name: Term("add", tuple(_mean(a, name) for a in body.args))
    if body.head == "neg":
        return lambda name: Term("neg", (_mean(body.args[0], name),))
    if body.head in ("sum",) and not any(_depends(a, point) for a in body.args[1:]):
        return lambda name: Term("sum", (_mean(body.args[0], name), *body.args[1:]), body.name, body.bound)
    if body.head == "div" and not _depends(body.args[1], point):
        return lambda name: Term("div", (_mean(body.args[0], name), body.args[1]))
    if body.head == "mul" and not body.name.replace(",", ""):
        fixed = [a for a in body.args if not _depends(a, point)]
        moving = [a for a in body.args if _depends(a, point)]
        scalars = all(not (v.head == "var" and v.name in point.facts.kinds) for a in body.args for v in walk(a))
        if fixed and moving and scalars:
            inner = moving[0] if len(moving) == 1 else Term("mul", tuple(moving))
            return lambda name: Term("mul", (*fixed, _mean(inner, name)))
    return None


def _over(point: Point, t: Term, env: Mapping[str, Any], value: Callable[[Term, Mapping[str, Any]], Value]) -> Value:
    body = t.args[0]
    names = sorted({(v.name, len(v.args)) for v in walk(body) if v.head == "var" and v.name in point.facts.random})
    law = law_of(point, names[0][0], t.name) if len(names) == 1 and names[0][1] == 0 else None
    if law is not None and law.name == "N" and len(law.args) == 2 and names[0][0] in point.facts.kinds:
        return _over_atoms(point, names[0][0], law, env, lambda inner: value(body, inner), value)
    if law is not None and names[0][0] not in point.facts.kinds:
        known = DENSITIES.get(law.name)
        if known is not None and known[1] and len(law.args) == _PARAMETERS[known[0]]:
            return _over_density(point, names[0][0], law, env, lambda inner: value(body, inner), value)
    point.modelled.add("an expectation")
    total: Value = fmpq(0)
    for n, weight in enumerate(point.weights(t.name)):
        with point.at_atom(n):
            total = arrays.plus(total, arrays.times(weight, value(body, env)))
    return total


def law_of(point: Point, name: str, under: str) -> Term | None:
    """The distribution of a random variable, by what its expectation is said to be taken under."""
    if under and under in point.facts.under:
        return point.facts.under[under]
    return point.facts.distributed.get(name)


def _over_density(
    point: Point,
    name: str,
    law: Term,
    env: Mapping[str, Any],
    body: Callable[[Mapping[str, Any]], Value],
    value: Callable[[Term, Mapping[str, Any]], Value],
) -> Value:
    density_of, support = DENSITIES[law.name]
    parameters = [value(a, env) for a in law.args]
    if any(isinstance(p, Array) for p in parameters):
        raise NotUnderstood("an expectation over a vector")
    point.modelled.add(f"the distribution {law.name}")

    def at(x: Value) -> Value:
        inside = body({**env, name: x})
        return inside * density_of(x, *parameters)

    if support in ("bits", "to n"):
        end = fmpq(1) if support == "bits" else parameters[0]
        if not (is_exact(end) and end.q == 1 and end < 200):
            raise UndefinedError("an expectation over a range of unknown length")
        return sum((at(fmpq(n)) for n in range(int(end.p) + 1)), fmpq(0))
    point.uncertified = True
    if support == "counts":
        return totals.endless(lambda n: at(fmpq(n)), 0)
    if support == "line":  # in standard units the integrand is a bell that every node sees
        mean, deviation = parameters[0], ball(parameters[1]).sqrt()
        return totals.bell(lambda z: body({**env, name: mean + deviation * z}))
    infinity = arb.pos_inf()
    lower, upper = {"half": (fmpq(0), infinity), "unit": (fmpq(0), fmpq(1))}[support]
    return totals.integral(at, lower, upper)


def _over_atoms(
    point: Point,
    name: str,
    law: Term,
    env: Mapping[str, Any],
    body: Callable[[Mapping[str, Any]], Value],
    value: Callable[[Term, Mapping[str, Any]], Value],
) -> Value:
    """E of a normal vector over the 2n points μ ± √n l_k (l_k the columns of a root of Σ): exact up to degree 2."""
    mean, covariance = (value(a, env) for a in law.args)
    if not isinstance(mean, Array) or not isinstance(covariance, Array):
        raise NotUnderstood("an expectation over a vector")
    point.modelled.add(f"the distribution {law.name}")
    size = len(mean.entries)
    root = special.matrix_root(covariance, inverted=False)
    total: Value = fmpq(0)
    for k in range(size):
        column = Array(tuple((root.rows[m][k] * arb(size).sqrt(),) for m in range(size)))
        for sign in (fmpq(1), fmpq(-1)):
            at = arrays.plus(mean, arrays.times(sign, column))
            total = arrays.plus(total, arrays.times(fmpq(1, 2 * size), body({**env, name: at})))
    return total


def probability(t: Term, point: Point, value: Callable[[Term], Value]) -> Value | None:
    """Pr(X = x) of a variable whose distribution is known and discrete, None for anything else."""
    if t.name not in ("Pr", "Prob") or len(t.args) != 1 or t.args[0].head != "says" or t.args[0].name != "=":
        return None
    variable, at = t.args[0].args
    law = law_of(point, variable.name, "") if variable.head == "var" and not variable.args else None
    if law is None or law.name not in DENSITIES or DENSITIES[law.name][1] not in ("bits", "to n", "counts"):
        return None
    density_of, _ = DENSITIES[law.name]
    if len(law.args) != _PARAMETERS[density_of]:
        return None
    point.modelled.add(f"the distribution {law.name}")
    return density_of(value(at), *(value(a) for a in law.args))
