"""Tables of (expression, LaTeX, text): how formulas are written."""

from __future__ import annotations

import pytest
import sympy as sp

from derive.render import latex, text

N, K, D = (sp.Symbol(name, integer=True, positive=True) for name in "NKD")
i, j, k, l, d = (sp.Symbol(name, integer=True) for name in "ijkld")  # noqa: E741 - l follows k
t, x, z, w = (sp.IndexedBase(name, real=True) for name in "txzw")
y, yh = sp.IndexedBase("y", positive=True), sp.IndexedBase("y_hat", positive=True)
theta, lam, mu, sigma = sp.symbols("theta lambda mu sigma", positive=True)
alpha, beta, a, b, n, s = sp.symbols("alpha beta a b n s", positive=True)
X, L = sp.Symbol("x", real=True), sp.Symbol("L", positive=True)

NUMBERS_AND_NAMES = [
    (sp.Integer(0), "0", "0"),
    (sp.Integer(-7), "-7", "−7"),
    (sp.Rational(1, 4), r"\frac{1}{4}", "1/4"),
    (sp.Rational(-3, 20), r"-\frac{3}{20}", "−3/20"),
    (sp.Float("0.33"), "0.33", "0.33"),
    (sp.Float("-1.108663", 7), "-1.108663", "−1.108663"),
    (sp.Float("1e-30"), "10^{-30}", "10⁻³⁰"),
    (sp.pi, r"\pi", "π"),
    (sp.E, "e", "e"),
    (sp.oo, r"\infty", "∞"),
    (-sp.oo, r"-\infty", "−∞"),
    (X, "x", "x"),
    (theta, r"\theta", "θ"),
    (lam, r"\lambda", "λ"),
    (sp.Symbol("Lambda"), r"\Lambda", "Λ"),
    (sp.Symbol("ell"), r"\ell", "ℓ"),
    (sp.Symbol("E_sum"), r"E_{\mathrm{sum}}", "Eₛᵤₘ"),
    (sp.Symbol("y1"), "y_1", "y₁"),
    (sp.Symbol("t_ik"), "t_{ik}", "tᵢₖ"),
    (sp.Symbol("Delta_mu"), r"\Delta_{\mu}", "Δ_μ"),
    (sp.Symbol("x_bar"), r"\bar{x}", "x̄"),
    (sp.Symbol("theta_hat"), r"\hat{\theta}", "θ̂"),
    (sp.Symbol("Loss"), r"\mathrm{Loss}", "Loss"),
    (y[k], "y_k", "yₖ"),
    (y[1], "y_1", "y₁"),
    (y[12], "y_{12}", "y₁₂"),
    (yh[k], r"\hat{y}_k", "ŷₖ"),
    (t[i, k], "t_{ik}", "tᵢₖ"),
    (t[i, 1], "t_{i1}", "tᵢ₁"),
    (t[1, 2], "t_{1,2}", "t_{1,2}"),
    (t[12, 3], "t_{12,3}", "t_{12,3}"),
    (t[i, k + 1], "t_{i,k+1}", "t_{i,k+1}"),
    (y[K], "y_K", "y_K"),
    (y[K - 1], "y_{K-1}", "y_{K−1}"),
    (sp.IndexedBase("mu", real=True)[k], r"\mu_k", "μₖ"),
    (sp.IndexedBase("theta_hat", real=True)[k], r"\hat{\theta}_k", "θ̂ₖ"),
    (x[i, d], "x_{id}", "x_{id}"),
    (sp.IndexedBase("Delta_w", real=True)[k, d], r"\Delta_{w,kd}", "Δ_{w,kd}"),
    (x[d] * sp.Symbol("Delta_w") * (a - b), r"x_d(a-b) \Delta_w", "x_d(a − b) Δ_w"),
]

