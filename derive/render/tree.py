"""The presentation tree: what stands where on paper, before it is known in which format.

The order of factors and terms, fractions and signs are decided when the tree is made (`layout`); a printer only says
how each node looks and sets brackets where `PRECEDENCE` asks for them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Node:
    """Anything that can be printed."""


@dataclass(frozen=True)
class Number(Node):
    """A number without a sign: digits, perhaps with a decimal point."""

    digits: str


@dataclass(frozen=True)
class Name(Node):
    """A letter or word, with marks above it, labels that belong to the name, and indices; bold for a whole array."""

    base: str
    accents: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    indices: tuple[Node, ...] = ()
    bold: bool = False


@dataclass(frozen=True)
class Terms(Node):
    """A sum: terms with their signs (+1 or -1)."""

    terms: tuple[tuple[int, Node], ...]


@dataclass(frozen=True)
class Negative(Node):
    """A minus before a single term."""

    body: Node


@dataclass(frozen=True)
class Factors(Node):
    """A product, in the order of writing."""

    factors: tuple[Node, ...]


@dataclass(frozen=True)
class Fraction(Node):
    """A fraction."""

    over: Node
    under: Node


@dataclass(frozen=True)
class Power(Node):
    """A power."""

    base: Node
    exponent: Node


@dataclass(frozen=True)
class Root(Node):
    """A square root."""

    body: Node


@dataclass(frozen=True)
class Prefix(Node):
    """A function whose argument follows without brackets where it can: log x."""

    function: str
    body: Node


@dataclass(frozen=True)
class Call(Node):
    """A function whose arguments stand in brackets: Γ(x); with an order where it is a derivative: ψ'(x)."""

    head: Name
    arguments: tuple[Node, ...]
    order: Node | None = None


@dataclass(frozen=True)
class Fence(Node):
    """Something between strokes: |x|; `kind` is abs, floor, ceiling or round, for mere brackets."""

    kind: str
    body: Node


@dataclass(frozen=True)
class Factorial(Node):
    """A factorial."""

    body: Node


@dataclass(frozen=True)
class Binomial(Node):
    """A binomial coefficient."""

    over: Node
    under: Node


@dataclass(frozen=True)
class BigOperator(Node):
    """Σ, Π, ∫, max, min or median over one index; several nest, the outermost first. Limits may be absent."""

    kind: str
    index: Node
    lower: Node | None
    upper: Node | None
    body: Node


@dataclass(frozen=True)
class Entry(Node):
    """The entry of a matrix that has no name of its own: (Σ⁻¹)_{ab}."""

    body: Node
    indices: tuple[Node, ...]


@dataclass(frozen=True)
class Delta(Node):
    """Kronecker's delta."""

    indices: tuple[Node, ...]


@dataclass(frozen=True)
class Derivative(Node):
    """A partial derivative by variables, each with its order."""

    body: Node
    variables: tuple[tuple[Node, int], ...]

    @property
    def order(self) -> int:
        """How often it differentiates in all."""
        return sum(order for _, order in self.variables)


@dataclass(frozen=True)
class Relation(Node):
    """Two sides with a sign between them: =, ≠, <, ≤, >, ≥, ⇔."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Chain(Node):
    """A value between two others: 0 ≤ x ≤ θ."""

    items: tuple[Node, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True)
class Sequence(Node):
    """Things side by side; in brackets where they are one point rather than several statements."""

    items: tuple[Node, ...]
    bracketed: bool


@dataclass(frozen=True)
class Collection(Node):
    """A set by its elements."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Interval(Node):
    """An interval, its ends excluded where `lower_open`, `upper_open` say so."""

    lower: Node
    upper: Node
    lower_open: bool
    upper_open: bool


@dataclass(frozen=True)
class Cases(Node):
    """Values with their conditions; a condition of None is "otherwise"."""

    cases: tuple[tuple[Node, Node | None], ...]


@dataclass(frozen=True)
class Logic(Node):
    """Statements joined by `and`, `or`; `not` before a single one; `true`, `false` for none."""

    word: str
    items: tuple[Node, ...] = ()


#: How tightly each node holds together; what holds less than its place asks for is bracketed.
PRECEDENCE: dict[type[Node], int] = {
    Logic: 0,
    Sequence: 0,
    Relation: 1,
    Chain: 1,
    Terms: 2,
    Negative: 2,
    Cases: 2,
    BigOperator: 3,
    Derivative: 3,
    Factors: 4,
    Fraction: 5,  # on one line (a/b) it holds no better than a product: LINE_FRACTION
    Prefix: 5,
    Factorial: 6,
    Power: 6,
    Root: 6,
    Binomial: 7,
    Call: 7,
    Collection: 7,
    Interval: 7,
    Fence: 7,
    Delta: 7,
    Entry: 7,
    Name: 7,
    Number: 7,
}
LINE_FRACTION = PRECEDENCE[Factors]

#: What a place asks for.
TERM = PRECEDENCE[BigOperator]
FACTOR = PRECEDENCE[Prefix]
OPERAND = PRECEDENCE[Power]
BASE = PRECEDENCE[Name]


def open_ended(node: Node) -> bool:
    """Does it swallow what is written after it, as Σ x does?"""
    match node:
        case BigOperator() | Derivative():
            return True
        case Prefix(_, body):
            return open_ended(body)
        case Factors(factors):
            return open_ended(factors[-1])
        case _:
            return False


def runs_on(node: Node) -> bool:
    """Would a slash after it be read as part of its end: log x / 2, Σ x / N, a/b / c?"""
    last = node.factors[-1] if isinstance(node, Factors) else node
    return isinstance(last, (Prefix, Fraction)) or open_ended(node)


def atomic(node: Node) -> bool:
    """Is it a bare number or name?"""
    return isinstance(node, (Number, Name))


def small(node: Node) -> bool:
    """Is it so short that signs need no room around it: 1-θ, 1+e^{-x}?"""
    return atomic(node) or isinstance(node, Delta) or (isinstance(node, Power) and atomic(node.base))
