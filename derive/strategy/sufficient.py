"""Sufficient statistics: what of the data enters the log-likelihood, by the factorisation theorem.

Sources: Casella and Berger, Statistical Inference (2002), section 6.2; for none of fixed size, Koopman, Transactions of
the American Mathematical Society 39 (1936), and Pitman and Darmois in the same years.
"""

from __future__ import annotations

import sympy as sp

from derive.algebra.binding import depends_on, rename_apart
from derive.algebra.context import REAL, Context, Definition, Variable, index_names
from derive.algebra.naming import readable
from derive.algebra.normal_form import TooLargeError, normal
from derive.algebra.order import OrderStatistic
from derive.derivation import Section, Step
from derive.strategy.chain import Chain, define
from derive.strategy.sampling import N, Sample, is_bounded_by_data
from derive.strategy.unknowns import entry, names_taken

#: The statistics as names: the first of these that no variable bears.
NAMES = ("T", "S", "U", "W", "statistic")


class NotSeparableError(ValueError):
    """A term in which data and parameters do not part."""


def sufficient_section(
    log_likelihood: sp.Expr, sample: Sample, context: Context
) -> tuple[Section, sp.Tuple, list[Definition]]:
    """The section: names for the statistics, and the log-likelihood written with them; a note where there are none."""
    search = _Search(sample, context)
    try:
        mixed, kept = search.parted(log_likelihood)
        written = search.write(normal(mixed, context))
    except (NotSeparableError, TooLargeError):
        fixed = not any(is_bounded_by_data(p) for p in sample.parameters)
        return Section("sufficient", (), "no_sufficient_statistic" if fixed else "not_separated"), sp.Tuple(), []
    for parameter in sample.parameters:
        for end in (parameter.domain.lower, parameter.domain.upper):
            if isinstance(end, OrderStatistic):
                search.name(end, ())
    definitions = search.definitions()
    if not definitions and sample.count is not None:  # the likelihood was written with the counts from the start
        return Section("sufficient", (), "sufficient_counts"), sp.Tuple(sample.count.value), []
    named = context.extended(definitions=definitions)
    steps: list[Step] = [define(d.head, d.value, "statistic", named) for d in definitions]
    chain = Chain(log_likelihood, named)
    written = search.as_it_was(mixed, definitions) or written.xreplace(search.final_names())
    chain.step(kept + written, "factorisation")
    note = "sufficient_support" if any(isinstance(d.value, OrderStatistic) for d in definitions) else ""
    return Section("sufficient", (*steps, *chain.steps), note), sp.Tuple(*(d.value for d in definitions)), definitions


class _Search:
    """Names found on the way: statistics by their value, with the indices that they keep."""

    def __init__(self, sample: Sample, context: Context) -> None:
        self.sample = sample
        self.context = context
        self.found: dict[sp.Expr, tuple[sp.Expr, tuple[sp.Symbol, ...], tuple[sp.Expr, ...]]] = {}

    def _has_data(self, expr: sp.Basic) -> bool:
        return depends_on(expr, self.sample.data.base[(sp.S.One,) * self.sample.data.rank])

    def _has_parameters(self, expr: sp.Basic) -> bool:
        return any(depends_on(expr, entry(p)) for p in self.sample.parameters)

    def parted(self, log_likelihood: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
        """The terms in which data and parameters meet, and the other ones."""
        terms = sp.Add.make_args(log_likelihood)
        mixed = [t for t in terms if self._has_data(t) and self._has_parameters(t)]
        return sp.Add(*mixed), sp.Add(*(t for t in terms if t not in mixed))

    def as_it_was(self, mixed: sp.Expr, definitions: list[Definition]) -> sp.Expr | None:
        """The terms with the statistics put in where they stand; None where data are left."""
        names = {readable(d.value): d.variable.base for d in definitions if not d.variable.axes}
        named = mixed.xreplace(names)
        return None if self._has_data(named) else named

    def write(self, form: sp.Expr) -> sp.Expr:
        """The normal form with the statistics named; terms without parameters stay as they are."""
        terms = []
        for term in sp.Add.make_args(form):
            terms.append(self._term(term) if self._has_parameters(term) else term)
        return sp.Add(*terms)

    def _term(self, term: sp.Expr) -> sp.Expr:
        factors = []
        for factor in sp.Mul.make_args(term):
            factors.append(self._factor(factor) if self._has_data(factor) else factor)
        return sp.Mul(*factors)

    def _factor(self, factor: sp.Expr) -> sp.Expr:
        if not isinstance(factor, sp.Sum):
            raise NotSeparableError
        series = rename_apart(factor)
        over_samples = [limit for limit in series.limits if limit[2] == N]
        inside = [f for f in sp.Mul.make_args(series.function) if self._has_data(f)]
        if len(over_samples) != 1 or any(self._has_parameters(f) for f in inside):
            raise NotSeparableError
        (sampled,) = over_samples
        inside += [f for f in sp.Mul.make_args(series.function) if f.has(sampled[0]) and f not in inside]
        if any(self._has_parameters(f) for f in inside):
            raise NotSeparableError
        data, rest = sp.Mul(*inside), sp.Mul(*(f for f in sp.Mul.make_args(series.function) if f not in inside))
        others = [limit for limit in series.limits if limit is not sampled]
        kept = [limit for limit in others if data.has(limit[0])]
        if any(limit[1] != 1 for limit in kept):
            raise NotSeparableError
        name = self.name(sp.Sum(data, sampled), tuple((v, up) for v, _, up in kept))
        return sp.Sum(rest * name, *others) if others else rest * name

    def name(self, value: sp.Expr, kept: tuple[tuple[sp.Symbol, sp.Expr], ...]) -> sp.Expr:
        """T for a statistic, or T_d for one with indices that are kept."""
        indices = tuple(v for v, _ in kept)
        places = tuple(sp.Symbol(f"_place{n}", integer=True) for n in range(len(kept)))
        key = readable(value.xreplace(dict(zip(indices, places, strict=True))))
        if key not in self.found:
            stand_in = sp.IndexedBase(f"_T{len(self.found)}") if kept else sp.Symbol(f"_T{len(self.found)}", real=True)
            self.found[key] = (stand_in, places, tuple(up for _, up in kept))
        stand_in = self.found[key][0]
        return stand_in[indices] if kept else stand_in

    def _names(self) -> list[str]:
        several = len(self.found) > 1
        taken = names_taken(self.context)
        options = ([f"{letter}{n}" if several else letter for n, _ in enumerate(self.found, 1)] for letter in NAMES)
        return next(names for names in options if not taken & set(names))

    def definitions(self) -> list[Definition]:
        """The statistics under their final names."""
        found = []
        for name, (value, (_, places, axes)) in zip(self._names(), self.found.items(), strict=True):
            indices = index_names(axes)
            base = sp.IndexedBase(name, real=True) if axes else sp.Symbol(name, real=True)
            shown = readable(value.xreplace(dict(zip(places, indices, strict=True))), taken=indices)
            found.append(Definition(Variable(base, REAL, axes), indices, shown))
        return found

    def final_names(self) -> dict[sp.Basic, sp.Basic]:
        """From stand-ins to final names."""
        names = {}
        for name, (stand_in, _, axes) in zip(self._names(), self.found.values(), strict=True):
            names[stand_in] = sp.IndexedBase(name, real=True) if axes else sp.Symbol(name, real=True)
        return names
