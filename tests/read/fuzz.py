"""Random and mutated formulas and documents: reading never crashes, never hangs, and stays small.

    python -m tests.read.fuzz --count 100000 [--seed 1]

Every input is made from a seed and a number, so that a failure can be looked at again.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from pathlib import Path

from derive.read.documents.document import NoDocument, document_of
from derive.read.syntax import tree
from derive.read.syntax.blocks import parse_block

#: No input may take longer, and the whole run no more memory.
MOST_SECONDS, MOST_BYTES = 10.0, 1 << 30

PIECES = (  # noqa: SIM905 (easier to read and to extend in a row)
    r"\frac{a}{b} \frac12 \sum_{k=1}^{K} \prod_i \int_0^1 dx \mathrm{d}x \log \ln \exp \sin^2 \max \arg\max "
    r"\lim_{n\to0} \left( \right) \left[ \right] \left\{ \right. \left. \right| \Big| \big( { } ( ) [ ] | \| "
    r"\{ \} ^ _ ' ! & \\ \ \begin{pmatrix} \end{pmatrix} \begin{cases} \end{cases} \begin{aligned} "
    r"\end{aligned} \begin{array}{ll} \end{array} \begin{align} \end{align} \hat \bar \tilde \overline \mathbf "
    r"\mathrm \mathcal{N} \boldsymbol \operatorname \text{if} \text{for all } \overset{(3)}{=} \underset "
    r"\stackrel \quad \, \; = \leq \sim \in \Rightarrow \propto \approx + - \pm \cdot \times / * , ; : . "
    r"\ldots \cdots x y t_{ik} y_k \theta \alpha \infty \partial \nabla 1 0.330 23 {n\choose k} \binom{n}{k} "
    r"\sqrt \sqrt[3] ^\top ^{-1} ^\mathrm{T} \tag{1} \label{a} \over \rm % $ $$ \( \) \[ \] # \foo \def 分類 の − "
    r"× ² ₁ ∑ ≤ ＝ а е ⅰ ① \u202e ﬁ ℝ 𝐱 ̂ \mathop \underbrace \substack{a\\b} \middle| \mid \not \forall "
    r"\xrightarrow{d} "
).split()


def seeds() -> list[str]:
    """Formulas to mutate: those of the table."""
    table = Path(__file__).with_name("snippets.txt").read_text(encoding="utf-8").splitlines()
    return [line.split("\t")[0] for line in table if "\t" in line]


def made(chance: random.Random, known: list[str]) -> str:
    """One input: pieces at random, a mutated formula, bytes, something long or deep."""
    kind = chance.randrange(10)
    if kind < 3:
        return chance.choice(("", " ")).join(chance.choices(PIECES, k=chance.randrange(1, 40)))
    if kind < 8:
        return mutated(chance, chance.choice(known))
    if kind == 8:
        raw = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 80)))
        return raw.decode(chance.choice(("utf-8", "latin-1", "utf-16-le", "shift-jis")), errors="replace")
    piece = chance.choice((*PIECES, *known))
    return piece * chance.randrange(2, 200)


def mutated(chance: random.Random, source: str) -> str:
    """A formula with a few characters or pieces lost, doubled, moved or put in."""
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(source) + 1)
        to = min(len(source), at + chance.randrange(1, 6))
        what = chance.randrange(5)
        if what == 0:
            source = source[:at] + source[to:]
        elif what == 1:
            source = source[:at] + source[at:to] * 2 + source[to:]
        elif what == 2:
            source = source[:at] + chance.choice(PIECES) + source[at:]
        elif what == 3:
            source = source[:at] + chance.choice("{}()[]|\\&^_$'\0\x7f\ud800\u200b") + source[to:]
        else:
            source = source[to:] + source[at:to] + source[:at]
    return source


def wrapped(chance: random.Random, source: str) -> tuple[str, str]:
    """A document around a formula, and its kind."""
    kind = chance.choice(("markdown", "html", "tex", "text", "notebook"))
    opening, closing = chance.choice((("$$\n", "\n$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("$$", "")))
    body = f"words {opening}{source}{closing} more\n\n> $$a$$\n"
    if kind == "html":
        body = f"<p>{body}</p>" + chance.choice(("", "<script", "&amp", "<!--", "<code>", "</p></p>"))
    if kind == "notebook":
        import json

        body = json.dumps({"cells": [{"cell_type": "markdown", "source": body.splitlines(keepends=True)}]})
        body = body if chance.randrange(3) else mutated(chance, body)
    return body, kind


def one(source: str, offset: int = 0) -> None:
    """Read one formula.

    Raises:
        AssertionError: what comes out is no row, or stands outside of the formula.
    """
    for row in parse_block(source, offset):
        content = row.content
        assert isinstance(content, tree.Statement | tree.Text | tree.Unreadable), type(content)
        span = content.span
        assert offset <= span.start <= span.end <= offset + len(source), (span, offset, len(source))
        if isinstance(content, tree.Statement):
            assert len(content.sides) == len(content.relations) + 1
            assert hash(content) is not None
            assert repr(content)


def document(text: str, kind: str) -> None:
    """Read one document and its formulas."""
    try:
        found = document_of(text, kind=kind)
    except NoDocument:
        return
    for block in found.blocks:
        line, column = found.place(block.start)
        assert line >= 1 and column >= 1
        one(block.source, block.start)


def main() -> int:
    """Run; 0 where nothing failed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    known, failures, slowest, begin = seeds(), 0, 0.0, time.monotonic()
    for number in range(given.count):
        chance = random.Random(f"{given.seed} {number}")
        source = made(chance, known)
        start = time.monotonic()
        try:
            one(source)
            if number % 4 == 0:
                document(*wrapped(chance, source))
        except Exception as trouble:
            failures += 1
            print(f"\n{number}: {type(trouble).__name__}: {str(trouble)[:200]}\n  {source[:200]!r}", file=sys.stderr)
        took = time.monotonic() - start
        slowest = max(slowest, took)
        if took > MOST_SECONDS:
            failures += 1
            print(f"\n{number}: {took:.1f} s\n  {source[:200]!r}", file=sys.stderr)
        if number % 1000 == 999:
            print(
                f"\r{number + 1} of {given.count}, slowest {slowest:.2f} s, {failures} failed", end="", file=sys.stderr
            )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    failures += memory > MOST_BYTES
    print(
        f"\n{given.count} inputs in {time.monotonic() - begin:.0f} s, slowest {slowest:.2f} s, "
        f"{memory / (1 << 20):.0f} MiB, {failures} failed"
    )
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
