"""English left over on Japanese pages: words in Latin letters that stand outside formulas and code."""

from __future__ import annotations

import re

#: What Japanese writes in Latin letters too: functions by the names that formulas give them, terms that have no other
#: name in the field, names of people.
FUNCTIONS = frozenset({"log", "exp", "sin", "cos", "atan", "tr", "det", "sgn", "sigmoid", "softmax"})
TERMS = frozenset({"one", "hot", "MAP", "KL", "Student"})
EXCEPTIONS = FUNCTIONS | TERMS

_FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]*\$", re.S)
_CODE = re.compile(r"```.*?```|`[^`]*`", re.S)
_LATEX_WORDS = re.compile(r"\\text\{((?:[^{}]|\{[^{}]*\})*)\}")


def leftovers(markdown: str) -> list[str]:
    """Words of two or more Latin letters in the prose of a page, also in the words within its formulas."""
    without_code = _CODE.sub(" ", markdown)
    words = " ".join(_LATEX_WORDS.findall(without_code))
    prose = f"{_FORMULA.sub(' ', without_code)} {words}"
    return sorted({word for word in re.findall(r"[A-Za-z]{2,}", prose) if word not in EXCEPTIONS})
