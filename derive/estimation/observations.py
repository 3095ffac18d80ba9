"""Observations held against what the model states, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import sympy as sp

from derive.algebra.context import POSITIVE_INTEGER, Domain, Variable, size
from derive.estimation.arithmetic import Array
from derive.estimation.data import Data, Entries
from derive.estimation.reading import DataError, Table, read_table, read_values
from derive.model import Model

#: More classes than this in labels are taken for a mistake.
MAX_CLASSES = 100_000
#: One row a sample for each class is written out up to this many entries.
MAX_ONE_HOT = 5_000_000
#: Sums that should be 1 may be off by this much, as numbers are that were rounded for printing.
ROUNDING = Fraction(1, 10**6)


def observe(model: Model, counts: str | None = None, values: str | None = None, known: Sequence[str] = ()) -> Data:
    """Counts (`--counts`) or observations (`--data`) of a model as data; DataError where they do not fit it.

    `known` gives constants that are not estimated, as `name=value`.
    """
    if (counts is None) == (values is None):
        raise DataError("give either --counts or --data")
    constants = known_values(model, known)
    if counts is not None:
        return _from_counts(model, counts, constants)
    return observed(model, read_table(values or "", columns=takes_columns(model)), constants)


def takes_columns(model: Model) -> bool:
    """Whether a sample is a row of several numbers: inputs, or the entries of one observation."""
    return bool(model.given) or (bool(model.data.axes) and not is_one_hot(model))


def observed(model: Model, table: Table, constants: dict[str, list[Fraction]]) -> Data:
    """The rows of a table as data; DataError where they do not fit the model."""
    one_hot = is_one_hot(model)
    inputs, targets = _split(model, table)
    if one_hot:
        labels = [_label(row[0], place) for row, place in zip(targets, table.places, strict=True)]
        found = _from_labels(model, labels, with_rows=bool(model.given))
    elif model.data.axes:
        found = _from_rows(model, targets, table, constants)
    else:
        for row, place in zip(targets, table.places, strict=True):
            in_support(model, row[0], place)
        found = _data(model, {samples(): len(targets)}, _array([row[0] for row in targets]))
    _add_inputs(model, found, inputs)
    return with_constants(model, found, constants)


def samples() -> sp.Symbol:
    """The size that counts the samples."""
    return size("N")


def is_one_hot(model: Model) -> bool:
    """Whether an observation is a class: 0 or 1 in each entry, with one 1."""
    domain = model.data.domain
    return len(model.data.axes) == 1 and domain.integer and domain.upper == 1 and bool(model.data_facts)


def _array(values: list[Fraction] | list[list[Fraction]]) -> Array:
    found = np.empty(len(values), dtype=object) if not isinstance(values[0], list) else None
    if found is None:
        return np.array(values, dtype=object)
    found[:] = values
    return found


def _lifted(variable: Variable) -> sp.IndexedBase:
    return sp.IndexedBase(variable.name, **variable.domain.assumptions())


def _data(model: Model, sizes: dict[sp.Symbol, int], values: Array) -> Data:
    base = _lifted(model.data)
    target = (model.data.name, values.ndim)
    return Data(sizes, {target: values}, Entries([(base, values)]), {}, target)


def _split(model: Model, table: Table) -> tuple[list[list[Fraction]], list[list[Fraction]]]:
    """The columns of the inputs and of the target."""
    if not model.given:
        return [], table.rows
    if model.data.axes and not is_one_hot(model):
        raise DataError(f"model {model.name!r}: data with several columns beside inputs cannot be read yet")
    if table.width < 1 + len(model.given):
        raise DataError(
            f"{table.places[0]}: has {table.width} column{'s' * (table.width != 1)}; "
            "give the inputs first and the target in the last column"
        )
    return [row[:-1] for row in table.rows], [row[-1:] for row in table.rows]


def _add_inputs(model: Model, data: Data, inputs: list[list[Fraction]]) -> None:
    """The columns of what each observation comes with: scalars take one each, an array the rest."""
    if not model.given:
        return
    table = _array(inputs)
    scalars = [v for v in model.given if not v.axes]
    arrays = [v for v in model.given if v.axes]
    rest = table.shape[1] - len(scalars)
    if len(arrays) > 1 or (not arrays and rest):
        raise DataError(f"model {model.name!r}: takes {len(scalars)} inputs a row, this has {table.shape[1]}")
    start = 0
    for variable in model.given:
        width = rest if variable.axes else 1
        columns = table[:, start : start + width]
        start += width
        if variable.axes:
            data.sizes[variable.axes[0]] = width
        values = columns if variable.axes else columns[:, 0]
        data.arrays[variable.name, values.ndim] = values
        data.entries.append(_lifted(variable), values)
        for n, value in enumerate(columns.flat):
            if not _inside(value, variable.domain):
                raise DataError(f"--data, row {n // width + 1}: {value} is no value of the input {variable.name}")


def known_values(model: Model, known: Sequence[str]) -> dict[str, list[Fraction]]:
    """Constants that are not estimated, from `name=value`; DataError where the model has none of that name."""
    names = {v.name: v for v in model.known}
    found: dict[str, list[Fraction]] = {}
    for text in known:
        name, sign, value = text.partition("=")
        name = name.strip()
        if not sign:
            raise DataError(f"--known {text}: write it as name=value")
        if name not in names:
            there = f"it has {', '.join(names)}" if names else "it has none"
            raise DataError(f"--known {name}: model {model.name!r} has no known constant of that name; {there}")
        found[name] = read_values(value, f"--known {name}")
        for number in found[name]:
            if not _inside(number, names[name].domain):
                raise DataError(f"--known {name}: {number} will not do; {name} is {names[name].domain.name}")
    return found


def with_constants(model: Model, data: Data, constants: dict[str, list[Fraction]]) -> Data:
    """The data and the known constants; DataError naming the option that is missing."""
    for variable in model.known:
        place = (variable.name, len(variable.axes))
        if place in data.arrays:
            continue
        if variable.name not in constants:
            raise DataError(
                f"model {model.name!r} takes {variable.name} as known; give its value by --known {variable.name}=…"
            )
        values = constants[variable.name]
        lengths = tuple(data.sizes[a] for a in variable.axes)
        wanted = int(np.prod(lengths)) if lengths else 1
        if len(values) not in (1, wanted):
            raise DataError(f"--known {variable.name}: {len(values)} values where {wanted} are needed")
        filled = _array(values * wanted if len(values) == 1 else values).reshape(lengths or (1,))
        _add_constant(data, variable, filled if lengths else filled.reshape(()))
    if data.stream is None:
        _check_known_limits(model, data)
    return data


def _add_constant(data: Data, variable: Variable, values: Array) -> None:
    """A known constant among the values; a positive integer is a size like N, and derivations declare it as one."""
    data.arrays[variable.name, values.ndim] = values
    if variable.domain == POSITIVE_INTEGER and not variable.axes:
        data.sizes[variable.base] = int(values.item())
    else:
        data.entries.append(variable.base, values)


def _check_known_limits(model: Model, data: Data) -> None:
    """Data may not lie beyond a known constant that ends their support: successes beyond n."""
    upper = model.data.domain.upper
    name = (str(upper), 0)
    if upper.is_Symbol and name in data.arrays:
        limit = data.arrays[name].item()
        for n, value in enumerate(data.arrays[model.data.name, len(model.data.axes) + 1].flat, start=1):
            if value > limit:
                raise DataError(f"--data, value {n}: {value} is more than {upper} = {limit}")


def _from_counts(model: Model, text: str, constants: dict[str, list[Fraction]]) -> Data:
    if not model.data.axes or not model.data.domain.integer or model.given:
        raise DataError(f"model {model.name!r} observes single values, so there is nothing to count; use --data 1,0,1")
    numbers = []
    for n, value in enumerate(read_values(text, "--counts"), start=1):
        if value.denominator != 1 or value < 0:
            raise DataError(f"--counts, value {n}: {value} is not a count; counts are whole numbers from 0 on")
        numbers.append(int(value))
    if sum(numbers) == 0:
        raise DataError("--counts: all counts are 0; at least one observation is needed")
    if is_one_hot(model):
        return with_constants(model, from_tally(model, numbers), constants)
    rows = [[Fraction(n) for n in numbers]]
    found = _from_rows(model, rows, Table(rows, ["--counts"]), constants)
    return with_constants(model, found, constants)


def _label(label: Fraction, place: str) -> int:
    if label.denominator != 1 or not 1 <= label <= MAX_CLASSES:
        raise DataError(f"{place}: {label} is not a label; labels are whole numbers 1, 2, … up to K")
    return int(label)


def _from_labels(model: Model, labels: list[int], *, with_rows: bool) -> Data:
    """How often each label 1…K came, K being the largest label; one row a sample where the inputs differ."""
    classes = max(labels)
    if not with_rows:
        return from_tally(model, [int(n) for n in np.bincount(labels, minlength=classes + 1)[1:]])
    (axis,) = model.data.axes
    if classes * len(labels) > MAX_ONE_HOT:
        raise DataError(f"--data: {len(labels)} samples of {classes} classes are too many; use fewer classes")
    rows = _one_hot(labels, classes)
    return _data(model, _sizes(axis, classes, len(labels)), rows)


def _fill(model: Model, counts: list[int]) -> None:
    """Counts for all classes where a model says how many there are; DataError where there are more."""
    (axis,) = model.data.axes
    if axis.is_Integer:
        if len(counts) > int(axis):
            raise DataError(f"--data: a label is {len(counts)}; model {model.name!r} has {axis} classes")
        counts.extend([0] * (int(axis) - len(counts)))


def _sizes(axis: sp.Expr, length: int, number: int) -> dict[sp.Symbol, int]:
    """The sizes, without an axis whose length is a number."""
    if axis.is_Integer and int(axis) != length:
        raise DataError(f"--data: rows have {length} columns where {axis} are needed")
    return {samples(): number} | ({} if axis.is_Integer else {axis: length})


def _one_hot(labels: list[int], classes: int) -> Array:
    rows = np.full((len(labels), classes), Fraction(0), dtype=object)
    rows[np.arange(len(labels)), np.array(labels) - 1] = Fraction(1)
    return rows


def weighed(model: Model, counts: list[Fraction]) -> Data:
    """The total weight of each class 1, 2, …, as counts are."""
    found = from_tally(model, [int(c) for c in counts])
    if all(c.denominator == 1 for c in counts):
        return found
    found.arrays[found.target][...] = np.array(
        [*counts, *[Fraction(0)] * (len(found.arrays[found.target]) - len(counts))]
    )
    return replace(found, total=sum(counts, Fraction(0)), lazy={})


def from_tally(model: Model, counts: list[int]) -> Data:
    """Counts of the classes; the rows of the samples, which came in some order, where they are asked for."""
    (axis,) = model.data.axes
    base = sp.IndexedBase(model.data.name, nonnegative=True, integer=True)
    _fill(model, counts)
    values = _array([Fraction(c) for c in counts])
    sizes = _sizes(axis, len(counts), sum(counts))

    def rows() -> Array:
        if len(counts) * sum(counts) > MAX_ONE_HOT:
            raise DataError(f"--data: {sum(counts)} samples of {len(counts)} classes are too many")
        return _one_hot([k for k, c in enumerate(counts, start=1) for _ in range(c)], len(counts))

    target = (model.data.name, 1)
    return Data(sizes, {target: values}, Entries([(base, values)]), {(model.data.name, 2): rows}, target)


def _from_rows(model: Model, rows: list[list[Fraction]], table: Table, constants: dict[str, list[Fraction]]) -> Data:
    """Observations with several entries, one a column."""
    (axis,) = model.data.axes[:1]
    known_totals: dict[str, Fraction] = {}
    for row, place in zip(rows, table.places, strict=True):
        for value in row:
            in_support(model, value, place)
        for fact in model.data_facts:
            total, wanted = sum(row, Fraction(0)), fact.total
            if wanted.is_Symbol and any(v.name == wanted.name for v in model.known):
                first = known_totals.setdefault(wanted.name, constants.get(wanted.name, [total])[0])
                if total != first:
                    raise DataError(f"{place}: adds up to {total}, not to {wanted.name} = {first} as the others")
            elif wanted.is_Rational and abs(total - Fraction(int(wanted.p), int(wanted.q))) > ROUNDING:
                raise DataError(f"{place}: adds up to {float(total):.9g}, not to {wanted}; every row must")
    found = _data(model, _sizes(axis, len(rows[0]), len(rows)), _array(rows))
    for name, value in known_totals.items():
        _add_constant(found, next(v for v in model.known if v.name == name), _array([value]).reshape(()))
    return found


def _inside(value: Fraction, domain: Domain) -> bool:
    """Whether a number lies in a domain, as far as its ends are numbers."""
    lower, upper = _end(domain.lower), _end(domain.upper)
    if lower is not None and (value <= lower if domain.lower_open else value < lower):
        return False
    if upper is not None and (value >= upper if domain.upper_open else value > upper):
        return False
    return not domain.integer or value.denominator == 1


@cache
def _end(end: sp.Expr) -> Fraction | None:
    """An end of a domain as a number (π to 50 digits); None where it is infinite or no number."""
    if not end.is_number or not end.is_finite:
        return None
    number = end if end.is_Rational else sp.Rational(end.evalf(50))
    return Fraction(int(number.p), int(number.q))


def in_support(model: Model, value: Fraction, place: str) -> None:
    """DataError where an observation lies outside the support."""
    domain = model.data.domain
    inside = _inside(value, domain)
    end = domain.lower
    if inside and end.is_Symbol and end.is_nonnegative:  # beyond a parameter that is positive itself
        inside = value > 0 if end.is_positive else value >= 0
    if not inside:
        raise DataError(f"{place}: {value} is outside the support; {model.data.name} is {domain.name}")
