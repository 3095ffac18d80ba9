"""The verdict on one claim of an article, from what the points and the symbolic lane say of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derive.read.judgement import proving, solving, substituting
from derive.read.judgement.slips import likely_slip
from derive.read.judgement.standing import LENGTHS, is_understood, left_open, refuted, unnamed_lengths
from derive.read.judgement.wording import number_text, text
from derive.read.meanings.chains import EQUAL, ORDER, Step
from derive.read.meanings.definitions import Definition
from derive.read.meanings.known import Facts
from derive.read.meanings.terms import Meaningless, NotUnderstood, Term, free, num, occurring, walk
from derive.read.report import Finding
from derive.read.values.comparing import Ground, Outcome, compare, is_printed, numbers_only

if TYPE_CHECKING:
    from derive.read.judgement.article import Article

BASES = (10, 2)


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
            return refuted(article, step, outcome, f"; it would hold with logarithms to base {fitting[0]}",
                            slip=f"base {fitting[0]}")  # fmt: skip
    if outcome.differed:
        return refuted(article, step, outcome, "" if not printed else ", beyond the rounding of the printed digits")
    return article.finding(step, "undecided", outcome.trouble or "the numbers do not tell")


def _fits(article: Article, before: Term, after: Term, base: int) -> bool:
    ground = Ground(article.facts, article.store, base)
    return compare(ground, before, after).agreed > 0


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
    for way in (_worked_out, _put_in, _sized, _shorter, _universal, _lengths, _averaged, _solved, _followed):
        found = way(article, step, before, after, outcome)
        if found is not None:
            return found
    return left_open(article, step, before, after, outcome)


def _holds(article: Article, step: Step, before: Term, after: Term, outcome: Outcome) -> Finding:
    proof = None if outcome.modelled or outcome.uncertified else proving.proof(article, before, after)
    if proof is not None:
        return article.finding(step, "proved", proof[0], given=proof[1])
    how = f"no proof, but equal to 28 digits at {max(outcome.agreed, 1)} points"
    if outcome.modelled:
        how += " (" + ", ".join(sorted(outcome.modelled)) + " modelled)"
    return article.finding(step, "tested", how)


def _worked_out(article: Article, step: Step, before: Term, after: Term, outcome: Outcome) -> Finding | None:
    """Values that are said beside the step are put in and worked out: λ^{x_1+x_2} = λ^7 with x_1 = 3, x_2 = 4."""
    values: dict[Term, Term] = {}
    for told in article.beside.get(step.span.start, ()):
        assert told.before is not None and told.after is not None
        try:
            name, value = article.meaning(told.before), article.meaning(told.after)
        except NotUnderstood:
            continue
        if name.head == "var" and numbers_only(value):
            values[name] = value
    left, right = (substituting.plugged(side, values) for side in (before, after))
    if not values or not compare(article.ground, left, right).holds:
        return None
    shown = tuple(f"{text(article, name)} = {number_text(value)}" for name, value in values.items())
    return article.finding(step, "substitution", "values are put in and worked out: " + ", ".join(shown), given=shown)


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
    shown = tuple(f"{text(article, name)} = {number_text(value)}" for name, value in values.items())
    return article.finding(step, "substitution", "values are put in: " + ", ".join(shown), given=shown)


def _lettered(article: Article, step: Step, before: Term, after: Term) -> Finding | None:
    """Letters that nothing was said of stand for numbers: the chain is written with them from here on."""
    values = substituting.bindings(after, before)
    if values is None or any(not article.is_fresh(name) for name in values):
        return None
    article.constrained |= {name.name for name in values}
    article.go_on_from(step, after)
    shown = tuple(f"{text(article, name)} = {number_text(value)}" for name, value in values.items())
    return article.finding(step, "substitution", "letters stand for numbers: " + ", ".join(shown), given=shown)


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
                return refuted(article, step, tried, " (derivatives compared)")
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
    return refuted(article, step, told, " where the equation before it holds")


def _followed(article: Article, step: Step, before: Term, after: Term, outcome: Outcome) -> Finding | None:
    if article.equalities.follow(before, after):
        article.restate(step, before, after)
        return article.finding(step, "proved", "follows from equations before it", given=("the equations before it",))
    return None


def _averaged(article: Article, step: Step, before: Term, after: Term, outcome: Outcome) -> Finding | None:
    """x̄ of which nothing is said is the mean of the x_i, as everybody writes it."""
    store, meant = article.store.copy(), []
    for name, rank in sorted(free(before) | free(after)):
        array, _, mark = name.partition("^")
        if mark != "bar" or rank or store.find(Term("var", (), name)) is not None:
            continue
        for t in (*walk(before), *walk(after)):
            entries = (
                [e for e in walk(t) if e.head == "var" and e.name == array and len(e.args) == 1]
                if t.head == "sum"
                else []
            )
            if any(e.args[0].name == t.bound for e in entries):
                body = Term("var", (Term("var", (), t.bound),), array)
                total = Term("sum", (body, *t.args[1:]), "", t.bound)
                store.add(Definition(Term("var", (), name), Term("div", (total, t.args[2]))))
                meant.append(f"{text(article, Term('var', (), name))} is the mean")
                break
    if not meant or not compare(Ground(article.facts, store, article.ground.log_base), before, after).holds:
        return None
    return article.finding(step, "tested", "equal to 28 digits", given=tuple(meant))


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
