"""Commands that a document defines for itself: `\\newcommand{\\KL}[2]{…}`, `\\def\\x{…}`, `\\DeclareMathOperator`.

They are replaced when a formula is cut into words, a bounded number of times; nothing else of TeX is carried out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: More definitions, longer ones, deeper ones and longer results are refused.
MOST_MACROS, MOST_BODY, DEEPEST, MOST_TEXT = 500, 2_000, 8, 50_000

_DEFINES = re.compile(
    r"\\(?:(?:re|provide)?newcommand|providecommand|DeclareRobustCommand)\*?\s*(?:\{\s*\\([A-Za-z]+)\s*\}|\\([A-Za-z]+))"
    r"\s*(?:\[(\d)\])?\s*(\[[^\]\[{}]*\])?\s*(?=\{)"
    r"|\\DeclareMathOperator\*?\s*(?:\{\s*\\([A-Za-z]+)\s*\}|\\([A-Za-z]+))\s*(?=\{)"
    r"|\\def\s*\\([A-Za-z]+)\s*((?:#\d)*)\s*(?=\{)"
)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_ARGUMENT = re.compile(r"#(\d)")


@dataclass(frozen=True)
class Macro:
    """What a command stands for: `body` with `#1` … `#9`; a `default` is for the first, which may be left out."""

    arguments: int
    default: str | None
    body: str

    def put(self, given: list[str]) -> str:
        """The body with its arguments in place."""
        return _ARGUMENT.sub(lambda found: given[int(found[1]) - 1] if int(found[1]) <= len(given) else "", self.body)


def macros_of(text: str) -> dict[str, Macro]:
    """The commands that a text defines; later definitions win."""
    found: dict[str, Macro] = {}
    at = 0
    while len(found) < MOST_MACROS and (definition := definition_at(text, at, anywhere=True)):
        name, macro, at = definition
        if macro is not None:
            found[name] = macro
    return found


def definition_at(text: str, at: int, anywhere: bool = False) -> tuple[str, Macro | None, int] | None:
    """The definition at a place, or the next one behind it: the name, what it stands for, and where it ends.

    A definition that is too long or never ends stands for nothing.
    """
    found = _DEFINES.search(text, at) if anywhere else _DEFINES.match(text, at)
    if found is None:
        return None
    end = _closing(text, found.end())
    name = next(group for group in (found[1], found[2], found[5], found[6], found[7]) if group)
    if end is None:
        return name, None, found.end()
    body = text[found.end() + 1 : end]
    if found[5] or found[6]:
        return name, Macro(0, None, f"\\operatorname{{{body}}}"), end + 1
    arguments = int(found[3] or 0) if found[7] is None else found[8].count("#")
    default = found[4][1:-1] if found[4] else None
    return name, Macro(arguments, default, body), end + 1


def _closing(text: str, opening: int) -> int | None:
    """Where the brace that opens there is closed, not too far away."""
    depth = 0
    for place in _BRACE.finditer(text, opening, opening + MOST_BODY):
        depth += {"{": 1, "}": -1}.get(place[0], 0)
        if depth == 0:
            return place.start()
    return None
