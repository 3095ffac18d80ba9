"""The verdict on one claim of an article, from what the points and the symbolic lane say of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derive.checker.evaluator import UndefinedError
from derive.read import lints, proving, solving, substituting
from derive.read.arrays import Array
from derive.read.chains import EQUAL, ORDER, Step
from derive.read.comparing import ENOUGH, Ground, Outcome, Value, compare, is_printed, numbers_only
from derive.read.definitions import is_definable
from derive.read.points import Facts, Point
from derive.read.report import Finding
from derive.read.slips import likely_slip
from derive.read.terms import Meaningless, NotUnderstood, Term, free, num, occurring, walk

if TYPE_CHECKING:
    from derive.read.article import Article

BASES = (10, 2)
#: Letters that often count observations or parameters.
LENGTHS = frozenset(["n", "N", "p", "P", "k", "K", "m", "M", "d", "D", "q", "r", "s", "t", "T", "v"])


def judge_claim(article: Article, step: Step, before: Term, after: Term) -> Finding:
    """Whether a claim holds; never raises what the sides themselves are to blame for."""
    found = _judged(article, step, before, after)
    if found.verdict != "refuted" or found.slip is not None or step.relation not in EQUAL:
        return found
    return replace(found, slip=likely_slip(before, after, article.ground, article.text))


def _judged(article: Article, step: Step, before: Term, after: Term) -> Finding:
    if step.relation == "\\propto":
        return article.finding(step, "undecided", "what is constant here is not said")
    try:
        if numbers_only(before) and numbers_only(after) and step.relation in (*EQUAL, "\\approx"):
            return _numbers(article, step, before, after)
        return _claim(article, step, before, after)
    except Meaningless as error:
        return _shapes(article, step, before, after, error)
    except NotUnderstood as error:
        if step.relation in EQUAL and article.equalities.follow(before, after):
            return article.finding(
                step, "proved", "follows from equations before it", given=("the equations before it",)
            )
        return article.finding(step, "undecided", str(error))


def _shapes(article: Article, step: Step, before: Term, after: Term, error: Meaningless) -> Finding:
    """Shapes do not fit: ill-formed where the text shows them, else we may have guessed them wrongly."""
    alone = [term for term in (before, after) if _shown(term, article) and _fails_alone(article, term)]
    if alone or all(_shown(term, article) for term in (before, after)):
        return article.finding(step, "ill-formed", str(error))
    return article.finding(step, "undecided", f"{error}, as far as the text tells the shapes")


def _shown(term: Term, article: Article, depth: int = 0) -> bool:
    """Whether every vector and matrix in a term is written out: no name in it may stand for one."""
    for t in walk(term):
        known = article.store.find(t) if t.head in ("var", "apply", "mean") else None
        if known is not None and (depth > 8 or not _shown(known[0].body, article, depth + 1)):
            return False
        kind = f"{t.name}:{len(t.args)}" in article.facts.kinds
        unknown = t.head == "var" and not t.args and article.store.find(t) is None
        if (t.head in ("apply", "mean") or kind or unknown) and t.name not in article.facts.sizes:
            return False
    return True


def _fails_alone(article: Article, term: Term) -> bool:
    try:
        compare(article.ground, term, term)
    except Meaningless:
        return True
    return False


# -- numbers ----------------------------------------------------------------------------------------------------------


def _numbers(article: Article, step: Step, before: Term, after: Term) -> Finding:
    """Both sides are numbers: at printed precision, and in the base of logarithms that the digits show."""
    outcome = compare(article.ground, before, after)
    printed = is_printed(before) or is_printed(after)
    logs = any(t.head == "fn" and t.name == "log" and len(t.args) == 1 for t in (*walk(before), *walk(after)))
    if outcome.agreed:
        given = (f"log base {article.ground.log_base}",) if logs and article.ground.log_base else ()
        how = "equal to the printed digits" if printed else "equal"
        return article.finding(step, "proved", how, given=given)
    if logs and article.log_base in ("infer", "e"):
        fitting = [base for base in BASES if _fits(article, before, after, base)]
        if fitting and printed and article.log_base == "infer":
            base = fitting[0]
            if article.inferred != base:
                article.inferred = base
                article.warn(step, f"log is base {base} here, as the printed digits show; (log x)′ = 1/x needs base e")
            return article.finding(step, "proved", "equal to the printed digits", given=(f"log base {base}",))
        if fitting and outcome.differed:
            return _refuted(article, step, outcome, f"; it would hold with logarithms to base {fitting[0]}",
                            slip=f"base {fitting[0]}")  # fmt: skip
    if outcome.differed:
        return _refuted(article, step, outcome, "" if not printed else ", beyond the rounding of the printed digits")
    return article.finding(step, "undecided", outcome.trouble or "the numbers do not tell")


def _fits(article: Article, before: Term, after: Term, base: int) -> bool:
    ground = Ground(article.facts, article.store, base)
    return compare(ground, before, after).agreed > 0


# -- claims with names ------------------------------------------------------------------------------------------------


def _claim(article: Article, step: Step, before: Term, after: Term) -> Finding:
    relation = ORDER.get(step.relation, "=")
    if relation == "=" and "indefinite" in (before.head, after.head):
        return _antiderivative(article, step, before, after)
    outcome = compare(article.ground, before, after, relation)
    if step.relation == "\\neq":
        return _different(article, step, outcome)
    if relation != "=":
        return _order(article, step, before, after, outcome)
    if outcome.holds:
        if before.head == "var" and article.store.find(before) is None:
            article.store.solved.setdefault(before.name, []).append(after)
        return _holds(article, step, before, after, outcome)
    if before == after:
        return article.finding(step, "proved", "both sides are the same")
    if step.relation == "\\approx":
        return article.finding(step, "undecided", "how close is meant is not said")
    for way in (_put_in, _sized, _shorter, _universal, _lengths, _solved, _followed):
        found = way(article, step, before, after, outcome)
        if found is not None:
            return found
    return _open(article, step, before, after, outcome)


def _holds(article: Article, step: Step, before: Term, after: Term, outcome: Outcome) -> Finding:
    proof = None if outcome.modelled or outcome.uncertified else proving.proof(article, before, after)
    if proof is not None:
        return article.finding(step, "proved", proof[0], given=proof[1])
    how = f"no proof, but equal to 28 digits at {max(outcome.agreed, 1)} points"
    if outcome.modelled:
        how += " (" + ", ".join(sorted(outcome.modelled)) + " modelled)"
    return article.finding(step, "tested", how)


def _put_in(article: Article, step: Step, before: Term, after: Term, outcome: Outcome) -> Finding | None:
    """Numbers stand for names: nothing is claimed but that they do."""
    values = substituting.bindings(before, after)
    if values is None:
        return _lettered(article, step, before, after)
    changed = []
    for name, value in values.items():
        known = article.values.setdefault(name, (value, step.block))
        if known[0] != value and known[1] != step.block:
            article.values[name] = (value, step.block)
            changed.append(text(article, name))
    if changed:
        article.warn(step, f"{', '.join(changed)}: other values than before, so the letters stand for another sample")
    shown = tuple(f"{text(article, name)} = {_number_text(value)}" for name, value in values.items())
    return article.finding(step, "substitution", "values are put in: " + ", ".join(shown), given=shown)


def _lettered(article: Article, step: Step, before: Term, after: Term) -> Finding | None:
    """Letters that nothing was said of stand for numbers: what the chain began with is written with them from here on."""
    values = substituting.bindings(after, before)
    if values is None or any(not article.is_fresh(name) for name in values):
        return None
    article.constrained |= {name.name for name in values}
    article.go_on_from(step, after)
    shown = tuple(f"{text(article, name)} = {_number_text(value)}" for name, value in values.items())
    return article.finding(step, "substitution", "letters stand for numbers: " + ", ".join(shown), given=shown)


def _number_text(term: Term) -> str:
    if term.head == "neg":
        return "-" + _number_text(term.args[0])
    if term.head in ("div", "pow"):
        return ("/" if term.head == "div" else "^").join(_number_text(a) for a in term.args)
    return term.name


def _sized(article: Article, step: Step, before: Term, after: Term, outcome: Outcome) -> Finding | None:
    """A sum that is written out tells its size: three terms, so K = 3."""
    if article.found_sizes:
        tried = compare(article.ground, before, after, given=article.found_sizes)
        if tried.holds:
            given = tuple(f"{name} = {size}" for name, size in article.found_sizes.items())
            proof = (
                None
                if tried.modelled or tried.uncertified
                else proving.proof(article, before, after, article.found_sizes)
            )
            if proof is not None:
                return article.finding(step, "proved", proof[0], given=(*given, *proof[1]))
            return article.finding(step, "tested", f"equal to 28 digits at {tried.agreed} points", given=given)
    sizes = [t.args[2] for t in (*walk(before), *walk(after)) if t.head in ("sum", "prod", "table")]
    names = {t.name for t in sizes if t.head == "var" and not t.args and t.name in article.facts.sizes}
    places = [
        int(i.name)
        for t in (*walk(before), *walk(after))
        if t.head == "var"
        for i in t.args
        if i.head == "num" and i.name.isdigit()
    ]
    for name in sorted(names):
        left, right = ({n for n, _ in free(side)} for side in (before, after))
        if (name in left and name in right) or not places:
            continue
        size = max(places)
        tried = compare(article.ground, before, after, given={name: size})
        if tried.holds:
            given = (f"{name} = {size}",)
            article.found_sizes[name] = size
            proof = proving.proof(article, before, after, {name: size})
            if proof is not None:
                return article.finding(step, "proved", proof[0], given=(*given, *proof[1]))
            return article.finding(step, "tested", f"equal to 28 digits at {tried.agreed} points", given=given)
    return None


def _shorter(article: Article, step: Step, before: Term, after: Term, outcome: Outcome) -> Finding | None:
    """`\\log a b` may also be meant as (log a) b: the reading under which the line makes sense is the one meant."""
    assert step.before is not None and step.after is not None
    if article.meaning(step.after) != after:
        return None  # a part of the side is being looked at
    other = article.meaning(step.before, short=True), article.meaning(step.after, short=True)
    for left, right in ((before, other[1]), (other[0], after), other):
        if (left, right) != (before, after) and compare(article.ground, left, right).holds:
            return article.finding(step, "tested", "equal to 28 digits, where a logarithm takes only the next factor")
    return None


def _antiderivative(article: Article, step: Step, before: Term, after: Term) -> Finding:
    """∫ f dx = F without ends: the derivative of F is f."""
    for integral, other in ((before, after), (after, before)):
        if integral.head == "indefinite" and not occurring(other, "indefinite"):
            if integral.bound not in {name for name, _ in free(other)}:
                return _over_the_line(article, step, before, after)
            x = Term("var", (), integral.bound)
            tried = compare(article.ground, integral.args[0], Term("diff", (other, x), "1"))
            if tried.holds:
                return article.finding(step, "tested", "the derivative of one side is the integrand of the other")
            if tried.fails and not tried.modelled:
                return _refuted(article, step, tried, " (derivatives compared)")
    return article.finding(step, "undecided", "whether this is an antiderivative was not shown")


def _over_the_line(article: Article, step: Step, before: Term, after: Term) -> Finding:
    """∫ f dx without ends, where the other side knows no x: over all reals, as statisticians write it."""
    infinity = Term("const", (), "inf")

    def whole(t: Term) -> Term:
        if t.head == "indefinite":
            return Term("int", (t.args[0], Term("neg", (infinity,)), infinity), "", t.bound, t.span)
        return t

    outcome = compare(article.ground, whole(before), whole(after))
    if outcome.holds:
        return _holds(article, step, whole(before), whole(after), outcome)
    return article.finding(step, "undecided", "over what this is integrated is not said")


def _universal(article: Article, step: Step, before: Term, after: Term, outcome: Outcome) -> Finding | None:
    """What holds for all random variables and functions needs no definition of them."""
    if not (occurring(before, "mean", "apply") or occurring(after, "mean", "apply")):
        return None
    tried = compare(article.ground, before, after, overriding=False)
    if not tried.holds:
        return None
    how = (
        f"no proof, but equal to 28 digits at {tried.agreed} points, whatever "
        + ", ".join(sorted(tried.modelled))
        + " may be"
    )
    return article.finding(step, "tested", how)


def _solved(article: Article, step: Step, before: Term, after: Term, outcome: Outcome) -> Finding | None:
    """An equation that is solved: the line says the same as the line before it."""
    if not step.first or article.equation is None or any(occurring(t, "matrix", "table") for t in (before, after)):
        return None
    if all(any(side == num(0) for side in pair) for pair in (article.equation, (before, after))):
        return None  # the equations of a system, one by one
    known = {name for side in article.equation for name, _ in free(side)}
    if any(name not in known for side in (before, after) for name, _ in free(side)):
        return None
    told = solving.equivalent(article, article.equation, (before, after))
    if told is None:
        return None
    if told.holds:
        return article.finding(
            step, "tested", "has the solutions of the equation before it", given=("the equation before it",)
        )
    if told.point is None or not is_understood(article, before, after) or told.modelled:
        return None
    return _refuted(article, step, told, " where the equation before it holds")


def _followed(article: Article, step: Step, before: Term, after: Term, outcome: Outcome) -> Finding | None:
    if article.equalities.follow(before, after):
        article.restate(step, before, after)
        return article.finding(step, "proved", "follows from equations before it", given=("the equations before it",))
    return None


def _lengths(article: Article, step: Step, before: Term, after: Term, outcome: Outcome) -> Finding | None:
    """A letter may be the length of the vectors here, where only the words say so: n observations."""
    lengths = unnamed_lengths(article, before, after)
    names = sorted({n for side in (before, after) for n, rank in free(side) if rank == 0 and n in LENGTHS})
    kinds = article.facts.kinds
    for length in sorted(lengths):
        for name in names:
            if name in kinds or article.store.find(Term("var", (), name)) is not None:
                continue
            tied = {n: tuple(name if part == length else part for part in kind) for n, kind in kinds.items()}
            facts = Facts(**{**vars(article.facts), "kinds": tied, "sizes": article.facts.sizes | {name}})
            if compare(Ground(facts, article.store, article.ground.log_base), before, after).holds:
                kinds.update(tied)
                article.facts.sizes.add(name)
                article.ground.forget()
                shown = text(article, Term("var", (), name))
                return article.finding(
                    step, "tested", "equal to 28 digits", given=(f"{shown} is the length of the vectors",)
                )
    return None


def unnamed_lengths(article: Article, *sides: Term) -> set[str]:
    """The sizes of vectors and matrices in a claim that no letter of the text names."""
    found: set[str] = set()
    for side in sides:
        for t in walk(side):
            known = article.store.find(t) if t.head in ("var", "apply") else None
            if known is not None:
                found |= unnamed_lengths(article, known[0].body)
            if t.head == "var":
                key = f"{t.name}:{len(t.args)}" if t.args else t.name
                found |= {part for part in article.facts.kinds.get(key, ())[1:] if part.startswith("#")}
    return found


def _different(article: Article, step: Step, outcome: Outcome) -> Finding:
    if outcome.fails and not outcome.modelled and not outcome.uncertified:
        return article.finding(step, "tested", "the sides differ at every point tried")
    return article.finding(step, "undecided", "whether the sides differ for all values is not known")


def _order(article: Article, step: Step, before: Term, after: Term, outcome: Outcome) -> Finding:
    proof = proving.proof(article, before, after, relation=ORDER[step.relation]) if not outcome.differed else None
    if proof is not None:
        return article.finding(step, "proved", proof[0], given=proof[1])
    if outcome.fails and is_understood(article, before, after) and not outcome.modelled and len(outcome.modes) == 0:
        return article.finding(step, "hypothesis", "is taken as a condition")
    if outcome.differed:
        return article.finding(step, "undecided", "it holds at some points and not at others")
    return article.finding(
        step, "undecided", f"no proof was found; it holds at {outcome.agreed} points, which says little"
    )


def _open(article: Article, step: Step, before: Term, after: Term, outcome: Outcome) -> Finding:
    """Neither shown nor seen to hold: refuted where everything in it is understood, else left open."""
    fault = _fault(article, step, before, after, outcome)
    if fault is not None:
        return fault
    if outcome.differed and step.first and is_definable(before) and article.store.find(before) is not None:
        return article.defined_again(step, before, after)
    if outcome.differed and not outcome.agreed and not outcome.modelled and is_understood(article, before, after):
        if not _may_be_condition(article, step, before, after):
            other = _symmetric(article, step, before, after) or _hatless(article, step, before, after)
            return other or _refuted(article, step, outcome)
        if not free(after):
            _constrain(article, before, after)
            return article.finding(step, "hypothesis", "does not hold for all values, so it is taken as a condition")
    if _may_be_condition(article, step, before, after):
        if article.define_late(step, before, after):
            return article.finding(step, "definition", "says at last what its name stands for")
        if not outcome.modelled:  # what is said of unknown functions does not bind the other names
            _constrain(article, before, after)
    if (
        outcome.differed
        and step.first
        and not free(after)
        and not article.single
        and not occurring(after, "apply", "mean")
    ):
        return article.finding(step, "hypothesis", "is not known to hold for all values, so it is taken as a condition")
    if outcome.modelled:
        return article.finding(step, "undecided", "not known of " + ", ".join(sorted(outcome.modelled)))
    if outcome.differed:
        what = hindrance(article, before, after)
        because = f", but what is known of {what} may not be all" if what else "; it may be meant as a condition"
        return article.finding(step, "undecided", f"does not hold for all values{because}")
    return article.finding(step, "undecided", outcome.trouble or "no admissible point was found")


def _hatless(article: Article, step: Step, before: Term, after: Term) -> Finding | None:
    """What would hold if a hat stood on a name, or none: a slip of the pen, and not of the mathematics."""
    names = {t.name for side in (before, after) for t in walk(side) if t.head == "var"}
    pairs = [(name, f"{name}^hat") for name in names if f"{name}^hat" in names]
    if not pairs:
        return None
    for bare, hatted in pairs:
        left, right = (lints.renamed(side, bare, hatted) for side in (before, after))
        if compare(article.ground, left, right).holds:
            shown = text(article, Term("var", (), hatted)), text(article, Term("var", (), bare))
            article.warn(step, f"{shown[0]} seems to be meant where {shown[1]} stands")
            return article.finding(
                step, "undecided", f"would hold with {shown[0]} for {shown[1]}: a hat seems to be missing"
            )
    return None


def _symmetric(article: Article, step: Step, before: Term, after: Term) -> Finding | None:
    """What holds for symmetric matrices only may well be meant of them: the text need not have said so in a formula."""
    names = {t.name for side in (before, after) for t in walk(side) if t.head == "var"}
    kinds = article.facts.kinds
    square = {n for n in names if kinds.get(n, ("",))[0] == "matrix" and kinds[n][1] == kinds[n][2]}
    if not square:
        return None
    facts = Facts(**{**vars(article.facts), "kinds": {**kinds, **{n: ("definite", kinds[n][1]) for n in square}}})
    if not compare(Ground(facts, article.store, article.ground.log_base), before, after).holds:
        return None
    given = tuple(f"{text(article, Term('var', (), n))} symmetric" for n in sorted(square))
    return article.finding(step, "tested", "equal to 28 digits for symmetric matrices", given=given)


def _fault(article: Article, step: Step, before: Term, after: Term, outcome: Outcome) -> Finding | None:
    """What is wrong with scopes and indices, looked for only where the numbers do not bear a line out."""
    if not (outcome.differed or outcome.modelled):
        return None
    name = None if step.first else lints.escaped(before, after)
    if name is not None and name not in article.free_before:
        shown = article.names.displays.get(name, name)
        return article.finding(step, "ill-formed", f"{shown} is bound on one side and free on the other")
    for side in (before, after):
        array = lints.idle_index(side, article.ranks)
        if array is not None:
            shown = article.names.displays.get(array, array)
            return article.finding(step, "ill-formed", f"{shown} is summed over more indices than it has here")
    if not outcome.agreed and outcome.differed:
        for side, other in ((after, before), (before, after)):
            itself = lints.cancelling(side)
            if itself is not None and itself.head in ("apply", "fn", "mean") and lints.cancelling(other) is None:
                return _refuted(article, step, outcome, ": one side cancels itself")
    return None


def _may_be_condition(article: Article, step: Step, before: Term, after: Term) -> bool:
    """Whether a line that starts a block may state a condition rather than an identity: its sides have other names."""
    if article.single:
        return False
    for one, other in ((before, after), (after, before)):
        unknown = one.head == "var" and not one.args and article.store.find(one) is None
        if unknown and one.name not in {name for name, _ in free(other)}:
            return True  # whatever it is, this line may say so
    if not step.first:
        return False
    if before.head == "var" and article.store.find(before) is None:
        return True
    left, right = (_names(article, side, 0) for side in (before, after))
    told = any(article.store.find(t) is not None for side in (before, after) for t in walk(side))
    return left != right and not (told and left and right and (left <= right or right <= left))


def _names(article: Article, term: Term, depth: int) -> set[str]:
    """The names that a side stands on, behind its definitions; sizes and indices do not count."""
    found: set[str] = set()
    bound = lints.bound_names(term)
    for t in walk(term):
        known = article.store.find(t) if t.head in ("var", "apply", "mean") and depth < 12 else None
        if known is not None:
            found |= _names(article, known[0].body, depth + 1)
        elif t.head == "var" and t.name not in bound:
            found.add(t.name)
    return found - article.facts.sizes - article.facts.indices


def _constrain(article: Article, before: Term, after: Term) -> None:
    for name, _ in free(before) | free(after):
        alone = any(side == Term("var", (), name) for side in (before, after))
        if name in article.facts.indices or (name in article.facts.sizes and not alone):
            continue
        if article.store.find(Term("var", (), name)) is None:
            article.constrained.add(name)


def is_understood(article: Article, before: Term, after: Term) -> bool:
    """Whether every name of both sides is free to take any value: nothing that the text may have meant is missing."""
    return hindrance(article, before, after) is None


def _is_told(article: Article, t: Term) -> bool:
    """Whether a function, or the function that it inverts, is defined in the text."""
    inner = Term("apply", t.args, t.name.removesuffix("^inv"))
    return article.store.find(inner) is not None


def hindrance(article: Article, before: Term, after: Term) -> str | None:
    """What in a claim may have a meaning that we do not know, None where there is nothing."""
    loose = {n for side in (before, after) for n, rank in free(side) if rank == 0} & LENGTHS - article.facts.sizes
    loose = {n for n in loose if n not in article.facts.kinds and article.store.find(Term("var", (), n)) is None}
    if loose and unnamed_lengths(article, before, after):
        return sorted(loose)[0]
    for side in (before, after):
        for t in walk(side):
            if t.head in ("apply", "mean", "label", "sumset", "intset", "limit", "indefinite"):
                if t.head == "apply" and _is_told(article, t):
                    continue
                return t.name or t.head
            marked = "^" in t.name and not t.name.endswith("^bold")
            if t.head == "var" and article.store.find(t) is None and (marked or t.name in article.constrained):
                return text(article, Term("var", (), t.name))
    return None


def _refuted(article: Article, step: Step, outcome: Outcome, more: str = "", slip: str | None = None) -> Finding:
    assert outcome.sides is not None
    left, right = (value_text(v) for v in outcome.sides)
    found = counterexample(article, outcome.point) if outcome.point is not None else {}
    return article.finding(
        step, "refuted", f"left side {left}, right side {right}{more}", counterexample=found or None,
        values=(left, right), slip=slip,
    )  # fmt: skip


# -- words ------------------------------------------------------------------------------------------------------------


def value_text(value: Value) -> str:
    """A value as a reader can take it: exact where short, else to 12 digits."""
    if isinstance(value, Array):
        return "(" + "; ".join(", ".join(value_text(x) for x in row) for row in value.rows) + ")"
    if hasattr(value, "q") and len(str(value)) <= 14:
        return str(value)
    from flint import arb

    return str(arb(value).str(12, radius=False))


def text(article: Article, name: Term) -> str:
    """A name with its indices as LaTeX."""
    shown = article.names.displays.get(name.name, name.name)
    if not name.args:
        return shown
    subscript = (
        "".join(i.name for i in name.args)
        if all(len(i.name) == 1 for i in name.args)
        else ",".join(i.name for i in name.args)
    )
    return f"{shown}_{{{subscript}}}"


def counterexample(article: Article, point: Point) -> dict[str, object]:
    """The numbers of a point, under the names that the article uses."""
    found: dict[str, object] = {}
    for (name, indices), value in sorted(point.read.items(), key=str):
        key = text(article, Term("var", tuple(num(i) for i in indices), name))
        if isinstance(value, Array):
            continue
        whole = not indices and (name in article.facts.sizes or name in article.facts.indices)
        found[key] = int(value_text(value)) if whole else value_text(value)
    return found


__all__ = ["ENOUGH", "UndefinedError", "judge_claim"]
