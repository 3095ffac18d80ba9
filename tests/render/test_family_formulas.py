"""Tables of (expression, LaTeX, text) for what the families need: densities, likelihoods, scores, estimates."""

from __future__ import annotations

import pytest
import sympy as sp

from derive.algebra.context import Domain
from derive.algebra.matrices import Det, InverseEntry, SquareMatrix
from derive.algebra.order import Largest, Median, Smallest
from derive.render import latex, text
from derive.render.domains import latex_claim, text_claim

N, K, D = (sp.Symbol(name, integer=True, positive=True) for name in "NKD")
i, j, k, l, d, e = (sp.Symbol(name, integer=True) for name in "ijklde")  # noqa: E741 - l follows k
x, t, w, wh = (sp.IndexedBase(name, real=True) for name in ("x", "t", "w", "w_hat"))
xp, y, a_, ah = (sp.IndexedBase(name, positive=True) for name in ("x", "y", "alpha", "alpha_hat"))
Sig, Sigh, muhd = (sp.IndexedBase(name, real=True) for name in ("Sigma", "Sigma_hat", "mu_hat"))
X, mu, muh = sp.symbols("x mu mu_hat", real=True)
n = sp.Symbol("n", integer=True, nonnegative=True)
theta, lam, sigma, sh, alpha, beta, kappa, nu, m, b, s, c = sp.symbols(
    "theta lambda sigma sigma_hat alpha beta kappa nu m b s c", positive=True
)


def S(term: sp.Expr) -> sp.Sum:
    """Over all samples."""
    return sp.Sum(term, (i, 1, N))


Sx = S(x[i])
f, g = (sp.Symbol(name, integer=True) for name in "fg")
M = SquareMatrix(Sig[f, g], (f, 1, D), (g, 1, D))

MATRICES: list[tuple[sp.Basic, str, str]] = [
    (sp.log(Det(M)), r"\log \det \Sigma", "log det Σ"),
    (-N * sp.log(Det(M)) / 2, r"-\frac{N}{2} \log \det \Sigma", "−(N/2) log det Σ"),
    (Det(M) ** N, r"(\det \Sigma)^{N}", "(det Σ)ᴺ"),
    (1 / sp.sqrt((2 * sp.pi) ** D * Det(M)), r"\frac{1}{\sqrt{(2 \pi)^{D} \det \Sigma}}", "1/√((2π)ᴰ det Σ)"),
    (-N * InverseEntry(M, d, e) / 2, r"-\frac{N}{2}(\Sigma^{-1})_{de}", "−(N/2)(Σ⁻¹)_{de}"),
    (S(sp.sin(mu - x[i])), r"\sum_{i=1}^{N} \sin(\mu-x_i)", "Σᵢ₌₁ᴺ sin(μ − xᵢ)"),
    (InverseEntry(M, d, e), r"(\Sigma^{-1})_{de}", "(Σ⁻¹)_{de}"),
    (InverseEntry(M, 1, 2), r"(\Sigma^{-1})_{1,2}", "(Σ⁻¹)_{1,2}"),
    (sp.Derivative(sp.log(Det(M)), Sig[d, e]), r"\frac{\partial}{\partial \Sigma_{de}}\log \det \Sigma",
     "∂/∂Σ_{de} log det Σ"),
    (Det(SquareMatrix(xp[f] * xp[g] + Sig[f, g], (f, 1, D), (g, 1, D))), r"\det(x_f x_g + \Sigma_{fg})_{fg}",
     "det (x_f x_g + Σ_{fg})_{fg}"),
]  # fmt: skip

