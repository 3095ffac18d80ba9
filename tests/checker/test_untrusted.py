"""Saved derivations from anyone: a verdict or one clear line, in bounded time and memory, and nothing executed."""

from __future__ import annotations

import copy
import json
import random
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import derive
import derive.checker
from derive.interchange import FormatError, derivation_from_json, parse

SECONDS, MEMORY = 10, 2**30
LIMITED = (resource.RLIMIT_AS, (4 * 2**30, 4 * 2**30))  # address space; the resident size is asserted apart


@pytest.fixture(scope="module")
def saved() -> dict[str, Any]:
    data: dict[str, Any] = derive.load("bernoulli").derivation().to_json()
    return data


def with_step(data: dict[str, Any], before: object, after: object, **context: object) -> dict[str, Any]:
    """A saved derivation with one step that says before = after."""
    changed = copy.deepcopy(data)
    step = {
        "kind": "equal",
        "relation": "=",
        "rule": "",
        "form": {"before": before, "after": after, "given": [], "bind": []},
    }
    changed["sections"] = [{"id": "likelihood", "steps": [step]}]
    changed["context"]["form"].update(context)
    return changed


def nested(depth: int) -> object:
    form: object = 1
    for _ in range(depth):
        form = ["exp", form]
    return form


def check(path: Path) -> tuple[subprocess.CompletedProcess[str], float, int]:
    """`derive check` on a file: what it said, the processor's seconds it took and its peak memory in bytes."""
    code = (
        "import resource, sys; from derive.cli import main\n"
        "try: main()\n"
        "finally:\n"
        "    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]\n"
        "    seconds = sum(u.ru_utime + u.ru_stime for u in used)\n"
        "    print(seconds, max(u.ru_maxrss for u in used) * 1024, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "check", str(path), "--format", "json"],
        capture_output=True,
        text=True,
        timeout=120,  # by the clock, which runs on where the machine is busy with other things
        check=False,
        preexec_fn=lambda: resource.setrlimit(*LIMITED),
    )
    *messages, used = done.stderr.strip().splitlines()
    seconds, peak = used.split()
    assert "Traceback" not in done.stderr, done.stderr
    done.stderr = "\n".join(messages)
    return done, float(seconds), int(peak)


HUGE = ["+", *(["*", n, "theta"] for n in range(400_000))]

