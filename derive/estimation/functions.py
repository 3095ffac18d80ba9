"""Functions of what an evaluator works out: logarithms that do not overflow on the way, and special functions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import reduce

import numpy as np
import sympy as sp

from derive.algebra.matrices import Det, InverseEntry
from derive.estimation.arithmetic import Arithmetic, Array, Floats
from derive.estimation.jets import Jet, Jets

#: The indices in scope, outermost first, each with its range; their places are the arrays' axes.
Scope = tuple[tuple[sp.Symbol, int, int], ...]


#: What may be too large for a double while its logarithm is not; all of them are positive where a logarithm is taken.
OVERFLOWING = (sp.exp, sp.gamma, sp.factorial, sp.binomial, sp.besseli, sp.Pow, sp.Product)


class NoValueError(NotImplementedError):
    """A kind of expression that cannot be worked out on data."""


class Functions(ABC):
    """What an evaluator knows of functions; `value` and what it is made of are the evaluator's own."""

    jets: Jets
    arithmetic: Arithmetic

    @abstractmethod
    def value(self, e: sp.Expr, scope: Scope) -> Jet:
        """The value in a scope."""

    @abstractmethod
    def _fold(self, operation: Callable[[Jet, Jet], Jet], args: tuple[sp.Expr, ...], scope: Scope) -> Jet:
        """Values put together by an operation."""

    @abstractmethod
    def _shaped(self, x: Array, scope: Scope) -> Jet:
        """A number as a value in a scope."""

    @abstractmethod
    def _inside(self, e: sp.Expr, scope: Scope) -> tuple[Scope, Array | None]:
        """The scope inside a sum, and which of its terms count."""

    @abstractmethod
    def _dropped(self, terms: Jet, outer: int, depth: int) -> Jet:
        """Without the axes of bound indices."""

    def _log(self, e: sp.Expr, scope: Scope) -> Jet:
        """log e; of what easily overflows, without working it out."""
        jets = self.jets
        if isinstance(e, sp.gamma):
            return self._special("loggamma", self.value(e.args[0], scope))
        if isinstance(e, sp.factorial):
            return self._special("loggamma", self._plus_one(e.args[0], scope))
        if isinstance(e, sp.besseli):
            return self._special("log_besseli", self.value(e.args[1], scope), self._order(e.args[0]))
        if isinstance(e, sp.binomial):
            n, k = e.args
            rest = self._fold(jets.add, (n, -k), scope)
            one = self._shaped(self.arithmetic.constant(1), scope)
            top = self._special("loggamma", self._plus_one(n, scope))
            below = [self._special("loggamma", x) for x in (self._plus_one(k, scope), jets.add(rest, one))]
            minus = self._shaped(self.arithmetic.constant(-1), scope)
            return jets.add(top, jets.multiply(minus, jets.add(*below)))
        if isinstance(e, sp.exp):
            return self.value(e.args[0], scope)
        if isinstance(e, sp.Product):
            return self.value(sp.Sum(sp.log(e.function, evaluate=False), *e.limits), scope)
        if isinstance(e, (sp.Add, sp.Sum)) and isinstance(self.arithmetic, Floats) and _has_exponential(e):
            return self._log_of_sum(e, scope)
        if isinstance(e, sp.Mul) and any(isinstance(f, OVERFLOWING) for f in e.args):
            return self._fold(jets.add, tuple(sp.log(f, evaluate=False) for f in e.args), scope)
        if isinstance(e, sp.Pow) and isinstance(e.base, OVERFLOWING):
            return self._fold(jets.multiply, (e.exp, sp.log(e.base, evaluate=False)), scope)
        return jets.log(self.value(e, scope))

    def _log_of_sum(self, e: sp.Expr, scope: Scope) -> Jet:
        """log Σ exp(a) = m + log Σ exp(a − m), m the largest a; terms that are not exponentials count as exp(log)."""
        jets = self.jets
        if isinstance(e, sp.Sum):
            inner, mask = self._inside(e, scope)
            logs = [self._log(e.function, inner)]
        else:
            inner, mask = scope, None
            logs = [self._log(term, scope) for term in e.args]
        axes = tuple(range(len(scope), len(inner)))
        tops = [x.value if mask is None else np.where(mask, x.value, x.value.min()) for x in logs]
        top = reduce(np.maximum, (t.max(axis=axes, keepdims=True) if axes else t for t in tops))
        top = np.where(np.isfinite(top), top, 0.0)
        shifted = [jets.exp(jets.add(x, Jet(-top))) for x in logs]
        for axis in reversed(axes):
            length = inner[axis][2] - inner[axis][1] + 1
            shifted = [jets.total(x, axis, length, mask) for x in shifted]
            mask = None
        result = jets.add(jets.log(reduce(jets.add, shifted)), Jet(top))
        return self._dropped(result, len(scope), len(inner)) if axes else result

    def _plus_one(self, e: sp.Expr, scope: Scope) -> Jet:
        return self.jets.add(self.value(e, scope), self._shaped(self.arithmetic.constant(1), scope))

    def _order(self, e: sp.Expr) -> int:
        if isinstance(e, sp.Integer) and e >= 0:
            return int(e)
        raise NoValueError(f"a function of the order {e} cannot be worked out on data")

    def _special(self, name: str, x: Jet, order: int = 0) -> Jet:
        """A function of `SPECIAL`, with the derivatives that are known of it."""
        special = self.arithmetic.special

        def at(n: int) -> Array:
            if n == 0:
                return special(name, x.value, order)
            if name == "loggamma":
                return special("polygamma", x.value, n - 1)
            if name in ("polygamma", "zeta"):
                return special(name, x.value, order + n)
            if name == "gamma":
                first = special("polygamma", x.value, 0)
                y = special("gamma", x.value)
                return y * first if n == 1 else y * (first * first + special("polygamma", x.value, 1))
            # I′ₙ = Iₙ₊₁ + n/x Iₙ, and Iₙ solves x² I″ + x I′ = (x² + n²) I
            one = self.arithmetic.constant(1)
            whole = self.arithmetic.constant(order)
            slope = special("besseli_ratio", x.value, order) + whole / x.value
            second = one + whole * whole / (x.value * x.value) - slope / x.value
            if name == "log_besseli":
                return slope if n == 1 else second - slope * slope
            return special("besseli", x.value, order) * (slope if n == 1 else second)

        return self.jets.unary(x, at)

    def _function(self, e: sp.Expr, scope: Scope) -> Jet:
        jets, arithmetic = self.jets, self.arithmetic
        if isinstance(e, sp.loggamma):
            return self._special("loggamma", self.value(e.args[0], scope))
        if isinstance(e, sp.gamma):
            return self._special("gamma", self.value(e.args[0], scope))
        if isinstance(e, sp.zeta) and len(e.args) == 1:
            return self._special("zeta", self.value(e.args[0], scope))
        if isinstance(e, sp.polygamma):
            return self._special("polygamma", self.value(e.args[1], scope), self._order(e.args[0]))
        if isinstance(e, sp.besseli):
            return self._special("besseli", self.value(e.args[1], scope), self._order(e.args[0]))
        if isinstance(e, (sp.factorial, sp.binomial)):
            return jets.exp(self._log(e, scope))
        if isinstance(e, sp.Abs):
            x = self.value(e.args[0], scope)
            return jets.multiply(x, Jet(arithmetic.sign(x.value)))
        if isinstance(e, sp.sign):
            return Jet(arithmetic.sign(self.value(e.args[0], scope).value))
        if isinstance(e, (sp.cos, sp.sin)):
            x = self.value(e.args[0], scope)
            c, s = arithmetic.cos(x.value), arithmetic.sin(x.value)
            return jets.unary(x, lambda n: ((c, -s, -c) if isinstance(e, sp.cos) else (s, c, -s))[n])
        if isinstance(e, sp.atan2):
            y, x = (self.value(a, scope) for a in e.args)
            if y.is_constant and x.is_constant:
                return Jet(arithmetic.atan2(y.value, x.value))
        if isinstance(e, (Det, InverseEntry)):
            return self._of_matrix(e, scope)
        raise NoValueError(f"no value is known for {type(e).__name__}")

    def _of_matrix(self, e: Det | InverseEntry, scope: Scope) -> Jet:
        """A determinant, or an entry of the inverse, of matrices that do not vary with the unknowns."""
        size = int(self._index(e.matrix.size, scope).item())
        row, column = (limit[0] for limit in e.matrix.limits)
        entries = self.value(e.matrix.function, (*scope, (row, 1, size), (column, 1, size)))
        if not entries.is_constant:
            raise NoValueError(f"the derivative of {type(e).__name__} cannot be worked out on data")
        shape = (*(1 for _ in scope), size, size)
        if entries.value.shape != shape:
            raise NoValueError("a matrix of its own for each sample cannot be worked out")
        table = entries.value.reshape(size, size)
        if isinstance(e, Det):
            return self._shaped(self.arithmetic.determinant(table), scope)
        places = (self._index(x, scope) - 1 for x in (e.row, e.column))
        return Jet(self.arithmetic.inverse(table)[tuple(np.broadcast_arrays(*places))])

    @abstractmethod
    def _index(self, e: sp.Expr, scope: Scope) -> Array:
        """An index expression as whole numbers."""


def _has_exponential(e: sp.Expr) -> bool:
    """Whether a sum has terms that easily overflow, none of them negative."""
    terms = e.args if isinstance(e, sp.Add) else (e.function,)
    parts = [f for term in terms for f in sp.Mul.make_args(term)]
    grows = (isinstance(f, sp.exp) or (isinstance(f, sp.Pow) and not f.exp.is_number) for f in parts)
    return any(grows) and all(f.is_nonnegative for f in parts)
