"""A context with everything in it, and random well-typed expressions over it, with shadowed names."""

from __future__ import annotations

import random

import sympy as sp

from derive.algebra.context import (
    BINARY,
    COUNT,
    NONNEGATIVE,
    POSITIVE,
    REAL,
    UNIT,
    Context,
    Definition,
    IndexRange,
    SumFact,
    array,
    index,
    scalar,
    size,
)

N, K = size("N"), size("K")
i, j, k, l, m, n = map(index, "ijklmn")  # noqa: E741
T = array("t", [N, K], BINARY)
counts = array("t", [K], COUNT)
y = array("y", [K], NONNEGATIVE)
w = array("w", [K], POSITIVE)
z = array("z", [N, K], REAL)
a = array("a", [K], REAL)
x = array("x", [N], REAL)
mu, theta, c = scalar("mu", REAL), scalar("theta", UNIT), scalar("c", POSITIVE)

CONTEXT = Context(
    sizes=(N, K),
    variables=(T, y, w, z, a, x, mu, theta, c),
    indices=(IndexRange(j, sp.S.One, K), IndexRange(m, sp.S.One, K), IndexRange(n, sp.S.One, N)),
    facts=(SumFact(T, 1, sp.S.One), SumFact(y, 0, sp.S.One)),
    definitions=(Definition(counts, (k,), sp.Sum(T.base[i, k], (i, 1, N))),),
)

CLASS_NAMES, SAMPLE_NAMES = (k, l, j), (i, n)


def random_expression(rnd: random.Random, depth: int = 4) -> sp.Expr:
    """A random expression in CONTEXT whose free indices are j, m (classes) and n (samples); bound names are reused."""
    return _expression(rnd, depth, [j, m], [n])


def _expression(rnd: random.Random, depth: int, classes: list[sp.Symbol], samples: list[sp.Symbol]) -> sp.Expr:
    def deeper() -> sp.Expr:
        return _expression(rnd, depth - 1, classes, samples)

    choice = rnd.random()
    if depth == 0 or choice < 0.15:
        return _leaf(rnd, classes, samples)
    if choice < 0.33:
        return deeper() + deeper()
    if choice < 0.5:
        return deeper() * deeper()
    if choice < 0.56:
        return deeper() ** 2
    if choice < 0.61:
        return _leaf(rnd, classes, samples) / w.base[rnd.choice(classes)]
    if choice < 0.635:
        shift = rnd.choice([theta.base - 2, -1 - c.base, -2 * w.base[rnd.choice(classes)] - 2 * c.base])
        return _leaf(rnd, classes, samples) * shift ** rnd.choice([-1, -2, -3])
    if choice < 0.66:
        return sp.exp(a.base[rnd.choice(classes)]) * deeper()
    if choice < 0.7:
        return sp.log(w.base[rnd.choice(classes)]) * deeper()
    if rnd.random() < 0.6:
        v = rnd.choice(CLASS_NAMES)
        inner = _expression(rnd, depth - 1, [*(s for s in classes if s != v), v], samples)
        return sp.Sum(inner, (v, *_bounds(rnd, K)))
    v = rnd.choice(SAMPLE_NAMES)
    inner = _expression(rnd, depth - 1, classes, [*(s for s in samples if s != v), v])
    return sp.Sum(inner, (v, *_bounds(rnd, N)))


def _bounds(rnd: random.Random, top: sp.Symbol) -> tuple[sp.Expr, sp.Expr]:
    return rnd.choice([(sp.S.One, top)] * 6 + [(sp.Integer(2), top), (sp.S.One, top - 1)])


def _leaf(rnd: random.Random, classes: list[sp.Symbol], samples: list[sp.Symbol]) -> sp.Expr:
    kk, ll, ii = rnd.choice(classes), rnd.choice(classes), rnd.choice(samples)
    return rnd.choice(
        [
            y.base[kk],
            w.base[kk],
            a.base[kk],
            T.base[ii, kk],
            counts.base[kk],
            z.base[ii, kk],
            x.base[ii],
            mu.base,
            c.base,
            sp.Integer(rnd.randint(-3, 3)),
            sp.Rational(rnd.randint(1, 3), 2),
            sp.KroneckerDelta(kk, ll),
            1 / N,
        ]
    )
