"""The certificate of a derivation: a Rocq file with one lemma a step, and a theorem that chains them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import sympy as sp

from derive.algebra.binding import free_symbols
from derive.algebra.context import Context, Definition, Variable, key
from derive.certify.claims import are_defined, statement
from derive.certify.maxima import domain, in_domain
from derive.certify.names import UntranslatableError, named
from derive.certify.normal import Lines, braced, conjunction
from derive.certify.statements import Statement
from derive.certify.steps import Place
from derive.certify.terms import SUM, Scope, in_range, natural, proposition, term
from derive.derivation import Derivation, Section, Step
from derive.rules import RULES

#: The sections that certificates cover, from what is given to the gradient of the loss.
SECTIONS = ("given", "likelihood", "log_likelihood", "score", "estimate", "maximum", "loss", "gradient")
#: Steps that claim something; a substitution claims that the values put in give what is said.
CLAIMS = ("equal", "inequality", "equivalent", "solves", "maximises", "substitution")

INTERVAL = "From Interval Require Import Tactic.\n"
HEAD = """From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Lossproof Require Import Sums Powers Signs Derivatives Maxima Families Rewriting.
Open Scope R_scope.
"""


@dataclass(frozen=True)
class Entry:
    """A claim of the derivation: its section and place there, its rule, the rule's lemma, and its lemma in the file.

    `lemma` is "" where the claim has no certificate; `reason` says why.
    """

    section: str
    number: int
    kind: str
    rule: str
    rule_lemma: str
    lemma: str
    reason: str = ""


@dataclass(frozen=True)
class Certificate:
    """The text of a Rocq file, the theorem that it ends with, and what became of every claim."""

    model: str
    theorem: str
    text: str
    entries: tuple[Entry, ...]
    numeric: bool = False

    @property
    def missing(self) -> tuple[Entry, ...]:
        """The claims without a certificate."""
        return tuple(e for e in self.entries if not e.lemma)


@dataclass
class _Writer:
    """The file as it grows."""

    derivation: Derivation
    place: Place
    insist: bool
    lines: Lines = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    lemmas: list[str] = field(default_factory=list)
    helpers: list[str] = field(default_factory=list)
    chains: list[tuple[str, Statement, list[str]]] = field(default_factory=list)


def certificate(derivation: Derivation, sections: tuple[str, ...] = SECTIONS, insist: bool = False) -> Certificate:
    """The certificate of a derivation, for all sizes and all data that its context allows.

    With `insist`, a claim for which no lemma is known is put into the file all the same, for Rocq to refuse.
    UntranslatableError where even the context has no translation.
    """
    context = derivation.context
    names = named(context)
    steps = [(s, n, step) for s in derivation.sections if s.id in sections for n, step in enumerate(s.steps, start=1)]
    links = _links(steps, context)
    writer = _Writer(derivation, Place(Scope(context, names), links=links, insist=insist), insist)
    theorem = _identifier(derivation.model)
    writer.lines += [f"Section {theorem}.", *_declarations(context, writer.place.scope, links)]
    _introduce_undefined(writer, steps)
    for section, number, step in steps:
        if number == 1:
            writer.lines += ["", f"(* {'-' * 20} {section.id.replace('_', ' ')} {'-' * 20} *)"]
        _write(writer, section, number, step)
    _theorem(writer, theorem)
    writer.lines += [f"End {theorem}.", "", f"Print Assumptions {theorem}_certificate.", ""]
    report, numeric = _report(writer), "  interval." in writer.lines
    head = HEAD.replace("From Lossproof", f"{INTERVAL}From Lossproof") if numeric else HEAD
    return Certificate(
        derivation.model, theorem, "\n".join([report, head, *writer.lines]), tuple(writer.entries), numeric
    )


def _identifier(model: str) -> str:
    """The name of the theorem: that of the model as far as Rocq allows, and never one of the library's."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in model)[:40]
    return f"{plain if plain[:1].isalpha() else f'model_{plain}'}_holds"


def _links(steps: list[tuple[Section, int, Step]], context: Context) -> frozenset[tuple[str, int]]:
    """Names that occur before they are defined: the prediction, free at first and then a function of the logits."""
    seen: set[tuple[str, int]] = set()
    links = set()
    for _, _, step in steps:
        if step.kind == "definition" and key(step.before) in seen and context.definition(step.before) is not None:
            links.add(key(step.before))
        for part in (step.before, step.after, *step.given):
            seen |= _keys(part) - ({key(step.before)} if step.kind == "definition" else set())
        if step.kind == "definition":
            seen.add(key(step.before))
    return frozenset(links)


