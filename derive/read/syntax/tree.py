"""The unevaluated tree of a formula: what stands on the page, before anybody says what it means.

Nothing is decided here that needs to know the document: whether `f(x)` is a function or a product, whether `T` is a
transpose, whether `\\bar{y}` is a name or a mean. Every node knows the stretch of the source that it came from, so that
`unread` and `ill-formed` can point.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """A stretch of a formula's source, `start` inclusive, `end` exclusive, in characters of the *document*."""

    start: int
    end: int


@dataclass(frozen=True)
class Node:
    """A piece of a formula; `span` says where it stands."""

    span: Span


@dataclass(frozen=True)
class Number(Node):
    """A number with its digits as printed: `0.330` is not `0.33` (its last digit says how it was rounded)."""

    digits: str


@dataclass(frozen=True)
class Name(Node):
    """A letter, a Greek letter or a word set as one (`\\mathrm{Beta}`).

    `text` is the bare name (`y`, `alpha`, `Beta`; `infty`, `partial`, `nabla`; `cdot` for a dot in place of an argument
    or an index); `style` how it is set (`""`, `bold`, `roman`, `calligraphic`, `blackboard`, `fraktur`, `sans`,
    `typewriter`, `operator`, `text`), and `accents` what stands on it, innermost first (`hat`, `bar`,
    `tilde`, `dot`, `vec`, `prime` once for every prime, `star`).
    """

    text: str
    style: str = ""
    accents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Accented(Node):
    """An accent over more than a letter: `\\overline{x y}`, `\\hat{\\theta_k}`; an underbrace loses its note."""

    accent: str
    body: Node


@dataclass(frozen=True)
class Script(Node):
    """`base_{sub}^{sup}`; a subscript of several indices is a `Sequence`, or a `Times` of letters (`t_{ik}`)."""

    base: Node
    sub: Node | None
    sup: Node | None


@dataclass(frozen=True)
class Plus(Node):
    """A sum as written: terms with their signs, "+", "-", "\\pm", "\\mp"; the first is "" where none is printed."""

    signs: tuple[str, ...]
    terms: tuple[Node, ...]


@dataclass(frozen=True)
class Times(Node):
    """A product as written, or a function beside its argument: which of the two is a matter of meaning.

    `operators[n]` stands between `factors[n]` and `factors[n + 1]`: "" (side by side), "\\cdot", "\\times", "*", "/",
    "\\div", "\\circ", "\\odot", "\\otimes".
    """

    operators: tuple[str, ...]
    factors: tuple[Node, ...]


@dataclass(frozen=True)
class Joined(Node):
    """Sets or statements joined: "\\cup", "\\cap", "\\setminus", "\\wedge", "\\vee", "\\oplus", "\\ominus"."""

    operators: tuple[str, ...]
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Fraction(Node):
    """`\\frac{a}{b}` (also `\\dfrac`, `\\tfrac`, `\\cfrac`, `a \\over b`); derivatives are still fractions here."""

    numerator: Node
    denominator: Node


@dataclass(frozen=True)
class Root(Node):
    """`\\sqrt[degree]{body}`."""

    degree: Node | None
    body: Node


@dataclass(frozen=True)
class Binomial(Node):
    """`\\binom{n}{k}`, `{n \\choose k}`."""

    upper: Node
    lower: Node


@dataclass(frozen=True)
class Postfix(Node):
    """Something after its operand: "!" or "!!"."""

    operator: str
    body: Node


@dataclass(frozen=True)
class Group(Node):
    """What stands between fences: "(", "[", "\\{", "|", "\\|", "\\langle", "\\lfloor", "\\lceil", "." for none.

    Braces that only group for TeX leave no node.
    """

    opening: str
    closing: str
    body: Node


