"""A product that vanishes, and its logarithm that does not."""

from math import log

factors = [0.33] * 1000
product, logarithm = 1.0, 0.0
for factor in factors:
    product *= factor
    logarithm += log(factor)
print(product)
print(f"{logarithm:.3f}")
