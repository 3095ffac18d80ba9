"""Vectors and matrices: shapes, which products exist, and the loss of a batch as a trace."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from derive.algebra.context import Context, size
from derive.algebra.products import EntryOf, MatrixProduct, ShapeError, Trace, Transposed, shape
from derive.algebra.products import Table as Matrix
from derive.derivation import Step
from derive.render.tree import Factors, Number, Terms
from source import derived
from source.data import LEFT, RIGHT, SAMPLES
from source.formulas.one_sample import SIZE, T3, THREE, Y3, E
from source.formulas.samples import FOUR, PUT_IN
from source.lines import Beside, Block, Check, Decimal, Grid, Line, Page, Side, Table, Words, chain, line
from source.symbols import COLUMN, ROW, K, N, array_of, equation, i, j, k, runs, total, unevaluated, written_sum

M, D = size("M"), size("D")
#: The label and the logarithms of the prediction as columns.
LABEL = Matrix(T3.base[ROW], (ROW, 1, SIZE))
LOGS = Matrix(sp.log(Y3.base[ROW]), (ROW, 1, SIZE))
POSITIVE = (Y3.base[k] > 0,)
#: Two matrices of any shapes that fit.
LEFT_ANY, RIGHT_ANY = array_of("a", [M, D]), array_of("b", [D, N])
A = Matrix(LEFT_ANY.base[ROW, COLUMN], (ROW, 1, M), (COLUMN, 1, D))
B = Matrix(RIGHT_ANY.base[ROW, COLUMN], (ROW, 1, D), (COLUMN, 1, N))
ANY = Context((M, D, N), (LEFT_ANY, RIGHT_ANY), (runs(i, M), runs(j, N)))

AS_SUM: Words = {"en": "row by column", "ja": "行と列の積の和"}
SHOWN: Words = {"en": "each row of the left with each column of the right", "ja": "左の各行と右の各列を掛けて足す"}
TRANSPOSE: Words = {"en": "the order turns round", "ja": "順序が入れ替わる"}
MISSING: Words = {"en": "does not exist", "ja": "定義できない"}
ROW_TIMES: Words = {"en": "a row times a column is one number", "ja": "行と列の積は一つの数になる"}


def page() -> Page:
    """The sixth page."""
    product = MatrixProduct(A, B)
    inner = total(LEFT_ANY.base[i, k] * RIGHT_ANY.base[k, j], k, D)
    return Page(
        {
            "columns": _columns(),
            "rows": _rows(),
            "entry": chain(line(Step("equal", EntryOf(product, i, j), inner), ANY, AS_SUM), numbered=True),
            "numbers": _numbers(),
            "transposed": chain(
                line(Step("equal", Transposed(product), MatrixProduct(Transposed(B), Transposed(A))), ANY, TRANSPOSE)
            ),
            "dot": _dot(),
            "labels": _filled("T", 0),
            "predictions": _filled("Y", 1),
            "products": _products_of_samples(),
            "trace": chain(*derived.lines(derived.find("vector", "matrix_loss")), numbered=True),
            "gradient": chain(*derived.lines(derived.find("vector", "matrix_gradient")), numbered=True),
        },
        _inline(),
        {"which": _which(), "shapes": _shapes()},
        ("derive show categorical", "python docs/cross-entropy/build.py --steps 6-vectors"),
        "vectors.py",
    )


def _columns() -> Block:
    """The two columns."""
    places = range(1, SIZE + 1)
    label = Grid(tuple((T3.base[m],) for m in places))
    logs = Grid(tuple((sp.log(Y3.base[m]),) for m in places))
    return Block((Line(LABEL, "=", label), Line(LOGS, "=", logs)))


def _rows() -> Block:
    """The label as a row."""
    row = Grid((tuple(T3.base[m] for m in range(1, SIZE + 1)),))
    return Block((Line(Transposed(LABEL), "=", row),))


def _dot() -> Block:
    """The loss of one sample as row times column."""
    product = MatrixProduct(Transposed(LABEL), LOGS)
    written = sp.Add(*(T3.base[m] * sp.log(Y3.base[m]) for m in range(1, SIZE + 1)))
    places = range(1, SIZE + 1)
    row = Grid((tuple(T3.base[m] for m in places),))
    column = Grid(tuple((sp.log(Y3.base[m]),) for m in places))
    loss = sp.Mul(-1, written, evaluate=False)
    checks = (Check(Step("equal", -Trace(product), loss, given=POSITIVE), THREE),)
    return chain(
        Line(sp.Symbol("E"), "=", -Trace(product), (_loss_is(-Trace(product)),), {}),
        Line(None, "=", Beside((row, column), negative=True)),
        Line(None, "=", loss, checks, ROW_TIMES),
        numbered=True,
    )


def _loss_is(expr: sp.Expr) -> Check:
    return Check(Step("equal", E.base, expr, given=POSITIVE), THREE)


def _numbers() -> Block:
    """Two by three times three by two."""
    rows, inner, columns = len(LEFT), len(RIGHT), len(RIGHT[0])
    left, right = array_of("a", [rows, inner]), array_of("b", [inner, columns])
    context = Context((), (left, right))
    product = MatrixProduct(
        Matrix(left.base[ROW, COLUMN], (ROW, 1, rows), (COLUMN, 1, inner)),
        Matrix(right.base[ROW, COLUMN], (ROW, 1, inner), (COLUMN, 1, columns)),
    )
    bind = tuple(
        equation(array.base[r, c], number)
        for array, numbers in ((left, LEFT), (right, RIGHT))
        for r, row in enumerate(numbers, start=1)
        for c, number in enumerate(row, start=1)
    )
    worked = [[sum(LEFT[r][m] * RIGHT[m][c] for m in range(inner)) for c in range(columns)] for r in range(rows)]
    places = [(r, c) for r in range(rows) for c in range(columns)]

    def entries(value: Callable[[int, int], sp.Expr]) -> tuple[Check, ...]:
        """Each entry of the product has this value."""
        return tuple(
            Check(
                Step("substitution", EntryOf(product, sp.Integer(r + 1), sp.Integer(c + 1)), value(r, c), bind=bind),
                context,
            )
            for r, c in places
        )

    def pairs(r: int, c: int) -> list[tuple[int, int]]:
        return [(LEFT[r][m], RIGHT[m][c]) for m in range(inner)]

    def long(r: int, c: int) -> sp.Expr:
        return written_sum(unevaluated(sp.Mul, x, y) for x, y in pairs(r, c))

    worked = [[sum(x * y for x, y in pairs(r, c)) for c in range(columns)] for r in range(rows)]
    sums = Grid(tuple(tuple(_sum(pairs(r, c)) for c in range(columns)) for r in range(rows)))
    return chain(
        Line(Beside((_grid(LEFT), _grid(RIGHT))), "=", sums, entries(long), SHOWN),
        Line(None, "=", _grid(worked), entries(lambda r, c: sp.Integer(worked[r][c]))),
        numbered=True,
    )


def _grid(numbers: object) -> Grid:
    return Grid(tuple(tuple(sp.Integer(x) for x in row) for row in numbers))  # type: ignore[attr-defined]


def _sum(pairs: list[tuple[int, int]]) -> Terms:
    """1·7 + 2·9 + 3·11."""
    return Terms(tuple((1, Factors((Number(str(x)), Number(str(y))))) for x, y in pairs))


def _shapes() -> Table:
    """What the left matrix of the example can be multiplied by, whatever the entries."""
    rows, inner = len(LEFT), len(LEFT[0])
    found = [
        _tried(_plain("a", rows, inner), _plain("b", *right))
        for right in ((inner, rows), (inner, inner + 1), (inner + 1, rows))
    ]
    context = Context((), (array_of("a", [rows, inner]),))
    cells, checks = [], []
    for (left, right), (product, result) in found:
        own = context.extended(variables=[array_of("b", shape(right))])
        checks.append(Check(Step("equal", product, product), own, "" if isinstance(result, str) else "ill-formed"))
        cells.append((_by(*shape(left)), _by(*shape(right)), result))
    head = ({"en": "left", "ja": "左の形"}, {"en": "right", "ja": "右の形"}, {"en": "product", "ja": "積の形"})
    return Table(head, tuple(cells), checks=tuple(checks))


def _plain(name: str, rows: int, columns: int) -> sp.Expr:
    """A matrix of this shape."""
    return Matrix(array_of(name, [rows, columns]).base[ROW, COLUMN], (ROW, 1, rows), (COLUMN, 1, columns))


def _tried(left: sp.Expr, right: sp.Expr) -> tuple[tuple[sp.Expr, sp.Expr], tuple[sp.Expr, str | Words]]:
    """A product and its shape, or that it does not exist."""
    product = MatrixProduct(left, right)
    try:
        return (left, right), (product, _by(*shape(product)))
    except ShapeError:
        return (left, right), (product, MISSING)


def _which() -> Table:
    """Which products of the two columns exist, by their shapes."""
    candidates = [
        (Transposed(LABEL), LOGS),
        (LABEL, Transposed(LOGS)),
        (LABEL, LOGS),
        (Transposed(LABEL), Transposed(LOGS)),
    ]
    rows, checks = [], []
    for left, right in candidates:
        _, (product, result) = _tried(left, right)
        same = Step("equal", product, product, given=POSITIVE)
        checks.append(Check(same, THREE, "" if isinstance(result, str) else "ill-formed"))
        rows.append((product, _by(*shape(left)), _by(*shape(right)), result))
    head = (
        {"en": "product", "ja": "積"},
        {"en": "left", "ja": "左の形"},
        {"en": "right", "ja": "右の形"},
        {"en": "result", "ja": "結果の形"},
    )
    return Table(head, tuple(rows), checks=tuple(checks))


def _by(rows: sp.Expr, columns: sp.Expr) -> str:
    return f"{rows} × {columns}"


def _filled(letter: str, place: int) -> Block:
    """The labels, or the predictions, of the four samples as a matrix."""
    rows = tuple(tuple(Number(str(x)) for x in sample[place]) for sample in SAMPLES)
    name = Matrix(sp.IndexedBase(letter.lower())[ROW, COLUMN], (ROW, 1, N), (COLUMN, 1, K))
    return Block((Line(name, "=", Grid(rows)),))


def _products_of_samples() -> Block:
    """T (log Y)ᵀ of the four samples: the losses stand, with a minus, on its diagonal."""
    count = len(SAMPLES)
    label = Matrix(FOUR.variables[0].base[ROW, COLUMN], (ROW, 1, count), (COLUMN, 1, SIZE))
    logs = Matrix(sp.log(FOUR.variables[1].base[ROW, COLUMN]), (ROW, 1, count), (COLUMN, 1, SIZE))
    product = MatrixProduct(label, Transposed(logs))
    cells = tuple(
        tuple(Decimal(EntryOf(product, sp.Integer(r), sp.Integer(c)), 3, PUT_IN, FOUR) for c in range(1, count + 1))
        for r in range(1, count + 1)
    )
    sum_of_losses = Step("equal", Trace(product), -FOUR.definitions[1].head, given=(FOUR.variables[1].base[i, k] > 0,))
    return Block(
        (
            Line(product, "≈", Grid(cells)),
            Line(Trace(product), "=", -FOUR.definitions[1].head, (Check(sum_of_losses, FOUR),), {}),
            Line(None, "≈", Decimal(Trace(product), 6, PUT_IN, FOUR)),
        )
    )


def _inline() -> dict[str, Side]:
    ranges = ((ROW, 1, N), (COLUMN, 1, K))
    bold = {name: Matrix(sp.IndexedBase(name)[ROW, COLUMN], *ranges) for name in "tyz"}
    logs = Matrix(sp.log(sp.IndexedBase("y")[ROW, COLUMN]), *ranges)
    return {
        "t": LABEL,
        "log y": LOGS,
        "t^T": Transposed(LABEL),
        "t^T log y": MatrixProduct(Transposed(LABEL), LOGS),
        "T": bold["t"],
        "Y": bold["y"],
        "Z": bold["z"],
        "A": A,
        "B": B,
        "log Y": logs,
    }