ARITHMETIC = [
    (1 - theta, r"1-\theta", "1 − θ"),
    (X + 1, "x+1", "x + 1"),
    (1 + sp.exp(-X), "1+e^{-x}", "1 + e⁻ˣ"),
    (X - mu, r"x-\mu", "x − μ"),
    (-X - mu, r"-\mu-x", "−μ − x"),
    (sp.Add(X, sp.Mul(-1, sp.Add(a, -b, evaluate=False), evaluate=False), evaluate=False), "x - (a-b)", "x − (a − b)"),
    (X**2 + 2 * X + 1, "x^{2} + 2 x + 1", "x² + 2x + 1"),
    (y[i, k] - t[i, k], "y_{ik}-t_{ik}", "yᵢₖ − tᵢₖ"),
    (y[1] + y[2] + y[10], "y_1+y_2+y_{10}", "y₁ + y₂ + y₁₀"),
    (2 * X, "2 x", "2x"),
    (sp.Rational(3, 2) * X, r"\frac{3 x}{2}", "3x/2"),
    (-X / 2, r"-\frac{x}{2}", "−x/2"),
    (2 * sp.pi * sigma**2, r"2 \pi \sigma^{2}", "2πσ²"),
    (t[k] * y[k], "t_k y_k", "tₖ yₖ"),
    (t[j] / N, r"\frac{t_j}{N}", "tⱼ/N"),
    (-t[j] / y[j] ** 2, r"-\frac{t_j}{y_j^{2}}", "−tⱼ/yⱼ²"),
    (t[j] / y[j] - lam, r"\frac{t_j}{y_j} - \lambda", "tⱼ/yⱼ − λ"),
    ((y[i, k] - t[i, k]) / N, r"\frac{y_{ik}-t_{ik}}{N}", "(yᵢₖ − tᵢₖ)/N"),
    ((y[i, k] - t[i, k]) * x[i, d], "x_{id}(y_{ik}-t_{ik})", "x_{id}(yᵢₖ − tᵢₖ)"),
    (2 * (X - mu) / sigma**2, r"\frac{2 x - 2 \mu}{\sigma^{2}}", "(2x − 2μ)/σ²"),
    ((X - mu) ** 2 / (2 * sigma**2), r"\frac{(x-\mu)^{2}}{2 \sigma^{2}}", "(x − μ)²/(2σ²)"),
    (1 / (1 - theta), r"\frac{1}{1-\theta}", "1/(1 − θ)"),
    (X / theta - (1 - X) / (1 - theta), r"\frac{x}{\theta} - \frac{1-x}{1-\theta}", "x/θ − (1 − x)/(1 − θ)"),
    (theta**X * (1 - theta) ** (1 - X), r"\theta^{x}(1-\theta)^{1-x}", "θˣ(1 − θ)¹⁻ˣ"),
    (y[k] ** t[k], "y_k^{t_k}", "yₖ^{tₖ}"),
    (sp.Pow(y[k] ** t[k], X, evaluate=False), "(y_k^{t_k})^{x}", "(yₖ^{tₖ})ˣ"),
    (X ** sp.Rational(1, 3), "x^{1/3}", "x^{1/3}"),
    (X ** (-a), "x^{-a}", "x⁻ᵃ"),
    (sp.sqrt(2 * sp.pi), r"\sqrt{2 \pi}", "√(2π)"),
    (1 / sp.sqrt(2 * sp.pi * sigma**2), r"\frac{1}{\sqrt{2 \pi} \sigma}", "1/(√(2π) σ)"),
    (sp.Pow(sp.Rational(1, 10), 2, evaluate=False), r"\left(\frac{1}{10}\right)^{2}", "(1/10)²"),
    (
        sp.Mul(
            sp.Pow(sp.Rational(1, 10), 2, evaluate=False), sp.Pow(sp.Rational(1, 4), 5, evaluate=False), evaluate=False
        ),
        r"\left(\frac{1}{10}\right)^{2}\left(\frac{1}{4}\right)^{5}",
        "(1/10)²(1/4)⁵",
    ),
    (sp.Mul(2, 3, evaluate=False), r"2 \cdot 3", "2·3"),
    (sp.Mul(3, 2**X, evaluate=False), r"3 \cdot 2^{x}", "3·2ˣ"),
    (sp.Mul(-1, 1 - theta, evaluate=False), r"-(1-\theta)", "−(1 − θ)"),
    (sp.Mul(lam, sp.Add(X, -1, evaluate=False), evaluate=False), r"\lambda(x-1)", "λ(x − 1)"),
]

