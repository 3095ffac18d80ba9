"""numeric: derived losses as torch code, and their validation against certified truth.

    loss = numeric.loss("categorical")      # .source, .plain, .fused, .module(), .graph
    numeric.fit("gaussian", data)           # estimate and standard errors, on data of any size
    numeric.validate(loss)                  # a report: units in the last place, torch's builtin beside it

Making source needs no torch; running it does. In reading order: graph, functions, lowering, rewriting, stable
(mixtures, factors, labels, squares, ranges), gradient, emit, templates, emitted, description, pipeline, validation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numeric.pipeline import Loss, export, loss

if TYPE_CHECKING:
    from numeric.fitting import Fit, fit
    from numeric.validation import ValidationReport, validate

__all__ = ["Fit", "Loss", "ValidationReport", "export", "fit", "loss", "validate"]


def __getattr__(name: str) -> Any:
    """Validation runs torch; it is imported when it is asked for."""
    if name in ("fit", "Fit"):
        from numeric import fitting

        return getattr(fitting, name)
    if name in ("validate", "ValidationReport"):
        from numeric import validation

        return getattr(validation, name)
    raise AttributeError(f"module 'numeric' has no attribute {name!r}")
