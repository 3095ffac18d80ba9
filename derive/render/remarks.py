"""What is said of a section as a whole: why it has no step, what has no closed form, which data lie at a boundary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.binding import substitute
from derive.algebra.context import Context, index_names
from derive.algebra.naming import readable
from derive.derivation import Derivation, Section
from derive.render.names import parts
from derive.render.reasons import Pieces, fill, joined, note
from derive.render.words import vocabulary


def notes(derivation: Derivation, section: Section, lang: str) -> tuple[Pieces, ...]:
    """The sentences that follow the steps of a section."""
    said = [note(section.note, lang)] if section.note else []
    if section.id == "estimate" and not section.note:
        said += _no_closed_form(derivation, lang)
    if section.id == "score":
        said += _kinks(section, lang)
    if section.id == "example":
        said += _on_boundary(derivation, section, lang)
    return tuple(said)


def implicit(derivation: Derivation) -> tuple[sp.Eq, ...]:
    """The equations that the estimate solves where it has no closed form."""
    found = derivation.results.get("estimate", sp.Tuple())
    equations = found.args if isinstance(found, sp.Tuple) else ()
    return tuple(e for e in equations if isinstance(e, sp.Eq) and e.rhs == 0 and _hats(e.lhs) - {e.lhs})


def without_hats(expr: sp.Basic, context: Context) -> sp.Basic:
    """The same statement about the parameters themselves, as a step states it before it speaks of estimates."""
    return expr.xreplace({hat: _bare(hat, context) for hat in _hats(expr)})


def to_solve(derivation: Derivation) -> tuple[sp.Eq, ...]:
    """The implicit equations that no step of the estimate's section has stated."""
    section = next((s for s in derivation.sections if s.id == "estimate"), None)
    steps = section.steps if section else ()
    told = {readable(e) for s in steps for side in (s.before, s.after) for e in statements(side)}
    return tuple(
        e for e in implicit(derivation) if not told & {readable(e), readable(without_hats(e, derivation.context))}
    )


def statements(expr: sp.Basic) -> tuple[sp.Basic, ...]:
    """The statements of a tuple of them, or the one there is."""
    return tuple(expr.args) if isinstance(expr, sp.Tuple) and expr.args else (expr,)


def unknowns(derivation: Derivation) -> tuple[sp.Expr, ...]:
    """What those equations determine: the estimates that no other equation gives, in the order of the context."""
    hats = set().union(*(_hats(e.lhs) for e in implicit(derivation)))
    found = derivation.results.get("estimate", sp.Tuple())
    closed = {_letter(e.lhs) for e in found.args if e not in implicit(derivation)}
    first: dict[str, sp.Expr] = {}
    for hat in sorted(hats, key=sp.default_sort_key):
        first.setdefault(_letter(hat), _customary(hat, derivation.context))
    order = [v.name for v in derivation.context.variables]
    named = [name for name in first if name not in closed]
    return tuple(first[n] for n in sorted(named, key=lambda n: (order.index(n) if n in order else len(order), n)))


def named_equations(derivation: Derivation) -> dict[str, sp.Eq]:
    """Each implicit equation by the name of the parameter that it is the score of."""
    names = [_letter(u) for u in unknowns(derivation)]
    equations = implicit(derivation)
    if len(names) != len(equations):
        return {", ".join(names) + (f" ({n})" if n > 1 else ""): e for n, e in enumerate(equations, start=1)}
    return dict(zip(names, equations, strict=True))


def _hats(expr: sp.Expr) -> set[sp.Expr]:
    entries = expr.atoms(sp.Indexed)
    labels = {e.base.label for e in entries}
    symbols = {s for s in expr.atoms(sp.Symbol) if s not in labels}
    return {e for e in (*entries, *symbols) if "hat" in parts(_name(e)).accents}


def _bare(hat: sp.Expr, context: Context) -> sp.Expr:
    indices = getattr(hat, "indices", ())
    known = next((v for v in context.variables if v.name == _letter(hat) and v.rank == len(indices)), None)
    return hat if known is None else known.base[indices] if indices else known.base


