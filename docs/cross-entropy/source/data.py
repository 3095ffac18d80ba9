"""What is given: the only numbers of the tutorial that somebody typed. Everything else is worked out from these."""

from __future__ import annotations

import sympy as sp

#: How often each face of the die came up.
COUNTS = (2, 5, 2, 4, 2, 5)

#: The classes of the pictures, in order.
CLASSES = {"en": ("dog", "fox", "wolf"), "ja": ("イヌ", "キツネ", "オオカミ")}

#: Samples: the one-hot label, and the probabilities that the model predicts.
SAMPLES = (
    ((1, 0, 0), ("0.33", "0.32", "0.35")),
    ((0, 1, 0), ("0.30", "0.36", "0.34")),
    ((0, 0, 1), ("0.37", "0.31", "0.32")),
    ((0, 1, 0), ("0.34", "0.33", "0.33")),
)

#: One label and two predictions of it, a good one and a bad one.
CASES = (((0, 1, 0), ("0.1", "0.8", "0.1")), ((0, 1, 0), ("0.7", "0.1", "0.2")))

#: Probabilities of the right class for the table of penalties.
PENALTIES = ("0.99", "0.9", "0.5", "0.1", "0.01", "0.001")

#: Two distributions of the weather: sunny, cloudy, rainy.
FORECAST = ("0.8", "0.1", "0.1")
OTHER_FORECAST = ("0.5", "0.3", "0.2")

#: Two matrices that can be multiplied.
LEFT = ((1, 2, 3), (4, 5, 6))
RIGHT = ((7, 8), (9, 10), (11, 12))

#: The base of the logarithm on a pocket calculator.
OTHER_BASE = 10

#: How many throws of probability `FACTOR` are multiplied to see the product vanish.
FACTOR = "0.33"
FACTORS = 1000

#: Logits of a small example: a model's raw outputs.
LOGITS = (2, 1, -1)
#: Added to all of them, it changes nothing; computed naively it overflows.
SHIFT = 1000


def exact(number: str | int) -> sp.Rational:
    """A printed number as the fraction that it stands for."""
    return sp.Rational(str(number))
