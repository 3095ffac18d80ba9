"""Estimates on data: exact fractions or digits from closed forms, score equations solved; without torch.

`reading` turns text into numbers, `observations` holds them against a model; `arithmetic`, `jets` and `evaluation`
work out expressions with their derivatives; `planning` sorts what a derivation says of its estimate, `estimating` works
it out, `objective`, `coordinates`, `starting_points`, `maximise` and `solving` where there is no closed form; `result`,
`notes` and `information` say what was found, and how surely. `streaming`, with `totals` and `counting`, is for samples
that do not fit into memory, `statistics` for samples that come once.
"""

from derive.estimation.data import Data
from derive.estimation.estimating import estimate
from derive.estimation.observations import observe
from derive.estimation.reading import DataError, read_numbers
from derive.estimation.result import Estimation

__all__ = ["Data", "DataError", "Estimation", "estimate", "observe", "read_numbers"]
