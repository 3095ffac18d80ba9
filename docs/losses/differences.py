"""What torch's own functions do differently, in words, and places where it shows.

Each example is one observation: input, target, then the further inputs and constants in the order of the call. The
numbers beside it are worked out when the page is built: the certified truth, ours, torch's.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    "What torch's function does, and observations where it shows."

    words: str
    examples: tuple[tuple[object, ...], ...] = ()


CROSS_ENTROPY = Difference(
    "`F.cross_entropy` takes log-softmax first: the logarithm of the sum, minus the label's logit. Where the "
    "label is the most likely class, that is the difference of two numbers that are nearly equal; where the "
    "others are less likely than e⁻³⁷ it is 0, and so is the gradient. Soft labels that give weight 0 to a class "
    "of logit −∞ cost nan there, and nothing here (0 · log 0 = 0).",
    (((30.0, 0.0, -5.0), 0), ((500.0, 0.0, 1.0), 0), ((3.0, 1.0, -2.0), 1)),
)
BCE = Difference(
    "`F.binary_cross_entropy_with_logits` adds (1 − x) z to softplus(−z): for x = 0 and z far below 0 two large "
    "numbers cancel. Its gradient is σ(z) − x, which cancels for x = 1 and z far above 0. "
    "`F.binary_cross_entropy`, which takes probabilities, clamps the logarithm at −100 and the gradient's "
    "denominator at 10⁻¹².",
    ((-30.0, 0.0), (40.0, 1.0), (0.5, 1.0)),
)
GAUSSIAN = Difference(
    "`F.gaussian_nll_loss` raises every variance below `eps` = 10⁻⁶ to it, in the value and in the gradient, and "
    "passes the gradient by the variance on as if it had not. It takes the variance; its logarithm has to be put "
    "in by exp."
)
POISSON = Difference(
    "`F.poisson_nll_loss` with `full=True` puts Stirling's formula for log x!, and 0 for x ≤ 1: the value is "
    "wrong in the second digit at x = 2. Without `full` it is the same formula as here."
)
GEOMETRIC = Difference(
    "`torch.distributions.Geometric` counts the failures before the first success; here the trials are counted, "
    "one more. From logits it computes the probability, and log1p of its negative: infinite where the probability"
    " rounds to 1.",
    ((40.0, 3.0), (-2.0, 4.0)),
)
BINOMIAL = Difference(
    "`torch.distributions.Binomial` adds k z to n max(z, 0) and n log1p(e^−|z|): where the outcome is nearly "
    "certain, large numbers cancel.",
    ((40.0, 5.0, 5.0), (-0.5, 2.0, 7.0)),
)
NEGATIVE_BINOMIAL = Difference(
    "`torch.distributions.NegativeBinomial` has the opposite logit: its probability is that of the outcome that "
    "is counted. The value agrees.",
    ((1.5, 3.0, 0.5),),
)
LAPLACE = Difference(
    "`torch.distributions.Laplace` takes the scale: its logarithm goes through exp, and the derivative comes back"
    " through 1/b², which overflows for a small scale though the derivative by the logarithm does not.",
    ((0.0, 1e-170, -400.0), (0.3, 1.0, 0.5)),
)
STUDENT = Difference(
    "`torch.distributions.StudentT` keeps the terms of ν alone, as `full=True` does here. A residual beyond 10¹⁵⁴"
    " scales is squared to infinity.",
    ((0.3, 1.0, 0.5, 4.0),),
)
GUMBEL = Difference(
    "`torch.distributions.Gumbel` is the same formula. The value grows like e^u with u = (μ − x)/β; an error of u"
    " in its last place is one of u last places in the value, here as there.",
    ((0.3, -2.0, 0.1),),
)
EXPONENTIAL = Difference(
    "`torch.distributions.Exponential` takes the rate, and its logarithm again: log(exp(z)) is not z.", ((1e-10, 0.5),)
)
GAMMA = Difference(
    "`torch.distributions.Gamma` takes shape and rate, and the logarithm of the rate again. The digamma function "
    "of the gradient is torch's here too.",
    ((0.2, 1.5, -0.4),),
)
WEIBULL = Difference(
    "`torch.distributions.Weibull` is a chain of transformations: (x/λ)^c is formed, and its logarithm taken "
    "again. It is infinite or nan where the power leaves the range of the format though the loss does not.",
    ((0.0, 1e-20, 4.0), (0.2, 1.5, 0.3)),
)
LOGNORMAL = Difference(
    "`torch.distributions.LogNormal` takes the logarithm of the target, as here.", ((0.2, 1.5, 0.3),)
)
PARETO = Difference(
    "`torch.distributions.Pareto` is a chain of transformations that divides by shape and scale; the gradient "
    "through them cancels.",
    ((10.0, 1.7, 0.5), (0.2, 3.5, 0.3)),
)
UNIFORM = Difference(
    "`torch.distributions.Uniform` leaves the upper end out: the density of the greatest observation, where the "
    "estimate lies, is 0. It takes the logarithm of an end that was an exponential.",
    ((0.0, 1.0), (1e-10, 0.5)),
)
BETA = Difference(
    "`torch.distributions.Beta` is the same formula, with 1 − x as a number of its own.", ((0.2, 0.3, -0.4),)
)
VON_MISES = Difference(
    "`torch.distributions.VonMises` has a polynomial of seven digits for log I₀, in double precision too, and no "
    "derivative but the polynomial's.",
    ((0.2, 1.0, 0.7), (0.2, 1.0, 6.0)),
)
DIRICHLET = Difference("`torch.distributions.Dirichlet` is the same formula.", (((0.2, -0.5, 1.0), (0.25, 0.5, 0.25)),))

#: By family. One that is absent has no counterpart in torch.
DIFFERENCES: dict[str, Difference] = {
    "categorical": CROSS_ENTROPY,
    "softmax_regression": CROSS_ENTROPY,
    "bernoulli": BCE,
    "logistic_regression": BCE,
    "gaussian": GAUSSIAN,
    "linear_regression": GAUSSIAN,
    "poisson": POISSON,
    "poisson_regression": POISSON,
    "geometric": GEOMETRIC,
    "binomial": BINOMIAL,
    "negative_binomial": NEGATIVE_BINOMIAL,
    "laplace": LAPLACE,
    "student_t": STUDENT,
    "gumbel": GUMBEL,
    "exponential": EXPONENTIAL,
    "gamma": GAMMA,
    "weibull": WEIBULL,
    "lognormal": LOGNORMAL,
    "pareto": PARETO,
    "uniform": UNIFORM,
    "beta": BETA,
    "von_mises": VON_MISES,
    "dirichlet": DIRICHLET,
}

#: Examples of families that can be given in several ways, or whose constant terms matter: by family and further inputs.
BY_WAY: dict[tuple[str, ...], tuple[tuple[object, ...], ...]] = {
    ("gaussian", "var"): ((0.0, 2e-4, 1e-8), (0.3, 1.0, 2.0)),
    ("gaussian", "log_var"): ((0.0, 2e-4, -18.0),),
    ("linear_regression", "var"): ((0.0, 2e-4, 1e-8),),
}
#: Examples with the constant terms, by family.
WHOLE: dict[str, tuple[tuple[object, ...], ...]] = {
    "poisson": ((0.0, 2.0), (0.0, 10.0)),
    "poisson_regression": ((0.0, 2.0),),
}
