"""SymPy expressions of one observation, worked out in balls: sums and products run over their sizes.

Nothing of the derivation takes part: what is worked out is what the model states, its density and its links. The
logarithm of a density is taken factor by factor (log Γ and not the log of Γ, the exponent and not the log of exp),
where the factor is certainly positive: the identities are exact, and the numbers stay within reach.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import sympy as sp
from flint import arb, fmpq

from derive.algebra.context import Variable, key
from derive.algebra.matrices import Det, InverseEntry, SquareMatrix
from derive.model import Link
from numeric.validation import balls
from numeric.validation.balls import Ball, Place

#: The entries of arrays, by name and number of indices and then by position from 1; a scalar stands at ().
Arrays = Mapping[tuple[str, int], Mapping[tuple[int, ...], float]]
At = Mapping[str, int]


class Evaluator:
    """Evaluates expressions for one observation at the working precision.

    `arrays` gives the numbers; of those, `inputs` are what derivatives are taken by. `links` say how parameters are
    computed from inputs; what a positive definite matrix is computed from is lower triangular. `sizes` gives the value
    of each size.
    """

    def __init__(
        self, links: Sequence[Link], inputs: Sequence[Variable], arrays: Arrays, sizes: Mapping[str, int]
    ) -> None:
        self._links = {link.parameter.key: link for link in links}
        self._inputs = {variable.key: i for i, variable in enumerate(inputs)}
        self._arrays, self._sizes = arrays, sizes
        self._triangles = {link.input.key for link in links if link.parameter.domain.definite}
        self._cache: dict[tuple[sp.Basic, bool, tuple[tuple[str, int], ...]], Ball] = {}
        self._around: dict[tuple[sp.Basic, tuple[tuple[str, int], ...]], list[list[arb]]] = {}
        self._inverses: dict[tuple[sp.Basic, tuple[tuple[str, int], ...]], list[list[Ball]]] = {}

    def __call__(self, expr: sp.Expr, at: At) -> Ball:
        """The ball of the expression where the indices stand `at` their positions, counted from 1."""
        return self._kept(expr, at, False)

    def log(self, expr: sp.Expr, at: At) -> Ball:
        """The ball of its logarithm."""
        return self._kept(expr, at, True)

    def _kept(self, expr: sp.Expr, at: At, of_log: bool) -> Ball:
        place = expr, of_log, _standing(expr, at)
        if place not in self._cache:
            here = dict(place[2])
            self._cache[place] = self._log(expr, here) if of_log else self._value(expr, here)
        return self._cache[place]

    def _value(self, expr: sp.Expr, at: At) -> Ball:
        if isinstance(expr, sp.Rational):
            return balls.number(arb(fmpq(int(expr.p), int(expr.q))))
        if isinstance(expr, (sp.Symbol, sp.Indexed)):
            return self._variable(expr, at, self.__call__)
        if isinstance(expr, (sp.Sum, sp.Product)):
            return self._over(expr, at, self.__call__, balls.add if isinstance(expr, sp.Sum) else balls.mul)
        if isinstance(expr, InverseEntry):
            rows = self._inverse(expr.matrix, at)
            return rows[self._whole(expr.row, at) - 1][self._whole(expr.column, at) - 1]
        if isinstance(expr, sp.Piecewise):
            return self(next(e for e, condition in expr.args if self._holds(condition, at)), at)
        if isinstance(expr, (sp.Max, sp.Min)):
            return self._extreme([self(a, at) for a in expr.args], isinstance(expr, sp.Max))
        if isinstance(expr, (sp.gamma, sp.factorial, sp.binomial, sp.beta, sp.besseli, Det)):
            return balls.exp(self.log(expr, at))
        parts = [self(a, at) for a in expr.args]
        if isinstance(expr, (sp.Add, sp.Mul)):
            return self._joined(parts, balls.add if isinstance(expr, sp.Add) else balls.mul)
        if isinstance(expr, sp.Pow):
            return balls.power(parts[0], parts[1])
        if isinstance(expr, sp.log):
            return self.log(expr.args[0], at)
        if isinstance(expr, sp.polygamma) and expr.args[0] in (0, 1):
            return (balls.digamma, balls.trigamma)[int(expr.args[0])](parts[1])
        for kind, function in _FUNCTIONS.items():
            if isinstance(expr, kind):
                return function(parts[0])
        if expr is sp.pi:
            return balls.number(arb.pi())
        if expr is sp.E:
            return balls.exp(balls.ONE)
        raise ValueError(f"no ball arithmetic for {type(expr).__name__}: {expr}")

    def _log(self, expr: sp.Expr, at: At) -> Ball:
        if isinstance(expr, sp.exp):
            return self(expr.args[0], at)
        if isinstance(expr, (sp.Symbol, sp.Indexed)) and key(expr) in self._links:
            return self._variable(expr, at, self.log)
        if isinstance(expr, sp.Product):
            return self._over(expr, at, self.log, balls.add)  # a factor that is not positive makes it nan
        if isinstance(expr, sp.Mul) and self._positive(expr, at):
            return self._joined([self.log(a, at) for a in expr.args], balls.add)
        if isinstance(expr, sp.Pow) and self._positive(expr.base, at):
            return balls.mul(self(expr.exp, at), self.log(expr.base, at))
        if isinstance(expr, Det):
            return balls.log_determinant(self._matrix(expr.matrix, at))
        if isinstance(expr, sp.besseli):
            return balls.log_bessel_i(abs(int(expr.args[0])), self(expr.args[1], at))
        terms = log_gammas(expr)
        if terms:
            return self._joined(
                [balls.mul(balls.number(sign), balls.log_gamma(self(of, at))) for sign, of in terms], balls.add
            )
        return balls.log(self(expr, at))

    def _positive(self, expr: sp.Expr, at: At) -> bool:
        """Whether the expression is certainly positive; the factors of an indexed product are asked one by one."""
        if isinstance(expr, (sp.exp, sp.gamma, sp.factorial, sp.binomial, sp.beta, sp.besseli, Det, sp.Product)):
            return True
        if isinstance(expr, sp.Pow):
            return self._positive(expr.base, at)
        if isinstance(expr, sp.Mul):
            return all(self._positive(a, at) for a in expr.args)
        return bool(self(expr, at).value > 0)

    def _over(
        self, expr: sp.Expr, at: At, of: Callable[[sp.Expr, At], Ball], join: Callable[[Ball, Ball], Ball]
    ) -> Ball:
        empty = balls.ZERO if join is balls.add else balls.ONE
        return self._joined([of(expr.function, place) for place in self.places(expr, at)] or [empty], join)

    def places(self, expr: sp.Expr, at: At) -> list[dict[str, int]]:
        """Every position of the ranges of a sum or product, the last of which is the outermost."""
        places: list[dict[str, int]] = [dict(at)]
        for index, lower, upper in reversed(expr.limits):
            places = [
                {**p, index.name: i} for p in places for i in range(self._whole(lower, p), self._whole(upper, p) + 1)
            ]
        return places

    def around_inverse(self, expr: InverseEntry, at: At) -> arb:
        """How far the last places of a matrix reach into an entry of its inverse: Σ_kl |M⁻¹_ak M_kl M⁻¹_lb|."""
        place = expr.matrix, _standing(expr.matrix, at)
        if place not in self._around:
            inverse = [[abs(e.value) for e in row] for row in self._inverse(expr.matrix, at)]
            matrix = [[abs(e.value) for e in row] for row in self._matrix(expr.matrix, at)]
            self._around[place] = _product(_product(inverse, matrix), inverse)
        return self._around[place][self._whole(expr.row, at) - 1][self._whole(expr.column, at) - 1]

    def given(self, name: tuple[str, int]) -> bool:
        """Whether the name is that of numbers that are given, and not computed."""
        return name in self._arrays and name not in self._links

    @staticmethod
    def _joined(parts: Sequence[Ball], join: Callable[[Ball, Ball], Ball]) -> Ball:
        result = parts[0]
        for part in parts[1:]:
            result = join(result, part)
        return result

    def _variable(self, expr: sp.Expr, at: At, of: Callable[[sp.Expr, At], Ball]) -> Ball:
        name = key(expr)
        positions = tuple(self._whole(i, at) for i in _indices(expr))
        if name in self._links:
            link = self._links[name]
            return of(link.inverse, {s.name: p for s, p in zip(link.indices, positions, strict=True)})
        if name in self._arrays:
            number = arb(self._arrays[name][positions])
            above = name in self._triangles and positions[0] < positions[1]  # 0 whatever the input says
            return balls.ZERO if above else Ball(number, self._slope(name, positions))
        if not positions and expr.name in at:
            return balls.number(at[expr.name])
        if not positions and expr.name in self._sizes:
            return balls.number(self._sizes[expr.name])
        raise ValueError(f"{expr} has no value: it is neither data nor computed from an input")

    def _slope(self, name: tuple[str, int], positions: tuple[int, ...]) -> dict[Place, arb]:
        return {(self._inputs[name], positions): arb(1)} if name in self._inputs else {}

    def _whole(self, expr: sp.Expr, at: At) -> int:
        """A whole number: a position or the end of a range."""
        if isinstance(expr, sp.Symbol):
            return at[expr.name] if expr.name in at else self._sizes[expr.name]
        return int(expr) if expr.is_Integer else int(self(expr, at).value.unique_fmpz())

    def _matrix(self, matrix: SquareMatrix, at: At) -> list[list[Ball]]:
        every = range(1, self._whole(matrix.size, at) + 1)
        row, column = matrix.row.name, matrix.column.name
        return [[self(matrix.function, {**at, row: i, column: j}) for j in every] for i in every]

    def _inverse(self, matrix: SquareMatrix, at: At) -> list[list[Ball]]:
        place = matrix, _standing(matrix, at)
        if place not in self._inverses:
            self._inverses[place] = balls.inverse(self._matrix(matrix, at))
        return self._inverses[place]

    def _holds(self, condition: sp.Basic, at: At) -> bool:
        """Whether a condition holds; ArithmeticError where the precision does not decide it."""
        if condition in (sp.true, sp.false):
            return bool(condition)
        if isinstance(condition, (sp.And, sp.Or)):
            return (all if isinstance(condition, sp.And) else any)(self._holds(c, at) for c in condition.args)
        a, b = (self(side, at).value for side in (condition.lhs, condition.rhs))
        outcomes = _COMPARISONS[condition.rel_op]
        certain = 0 if bool(a == b) else -1 if a < b else 1 if a > b else None
        if certain is None:
            raise ArithmeticError(f"the precision does not decide {condition}")
        return certain in outcomes

    @staticmethod
    def _extreme(parts: list[Ball], largest: bool) -> Ball:
        """The part that is certainly the largest or smallest; the first of several that are the same."""
        for part in parts:
            if all(bool(part.value >= p.value if largest else part.value <= p.value) for p in parts):
                return part
        raise ArithmeticError("the precision does not decide which is the largest")


_COMPARISONS = {"<": {-1}, "<=": {-1, 0}, ">": {1}, ">=": {0, 1}, "==": {0}, "!=": {-1, 1}}

_FUNCTIONS: dict[type, Callable[[Ball], Ball]] = {
    sp.exp: balls.exp,
    sp.Abs: balls.absolute,
    sp.sign: balls.sign,
    sp.cos: balls.cos,
    sp.sin: balls.sin,
    sp.loggamma: balls.log_gamma,
}


def _product(a: list[list[arb]], b: list[list[arb]]) -> list[list[arb]]:
    """The product of two square matrices."""
    return [
        [sum((x * y for x, y in zip(row, column, strict=True)), arb(0)) for column in zip(*b, strict=True)] for row in a
    ]


def log_gammas(expr: sp.Expr) -> list[tuple[int, sp.Expr]]:
    """Arguments of log Γ with their signs whose sum is the logarithm; empty where there are none."""
    if isinstance(expr, sp.gamma):
        return [(1, expr.args[0])]
    if isinstance(expr, sp.factorial):
        return [(1, expr.args[0] + 1)]
    if isinstance(expr, sp.beta):
        a, b = expr.args
        return [(1, a), (1, b), (-1, a + b)]
    if isinstance(expr, sp.binomial):
        n, k = expr.args
        return [(1, n + 1), (-1, k + 1), (-1, n - k + 1)]
    return []


def _indices(expr: sp.Expr) -> tuple[sp.Expr, ...]:
    return tuple(expr.indices) if isinstance(expr, sp.Indexed) else ()


def _standing(expr: sp.Basic, at: At) -> tuple[tuple[str, int], ...]:
    """The positions of the indices that the expression reads."""
    return tuple((name, at[name]) for name in _free_names(expr) if name in at)


@lru_cache(maxsize=4096)
def _free_names(expr: sp.Basic) -> tuple[str, ...]:
    return tuple(sorted(s.name for s in expr.free_symbols if isinstance(s, sp.Symbol)))
