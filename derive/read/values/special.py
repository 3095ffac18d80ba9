"""Functions that articles call by name, over numbers and power series."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import arb, arb_series, fmpq

from derive.checker import evaluator, functions
from derive.checker.evaluator import UndefinedError, is_exact
from derive.checker.functions import ball, constant
from derive.read.meanings.terms import NotUnderstood
from derive.read.values import arrays
from derive.read.values.arrays import Array

Value = Any

#: Functions that act on a vector entry by entry.
ELEMENTWISE = frozenset({"log", "ln", "exp", "sqrt", "sigmoid", "tanh", "sin", "cos", "abs"})


def is_pole(x: Value) -> bool:
    """Whether Γ has a pole at an exact number."""
    return bool(is_exact(x) and x.q == 1 and x <= 0)


def factorial(x: Value, pole: type[UndefinedError] = UndefinedError) -> Value:
    """x! = Γ(x + 1)."""
    if is_exact(x) and x.q == 1 and 0 <= x <= 200:
        result = fmpq(1)
        for n in range(2, int(x.p) + 1):
            result *= n
        return result
    return gamma(x + 1, pole)


def gamma(x: Value, pole: type[UndefinedError] = UndefinedError) -> Value:
    """Γ(x)."""
    if is_pole(x):
        raise pole("Γ at a pole")
    if is_exact(x) and x.q == 1 and x <= 200:
        return factorial(x - 1, pole)
    return ball(x).gamma()


def root(x: Value, exponent: fmpq) -> Value:
    """x^(n/2) of an exact x ≥ 0, exact where the root is."""
    if x == 0:
        if exponent > 0:
            return fmpq(0)
        raise UndefinedError("division by 0")
    above, below = (int(part).__index__() for part in (x.p, x.q))
    roots = [_isqrt(part) for part in (above, below)]
    if all(found is not None for found in roots):
        return fmpq(roots[0], roots[1]) ** int(exponent.p)
    return ball(x).sqrt() ** int(exponent.p)


def _isqrt(n: int) -> int | None:
    from math import isqrt

    found = isqrt(n)
    return found if found * found == n else None


def _gamma_series(x: Value) -> Value:
    if isinstance(x, arb_series):
        return x.gamma()
    return gamma(x)


def digamma(x: Value) -> Value:
    """ψ(x), the derivative of log Γ."""
    return functions._composed(functions._polygamma, x)


def trigamma(x: Value) -> Value:
    """The derivative of ψ."""
    return functions._composed(lambda order, at: functions._polygamma(order + 1, at), x)


def _positive(x: Value) -> Value:
    if not constant(ball(x)) > 0:
        raise UndefinedError("a root of what may be negative")
    return x


def sqrt(x: Value) -> Value:
    """√x of x ≥ 0."""
    if is_exact(x):
        if x < 0:
            raise UndefinedError("the root of a negative number")
        return root(x, fmpq(1, 2))
    return ball(_positive(x)).sqrt()


def _binomial(n: Value, k: Value) -> Value:
    if all(is_exact(v) and v.q == 1 for v in (n, k)) and 0 <= k <= 60 and 0 <= n <= 400:
        result = fmpq(1)
        for m in range(int(k.p)):
            result = result * (n - m) / (m + 1)
        return result
    below = _rgamma(k + 1) * _rgamma(n - k + 1)
    return gamma(n + 1) * below if not isinstance(n, arb_series) else n.gamma() * below


def _rgamma(x: Value) -> Value:
    if is_pole(x):
        return fmpq(0)
    return ball(x).rgamma()


def _lgamma(x: Value) -> Value:
    return ball(_positive(x)).lgamma()


def _exp(x: Value) -> Value:
    return fmpq(1) if is_exact(x) and x == 0 else ball(x).exp()


def _abs(x: Value) -> Value:
    if isinstance(x, arb_series):
        return x if x[0] > 0 else -x
    return abs(x)


def _sign(x: Value) -> Value:
    try:
        return functions._sign(constant(x))
    except ValueError as error:
        raise UndefinedError(str(error)) from None


def _multinomial(n: Value, *parts: Value) -> Value:
    below: Value = fmpq(1)
    for part in parts:
        below = below * factorial(part)
    return factorial(n) / below


def _beta(a: Value, b: Value) -> Value:
    return gamma(a) * gamma(b) / gamma(a + b)


def _phi(x: Value) -> Value:
    """The distribution function of the standard normal distribution."""
    return (1 + (ball(x) / arb(2).sqrt()).erf()) / 2


KNOWN: dict[str, Callable[..., Value]] = {
    "exp": _exp,
    "sqrt": sqrt,
    "sin": lambda x: ball(x).sin(),
    "cos": lambda x: ball(x).cos(),
    "tan": lambda x: ball(x).sin() / ball(x).cos(),
    "sinh": lambda x: (ball(x).exp() - (-ball(x)).exp()) / 2,
    "cosh": lambda x: (ball(x).exp() + (-ball(x)).exp()) / 2,
    "tanh": lambda x: 1 - 2 / ((2 * ball(x)).exp() + 1),
    "arctan": lambda x: ball(x).atan(),
    "arcsin": lambda x: ball(x).asin(),
    "arccos": lambda x: ball(x).acos(),
    "sigmoid": lambda x: 1 / (1 + (-ball(x)).exp()),
    "digamma": digamma,
    "trigamma": trigamma,
    "lgamma": _lgamma,
    "erf": lambda x: ball(x).erf(),
    "erfc": lambda x: ball(x).erfc(),
    "abs": _abs,
    "sign": _sign,
    "binom": _binomial,
    "multinom": _multinomial,
    "beta": _beta,
    "max": lambda *v: functions.largest(list(v)),
    "min": lambda *v: functions.smallest(list(v)),
}


def known(name: str, args: list[Value], pole: type[UndefinedError] = UndefinedError) -> Value:
    """The value of a function by its name; NotUnderstood for one that is not known."""
    if name == "gamma":
        return gamma(args[0], pole) if not isinstance(args[0], arb_series) else args[0].gamma()
    function = KNOWN.get(name)
    if function is None:
        raise NotUnderstood(f"the function {name} is not known")
    try:
        value = function(*args)
    except TypeError:
        raise NotUnderstood(f"{name} of {len(args)} arguments") from None
    except ValueError as error:
        raise UndefinedError(str(error)) from None
    if not is_exact(value) and not arb(constant(value)).is_finite():
        raise UndefinedError(f"{name} has no value here")
    return value


def matrix_root(a: Array, inverted: bool) -> Value:
    """The square root of a positive definite matrix (or of its inverse) by the iteration of Denman and Beavers."""
    size = a.shape[0]
    if a.shape[0] != a.shape[1]:
        raise UndefinedError("the root of a matrix that is not square")
    y: Value = a.each(lambda x: arb(x).mid() if not isinstance(x, arb_series) else x)
    z: Value = arrays.identity(size)
    for _ in range(14):
        y, z = _mean(y, arrays.inverse(z)), _mean(z, arrays.inverse(y))
    blur = arb(0, arb(10) ** -38)
    return (z if inverted else y).each(lambda x: x + blur)


def _mean(a: Value, b: Value) -> Value:
    total = arrays.plus(a, b)
    return total.each(lambda x: arb(x / 2).mid() if not isinstance(x, arb_series) else x / 2)


def log(x: Value) -> Value:
    """The natural logarithm by the checker's conventions."""
    return evaluator.log(x)