def _keys(expr: sp.Basic) -> set[tuple[str, int]]:
    return {key(a) for a in (expr.atoms(sp.Indexed) | free_symbols(expr))}


# ------------------------------------------------------------------------------------------------- what is given
def _declarations(context: Context, scope: Scope, links: frozenset[tuple[str, int]]) -> Lines:
    """Sizes, variables with their domains, indices with their ranges, known sums, hypotheses."""
    lines = [f"Variable {scope.names.of(key(s))} : nat." for s in context.sizes]
    lines += [f"Hypothesis {n}_in : (1 <= {n})%nat." for n in (scope.names.of(key(s)) for s in context.sizes)]
    linked = [d.variable for d in context.definitions if d.variable.key in links]
    for variable in (*context.variables, *linked):
        name = scope.names.of(variable.key)
        lines.append(f"Variable {name} : {'nat -> ' * variable.rank}R.")
        texts = domain(variable, scope)
        lines += [f"Hypothesis {name}_{n}_domain : {text}." for n, text in enumerate(texts)]
    for r in context.indices:
        name = scope.names.of(key(r.symbol))
        lines += [f"Variable {name} : nat.", f"Hypothesis {name}_in : (1 <= {name} <= {natural(r.upper, scope)})%nat."]
    declared = {v.key for v in (*context.variables, *linked)}
    for fact in context.facts:
        if fact.variable.key in declared:
            name = scope.names.of(fact.variable.key)
            lines.append(f"Hypothesis {name}_{fact.axis}_total : {proposition(fact.equation(), scope)}.")
    lines += [f"Hypothesis given_{n}_holds : {proposition(h, scope)}." for n, h in enumerate(context.hypotheses)]
    return lines


def _introduce_undefined(writer: _Writer, steps: list[tuple[Section, int, Step]]) -> None:
    """Definitions that the context has and no step introduces, as far as steps use them."""
    used = {k for _, _, s in steps for part in (s.before, s.after, *s.given, *s.bind) for k in _keys(part)}
    stepped = {key(s.before) for _, _, s in steps if s.kind == "definition"}
    for definition in writer.derivation.context.definitions:
        if definition.variable.key in used - stepped:
            _define(writer, definition)


# ------------------------------------------------------------------------------------------------------- steps
def _write(writer: _Writer, section: Section, number: int, step: Step) -> None:
    if step.kind == "definition":
        definition = writer.derivation.context.definition(step.before)
        if definition is not None:
            _define(writer, definition, step)
        return
    if step.kind not in CLAIMS:
        return
    rule = RULES[step.rule].lemma if step.rule in RULES else None
    name = f"step_{section.id}_{number}"
    place = replace(writer.place, given=step.given, bind=step.bind)
    entry = Entry(section.id, number, step.kind, step.rule, rule or "", name)
    try:
        made = statement(step, place)
    except UntranslatableError as error:
        writer.entries.append(replace(entry, lemma="", reason=str(error)))
        return
    writer.entries.append(entry)
    known = step.rule.replace("_", " ") if step.rule in RULES else "a rule that is not known"
    because = f"{known}: {rule}" if rule else known
    writer.lines += ["", f"(* {section.id.replace('_', ' ')}, step {number}: {because} *)"]
    _lemma(writer, name, made, writer.helpers)
    _chain(writer, section, name, step, made)


def _lemma(writer: _Writer, name: str, made: Statement, helpers: list[str]) -> None:
    known = [f"pose proof {h}." for h in helpers]
    writer.lines += [f"Lemma {name} :", f"{made.text()}.", "Proof."]
    writer.lines += [f"  {line}" for line in (*made.intros(), *known, *made.proof)]
    writer.lines.append("Qed.")
    writer.lemmas.append(name)
    if made.defined:
        text = " /\\\n  ".join(f"({c.text})" for c, _ in made.defined)
        proofs = [line for _, lines in made.defined for line in ("{", *(f"  {li}" for li in lines), "}")]
        lines = [*made.intros(), *known, *conjunction(len(made.defined)), *proofs]
        writer.lines += [f"Lemma {name}_defined :", *(f"  ({p}) ->" for _, p in made.premises), f"  {text}.", "Proof."]
        writer.lines += [f"  {line}" for line in lines]
        writer.lines.append("Qed.")
        writer.lemmas.append(f"{name}_defined")


