"""Values together with their first and second derivatives by the unknowns, as arrays of any shape.

A jet's `value` has the axes of the place it is worked out at; `slope` has one axis more, `curve` two, over the
unknowns. None stands for "all zero", so that what does not depend on the unknowns costs nothing, and what depends on
them linearly is known to (`curve is None`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from derive.estimation.arithmetic import Arithmetic, Array


@dataclass(frozen=True)
class Jet:
    """A value with its slope and curve."""

    value: Array
    slope: Array | None = None
    curve: Array | None = None

    @property
    def is_constant(self) -> bool:
        """Whether it does not depend on the unknowns."""
        return self.slope is None and self.curve is None


class Jets:
    """Operations on jets, in one arithmetic and up to the derivatives of `order` (0, 1 or 2)."""

    def __init__(self, arithmetic: Arithmetic, order: int) -> None:
        self.arithmetic = arithmetic
        self.order = order

    def add(self, a: Jet, b: Jet) -> Jet:
        """a + b."""
        return Jet(a.value + b.value, _plus(a.slope, b.slope, a, b, 1), _plus(a.curve, b.curve, a, b, 2))

    def multiply(self, a: Jet, b: Jet) -> Jet:
        """a·b; an exact 0 wins over what is infinite, as in 0·log 0 = 0."""
        value = a.value * b.value
        if a.is_constant and b.is_constant:
            return Jet(self._where_zero(value, a, b))
        slope = _sum(_scaled(a.slope, b.value, 1), _scaled(b.slope, a.value, 1))
        curve = _sum(_scaled(a.curve, b.value, 2), _scaled(b.curve, a.value, 2))
        if self.order > 1 and a.slope is not None and b.slope is not None:
            outer = a.slope[..., :, None] * b.slope[..., None, :]
            curve = _sum(curve, outer + np.swapaxes(outer, -1, -2))
        return self._clean(Jet(value, slope, curve), a, b)

    def unary(self, a: Jet, function: Callable[[int], Array]) -> Jet:
        """A function of one jet; `function(n)` gives its n-th derivative at the value."""
        value = function(0)
        if a.slope is None:
            return Jet(value)
        first = function(1)
        slope = _scaled(a.slope, first, 1)
        if self.order < 2:
            return Jet(value, slope)
        outer = (a.slope * function(2)[..., None])[..., :, None] * a.slope[..., None, :]
        return Jet(value, slope, _sum(outer, _scaled(a.curve, first, 2)))

    def exp(self, a: Jet) -> Jet:
        """e to the a."""
        y = self.arithmetic.exp(a.value)
        return self.unary(a, lambda _: y)

    def log(self, a: Jet) -> Jet:
        """log a."""
        power, x = self.arithmetic.power, a.value

        def at(order: int) -> Array:
            if order == 0:
                return self.arithmetic.log(x)
            return power(x, self.arithmetic.constant(-1)) if order == 1 else -power(x, self.arithmetic.constant(-2))

        return self.unary(a, at)

    def power(self, a: Jet, n: Jet) -> Jet:
        """a to the n."""
        power, x, e = self.arithmetic.power, a.value, n.value
        if n.is_constant:
            one = self.arithmetic.constant(1)

            def at(order: int) -> Array:
                if order == 0:
                    return power(x, e)
                return e * power(x, e - one) if order == 1 else e * (e - one) * power(x, e - one - one)

            return self.unary(a, at)
        if a.is_constant and bool(self.arithmetic.is_zero(x).any()):  # 0 to a positive exponent stays 0
            zero = self.arithmetic.is_zero(x)
            one = self.arithmetic.constant(1)
            safe = np.where(zero, one, x)
            y = power(x, e)
            logs = self.arithmetic.log(safe)
            return self.unary(n, lambda order: y * logs**order if order else y)
        return self.exp(self.multiply(n, self.log(a)))

    def total(self, a: Jet, axis: int, length: int, mask: Array | None) -> Jet:
        """The sum along one axis, which is kept with length 1; `length` counts values that do not vary along it."""

        def along(x: Array | None, extra: int) -> Array | None:
            if x is None:
                return None
            shown = mask.reshape(mask.shape + (1,) * extra) if mask is not None else None
            if shown is not None:
                x = np.where(shown, x, self.arithmetic.zeros((1,)))
            elif x.shape[axis] != length:
                return x * self.arithmetic.constant(length)
            if length == 0:
                return None if extra else self.arithmetic.zeros((*x.shape[:axis], 1, *x.shape[axis + 1 :]))
            return np.asarray(x.sum(axis=axis, keepdims=True))

        value = along(a.value, 0)
        assert value is not None
        return Jet(value, along(a.slope, 1), along(a.curve, 2))

    def _where_zero(self, value: Array, a: Jet, b: Jet) -> Array:
        finite = self.arithmetic.is_finite(value)
        if finite.all():
            return value
        zero = self.arithmetic.is_zero(a.value) | self.arithmetic.is_zero(b.value)
        return np.where(~finite & zero, self.arithmetic.constant(0), value)

    def _clean(self, product: Jet, a: Jet, b: Jet) -> Jet:
        """A constant 0 times what has no finite value or slope is 0, slope and curve too."""
        finite = self.arithmetic.is_finite(product.value)
        if finite.all():
            return product
        zero = np.zeros(np.broadcast_shapes(a.value.shape, b.value.shape), dtype=bool)
        for factor in (a, b):
            if factor.is_constant:
                zero = zero | self.arithmetic.is_zero(factor.value)
        gone = zero & ~finite
        nothing = self.arithmetic.constant(0)
        return Jet(
            np.where(gone, nothing, product.value),
            None if product.slope is None else np.where(gone[..., None], nothing, product.slope),
            None if product.curve is None else np.where(gone[..., None, None], nothing, product.curve),
        )


def _scaled(derivative: Array | None, factor: Array, extra: int) -> Array | None:
    return None if derivative is None else derivative * factor.reshape(factor.shape + (1,) * extra)


def _sum(a: Array | None, b: Array | None) -> Array | None:
    return b if a is None else a if b is None else a + b


def _plus(a: Array | None, b: Array | None, x: Jet, y: Jet, extra: int) -> Array | None:
    """The sum of two derivatives, spread where the sum of the values is."""
    if a is not None and b is not None:
        return a + b
    one = b if a is None else a
    if one is None:
        return None
    shape = np.broadcast_shapes(x.value.shape, y.value.shape)
    return one if one.shape[:-extra] == shape else np.broadcast_to(one, shape + one.shape[len(one.shape) - extra :])
