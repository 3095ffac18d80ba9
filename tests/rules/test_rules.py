"""Every rule, sampled: what it rewrites is equal by the checker, and outside its conditions it does nothing."""

from __future__ import annotations

import pytest
import sympy as sp

from derive.checker import check_step
from derive.derivation import Step
from derive.rules import GROUPS, RULES, Example, Rule
from derive.strategy.definedness import needs

APPLIED = [(rule, example) for rule in RULES.values() for example in rule.examples]
REFUSED = [(rule, counter) for rule in RULES.values() for counter in rule.counters]


@pytest.mark.parametrize(("rule", "example"), APPLIED, ids=lambda p: p.name if isinstance(p, Rule) else "")
def test_what_a_rule_rewrites_is_equal(rule: Rule, example: Example) -> None:
    assert rule.apply is not None
    rewrite = rule.apply(example.before, example.context)
    assert rewrite is not None, "the rule does not apply to its own example"
    assert rewrite.after != example.before
    given = (*rewrite.given, *needs(example.context, example.before, rewrite.after))
    verdict = check_step(Step("equal", example.before, rewrite.after, given=given), example.context)
    assert verdict.status == "proved", verdict


@pytest.mark.parametrize(("rule", "counter"), REFUSED, ids=lambda p: p.name if isinstance(p, Rule) else "")
def test_outside_its_conditions_a_rule_does_nothing(rule: Rule, counter: Example) -> None:
    assert rule.apply is not None
    assert rule.apply(counter.before, counter.context) is None


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda r: r.name)
def test_a_rule_is_told_in_both_languages(rule: Rule) -> None:
    assert set(rule.words) == {"en", "ja"}
    assert all(text.strip() for text in rule.words.values())
    assert any("\u3040" <= ch <= "\u9fff" for ch in rule.words["ja"]), "the Japanese words are not Japanese"
    if rule.statement is not None:
        assert all("{statement}" in text for text in rule.words.values())
    if rule.apply is not None:
        assert rule.examples, "a rule that rewrites shows on what"


def test_names_are_unique() -> None:
    assert sum(len(group.RULES) for group in GROUPS) == len(RULES)


def test_a_broken_rule_is_refuted_with_a_counterexample() -> None:
    """A dropped minus and a forgotten t_k are caught, with numbers to put in by hand."""
    example = RULES["log_of_power"].examples[1]
    rewrite = RULES["log_of_power"].apply(example.before, example.context)  # type: ignore[misc]
    assert rewrite is not None
    (t,) = {e for e in rewrite.after.atoms(sp.Indexed) if str(e.base) == "t"}
    for broken in (-rewrite.after, rewrite.after.xreplace({t: sp.S.One})):
        verdict = check_step(Step("equal", example.before, broken, given=rewrite.given), example.context)
        assert verdict.status == "refuted"
        assert verdict.counterexample is not None
        assert {"K", "y_{1}", "t_{1}"} <= set(verdict.counterexample)
