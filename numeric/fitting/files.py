"""Files with one sample a row, read in blocks: .npy mapped into memory, .parquet and .csv by pyarrow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from derive.estimation import DataError
from numeric.fitting.sources import Array, ArraySource, Source, checked

#: Bytes of a CSV file that are parsed at once.
CSV_BLOCK = 8 << 20
#: Files of these kinds are read here.
SUFFIXES = (".npy", ".parquet", ".csv")


def file_source(path: Path) -> Source:
    """The source of a file; DataError where it cannot be read."""
    if not path.is_file():
        raise DataError(f"{path}: there is no such file; give a .npy, .parquet or .csv file with one sample a row")
    suffix = path.suffix.lower()
    if suffix == ".npy":
        return ArraySource(checked(_mapped(path), str(path)), str(path))
    if suffix == ".parquet":
        return ParquetSource(path)
    if suffix == ".csv":
        return CsvSource(path)
    raise DataError(f"{path}: files of this kind are not read; give .npy, .parquet or .csv")


def _mapped(path: Path) -> Array:
    try:
        return np.asanyarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except (ValueError, OSError, EOFError) as error:
        held = path.stat().st_size
        why = "it is truncated or no .npy file" if "mmap" in str(error) or held < 128 else str(error).split("\n")[0]
        if "Object arrays" in str(error):
            why = "it holds Python objects, not numbers"
        raise DataError(
            f"{path}: cannot be read ({why}); it holds {held} bytes; write it again by numpy.save"
        ) from error


def _pyarrow(path: Path) -> None:
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        raise DataError(f"{path}: reading it needs pyarrow; install it by: pip install 'lossproof[fit]'") from None


class ParquetSource:
    """A Parquet file: its columns in order, all numbers."""

    def __init__(self, path: Path) -> None:
        _pyarrow(path)
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.path, self.name = path, str(path)
        try:
            file = pq.ParquetFile(path)
        except (pa.ArrowException, OSError) as error:
            raise DataError(f"{path}: cannot be read ({_line(error)}); give a Parquet file") from error
        self.rows: int | None = file.metadata.num_rows
        for field in file.schema_arrow:
            kinds = pa.types
            if not (kinds.is_integer(field.type) or kinds.is_floating(field.type) or kinds.is_boolean(field.type)):
                raise DataError(f"{path}: column {field.name!r} holds {field.type}, not numbers; leave it out")
        if not self.rows:
            raise DataError(f"{path}: holds no samples; give one a row")

    def blocks(self, size: int) -> Iterator[Array]:
        """One pass over the rows."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        start = 0
        try:
            for batch in pq.ParquetFile(self.path).iter_batches(batch_size=size):
                yield _columns(batch, self.name, start)
                start += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            raise DataError(f"{self.path}, after row {start}: cannot be read ({_line(error)})") from error


class CsvSource:
    """A text file with columns between commas; a first line in which nothing is a number is a header."""

    rows: int | None = None

    def __init__(self, path: Path) -> None:
        _pyarrow(path)
        self.path, self.name = path, str(path)
        try:
            with path.open(encoding="utf-8-sig") as file:
                first = next((line for line in file if line.strip()), "")
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"{path}: cannot be read (not UTF-8 text); give one sample a row") from error
        if not first.strip():
            raise DataError(f"{path}: holds no samples; give one a row")
        cells = [c.strip().strip('"') for c in first.split(",")]
        self.width = len(cells)
        self.header = not any(_is_number(c) for c in cells)

    def blocks(self, size: int) -> Iterator[Array]:
        """One pass over the rows."""
        import pyarrow as pa
        from pyarrow import csv

        names = [str(n) for n in range(self.width)]
        start = 0
        try:
            reader = csv.open_csv(
                self.path,
                csv.ReadOptions(
                    column_names=names, skip_rows=int(self.header), block_size=CSV_BLOCK, use_threads=False
                ),
                csv.ParseOptions(delimiter=",", ignore_empty_lines=True),
                csv.ConvertOptions(
                    column_types={n: pa.float64() for n in names}, null_values=[], strings_can_be_null=False
                ),
            )
            for batch in reader:
                values = _columns(batch, self.name, start)
                for first in range(0, len(values), size):
                    yield values[first : first + size]
                start += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            raise self._failure(error, start) from error
        if not start:
            raise DataError(f"{self.path}: holds no samples; give one a row")

    def _failure(self, error: Exception, start: int) -> DataError:
        """Which line cannot be read: found by reading the lines one by one, since blocks do not say."""
        with self.path.open(encoding="utf-8-sig", errors="replace") as file:
            for n, line in enumerate(file, start=1):
                if not line.strip() or (n == 1 and self.header):
                    continue
                cells = [c.strip().strip('"') for c in line.rstrip("\n").split(",")]
                if len(cells) != self.width:
                    return DataError(
                        f"{self.path}, line {n}: has {len(cells)} columns where the first has {self.width}"
                    )
                for cell in cells:
                    if not _is_number(cell):
                        return DataError(f"{self.path}, line {n}: {cell[:40]!r} is not a number; one sample a row")
        return DataError(f"{self.path}, after row {start}: cannot be read ({_line(error)})")


def _columns(batch: Any, name: str, start: int) -> Array:
    for column, field in zip(batch.columns, batch.schema, strict=True):
        if column.null_count:
            row = start + int(np.flatnonzero(column.is_null().to_numpy(zero_copy_only=False))[0]) + 1
            raise DataError(f"{name}, row {row}: column {field.name!r} has no value; drop the row or fill it in")
    columns = [c.to_numpy(zero_copy_only=False) for c in batch.columns]
    return columns[0] if len(columns) == 1 else np.column_stack(columns)


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(nan|inf|infinity)", text, re.IGNORECASE))


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
