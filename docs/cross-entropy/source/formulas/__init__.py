"""The mathematics of the pages, one file a page, in the order of reading."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from source.data import COUNTS
from source.formulas import die, entropy, logarithm, maximum, one_sample, samples, softmax, two_classes, vectors
from source.lines import Page, Sign
from source.typeset import PROVED


def index() -> Page:
    """The list of contents: the signs that it explains."""
    signs = {"proved": Sign(PROVED), "about": Sign("\\approx"), "throws": sp.Integer(sum(COUNTS))}
    return Page({}, signs, {}, ("python docs/cross-entropy/build.py", "python docs/cross-entropy/build.py --check"))


PAGES: dict[str, Callable[[], Page]] = {
    "1-die": die.page,
    "2-maximum": maximum.page,
    "3-one-sample": one_sample.page,
    "4-samples": samples.page,
    "5-two-classes": two_classes.page,
    "6-vectors": vectors.page,
    "7-softmax": softmax.page,
    "8-entropy": entropy.page,
    "9-logarithm": logarithm.page,
    "README": index,
}
