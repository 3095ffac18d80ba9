"""Numbers from text: values after a comma, or a file with one sample a row.

Every complaint is one line that names the cause, the place and the way out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

#: Files and argument values beyond this many numbers are refused: they want a streaming fit.
MAX_VALUES = 2_000_000
#: A longer text is no path.
MAX_PATH = 1000

#: 3, -0.25, 1e-7 or 2/3; bounded, since the exact value of 1e999999999 would fill the memory.
NUMBER = re.compile(r"[+-]?(\d{1,30}(/\d{1,30})?|(\d{1,30}\.?\d{0,30}|\.\d{1,30})([eE][+-]?\d{1,3})?)")

#: What stands between the columns of a row.
SEPARATOR = re.compile(r"\s*[,;]\s*|\s+")


class DataError(ValueError):
    """Data that cannot be used, with the place and the way out."""


@dataclass(frozen=True)
class Table:
    """Rows of numbers, and what to call the place of each in a complaint."""

    rows: list[list[Fraction]]
    places: list[str]

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.rows[0])


def read_numbers(text: str) -> list[Fraction]:
    """What `--data` names: values after a comma, or the last column of a file; DataError naming what is no number."""
    return [row[-1] for row in read_table(text, columns=False).rows]


def read_table(text: str, *, columns: bool) -> Table:
    """What `--data` names, as a table: a file, or values after a comma.

    With `columns` a sample is a row of several numbers (after `--data`, `;` ends a row); without, it is one number,
    the last of its row in a file.
    """
    path = Path(text)
    if text.strip() and len(text) < MAX_PATH and path.exists():
        return _from_file(path, columns=columns)
    if any(c.isalpha() for c in text.replace("e", "").replace("E", "")) and "," not in text:
        raise DataError(f"--data: there is no file {text!r}; give a file with one sample a row, or values 1,0,1")
    if not columns:
        values = read_values(text, "--data")
        return Table([[v] for v in values], [f"--data, value {n}" for n in range(1, len(values) + 1)])
    rows = [read_values(row, f"--data, row {n}") for n, row in enumerate(text.split(";"), start=1)]
    return _rectangular(Table(rows, [f"--data, row {n}" for n in range(1, len(rows) + 1)]))


def read_values(text: str, what: str) -> list[Fraction]:
    """Numbers after a comma; `what` names the option in a complaint."""
    parts = text.split(",")
    if len(parts) > MAX_VALUES:
        raise DataError(f"{what}: more than {MAX_VALUES} values")
    way_out = "give numbers separated by commas"
    return [_number(part, f"{what}, value {n}", way_out) for n, part in enumerate(parts, start=1)]


def _from_file(path: Path, *, columns: bool) -> Table:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not UTF-8 text"
        raise DataError(f"{path}: cannot be read ({why}); give a text file with one sample a row") from error
    lines = [line.strip() for line in lines]
    rows = [(n, line) for n, line in enumerate(lines, start=1) if line]
    if not rows:
        raise DataError(f"{path}: holds no samples; give one a row")
    if len(rows) > MAX_VALUES:
        raise DataError(f"{path}: more than {MAX_VALUES} rows")
    if not columns and len(rows) == 1 and "," in rows[0][1]:
        raise DataError(f"{path}: holds one row of several values; put one sample in a row, or give them after --data")
    places = [f"{path}, line {n}" for n, _ in rows]
    if not columns:
        way_out = "one sample a row, its value in the last column, no header"
        return Table(
            [[_number(_split(line)[-1], p, way_out)] for p, (_, line) in zip(places, rows, strict=True)], places
        )
    way_out = "one sample a row, its numbers separated by commas, no header"
    cells = [[_number(part, p, way_out) for part in _split(line)] for p, (_, line) in zip(places, rows, strict=True)]
    if sum(map(len, cells)) > MAX_VALUES:
        raise DataError(f"{path}: more than {MAX_VALUES} values")
    return _rectangular(Table(cells, places))


def _split(line: str) -> list[str]:
    return line.split(",") if "," in line else SEPARATOR.split(line)


def _rectangular(table: Table) -> Table:
    for row, place in zip(table.rows, table.places, strict=True):
        if len(row) != table.width:
            raise DataError(
                f"{place}: has {len(row)} column{'s' * (len(row) != 1)} where the first row has {table.width}; "
                "every row needs as many"
            )
    return table


def _number(text: str, place: str, way_out: str) -> Fraction:
    text = text.strip()
    try:
        if not NUMBER.fullmatch(text):
            raise ValueError
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise DataError(f"{place}: {text[:40]!r} is not a number; {way_out}") from None
