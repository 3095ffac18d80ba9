"""From indexed expressions to matrices: Σ_d w_d x_id is (X w)_i, Σ_i x_ij f_i is (Xᵀ f)_j, Σ_i f_i g_i is fᵀ g.

What is written here is a proposal: every line made of it is a claim that the checker holds against the sums.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import sympy as sp

from derive.algebra.binding import free_symbols, rename_apart
from derive.algebra.context import REAL, Context, Definition, array, index
from derive.algebra.naming import readable
from derive.algebra.products import EntryOf, MatrixProduct, Table, Trace, Transposed, shape

#: An index and how far it runs, from 1 on; None stands for the single column of a vector.
Place = tuple[sp.Symbol, sp.Expr] | None
#: Names for what depends on two indices and is no matrix of the data or the unknowns, in order of preference.
LETTERS = "yprsgh"


class NoMatrixFormError(ValueError):
    """An expression that is not found to be an entry of products of matrices."""


class Wholes:
    """Writes indexed expressions with matrices; `definitions` are the names it introduced on the way."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.definitions: list[Definition] = []

    # --- arrays ------------------------------------------------------------------------------------------------------

    def matrix(self, expr: sp.Expr, row: Place, column: Place = None) -> sp.Expr:
        """The matrix (column) whose entry at row and column is `expr`; NoMatrixFormError where none is found."""
        return whole(self.entry(rename_apart(expr), row, column), row, column)

    def entry(self, e: sp.Expr, row: Place, column: Place) -> sp.Expr:
        """The same entry, with sums over an index written as entries of products."""
        places = _symbols(row, column)
        depends = free_symbols(e) & places
        if not depends:
            return e
        if depends != places:
            raise NoMatrixFormError("what has one index only stands beside what has two")
        if isinstance(e, sp.Add):
            return self._terms(e, row, column)
        if isinstance(e, sp.Sum):
            return self._sum(e, row, column)
        if isinstance(e, sp.Indexed):
            if set(e.indices) == places and len(e.indices) == len(places):
                return e
            raise NoMatrixFormError(f"{e} is no entry of a matrix at these places")
        if isinstance(e, (sp.exp, sp.log)):
            return e.func(self.entry(e.args[0], row, column))
        inside = logistic_argument(e)
        if inside is not None:
            grown = sp.exp(self.entry(inside, row, column) * (1 if e.is_Mul else -1))
            return (grown if e.is_Mul else 1) / (1 + grown)
        try:
            return self._product(e, row, column)
        except NoMatrixFormError:
            return self._named(e, row, column)

    def _product(self, e: sp.Expr, row: Place, column: Place) -> sp.Expr:
        number, parts = _parted(e, _symbols(row, column))
        if len(parts) != 1 or parts[0] == e:
            raise NoMatrixFormError(f"{e} is no function of entries")
        return number * self.entry(parts[0], row, column)

    def _terms(self, e: sp.Expr, row: Place, column: Place) -> sp.Expr:
        """A sum entry by entry; products that share their first or their last factors are joined."""
        products: list[tuple[sp.Expr, tuple[sp.Expr, ...]]] = []
        rest: list[sp.Expr] = []
        for term in e.args:
            found = self.entry(term, row, column)
            number, parts = _parted(found, _symbols(row, column))
            if len(parts) == 1 and _is_product(parts[0], row, column):
                products.append((number, parts[0].args[0].args))
            else:
                rest.append(found)
        if len(products) > 1 and not rest:
            joined = _joined(products)
            if joined is not None:
                number, factors = joined
                return number * EntryOf(MatrixProduct(*factors), *_at(row, column))
        rest += [number * EntryOf(MatrixProduct(*factors), *_at(row, column)) for number, factors in products]
        return sp.Add(*rest)

    def _sum(self, e: sp.Sum, row: Place, column: Place) -> sp.Expr:
        """Σ_v l(row, v) r(v, column) as the entry of a product."""
        *inner, (v, lower, size) = e.limits
        if lower != 1:
            raise NoMatrixFormError("a sum that does not start at 1")
        body = sp.Sum(e.function, *inner) if inner else e.function
        if isinstance(body, sp.Add):
            return self.entry(sp.Add(*(sp.Sum(term, (v, lower, size)) for term in body.args)), row, column)
        number, left, between, right = sp.S.One, [], [], []  # type: ignore[var-annotated]
        ends = [_symbols(place) for place in (row, column)]
        for factor in sp.Mul.make_args(body):
            here = free_symbols(factor)
            if not here & {v, *ends[0], *ends[1]}:
                number *= factor
            elif here & ends[0] and here & ends[1]:
                raise NoMatrixFormError("a factor has both indices")
            else:
                (left if here & ends[0] else right if here & ends[1] else between).append(factor)
        if not left or (column is not None and not right):
            raise NoMatrixFormError("nothing in the sum depends on one of the indices")
        way = self._first_that_works(
            lambda: (sp.Mul(*left), sp.Mul(*between, *right)), lambda: (sp.Mul(*left, *between), sp.Mul(*right)),
            place=(v, size), row=row, column=column,
        )  # fmt: skip
        return number * EntryOf(times(*way), *_at(row, column))

    def _first_that_works(
        self, *ways: Callable[[], tuple[sp.Expr, sp.Expr]], place: Place, row: Place, column: Place
    ) -> tuple[sp.Expr, sp.Expr]:
        """The first way to share factors out that needs no new name, else the last one."""
        for last, way in zip((False,) * (len(ways) - 1) + (True,), ways, strict=True):
            first, second = way()
            trial = Wholes(self.context)
            try:
                found = trial.matrix(first, row, place), trial.matrix(second, place, column)
            except NoMatrixFormError:
                continue
            if last or not trial.definitions:
                self.definitions += trial.definitions
                return found
        raise NoMatrixFormError("the factors do not part")

    def _named(self, e: sp.Expr, row: Place, column: Place) -> sp.Expr:
        """A name for what depends on both indices in another way, as the softmax of what a model is linear in."""
        if row is None or column is None or not e.has(sp.Sum):
            raise NoMatrixFormError(f"{e} is no function of entries")
        # The index that stays in other names stands for samples: they come first.
        (i, rows), (k, columns) = sorted((row, column), key=lambda place: str(place[1]) != "N")
        names = {v.name for v in self.context.variables} | {d.variable.name for d in self.context.definitions}
        names |= {s.name for s in (*self.context.sizes, *self.context.ranges)}
        letter = next((c for c in LETTERS if c not in names), None)
        if letter is None:
            raise NoMatrixFormError("no letter is left")
        a, b = index("i"), index("k")
        value = readable(e.xreplace({i: a, k: b}), taken=(a, b))
        known = next((d for d in self.definitions if d.value == value), None)
        if known is None:
            if self.definitions:
                raise NoMatrixFormError("more than one name would be needed")
            known = Definition(array(letter, [rows, columns], REAL), (a, b), value)
            self.definitions.append(known)
        result: sp.Expr = known.variable.base[i, k]
        return result

    # --- numbers -----------------------------------------------------------------------------------------------------

    def number(self, e: sp.Expr) -> sp.Expr:
        """A number with its sums written by products of vectors and matrices, as far as that is possible."""
        if isinstance(e, sp.Add):
            return sp.Add(*map(self.number, e.args))
        if isinstance(e, sp.Mul):
            sums = [f for f in e.args if f.has(sp.Sum)]
            return sp.Mul(*(f for f in e.args if f not in sums), self.number(sums[0])) if len(sums) == 1 else e
        if not isinstance(e, sp.Sum):
            return e
        try:
            return self._total(rename_apart(e))
        except NoMatrixFormError:
            return e

    def _total(self, e: sp.Sum) -> sp.Expr:
        if any(lower != 1 for _, lower, _ in e.limits) or len(e.limits) > 2:
            raise NoMatrixFormError("a sum over more than two indices")
        if isinstance(e.function, sp.Add):
            return sp.Add(*(self._total(sp.Sum(term, *e.limits)) for term in e.function.args))
        places = [(v, size) for v, _, size in reversed(e.limits)]
        number, parts = _parted(e.function, {v for v, _ in places})
        if not parts:
            raise NoMatrixFormError("a sum of equal terms")
        if len(places) == 1 and len(parts) == 1 and isinstance(parts[0], sp.Sum):
            return number * self._total(sp.Sum(parts[0].function, *parts[0].limits, *e.limits))
        squared = [f for part in parts for f in ((part.base, part.base) if _is_square(part) else (part,))]
        first, *rest = sorted(squared, key=_rank)
        if len(places) == 1:
            return number * Trace(self._scalar_product(first, rest, places[0]))
        if not rest:
            raise NoMatrixFormError("a sum of all entries")
        left, right = (self.matrix(part, *places) for part in (first, sp.Mul(*rest)))
        return number * Trace(times(left, transpose(right)))

    def _scalar_product(self, first: sp.Expr, rest: list[sp.Expr], place: tuple[sp.Symbol, sp.Expr]) -> sp.Expr:
        left = self.matrix(first, place) if rest else whole(sp.S.One, place)
        return times(transpose(left), self.matrix(sp.Mul(*(rest or [first])), place))


