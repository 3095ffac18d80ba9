"""All of it: mutants, rewrites and random expressions over processes, and the figures against the bars."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from math import ceil
from random import Random

import sympy as sp
from sympy.core.relational import Relational

from derive.checker.numeric import compare
from derive.derivation import Step
from derive.families import FAMILIES
from tests.soundness.fuzz import fuzzed
from tests.soundness.material import Place, not_derived, of_family, places
from tests.soundness.record import Piece, Record, Shipped
from tests.soundness.right_steps import KINDS
from tests.soundness.work import Finding, Sort, asked, share

#: The bars: shares of the judged mutants that are rejected and of the rewrites that are proved; seconds a step.
REJECTED, PROVED = 0.97, 0.95
NUMERIC_SECONDS, BOTH_SECONDS = 0.005, 0.040


@dataclass
class Outcome:
    """Everything that was found."""

    findings: list[Finding] = field(default_factory=list)
    not_shipped_right: list[str] = field(default_factory=list)
    tested: list[str] = field(default_factory=list)
    not_derived: list[str] = field(default_factory=list)
    numeric_seconds: list[float] = field(default_factory=list)
    both_seconds: list[float] = field(default_factory=list)

    def of(self, sort: Sort) -> list[Finding]:
        """The judged variants of a sort: mutants that are wrong, rewrites."""
        judged = [f for f in self.findings if f.sort == sort and not f.fault and not f.open]
        return [f for f in judged if f.why is not None or sort == "rewrite"]

    @property
    def faults(self) -> list[Finding]:
        """Variants at which these tests failed."""
        return [f for f in self.findings if f.fault]

    @property
    def left_open(self) -> list[Finding]:
        """Mutants of which the oracle cannot tell whether they are wrong: counted, not judged."""
        return [f for f in self.findings if f.open]

    @property
    def equal_mutants(self) -> list[Finding]:
        """Mutants that are still true: counted, not judged."""
        return [f for f in self.findings if f.sort == "mutant" and f.why is None and not f.fault and not f.open]

    def table(self, findings: list[Finding]) -> dict[str, Counter[str]]:
        """Kinds × verdicts."""
        rows: dict[str, Counter[str]] = {}
        for finding in findings:
            rows.setdefault(finding.row, Counter())[finding.verdict] += 1
        return dict(sorted(rows.items()))

    def bars(self) -> list[tuple[str, str, bool]]:
        """Each bar with its figure and whether it is met."""
        mutants, rewrites = self.of("mutant"), self.of("rewrite")
        accepted = sum(f.accepted for f in mutants)
        refused = sum(f.rejected for f in rewrites)
        rejected = sum(f.rejected for f in mutants) / max(len(mutants), 1)
        proved = sum(f.verdict == "proved" for f in rewrites) / max(len(rewrites), 1)
        broken = sum(f.broken for f in self.findings)
        return [
            (f"wrong steps accepted, of {len(mutants)}", str(accepted), accepted == 0),
            ("wrong steps rejected, at least 97 %", f"{rejected:.2%}", rejected >= REJECTED),
            (f"rewrites rejected, of {len(rewrites)}", str(refused), refused == 0),
            ("rewrites proved, at least 95 %", f"{proved:.2%}", proved >= PROVED),
            ("failures of the checker", str(broken), broken == 0),
            ("faults of these tests", str(len(self.faults)), not self.faults),
            ("shipped steps not accepted", str(len(self.not_shipped_right)), not self.not_shipped_right),
        ]

    def times(self) -> list[tuple[str, float, float, bool]]:
        """For the numeric lane and for both: median, 95 % quantile, and whether the median meets its bar."""
        found = []
        for name, seconds, bar in (
            ("numeric lane", self.numeric_seconds, NUMERIC_SECONDS),
            ("both lanes", self.both_seconds, BOTH_SECONDS),
        ):
            if seconds:
                ordered = sorted(seconds)
                late = ordered[min(len(ordered) - 1, ceil(0.95 * len(ordered)) - 1)]
                found.append((name, statistics.median(ordered), late, statistics.median(ordered) <= bar))
        return found

    @property
    def ok(self) -> bool:
        """Whether every bar is met; times are printed but depend on the machine."""
        return all(met for _, _, met in self.bars())


def done(piece: Piece) -> tuple[Piece, list[Finding]]:
    """A piece of work with what was found."""
    if piece.step is None:
        return piece, fuzzed(piece.seed, piece.start, piece.count)
    return piece, share(piece.sort, piece.step, piece.seed, piece.start, piece.count)


def run(
    mutants: int,
    rewrites: int,
    fuzz: int,
    seed: int,
    jobs: int,
    progress: Callable[[int, int], None] = lambda *_: None,
    families: tuple[str, ...] = FAMILIES,
    sample: int | None = None,
    record: Record | None = None,
) -> Outcome:
    """Everything, or `sample` steps of each of some families; `progress` is told how far it is.

    What `record` holds already is not done again; the pieces are taken in random order, so that a part of them speaks
    for all families.
    """
    record = Record() if record is None else record
    outcome = Outcome(not_derived=[why for f in families if (why := not_derived(f))])
    steps = places(families, sample, seed)
    _ship(record, steps, jobs)
    sound = _sound(outcome, [record.shipped[p] for p in steps])
    claims = [p for p in sound if _step_at(p).kind in KINDS]
    pieces = [*_shares("mutant", sound, seed, mutants), *_shares("rewrite", claims, seed, rewrites)]
    pieces += [Piece("rewrite", None, seed, start, min(100, fuzz - start)) for start in range(0, fuzz, 100)]
    total, count = sum(p.count for p in pieces), sum(p.count for p in pieces if p in record.pieces)
    left = [p for p in pieces if p not in record.pieces]
    with ProcessPoolExecutor(jobs) as pool:
        for future in as_completed([pool.submit(done, p) for p in Random(seed).sample(left, len(left))]):
            piece, found = future.result()
            record.finish(piece, found)
            count += piece.count
            progress(count, total)
    outcome.findings = [f for piece in pieces for f in record.pieces[piece]]
    return outcome


def tally(record: Record) -> Outcome:
    """What a record holds, of a run that may not have come to its end."""
    outcome = Outcome(findings=[f for found in record.pieces.values() for f in found])
    _sound(outcome, list(record.shipped.values()))
    return outcome


def _step_at(place: Place) -> Step:
    return of_family(place[0])[place[1]].step


def _shares(sort: Sort, steps: list[Place], seed: int, total: int) -> Iterator[Piece]:
    """The same number for every step, but for hypotheses, of which there are few variants only."""
    rich = [p for p in steps if _step_at(p).kind != "hypothesis"]
    poor = [p for p in steps if _step_at(p).kind == "hypothesis"]
    few = min(8, total // max(len(steps), 1))
    each, more = divmod(max(total - few * len(poor), 0), max(len(rich), 1))
    quotas = dict.fromkeys(poor, few)
    order = Random(f"{seed} shares").sample(rich, len(rich))
    quotas |= {p: each + (place < more) for place, p in enumerate(order)}
    for p in steps:
        if quotas[p]:
            yield Piece(sort, p, seed, 0, quotas[p])


def _ship(record: Record, steps: list[Place], jobs: int) -> None:
    """The verdicts on the steps as they ship."""
    with ProcessPoolExecutor(jobs) as pool:
        for found in pool.map(_as_shipped, [p for p in steps if p not in record.shipped], chunksize=8):
            record.ship(found)


def _sound(outcome: Outcome, shipped: list[Shipped]) -> list[Place]:
    """The steps that are accepted as they ship; variants of others would say nothing."""
    sound = []
    for found in shipped:
        if found.verdict in ("proved", "definition", "hypothesis", "substitution"):
            sound.append(found.place)
        elif found.verdict == "tested":  # its variants are no better proved
            outcome.tested.append(f"{found.name}: {found.reason}")
        else:
            outcome.not_shipped_right.append(f"{found.name}: {found.verdict}, {found.reason}")
        if found.numeric is not None:
            outcome.both_seconds.append(found.both)
            outcome.numeric_seconds.append(found.numeric)
    return sound


def _conditions(step: Step) -> list[Relational]:
    return [g for g in step.given if isinstance(g, Relational) and not isinstance(g, sp.Eq)]


def _as_shipped(place: Place) -> Shipped:
    """The verdict on a step, the time that takes, and the time of the numeric lane alone where there is one."""
    item = of_family(place[0])[place[1]]
    verdict, reason, both = asked(item.step, item.context)
    numeric = None
    if item.step.kind in ("equal", "inequality"):
        context = item.context.extended(hypotheses=_conditions(item.step))
        start = time.process_time()
        compare(item.step.before, item.step.after, item.step.relation, context, rounds=1)
        numeric = time.process_time() - start
    return Shipped(place, item.name, verdict, reason, both, numeric)
