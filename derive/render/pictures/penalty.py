"""The penalty curve: what the loss of one observation is where the model gave it a probability, −log y."""

from __future__ import annotations

import numpy as np
import sympy as sp

from derive.estimation.arithmetic import Array
from derive.render.pictures import shown
from derive.render.pictures.figure import Dot, Figure, Frame, Item, Label, Line
from derive.render.pictures.observation import SAMPLES, Observation
from derive.render.pictures.sampled import Key, Values, values_along
from derive.render.pictures.words import said

WIDTH, HEIGHT = 360.0, 236.0
CURVE = 400
#: The two cases that are marked: a good prediction and a bad one.
MARKED = (sp.Rational(4, 5), sp.Rational(1, 10))
#: The largest loss that is drawn.
HIGHEST = 5.0


def penalty_curve(found: Observation, lang: str) -> Figure | None:
    """The picture for data that are classes, or success and failure, whose probability is what the link predicts."""
    predicted, target = found.link.variable, found.target
    if not (target.domain.integer and target.domain.lower == 0 and target.domain.upper == 1):
        return None
    one_hot = any(f.variable.key == predicted.key and f.total == 1 for f in found.context.facts) and predicted.rank == 2
    single = predicted.rank == 1 and (predicted.domain.lower, predicted.domain.upper) == (0, 1)
    if found.others or not (one_hot or single) or target.rank != predicted.rank:
        return None
    places = np.union1d(np.linspace(0, 1, CURVE)[1:], [float(m) for m in MARKED])
    losses = losses_at(found, places)
    frame = Frame((0.0, 1.0), (0.0, HIGHEST))
    name = shown.entry(predicted.name, 1) if one_hot else shown.entry(predicted.name)
    items: list[Item] = frame.axes(name, said(lang, "axis_loss"))
    items += frame.line(list(zip(places.tolist(), losses.tolist(), strict=True)))
    told: list[sp.Basic] = []
    for mark, value in zip(MARKED, losses_at(found, np.array([float(m) for m in MARKED])), strict=True):
        spot = frame.at(float(mark), float(value))
        items += [Line((frame.at(float(mark), 0), spot), "two", 1.0, dashed=True), Dot(spot)]
        logarithm = sp.Mul(-1, sp.log(sp.Float(str(float(mark)), 2), evaluate=False), evaluate=False)
        told.append(sp.Eq(logarithm, sp.Float(f"{value:.3f}", 4 if value >= 1 else 3), evaluate=False))
        items.append(Label((spot[0] + 7, spot[1] - 9), shown.decimal(value), "start", "two"))
    in_words = said(lang, "listing").join(shown.plain(t, lang) for t in told)
    return Figure(
        "penalty", WIDTH, HEIGHT, tuple(items),
        title=said(lang, "penalty_title"),
        description=said(lang, "penalty_description", cases=in_words),
        caption=shown.caption(lang, "penalty_caption", name=(name,), cases=shown.listed(told, lang)),
    )  # fmt: skip


def losses_at(found: Observation, probabilities: Array) -> Array:
    """The derived loss of one observation of the first class, or of a success, for each probability given to it."""
    single = found.link.variable.rank == 1
    sizes = {SAMPLES: 1} if single else {SAMPLES: 1, str(found.input.axes[1]): 2}
    target = np.array([1.0]) if single else np.array([[1.0, 0.0]])
    known: dict[Key, Array] = {found.target.key: target}
    grid = probabilities[:, None] if single else np.stack([probabilities, 1 - probabilities], axis=1)[:, None, :]
    return np.asarray(values_along(found.predicted, Values(sizes, known), {found.link.variable.key: grid}))