# --- putting matrices together ---------------------------------------------------------------------------------------


def whole(entry: sp.Expr, row: Place, column: Place = None) -> sp.Expr:
    """The matrix with these entries, without a table where it is one already."""
    limits = [(i, sp.S.One, size) for i, size in filter(None, (row, column))]
    places = tuple(limit[0] for limit in limits)
    if isinstance(entry, EntryOf) and not free_symbols(entry.args[0]) & set(places):
        if entry.args[1:][: len(places)] == places:
            return entry.args[0]
        if len(places) == 2 and entry.args[1:] == places[::-1]:
            return transpose(entry.args[0])
    if isinstance(entry, sp.Indexed) and len(places) == 2 and tuple(entry.indices) == places[::-1]:
        return Transposed(_tidy(Table(entry, *reversed(limits))))
    return _tidy(Table(entry, *limits))


def _tidy(table: Table) -> Table:
    """The same table under the same names of its indices, whatever they were."""
    names = (index("a"), index("b"))
    sizes = [limit[2] for limit in table.limits]
    entry = table.entry(*names)
    return Table(readable(entry, taken=names), *((i, sp.S.One, n) for i, n in zip(names, sizes, strict=False)))


def transpose(matrix: sp.Expr) -> sp.Expr:
    """(A B)ᵀ = Bᵀ Aᵀ, (Aᵀ)ᵀ = A."""
    if isinstance(matrix, Transposed):
        return matrix.args[0]
    if isinstance(matrix, MatrixProduct):
        return MatrixProduct(*map(transpose, reversed(matrix.args)))
    return Transposed(matrix)