def _name(expr: sp.Expr) -> str:
    return str(expr.base.label) if isinstance(expr, sp.Indexed) else str(expr)


def _letter(expr: sp.Expr) -> str:
    return _name(expr).removesuffix("_hat")


def _customary(hat: sp.Expr, context: Context) -> sp.Expr:
    """The entry under its customary indices: α̂_k, whatever the index it had in a sum."""
    if not isinstance(hat, sp.Indexed):
        return hat
    axes = next((v.axes for v in context.variables if v.name == _letter(hat) and v.rank == len(hat.indices)), None)
    return hat if axes is None else hat.base[index_names(axes)]


def _no_closed_form(derivation: Derivation, lang: str) -> Iterator[Pieces]:
    if to_solve(derivation):
        yield fill(vocabulary(lang).no_closed_form, {"unknowns": joined(unknowns(derivation), lang)})


def _kinks(section: Section, lang: str) -> Iterator[Pieces]:
    """Points at which the derivative of a modulus, a sign, is only a subgradient."""
    signs = {s for step in section.steps for s in step.after.atoms(sp.sign)}
    points = dict.fromkeys(_vanishing(s.args[0]) for s in sorted(signs, key=sp.default_sort_key))
    if points:
        yield fill(vocabulary(lang).kink, {"points": joined(points, lang)})


def _vanishing(expr: sp.Expr) -> sp.Eq:
    """Where a difference is 0: its two sides are equal."""
    terms = sp.Add.make_args(expr)
    below = [term for term in terms if term.could_extract_minus_sign()]
    rest = sp.Add(*(term for term in terms if term not in below))
    return sp.Eq(rest, -sp.Add(*below), evaluate=False)


def _on_boundary(derivation: Derivation, section: Section, lang: str) -> Iterator[Pieces]:
    """Data on which a condition of the estimate fails, where the maximum was shown over the closed domain."""
    claims = [step for _, step in derivation.steps() if step.kind == "maximises"]
    if not claims or any(step.given for step in claims):
        return
    values = {e.lhs: e.rhs for step in section.steps for e in step.bind if isinstance(e, sp.Eq)}
    conditions = dict.fromkeys(g for s in derivation.steps() if s[1].kind == "solves" for g in s[1].given)
    failing = {c: culprits for c in conditions if (culprits := _culprits(c, values))}
    if failing:
        zero = dict.fromkeys(e for culprits in failing.values() for e in culprits)
        shown = {"values": joined(zero, lang), "given": joined(failing, lang)}
        yield fill(vocabulary(lang).on_boundary, shown)


def _culprits(condition: Relational, values: dict[sp.Expr, sp.Expr]) -> tuple[sp.Eq, ...]:
    """The values on which `… > 0` fails, for one of its entries or as a whole."""
    if not isinstance(condition, sp.StrictGreaterThan):
        return ()
    left = condition.lhs - condition.rhs
    if isinstance(left, sp.Indexed):
        same = ((e, v) for e, v in values.items() if isinstance(e, sp.Indexed) and e.base == left.base)
        return tuple(sp.Eq(e, v, evaluate=False) for e, v in same if not v > 0)
    sizes = {s: v for s, v in values.items() if isinstance(s, sp.Symbol)}
    found = _expanded(substitute(left, sizes)).xreplace(values)
    entries: Iterable[tuple[sp.Expr, sp.Expr]] = ((e, v) for e, v in values.items() if isinstance(e, sp.Indexed))
    return tuple(sp.Eq(e, v, evaluate=False) for e, v in entries) if found.is_number and found <= 0 else ()


def _expanded(expr: sp.Expr) -> sp.Expr:
    """Sums over a range of numbers, written out."""
    if isinstance(expr, sp.Sum) and len(expr.limits) == 1 and all(b.is_Integer for b in expr.limits[0][1:]):
        variable, lower, upper = expr.limits[0]
        return sp.Add(*(substitute(expr.function, {variable: sp.Integer(n)}) for n in range(lower, upper + 1)))
    if not expr.args or isinstance(expr, sp.Indexed):
        return expr
    return expr.func(*(_expanded(a) for a in expr.args))
