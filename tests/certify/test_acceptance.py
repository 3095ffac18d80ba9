"""A certificate is accepted on what it rests on, never on the exit status."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
import sympy as sp

from derive.algebra.context import REAL, Context, scalar
from derive.certify import certificate
from derive.certify.acceptance import axioms, judged, scanned
from derive.certify.exporter import SECTIONS, Certificate
from derive.certify.library import FILES, library_names
from derive.certify.running import INSTALL, RocqMissingError, compiled_library, coqc, run
from derive.derivation import Derivation, Section, Step
from derive.families import load
from derive.rules import RULES
from tests.certify.families import CERTIFIED
from tests.certify.mutants import refused, wrong_derivations

GOOD = """From Coq Require Import Reals Lra Lia.
Section s.
Variable x : R.
Lemma a : x = x.
Proof.
  reflexivity.
Qed.
End s.

Print Assumptions a.
"""


@pytest.fixture(scope="module")
def library() -> Iterator[Path]:
    try:
        coqc()
    except RocqMissingError as missing:
        pytest.skip(str(missing))
    with compiled_library() as folder:
        yield folder


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Qed.", "Admitted."),
        ("reflexivity.", "admit."),
        ("Lemma a", "Axiom b : False.\nLemma a"),
        ("Variable x : R.", "Parameter x : R."),
        ("End s.\n", ""),
        ("End s.\n", "End s.\nHypothesis h : False.\n"),
        ("Section s.", "Unset Guard Checking.\nSection s."),
        ("Proof.", "Proof.\nAbort.\nGoal True."),
        ("From Coq", "From Elsewhere Require Import Lies.\nFrom Coq"),
        ("Lemma a", "#[bypass_check(guard)]\nLemma a"),
        ("Print", 'Redirect "f" Print'),
    ],
)
def test_the_scan_refuses(old: str, new: str) -> None:
    assert scanned(GOOD) == ""
    assert scanned(GOOD.replace(old, new, 1)) != ""


def test_axioms_are_read_from_what_is_printed() -> None:
    printed = "Axioms:\nsig_forall_dec\n  : forall P : nat -> Prop,\n    P\nbad : False\n"
    assert axioms(printed) == ("sig_forall_dec", "bad")
    assert axioms("Closed under the global context\n") == ()
    assert axioms("") is None and axioms("Axioms:\na : b\nAxioms:\nc : d\n") is None


def test_the_exit_status_counts_for_nothing() -> None:
    assert judged(GOOD, "Closed under the global context\n", 0).accepted
    assert not judged(GOOD, "", 0).accepted
    assert judged(GOOD, "Axioms:\nbad : False\n", 0).reason == "it rests on bad, which is not allowed"
    machine = "Axioms:\nPrimFloat.add : float\n"
    assert not judged(GOOD, machine, 0).accepted and judged(GOOD, machine, 0, numeric=True).accepted


def test_every_lemma_that_a_rule_names_is_in_the_library() -> None:
    used = {
        step.rule
        for name in CERTIFIED
        for section, step in load(name).derivation().steps()
        if section.id in SECTIONS and step.rule in RULES
    }
    named = {RULES[rule].lemma for rule in used} - {None}
    assert len(named) >= 12 and named <= library_names()


@pytest.mark.parametrize("name", CERTIFIED)
def test_at_least_nine_tenths_of_the_claims_have_a_certificate(name: str) -> None:
    made = certificate(load(name).derivation())
    counted = [e for e in made.entries if e.section != "given"]
    missing = [e for e in counted if not e.lemma]
    assert len(missing) <= 0.1 * len(counted)
    assert scanned(made.text) == ""
    for entry in made.missing:
        assert entry.rule.replace("_", " ") in made.text.partition("*)")[0]


@pytest.mark.parametrize("name", ["exponential"])
def test_a_certificate_is_accepted(name: str, library: Path) -> None:
    outcome = run(certificate(load(name).derivation()), library)
    assert outcome.accepted, outcome.reason


def test_a_file_with_admitted_is_refused_though_it_compiles(library: Path) -> None:
    made = _of(Step("equal", sp.Symbol("a", real=True), sp.Symbol("a", real=True) + 1), insist=True)
    admitted = replace(made, text=made.text.replace("  rational.\nQed.", "Admitted."))
    assert "Admitted" in admitted.text
    assert run(admitted, library).reason == "the file holds 'Admitted'"


def test_numeric_claims_are_shown_by_interval(library: Path) -> None:
    close = sp.Abs(-sp.log(sp.Rational(4, 5)) - sp.Rational(223, 1000), evaluate=False)
    right = run(_of(Step("inequality", close, sp.Rational(1, 1000), "<")), library)
    assert right.accepted, right.reason
    wrong = run(_of(Step("inequality", close, sp.Rational(1, 10000), "<")), library)
    assert not wrong.accepted and wrong.lemma == "step_likelihood_1"


def _of(step: Step, insist: bool = False) -> Certificate:
    context = Context(variables=(scalar("a", REAL),))
    return certificate(Derivation("one_step", context, (Section("likelihood", (step,)),), {}), insist=insist)


def test_wrong_derivations_are_refused_by_rocq_itself(library: Path) -> None:
    made = wrong_derivations(Random(5), ("exponential", "poisson"))
    found = [wrong for wrong, _ in zip(made, range(4), strict=False)]
    for wrong, outcome in zip(found, refused(found, library), strict=True):
        assert not outcome.accepted and outcome.lemma, (wrong.step, outcome)


def test_where_rocq_is_missing_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(RocqMissingError) as told:
        coqc()
    assert str(told.value) == f"coqc is not installed; install it by: {INSTALL}"


def test_the_library_is_complete() -> None:
    assert FILES[0] == "Sums" and {"gibbs", "gibbs_unique", "lagrange", "categorical_mle"} <= library_names()
