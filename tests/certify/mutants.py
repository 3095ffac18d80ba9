"""Wrong derivations, given to the exporter with the checker switched off: Rocq itself must refuse every one.

The mistakes are those of the soundness suite, made in the steps of the certified families; only steps that the checker
refutes with a counterexample are used, since a mistake may make another true step. Each is exported with what it needs
(definitions, hypotheses) and compiled alone, so that nothing else can be the reason.

`python -m tests.certify.mutants [--number 200] [--seed 0] [--jobs 2]` prints a table.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from derive.certify.exporter import CLAIMS, SECTIONS, Certificate, certificate
from derive.certify.names import UntranslatableError
from derive.certify.running import Outcome, compiled_library, run
from derive.checker import LanesDisagreeError, check_step
from derive.derivation import Derivation, Section, Step
from derive.families import load
from tests.certify.families import CERTIFIED
from tests.soundness.patience import OutOfPatienceError, patience
from tests.soundness.wrong_steps import mutants

#: Seconds of processor time for the checker to refute a mutant.
SECONDS = 2.0


@dataclass(frozen=True)
class Wrong:
    """A derivation that was spoilt in one step: the family, the rule of the step, the kind of mistake, the file."""

    family: str
    rule: str
    kind: str
    step: Step
    file: Certificate


def wrong_derivations(rnd: Random, families: tuple[str, ...] = CERTIFIED) -> Iterator[Wrong]:
    """Spoilt derivations of all families in turn, each with a mistake in one step, as far as they can be stated."""
    queues = [_of_family(name, Random(rnd.random())) for name in families]
    while queues:
        for queue in list(queues):
            found = next(queue, None)
            if found is None:
                queues.remove(queue)
            else:
                yield found


def _of_family(name: str, rnd: Random) -> Iterator[Wrong]:
    derivation = load(name).derivation()
    steps = [(s, step) for s, step in derivation.steps() if s.id in SECTIONS[1:] and step.kind in CLAIMS[:-1]]
    rnd.shuffle(steps)
    others = [step for _, step in steps]
    queues = [
        (s, step, mutants(step, derivation.context, [o for o in others if o is not step], rnd)) for s, step in steps
    ]
    while queues:
        for entry in list(queues):
            section, step, queue = entry
            found = _next_wrong(derivation, section, step, queue)
            if found is None:
                queues.remove(entry)
            else:
                kind, spoilt, file = found
                yield Wrong(name, step.rule, kind, spoilt, file)


def _next_wrong(derivation: Derivation, section: Section, step: Step, queue: Iterator) -> tuple | None:  # type: ignore[type-arg]
    """The next mutant of a step that the checker refutes and that can be stated."""
    for mutant in queue:
        try:
            with patience(SECONDS):
                refuted = check_step(mutant.step, derivation.context, SECONDS).status == "refuted"
        except (OutOfPatienceError, LanesDisagreeError):
            continue
        if not refuted:
            continue
        try:
            with patience(10 * SECONDS):
                file = certificate(_alone(derivation, section, step, mutant.step), insist=True)
        except (UntranslatableError, OutOfPatienceError):
            continue
        if file.entries and file.entries[-1].lemma:
            return mutant.kind, mutant.step, file
    return None


def _alone(derivation: Derivation, section: Section, step: Step, spoilt: Step) -> Derivation:
    """The derivation with the definitions up to the step, and the spoilt step as the only claim."""
    sections = []
    for s in derivation.sections:
        kept: list[Step] = []
        for other in s.steps:
            if s is section and other is step:
                kept.append(spoilt)
                break
            if other.kind == "definition":
                kept.append(other)
        sections.append(replace(s, steps=tuple(kept)))
        if s is section:
            break
    return replace(derivation, sections=tuple(sections))


def refused(found: list[Wrong], library: Path, jobs: int = 2) -> list[Outcome]:
    """What Rocq says of each."""
    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(lambda wrong: run(wrong.file, library), found))


def main() -> None:
    """Print what became of the mutants, by kind of mistake and by family."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    made = wrong_derivations(Random(options.seed))
    found = [wrong for wrong, _ in zip(made, range(options.number), strict=False)]
    with compiled_library() as library:
        outcomes = refused(found, library, options.jobs)
    pairs = list(zip(found, outcomes, strict=True))
    rows = Counter(w.kind for w, _ in pairs)
    good = Counter(w.kind for w, o in pairs if not o.accepted and o.lemma)
    print(f"{'mistake':32} {'made':>5} {'refused by Rocq, lemma named':>29}")
    for kind, number in sorted(rows.items()):
        print(f"{kind:32} {number:5} {good[kind]:29}")
    print(f"{'all':32} {len(pairs):5} {sum(good.values()):29}")
    print(", ".join(f"{name} {n}" for name, n in Counter(w.family for w, _ in pairs).items()))
    parts = Counter("definedness" if o.lemma.endswith("_defined") else "the claim itself" for _, o in pairs if o.lemma)
    print(", ".join(f"refused in {part}: {n}" for part, n in parts.items()))
    for wrong, outcome in pairs:
        if outcome.accepted or not outcome.lemma:
            print(f"NOT REFUSED: {wrong.family} {wrong.rule} {wrong.kind}: {outcome.reason}\n  {wrong.step}")


if __name__ == "__main__":
    main()