def _define(writer: _Writer, definition: Definition, step: Step | None = None) -> None:
    """A name for an expression: an abbreviation, or, of a name that was free before, an equation that can hold."""
    place, scope = writer.place, writer.place.scope
    identity = definition.variable.key
    name = scope.names.of(identity)
    inside, binders, for_all = scope, "", ""
    for letter, axis in zip(definition.indices, definition.variable.axes, strict=True):
        identifier, inside = inside.inside(letter, axis)
        binders += f" ({identifier} : nat)"
        for_all += f"forall {identifier}, {in_range(identifier, axis, inside)} -> "
    try:
        value = term(definition.value, inside)
    except UntranslatableError:
        return
    if identity in writer.place.links:
        equation = f"{for_all}{term(definition.head, inside, SUM)} = {value}"
        _can_hold(writer, definition, f"fun{binders} => {value}")
        writer.lines += ["", f"Hypothesis {name}_link : {equation}."]
    else:
        writer.lines += ["", f"Definition {name}{binders} : R := {value}."]
    place.definitions[identity] = definition
    if identity not in place.links:
        _domain_of_definition(writer, definition.variable, name)
    if step is not None and identity not in place.links:
        _defined_lemma(writer, definition, step)


def _domain_of_definition(writer: _Writer, variable: Variable, name: str) -> None:
    """What is declared of a name follows from its definition."""
    if variable.rank and variable.domain.lower == 0:
        text = domain(replace(variable, domain=replace(variable.domain, integer=False)), writer.place.scope)[0]
        writer.lines += [f"Lemma {name}_domain : {text}.", "Proof."]
        known = "".join(f"pose proof {h}; " for h in writer.helpers)
        writer.lines += [f"  {known}intros; unfold {name}; side.", "Qed."]
        writer.helpers.append(f"{name}_domain")
        writer.lemmas.append(f"{name}_domain")
    if variable.rank and variable.domain.integer and variable.domain.lower == 0:
        text = next(t for t in domain(variable, writer.place.scope) if "natural" in t or "binary" in t)
        writer.lines += [f"Lemma {name}_natural : {text}.", "Proof.", f"  intros; unfold {name}; side.", "Qed."]
        writer.helpers.append(f"{name}_natural")
        writer.lemmas.append(f"{name}_natural")


def _defined_lemma(writer: _Writer, definition: Definition, step: Step) -> None:
    """That the value of a name is defined: for all its indices in range, or for those that the context declares."""
    inside, over = writer.place.scope, []
    for letter, axis in zip(definition.indices, definition.variable.axes, strict=True):
        if letter not in inside.context.ranges:
            identifier, inside = inside.inside(letter, axis)
            over.append((identifier, in_range(identifier, axis, inside)))
    found = are_defined([definition.value], replace(writer.place, given=step.given, scope=inside))
    if not found:
        return
    name = f"{writer.place.scope.names.of(definition.variable.key)}_defined"
    premises = tuple((f"given{n}", proposition(g, writer.place.scope)) for n, g in enumerate(step.given))
    intros = [*(n for n, _ in premises), *(f"{i} {i}_in" for i, _ in over)]
    text = "".join(f"forall {i}, {r} -> " for i, r in over) + " /\\ ".join(f"({c.text})" for c, _ in found)
    lines = [f"intros {' '.join(intros)}."] if intros else []
    lines += [*(f"pose proof {h}." for h in writer.helpers), *conjunction(len(found))]
    lines += [line for _, proof in found for line in braced(proof)]
    writer.lines += [f"Lemma {name} :", *(f"  ({p}) ->" for _, p in premises), f"  {text}.", "Proof."]
    writer.lines += [*(f"  {line}" for line in lines), "Qed."]
    writer.lemmas.append(name)


