"""Whatever is put in: rows or a refusal come out, soon; and no letter of a formula that is read gets lost."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derive.read.documents.document import open_document
from derive.read.syntax import tree
from derive.read.syntax.blocks import parse_block
from derive.read.syntax.tokens import tokens_of
from derive.read.syntax.vocabulary import NAMED, SYMBOLS
from tests.read.fuzz import PIECES, document, made, one, seeds, wrapped

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "statproofbook"
KNOWN = seeds()


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from([*PIECES, *KNOWN]), max_size=30).map(" ".join))
def test_pieces(source: str) -> None:
    one(source)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=120), st.integers(0, 10**6))
def test_text(source: str, offset: int) -> None:
    one(source, offset)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["markdown", "html", "tex", "text", "notebook"]))
def test_documents(text: str, kind: str) -> None:
    document(text, kind)


def test_seeded_mutations() -> None:
    for number in range(1500):
        chance = random.Random(f"tests {number}")
        source = made(chance, KNOWN)
        one(source)
        document(*wrapped(chance, source))


@pytest.mark.parametrize("kind", ["markdown", "html", "tex", "text"])
def test_a_line_of_five_megabytes(kind: str) -> None:
    for piece in ("x + y ", "$a$ ", "{", "$$ a = b $$ "):
        for opening, closing in (("$$ ", " $$"), ("", "")):
            start = time.monotonic()
            document(opening + piece * (5_000_000 // len(piece)) + closing, kind)
            assert time.monotonic() - start < 10


def letters(node: tree.Node) -> tuple[Counter[str], Counter[str]]:
    """Every letter and digit that a tree holds, and those of its functions, which may be typed or be commands."""
    found: Counter[str] = Counter()
    functions: Counter[str] = Counter()
    waiting: list[object] = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, tuple):
            waiting.extend(here)
        if not isinstance(here, tree.Node):
            continue
        waiting.extend(value for key, value in vars(here).items() if key != "span")
        if isinstance(here, tree.Number):
            found.update(here.digits.replace(".", ""))
        elif isinstance(here, tree.Name) and here.style == "operator":
            functions.update(char for char in here.text if char.isalnum())
        elif isinstance(here, tree.Name) and here.text not in SYMBOLS and here.text != "cdot":
            found.update(char for char in here.text if char.isalnum() and here.style != "text")
        elif isinstance(here, tree.Applied):
            functions.update(here.function.replace(" ", ""))
        elif isinstance(here, tree.Big):
            found["d"] += sum(not isinstance(variable, tree.Dots) for variable in here.variables)
            functions.update(here.operator)
    return found, functions


def lost(source: str) -> tuple[Counter[str], bool]:
    """The letters and digits of a formula that its trees do not hold, and whether all of it was read."""
    rows = [row.content for row in parse_block(source)]
    left = Counter(token.text for token in tokens_of(source) if token.kind in ("letter", "digit"))
    functions: Counter[str] = Counter()
    for content in rows:
        if isinstance(content, tree.Unreadable):
            return Counter(), False
        there, names = letters(content)
        left.subtract(there)
        functions.update(names)
    short = Counter({char: count for char, count in left.items() if not 0 <= count <= functions[char]})
    return short, bool(rows)


#: Notes under braces and over relations are left out on purpose; words are one token; some commands are letters.
EXEMPT = (
    "brace",
    "phantom",
    "overset",
    "underset",
    "stackrel",
    r"\text",
    r"\mathbb{1}",
    r"\int \mathrm{d}x",
    ".5",
    r"\_",
)
COMMANDS = tuple(f"\\{name}" for name in NAMED)


@pytest.mark.parametrize(
    "source", [source for source in KNOWN if not any(word in source for word in EXEMPT + COMMANDS)]
)
def test_no_letter_is_lost(source: str) -> None:
    assert lost(source)[0] == Counter()


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of proofs is not beside the project")
def test_no_letter_of_the_corpus_is_lost() -> None:
    compared = 0
    for path in sorted((CORPUS / "proofs").glob("*.md")):
        for block in open_document(path).displays:
            if not any(word in block.source for word in EXEMPT):
                short, read = lost(block.source)
                assert short == Counter(), (path.name, block.source)
                compared += read
    assert compared > 200
