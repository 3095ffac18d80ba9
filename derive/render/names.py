"""Names as they are written: `theta` is θ, `y_hat` is ŷ, `E_sum` is E with a word below it.

A name comes from whoever stated the model, so nothing of it reaches LaTeX or a terminal without passing here.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

#: Greek letters by the name that SymPy's symbols bear.
GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ",
    "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ",
    "Omega": "Ω",
}  # fmt: skip

#: Other spellings of a Greek letter: Python reserves `lambda`.
SPELLINGS = {"lamda": "lambda", "lam": "lambda", "varepsilon": "epsilon", "varphi": "phi"}

#: Further names that have a sign of their own.
SIGNS = {
    "ell": ("\\ell", "ℓ"),
    "infty": ("\\infty", "∞"),
    "⊤": ("\\top", "T"),
    "reals": ("\\mathbb{R}", "ℝ"),
    "integers": ("\\mathbb{Z}", "ℤ"),
}

#: Bold letters of text: the first letter of a run, the first bold one, how many there are.
_BOLD = (("A", "𝐀", 26), ("a", "𝐚", 26), ("0", "𝟎", 10), ("Α", "𝚨", 25), ("α", "𝛂", 25))

#: Marks above a letter: LaTeX command and combining character.
ACCENTS = {"hat": ("\\hat", "\u0302"), "bar": ("\\bar", "\u0304"), "tilde": ("\\tilde", "\u0303")}

_FROM_UNICODE = {sign: name for name, sign in GREEK.items()}

_LATEX_SPECIAL = {
    "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "$": "\\$", "%": "\\%", "#": "\\#", "&": "\\&", "_": "\\_",
    "^": "\\textasciicircum{}", "~": "\\textasciitilde{}",
}  # fmt: skip

#: Letters that Unicode has as subscripts and superscripts.
SUBSCRIPTS = dict(zip("0123456789+-=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))
SUPERSCRIPTS = dict(
    zip(
        "0123456789+-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδθ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᶿ",
        strict=True,
    )
)


@dataclass(frozen=True)
class Parts:
    """A name taken apart: the letter, the marks above it, the labels below it."""

    base: str
    accents: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


def parts(name: str) -> Parts:
    """Take a symbol's name apart: y_hat, t_1, y1, E_sum."""
    first, *rest = [piece for piece in name.split("_") if piece] or ["?"]
    letters = first.rstrip("0123456789")
    if letters and letters != first:
        first, rest = letters, [first[len(letters) :], *rest]
    accents = tuple(piece for piece in rest if piece in ACCENTS)
    return Parts(_canonical(first), accents, tuple(_canonical(piece) for piece in rest if piece not in ACCENTS))


def latex_name(base: str) -> str:
    """One name, without its marks and indices, in LaTeX's mathematics."""
    if base in GREEK:
        return f"\\{base}"
    if base in SIGNS:
        return SIGNS[base][0]
    if base.isdigit() or (len(base) == 1 and base.isascii() and base.isalpha()):
        return base
    return f"\\mathrm{{{latex_text(base)}}}"


def latex_bold(base: str) -> str:
    """One name in bold, for an array as a whole."""
    letter = latex_name(base)
    return f"\\boldsymbol{{{letter}}}" if letter.startswith("\\") else f"\\mathbf{{{letter}}}"


def text_bold(base: str) -> str:
    """One name in bold, for an array as a whole, in Unicode's mathematical letters."""
    return "".join(_bold(char) for char in text_name(base))


def _bold(char: str) -> str:
    for first, bold, count in _BOLD:
        if 0 <= ord(char) - ord(first) < count:
            return chr(ord(bold) + ord(char) - ord(first))
    return char


def latex_label(label: str) -> str:
    """A label below a letter: t_ik are two indices, E_sum is a word, Δ_mu has a Greek letter."""
    two = label.isascii() and label.isalnum() and len(label) == 2 and label not in GREEK
    return label if two else latex_name(label)


def text_name(base: str) -> str:
    """One name, without its marks and indices, in Unicode."""
    if base in SIGNS:
        return SIGNS[base][1]
    return GREEK.get(base, plain_text(base))


def latex_text(text: str) -> str:
    """Prose for LaTeX, with the characters that LaTeX reads as commands made harmless."""
    return "".join(_LATEX_SPECIAL.get(char, char) for char in plain_text(text))


def plain_text(text: str) -> str:
    """Prose without control characters, which a terminal would obey."""
    return "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cf"))


def script(text: str, table: dict[str, str]) -> str | None:
    """The text in small letters, None where Unicode lacks one."""
    small = [table.get(char) for char in text.replace(" ", "").replace("−", "-")]
    return "".join(filter(None, small)) if small and None not in small else None


def width(text: str) -> int:
    """How many columns of a terminal the text takes: Japanese takes two a letter, a mark above a letter none."""
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def _canonical(piece: str) -> str:
    return SPELLINGS.get(piece, _FROM_UNICODE.get(piece, piece))