TABLE: list[tuple[sp.Basic, str, str]] = [
    *MATRICES,
    (
        sp.Integral(sp.exp(-((X - mu) ** 2) / (2 * sigma**2)) / (sp.sqrt(2 * sp.pi) * sigma), (X, -sp.oo, sp.oo)),
        r"\int_{-\infty}^{\infty} \frac{1}{\sqrt{2 \pi} \sigma} e^{-(x-\mu)^{2}/(2 \sigma^{2})} \, dx",
        "∫_{−∞}^{∞} (1/(√(2π) σ)) exp(−(x − μ)²/(2σ²)) dx",
    ),
    (sp.Integral(1 / theta, (X, 0, theta)), r"\int_{0}^{\theta} \frac{1}{\theta} \, dx", "∫₀ᶿ 1/θ dx"),
    (
        sp.Integral(alpha * m**alpha / X ** (alpha + 1), (X, m, sp.oo)),
        r"\int_{m}^{\infty} \alpha m^{\alpha} x^{-\alpha-1} \, dx",
        "∫_{m}^{∞} α mᵅ x⁻ᵅ⁻¹ dx",
    ),
    (
        sp.Integral(sp.Rational(1, 2) / b * sp.exp(-sp.Abs(X - mu) / b), (X, -sp.oo, sp.oo)),
        r"\int_{-\infty}^{\infty} \frac{1}{2 b} e^{-|x-\mu|/b} \, dx",
        "∫_{−∞}^{∞} (1/(2b)) exp(−|x − μ|/b) dx",
    ),
    (
        sp.Sum(lam**n * sp.exp(-lam) / sp.factorial(n), (n, 0, sp.oo)),
        r"\sum_{n=0}^{\infty} \frac{\lambda^{n} e^{-\lambda}}{n!}",
        "Σ_{n=0}^{∞} λⁿ exp(−λ)/n!",
    ),
    (
        sp.Sum((1 - theta) ** (n - 1) * theta, (n, 1, sp.oo)),
        r"\sum_{n=1}^{\infty} \theta(1-\theta)^{n-1}",
        "Σ_{n=1}^{∞} θ(1 − θ)ⁿ⁻¹",
    ),
    (Largest(x[i], (i, 1, N)), r"\max_{1 \leq i \leq N} x_i", "maxᵢ xᵢ"),
    (Smallest(x[i], (i, 1, N)), r"\min_{1 \leq i \leq N} x_i", "minᵢ xᵢ"),
    (Median(x[i], (i, 1, N)), r"\mathrm{median}_{1 \leq i \leq N} \, x_i", "medianᵢ xᵢ"),
    (
        sp.Eq(sp.Symbol("theta_hat"), Largest(x[i], (i, 1, N)), evaluate=False),
        r"\hat{\theta} = \max_{1 \leq i \leq N} x_i",
        "θ̂ = maxᵢ xᵢ",
    ),
    (N * sp.log(Largest(x[i], (i, 1, N))), r"N \log \max_{1 \leq i \leq N} x_i", "N log maxᵢ xᵢ"),
    (Median(sp.Abs(x[i] - mu), (i, 1, N)), r"\mathrm{median}_{1 \leq i \leq N} \, |x_i-\mu|", "medianᵢ |xᵢ − μ|"),
    (Largest(x[i], (i, 1, N)) - mu, r"\max_{1 \leq i \leq N} x_i - \mu", "maxᵢ xᵢ − μ"),
    (Largest(x[i], (i, 1, N)) / 2, r"\frac{1}{2}\max_{1 \leq i \leq N} x_i", "(1/2) maxᵢ xᵢ"),
    (Largest(x[i], (i, 1, N)) ** 2, r"(\max_{1 \leq i \leq N} x_i)^{2}", "(maxᵢ xᵢ)²"),
    (Largest(x[i], (i, 1, N)) * theta, r"\theta \max_{1 \leq i \leq N} x_i", "θ maxᵢ xᵢ"),
    (1 / Largest(x[i], (i, 1, N)) ** N, r"(\max_{1 \leq i \leq N} x_i)^{-N}", "(maxᵢ xᵢ)⁻ᴺ"),
    (sp.gamma(alpha), r"\Gamma(\alpha)", "Γ(α)"),
    (sp.loggamma(alpha), r"\log \Gamma(\alpha)", "log Γ(α)"),
    (N * sp.loggamma(alpha), r"N \log \Gamma(\alpha)", "N log Γ(α)"),
    (sp.digamma(alpha), r"\psi(\alpha)", "ψ(α)"),
    (sp.polygamma(1, alpha), r"\psi'(\alpha)", "ψ′(α)"),
    (sp.polygamma(2, alpha), r"\psi^{(2)}(\alpha)", "ψ⁽²⁾(α)"),
    (sp.polygamma(n, alpha), r"\psi^{(n)}(\alpha)", "ψ⁽ⁿ⁾(α)"),
    (sp.digamma(alpha) ** 2, r"\psi(\alpha)^{2}", "ψ(α)²"),
    (sp.polygamma(1, alpha) ** 2, r"\psi'(\alpha)^{2}", "ψ′(α)²"),
    (
        -N * sp.digamma(alpha) + N * sp.log(beta) + S(sp.log(xp[i])),
        r"N \log \beta + \sum_{i=1}^{N} \log x_i - N \psi(\alpha)",
        "N log β + Σᵢ₌₁ᴺ log xᵢ − N ψ(α)",
    ),
    (sp.Abs(X - mu), r"|x-\mu|", "|x − μ|"),
    (sp.sign(X - mu), r"\mathrm{sgn}(x-\mu)", "sgn(x − μ)"),
    (S(sp.sign(x[i] - mu)), r"\sum_{i=1}^{N} \mathrm{sgn}(x_i-\mu)", "Σᵢ₌₁ᴺ sgn(xᵢ − μ)"),
    (S(sp.Abs(x[i] - mu)) / b, r"\frac{1}{b}\sum_{i=1}^{N} |x_i-\mu|", "(1/b) Σᵢ₌₁ᴺ |xᵢ − μ|"),
    (
        -S(sp.Abs(x[i] - mu)) / b - N * sp.log(2 * b),
        r"-N \log(2 b) - \frac{1}{b}\sum_{i=1}^{N} |x_i-\mu|",
        "−N log(2b) − (1/b) Σᵢ₌₁ᴺ |xᵢ − μ|",
    ),
    (sp.besseli(0, kappa), r"I_0(\kappa)", "I₀(κ)"),
    (sp.besseli(1, kappa) / sp.besseli(0, kappa), r"\frac{I_1(\kappa)}{I_0(\kappa)}", "I₁(κ)/I₀(κ)"),
    (sp.besseli(nu, X), r"I_{\nu}(x)", "I_ν(x)"),
    (sp.besseli(0, kappa) ** (-N), r"I_0(\kappa)^{-N}", "I₀(κ)⁻ᴺ"),
    (sp.log(sp.besseli(0, kappa)), r"\log I_0(\kappa)", "log I₀(κ)"),
    (
        sp.exp(kappa * sp.cos(X - mu)) / (2 * sp.pi * sp.besseli(0, kappa)),
        r"\frac{e^{\kappa \cos(x-\mu)}}{2 \pi I_0(\kappa)}",
        "exp(κ cos(x − μ))/(2π I₀(κ))",
    ),
    (sp.cos(X - mu), r"\cos(x-\mu)", "cos(x − μ)"),
    (S(sp.sin(x[i] - mu)), r"\sum_{i=1}^{N} \sin(x_i-\mu)", "Σᵢ₌₁ᴺ sin(xᵢ − μ)"),
    (sp.cos(X) ** 2, r"\cos^{2} x", "cos² x"),
    (
        sp.atan2(S(sp.sin(x[i])), S(sp.cos(x[i]))),
        r"\mathrm{atan2}\left(\sum_{i=1}^{N} \sin x_i, \sum_{i=1}^{N} \cos x_i\right)",
        "atan2(Σᵢ₌₁ᴺ sin xᵢ, Σᵢ₌₁ᴺ cos xᵢ)",
    ),
    (
        sp.sqrt(S(sp.sin(x[i])) ** 2 + S(sp.cos(x[i])) ** 2) / N,
        r"\frac{1}{N} \sqrt{\left(\sum_{i=1}^{N} \cos x_i\right)^{2} + \left(\sum_{i=1}^{N} \sin x_i\right)^{2}}",
        "(1/N) √((Σᵢ₌₁ᴺ cos xᵢ)² + (Σᵢ₌₁ᴺ sin xᵢ)²)",
    ),
    (sp.binomial(n, X), r"\binom{n}{x}", "C(n, x)"),
    (sp.log(sp.binomial(n, x[i])), r"\log \binom{n}{x_i}", "log C(n, xᵢ)"),
    (sp.log(sp.factorial(x[i])), r"\log(x_i!)", "log(xᵢ!)"),
    (S(sp.log(sp.factorial(x[i]))), r"\sum_{i=1}^{N} \log(x_i!)", "Σᵢ₌₁ᴺ log(xᵢ!)"),
    (sp.factorial(n) / sp.Product(sp.factorial(t[k]), (k, 1, K)), r"\frac{n!}{\prod_{k=1}^{K} t_k!}", "n!/(∏ₖ₌₁ᴷ tₖ!)"),
    (
        (2 * sp.pi * sigma**2) ** (-N / 2) * sp.exp(-S((x[i] - mu) ** 2) / (2 * sigma**2)),
        r"(2 \pi \sigma^{2})^{-N/2} \exp\left(-\frac{1}{2 \sigma^{2}}\sum_{i=1}^{N} (x_i-\mu)^{2}\right)",
        "(2πσ²)^{−N/2} exp(−(1/(2σ²)) Σᵢ₌₁ᴺ (xᵢ − μ)²)",
    ),
    (
        -N * sp.log(2 * sp.pi * sigma**2) / 2 - S((x[i] - mu) ** 2) / (2 * sigma**2),
        r"-\frac{N}{2} \log(2 \pi \sigma^{2}) - \frac{1}{2 \sigma^{2}}\sum_{i=1}^{N} (x_i-\mu)^{2}",
        "−(N/2) log(2πσ²) − (1/(2σ²)) Σᵢ₌₁ᴺ (xᵢ − μ)²",
    ),
    (
        -N * sp.log(sigma) - N * sp.log(2 * sp.pi) / 2 - S((x[i] - mu) ** 2) / (2 * sigma**2),
        r"-\frac{N}{2} \log(2 \pi) - N \log \sigma - \frac{1}{2 \sigma^{2}}\sum_{i=1}^{N} (x_i-\mu)^{2}",
        "−(N/2) log(2π) − N log σ − (1/(2σ²)) Σᵢ₌₁ᴺ (xᵢ − μ)²",
    ),
    (
        -N / sigma + S((x[i] - mu) ** 2) / sigma**3,
        r"\frac{1}{\sigma^{3}}\sum_{i=1}^{N} (x_i-\mu)^{2} - \frac{N}{\sigma}",
        "(1/σ³) Σᵢ₌₁ᴺ (xᵢ − μ)² − N/σ",
    ),
    (
        sp.Eq(sh, sp.sqrt(S((x[i] - muh) ** 2) / N), evaluate=False),
        r"\hat{\sigma} = \sqrt{\frac{1}{N}\sum_{i=1}^{N} (x_i-\hat{\mu})^{2}}",
        "σ̂ = √((1/N) Σᵢ₌₁ᴺ (xᵢ − μ̂)²)",
    ),
    (sp.sqrt(S((x[i] - mu) ** 2) / N), r"\sqrt{\frac{1}{N}\sum_{i=1}^{N} (x_i-\mu)^{2}}", "√((1/N) Σᵢ₌₁ᴺ (xᵢ − μ)²)"),
    (
        sp.Eq(sh**2, S((x[i] - muh) ** 2) / N, evaluate=False),
        r"\hat{\sigma}^{2} = \frac{1}{N}\sum_{i=1}^{N} (x_i-\hat{\mu})^{2}",
        "σ̂² = (1/N) Σᵢ₌₁ᴺ (xᵢ − μ̂)²",
    ),
    (Sx**2, r"\left(\sum_{i=1}^{N} x_i\right)^{2}", "(Σᵢ₌₁ᴺ xᵢ)²"),
    (Sx**2 / N, r"\frac{1}{N}\left(\sum_{i=1}^{N} x_i\right)^{2}", "(1/N)(Σᵢ₌₁ᴺ xᵢ)²"),
    (
        S(x[i] ** 2) - Sx**2 / N,
        r"\sum_{i=1}^{N} x_i^{2} - \frac{1}{N}\left(\sum_{i=1}^{N} x_i\right)^{2}",
        "Σᵢ₌₁ᴺ xᵢ² − (1/N)(Σᵢ₌₁ᴺ xᵢ)²",
    ),
    (muh**2, r"\hat{\mu}^{2}", "μ̂²"),
    (N / Sx, r"\frac{N}{\sum_{i=1}^{N} x_i}", "N/(Σᵢ₌₁ᴺ xᵢ)"),
    (Sx / N, r"\frac{1}{N}\sum_{i=1}^{N} x_i", "(1/N) Σᵢ₌₁ᴺ xᵢ"),
    (N * muh - Sx, r"N \hat{\mu} - \sum_{i=1}^{N} x_i", "Nμ̂ − Σᵢ₌₁ᴺ xᵢ"),
    (sp.exp(-X / beta) * X ** (alpha - 1), r"x^{\alpha-1} e^{-x/\beta}", "xᵅ⁻¹ exp(−x/β)"),
    (
        c / lam * (X / lam) ** (c - 1) * sp.exp(-((X / lam) ** c)),
        r"\frac{c}{\lambda}\left(\frac{x}{\lambda}\right)^{c-1} e^{-(x/\lambda)^{c}}",
        "(c/λ)(x/λ)ᶜ⁻¹ exp(−(x/λ)ᶜ)",
    ),
    ((X / lam) ** c, r"\left(\frac{x}{\lambda}\right)^{c}", "(x/λ)ᶜ"),
    (S((xp[i] / lam) ** c), r"\sum_{i=1}^{N} \left(\frac{x_i}{\lambda}\right)^{c}", "Σᵢ₌₁ᴺ (xᵢ/λ)ᶜ"),
    (
        S(xp[i] ** c * sp.log(xp[i])) / S(xp[i] ** c),
        r"\frac{\sum_{i=1}^{N} x_i^{c} \log x_i}{\sum_{i=1}^{N} x_i^{c}}",
        "(Σᵢ₌₁ᴺ xᵢᶜ log xᵢ)/(Σᵢ₌₁ᴺ xᵢᶜ)",
    ),
    (
        (S(xp[i] ** c) / N) ** (1 / c),
        r"\left(\frac{1}{N}\sum_{i=1}^{N} x_i^{c}\right)^{1/c}",
        "((1/N) Σᵢ₌₁ᴺ xᵢᶜ)^{1/c}",
    ),
    (
        sp.sqrt(lam / (2 * sp.pi * X**3)) * sp.exp(-lam * (X - mu) ** 2 / (2 * mu**2 * X)),
        r"\sqrt{\frac{\lambda}{2 \pi x^{3}}} e^{-\lambda(x-\mu)^{2}/(2 \mu^{2} x)}",
        "√(λ/(2πx³)) exp(−λ(x − μ)²/(2μ²x))",
    ),
    (
        sp.sqrt(2 / sp.pi) * X**2 * sp.exp(-(X**2) / (2 * sigma**2)) / sigma**3,
        r"\sqrt{\frac{2}{\pi}} \frac{x^{2}}{\sigma^{3}} e^{-x^{2}/(2 \sigma^{2})}",
        "√(2/π)(x²/σ³) exp(−x²/(2σ²))",
    ),
    (
        sp.exp(-(X - mu) / s) / (s * (1 + sp.exp(-(X - mu) / s)) ** 2),
        r"\frac{e^{-(x-\mu)/s}}{s(1+e^{-(x-\mu)/s})^{2}}",
        "exp(−(x − μ)/s)/(s(1 + exp(−(x − μ)/s))²)",
    ),
    (
        sp.exp(-(X - mu) / beta - sp.exp(-(X - mu) / beta)) / beta,
        r"\frac{1}{\beta} e^{-(x-\mu)/\beta-e^{-(x-\mu)/\beta}}",
        "(1/β) exp(−(x − μ)/β − exp(−(x − μ)/β))",
    ),
    (
        sp.gamma((nu + 1) / 2)
        / (sp.sqrt(nu * sp.pi) * sigma * sp.gamma(nu / 2))
        * (1 + ((X - mu) / sigma) ** 2 / nu) ** (-(nu + 1) / 2),
        r"\frac{\Gamma\left(\frac{\nu+1}{2}\right)}{\sqrt{\pi \nu} \sigma \Gamma\left(\frac{\nu}{2}\right)}"
        r"\left(1 + \frac{(x-\mu)^{2}}{\nu \sigma^{2}}\right)^{-(\nu+1)/2}",
        "(Γ((ν + 1)/2)/(√(πν) σ Γ(ν/2)))(1 + (x − μ)²/(νσ²))^{−(ν+1)/2}",
    ),
    (
        sp.gamma(alpha + beta) / (sp.gamma(alpha) * sp.gamma(beta)) * theta ** (alpha - 1) * (1 - theta) ** (beta - 1),
        r"\frac{\Gamma(\alpha+\beta)}{\Gamma(\alpha) \Gamma(\beta)} \theta^{\alpha-1}(1-\theta)^{\beta-1}",
        "(Γ(α + β)/(Γ(α) Γ(β))) θᵅ⁻¹(1 − θ)ᵝ⁻¹",
    ),
    (
        sp.gamma(sp.Sum(a_[k], (k, 1, K)))
        / sp.Product(sp.gamma(a_[k]), (k, 1, K))
        * sp.Product(xp[k] ** (a_[k] - 1), (k, 1, K)),
        r"\frac{\Gamma\left(\sum_{k=1}^{K} \alpha_k\right)}{\prod_{k=1}^{K} \Gamma(\alpha_k)}"
        r"\prod_{k=1}^{K} x_k^{\alpha_k-1}",
        "(Γ(Σₖ₌₁ᴷ αₖ)/(∏ₖ₌₁ᴷ Γ(αₖ))) ∏ₖ₌₁ᴷ xₖ^{αₖ−1}",
    ),
    (
        sp.digamma(a_[k]) - sp.digamma(sp.Sum(a_[k], (k, 1, K))),
        r"\psi(\alpha_k) - \psi\left(\sum_{k=1}^{K} \alpha_k\right)",
        "ψ(αₖ) − ψ(Σₖ₌₁ᴷ αₖ)",
    ),
    (
        sp.Eq(
            N * sp.digamma(sp.Sum(ah[k], (k, 1, K))) - N * sp.digamma(ah[j]) + S(sp.log(xp[i, j])), 0, evaluate=False
        ),
        r"\sum_{i=1}^{N} \log x_{ij} + N \psi\left(\sum_{k=1}^{K} \hat{\alpha}_k\right) - N \psi(\hat{\alpha}_j) = 0",
        "Σᵢ₌₁ᴺ log xᵢⱼ + N ψ(Σₖ₌₁ᴷ α̂ₖ) − N ψ(α̂ⱼ) = 0",
    ),
    (w[k, d], "w_{kd}", "w_{kd}"),
    (wh[d], r"\hat{w}_d", "ŵ_d"),
    (sp.Sum(w[k, d] * x[i, d], (d, 1, D)), r"\sum_{d=1}^{D} w_{kd} x_{id}", "Σ_{d=1}^{D} w_{kd} x_{id}"),
    (sp.Sum(wh[d] * x[i, d], (d, 1, D)), r"\sum_{d=1}^{D} \hat{w}_d x_{id}", "Σ_{d=1}^{D} ŵ_d x_{id}"),
    (
        S(x[i, d] * (sp.Symbol("y") - sp.Sum(w[e] * x[i, e], (e, 1, D)))),
        r"\sum_{i=1}^{N} x_{id}\left(y - \sum_{e=1}^{D} w_e x_{ie}\right)",
        "Σᵢ₌₁ᴺ x_{id}(y − Σₑ₌₁ᴰ wₑ xᵢₑ)",
    ),
    (
        sp.exp(sp.Sum(w[k, d] * x[d], (d, 1, D))) / sp.Sum(sp.exp(sp.Sum(w[l, d] * x[d], (d, 1, D))), (l, 1, K)),
        r"\frac{\exp\left(\sum_{d=1}^{D} w_{kd} x_d\right)}{\sum_{l=1}^{K} \exp\left(\sum_{d=1}^{D} w_{ld} x_d\right)}",
        "exp(Σ_{d=1}^{D} w_{kd} x_d)/(Σₗ₌₁ᴷ exp(Σ_{d=1}^{D} w_{ld} x_d))",
    ),
    (
        1 / (1 + sp.exp(-sp.Sum(w[d] * x[d], (d, 1, D)))),
        r"\frac{1}{1 + \exp\left(-\sum_{d=1}^{D} w_d x_d\right)}",
        "1/(1 + exp(−Σ_{d=1}^{D} w_d x_d))",
    ),
    (Sig[d, e], r"\Sigma_{de}", "Σ_{de}"),
    (Sigh[d, e], r"\hat{\Sigma}_{de}", "Σ̂_{de}"),
    (
        sp.Eq(Sigh[d, e], S((x[i, d] - muhd[d]) * (x[i, e] - muhd[e])) / N, evaluate=False),
        r"\hat{\Sigma}_{de} = \frac{1}{N}\sum_{i=1}^{N} (x_{id}-\hat{\mu}_d)(x_{ie}-\hat{\mu}_e)",
        "Σ̂_{de} = (1/N) Σᵢ₌₁ᴺ (x_{id} − μ̂_d)(xᵢₑ − μ̂ₑ)",
    ),
    (
        sp.Derivative(sp.log(sp.Symbol("L", positive=True)), mu, sigma),
        r"\frac{\partial^{2} \log L}{\partial \mu \partial \sigma}",
        "∂²/∂μ∂σ log L",
    ),
    (sp.Derivative(sp.Symbol("ell"), (sigma, 2)), r"\frac{\partial^{2} \ell}{\partial \sigma^{2}}", "∂²ℓ/∂σ²"),
    (sp.log(alpha * beta), r"\log(\alpha \beta)", "log(αβ)"),
    (-alpha * sp.log(m), r"-\alpha \log m", "−α log m"),
    (alpha * m**alpha / X ** (alpha + 1), r"\alpha m^{\alpha} x^{-\alpha-1}", "α mᵅ x⁻ᵅ⁻¹"),
    (sp.Product(x[i] ** (-alpha - 1), (i, 1, N)), r"\prod_{i=1}^{N} x_i^{-\alpha-1}", "∏ᵢ₌₁ᴺ xᵢ⁻ᵅ⁻¹"),
    (N * alpha * sp.log(m), r"N \alpha \log m", "Nα log m"),
    (N / S(sp.log(xp[i] / m)), r"\frac{N}{\sum_{i=1}^{N} \log \frac{x_i}{m}}", "N/(Σᵢ₌₁ᴺ log(xᵢ/m))"),
    (
        N / (S(sp.log(xp[i])) - N * sp.log(Smallest(xp[i], (i, 1, N)))),
        r"\frac{N}{\sum_{i=1}^{N} \log x_i - N \log \min_{1 \leq i \leq N} x_i}",
        "N/(Σᵢ₌₁ᴺ log xᵢ − N log minᵢ xᵢ)",
    ),
    (sp.GreaterThan(x[i], 0, evaluate=False), r"x_i \geq 0", "xᵢ ≥ 0"),
    (
        sp.And(sp.LessThan(0, x[i], evaluate=False), sp.LessThan(x[i], theta, evaluate=False)),
        r"0 \leq x_i \leq \theta",
        "0 ≤ xᵢ ≤ θ",
    ),
    (sp.sqrt(N) / sigma, r"\frac{\sqrt{N}}{\sigma}", "√N/σ"),
    (2 * N / sigma**2, r"\frac{2 N}{\sigma^{2}}", "2N/σ²"),
    (
        3 * S((x[i] - mu) ** 2) / sigma**4 - N / sigma**2,
        r"\frac{3}{\sigma^{4}}\sum_{i=1}^{N} (x_i-\mu)^{2} - \frac{N}{\sigma^{2}}",
        "(3/σ⁴) Σᵢ₌₁ᴺ (xᵢ − μ)² − N/σ²",
    ),
    (
        sp.exp(-N * lam) * lam**Sx / sp.Product(sp.factorial(x[i]), (i, 1, N)),
        r"\frac{\lambda^{\sum_{i=1}^{N} x_i} e^{-N \lambda}}{\prod_{i=1}^{N} x_i!}",
        "λ^{Σᵢ₌₁ᴺ xᵢ} exp(−Nλ)/(∏ᵢ₌₁ᴺ xᵢ!)",
    ),
    (
        -N * lam + Sx * sp.log(lam) - S(sp.log(sp.factorial(x[i]))),
        r"\left(\sum_{i=1}^{N} x_i\right) \log \lambda - N \lambda - \sum_{i=1}^{N} \log(x_i!)",
        "(Σᵢ₌₁ᴺ xᵢ) log λ − Nλ − Σᵢ₌₁ᴺ log(xᵢ!)",
    ),
    (Sx / lam - N, r"\frac{1}{\lambda}\sum_{i=1}^{N} x_i - N", "(1/λ) Σᵢ₌₁ᴺ xᵢ − N"),
    (theta**N * (1 - theta) ** (Sx - N), r"\theta^{N}(1-\theta)^{\sum_{i=1}^{N} x_i-N}", "θᴺ(1 − θ)^{Σᵢ₌₁ᴺ xᵢ−N}"),
    (theta ** (-N), r"\theta^{-N}", "θ⁻ᴺ"),
    (
        b ** (-N) * 2 ** (-N) * sp.exp(-S(sp.Abs(x[i] - mu)) / b),
        r"2^{-N} b^{-N} \exp\left(-\frac{1}{b}\sum_{i=1}^{N} |x_i-\mu|\right)",
        "2⁻ᴺ b⁻ᴺ exp(−(1/b) Σᵢ₌₁ᴺ |xᵢ − μ|)",
    ),
    (sp.log(1 + sp.exp(-(X - mu) / s)), r"\log(1+e^{-(x-\mu)/s})", "log(1 + exp(−(x − μ)/s))"),
    (
        -2 * S(sp.log(1 + sp.exp(-(x[i] - mu) / s))),
        r"-2 \sum_{i=1}^{N} \log(1+e^{-(x_i-\mu)/s})",
        "−2 Σᵢ₌₁ᴺ log(1 + exp(−(xᵢ − μ)/s))",
    ),
    (
        sp.log(1 + (X - mu) ** 2 / (nu * sigma**2)),
        r"\log\left(1 + \frac{(x-\mu)^{2}}{\nu \sigma^{2}}\right)",
        "log(1 + (x − μ)²/(νσ²))",
    ),
    (
        (nu + 1) * S(sp.log(1 + (x[i] - mu) ** 2 / (nu * sigma**2))) / 2,
        r"\frac{\nu+1}{2}\sum_{i=1}^{N} \log\left(1 + \frac{(x_i-\mu)^{2}}{\nu \sigma^{2}}\right)",
        "((ν + 1)/2) Σᵢ₌₁ᴺ log(1 + (xᵢ − μ)²/(νσ²))",
    ),
    (sp.erf(X / sp.sqrt(2)), r"\mathrm{erf}\left(\frac{x}{\sqrt{2}}\right)", "erf(x/√2)"),
    (
        sp.Rational(1, 2) * (1 + sp.erf((X - mu) / (sp.sqrt(2) * sigma))),
        r"\frac{1}{2} + \frac{\mathrm{erf}\left(\frac{x-\mu}{\sqrt{2} \sigma}\right)}{2}",
        "1/2 + erf((x − μ)/(√2 σ))/2",
    ),
    (sp.zeta(s), r"\zeta(s)", "ζ(s)"),
    (
        sp.Piecewise((1 / theta, sp.And(X >= 0, theta >= X)), (0, True)),
        r"\begin{cases} \frac{1}{\theta} & 0 \leq x \leq \theta \\ 0 & \text{otherwise} \end{cases}",
        "{ 1/θ : 0 ≤ x ≤ θ; 0 otherwise }",
    ),
    (sp.Max(0, X), r"\max(0, x)", "max(0, x)"),
    (sp.Min(theta, 1), r"\min(1, \theta)", "min(1, θ)"),
    (sp.Derivative(sp.loggamma(alpha), alpha), r"\frac{\partial}{\partial \alpha}\log \Gamma(\alpha)", "∂/∂α log Γ(α)"),
    (sp.Function("f")(X), "f(x)", "f(x)"),
]


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


