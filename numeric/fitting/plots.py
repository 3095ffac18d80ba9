"""A fit as a picture: the data with the fitted density, and the log-likelihood around the estimate, one panel each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from derive.algebra.binding import unfold
from derive.algebra.context import Variable
from derive.estimation.data import Data
from derive.estimation.functions import NoValueError
from derive.estimation.information import values_at
from derive.estimation.jets import Jet
from derive.estimation.objective import BALLS, FLOATS, evaluator
from derive.estimation.observations import samples
from derive.estimation.planning import HAT
from numeric.fitting.sources import Array

if TYPE_CHECKING:
    from numeric.fitting.result import Fit

#: Points of a curve, standard errors to either side of the estimate, panels for parameters at most.
POINTS, REACH, PANELS = 41, 3.0, 3
#: Whole numbers up to this many different ones are drawn as bars.
BARS = 200
DATA, MODEL = "#b8b8b8", "#1f77b4"


def figure(fit: Fit, path: Path | None) -> Any:
    """The figure; ImportError saying what to install where matplotlib is missing."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("pictures need matplotlib; install it by: pip install 'lossproof[fit]'") from error
    curves = _scalars(fit)[:PANELS]
    found = Figure(figsize=(4.2 * (1 + len(curves)), 3.4), layout="constrained")
    axes = found.subplots(1, 1 + len(curves), squeeze=False)[0]
    _draw_data(fit, axes[0])
    for axis, variable in zip(axes[1:], curves, strict=True):
        _draw_likelihood(fit, variable, axis)
    if path is not None:
        # no date and fixed identifiers: the same fit gives the same file
        import matplotlib

        with matplotlib.rc_context({"svg.hashsalt": "lossproof"}):
            found.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    return found


def _parameters(fit: Fit) -> dict[str, Variable]:
    variables = {(v.name, v.rank): v for v in fit.derivation.context.variables}
    variables |= {d.variable.key: d.variable for d in fit.derivation.context.definitions}
    return {n: variables[n, np.ndim(v)] for n, v in fit.estimate.items()}


def _scalars(fit: Fit) -> list[Variable]:
    """The parameters that are one number and have a standard error to measure by."""
    return [v for n, v in _parameters(fit).items() if not v.axes and fit.standard_errors[n]]


def _draw_data(fit: Fit, axis: Any) -> None:
    axis.set_title(f"{fit.model}: data and fitted density", fontsize="medium")
    target, name = fit.sample.arrays[fit.sample.target], fit.sample.target[0]
    weights = fit.sample.weights
    if fit.data.target in fit.data.arrays and fit.data.target[1] == 1 and target.ndim == 2:  # classes
        counts = fit.data.arrays[fit.data.target].astype(float)
        labels = np.arange(1, len(counts) + 1)
        axis.bar(labels, counts / counts.sum(), color=DATA, label="data")
        (values,) = fit.estimate.values()
        axis.plot(labels, values, "o", color=MODEL, label="fit")
    elif target.ndim != 1 or len(fit.sample.arrays) > 1 + _constants(fit):
        axis.text(0.5, 0.5, "several columns: no density over one axis", ha="center", transform=axis.transAxes)
        return
    elif _is_discrete(target):
        values, places = np.unique(target, return_inverse=True)
        heights = np.bincount(places, weights=weights)
        axis.bar(values, heights / heights.sum(), color=DATA, label="data")
        grid = np.arange(values.min(), values.max() + 1)
        axis.plot(grid, density(fit, grid), "o", ms=4, color=MODEL, label="fit")
    else:
        axis.hist(
            target, bins="auto" if weights is None else 60, weights=weights, density=True, color=DATA, label="data"
        )
        grid = np.linspace(target.min(), target.max(), 400)
        axis.plot(grid, density(fit, grid), color=MODEL, label="fit")
    axis.set_xlabel(name)
    axis.legend(frameon=False)


def _constants(fit: Fit) -> int:
    return sum(rank == 0 for _, rank in fit.sample.arrays)


def _is_discrete(target: Array) -> bool:
    return bool((target == np.rint(target)).all()) and len(np.unique(target)) <= BARS


def density(fit: Fit, x: Array) -> Array:
    """The fitted density, or probability, at some values of the observation: shape (n,) to shape (n,)."""
    context = fit.derivation.context
    known = values_at(fit.estimation, _parameters(fit))
    target = fit.sample.target
    definition = next(d for d in context.definitions if d.variable.name == "p" and d.variable.rank == 1)
    constants = {k: v for k, v in fit.sample.arrays.items() if k != target}
    data = Data(
        {**fit.sample.sizes, samples(): len(x)}, {**constants, target: x.astype(float)}, fit.sample.entries, {}, target
    )
    hidden = context.without(*data.names, *known)
    work = evaluator(data, FLOATS)
    work.unknowns = {k: Jet(j.value.astype(float)) for k, j in known.items()}
    with np.errstate(all="ignore"):
        return work.array(unfold(definition.value, hidden), definition.indices, (len(x),)).value


def log_likelihood_at(fit: Fit, changed: dict[str, float]) -> float:
    """The log-likelihood of the data where some parameters have other values than the estimate."""
    context = fit.derivation.context
    known = values_at(fit.estimation, _parameters(fit))
    for name, value in changed.items():
        jet = Jet(BALLS.constant(*float(value).as_integer_ratio()))
        known |= {(name, 0): jet, (name + HAT, 0): jet}
    work = evaluator(fit.data, BALLS)
    work.unknowns = known
    with np.errstate(all="ignore"):
        found = work.number(unfold(fit.derivation.results["log_likelihood"], context.without(*fit.data.names, *known)))
    return float(found.value.item())


def _draw_likelihood(fit: Fit, variable: Variable, axis: Any) -> None:
    """The log-likelihood along one parameter, the others staying where they are, less its height at the estimate."""
    name = variable.name
    at, error = fit.estimate[name], fit.standard_errors[name]
    grid = at + error * np.linspace(-REACH, REACH, POINTS)
    domain = variable.domain
    for end, beyond in ((domain.lower, np.greater), (domain.upper, np.less)):
        if end.is_number and end.is_finite:
            grid = grid[beyond(grid, float(end))]
    top = fit.log_likelihood
    try:
        heights = [log_likelihood_at(fit, {name: value}) - (top or 0.0) for value in grid]
        axis.plot(grid, heights, color=MODEL, label="log-likelihood")
    except (NoValueError, ZeroDivisionError):
        pass
    axis.plot(grid, -(((grid - at) / error) ** 2) / 2, "--", color="black", lw=0.8, label="from the standard error")
    axis.axvline(at, color=DATA, zorder=0)
    axis.set_title(f"around {name} = {at:.6g} ± {error:.2g}", fontsize="medium")
    axis.set_xlabel(name)
    axis.legend(frameon=False)
