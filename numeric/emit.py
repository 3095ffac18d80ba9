"""From graphs to statements of torch.

Every array keeps all its dimensions: the named axis lies along `dim`, and what a reduction leaves has size 1 there, so
broadcasting does what the graph means. A node that is used twice, or that a reader wants to see by itself, becomes a
statement; the rest is written in place with as few parentheses as precedence allows. The order is that of first use:
one graph gives one text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

from numeric import functions, graph
from numeric.graph import Node

#: Operations that stand in a statement of their own, and how their result is called.
NAMES = {
    "largest": "largest",
    "argmax": "top",
    "take": "entry",
    "difference": "shifted",
    "rounding": "lost",
    "sum": "total",
    "sum_without": "others",
    "exp": "decay",
    "corrected": "term",
    "add": "part",
    "mul": "product",
    "power": "root",
    "select": "chosen",
    "below": "below",
    "cases": "case",
    "weighted": "weighted",
    "log": "logarithm",
    "log1p": "tail",
    "expm1": "growth",
    "tanh": "slope",
    "lgamma": "log_gamma",
    "polygamma": "psi",
    "bessel": "bessel",
    "log_bessel": "log_bessel",
    "log1p_square": "tail",
    "lgamma_gain": "gain",
    "polygamma_gain": "gain",
    "sin": "sine",
    "cos": "cosine",
    "solve": "solved",
    "back": "back",
    "product": "moved",
    "transposed": "moved",
    "diagonal": "diagonal",
    "outer": "outer",
    "lower": "triangle",
}
#: Numbers that are no fractions.
NUMBERS = {"pi": "math.pi", "inf": "torch.inf"}
#: Those of them that do even where they are used once.
ALONE = frozenset(["largest", "argmax", "take", "rounding", "sum", "sum_without"])
#: What a reader may ask at a statement.
REMARKS = {
    "largest": "shifted by the largest entry, every exponent is at most 0",
    "rounding": "what the subtraction rounded off",
    "sum_without": "the sum without its largest term, which is never added and subtracted again",
}
ADD, MUL, UNARY, ATOM = range(4)  # how tightly a text binds
WIDTH = 94  # of a statement
LENGTHS = (50, 30, 15)  # beyond it, a text gets a name: the first of these that keeps to the width


class Body:
    """The statements that compute some graphs, with the text of every node met so far.

    `closed`: nothing differentiates them, since their derivative is known.
    """

    def __init__(self, names: Mapping[Node, str], longest: int, positions: str = "input", closed: bool = False) -> None:
        self.lines: list[str] = []
        self._texts: dict[Node, tuple[str, int]] = {node: (name, ATOM) for node, name in names.items()}
        self._uses: Counter[Node] = Counter()
        self._taken: Counter[str] = Counter(names.values())
        self._positions = positions
        self._longest = longest
        self._closed = closed

    def outputs(self, results: Mapping[str, Node]) -> None:
        """Write the statements that give each result its name."""
        seen: set[Node] = set()
        for result in results.values():
            for node in result.walk():
                if node not in seen:
                    seen.add(node)
                    self._uses.update(node.args)
                    if node.op == "select":
                        self._uses[_condition(node)] += 1
                    if node.op == "corrected":
                        self._uses.update(node.args[:1])  # which is written twice
        for name in results:
            self._taken[name] += 1
        for name, result in results.items():
            known = self._texts.get(result)
            remark = "" if known else REMARKS.get(result.op, "")
            self._state(name, known[0] if known else self._write(result)[0], remark)
            self._texts[result] = name, ATOM

    def _state(self, name: str, text: str, remark: str = "") -> None:
        if remark:
            self.lines.append(f"# {remark}")
        self.lines.append(f"{name} = {text}")

    def _text(self, node: Node, level: int = ADD) -> str:
        """The node's text, in parentheses where it binds less tightly than `level`."""
        if node not in self._texts:
            text, tightness = self._write(node)
            keep = self._uses[node] > 1 and not (tightness == UNARY and graph.coefficient(node)[1].op == "input")
            if (keep or node.op in ALONE or len(text) > self._longest) and node.op in NAMES:
                name = self._fresh(NAMES[node.op])
                self._state(name, text, REMARKS.get(node.op, "") if self._taken[NAMES[node.op]] == 1 else "")
                text, tightness = name, ATOM
            self._texts[node] = text, tightness
        text, tightness = self._texts[node]
        return text if tightness >= level else f"({text})"

    def _fresh(self, name: str) -> str:
        self._taken[name] += 1
        return name if self._taken[name] == 1 else f"{name}_{self._taken[name]}"

    def _position(self) -> str:
        if "position" not in self._taken:
            self._state(self._fresh("position"), f"_positions({self._positions}, dim)")
        return "position"

    def _write(self, node: Node) -> tuple[str, int]:
        match node.op:
            case "constant":
                return _number(node.value)
            case "size":
                return f"{self._positions}.shape[dim]", ATOM
            case "add":
                return self._sum(node), ADD
            case "mul" | "power":
                return self._product(node)
            case "difference":
                return f"{self._text(node.args[0])} - {self._text(node.args[1], MUL)}", ADD
            case "number":
                return NUMBERS[node.name], ATOM
            case op if op in functions.FUNCTIONS:
                return functions.text(op, node.value, ", ".join(map(self._text, node.args))), ATOM
            case op if op in functions.MATRICES:
                level = MUL if op == "outer" else ATOM
                form = functions.MATRICES[op]
                inside = ADD if form.endswith("({})") or form.endswith("({}, {})") else ATOM
                return form.format(*(self._text(a, inside) for a in node.args)), level
            case "log" if is_number(node.args[0]):
                return f"math.log({self._text(node.args[0])})", ATOM
            case "exp" | "log" | "log1p":
                return f"torch.{node.op}({self._text(node.args[0])})", ATOM
            case "largest":
                return f"{self._text(node.args[0], ATOM)}.amax(dim, keepdim=True)", ATOM
            case "argmax":
                return f"{self._text(node.args[0], ATOM)}.argmax(dim, keepdim=True)", ATOM
            case "take":
                return f"{self._text(node.args[0], ATOM)}.gather(dim, {self._text(node.args[1])})", ATOM
            case "sum":
                return f"_sum({self._text(node.args[0])}, dim)", ATOM
            case "sum_without":
                return f"_sum_without({', '.join(map(self._text, node.args))}, dim)", ATOM
            case "cases":
                mark, there, elsewhere = node.args
                if mark.axis in elsewhere.axes:
                    label, value = self._text(mark.args[0]), self._text(there)
                    return f"{self._text(elsewhere, ATOM)}.scatter(dim, {label}, {value})", ATOM
                same = f"{self._position()} == {self._text(mark.args[0])}"
                return f"torch.where({same}, {self._text(there)}, {self._text(elsewhere)})", ATOM
            case "delta":
                return f"({self._position()} == {self._text(node.args[0])})", ATOM
            case "select":
                if self._closed and (text := self._clamped(*node.args)):
                    return text
                below, above = (self._text(a) for a in node.args[1:])
                return f"torch.where({self._text(_condition(node))}, {below}, {above})", ATOM
            case "below":
                return f"{self._text(node.args[0])} < 0", ADD
            case "corrected":
                plain = self._text(node.args[0], MUL)
                return f"{plain} + {plain} * {self._text(node.args[1], UNARY)}", ADD  # 1 + r would round r away
            case "rounding":
                (rounded,) = node.args
                return f"_rounding({', '.join(map(self._text, (*rounded.args, rounded)))})", ATOM
            case "weighted":
                return f"_weighted({self._text(node.args[0])}, {self._text(node.args[1])})", ATOM
        raise ValueError(f"no torch for {node.op}: {node}")

    def _clamped(self, sign: Node, below: Node, above: Node) -> tuple[str, int] | None:
        """±|f|, and what is larger or smaller of ±f and 0: one operation, whose derivative at 0 is another."""
        minus = graph.negative(sign)
        if (below, above) == (sign, minus):
            return f"-{self._text(sign, ATOM)}.abs()", UNARY
        known = {
            (minus, sign): (sign, "abs()"),
            (graph.ZERO, sign): (sign, "clamp_min(0)"),
            (minus, graph.ZERO): (minus, "clamp_min(0)"),
            (sign, graph.ZERO): (sign, "clamp_max(0)"),
            (graph.ZERO, minus): (minus, "clamp_max(0)"),
        }
        base, method = known.get((below, above), (None, ""))
        return None if base is None else (f"{self._text(base, ATOM)}.{method}", ATOM)

    def _sum(self, node: Node) -> str:
        signed = [(graph.coefficient(term)[0] < 0, term) for term in node.args]
        text = ""
        for minus, term in sorted(signed, key=lambda pair: pair[0]):
            part = self._text(graph.negative(term) if minus else term, MUL)
            text += f" {'-' if minus else '+'} {part}" if text else f"{'-' if minus else ''}{part}"
        return text

    def _product(self, node: Node) -> tuple[str, int]:
        number, rest = graph.coefficient(node)
        factors = rest.args if rest.op == "mul" else (rest,)
        below = [graph.power(f.args[0], -f.value) for f in factors if f.op == "power" and f.value < 0]
        above = [f for f in factors if not (f.op == "power" and f.value < 0)]
        if len(factors) == 1 and above and number == 1:
            exponent, level = _number(node.value)
            base, exponent = self._text(node.args[0], ATOM), exponent if level == ATOM else f"({exponent})"
            return f"{base}{'**' if base.isidentifier() else ' ** '}{exponent}", UNARY
        parts = [self._text(f, UNARY) for f in above]
        if abs(number) != 1 or not parts:
            parts.insert(0, _number(abs(number))[0])
        text = " * ".join(parts) + "".join(f" / {self._text(f, UNARY)}" for f in below)
        return ("-" if number < 0 else "") + text, MUL if len(parts) + len(below) > 1 else UNARY


def _condition(select: Node) -> Node:
    """What a selection asks: whether its first argument is below 0."""
    return Node("below", select.args[:1])


def is_number(node: Node) -> bool:
    """Whether the node depends on nothing that a caller gives."""
    return all(part.op not in ("input", "size") for part in node.walk())


def _number(value: Fraction) -> tuple[str, int]:
    """The number as Python writes it: exact where a float is, a quotient where none is."""
    if value.denominator == 1:
        return str(value.numerator), ATOM if value >= 0 else UNARY
    if Fraction(float(value)) == value:
        return repr(float(value)), ATOM if value >= 0 else UNARY
    return f"{value.numerator} / {value.denominator}", MUL


def statements(
    results: Mapping[str, Node], names: Mapping[Node, str], positions: str = "input", closed: bool = False
) -> list[str]:
    """The lines that compute the results from the named nodes; `positions` is an array with all dimensions.

    `closed`: nothing will differentiate them.
    """
    for longest in LENGTHS:
        body = Body(names, longest, positions, closed)
        body.outputs(results)
        if all(len(line) <= WIDTH for line in body.lines):
            break
    return body.lines