FUNCTIONS = [
    (sp.log(y[k]), r"\log y_k", "log yₖ"),
    (t[k] * sp.log(y[k]), r"t_k \log y_k", "tₖ log yₖ"),
    (sp.log(1 - theta), r"\log(1-\theta)", "log(1 − θ)"),
    (sp.log(t[j] / N), r"\log \frac{t_j}{N}", "log(tⱼ/N)"),
    (sp.log(2 * sp.pi), r"\log(2 \pi)", "log(2π)"),
    (sp.log(y[k] ** t[k]), r"\log y_k^{t_k}", "log yₖ^{tₖ}"),
    (sp.log(X) ** 2, r"(\log x)^{2}", "(log x)²"),
    (sp.log(a) * sp.log(b), r"\log a \log b", "log a log b"),
    (sp.log(X, 10), r"\frac{\log x}{\log 10}", "(log x)/(log 10)"),
    (-sp.log(sp.Rational(1, 10)), r"\log 10", "log 10"),
    (sp.exp(z[k]), "e^{z_k}", "exp(zₖ)"),
    (sp.exp(-X), "e^{-x}", "e⁻ˣ"),
    (
        sp.exp(-((X - mu) ** 2) / (2 * sigma**2)) / sp.sqrt(2 * sp.pi * sigma**2),
        r"\frac{1}{\sqrt{2 \pi} \sigma} e^{-(x-\mu)^{2}/(2 \sigma^{2})}",
        "(1/(√(2π) σ)) exp(−(x − μ)²/(2σ²))",
    ),
    (sp.exp(sp.Sum(z[k], (k, 1, K))), r"\exp\left(\sum_{k=1}^{K} z_k\right)", "exp(Σₖ₌₁ᴷ zₖ)"),
    (sp.exp(X) ** a, "e^{a x}", "eᵃˣ"),
    (sp.exp(-lam) * lam**X / sp.factorial(X), r"\frac{\lambda^{x} e^{-\lambda}}{x!}", "λˣ exp(−λ)/x!"),
    (
        beta**alpha * X ** (alpha - 1) * sp.exp(-beta * X) / sp.gamma(alpha),
        r"\frac{\beta^{\alpha} x^{\alpha-1} e^{-\beta x}}{\Gamma(\alpha)}",
        "βᵅ xᵅ⁻¹ e⁻ᵝˣ/Γ(α)",
    ),
    (
        sp.binomial(n, X) * theta**X * (1 - theta) ** (n - X),
        r"\binom{n}{x} \theta^{x}(1-\theta)^{n-x}",
        "C(n, x) θˣ(1 − θ)ⁿ⁻ˣ",
    ),
    (
        sp.loggamma(alpha + beta) - sp.loggamma(alpha),
        r"\log \Gamma(\alpha+\beta) - \log \Gamma(\alpha)",
        "log Γ(α + β) − log Γ(α)",
    ),
    (sp.digamma(alpha), r"\psi(\alpha)", "ψ(α)"),
    (sp.polygamma(1, alpha), r"\psi'(\alpha)", "ψ′(α)"),
    (1 / sp.beta(alpha, beta), r"\frac{1}{B(\alpha, \beta)}", "1/B(α, β)"),
    (sp.factorial(x[i]), "x_i!", "xᵢ!"),
    (sp.factorial(n - 1), "(n-1)!", "(n − 1)!"),
    (sp.Abs(X), "|x|", "|x|"),
    (sp.sign(X), r"\mathrm{sgn}(x)", "sgn(x)"),
    (sp.Max(X, a), r"\max(a, x)", "max(a, x)"),
    (sp.besseli(0, a), "I_0(a)", "I₀(a)"),
    (sp.floor(X / 2), r"\left\lfloor \frac{x}{2}\right\rfloor ", "⌊x/2⌋"),
    (sp.Function("f")(X, theta), r"f(x, \theta)", "f(x, θ)"),
    (sp.KroneckerDelta(j, k), r"\delta_{jk}", "δⱼₖ"),
    (y[k] * (sp.KroneckerDelta(j, k) - y[j]), r"y_k(\delta_{jk}-y_j)", "yₖ(δⱼₖ − yⱼ)"),
    (t[k] * sp.KroneckerDelta(j, k) / y[k], r"\frac{t_k \delta_{jk}}{y_k}", "tₖ δⱼₖ/yₖ"),
    (
        sp.Piecewise((1 / theta, theta > X), (0, True)),
        r"\begin{cases} \frac{1}{\theta} & \theta > x \\ 0 & \text{otherwise} \end{cases}",
        "{ 1/θ : θ > x; 0 otherwise }",
    ),
]

