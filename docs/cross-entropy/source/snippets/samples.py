"""The losses of the four samples."""

from math import log

labels = [0, 1, 2, 1]
predicted = [(0.33, 0.32, 0.35), (0.30, 0.36, 0.34), (0.37, 0.31, 0.32), (0.34, 0.33, 0.33)]
losses = [-log(y[label]) for y, label in zip(predicted, labels, strict=True)]
print([f"{loss:.6f}" for loss in losses])
print(f"{sum(losses):.6f} {sum(losses) / len(losses):.6f}")
