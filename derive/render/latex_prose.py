"""Prose for LaTeX: special characters made harmless, mathematical characters set as mathematics."""

from __future__ import annotations

from derive.render import names

_SIGNS = {
    "≤": "\\leq", "≥": "\\geq", "≠": "\\neq", "≈": "\\approx", "⇔": "\\iff", "⇒": "\\implies", "→": "\\to", "∈": "\\in",
    "∞": "\\infty", "−": "-", "·": "\\cdot", "×": "\\times", "∑": "\\sum", "∏": "\\prod", "∂": "\\partial",
    "√": "\\surd", "✓": "\\checkmark", "✗": "\\times", "∇": "\\nabla", "ℝ": "\\mathbb{R}", "′": "'", "…": "\\dots",
    "ℓ": "\\ell",
}  # fmt: skip
_MATHEMATICS = (
    _SIGNS
    | {sign: f"\\{name}" for name, sign in names.GREEK.items()}
    | {small: f"{{}}_{{{char}}}" for char, small in names.SUBSCRIPTS.items() if char.isascii()}
    | {small: f"{{}}^{{{char}}}" for char, small in names.SUPERSCRIPTS.items() if char.isascii()}
    | {"Σ": "\\textstyle\\sum", "Π": "\\textstyle\\prod"}
)


def prose(text: str) -> str:
    """Words as LaTeX."""
    pieces = []
    for char in names.plain_text(text):
        pieces.append(f"${_MATHEMATICS[char]}$" if char in _MATHEMATICS else names.latex_text(char))
    return "".join(pieces).replace("$$", "")
