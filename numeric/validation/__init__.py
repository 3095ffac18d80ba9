"""Validation: a loss against certified truth, in units in the last place, with torch's builtin beside it."""

from numeric.validation.report import Row, ValidationReport, print_report
from numeric.validation.run import validate

__all__ = ["Row", "ValidationReport", "print_report", "validate"]