def _can_hold(writer: _Writer, definition: Definition, witness: str) -> None:
    """The equation contradicts nothing that was said of the name: its value has the domain and the sums."""
    scope = writer.place.scope
    identity, head = definition.variable.key, definition.head
    if definition.variable.domain.integer:
        raise UntranslatableError(f"{identity[0]!r} is a whole number and is defined by a formula")
    name, there = scope.names.of(identity), scope.change(identity, "candidate")
    inside, for_all = there, ""
    for letter, axis in zip(definition.indices, definition.variable.axes, strict=True):
        identifier, inside = inside.inside(letter, axis)
        for_all += f"forall {identifier}, {in_range(identifier, axis, inside)} -> "
    proofs = [proof for _, proof in in_domain(head, definition.value, scope)]
    facts = [f for f in scope.context.facts if f.variable.key == identity]
    texts = domain(definition.variable, there) + [proposition(f.equation(), there) for f in facts]
    texts.append(f"{for_all}{term(head, inside, SUM)} = {term(definition.value, inside)}")
    proofs += [["intros; apply quotients_total; [side|reflexivity]."] for _ in facts] + [["intros; reflexivity."]]
    body = " /\\\n    ".join(f"({t})" for t in texts)
    kind = "nat -> " * definition.variable.rank + "R"
    lines = [
        f"exists ({witness}).",
        *conjunction(len(texts)),
        *(li for p in proofs for li in braced(["cbv beta.", *p])),
    ]
    writer.lines += ["", f"Lemma {name}_admissible : exists candidate : {kind},", f"    {body}.", "Proof."]
    writer.lines += [*(f"  {line}" for line in lines), "Qed."]
    writer.lemmas.append(f"{name}_admissible")


# ------------------------------------------------------------------------------------------------------ theorem
def _chain(writer: _Writer, section: Section, name: str, step: Step, made: Statement) -> None:
    """Join an equality to the one before it, where it goes on where that one ended."""
    if step.kind not in ("equal", "substitution"):
        writer.chains.append((made.conclusion, made, [name]))
        return
    scope = writer.place.scope
    before, after = term(step.before, scope, SUM), term(step.after, scope, SUM)
    if writer.chains and step.kind == "equal":
        conclusion, earlier, names = writer.chains[-1]
        if conclusion.endswith(f" = {before}") and "->" not in conclusion and "<" not in conclusion:
            premises = tuple(dict.fromkeys(p for _, p in (*earlier.premises, *made.premises)))
            joined = Statement(tuple((f"given{n}", p) for n, p in enumerate(premises)), "", [])
            whole = conclusion[: -len(before)] + after
            writer.chains[-1] = (whole, joined, [*names, name])
            return
    writer.chains.append((f"{before} = {after}", made, [name]))


def _theorem(writer: _Writer, theorem: str) -> None:
    """All that was shown, each chain from its first expression to its last."""
    parts = []
    for conclusion, made, _ in writer.chains:
        parts.append("".join(f"({p}) -> " for _, p in made.premises) + conclusion)
    if not parts:
        writer.lines += ["", f"Definition {theorem}_certificate := I."]
        return
    writer.lines += [
        "",
        f"(* {'-' * 20} what was shown, each chain from its first expression to its last {'-' * 20} *)",
    ]
    writer.lines += [f"Theorem {theorem} :", "  " + " /\\\n  ".join(f"({p})" for p in parts) + ".", "Proof."]
    count = len(parts)
    writer.lines += [f"  {line}" for line in conjunction(count)]
    for _, made, names in writer.chains:
        intros = " ".join(made.intros())
        links = [f"etransitivity; [apply {n}; assumption|]." for n in names[:-1]] + [f"apply {names[-1]}; assumption."]
        writer.lines.append("  { " + " ".join([intros, *links]).strip() + " }")
    writer.lines += ["Qed.", ""]
    tuple_ = ", ".join([theorem, *writer.lemmas])
    writer.lines.append(f"Definition {theorem}_certificate := ({tuple_}).")


def _report(writer: _Writer) -> str:
    """The comment on top: what the file certifies, and by which rules it does not."""
    model = _identifier(writer.derivation.model).removesuffix("_holds")
    good = [e for e in writer.entries if e.lemma]
    missing = [e for e in writer.entries if not e.lemma]
    lines = [f"(* Certificate of the derivation of {model}, for all sizes and all admissible data."]
    lines.append(f"   {len(good)} of {len(writer.entries)} claims have a lemma of their own.")
    if missing:
        lines.append("   Without a certificate, by rule:")
        counted = Counter(e.rule if e.rule in RULES else "a rule that is not known" for e in missing)
        lines += [f"     {rule.replace('_', ' ')}: {n}" for rule, n in sorted(counted.items())]
    lines.append("   Compile after the library: derive certify says how. *)")
    return "\n".join(lines)


def steps_of(derivation: Derivation) -> Iterator[tuple[Section, Step]]:
    """The claims that certificates are asked for."""
    for section, step in derivation.steps():
        if section.id in SECTIONS and step.kind in CLAIMS:
            yield section, step
