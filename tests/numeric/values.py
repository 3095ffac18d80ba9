"""An evaluator of graphs in many digits, by their definitions: the oracle for rewrites. It shares nothing with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import mpmath as mp

from numeric.graph import Node

Array = Sequence[object]


def _with_matrices(node: Node, given: Mapping[str, object], size: int, at: int, column: int) -> object:
    """The operations of a triangular matrix, by mpmath's matrices."""
    every = range(size)

    def vector(part: Node) -> Any:
        return mp.matrix([value(part, given, size, k) for k in every])

    def table(part: Node) -> Any:
        return mp.matrix([[value(part, given, size, j, k) for k in every] for j in every])

    a = node.args
    match node.op:
        case "solve":
            return (mp.inverse(table(a[0])) * vector(a[1]))[at]
        case "back":
            return (mp.inverse(table(a[0]).T) * vector(a[1]))[at]
        case "product":
            return (table(a[0]) * vector(a[1]))[at]
        case "transposed":
            return (table(a[0]).T * vector(a[1]))[at]
        case "back_matrix":
            return mp.inverse(table(a[0]).T)[at, column]
        case "diagonal":
            return table(a[0])[at, at]
        case "on_diagonal":
            return vector(a[0])[at] if at == column else mp.mpf(0)
        case "outer":
            return vector(a[0])[at] * vector(a[1])[column]
        case "lower":
            return table(a[0])[at, column] if at >= column else mp.mpf(0)
    raise AssertionError(node.op)


def value(node: Node, given: Mapping[str, object], size: int, at: int = 0, column: int = 0) -> object:
    """The node at position `at` (from 0), of a matrix at that row and `column`.

    `given` has a number for a scalar or label, a sequence for an array, and rows for a matrix.
    """

    def of(part: Node, where: int = at) -> object:
        return value(part, given, size, where, column)

    def along(part: Node) -> list[object]:
        return [of(part, k) for k in range(size)]

    a = node.args
    match node.op:
        case "input":
            found: Any = given[node.name]
            return found[at][column] if len(node.own) == 2 else found[at] if node.own else found
        case (
            "solve" | "back" | "product" | "transposed" | "back_matrix" | "diagonal" | "on_diagonal" | "outer" | "lower"
        ):
            return _with_matrices(node, given, size, at, column)
        case "constant":
            return mp.mpf(node.value.numerator) / node.value.denominator
        case "size":
            return mp.mpf(size)
        case "add":
            return mp.fsum(map(of, a))
        case "mul":
            return mp.fprod(map(of, a))
        case "power":
            return mp.power(of(a[0]), mp.mpf(node.value.numerator) / node.value.denominator)
        case "exp" | "log" | "log1p":
            return getattr(mp, node.op)(of(a[0]))
        case "difference":
            return of(a[0]) - of(a[1])  # type: ignore[operator]
        case "sum":
            return mp.fsum(along(a[0]))
        case "sum_without":
            left_out = along(a[1]).index(0)
            assert of(a[2]) == along(a[0])[left_out]
            return mp.fsum(v for k, v in enumerate(along(a[0])) if k != left_out)
        case "leave_one_out":
            return mp.fsum(v for k, v in enumerate(along(a[0])) if k != at)
        case "take":
            return of(a[0], int(of(a[1])))  # type: ignore[call-overload]
        case "largest":
            return max(along(a[0]))  # type: ignore[type-var]
        case "argmax":
            entries = along(a[0])
            return entries.index(max(entries))  # type: ignore[type-var]
        case "delta":
            return mp.mpf(of(a[0]) == at)
        case "cases":
            return of(a[1] if of(a[0]) == 1 else a[2])
        case "number":
            return {"pi": mp.pi, "inf": mp.inf}[node.name]
        case "expm1" | "tanh" | "sin" | "cos" | "sign" | "gamma":
            return getattr(mp, node.op)(of(a[0]))
        case "abs":
            return mp.fabs(of(a[0]))
        case "lgamma":
            return mp.loggamma(of(a[0]))
        case "polygamma":
            return mp.polygamma(int(node.value), of(a[0]))
        case "bessel":
            return mp.exp(-of(a[0])) * mp.besseli(int(node.value), of(a[0]))  # type: ignore[operator]
        case "log_bessel":
            return mp.log(mp.exp(-of(a[0])) * mp.besseli(0, of(a[0])))  # type: ignore[operator]
        case "lgamma_gain":
            return mp.loggamma(of(a[0]) + of(a[1])) - mp.loggamma(of(a[0]))  # type: ignore[operator]
        case "polygamma_gain":
            return mp.digamma(of(a[0]) + of(a[1])) - mp.digamma(of(a[0]))  # type: ignore[operator]
        case "log1p_square":
            return mp.log(1 + of(a[1]) * of(a[0]) ** 2)  # type: ignore[operator]
        case "softplus":
            return mp.log(1 + mp.exp(of(a[0])))
        case "logistic":
            return 1 / (1 + mp.exp(-of(a[0])))  # type: ignore[operator]
        case "logsumexp":
            return mp.log(mp.fsum(map(mp.exp, along(a[0]))))
        case "select":
            return of(a[1] if of(a[0]) < 0 else a[2])  # type: ignore[operator]
        case "weighted":
            return of(a[0]) * of(a[1])  # type: ignore[operator]
        case "rounding":
            return mp.mpf(0)  # no rounding in exact arithmetic
        case "corrected":
            return of(a[0]) * (1 + of(a[1]))  # type: ignore[operator]
    raise AssertionError(f"no value for {node.op}")
