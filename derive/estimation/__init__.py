"""Estimates on data: exact fractions or digits from closed forms, score equations solved; without torch.

`reading` turns text into numbers, `observations` holds them against a model; `arithmetic`, `jets` and `evaluation`
work out expressions with their derivatives; `plan` sorts what a derivation says of its estimate, `estimating` works it
out, `objective`, `coordinates`, `starts`, `maximise` and `solve` where there is no closed form; `result` and `notes`
say what was found.
"""

from derive.estimation.data import Data
from derive.estimation.estimating import estimate
from derive.estimation.observations import observe
from derive.estimation.reading import DataError, read_numbers
from derive.estimation.result import Estimation

__all__ = ["Data", "DataError", "Estimation", "estimate", "observe", "read_numbers"]
