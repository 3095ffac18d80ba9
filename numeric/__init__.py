"""numeric: derived losses as torch code, and their validation against certified truth.

    loss = numeric.loss("categorical")      # .source, .plain, .fused, .module(), .graph
    numeric.validate(loss)                  # a report: units in the last place, torch's builtin beside it

Making source needs no torch; running it does. In reading order: graph, lower, rewriting, stable (shift, labels,
ranges), gradient, emit, formula, templates, source, pipeline, validation.
"""

from numeric.pipeline import Loss, export, loss

__all__ = ["Loss", "export", "loss"]