BAD: dict[str, tuple[object, object, str]] = {
    "a formula of 10 MB": (HUGE, 1, "parts"),
    "nesting of 300": (nested(300), 1, "nested"),
    "a billion terms": (["sum", 1, ["k", 1, 10**9]], 10**9, "undecided"),
    "a billion factors": (["product", ["+", "theta", "k"], ["k", 1, 10**9]], 1, "undecided"),
    "0^0": (["^", 0, 0], 1, "proved"),
    "1/0": (["^", 0, -1], 1, "ill-formed"),
    "0/0": (["*", 0, ["^", 0, -1]], 0, "ill-formed"),
    "log of a negative number": (["log", -1], 0, "ill-formed"),
    "code as a name": ("__import__('os').system('touch /tmp/owned')", 1, "is not a name"),
    "code as an array": (["entry", "__import__('os')", 1], 1, "not declared"),
    "code as a head": (["__import__('os')", 1], 1, "unknown"),
    "a tower of powers": (["^", 9, ["^", 9, ["^", 9, 9]]], 1, ""),
    "a factorial of 10^9": (["factorial", 10**9], 1, ""),
    "a gamma of 10^300": (["gamma", 10**300], 1, ""),
    "a number of 1,000 digits": (10**1000, 1, "digits"),
    "a bound that depends on itself": (["sum", "k", ["k", 1, "k"]], 1, ""),
    "a power of 10^9": (["^", ["+", "theta", 1], 10**9], 1, ""),
    "many nested sums": (["sum", 1, *([f"k{n}", 1, "N"] for n in range(40))], 1, ""),
    "a wide product": (["*", *(["+", 1, ["^", "theta", n], ["^", "theta", n + 50]] for n in range(2, 40))], 1, ""),
    "not an expression": ({"a": 1}, 1, "form"),
    "true": (True, 1, "form"),
    "a float": (1.5, 1, "form"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_expressions(what: str, saved: dict[str, Any], tmp_path: Path) -> None:
    before, after, words = BAD[what]
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(with_step(saved, before, after)))
    done, seconds, peak = check(path)
    assert seconds < SECONDS and peak < MEMORY, (seconds, peak)
    if done.returncode == 2:
        assert len(done.stderr.splitlines()) == 1 and done.stdout == ""
        assert words in done.stderr
    else:
        (step,) = json.loads(done.stdout)["files"][0]["steps"]
        assert words in step["verdict"] + " " + step["reason"]
    assert not Path("/tmp/owned").exists()


def test_a_cyclic_definition(saved: dict[str, Any], tmp_path: Path) -> None:
    definitions = [
        *saved["context"]["form"]["definitions"],
        {"name": "p", "domain": "real", "axes": [], "indices": [], "value": ["+", "q", 1]},
        {"name": "q", "domain": "real", "axes": [], "indices": [], "value": ["*", 2, "p"]},
    ]
    path = tmp_path / "cycle.json"
    path.write_text(json.dumps(with_step(saved, "p", "q", definitions=definitions)))
    done, seconds, _ = check(path)
    assert done.returncode == 1 and seconds < SECONDS
    (step,) = json.loads(done.stdout)["files"][0]["steps"]
    assert step["verdict"] == "ill-formed" and "itself" in step["reason"]


def test_definitions_that_double_each_time(saved: dict[str, Any], tmp_path: Path) -> None:
    doubling = [
        {
            "name": f"p{n}",
            "domain": "real",
            "axes": [],
            "indices": [],
            "value": ["*", f"p{n + 1}", ["exp", f"p{n + 1}"]],
        }
        for n in range(28)
    ]
    last = {"name": "p28", "domain": "real", "axes": [], "indices": [], "value": "theta"}
    definitions = [*saved["context"]["form"]["definitions"], *doubling, last]
    path = tmp_path / "bomb.json"
    path.write_text(json.dumps(with_step(saved, "p0", 1, definitions=definitions)))
    done, seconds, peak = check(path)
    assert seconds < SECONDS and peak < MEMORY
    assert done.returncode in (0, 1, 2)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"version": 2}', "[" * 100_000, "1" * 10_000, '{"version": NaN}']
)
def test_what_is_no_derivation(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse(text)
    assert "\n" not in str(caught.value)


#: Families that between them have every kind of domain, of unknown and of result.
KINDS = ("bernoulli", "categorical", "binomial", "gamma", "pareto", "von_mises", "dirichlet", "student_t")


@pytest.mark.parametrize("name", KINDS)
def test_reading_back_loses_nothing(name: str) -> None:
    original = derive.load(name).derivation()
    again = derivation_from_json(json.loads(json.dumps(original.to_json())))
    assert again.context == original.context
    assert again.sections == original.sections
    assert again.results == original.results


@pytest.mark.parametrize("name", ["uniform", "binomial"])
def test_what_is_read_back_is_proved_as_before(name: str) -> None:
    """Of the uniform distribution θ is read as a number from max x_i on, which is positive once that is said."""
    original = derive.load(name).derivation()
    again = derivation_from_json(json.loads(json.dumps(original.to_json())))
    assert again.check().summary == original.check().summary


@pytest.mark.parametrize(
    ("domain", "complaint"),
    [
        ("countable", "unknown domain"),
        ({"name": "positive", "lower": -1, "upper": ["oo"]}, "not the name of a domain with ends of its own"),
        ({"name": "in\x00side", "lower": -1, "upper": 1}, "not the name of a domain"),
        ({"name": "wide", "lower": ["oo", 1], "upper": 1}, "unknown or incomplete head"),
    ],
)
def test_domains_that_are_refused(saved: dict[str, Any], domain: Any, complaint: str) -> None:
    flags = {"lower_open": True, "upper_open": True, "integer": False}
    data = copy.deepcopy(saved)
    data["context"]["form"]["variables"][0]["domain"] = domain if isinstance(domain, str) else {**domain, **flags}
    with pytest.raises(FormatError, match=complaint):
        derivation_from_json(data)


def test_random_damage_never_crashes(saved: dict[str, Any]) -> None:
    """Parts of a saved derivation replaced at random: read and checked, or refused by FormatError."""
    rnd = random.Random(7)
    values: list[object] = [
        0,
        -1,
        "N",
        "theta",
        "q",
        [],
        ["+"],
        ["log", 0],
        ["sum", "k", ["k", 1, "N"]],
        None,
        "",
        1.5,
        {},
    ]
    refused = 0
    for _ in range(120):
        data = copy.deepcopy(saved)
        place: Any = data["context"]["form"] if rnd.random() < 0.3 else data["sections"]
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            chosen = rnd.choice(keys)
            if isinstance(place[chosen], (dict, list)) and rnd.random() < 0.85:
                place = place[chosen]
                continue
            place[chosen] = rnd.choice(values)
            break
        try:
            derivation = derivation_from_json(data)
        except FormatError:
            refused += 1
            continue
        section = rnd.choice(derivation.sections)
        for step in section.steps:
            derive.checker.check_step(step, derivation.context)
    assert 10 < refused < 120