SUMS_AND_PRODUCTS = [
    (sp.Sum(y[k], (k, 1, K)), r"\sum_{k=1}^{K} y_k", "Σₖ₌₁ᴷ yₖ"),
    (sp.Sum(y[k], (k, 1, K)) - 1, r"\sum_{k=1}^{K} y_k - 1", "Σₖ₌₁ᴷ yₖ − 1"),
    (1 + sp.Sum(sp.exp(z[l]), (l, 1, K)), r"1 + \sum_{l=1}^{K} e^{z_l}", "1 + Σₗ₌₁ᴷ exp(zₗ)"),
    (N - sp.Sum(x[i], (i, 1, N)), r"N - \sum_{i=1}^{N} x_i", "N − Σᵢ₌₁ᴺ xᵢ"),
    (sp.Sum(t[k] * sp.log(y[k]), (k, 1, K)), r"\sum_{k=1}^{K} t_k \log y_k", "Σₖ₌₁ᴷ tₖ log yₖ"),
    (
        -sp.Sum(t[i, k] * sp.log(y[i, k]), (k, 1, K), (i, 1, N)) / N,
        r"-\frac{1}{N}\sum_{i=1}^{N}\sum_{k=1}^{K} t_{ik} \log y_{ik}",
        "−(1/N) Σᵢ₌₁ᴺ Σₖ₌₁ᴷ tᵢₖ log yᵢₖ",
    ),
    (sp.Sum(-t[k] * sp.log(y[k]), (k, 1, K)), r"\sum_{k=1}^{K} (-t_k \log y_k)", "Σₖ₌₁ᴷ (−tₖ log yₖ)"),
    (sp.Sum(x[i] - mu, (i, 1, N)), r"\sum_{i=1}^{N} (x_i-\mu)", "Σᵢ₌₁ᴺ (xᵢ − μ)"),
    (
        sp.Sum((x[i] - mu) ** 2, (i, 1, N)) / (2 * sigma**2),
        r"\frac{1}{2 \sigma^{2}}\sum_{i=1}^{N} (x_i-\mu)^{2}",
        "(1/(2σ²)) Σᵢ₌₁ᴺ (xᵢ − μ)²",
    ),
    (sp.Sum(w[d] * x[i, d], (d, 1, D)), r"\sum_{d=1}^{D} w_d x_{id}", "Σ_{d=1}^{D} w_d x_{id}"),
    (sp.Sum(y[k], (k, 1, 6)), r"\sum_{k=1}^{6} y_k", "Σₖ₌₁⁶ yₖ"),
    (sp.Sum(y[k], (k, 1, K - 1)), r"\sum_{k=1}^{K-1} y_k", "Σₖ₌₁ᴷ⁻¹ yₖ"),
    (
        sp.Sum(y[k], (k, 1, K)) * sp.Sum(t[k], (k, 1, K)),
        r"\left(\sum_{k=1}^{K} t_k\right) \sum_{k=1}^{K} y_k",
        "(Σₖ₌₁ᴷ tₖ) Σₖ₌₁ᴷ yₖ",
    ),
    (sp.Sum(y[k] * sp.Sum(t[l], (l, 1, K)), (k, 1, K)), r"\sum_{k=1}^{K} y_k \sum_{l=1}^{K} t_l", "Σₖ₌₁ᴷ yₖ Σₗ₌₁ᴷ tₗ"),
    (sp.Sum(y[k], (k, 1, K)) ** 2, r"\left(\sum_{k=1}^{K} y_k\right)^{2}", "(Σₖ₌₁ᴷ yₖ)²"),
    (sp.log(theta) * sp.Sum(x[i], (i, 1, N)), r"\left(\sum_{i=1}^{N} x_i\right) \log \theta", "(Σᵢ₌₁ᴺ xᵢ) log θ"),
    (sp.log(sp.Sum(sp.exp(z[l]), (l, 1, K))) - z[j], r"\log \sum_{l=1}^{K} e^{z_l} - z_j", "log Σₗ₌₁ᴷ exp(zₗ) − zⱼ"),
    (
        sp.exp(z[k]) / sp.Sum(sp.exp(z[l]), (l, 1, K)),
        r"\frac{e^{z_k}}{\sum_{l=1}^{K} e^{z_l}}",
        "exp(zₖ)/(Σₗ₌₁ᴷ exp(zₗ))",
    ),
    (
        sp.Sum(x[i], (i, 1, N)) / sp.Sum(t[i], (i, 1, N)),
        r"\frac{\sum_{i=1}^{N} x_i}{\sum_{i=1}^{N} t_i}",
        "(Σᵢ₌₁ᴺ xᵢ)/(Σᵢ₌₁ᴺ tᵢ)",
    ),
    (lam * (sp.Sum(y[k], (k, 1, K)) - 1), r"\lambda\left(\sum_{k=1}^{K} y_k - 1\right)", "λ(Σₖ₌₁ᴷ yₖ − 1)"),
    (
        sp.Sum(t[k] * sp.log(y[k]), (k, 1, K)) - lam * (sp.Sum(y[k], (k, 1, K)) - 1),
        r"\sum_{k=1}^{K} t_k \log y_k - \lambda\left(\sum_{k=1}^{K} y_k - 1\right)",
        "Σₖ₌₁ᴷ tₖ log yₖ − λ(Σₖ₌₁ᴷ yₖ − 1)",
    ),
    (sp.Product(y[k] ** t[k], (k, 1, K)), r"\prod_{k=1}^{K} y_k^{t_k}", "∏ₖ₌₁ᴷ yₖ^{tₖ}"),
    (
        sp.Product(y[k] ** t[i, k], (k, 1, K), (i, 1, N)),
        r"\prod_{i=1}^{N}\prod_{k=1}^{K} y_k^{t_{ik}}",
        "∏ᵢ₌₁ᴺ ∏ₖ₌₁ᴷ yₖ^{tᵢₖ}",
    ),
    (
        sp.Product(theta ** x[i] * (1 - theta) ** (1 - x[i]), (i, 1, N)),
        r"\prod_{i=1}^{N} \theta^{x_i}(1-\theta)^{1-x_i}",
        "∏ᵢ₌₁ᴺ θ^{xᵢ}(1 − θ)^{1−xᵢ}",
    ),
    (sp.log(sp.Product(y[k] ** t[k], (k, 1, K))), r"\log \prod_{k=1}^{K} y_k^{t_k}", "log ∏ₖ₌₁ᴷ yₖ^{tₖ}"),
    (theta ** sp.Sum(x[i], (i, 1, N)), r"\theta^{\sum_{i=1}^{N} x_i}", "θ^{Σᵢ₌₁ᴺ xᵢ}"),
    (sp.Sum(sp.Product(y[k], (k, 1, K)), (i, 1, N)), r"\sum_{i=1}^{N}\prod_{k=1}^{K} y_k", "Σᵢ₌₁ᴺ ∏ₖ₌₁ᴷ yₖ"),
    (sp.Integral(sp.exp(-X), (X, 0, sp.oo)), r"\int_{0}^{\infty} e^{-x} \, dx", "∫_{0}^{∞} e⁻ˣ dx"),
]

