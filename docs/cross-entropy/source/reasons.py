"""Why a line holds, in few words: the text around a display explains, so the rules' own sentences would be too long."""

from __future__ import annotations

from collections.abc import Collection

import sympy as sp

from derive.derivation import Step
from derive.render import reasons
from derive.render.reasons import Pieces
from derive.render.words import vocabulary

#: Rules whose words are shortened; the others are told as the engine tells them.
SHORT: dict[str, dict[str, str]] = {
    "delta_collapse": {"en": "one term of the sum is left", "ja": "和の項は一つだけ残る"},
    "log_of_product": {"en": "the log of a product is a sum of logs", "ja": "積の対数は対数の和"},
    "log_of_power": {"en": "the exponent comes down", "ja": "指数を前に下ろす"},
    "log_of_quotient": {"en": "the log of a quotient is a difference of logs", "ja": "商の対数は対数の差"},
    "sum_is_linear": {"en": "sums are linear", "ja": "和の線形性"},
    "never_zero": {"en": "positive, never 0", "ja": "常に正で、0 にならない"},
    "lagrangian": {"en": "a multiplier for the constraint", "ja": "制約条件に乗数を掛ける"},
    "second_derivatives": {"en": "put in the second derivatives", "ja": "2 階微分を代入する"},
    "concave": {"en": "so it is concave", "ja": "よって凹関数である"},
    "stationary_point": {"en": "there is no other solution", "ja": "ほかに解はない"},
    "matrix_gradient": {"en": "every entry at once", "ja": "すべての成分を一度に"},
}


def why(step: Step, lang: str, told: Collection[sp.Basic]) -> Pieces:
    """The reason of a step with the conditions that were not told before."""
    short = SHORT.get(step.rule)
    if short is None:
        return reasons.compose(step, lang, told=told)
    fresh = tuple(g for g in step.given if g not in told)
    if not fresh:
        return (short[lang],)
    return reasons.fill(vocabulary(lang).needs, {"reason": (short[lang],), "given": reasons.joined(fresh, lang)})