def times(*matrices: sp.Expr) -> sp.Expr:
    """The product, without brackets: (A B) C = A B C."""
    return MatrixProduct(*chain(*(m.args if isinstance(m, MatrixProduct) else (m,) for m in matrices)))


def _joined(products: list[tuple[sp.Expr, tuple[sp.Expr, ...]]]) -> tuple[sp.Expr, tuple[sp.Expr, ...]] | None:
    """Σ c A B = c A (B + …) and Σ c A B = c (A + …) B, where the numbers differ in sign at most."""
    number = next((n for n, _ in products if not _is_minus(n)), products[0][0])
    signs = [sp.cancel(n / number) for n, _ in products]
    if not all(s.is_Rational for s in signs):
        return None
    factors = [f for _, f in products]
    if len({f[:-1] for f in factors}) == 1:
        return number, (*factors[0][:-1], _combined(signs, [f[-1] for f in factors]))
    if len({f[1:] for f in factors}) == 1:
        return number, (_combined(signs, [f[0] for f in factors]), *factors[0][1:])
    return None


def _combined(numbers: Iterable[sp.Expr], matrices: list[sp.Expr]) -> sp.Expr:
    """Σ c A as one table; of transposes, the transpose of one."""
    if all(isinstance(m, Transposed) for m in matrices):
        return Transposed(_combined(numbers, [m.args[0] for m in matrices]))
    a, b = index("a"), index("b")
    rows, columns = shape(matrices[0])
    entries = (m.entry(a, b) if isinstance(m, Table) else EntryOf(m, a, b if columns != 1 else 1) for m in matrices)
    total = sp.Add(*(n * e for n, e in zip(numbers, entries, strict=True)))
    return Table(total, (a, 1, rows), *([(b, 1, columns)] if columns != 1 else []))


def _is_product(e: sp.Expr, row: Place, column: Place) -> bool:
    return isinstance(e, EntryOf) and isinstance(e.args[0], MatrixProduct) and e.args[1:] == _at(row, column)


def _at(row: Place, column: Place) -> tuple[sp.Expr, sp.Expr]:
    return tuple(sp.S.One if place is None else place[0] for place in (row, column))


def _symbols(*places: Place) -> set[sp.Symbol]:
    return {place[0] for place in places if place is not None}


def _parted(e: sp.Expr, symbols: set[sp.Symbol]) -> tuple[sp.Expr, list[sp.Expr]]:
    """The factors that do not depend on some indices, multiplied, and those that do."""
    parts = [f for f in sp.Mul.make_args(e) if free_symbols(f) & symbols]
    return sp.Mul(*(f for f in sp.Mul.make_args(e) if f not in parts)), parts


def _is_minus(e: sp.Expr) -> bool:
    return bool(e.as_coeff_Mul()[0].is_negative)


def _is_square(e: sp.Expr) -> bool:
    return isinstance(e, sp.Pow) and e.exp == 2


def _rank(factor: sp.Expr) -> tuple[int, str]:
    """Letters before sums of them, functions last: xᵀ log θ."""
    kinds = (sp.Indexed, sp.Add, sp.Sum)
    return next((n for n, kind in enumerate(kinds) if isinstance(factor, kind)), len(kinds)), str(factor)


def logistic_argument(e: sp.Expr) -> sp.Expr | None:
    """u where e is exp(u)/(1 + exp(u)) or 1/(1 + exp(−u))."""
    for power in _inverses(e):
        rest = power.base - 1
        if isinstance(rest, sp.exp):
            if e == power:
                return -rest.args[0]
            if e == rest * power:
                return rest.args[0]
    return None


def _inverses(e: sp.Expr) -> Iterator[sp.Pow]:
    return (f for f in sp.Mul.make_args(e) if isinstance(f, sp.Pow) and f.exp == -1 and f.base.is_Add)
