"""Benchmarks of the exported losses: digits against certified truth, time and memory against torch's own functions."""

from numeric.bench.accuracy import AccuracyRow, measure_accuracy
from numeric.bench.machine import machine_facts
from numeric.bench.report import accuracy_table, speed_table
from numeric.bench.speed import SpeedRow, measure_speed

__all__ = [
    "AccuracyRow",
    "SpeedRow",
    "accuracy_table",
    "machine_facts",
    "measure_accuracy",
    "measure_speed",
    "speed_table",
]
