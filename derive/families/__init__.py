"""The families: one distribution, one small file that only states. This list is the table of contents."""

from __future__ import annotations

import importlib
from difflib import get_close_matches

from derive.model import Model

FAMILIES = ("bernoulli", "categorical")


def load(name: str) -> Model:
    """The model of that name; KeyError naming the nearest ones where there is none."""
    if name not in FAMILIES:
        near = get_close_matches(name, FAMILIES, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(FAMILIES)}"
        raise KeyError(f"no model {name!r}; {hint}")
    model: Model = importlib.import_module(f"derive.families.{name}").MODEL
    return model
