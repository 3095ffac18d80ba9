"""Evaluate estimates on data: exact fractions from exact data, without torch.

Data are read here too: counts or values after a comma, or a file with one sample a row. Every complaint is one line
that names the cause, the place and the way out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import sympy as sp

from derive.algebra.context import key
from derive.derivation import Derivation
from derive.model import Model

#: Files and argument values beyond this many numbers are refused: they want a streaming fit.
MAX_VALUES = 2_000_000
#: More classes than this in labels are taken for a mistake.
MAX_CLASSES = 100_000
#: A longer text is no path.
MAX_PATH = 1000


#: 3, -0.25, 1e-7 or 2/3; bounded, since the exact value of 1e999999999 would fill the memory.
NUMBER = re.compile(r"[+-]?(\d{1,30}(/\d{1,30})?|(\d{1,30}\.?\d{0,30}|\.\d{1,30})([eE][+-]?\d{1,3})?)")


class DataError(ValueError):
    """Data that cannot be used, with the place and the way out."""


@dataclass(frozen=True)
class Data:
    """What was observed, as values of the names in a derivation.

    `sizes` are values of N, K, …; `arrays` map (name, number of indices) to a function from indices (counted from 1)
    to the entry, `entries` list what a reader puts in, in order.
    """

    sizes: Mapping[sp.Symbol, int]
    arrays: Mapping[tuple[str, int], Callable[[tuple[int, ...]], Fraction]]
    entries: tuple[tuple[sp.Expr, Fraction], ...]


@dataclass(frozen=True)
class Estimation:
    """The estimate on data: exact values by parameter (a list for an array), and how they were found."""

    method: str
    exact: dict[str, Fraction | list[Fraction]]

    @property
    def decimal(self) -> dict[str, float | list[float]]:
        """The same to double precision, correctly rounded."""
        return {n: [float(x) for x in v] if isinstance(v, list) else float(v) for n, v in self.exact.items()}


def read_numbers(text: str) -> list[Fraction]:
    """What `--data` names: values after a comma, or the last column of a file; DataError naming what is no number."""
    path = Path(text)
    if text.strip() and len(text) < MAX_PATH and path.exists():
        return _numbers_of_file(path)
    if any(c.isalpha() for c in text.replace("e", "").replace("E", "")) and "," not in text:
        raise DataError(f"--data: there is no file {text!r}; give a file with one sample a row, or values 1,0,1")
    return _numbers(text, "--data")


def _numbers(text: str, what: str) -> list[Fraction]:
    parts = text.split(",")
    if len(parts) > MAX_VALUES:
        raise DataError(f"{what}: more than {MAX_VALUES} values")
    way_out = "give numbers separated by commas"
    return [_number(part, f"{what}, value {n}", way_out) for n, part in enumerate(parts, start=1)]


def _numbers_of_file(path: Path) -> list[Fraction]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not UTF-8 text"
        raise DataError(f"{path}: cannot be read ({why}); give a text file with one sample a row") from error
    rows = [(n, line.strip()) for n, line in enumerate(lines, start=1) if line.strip()]
    if not rows:
        raise DataError(f"{path}: holds no samples; give one a row")
    if len(rows) > MAX_VALUES:
        raise DataError(f"{path}: more than {MAX_VALUES} rows")
    if len(rows) == 1 and "," in rows[0][1]:
        raise DataError(f"{path}: holds one row of several values; put one sample in a row, or give them after --data")
    way_out = "one sample a row, its value in the last column, no header"
    return [_number(line.split(",")[-1], f"{path}, line {n}", way_out) for n, line in rows]


def _number(text: str, place: str, way_out: str) -> Fraction:
    text = text.strip()
    try:
        if not NUMBER.fullmatch(text):
            raise ValueError
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise DataError(f"{place}: {text[:40]!r} is not a number; {way_out}") from None


def observe(model: Model, counts: str | None = None, values: str | None = None) -> Data:
    """Counts (`--counts`) or observations (`--data`) of a model as data; DataError where they do not fit it."""
    if (counts is None) == (values is None):
        raise DataError("give either --counts or --data")
    if model.data.axes:
        numbers = _counts(counts) if counts is not None else _tally(read_numbers(values or ""))
        return _from_counts(model, numbers)
    if counts is not None:
        raise DataError(f"model {model.name!r} observes single values, so there is nothing to count; use --data 1,0,1")
    return _from_values(model, read_numbers(values or ""))


def _counts(text: str) -> list[int]:
    numbers = []
    for n, value in enumerate(_numbers(text, "--counts"), start=1):
        if value.denominator != 1 or value < 0:
            raise DataError(f"--counts, value {n}: {value} is not a count; counts are whole numbers from 0 on")
        numbers.append(int(value))
    if sum(numbers) == 0:
        raise DataError("--counts: all counts are 0; at least one observation is needed")
    return numbers


def _tally(labels: list[Fraction]) -> list[int]:
    """How often each label 1…K came, K being the largest label."""
    for n, label in enumerate(labels, start=1):
        if label.denominator != 1 or not 1 <= label <= MAX_CLASSES:
            raise DataError(f"--data, value {n}: {label} is not a label; labels are whole numbers 1, 2, … up to K")
    counts = [0] * int(max(labels))
    for label in labels:
        counts[int(label) - 1] += 1
    return counts


def _from_counts(model: Model, counts: list[int]) -> Data:
    (axis,) = model.data.axes
    base = sp.IndexedBase(model.data.name, nonnegative=True, integer=True)
    entries = tuple((base[n], Fraction(c)) for n, c in enumerate(counts, start=1))
    sizes = {axis: len(counts), _samples(): sum(counts)}
    return Data(sizes, {(model.data.name, 1): lambda i: Fraction(counts[i[0] - 1])}, entries)


def _from_values(model: Model, values: list[Fraction]) -> Data:
    domain = model.data.domain
    lower, upper = domain.lower, domain.upper
    for n, value in enumerate(values, start=1):
        number = sp.Rational(value.numerator, value.denominator)
        inside = (number > lower if domain.lower_open else number >= lower) and (
            number < upper if domain.upper_open else number <= upper
        )
        if not inside or (domain.integer and value.denominator != 1):
            raise DataError(f"--data, value {n}: {value} is outside the support; {model.data.name} is {domain.name}")
    base = sp.IndexedBase(model.data.name, **domain.assumptions())
    entries = tuple((base[n], value) for n, value in enumerate(values, start=1))
    return Data({_samples(): len(values)}, {(model.data.name, 1): lambda i: values[i[0] - 1]}, entries)


def _samples() -> sp.Symbol:
    from derive.algebra.context import size

    return size("N")


def estimate(derivation: Derivation, data: Data) -> Estimation:
    """The estimate of a derivation on data, as exact fractions."""
    (equation,) = derivation.results["estimate"].args
    head, value = equation.args
    name = key(head)[0].removesuffix("_hat")
    if not isinstance(head, sp.Indexed):
        return Estimation("closed form", {name: _evaluate(value, data, {})})
    (k,) = head.indices
    variable = derivation.context.variable(head)
    assert variable is not None, "an estimate's name is defined in its derivation"
    length = int(_evaluate(variable.axes[0], data, {}))
    return Estimation("closed form", {name: [_evaluate(value, data, {k: Fraction(n)}) for n in range(1, length + 1)]})


def _evaluate(expr: sp.Expr, data: Data, bound: Mapping[sp.Symbol, Fraction]) -> Fraction:
    """The exact value of a rational expression in the data."""
    if isinstance(expr, sp.Rational):
        return Fraction(int(expr.p), int(expr.q))
    if isinstance(expr, sp.Symbol):
        return bound[expr] if expr in bound else Fraction(data.sizes[expr])
    if isinstance(expr, sp.Indexed):
        indices = tuple(int(_evaluate(i, data, bound)) for i in expr.indices)
        return data.arrays[key(expr)](indices)
    if isinstance(expr, sp.Add):
        return sum((_evaluate(a, data, bound) for a in expr.args), Fraction(0))
    if isinstance(expr, sp.Mul):
        product = Fraction(1)
        for factor in expr.args:
            product *= _evaluate(factor, data, bound)
        return product
    if isinstance(expr, sp.Pow) and expr.exp.is_Integer:
        return _evaluate(expr.base, data, bound) ** int(expr.exp)
    if isinstance(expr, sp.Sum) and len(expr.limits) == 1:
        variable, lower, upper = expr.limits[0]
        start, stop = (int(_evaluate(b, data, bound)) for b in (lower, upper))
        return sum(
            (_evaluate(expr.function, data, {**bound, variable: Fraction(n)}) for n in range(start, stop + 1)),
            Fraction(0),
        )
    raise NotImplementedError(f"no exact value is known for {type(expr).__name__}")
