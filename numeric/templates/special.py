"""Special functions and triangular solves that torch lacks in this form, as an emitted file defines them."""

HELPERS = {
    "_solve": '''
def _solve(factor: Tensor, vector: Tensor) -> Tensor:
    """w where factor w = vector, for a lower triangular factor."""
    solved: Tensor = torch.linalg.solve_triangular(factor, vector.unsqueeze(-1), upper=False)
    return solved.squeeze(-1)
'''.strip(),
    "_back": '''
def _back(factor: Tensor, vector: Tensor) -> Tensor:
    """v where factorᵀ v = vector, for a lower triangular factor."""
    solved: Tensor = torch.linalg.solve_triangular(factor.mT, vector.unsqueeze(-1), upper=True)
    return solved.squeeze(-1)
'''.strip(),
    "_log_i0e": '''
def _log_i0e(values: Tensor) -> Tensor:
    """log(exp(-v) I_0(v)): near 0 by the series of I_0(v) - 1 = q + q²/4 + q³/36 + …, q = v²/4."""
    near = values < 1
    quarter = torch.where(near, values, 0) ** 2 / 4
    series = torch.zeros_like(values)
    for k in range(9, 0, -1):
        series = (1 + series) * quarter / k**2
    return torch.where(near, torch.log1p(series) - values, torch.log(torch.special.i0e(values)))
'''.strip(),
    "_lgamma_gain": '''
def _lgamma_gain(start: Tensor, step: Tensor | float) -> Tensor:
    """log Γ(start + step) - log Γ(start), from 16 on by Stirling's series."""
    large = (start >= 16) & (start + step >= 16)
    begin, gone = torch.where(large, start, 16), torch.where(large, step, 0)
    first, last = 1 / begin, 1 / (begin + gone)
    series, powers = torch.full_like(begin, 1 / 12), torch.ones_like(begin)
    for k, factor in enumerate((-1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360), 1):
        powers = last * (last * powers + first ** (2 * k - 1)) + first ** (2 * k)
        series = series + factor * powers
    rise = (begin + gone - 0.5) * torch.log1p(gone * first) - gone
    beyond = gone * torch.log(begin) + rise - gone * first * last * series
    return torch.where(large, beyond, torch.lgamma(start + step) - torch.lgamma(start))
'''.strip(),
    "_digamma_gain": '''
def _digamma_gain(start: Tensor, step: Tensor | float) -> Tensor:
    """ψ(start + step) - ψ(start), from 16 on by its asymptotic series."""
    large = (start >= 16) & (start + step >= 16)
    begin, gone = torch.where(large, start, 16), torch.where(large, step, 0)
    first, last = 1 / begin, 1 / (begin + gone)
    series, powers = torch.full_like(begin, 1 / 2), torch.zeros_like(begin)
    for k, factor in enumerate((1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760), 1):
        powers = last * (last * powers + first ** (2 * k - 2)) + first ** (2 * k - 1)
        series = series + factor * powers
    beyond = torch.log1p(gone * first) + gone * first * last * series
    return torch.where(large, beyond, torch.digamma(start + step) - torch.digamma(start))
'''.strip(),
    "_log1p_square": '''
def _log1p_square(root: Tensor, factor: Tensor | float) -> Tensor:
    """log(1 + factor · root²), where the square may overflow."""
    large = root.abs() > 2**30
    near, far = torch.where(large, 0, root), torch.where(large, root.abs(), 1)
    beyond = 2 * torch.log(far) + torch.log(factor + 1 / far**2)
    return torch.where(large, beyond, torch.log1p(factor * near**2))
'''.strip(),
}
