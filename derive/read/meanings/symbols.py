"""The names of an article, before any formula is given a meaning: indices, sizes, functions, random variables.

One walk over all formulas. A letter is an index where a sum runs over it, a size where a sum ends at it, a function
where the article defines it with arguments or never uses it without.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields

from derive.read.syntax import tree

#: Names that are functions wherever a parenthesis follows them.
FUNCTIONS = frozenset(("f", "g", "F", "G", "Q", "Pr", "P", "L", "LL", "H", "h", "I", "B", "E")) | {
    *("Gamma", "psi", "Psi", "Phi", "phi")
}
#: Letters that count something where their array is counted elsewhere and they stand nowhere by themselves.
FURTHER = frozenset("lmnrshuvq")


@dataclass
class Names:
    """What the whole article says of its names (as they are written, without indices)."""

    indices: set[str] = field(default_factory=set)
    sizes: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    applied: Counter[str] = field(default_factory=Counter)
    alone: Counter[str] = field(default_factory=Counter)
    counts: set[str] = field(default_factory=set)
    indexed: set[str] = field(default_factory=set)
    ranges: dict[str, tuple[tree.Node, tree.Node]] = field(default_factory=dict)
    displays: dict[str, str] = field(default_factory=dict)


def named(node: tree.Name) -> str:
    """The name by which a letter is known: accents and bold belong to it, upright does not."""
    marks = [*node.accents]
    if node.style in ("bold", "calligraphic", "blackboard", "fraktur"):
        marks.append({"bold": "bold", "calligraphic": "cal", "blackboard": "bb", "fraktur": "frak"}[node.style])
    return "^".join([node.text, *marks])


def children(node: tree.Node) -> Iterator[tree.Node]:
    """The nodes directly inside a node."""
    for part in fields(node):
        yield from _nodes(getattr(node, part.name))


def _nodes(value: object) -> Iterator[tree.Node]:
    if isinstance(value, tree.Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)


def walk(node: tree.Node) -> Iterator[tree.Node]:
    """A node and everything inside it."""
    stack = [node]
    while stack:
        found = stack.pop()
        yield found
        stack.extend(reversed(list(children(found))))


def collect(statements: Iterable[tree.Node]) -> Names:
    """The names of all formulas of an article."""
    names = Names()
    subscripts: dict[str, set[str]] = {}
    for statement in statements:
        for node in walk(statement):
            if isinstance(node, tree.Big):
                _big(node, names)
            elif isinstance(node, tree.Times):
                _times(node, names)
                _dotted(node.factors, names)
            elif isinstance(node, tree.Script) and node.sub is not None and isinstance(node.base, tree.Name):
                names.indexed.add(named(node.base))
                if node.base.text == "I" and isinstance(node.sub, tree.Name):
                    names.sizes.add(named(node.sub))
                if isinstance(node.sub, tree.Name) and node.sub.style == "" and not node.sub.accents:
                    subscripts.setdefault(named(node.base), set()).add(node.sub.text)
            elif isinstance(node, tree.Statement):
                _statement(node, names)
            elif isinstance(node, (tree.Sequence, tree.Plus)):
                _dotted(node.items if isinstance(node, tree.Sequence) else node.terms, names)
            elif isinstance(node, tree.Binomial) and isinstance(node.upper, tree.Name):
                names.sizes.add(named(node.upper))
        _alone(statement, names)
    for letters in subscripts.values():
        if letters & names.indices:  # z_n beside Σ_i z_i: a letter that is no number of its own counts something
            names.indices |= {x for x in letters if len(x) == 1 and x in FURTHER and not names.alone[x]}
    names.sizes -= names.indices
    return names


def _big(node: tree.Big, names: Names) -> None:
    lower = node.lower
    if node.operator.lstrip("\\") not in ("sum", "prod"):
        return
    if isinstance(lower, tree.Statement) and lower.relations[:1] == ("=",):
        index = lower.sides[0]
        if isinstance(index, tree.Name):
            names.indices.add(named(index))
            if node.upper is not None:
                names.ranges.setdefault(named(index), (lower.sides[1], node.upper))
        for end in (lower.sides[1], node.upper):
            if end is not None:
                _end(end, names)
    elif lower is not None and not isinstance(lower, tree.Statement):
        names.indices.update(named(n) for n in walk(lower) if isinstance(n, tree.Name))


def _end(node: tree.Node, names: Names) -> None:
    """What a sum ends at is a size; n_{ij} is an array of them."""
    if isinstance(node, tree.Script) and isinstance(node.base, tree.Name):
        names.counts.add(named(node.base))
        return
    if isinstance(node, tree.Name) and node.text != "infty":
        names.sizes.add(named(node))
    for child in children(node):
        _end(child, names)


def _dotted(items: tuple[tree.Node, ...], names: Names) -> None:
    """What stands below the last of y_1, …, y_k is a size."""
    if any(isinstance(item, tree.Dots) for item in items):
        for node in walk(items[-1]):
            if isinstance(node, tree.Script) and isinstance(node.sub, tree.Name) and node.sub.style == "":
                names.sizes.add(named(node.sub))


def _statement(node: tree.Statement, names: Names) -> None:
    """`i = 1, …, n` says that i is an index, and where it runs."""
    for left, relation, right in zip(node.sides, node.relations, node.sides[1:], strict=False):
        if relation == "=" and isinstance(left, tree.Name) and isinstance(right, tree.Sequence):
            items = right.items
            if len(items) >= 3 and any(isinstance(item, tree.Dots) for item in items):
                names.indices.add(named(left))
                names.ranges.setdefault(named(left), (items[0], items[-1]))
                if isinstance(items[-1], tree.Name):
                    names.sizes.add(named(items[-1]))


def _times(node: tree.Times, names: Names) -> None:
    for place, (factor, operator) in enumerate(zip(node.factors, node.operators, strict=False)):
        after = node.factors[place + 1]
        head = function_head(factor)
        if head is None or operator != "" or not is_arguments(after):
            continue
        names.applied[head] += 1
        group = after.base if isinstance(after, tree.Script) else after
        body = group.body if isinstance(group, tree.Group) else None
        if isinstance(body, (tree.Sequence, tree.Statement)):
            names.functions.add(head)
        if isinstance(factor, tree.Name) and factor.style in ("roman", "operator") and factor.text not in ("d", "e"):
            names.functions.add(head)


def is_call(head: str, group: tree.Group, names: Names) -> bool:
    """Whether a name before a parenthesis is a function of what is inside, and no factor.

    Nobody puts a single letter in parentheses only to multiply by it; other arguments are told by how the article uses
    the name elsewhere.
    """
    if head in names.functions or head.removesuffix("^inv") in names.functions:
        return True
    body = group.body
    bare = head.split("_", maxsplit=1)[0].split("^", maxsplit=1)[0]
    single = isinstance(body, tree.Name) or (
        isinstance(body, tree.Script) and isinstance(body.base, tree.Name) and body.sup is None
    )
    if single and group.opening == "(":
        return True
    if names.alone[head] or names.alone[head.removesuffix("^inv")]:
        return False
    return bare not in ("d", "partial", "e")


def function_head(node: tree.Node) -> str | None:
    """The name of what may be a function: f, f_X, f^{-1}, \\mathrm{LL}."""
    if isinstance(node, tree.Name):
        return named(node)
    if isinstance(node, tree.Script) and isinstance(node.base, tree.Name):
        name = named(node.base)
        if node.sub is not None:
            name += "_" + flat(node.sub)
        if node.sup is not None:
            power = flat(node.sup)
            if power == "-1":
                name += "^inv"
            elif isinstance(node.sup, (tree.Group, tree.Text)):
                name += "^" + power
            else:
                return None
        return name
    return None


def flat(node: tree.Node) -> str:
    """A label as one word."""
    if isinstance(node, tree.Name):
        return named(node)
    if isinstance(node, tree.Number):
        return node.digits
    if isinstance(node, tree.Text):
        return node.text.strip()
    if isinstance(node, tree.Plus) and len(node.terms) == 1:
        return node.signs[0] + flat(node.terms[0])
    return " ".join(flat(child) for child in children(node)) or type(node).__name__


def is_arguments(node: tree.Node) -> bool:
    """Whether a node may be the arguments of a function: a parenthesis or a bracket, perhaps with a power."""
    group = node.base if isinstance(node, tree.Script) else node
    return (
        isinstance(group, tree.Group) and group.opening in ("(", "[", "\\{") and not isinstance(group.body, tree.Dots)
    )


def _alone(node: tree.Node, names: Names, before: bool = False) -> None:
    """Count how often a name stands for a number: not followed by a parenthesis, not a label."""
    if isinstance(node, tree.Times):
        for place, factor in enumerate(node.factors):
            follows = (
                place < len(node.operators) and node.operators[place] == "" and is_arguments(node.factors[place + 1])
            )
            if follows and function_head(factor) is not None:
                continue
            _alone(factor, names)
        return
    if isinstance(node, tree.Script):
        head = function_head(node)
        if head is not None:
            names.alone[head] += 1
        if isinstance(node.base, tree.Name):
            names.alone[named(node.base)] += 1
        else:
            _alone(node.base, names)
        if node.sup is not None:
            _alone(node.sup, names)
        return
    if isinstance(node, tree.Name):
        names.alone[named(node)] += 1
        return
    for child in children(node):
        _alone(child, names)
