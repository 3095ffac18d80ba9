"""Pictures of a derivation, chosen by its structure: likelihood over a simplex or around an estimate, penalty, link.

Every curve is worked out from the derivation's own results; no family is named here. `figure` is the value that a
picture is, `sampled` evaluates, `simplex`, `around`, `penalty` and `link` draw, `as_svg` and `as_latex` write.
"""

from __future__ import annotations

import sympy as sp

from derive.derivation import Derivation
from derive.estimation import Data, DataError, observe
from derive.render.outlines import model_of
from derive.render.pictures.around import near_estimate
from derive.render.pictures.figure import Figure
from derive.render.pictures.link import against_input
from derive.render.pictures.objective import NotTheMaximumError, objective_of
from derive.render.pictures.observation import one_observation
from derive.render.pictures.penalty import penalty_curve
from derive.render.pictures.simplex import over_simplex

__all__ = ["Figure", "figures_of"]

#: Counts that are drawn where none are given; the caption says that they are an example.
EXAMPLE = "5,3,2"


def figures_of(derivation: Derivation, lang: str = "en", data: Data | None = None) -> dict[str, tuple[Figure, ...]]:
    """The pictures of a derivation by the section at whose end they stand; of data only where they are given.

    A model whose parameter is a point of a simplex is drawn with counts taken as an example where there are no data.
    """
    found: dict[str, tuple[Figure, ...]] = {}
    if likelihood := _of_data(derivation, lang, data):
        found["estimate"] = (likelihood,)
    one = one_observation(derivation)
    if one is None:
        return found
    if curve := penalty_curve(one, lang):
        found["loss"] = (curve,)
    if both := against_input(one, model_of(derivation), lang):
        found["gradient"] = both
    return found


def _of_data(derivation: Derivation, lang: str, data: Data | None) -> Figure | None:
    if not _has_estimate(derivation):
        return None
    example = data is None
    if data is None:
        model = model_of(derivation)
        if model is None or not any(f.total == 1 and f.variable.rank == 1 for f in model.constraints):
            return None
        try:
            data = observe(model, counts=EXAMPLE)
        except DataError:  # a constant would have to be known
            return None
    drawn = objective_of(derivation, data)
    if drawn is None:
        return None
    try:
        return over_simplex(drawn, lang, example) or near_estimate(drawn, lang)
    except NotTheMaximumError:
        return None


def _has_estimate(derivation: Derivation) -> bool:
    """Whether there is what a likelihood and its maximum are drawn from: a derivation may be anybody's."""
    results = derivation.results
    found, logs = results.get("estimate"), results.get("log_posterior", results.get("log_likelihood"))
    return (
        isinstance(found, sp.Tuple)
        and bool(found.args)
        and all(isinstance(e, sp.Eq) for e in found.args)
        and isinstance(logs, sp.Expr)
    )
