"""Rows of blocks: where they end, where they go on, what they keep to themselves; and the places of nodes."""

from __future__ import annotations

import pytest

from derive.read.syntax import tree
from derive.read.syntax.blocks import parse_block, parse_formula
from derive.read.syntax.tree import Malformed, Statement, Unreadable
from tests.read.compact import compact


def shown(source: str) -> list[str]:
    found = []
    for row in parse_block(source):
        content = row.content
        mark = "+" if row.remark else ""
        tree_of = f"! {type(content).__name__}" if isinstance(content, Unreadable) else compact(content)
        found.append(f"{row.number}{mark} {tree_of}")
    return found


BESIDE = ["0 [a = b]", '0+ "by (3)"', "1 [() = c]", "1+ {( 2 )}"]
ROWS = [
    (r"\begin{split} a &= b \\ &= c \end{split}", ["0 [a = b]", "1 [() = c]"]),
    (r"\begin{align*} a = & b \\ = & c \end{align*}", ["0 [a = b]", "1 [() = c]"]),
    (r"a = b \\[2pt] c = d", ["0 [a = b]", "1 [c = d]"]),
    # a formula that goes on
    (r"\begin{aligned} a &= b + c \\ &\quad + d \\ &= e \end{aligned}", ["0 [a = (+ b + c + d)]", "2 [() = e]"]),
    (r"\begin{align} a &= b + \\ &\phantom{=} c \end{align}", ["0 [a = (+ b + c)]"]),
    (r"\begin{align} a &= b + \\ &+ c \end{align}", ["0 [a = (+ b + c)]"]),
    (r"\begin{aligned} a &= b \\ &- c \\ &= e \end{aligned}", ["0 [a = (+ b - c)]", "2 [() = e]"]),
    (r"\begin{split} a = \\ b \\ = c \end{split}", ["0 [a = b]", "2 [() = c]"]),
    (
        r"\begin{align} p &= \frac{1}{Z} \\ &\quad \exp(x) \\ &= q\end{align}",
        ["0 [p = (* (/ 1 Z) (exp {( x )}))]", "2 [() = q]"],
    ),
    (r"\begin{multline} a = b \\ + c \\ = d \end{multline}", ["0 [a = (+ b + c)]", "2 [() = d]"]),
    # fences over several rows
    (r"\begin{align} a &= ( b \\ &+ c ) \\ &= d \end{align}", ["0 [a = {( (+ b + c) )}]", "2 [() = d]"]),
    (
        r"\begin{align} a &= \left[ b \right. \\ &\left. + c \right] \\ &= d \end{align}",
        ["0 [a = {[ (+ b + c) ]}]", "2 [() = d]"],
    ),
    (r"\begin{align} a &= \left[ b + \right. \\ &\left. c \right] d\end{align}", ["0 [a = (* {[ (+ b + c) ]} d)]"]),
    (
        r"\begin{align} a = \left[ b \right. & c + \\ d & \left. + e \right] \end{align}",
        ["0 [a = {[ (+ (* b c) + d + e) ]}]"],
    ),
    # rows of their own
    (r"\begin{gather} a = b \\ -e = f \end{gather}", ["0 [a = b]", "1 [(+ - e) = f]"]),
    (r"\begin{aligned} x + y &= 1 \\ -x + 2y &= 3 \end{aligned}", ["0 [(+ x + y) = 1]", "1 [(+ - x + (* 2 y)) = 3]"]),
    (r"\left\{ \begin{aligned} a &= b \\ c &= d \end{aligned} \right.", ["0 [a = b]", "1 [c = d]"]),
    (r"\left\{ \begin{array}{l} a = b \\ c = d \end{array} \right.", ["0 [a = b]", "1 [c = d]"]),
    (r"\begin{eqnarray} a & = & b \\ & = & c \end{eqnarray}", ["0 [a = b]", "1 [() = c]"]),
    (r"\begin{array}{rcl} a & = & b \\ & = & c \end{array}", ["0 [a = b]", "1 [() = c]"]),
    (
        r"f = \left\{ \begin{array}{rl} 0 & x<0 \\ 1 & x>0 \end{array} \right. \\ g = 1",
        ["0 [f = (cases [0 [x < 0]] [1 [x > 0]])]", "1 [g = 1]"],
    ),
    # several equations beside each other
    (r"\begin{align} a &= b & c &= d \\ e &= f \end{align}", ["0 [a = b]", "0+ [c = d]", "1 [e = f]"]),
    (r"\begin{align} a &= b, & i &= 1, \ldots, n \end{align}", ["0 [a = b]", r"0+ [i = (, 1 , \ldots , n)]"]),
    (r"\begin{align} a &= b && \text{by (3)} \\ &= c && (2) \end{align}", BESIDE),
    (r"\begin{align} a &= b &= c \end{align}", ["0 [a = b = c]"]),
    (r"\begin{align} a &= b & + c \end{align}", ["0 [a = (+ b + c)]"]),
    (r"\begin{align} a &= b & \exp(x) \end{align}", ["0 ! Unreadable"]),
    # remarks and words
    (r"y_i = x, \quad i = 1, \ldots, n", ["0 [y_{i} = x]", r"0+ [i = (, 1 , \ldots , n)]"]),
    (r"a = b \quad \Rightarrow \quad c = d", [r"0 [a = b \Rightarrow c = d]"]),
    (r"\begin{aligned} a &= b \\ &\text{(by 3)} \\ &= c \end{aligned}", ["0 [a = b]", '1 "(by 3)"', "2 [() = c]"]),
    (
        "\\begin{aligned} L =& a& \\\n\\\n&対数の公式①より、 \\log のかけ算&\\\\\n=& b & \\\n\\end{aligned}",
        ["0 [L = a]", '2 "対数の公式①より、 \\log のかけ算"', "3 [() = b]"],
    ),
    # a row that can't be read leaves its neighbours alone
    (r"\begin{aligned} a &= \frac{b}{c \\ &= d \\ e &= f \end{aligned}", ["0 ! Unreadable", "1 [() = d]", "2 [e = f]"]),
    (r"\begin{aligned} a &= \foo \\ &= d \end{aligned}", ["0 ! Unreadable", "1 [() = d]"]),
    (r"\begin{align} a &= ( b \\ &= d \end{align}", ["0 ! Malformed", "1 [() = d]"]),
    (r"\begin{align} a &= b + \\ &= d \end{align}", ["0 ! Malformed", "1 [() = d]"]),
    (r"a = b \( c \\ d = e", ["0 ! Unreadable", "1 [d = e]"]),
    (r"", []),
    (r"\label{eq:x}", []),
]