DERIVATIVES = [
    (sp.Derivative(L, theta), r"\frac{\partial L}{\partial \theta}", "∂L/∂θ"),
    (sp.Derivative(L, theta, theta), r"\frac{\partial^{2} L}{\partial \theta^{2}}", "∂²L/∂θ²"),
    (sp.Derivative(L, y[j], y[k]), r"\frac{\partial^{2} L}{\partial y_j \partial y_k}", "∂²L/∂yⱼ∂yₖ"),
    (sp.Derivative(sp.log(L), y[j]), r"\frac{\partial \log L}{\partial y_j}", "∂/∂yⱼ log L"),
    (
        sp.Derivative(sp.Sum(t[k] * sp.log(y[k]), (k, 1, K)), y[j]),
        r"\frac{\partial}{\partial y_j}\sum_{k=1}^{K} t_k \log y_k",
        "∂/∂yⱼ Σₖ₌₁ᴷ tₖ log yₖ",
    ),
    (
        sp.Derivative(sp.Sum(t[k] * sp.log(y[k]), (k, 1, K)) - lam * (sp.Sum(y[k], (k, 1, K)) - 1), y[j]),
        r"\frac{\partial}{\partial y_j}\left(\sum_{k=1}^{K} t_k \log y_k"
        r" - \lambda\left(\sum_{k=1}^{K} y_k - 1\right)\right)",
        "∂/∂yⱼ (Σₖ₌₁ᴷ tₖ log yₖ − λ(Σₖ₌₁ᴷ yₖ − 1))",
    ),
    (sp.Derivative(t[j] / y[j], y[j]), r"\frac{\partial}{\partial y_j}\frac{t_j}{y_j}", "∂/∂yⱼ (tⱼ/yⱼ)"),
    (
        -sp.Derivative(sp.log(L), theta) / N,
        r"-\frac{1}{N} \frac{\partial \log L}{\partial \theta}",
        "−(1/N) ∂/∂θ log L",
    ),
]

