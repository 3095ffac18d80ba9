"""Normal forms together with their proofs: what comes out, and the tactics that show that it is the same.

A level is an expression of field operations over atoms. Each atom is brought to its normal form by the lemma of a rule,
under sums and products within the range of the index; what is left is equal as a rational function, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

import sympy as sp

from derive.certify import monomials as mono
from derive.certify.terms import POWER, SUM, Scope, in_range, term

Lines = list[str]
HALF = sp.Rational(1, 2)


@dataclass(frozen=True)
class Equation:
    """A value that may be put in for an atom, and the tactics that show it, None where it unfolds by itself."""

    value: sp.Expr
    proof: str


#: What may be put in for an atom: definitions, constraints, values that a step binds.
Known = Callable[[sp.Expr, Scope], Equation | None]


@dataclass
class Normaliser:
    """Brings expressions to their normal form and writes the proof; `derive` shows derivatives (see `derivatives`)."""

    known: Known
    derive: Callable[[sp.Derivative, Scope, Normaliser], tuple[sp.Expr, Lines]]
    numbers: Iterator[int] = field(default_factory=count)

    def level(self, exprs: list[sp.Expr], scope: Scope) -> tuple[list[sp.Expr], Lines]:
        """The normal forms of expressions that stand in the goal, and the tactics that rewrite the goal to them."""
        found: dict[sp.Expr, tuple[sp.Expr, Lines]] = {}
        for expr in exprs:
            for atom in mono.atoms(expr):
                if atom not in found:
                    found[atom] = self.atom(atom, scope)
        changed = [(a, new, proof) for a, (new, proof) in found.items() if new != a and proof]
        lines: Lines = []
        rewrites = []
        for atom, new, proof in sorted(changed, key=lambda c: -len(term(c[0], scope))):
            name = f"eq{next(self.numbers)}"
            lines += [f"assert ({name} : {term(atom, scope, SUM)} = {term(new, scope, SUM)}).", *braced(proof)]
            rewrites.append(name)
        lines += [f"rewrite ?{name}." for name in rewrites]
        put = {a: new for a, (new, _) in found.items()}  # without a proof it is the same but for bound names
        return [put_in(e, put) for e in exprs], lines

    def atom(self, atom: sp.Expr, scope: Scope) -> tuple[sp.Expr, Lines]:
        """The normal form of one atom, and the proof that they are equal (nothing where it stays)."""
        equation = self.known(atom, scope)
        if equation is not None:
            (new,), lines = self.level([equation.value], scope)
            return new, [*[equation.proof][: bool(equation.proof)], *lines, "rational."]
        if isinstance(atom, sp.Sum):
            return self._sum(mono.with_bound_names(atom, len(scope.bound)), scope)
        if isinstance(atom, sp.Product):
            return self._product(mono.with_bound_names(atom, len(scope.bound)), scope)
        if isinstance(atom, sp.log):
            return self._logarithm(atom, scope)
        if isinstance(atom, mono.Exp):
            return self._exponential(atom, scope)
        if isinstance(atom, sp.Derivative):
            return self.derive(atom, scope, self)
        if isinstance(atom, mono.RPow):
            return self._power(atom, scope)
        if isinstance(atom, sp.Pow):
            return self._root(atom, scope)
        return atom, []

    # ------------------------------------------------------------------------------------------------ sums
    def _sum(self, whole: sp.Sum, scope: Scope) -> tuple[sp.Expr, Lines]:
        index, upper, body = opened(whole)
        identifier, within = scope.inside(index, upper)
        (inside,), lines = self.level([body], within)
        terms = [self._term(m, index) for m in mono.terms_of(inside)]
        size = term(whole, scope).split(" (fun", 1)[0]
        middle = " + ".join(t.inside(within) for t in terms)
        result = sp.Add(*(t.value(index, upper) for t in terms))
        raw = " + ".join(t.outside(index, upper, scope) for t in terms)
        proof = [
            f"transitivity ({size} (fun {identifier} => {middle})).",
            *braced([f"apply sum_ext; intros {identifier} {identifier}_in.", *lines, "rational."]),
            f"transitivity ({raw}); [take_sum_apart|].",
        ]
        after: dict[sp.Expr, tuple[sp.Expr, Lines]] = {}
        for atom in mono.atoms(result):
            if isinstance(atom, sp.Sum):
                canonical = mono.with_bound_names(atom, len(scope.bound))
                found = self._known_or_swapped(canonical, scope)
                if found is not None:
                    after[atom] = found
        rewrites = []
        for atom, (new, steps) in after.items():
            name = f"eq{next(self.numbers)}"
            proof += [f"assert ({name} : {term(atom, scope, SUM)} = {term(new, scope, SUM)}).", *braced(steps)]
            rewrites.append(name)
        proof += [*(f"rewrite ?{name}." for name in rewrites), "rational."]
        result = mono.with_bound_names(put_in(result, {a: new for a, (new, _) in after.items()}), len(scope.bound))
        return (whole, []) if result == whole else (result, proof)

    def _term(self, parts: list[tuple[sp.Expr, int]], index: sp.Symbol) -> Term:
        outer = mono.product([(b, n) for b, n in parts if not b.has(index)])
        inner = [(b, n) for b, n in parts if b.has(index)]
        for delta, exponent in inner:
            if isinstance(delta, sp.KroneckerDelta) and exponent == 1 and index in delta.args[:2]:
                other = delta.args[1] if delta.args[0] == index else delta.args[0]
                if not other.has(index):
                    rest = mono.product([p for p in inner if p != (delta, exponent)])
                    return Term(outer, rest, delta, other)
        return Term(outer, mono.product(inner))

    def _known_or_swapped(self, whole: sp.Sum, scope: Scope) -> tuple[sp.Expr, Lines] | None:
        """What is known of a sum, or the sum over samples outside."""
        equation = self.known(whole, scope)
        if equation is not None:
            (new,), lines = self.level([equation.value], scope)
            return new, [equation.proof, *lines, "rational."]
        index, upper, body = opened(whole)
        inner = [f for f in sp.Mul.make_args(body) if isinstance(f, sp.Sum)]
        if len(inner) != 1 or not _comes_first(opened(inner[0])[1], upper, scope):
            return None
        other, size, function = opened(inner[0])
        rest = sp.Mul(*(f for f in sp.Mul.make_args(body) if f is not inner[0]))
        identifier, within = scope.inside(index, upper)
        second, deepest = within.inside(other, size)
        factor = term(rest, within, POWER)
        text = f"{factor} * {term(function, deepest, POWER)}"
        heads = [term(s, place).split(" (fun", 1)[0] for s, place in ((whole, scope), (inner[0], within))]
        swapped = sp.Sum(sp.Sum(rest * function, (index, 1, upper)), (other, 1, size))
        new, steps = self.atom(swapped, scope)
        first, then = scope.inside(other, size)
        turned = f"{heads[1]} (fun {first} => {heads[0]} (fun {then.inside(index, upper)[0]} => "
        turned += f"{_renamed(text, {identifier: then.inside(index, upper)[0], second: first})}))"
        canonical = mono.with_bound_names(swapped, len(scope.bound))
        return new, [
            f"transitivity ({heads[0]} (fun {identifier} => {heads[1]} (fun {second} => {text}))).",
            *braced(
                [
                    f"apply sum_ext; intros {identifier} {identifier}_in.",
                    f"first [rewrite sum_scal; rational | apply sum_ext; intros {second} {second}_in; rational].",
                ]
            ),
            "rewrite sum_swap.",
            f"transitivity ({turned}); [reflexivity|].",
            f"transitivity ({term(canonical, scope)}).",
            *braced(["repeat (apply sum_ext; intros ? ?). rational."]),
            *(steps or ["reflexivity."]),
        ]

    # -------------------------------------------------------------------------------------------- products
    def _product(self, whole: sp.Product, scope: Scope) -> tuple[sp.Expr, Lines]:
        index, upper, body = opened(whole)
        identifier, within = scope.inside(index, upper)
        (inside,), lines = self.level([body], within)
        size = term(whole, scope).split(" (fun", 1)[0]
        parts = list(mono.factors(inside))
        pieces: list[tuple[str, str, sp.Expr]] = []
        for base, exponent in parts:
            piece = self._factor(base, index, upper, scope, within, size)
            if exponent < 0:
                piece = (f"/ ({piece[0]})", f"/ ({piece[1]})", 1 / piece[2])
            pieces += [piece] * abs(exponent)
        if not pieces:
            return whole, []
        result = sp.Mul(*(value for _, _, value in pieces))
        middle = " * ".join(f"({text})" for text, _, _ in pieces)
        raw = " * ".join(f"({text})" for _, text, _ in pieces)
        proof = [
            f"transitivity ({size} (fun {identifier} => {middle})).",
            *braced([f"apply prod_ext; intros {identifier} {identifier}_in.", *lines, "rational."]),
            f"transitivity ({raw}); [take_product_apart|].",
        ]
        swapped = [a for a in mono.atoms(result) if isinstance(a, sp.Product) and _turned(a, scope)]
        if swapped:
            for atom in swapped:
                turned = mono.with_bound_names(_turned(atom, scope), len(scope.bound))
                proof += [f"rewrite ?(prod_swap {' '.join(_sizes(atom, scope))})."]
                result = put_in(result, {atom: turned})
        if mono.with_bound_names(result, len(scope.bound)) == whole:
            return whole, []
        (final,), more = self.level([mono.with_bound_names(result, len(scope.bound))], scope)
        return mono.with_bound_names(final, len(scope.bound)), [*proof, *more, "rational."]

    def _factor(
        self, base: sp.Expr, index: sp.Symbol, upper: sp.Expr, scope: Scope, within: Scope, size: str
    ) -> tuple[str, str, sp.Expr]:
        """One factor under a product: as it stands there, and what its product is, as text and as an expression."""
        identifier = within.bound[index][0]
        if isinstance(base, mono.Exp):
            inside = term(base.args[0], within)
            value = mono.Exp(sp.Sum(base.args[0], (index, 1, upper)))
            return term(base, within), f"exp ({_as_sum(size)} (fun {identifier} => {inside}))", value
        if isinstance(base, mono.RPow) and not base.args[0].has(index):
            inside = term(base.args[1], within)
            value = mono.RPow(base.args[0], sp.Sum(base.args[1], (index, 1, upper)))
            text = f"rpow {term(base.args[0], scope, 5)} ({_as_sum(size)} (fun {identifier} => {inside}))"
            return term(base, within), text, value
        if not base.has(index) and not base.is_number and not isinstance(base, sp.Pow):
            return term(base, within), f"rpow {term(base, scope, 5)} (INR {_size(size)})", mono.RPow(base, upper)
        value = sp.Product(base, (index, 1, upper))
        return term(base, within), f"{size} (fun {identifier} => {term(base, within)})", value

    # ------------------------------------------------------------------------- logarithms, powers, exponentials
    def _logarithm(self, whole: sp.Expr, scope: Scope) -> tuple[sp.Expr, Lines]:
        (inside,), lines = self.level([whole.args[0]], scope)
        parts = mono.factors(inside)
        if not parts:
            return sp.S.Zero, [*lines, "transitivity (ln 1); [apply (f_equal ln); rational|apply ln_1]."]
        texts, raws, values = [], [], []
        for base, exponent in parts:
            text, raw, value = _log_of_factor(base, abs(exponent), scope)
            texts.append(f"/ ({text})" if exponent < 0 else f"({text})")
            raws.append(f"- ({raw})" if exponent < 0 else f"({raw})")
            values.append(-value if exponent < 0 else value)
        if len(parts) == 1 and values[0] == sp.log(inside):
            new = sp.log(inside)
            return (whole, []) if new == whole else (new, [*lines, "rational."])
        proof = [
            *lines,
            f"transitivity (ln ({' * '.join(texts)})); [apply (f_equal ln); rational|].",
            f"transitivity ({' + '.join(raws)}); [take_logarithm_apart|].",
        ]
        (final,), more = self.level([sp.Add(*values)], scope)
        return final, [*proof, *more, "rational."]

    def _exponential(self, whole: sp.Expr, scope: Scope) -> tuple[sp.Expr, Lines]:
        (inside,), lines = self.level([whole.args[0]], scope)
        texts, raws, value = [], [], sp.S.One
        for parts in mono.terms_of(inside):
            monomial = mono.product(parts)
            negative = monomial.as_coeff_Mul()[0].is_negative
            monomial = -monomial if negative else monomial
            one = monomial.args[0] if isinstance(monomial, sp.log) else mono.Exp(monomial)
            raw = term(one, scope)
            texts.append(f"{'- ' if negative else ''}({term(monomial, scope)})")
            raws.append(f"/ ({raw})" if negative else f"({raw})")
            value = value / one if negative else value * one
        if value == whole:
            return whole, []
        return value, [
            *lines,
            f"transitivity (exp ({' + '.join(texts)})); [apply (f_equal exp); rational|].",
            f"transitivity ({' * '.join(raws)}); [take_exponential_apart|].",
            "rational.",
        ]

    def _root(self, whole: sp.Pow, scope: Scope) -> tuple[sp.Expr, Lines]:
        """A root with its argument in normal form."""
        (base,), lines = self.level([whole.base], scope)
        top, below = mono.quotient(base)
        new = sp.Pow(top / mono.product(list(below)), whole.exp)
        return (whole, []) if new == whole else (new, [*lines, "f_equal; rational."])

    def _power(self, whole: sp.Pow, scope: Scope) -> tuple[sp.Expr, Lines]:
        (base, exponent), lines = self.level(list(whole.args), scope)
        exponent = sp.Add(*(mono.product(m) for m in mono.terms_of(exponent)))
        under = all(t.as_coeff_Mul()[0].is_negative for t in sp.Add.make_args(exponent))
        power = -exponent if under else exponent
        texts, raws, value = [], [], sp.S.One
        text = term(power, scope, 5)
        for factor, n in mono.factors(base):
            if isinstance(factor, mono.Exp):
                one = mono.Exp(power * factor.args[0] * abs(n))
                raw = term(one, scope)
                one_text = term(factor, scope, POWER)
                if abs(n) != 1:
                    return whole, []
            else:
                one_text = term(factor ** abs(n), scope, POWER)
                one = mono.RPow(factor ** abs(n), power) if power != 1 else factor ** abs(n)
                raw = f"rpow ({term(factor ** abs(n), scope)}) {text}" if power != 1 else term(one, scope)
            texts.append(f"/ ({one_text})" if n < 0 else f"({one_text})")
            raws.append(f"/ ({raw})" if n < 0 else f"({raw})")
            value = value / one if n < 0 else value * one
        result = 1 / value if under else value
        if result == whole or not texts:
            return whole, []
        raw = f"/ ({' * '.join(raws)})" if under else " * ".join(raws)
        proof = [
            *lines,
            f"transitivity (rpow ({' * '.join(texts)}) ({'- ' if under else ''}{text})); [f_equal; rational|].",
            f"transitivity ({raw}); [take_power_apart|].",
        ]
        (final,), more = self.level([result], scope) if value.has(mono.Exp) else ([result], [])
        return final, [*proof, *more, "rational."]


@dataclass(frozen=True)
class Term:
    """One term under a sum: what does not depend on the index, what does, and the delta that picks one entry."""

    outer: sp.Expr
    inner: sp.Expr
    delta: sp.Expr | None = None
    entry: sp.Expr | None = None

    def inside(self, scope: Scope) -> str:
        """As it stands under the sum."""
        outer = term(self.outer, scope, POWER)
        if self.delta is not None:
            return f"{outer} * ({term(self.delta, scope)} * {term(self.inner, scope, POWER)})"
        return f"({outer})" if self.inner == 1 else f"{outer} * {term(self.inner, scope, POWER)}"

    def outside(self, index: sp.Symbol, upper: sp.Expr, scope: Scope) -> str:
        """What its sum is, as text."""
        outer = term(self.outer, scope, POWER)
        return f"{outer} * {term(self._total(index, upper), scope, POWER)}"

    def value(self, index: sp.Symbol, upper: sp.Expr) -> sp.Expr:
        """What its sum is."""
        return self.outer * self._total(index, upper)

    def _total(self, index: sp.Symbol, upper: sp.Expr) -> sp.Expr:
        if self.delta is not None:
            return self.inner.xreplace({index: self.entry})
        return upper if self.inner == 1 else sp.Sum(self.inner, (index, 1, upper))


def braced(lines: Lines) -> Lines:
    """A proof in braces."""
    return ["{", *(f"  {line}" for line in lines), "}"]


def conjunction(count: int) -> Lines:
    """The tactic that splits a conjunction of so many parts."""
    return [f"refine ({'conj _ (' * (count - 2)}conj _ _{')' * (count - 1)}."] if count > 1 else []


def opened(series: sp.Expr) -> tuple[sp.Symbol, sp.Expr, sp.Expr]:
    """The outermost index of a sum or product, its upper end, and what stands under it."""
    *inner, (index, _, upper) = series.limits
    return index, upper, series.func(series.function, *inner) if inner else series.function


def put_in(expr: sp.Expr, put: Mapping[sp.Expr, sp.Expr]) -> sp.Expr:
    """An expression with other values for some of its atoms; what stands inside atoms is left alone."""
    if expr in put:
        return put[expr]
    if mono.is_field(expr):
        if isinstance(expr, sp.Pow):
            return put_in(expr.base, put) ** expr.exp
        return expr.func(*(put_in(a, put) for a in expr.args))
    root = mono.as_root(expr)
    return expr if root is None else put.get(root[0], root[0]) ** root[1]


def _log_of_factor(base: sp.Expr, exponent: int, scope: Scope) -> tuple[str, str, sp.Expr]:
    """A factor, its logarithm as text, and as an expression."""
    if exponent != 1:
        return (
            f"{term(base, scope, 4)} ^ {exponent}",
            f"{exponent} * {term(sp.log(base), scope, POWER)}",
            exponent * sp.log(base),
        )
    text = term(base, scope)
    if isinstance(base, mono.Exp):
        return text, term(base.args[0], scope), base.args[0]
    if isinstance(base, sp.Pow) and base.exp == HALF:
        return text, f"{term(sp.log(base.base), scope)} / 2", sp.log(base.base) / 2
    if isinstance(base, mono.RPow):
        under, power = base.args
        log = sp.log(under)
        return text, f"{term(power, scope, POWER)} * {term(log, scope, POWER)}", power * log
    if isinstance(base, sp.Product):
        index, upper, body = opened(base)
        identifier, within = scope.inside(index, upper)
        size = term(base, scope).split(" (fun", 1)[0]
        value = sp.Sum(sp.log(body), (index, 1, upper))
        return text, f"{_as_sum(size)} (fun {identifier} => ln {term(body, within, 5)})", value
    return text, f"ln {term(base, scope, 5)}", sp.log(base)


def _as_sum(size: str) -> str:
    return "sum" + size.removeprefix("prod")


def _size(size: str) -> str:
    text = size.removeprefix("prod ").removeprefix("sum ")
    return text


def _sizes(series: sp.Expr, scope: Scope) -> list[str]:
    _, upper, body = opened(series)
    return [term(upper, scope).removeprefix("INR "), term(opened(body)[1], scope).removeprefix("INR ")]


def _comes_first(one: sp.Expr, other: sp.Expr, scope: Scope) -> bool:
    """Sums over samples stand outside: sizes in the order in which they were declared."""
    order = {s: n for n, s in enumerate(scope.context.sizes)}
    return order.get(one, 99) < order.get(other, 99)


def _turned(series: sp.Expr, scope: Scope) -> sp.Expr | None:
    """A double product with the samples inside, where powers of the same base meet; None where they are."""
    index, upper, body = opened(series)
    if not isinstance(body, sp.Product) or not _comes_first(upper, opened(body)[1], scope):
        return None
    other, size, function = opened(body)
    return sp.Product(sp.Product(function, (index, 1, upper)), (other, 1, size))


def _renamed(text: str, names: Mapping[str, str]) -> str:
    import re

    return re.sub(r"\b(" + "|".join(map(re.escape, names)) + r")\b", lambda m: names[m[0]], text)


__all__ = ["Equation", "Known", "Lines", "Normaliser", "braced", "in_range", "opened"]
