"""The likely slip behind a wrong step: found where one fits, and nothing said where none does."""

from __future__ import annotations

import time

import pytest

from derive.read.judgement.slips import likely_slip
from derive.read.meanings import symbols
from derive.read.meanings.definitions import Store
from derive.read.meanings.known import Facts
from derive.read.meanings.meaning import Reader
from derive.read.syntax.blocks import parse_formula
from derive.read.syntax.tree import Statement
from derive.read.values.comparing import Ground, compare

#: A wrong step, and how the likely slip begins.
TABLE = {
    r"-\log 0.33 = \log 0.33": "the sign: right with the other sign",
    r"-\sum_{k=1}^K t_k \log y_k = \sum_{k=1}^K t_k \log y_k": "the sign: right with the other sign",
    r"\log 0.33 = -0.481486": "the base of the logarithm: right with log to base 10",
    r"\log 8 = 3": "the base of the logarithm: right with log to base 2",
    r"1 + \log 0.33 = 0.518514": "the base of the logarithm: right where the left side's is 10",
    r"\frac{(x-\mu)^2}{2} = (x-\mu)^2": "a factor: 2 is too much",
    r"(x-\mu)^2 = \frac{(x-\mu)^2}{2}": "a factor: 2 is missing",
    r"-\frac{(x-\mu)^2}{2} = (x-\mu)^2": "a factor: 2 is too much, and the sign",
    r"3 x = 2 x": "a factor: 3/2 is missing",
    r"\sum_{i=1}^N \mu = \mu": "a factor: N is missing",
    r"\frac{1}{N} \sum_{i=1}^N x_i = \sum_{i=1}^N x_i": "a factor: 1/N is missing",
    r"\frac{1}{N-1} \sum_{i=1}^N x_i = \sum_{i=1}^N x_i": "a factor: 1/(N − 1) is missing",
    r"\sqrt{2 \pi} \sigma = \sigma": "a factor: √(2π) is missing",
    r"\frac{x}{y} = \frac{y}{x}": "upside down: right is one over it",
    r"x^2 + 1 = x^2": "a constant: 1 is missing",
    r"(x - \mu)^2 = x^2 + 2 x \mu + \mu^2": r"the sign of the term 2 x \mu",
    r"\sigma \exp(-x) + 1 = \sigma \exp(x) + 1": "the sign of the exponent x",
    r"\sum_{k=1}^K t_k = \sum_{k=2}^K t_k": "a bound: right where the sum starts at k = 1",
    r"\sum_{k=1}^K k t_k = \sum_{k=1}^{K-1} k t_k": "a bound: right where the sum ends at K",
    r"\prod_{k=0}^K a_k = \prod_{k=1}^K a_k": "a bound: right where the product starts at k = 0",
    r"\sum_{i=1}^N \sum_{j=1}^N i a_{ij} = \sum_{i=1}^N \sum_{j=1}^N i a_{ji}": "the order of the indices: a_{ji}",
    r"x^2 - 2 x \mu = x^2 - x \mu": r"a factor: the term x \mu lacks 2",
    r"\frac{1}{\sigma^2} + x = \frac{1}{\sigma} + x": r"an exponent: \sigma should be squared",
    r"x y + \mu = x \log y + \mu": r"a logarithm: \log y should have none",
    r"x y + \mu = x y + \mu + \sigma": r"a term: \sigma is too much",
    r"\sum_{k=1}^K t_k^2 + x = \sum_{k=1}^K t_k + x": "an exponent: t_k should be squared",
    r"x + \mu y = x + \mu y z": "a factor: z is too much",
    r"\sum_{i=1}^N x_i + y = \sum_{i=1}^N x_i^2 + y": "an exponent: x_i^2 should have none",
    r"\frac{x^2}{\sigma^2} + \frac{y^2}{\sigma^2} + 1 = \frac{x^2}{\sigma} + \frac{y^2}{\sigma} + 1": (
        r"an exponent: \sigma should be squared"
    ),
    r"a x + b y = a x + b x": "a name: x should be y",
    r"a b x + c y + 1 = a x + c y + 1": "a factor: b is missing in a x",
    r"x + z = (x - 2)(x + 2) + 4 + z": "on the left side: an exponent: x should be squared",
}


def slip(claim: str) -> str | None:
    """The slip behind a claim that is, in fact, wrong."""
    statement = parse_formula(claim)
    assert isinstance(statement, Statement)
    names = symbols.collect([statement])
    reader = Reader(names)
    left, right = (reader.term(side) for side in statement.sides)
    ground = Ground(Facts(sizes=names.sizes, indices=names.indices - names.sizes), Store())
    assert compare(ground, left, right).differed
    return likely_slip(left, right, ground, claim)


@pytest.mark.parametrize("claim", TABLE)
def test_the_slip_is_found(claim: str) -> None:
    found = slip(claim)
    assert found is not None
    assert found.startswith(TABLE[claim])


@pytest.mark.parametrize(
    "claim",
    [
        r"\sin x + \mu = x e^{y}",
        r"7 = 5",  # 7/5 is the ratio of these two numbers, and explains nothing
        r"0.33 = 0.481486",
        r"\sum_{k=1}^K t_k \log y_k = \sum_{k=1}^K e^{t_k} y_k^3",
        r"x = 0",
        r"\sum_{i=1}^N x_i + a b = N \mu + a b",
    ],
)
def test_where_nothing_fits_nothing_is_said(claim: str) -> None:
    assert slip(claim) is None


def test_it_ends_in_time() -> None:
    terms = " + ".join(rf"x^{{{n}}} \sin({n} y)" for n in range(1, 60))
    start = time.perf_counter()
    slip(f"{terms} = 2 ({terms}) + z x + y")
    assert time.perf_counter() - start < 6
