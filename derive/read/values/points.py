"""A point: numbers for all names of an article, drawn reproducibly, and a model of what the text leaves open."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flint import arb, fmpq

from derive.checker.evaluator import UndefinedError
from derive.checker.functions import ball
from derive.read.meanings.definitions import OVERLOADED, Store, bare
from derive.read.meanings.known import Facts
from derive.read.meanings.terms import NotUnderstood, Term, occurring, walk
from derive.read.values import arrays, distributions
from derive.read.values.arrays import Array

Value = Any
Entry = tuple[str, tuple[int, ...]]

MAX_STEPS = 400_000
DEEPEST = 24
#: Atoms of the probability space that stands for an unknown distribution, and points of an abstract range.
ATOMS, MEMBERS = 4, 3


def chance(*parts: object) -> int:
    """A number that looks random and is always the same for the same parts."""
    return zlib.crc32("\0".join(map(str, parts)).encode()) * 2654435761 % 2**32 >> 7


@dataclass
class Point:
    """Values for names. `mode` says how they are drawn: "simple", "unit", "positive", "real"."""

    facts: Facts
    store: Store
    seed: int
    mode: str = "positive"
    log_base: int | None = None
    given: dict[Entry, Value] = field(default_factory=dict)
    overriding: bool = True
    known: dict[Term, Value] = field(default_factory=dict)
    override: dict[Entry, Value] = field(default_factory=dict)
    read: dict[Entry, Value] = field(default_factory=dict)
    omega: int | None = None
    steps: int = 0
    depth: int = 0
    uncertified: bool = False
    modelled: set[str] = field(default_factory=set)

    def count(self) -> None:
        """One step more; UndefinedError where there are too many."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise UndefinedError("too many operations")

    @contextmanager
    def deeper(self, call: Term) -> Iterator[None]:
        """Inside a definition."""
        self.depth += 1
        if self.depth > DEEPEST:
            self.depth = 0
            raise NotUnderstood(f"{call.name} is defined by itself", call.span)
        try:
            yield
        finally:
            self.depth -= 1

    def having(self, values: Mapping[Entry, Value], work: Callable[[], Value]) -> Value:
        """What is worked out while some entries have other values."""
        saved = dict(self.override)
        self.override.update(values)
        try:
            return work()
        finally:
            self.override.clear()
            self.override.update(saved)

    def is_given(self, name: str, indices: tuple[int, ...]) -> bool:
        """Whether an entry was given a value that counts before any definition."""
        return (name, indices) in self.given

    def base_value(self, name: str, indices: tuple[int, ...], work: Callable[[], Value]) -> Value:
        """The value at which a derivative is taken."""
        return self.override[name, indices] if (name, indices) in self.override else work()

    def entry(self, name: str, indices: tuple[int, ...]) -> Value:
        """The value of a name, or of an array's entry."""
        place = (name, indices)
        if place in self.given:
            value = self.given[place]
        elif not indices and name in self.facts.sizes:
            value = fmpq(self.size(name))
        elif not indices and name in self.facts.indices:
            value = fmpq(self._index(name))
        elif not indices and name in self.facts.kinds:
            value = self._array(name, ())
        elif indices and f"{name}:{len(indices)}" in self.facts.kinds:
            value = self._array(name, indices)
        elif len(indices) == 2 and name in self.facts.kinds and self.facts.kinds[name][0] == "definite":
            rows = self._array(name, ()).rows
            if not all(1 <= i <= len(rows) for i in indices):
                raise UndefinedError("there is no such entry")
            value = rows[indices[0] - 1][indices[1] - 1]
        else:
            value = self._drawn(name, indices)
        if self.omega is None:
            self.read[place] = value
        return value

    def size(self, name: str) -> int:
        """The value of a size: 2, 3, 4, different for different names where possible."""
        if name in self.facts.fixed:
            return self.facts.fixed[name]
        ordered = sorted(self.facts.sizes)
        place = ordered.index(name) if name in ordered else chance(name)
        tall = {kind[1] for kind in self.facts.kinds.values() if kind[0] == "matrix" and kind[1] != kind[2]}
        if tall:  # a design matrix has more rows than columns
            return (4 if name in tall else 2) + (place + self.seed) % 2
        return 2 + (place + self.seed) % 3

    def _index(self, name: str) -> int:
        """A free index: inside its range, which starts at 1 where nothing is said."""
        low, high = 1, 2
        return low + chance(self.seed, name) % (high - low + 1)

    def dimension(self, name: str) -> int:
        """The value of a length: of a size by name, or of a number."""
        return int(name) if name.isdigit() else self.size(name)

    def _array(self, name: str, at: tuple[int, ...]) -> Array:
        """A vector or a matrix, or (`at`) one of an indexed family of them."""
        kind, *sizes = self.facts.kinds[f"{name}:{len(at)}" if at else name]
        lengths = [self.dimension(s) for s in sizes]
        if kind == "vector":
            return Array(tuple((self._entry_of(name, (*at, m)),) for m in range(1, lengths[0] + 1)))
        if kind == "row":
            return Array((tuple(self._entry_of(name, (*at, m)) for m in range(1, lengths[0] + 1)),))
        if kind == "definite":
            size, stream = lengths[0], self._stream(f"{name}{at}")
            low = [[fmpq(chance(stream, m, n) % 9 - 4, 3) for n in range(size)] for m in range(size)]
            rows = [
                [sum((low[m][k] * low[n][k] for k in range(size)), fmpq(2 * int(m == n))) for n in range(size)]
                for m in range(size)
            ]
            for (other, place), value in self.override.items():  # a derivative by one entry
                if other == name and len(place) == len(at) + 2 and place[: len(at)] == at:
                    rows[place[-2] - 1][place[-1] - 1] = value
            return Array(tuple(map(tuple, rows)))
        return Array(
            tuple(
                tuple(self._entry_of(name, (*at, m, n)) for n in range(1, lengths[1] + 1))
                for m in range(1, lengths[0] + 1)
            )
        )

    def _entry_of(self, name: str, indices: tuple[int, ...]) -> Value:
        if (name, indices) in self.override:
            return self.override[name, indices]
        found = self.store.find(Term("var", tuple(Term("num", (), str(i)) for i in indices), name))
        if found is not None:
            from derive.read.values.evaluation import evaluate

            return evaluate(Term("var", tuple(Term("num", (), str(i)) for i in indices), name), self)
        return self._drawn(name, indices)

    def _stream(self, name: str) -> str:
        """What a name is drawn from: a random variable's values differ from atom to atom."""
        random = self.omega is not None and name in self.facts.random
        return f"{self.seed}:{name}" + (f"@{self.omega}" if random else "")

    def _drawn(self, name: str, indices: tuple[int, ...]) -> Value:
        total = self.facts.normalised.get(name)
        if total is not None and len(indices) == 1:
            return self._share(name, indices, total)
        total = self.facts.normalised.get(f"{name}:2")
        if total is not None and len(indices) == 2:
            return self._share(name, indices, total)
        return self._plain(name, indices)

    def _plain(self, name: str, indices: tuple[int, ...]) -> Value:
        n = chance(self._stream(name), indices)
        if name in self.facts.integers:
            return fmpq(1 + n % 5)
        if self.mode == "unit" or (name, len(indices)) in self.facts.unit:
            return fmpq(1 + n % 29, 31)
        if self.mode == "simple":
            return (fmpq(2), fmpq(3), fmpq(1, 2), fmpq(5), fmpq(3, 2), fmpq(1, 3), fmpq(7))[n % 7]
        value = fmpq(11 + n % 59, 19)
        return -value if self.mode == "real" and n // 64 % 2 else value

    def _share(self, name: str, indices: tuple[int, ...], total: Term) -> Value:
        """An entry of an array whose entries add up to a known total."""
        from derive.read.values.evaluation import evaluate, number

        lower, upper = (int(number(t, self, {}).p) for t in total.args[1:3])
        row = indices[:-1]
        whole = sum((abs(self._plain(name, (*row, m))) for m in range(lower, upper + 1)), fmpq(0))
        return abs(self._plain(name, indices)) / whole * evaluate(total.args[0], self, {})

    def identity(self, t: Term) -> Value:
        """An identity matrix of which only the name is given."""
        raise NotUnderstood("an identity matrix of unknown size", t.span)

    def members(self, name: str, bound: str, weighted: bool) -> list[tuple[Value, Value]]:
        """The points of an abstract range, with their weights."""
        known = self.facts.members.get(name) or self.facts.members.get("*")
        if known is not None:
            from derive.read.values.evaluation import evaluate

            return [(fmpq(1), evaluate(t, self, {})) for t in known]
        self.modelled.add(f"the range {name}")
        if name.startswith("range of "):
            return [(fmpq(1), fmpq(m)) for m in range(1, MEMBERS + 1)]
        found = []
        for m in range(MEMBERS):
            value = fmpq(3 + 4 * m + chance(self.seed, name, m) % 4, 7)
            weight = fmpq(1 + chance(self.seed, name, m, "weight") % 7, 5) if weighted else fmpq(1)
            found.append((weight, value))
        return found

    def applied(self, t: Term, env: Mapping[str, Any], value: Callable[[Term], Value]) -> Value:
        """A function without a definition: a density or a moment that is known, else a fixed smooth function."""
        found = distributions.density(t, value)
        if found is not None:
            return found
        found = distributions.probability(t, self, value)
        if found is not None:
            return found
        if t.name.endswith("^inv") and len(t.args) == 1:
            return self._inverse(t, env, value)
        moment = distributions.moment_of(t)
        if moment is not None:
            return value(moment)
        self.modelled.add(t.name)
        parts, numbers = [t.name], []
        for arg in t.args:
            label, values = self._argument(arg, t.name, value)
            parts.append(label)
            numbers += values
        stream = chance(self.seed, *parts)
        return self._smooth(stream, numbers)

    def _argument(self, arg: Term, function: str, value: Callable[[Term], Value]) -> tuple[str, list[Value]]:
        if arg.head == "label":
            return f"{arg.head}:{arg.name}", []
        if arg.head == "says":
            _, right = self._argument(arg.args[1], function, value)
            left = arg.args[0]
            if arg.name == "=" and left.head == "var":  # p(X = x) is p(x)
                return bare(left.name).lower(), right
            return f"{left}{arg.name}", right
        overloaded = function.split("_", maxsplit=1)[0] in OVERLOADED
        name = ""
        if overloaded:
            names = sorted({bare(a.name) for a in walk(arg) if a.head == "var"})
            name = " ".join(names).lower()
        try:
            found = value(arg)
        except (NotUnderstood, UndefinedError):
            return str(arg), []
        return name, found.entries if isinstance(found, Array) else [found]

    def _inverse(self, t: Term, env: Mapping[str, Any], value: Callable[[Term], Value]) -> Value:
        """f⁻¹(f(x)) = x; of a function that the article defines, by Newton's method."""
        from derive.read.values.evaluation import inverted

        inner = t.args[0]
        if inner.head == "apply" and inner.name == t.name.removesuffix("^inv") and len(inner.args) == 1:
            return value(inner.args[0])
        return inverted(t.name.removesuffix("^inv"), value(inner), self)

    def _smooth(self, stream: int, numbers: list[Value]) -> Value:
        """exp of a quadratic form that falls off: positive, smooth, integrable."""
        total: Value = ball(fmpq(stream % 17 - 30, 23))
        for m, x in enumerate(numbers):
            centre = fmpq(chance(stream, m) % 19, 17)
            scale = fmpq(5 + chance(stream, m, "scale") % 11, 29)
            total = total - scale * (x - centre) * (x - centre)
        return total.exp()

    def expected(self, t: Term, env: Mapping[str, Any], value: Callable[[Term, Mapping[str, Any]], Value]) -> Value:
        """An expectation: linear, known where the text says so, else over a finite probability space."""
        return distributions.expectation(self, t, env, value)

    @contextmanager
    def at_atom(self, n: int) -> Iterator[None]:
        """Inside one atom of the probability space."""
        outer = self.omega
        self.omega = n
        try:
            yield
        finally:
            self.omega = outer

    def weights(self, name: str) -> list[Value]:
        """Probabilities of the atoms."""
        raw = [1 + chance(self.seed, "weight", name, n) % 9 for n in range(ATOMS)]
        return [fmpq(w, sum(raw)) for w in raw]


def is_random(term: Term, facts: Facts) -> bool:
    """Whether a term depends on a random variable."""
    return any(t.head == "var" and t.name in facts.random for t in walk(term)) or occurring(term, "mean")


__all__ = ["Facts", "Point", "arb", "arrays", "chance", "is_random"]
