"""The families whose certificates are tested, in the order of the table on the page."""

CERTIFIED = ("categorical", "multinomial", "bernoulli", "binomial", "poisson", "exponential", "geometric", "gaussian")
#: Regressions: cross entropy of softmax and logistic models in the parameters of a linear predictor.
REGRESSIONS = ("softmax_regression", "logistic_regression")