@dataclass(frozen=True)
class Sequence(Node):
    """Items and what separates them: ",", ";", ":" , "|" (a conditional bar, a parameter bar), "\\|" or "||"."""

    separators: tuple[str, ...]
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Applied(Node):
    """A function with a name of its own (`\\log`, `\\exp`, `\\det`, `\\operatorname{tr}`) and what it acts on.

    `sub` and `sup` stand on the function: `\\log_{10} x`, `\\sin^2 x`, `\\arg\\max_\\theta` (then `function` is
    "arg max" and the argument is what follows). The argument reaches as far as a reader would read: `\\log a b` takes
    both factors, `\\log a \\cdot b` too, `\\log (a) b` only the group; `\\log x + 1` ends before the sign; a function
    or a big operator that follows ends it too; "arg max" reaches over signs, since nothing is added to it. `bare` is
    true where no fence stood around the argument. A script behind the fence is in the argument: `\\log (x)^2`,
    `\\det (A)^{-1}`, `\\operatorname{softmax}(z)_k`; whether it belongs to the value is a matter of meaning.
    """

    function: str
    sub: Node | None
    sup: Node | None
    argument: Node
    bare: bool


@dataclass(frozen=True)
class Big(Node):
    """A big operator with its body: "\\sum", "\\prod", "\\int", "\\lim", "\\max", "\\min", "\\sup", "\\inf", …

    `lower` is what stands below (`k=1`, `k`, `i<j`, `x \\to 0`), a `Statement` where it holds a relation. The body
    of a sum reaches to the next "+" or "-" of its level; that of an integral to its differential, kept in `variables`
    (none where it stands elsewhere: `\\int \\frac{dx}{x}`). Without anything below, `\\max(a, b)` is an `Applied`.
    """

    operator: str
    lower: Node | None
    upper: Node | None
    body: Node
    variables: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Evaluated(Node):
    """`body` taken at a point: `f(x) \\Big|_{x=a}`, `\\left[ F(x) \\right]_a^b` (then `lower` and `upper`)."""

    body: Node
    lower: Node | None
    upper: Node | None


@dataclass(frozen=True)
class Matrix(Node):
    """`pmatrix`, `bmatrix`, `vmatrix` (a determinant), `array`, `smallmatrix`: rows of cells, `fence` as printed."""

    fence: str
    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True)
class Cases(Node):
    """`\\begin{cases}` or an array behind one brace: (value, condition) a row; the condition may be a `Text`."""

    rows: tuple[tuple[Node, Node | None], ...]


@dataclass(frozen=True)
class Dots(Node):
    """`\\ldots`, `\\cdots`, `\\vdots`, `\\ddots`, `…`: what is left out."""

    kind: str


@dataclass(frozen=True)
class Text(Node):
    """Words inside a formula, `\\text{…}`, or prose in a row of it."""

    text: str


@dataclass(frozen=True)
class Empty(Node):
    """Nothing where something may stand: the left side of `&= …`, an empty cell."""


@dataclass(frozen=True)
class Statement(Node):
    """Sides joined by relations: `a = b \\leq c` has three sides and two relations.

    A relation is its LaTeX ("=", "\\leq", "\\approx", "\\sim", "\\propto", "\\Leftrightarrow", "\\to", "\\in", …);
    what is written over it is its mark: `\\overset{(3)}{=}` gives "(3)", "" where there is none.
    ":" is one outside of groups (`H_0: \\mu = 0`). A statement without relations is an expression that stands alone.
    `tag` and `label` are the equation's number and its `\\label`.
    """

    sides: tuple[Node, ...]
    relations: tuple[str, ...]
    marks: tuple[str, ...] = ()
    tag: str | None = None
    label: str | None = None


class Unreadable(ValueError):
    """The source was not understood: `span` says where, the message says what was expected there."""

    def __init__(self, message: str, span: Span) -> None:
        """Keep the place beside the words."""
        super().__init__(message)
        self.span = span


class Malformed(Unreadable):
    """The source was understood and is no formula: an operator without its operand, a bracket that is never closed."""
