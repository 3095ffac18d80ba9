"""Fitting at scale: a model's own derivation, on data of any size.

In reading order: `sources` and `files` (where samples come from), `columns` (what they are to a model), `survey` (the
first pass), `datasets` and `running` (the fit), `accumulator` (samples that come once), `result`, `plots`, `progress`.
The estimate itself is made by `derive.estimation`, whose sums over samples become passes over the data
(`derive/estimation/streaming.py`).
"""

from numeric.fitting.accumulator import Accumulator
from numeric.fitting.result import Fit
from numeric.fitting.running import fit

__all__ = ["Accumulator", "Fit", "fit"]