@pytest.mark.parametrize(("source", "expected"), ROWS)
def test_rows(source: str, expected: list[str]) -> None:
    assert shown(source) == expected


def test_tags_and_labels() -> None:
    first, second = parse_block(r"\begin{align} a &= b \label{eq:a} \\ c &= d \tag{2} \end{align}")
    assert isinstance(first.content, Statement) and isinstance(second.content, Statement)
    assert (first.content.tag, first.content.label) == (None, "eq:a")
    assert (second.content.tag, second.content.label) == ("2", None)


def test_spans_are_those_of_the_document() -> None:
    source = r"\begin{split} a_{1} &= \frac{b}{c} \\ &= \left( d \right)^2 \; . \end{split}"
    rows = parse_block(source, offset=50)
    sides = [side for row in rows if isinstance(row.content, Statement) for side in row.content.sides]
    written = [source[side.span.start - 50 : side.span.end - 50] for side in sides]
    assert written == ["a_{1}", r"\frac{b}{c}", "", r"\left( d \right)^2"]


def test_every_node_lies_inside_its_parent() -> None:
    source = r"L = -\sum_{k=1}^{K} t_{k} \log \frac{y_k}{2} + \int_0^1 |x|^2 \, dx, \quad f(x|y) \leq \hat{\theta}_k'"

    def visit(node: tree.Node) -> int:
        seen = 1
        for value in vars(node).values():
            for child in value if isinstance(value, tuple) else (value,):
                if isinstance(child, tree.Node):
                    assert node.span.start <= child.span.start <= child.span.end <= node.span.end
                    seen += visit(child)
        return seen

    assert sum(visit(row.content) for row in parse_block(source) if isinstance(row.content, tree.Node)) > 30


def test_the_place_of_what_is_not_understood() -> None:
    source = r"a = b + \foo{x}"
    with pytest.raises(Unreadable, match="foo") as caught:
        parse_formula(source, offset=10)
    assert source[caught.value.span.start - 10 : caught.value.span.end - 10] == r"\foo"


def test_malformed_is_more_than_unread() -> None:
    for broken in (r"a \cdot + 1", "a +", "(a + b", r"a \times"):
        with pytest.raises(Malformed):
            parse_formula(broken)
    for unknown in (r"\foo", r"\left( a", r"\frac{a}", "1 2", "]a, b[", "a ="):
        with pytest.raises(Unreadable) as caught:
            parse_formula(unknown)
        assert not isinstance(caught.value, Malformed)


def depth(root: object) -> int:
    """How deep a tree is, without recursion."""
    deepest, waiting = 0, [(root, 1)]
    while waiting:
        node, level = waiting.pop()
        deepest = max(deepest, level)
        values = vars(node).values() if isinstance(node, tree.Node) else node if isinstance(node, tuple) else ()
        waiting.extend((value, level + 1) for value in values if isinstance(value, tree.Node | tuple))
    return deepest


def test_one_formula_only() -> None:
    assert compact(parse_formula("a + b")) == "(+ a + b)"
    with pytest.raises(Unreadable, match="one formula"):
        parse_formula(r"a = b \quad c = d")


@pytest.mark.parametrize(
    "source",
    [
        "{" * 100_000 + "x" + "}" * 100_000,
        "(" * 20_000 + "x" + ")" * 20_000,
        "{" * 30_000,
        "}" * 30_000,
        r"\frac{" * 20_000,
        r"\frac" * 20_000,
        r"\log " * 20_000 + "x",
        "x^" * 20_000 + "y",
        "-" * 30_000 + "x",
        r"\hat " * 20_000 + "x",
        r"\sqrt " * 20_000 + "x",
        r"\int " * 20_000 + "x",
        r"\left( " * 15_000,
        r"\begin{pmatrix} " * 10_000,
        "|" * 30_000,
        "| x " * 20_000,
        "x|" * 20_000,
        r"a \\ " * 12_000,
        r"( \\ " * 12_000,
        "log" * 12_000,
        "a=" * 18_000,
        "a," * 18_000,
        "x'" * 18_000,
        "x!" * 18_000,
        "1" * 39_000,
        r"\int x dx " * 6_000,
        r"\text{" * 20_000,
        "x" + "! " * 10_000,
        "x" + r"\Big|_{a}" * 6_000,
        r"f(x) \Big|_{x=a}" * 3_000,
        "x" + "!^2" * 9_000,
        "x'" * 18_000,
        "x" * 5_000_000,
    ],
    ids=lambda source: f"{source[:12]}x{len(source)}",
)
def test_bounded(source: str) -> None:
    for row in parse_block(source):
        assert isinstance(row.content, tree.Node | Unreadable)
        assert depth(row.content) < 150