STATEMENTS = [
    (sp.Eq(yh[j], t[j] / N, evaluate=False), r"\hat{y}_j = \frac{t_j}{N}", "ŷⱼ = tⱼ/N"),
    (sp.Eq(sp.Sum(y[k], (k, 1, K)), 1, evaluate=False), r"\sum_{k=1}^{K} y_k = 1", "Σₖ₌₁ᴷ yₖ = 1"),
    (
        sp.Eq(sp.log(a * b), sp.log(a) + sp.log(b), evaluate=False),
        r"\log(a b) = \log a + \log b",
        "log(ab) = log a + log b",
    ),
    (sp.StrictGreaterThan(y[k], 0, evaluate=False), "y_k > 0", "yₖ > 0"),
    (sp.GreaterThan(y[k], 0, evaluate=False), r"y_k \geq 0", "yₖ ≥ 0"),
    (sp.StrictLessThan(theta, 1, evaluate=False), r"\theta < 1", "θ < 1"),
    (sp.LessThan(j, K, evaluate=False), r"j \leq K", "j ≤ K"),
    (sp.Ne(lam, 0, evaluate=False), r"\lambda \neq 0", "λ ≠ 0"),
    (
        sp.Tuple(sp.Eq(y[j], t[j] / N, evaluate=False), sp.Eq(lam, N, evaluate=False)),
        r"y_j = \frac{t_j}{N},\ \lambda = N",
        "yⱼ = tⱼ/N, λ = N",
    ),
    (sp.Tuple(mu, sigma**2), r"(\mu, \sigma^{2})", "(μ, σ²)"),
    (sp.Contains(t[i, k], sp.FiniteSet(0, 1)), r"t_{ik} \in \lbrace 0, 1\rbrace", "tᵢₖ ∈ {0, 1}"),
    (sp.Contains(theta, sp.Interval.Lopen(0, 1)), r"\theta \in (0, 1]", "θ ∈ (0, 1]"),
    (sp.And(X > 0, X < 1), "0 < x < 1", "0 < x < 1"),
]

TABLE = [*NUMBERS_AND_NAMES, *ARITHMETIC, *FUNCTIONS, *SUMS_AND_PRODUCTS, *DERIVATIVES, *STATEMENTS]


@pytest.mark.parametrize(
    ("expr", "as_latex", "as_text"), TABLE, ids=lambda value: value if isinstance(value, str) else ""
)
def test_formula(expr: sp.Basic, as_latex: str, as_text: str) -> None:
    assert latex.expression(expr) == as_latex
    assert text.expression(expr) == as_text


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[1])
def test_latex_is_balanced_and_plain(row: tuple[sp.Basic, str, str]) -> None:
    written = row[1]
    assert written.count("{") == written.count("}")
    assert written.count("\\left") == written.count("\\right")
    assert "operatorname" not in written
    assert not written.startswith("{")


def test_the_word_for_the_last_case_is_in_the_language_of_the_page() -> None:
    cases = sp.Piecewise((1 / theta, theta > X), (0, True))
    assert "それ以外" in latex.expression(cases, "ja")
    assert "それ以外" in text.expression(cases, "ja")


def test_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(NotImplementedError, match="cannot typeset elliptic_k"):
        latex.expression(sp.elliptic_k(X))


def test_a_name_cannot_smuggle_commands_into_latex_or_a_terminal() -> None:
    nasty = sp.Symbol("a\\input{x}$\x1b[31m")
    assert latex.expression(nasty) == "\\mathrm{a\\textbackslash{}input\\{x\\}\\$[31m}"
    assert "\x1b" not in text.expression(nasty)


def test_shared_parts_do_not_blow_up() -> None:
    huge, pair = X, sp.Function("f")
    for _ in range(60):
        huge = pair(huge, huge)
    with pytest.raises(NotImplementedError, match="more than"):
        latex.expression(huge)


def test_text_is_not_evaluated() -> None:
    with pytest.raises(TypeError, match="cannot typeset str"):
        latex.expression("__import__('os')")


def test_deep_nesting_is_refused_not_crashed() -> None:
    deep, wrap = X, sp.Function("f")
    for _ in range(2000):
        deep = wrap(deep, evaluate=False)
    with pytest.raises(NotImplementedError, match="nested this deeply"):
        text.expression(deep)


def test_a_long_sum_is_typeset_in_order() -> None:
    total = sp.Add(*(sp.IndexedBase("y")[n] for n in range(1, 201)))
    assert text.expression(total).startswith("y₁ + y₂ + y₃")
    assert text.expression(total).endswith("y₁₉₉ + y₂₀₀")
