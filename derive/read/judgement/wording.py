"""Values, names and counterexamples as a reader of the article takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flint import arb

from derive.read.meanings.terms import Term, num
from derive.read.values.arrays import Array
from derive.read.values.comparing import Value
from derive.read.values.points import Point

if TYPE_CHECKING:
    from derive.read.judgement.article import Article


def number_text(term: Term) -> str:
    """A number as it stands in the text."""
    if term.head == "neg":
        return "-" + number_text(term.args[0])
    if term.head in ("div", "pow"):
        return ("/" if term.head == "div" else "^").join(number_text(a) for a in term.args)
    return term.name


def value_text(value: Value) -> str:
    """A value as a reader can take it: exact where short, else to 12 digits."""
    if isinstance(value, Array):
        return "(" + "; ".join(", ".join(value_text(x) for x in row) for row in value.rows) + ")"
    if hasattr(value, "q") and len(str(value)) <= 14:
        return str(value)
    return str(arb(value).str(12, radius=False))


def text(article: Article, name: Term) -> str:
    """A name with its indices as LaTeX."""
    shown = article.names.displays.get(name.name, name.name)
    if not name.args:
        return shown
    subscript = (
        "".join(i.name for i in name.args)
        if all(len(i.name) == 1 for i in name.args)
        else ",".join(i.name for i in name.args)
    )
    return f"{shown}_{{{subscript}}}"


def counterexample(article: Article, point: Point) -> dict[str, object]:
    """The numbers of a point, under the names that the article uses."""
    found: dict[str, object] = {}
    for (name, indices), value in sorted(point.read.items(), key=str):
        key = text(article, Term("var", tuple(num(i) for i in indices), name))
        whole = not indices and (name in article.facts.sizes or name in article.facts.indices)
        found[key] = int(value_text(value)) if whole else value_text(value)
    return found