DOMAINS = [
    (Domain("", lower=sp.S.Zero), r"x > 0", "x > 0"),
    (Domain("", lower=m, lower_open=False), r"x \geq m", "x ≥ m"),
    (Domain("", sp.S.Zero, theta, False, False), r"0 \leq x \leq \theta", "0 ≤ x ≤ θ"),
    (Domain("", -sp.pi, sp.pi, True, False), r"x \in (-\pi, \pi]", "x ∈ (−π, π]"),
    (Domain("", sp.S.Zero, n, False, False, integer=True), r"x \in \lbrace 0, 1, \dots, n \rbrace", "x ∈ {0, 1, …, n}"),
    (Domain("", sp.S(2), sp.oo, False, True, integer=True), r"x \in \lbrace 2, 3, \dots \rbrace", "x ∈ {2, 3, …}"),
    (Domain("", sp.S.One, sp.S(3), False, False, integer=True), r"x \in \lbrace 1, 2, 3 \rbrace", "x ∈ {1, 2, 3}"),
    (Domain("", -sp.oo, mu, True, True), r"x < \mu", "x < μ"),
]


@pytest.mark.parametrize(("domain", "as_latex", "as_text"), DOMAINS)
def test_domain(domain: Domain, as_latex: str, as_text: str) -> None:
    assert latex_claim(X, domain, latex.expression) == as_latex
    assert text_claim(X, domain, text.expression) == as_text
