"""Global maxima: whatever admissible value is put in, the function is at most what it is at the claimed one.

The shape of the function in one unknown decides the lemma: a log x + b log(1 - x), a log x - b x, b x - a x², or
- a log x - b/x²; on the simplex, Gibbs' inequality. Several unknowns are put in one after the other.
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from derive.algebra.binding import free_symbols, rebuild, substitute
from derive.algebra.context import Variable, index, key
from derive.certify.defined import conditions
from derive.certify.monomials import as_root, atoms, factors, product, quotient, with_bound_names
from derive.certify.names import NoProofError, UntranslatableError
from derive.certify.normal import Lines, braced, conjunction, opened
from derive.certify.steps import Place, equals
from derive.certify.terms import ATOM, POWER, SUM, Scope, in_range, proposition, term
from derive.derivation import Step

Shown = tuple[str, Lines, list[sp.Expr]]
_X = sp.Symbol("_x", positive=True)


def maximum(step: Step, place: Place) -> Shown:
    """The claimed values are admissible, and no admissible ones give more; 0 · log 0 = 0 on the boundary."""
    scope, function = place.scope, step.before
    unknowns = [(e.lhs, e.rhs) for e in step.after.args]
    admissible, proofs = _admissible(unknowns, step, place)
    any_scope, for_all = scope, ""
    premises: list[str] = []
    for head, _ in unknowns:
        name = f"any_{scope.of(key(head))}"
        any_scope = any_scope.change(key(head), name)
        for_all += f"forall {name} : {'nat -> ' * len(getattr(head, 'indices', ()))}R, "
    for head, _ in unknowns:
        premises += domain(_declared(head, scope), any_scope)
    premises += [proposition(b, any_scope) for b in step.bind]
    touched = [c for c in conditions(function, any_scope, weighted=True) if "any_" in c.statement]
    premises += [c.text for c in touched]
    best = function
    for head, value in unknowns:
        best = put_in(best, head, value)
    below = f"{term(function, any_scope, SUM)} <= {term(best, scope, SUM)}"
    hidden = "\n    ".join([f"{for_all}", *(f"({p}) ->" for p in premises), below])
    names = " ".join(f"any_{scope.of(key(h))}" for h, _ in unknowns)
    given = " ".join(f"admissible{n}" for n in range(len(premises)))
    if isinstance(unknowns[0][0], sp.Indexed):
        inner = [f"intros {names} {given}.", *_simplex(function, unknowns[0], place, any_scope)]
    else:
        abbreviations = place.unfolding_names(step.after)
        inner = [f"intros {names} {given}."]
        inner += [f"unfold {', '.join(abbreviations)} in *."] if abbreviations else []
        values = [(head, place.unfold(value)) for head, value in unknowns]
        inner += _one_after_the_other(place.unfold(function), values, replace(place, scope=any_scope))
    proof = [*conjunction(len(admissible) + 1), *(line for p in proofs for line in braced(p)), *braced(inner)]
    conclusion = " /\\\n  ".join([*(f"({a})" for a in admissible), f"({hidden})"])
    return conclusion, proof, []


def domain(variable: Variable, scope: Scope) -> list[str]:
    """What a declared domain says of a number, or of every entry of an array, as propositions."""
    letters = [index(f"j{n}") for n in range(len(variable.axes))]
    inside, for_all = scope, ""
    for letter, axis in zip(letters, variable.axes, strict=True):
        name, inside = inside.inside(letter, axis)
        for_all += f"forall {name}, {in_range(name, axis, scope)} -> "
    entry = term(variable.base[tuple(letters)] if letters else variable.base, inside, POWER)
    argument = entry if letters == [] else f"({entry})"
    bounds, found = variable.domain, []
    if bounds.integer and bounds.lower == 0 and bounds.upper == 1:
        return [f"{for_all}binary {argument}"]
    if bounds.lower != -sp.oo:
        found.append(f"{for_all}{term(bounds.lower, scope, SUM)} {'<' if bounds.lower_open else '<='} {entry}")
    if bounds.upper != sp.oo:
        found.append(f"{for_all}{entry} {'<' if bounds.upper_open else '<='} {term(bounds.upper, scope, SUM)}")
    if bounds.integer and bounds.lower.is_nonnegative:
        found.append(f"{for_all}natural {argument}")
    return found


def _declared(head: sp.Expr, scope: Scope) -> Variable:
    variable = scope.context.variable(head)
    if variable is None:
        raise UntranslatableError(f"{str(head)[:40]} is not declared")
    return variable


def put_in(expr: sp.Basic, head: sp.Expr, value: sp.Expr) -> sp.Basic:
    """A value for an unknown; for y_k, its value at every index."""
    if isinstance(head, sp.Symbol):
        return substitute(expr, {head: value})
    if isinstance(expr, sp.Indexed) and key(expr) == key(head):
        return substitute(value, dict(zip(head.indices, expr.indices, strict=True)))
    if not expr.args or isinstance(expr, sp.Indexed):
        return expr
    return rebuild(expr, tuple(put_in(a, head, value) for a in expr.args))


def _admissible(unknowns: list[tuple[sp.Expr, sp.Expr]], step: Step, place: Place) -> tuple[list[str], list[Lines]]:
    """That the claimed values lie in the closed domain and satisfy the constraints."""
    scope, texts, proofs = place.scope, [], []
    for head, value in unknowns:
        for text, proof in in_domain(head, value, scope):
            texts.append(text)
            proofs.append(proof)
    for constraint in step.bind:
        if isinstance(constraint, sp.Eq):
            left = constraint.lhs
            for head, value in unknowns:
                left = put_in(left, head, value)
            texts.append(equals(left, constraint.rhs, scope))
            proofs.append(place.equality(left, constraint.rhs))
    return texts, proofs


def in_domain(head: sp.Expr, value: sp.Expr, scope: Scope) -> list[tuple[str, Lines]]:
    """That a value, or every entry of an array of values, lies between the ends of the domain; with tactics."""
    variable = _declared(head, scope)
    inside, for_all, names = scope, "", []
    for letter, axis in zip(getattr(head, "indices", ()), variable.axes, strict=False):
        name, inside = inside.inside(letter, axis)
        for_all += f"forall {name}, {in_range(name, axis, scope)} -> "
        names.append(f"intros {name} {name}_in.")
    found = []
    for end, less in ((variable.domain.lower, True), (variable.domain.upper, False)):
        if end not in (sp.oo, -sp.oo):
            strictly = variable.domain.lower_open if less else variable.domain.upper_open
            low, high = (end, value) if less else (value, end)
            text = f"{for_all}{term(low, inside, SUM)} {'<' if strictly else '<='} {term(high, inside, SUM)}"
            found.append((text, [*names, bounded(low, high, strictly, inside)]))
    return found


def bounded(low: sp.Expr, high: sp.Expr, strictly: bool, scope: Scope) -> str:
    """The tactic for low ≤ high, or low < high: at once, or by the difference as a product."""
    plain = product(list(factors(with_bound_names(high - low, len(scope.bound)))))
    difference = f"{term(high, scope, SUM)} - ({term(low, scope)})"
    other = (
        f"apply {'below' if strictly else 'at_most'}; replace ({difference}) with ({term(plain, scope)}) by rational"
    )
    return f"first [solve [side] | {other}; side]."


def _simplex(function: sp.Expr, best_at: tuple[sp.Expr, sp.Expr], place: Place, any_scope: Scope) -> Lines:
    """c + Σ t_k log y_k on the simplex."""
    (head, value), scope = best_at, place.scope
    variable = _declared(head, scope)
    size, letter = variable.axes[0], head.indices[0]
    weight, rest = _weights(function, head)
    name, within = scope.inside(letter, size)
    total = _total(weight, value)
    texts = {
        "weights": f"(fun {name} => {term(weight, within)})",
        "any": f"(fun {name} => any_{scope.of(key(head))} {name})",
        "s": term(total, scope, ATOM),
        "c": term(rest, scope, ATOM),
    }
    length = term(size, scope).removeprefix("INR ")
    bound = f"simplex_maximum {length} {texts['weights']} {texts['any']} {texts['s']} {texts['c']}"
    at_any = replace(place, scope=any_scope)
    at_any_sum = sp.Sum(weight * sp.log(head), (letter, 1, size))
    form, final = rest + at_any_sum, sp.Sum(weight * sp.log(weight / total), (letter, 1, size))
    factor, entry = term(weight, within, POWER), term(head, any_scope.inside(letter, size)[1], ATOM)
    entries = (entry, f"({factor} / {texts['s']})")
    sums = [f"sum {length} (fun {name} => {factor} * ln {e})" for e in entries]
    ordered = [term(e, place_) for e, place_ in ((at_any_sum, any_scope), (final, scope))]
    replaced = [
        f"replace ({mine}) with ({theirs}) by (apply sum_ext; intros; rational)."
        for mine, theirs in zip(sums, ordered, strict=True)
    ]
    return [
        f"assert (fact1 : {term(sp.Sum(weight, (letter, 1, size)), scope)} = {texts['s']}).",
        *braced(place.equality(sp.Sum(weight, (letter, 1, size)), total)),
        f"assert (fact2 : 0 < {texts['s']}) by side.",
        f"assert (bound := {bound} fact1 fact2 ltac:(side) ltac:(side) ltac:(side) ltac:(cbv beta; intros; "
        "match goal with H : _ |- _ => solve [apply H; assumption] end)).",
        "cbv beta in bound; apply (bounded_by _ _ _ _ bound).",
        *braced([replaced[0], *at_any.equality(function, form)]),
        *braced([replaced[1], "rational."]),
    ]


def _weights(function: sp.Expr, head: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """t_k and c of c + Σ t_k log y_k."""
    letter = head.indices[0]
    for t in sp.Add.make_args(function):
        number, total = t.as_coeff_Mul()
        if isinstance(total, sp.Sum) and total.has(head.base) and len(total.limits) == 1:
            body = put_bound(total, letter) * number
            return sp.cancel(body / sp.log(head)) if body.has(sp.log) else body, function - t
    raise UntranslatableError("certificates know maxima on the simplex of sums of logarithms")


def put_bound(total: sp.Sum, letter: sp.Symbol) -> sp.Expr:
    """What stands under a sum, for the index of that name."""
    variable, _, body = opened(total)
    return substitute(body, {variable: letter})


def _total(weight: sp.Expr, value: sp.Expr) -> sp.Expr:
    top, below = quotient(weight / value)
    return top / product(list(below))


def _one_after_the_other(function: sp.Expr, unknowns: list[tuple[sp.Expr, sp.Expr]], place: Place) -> Lines:
    """F(x, y) ≤ F(x̂, y) ≤ F(x̂, ŷ)."""
    if len(unknowns) == 1:
        return _one(function, *unknowns[0], place)
    (head, value), *rest = unknowns
    then = put_in(function, head, value)
    return [
        f"apply Rle_trans with ({term(then, place.scope)}).",
        *braced(_one(function, head, value, place)),
        *braced(_one_after_the_other(then, rest, place)),
    ]


def _one(function: sp.Expr, unknown: sp.Expr, value: sp.Expr, place: Place) -> Lines:
    """The lemma for the shape that a function has in one unknown."""
    lemma, a, b, c = _shape(function, unknown, place)
    scope = place.scope
    original = scope.changed.get(key(unknown), "")
    at_value = replace(
        place, scope=replace(scope, changed={k: t for k, t in scope.changed.items() if k != key(unknown)})
    )
    under = [term(r.base, at_value.scope) for r in atoms(with_bound_names(value)) if as_root(r)]
    roots = [f"square_root ({text})." for text in sorted(under, key=len, reverse=True)]
    form, best = FORMS[lemma](a, b, c, unknown), put_in(function, unknown, value)
    arguments = " ".join(term(e, scope, ATOM) for e in (a, b))
    own = VALUES[lemma].format(a=term(a, scope, ATOM), b=term(b, scope, ATOM))
    plain = product(list(factors(with_bound_names(a + b, len(scope.bound)))))
    way, merged = "ltac:(side)", ""
    if lemma == "two_logs_maximum":
        written = f"{term(a, scope, ATOM)} + {term(b, scope, ATOM)}"
        merged = f"replace ({written}) with ({term(plain, scope)}) by rational; rational | "
        way = f"ltac:(first [solve [side] | replace ({written}) with ({term(plain, scope)}) by rational; side])"
    return [
        f"assert (bound := {lemma} {arguments} {original} {term(c, scope, ATOM)} {' '.join([way] * SIDES[lemma])}).",
        f"replace ({own}) with ({term(value, at_value.scope)}) in bound by "
        f"(first [rational | {merged}symmetry; apply root_is; [side|squared]]).",
        "apply (bounded_by _ _ _ _ bound).",
        *braced(place.equality(function, form)),
        *braced([*roots, *at_value.equality(best, FORMS[lemma](a, b, c, value))]),
    ]


FORMS = {
    "two_logs_maximum": lambda a, b, c, x: c + a * sp.log(x) + b * sp.log(1 - x),
    "log_linear_maximum": lambda a, b, c, x: c + a * sp.log(x) - b * x,
    "quadratic_maximum": lambda a, b, c, x: c + b * x - a * x**2,
    "scale_maximum": lambda a, b, c, x: c - a * sp.log(x) - b / x**2,
}
#: Where the lemma's maximum lies.
VALUES = {
    "two_logs_maximum": "{a} / ({a} + {b})",
    "log_linear_maximum": "{a} / {b}",
    "quadratic_maximum": "{b} / (2 * {a})",
    "scale_maximum": "sqrt (2 * {b} / {a})",
}
SIDES = {"two_logs_maximum": 7, "log_linear_maximum": 3, "quadratic_maximum": 1, "scale_maximum": 3}


def _shape(function: sp.Expr, unknown: sp.Expr, place: Place) -> tuple[str, sp.Expr, sp.Expr, sp.Expr]:
    """Which lemma fits, and its coefficients a, b, c."""
    plain = with_bound_names(function)
    (normal,), _ = place.normaliser(frozenset()).level([plain], place.scope)
    for form in (plain, normal):
        found = _fitting(form, unknown)
        if found is not None:
            return found
    raise NoProofError("no lemma for a maximum of this shape")


def _fitting(normal: sp.Expr, unknown: sp.Expr) -> tuple[str, sp.Expr, sp.Expr, sp.Expr] | None:
    """Lemma and coefficients, as the expression stands."""
    logs = {sp.log(unknown): sp.Symbol("_l"), sp.log(1 - unknown): sp.Symbol("_m"), unknown: _X}
    lettered = _lettered(normal, logs)
    opaque = {a: sp.Dummy() for a in atoms(lettered) if not a.is_Symbol}
    if any(a.has(*logs.values()) for a in opaque):
        return None
    back = {v: k for k, v in opaque.items()}
    plain = sp.expand(_lettered(lettered, opaque))
    log_of, log_of_rest = logs[sp.log(unknown)], logs[sp.log(1 - unknown)]
    rest = plain.subs({log_of: 0, log_of_rest: 0})
    first, second = plain.coeff(log_of, 1), plain.coeff(log_of_rest, 1)
    free = not (free_symbols(first) | free_symbols(second)) & {log_of, log_of_rest, _X}
    powers = {n: rest.coeff(_X, n) for n in (-2, 0, 1, 2)}
    if not free or sp.expand(rest - sum(value * _X**n for n, value in powers.items())) != 0:
        return None
    first, second = first.xreplace(back), second.xreplace(back)
    powers = {n: value.xreplace(back) for n, value in powers.items()}
    c = powers[0]
    if second != 0 and powers[1] == powers[2] == powers[-2] == 0:
        return "two_logs_maximum", first, second, c
    if first == second == 0 and powers[-2] == 0:
        return "quadratic_maximum", -powers[2], powers[1], c
    if second == 0 and powers[1] == powers[2] == 0:
        return "scale_maximum", -first, -powers[-2], c
    if second == 0 and powers[2] == powers[-2] == 0:
        return "log_linear_maximum", first, -powers[1], c
    return None


def _lettered(expr: sp.Basic, letters: dict[sp.Expr, sp.Expr]) -> sp.Basic:
    if expr in letters:
        return letters[expr]
    if not expr.args or isinstance(expr, sp.Indexed):
        return expr
    return rebuild(expr, tuple(_lettered(a, letters) for a in expr.args))
