"""Sums, products, integrals, limits, matrices, cases, and what is written out with dots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.read.meanings import symbols
from derive.read.meanings.symbols import named
from derive.read.meanings.terms import NotUnderstood, Term, num, var, walk
from derive.read.syntax import tree

if TYPE_CHECKING:
    from derive.read.meanings.meaning import Reader


def big(reader: Reader, node: tree.Big) -> Term:
    """Σ, Π, ∫, lim with what they run over."""
    operator = node.operator.lstrip("\\")
    if operator in ("sum", "prod"):
        return _series(reader, node, operator)
    if operator in ("int", "iint", "iiint"):
        return _integral(reader, node)
    if operator == "lim":
        return _limit(reader, node)
    if operator in ("max", "min"):
        return _extreme(reader, node, operator)
    raise NotUnderstood(f"{operator} was not understood", node.span)


def _inside(reader: Reader, name: str, body: tree.Node) -> Term:
    reader.bound.append(name)
    try:
        return reader.term(body)
    finally:
        reader.bound.pop()


def _series(reader: Reader, node: tree.Big, operator: str) -> Term:
    lower = node.lower
    if isinstance(lower, tree.Statement) and len(lower.sides) == 2 and isinstance(lower.sides[0], tree.Name):
        name = named(lower.sides[0])
        if lower.relations == ("=",) and node.upper is not None:
            ends = (reader.term(lower.sides[1]), reader.term(node.upper))
            return Term(operator, (_inside(reader, name, node.body), *ends), "", name, node.span)
        if lower.relations == ("\\in",):
            body = _inside(reader, name, node.body)
            return Term(operator + "set", (body,), symbols.flat(lower.sides[1]), name, node.span)
    if isinstance(lower, tree.Name) and node.upper is None:
        name = named(lower)
        if name in reader.names.ranges:
            ends = tuple(reader.term(end) for end in reader.names.ranges[name])  # type: ignore[assignment]
            return Term(operator, (_inside(reader, name, node.body), *ends), "", name, node.span)
        return Term(operator + "set", (_inside(reader, name, node.body),), f"range of {name}", name, node.span)
    raise NotUnderstood("what this runs over was not understood", node.span)


def _extreme(reader: Reader, node: tree.Big, operator: str) -> Term:
    """min over 1 ≤ i ≤ N, over i, over i = 1, …, N."""
    lower = node.lower
    if (
        isinstance(lower, tree.Statement)
        and lower.relations == ("\\leq", "\\leq")
        and isinstance(lower.sides[1], tree.Name)
    ):
        name, ends = named(lower.sides[1]), (reader.term(lower.sides[0]), reader.term(lower.sides[2]))
        return Term("extreme", (_inside(reader, name, node.body), *ends), operator, name, node.span)
    if isinstance(lower, tree.Name) and named(lower) in reader.names.ranges:
        name = named(lower)
        first, last = (reader.term(end) for end in reader.names.ranges[name])
        return Term("extreme", (_inside(reader, name, node.body), first, last), operator, name, node.span)
    raise NotUnderstood(f"what this {operator} runs over was not understood", node.span)


def _integral(reader: Reader, node: tree.Big) -> Term:
    if not node.variables:
        raise NotUnderstood("an integral without a differential", node.span)
    if len(node.variables) > 1:
        raise NotUnderstood("an integral over several variables", node.span)
    variable = node.variables[0]
    shift = None
    if isinstance(variable, tree.Group):
        variable = variable.body
    if isinstance(variable, tree.Plus) and isinstance(variable.terms[0], tree.Name):
        shift = variable  # d(z + μ) is dz
        variable = variable.terms[0]
    if not isinstance(variable, tree.Name):
        raise NotUnderstood("an integral over what is no name", node.span)
    name = named(variable)
    body = _inside(reader, name, node.body)
    if node.lower is not None and node.upper is not None:
        ends = (_end(reader, node.lower), _end(reader, node.upper))
        return Term("int", (body, *ends), "", name, node.span)
    if node.lower is not None:
        return Term("intset", (body,), symbols.flat(node.lower), name, node.span)
    if shift is not None:
        raise NotUnderstood("an integral over what is no name", node.span)
    return Term("indefinite", (body,), "", name, node.span)


def _end(reader: Reader, node: tree.Node) -> Term:
    """An end of an integral; ∞ − μ is ∞."""
    found = reader.term(node)
    for part in found.args if found.head == "add" else (found,):
        inner = part.args[0] if part.head == "neg" else part
        if inner.head == "const" and inner.name == "inf":
            return part
    return found


def _limit(reader: Reader, node: tree.Big) -> Term:
    lower = node.lower
    if not isinstance(lower, tree.Statement) or not isinstance(lower.sides[0], tree.Name) or len(lower.sides) != 2:
        raise NotUnderstood("a limit of this kind", node.span)
    name = named(lower.sides[0])
    return Term("limit", (_inside(reader, name, node.body), reader.term(lower.sides[1])), "", name, node.span)


def evaluated(reader: Reader, node: tree.Evaluated) -> Term:
    """F(x) |_{x=a} and [F(x)]_a^b."""
    lower = node.lower
    if isinstance(lower, tree.Statement) and len(lower.sides) == 2 and isinstance(lower.sides[0], tree.Name):
        name = named(lower.sides[0])
        body = _inside(reader, name, node.body)
        below = Term("at", (body, reader.term(lower.sides[1])), "", name, node.span)
        if node.upper is None:
            return below
        above_node = node.upper.sides[-1] if isinstance(node.upper, tree.Statement) else node.upper
        above = Term("at", (body, reader.term(above_node)), "", name, node.span)
        return Term("add", (above, Term("neg", (below,))), span=node.span)
    if lower is None or node.upper is None:
        raise NotUnderstood("an evaluation at what is not said", node.span)
    body = reader.term(node.body)
    ends = [reader.term(node.upper), reader.term(lower)]
    names = sorted({t.name for t in walk(body) if t.head == "var" and not t.args and t.name in LAST})
    if len(names) != 1:
        raise NotUnderstood("of which variable the ends are meant is not said", node.span)
    above, below = (Term("at", (body, end), "", names[0], node.span) for end in ends)
    return Term("add", (above, Term("neg", (below,))), span=node.span)


#: Letters that an antiderivative is usually written in.
LAST = frozenset(["x", "y", "z", "t", "u", "v", "w", "s", "r"])


def matrix(reader: Reader, node: tree.Matrix) -> Term:
    """A matrix of formulas; between bars its determinant."""
    if node.fence in ("|", "\\|"):
        inner = tree.Matrix(node.span, "(", node.rows)
        return Term("det", (matrix(reader, inner),), span=node.span)
    if any(isinstance(cell, tree.Dots) for row in node.rows for cell in row):
        raise NotUnderstood("a matrix with dots", node.span)
    width = max(len(row) for row in node.rows)
    if any(len(row) != width for row in node.rows):
        raise NotUnderstood("a matrix whose rows differ in length", node.span)
    cells = tuple(reader.term(cell) for row in node.rows for cell in row)
    return Term("matrix", cells, f"{len(node.rows)},{width}", span=node.span)


def row(reader: Reader, node: tree.Sequence) -> Term:
    """[p_1, …, p_k]: a row, written out or with dots."""
    if any(separator != "," for separator in node.separators):
        raise NotUnderstood("this list was not understood", node.span)
    if any(isinstance(item, tree.Dots) for item in node.items):
        return written_out(reader, list(node.items), "table", node, ())
    return Term("matrix", tuple(reader.term(item) for item in node.items), f"1,{len(node.items)}", span=node.span)


def cases(reader: Reader, node: tree.Cases) -> Term:
    """Values under conditions."""
    args: list[Term] = []
    for value, condition in node.rows:
        args.append(reader.term(value))
        if condition is None or isinstance(condition, tree.Text):
            args.append(Term("label", (), "otherwise", span=node.span))
        else:
            args.append(_condition(reader, condition))
    return Term("cases", tuple(args), span=node.span)


def _condition(reader: Reader, node: tree.Node) -> Term:
    if isinstance(node, tree.Statement):
        return says(reader, node)
    if isinstance(node, tree.Sequence):
        inside = [item for item in node.items if not isinstance(item, tree.Text)]
        return Term("both", tuple(_condition(reader, item) for item in inside), span=node.span)
    if isinstance(node, tree.Times):
        inside = [item for item in node.factors if not isinstance(item, tree.Text)]
        if len(inside) == 1:
            return _condition(reader, inside[0])
    raise NotUnderstood("a condition that was not understood", node.span)


def says(reader: Reader, node: tree.Statement) -> Term:
    """A relation inside a formula: X = x."""
    from derive.read.meanings.meaning_products import argument

    sides = [_without_words(side) for side in node.sides]
    terms = [argument(reader, side) for side in sides]
    pairs = [
        Term("says", (a, b), relation, span=node.span)
        for a, relation, b in zip(terms, node.relations, terms[1:], strict=False)
    ]
    return pairs[0] if len(pairs) == 1 else Term("both", tuple(pairs), span=node.span)


def _without_words(node: tree.Node) -> tree.Node:
    """`\\text{if } x` is x."""
    if isinstance(node, tree.Times) and len(node.factors) == 2 and isinstance(node.factors[0], tree.Text):
        return node.factors[1]
    return node


def written_out(
    reader: Reader,
    items: list[tree.Node],
    operator: str,
    node: tree.Node,
    signs: tuple[str, ...],
    factorial: bool = False,
) -> Term:
    """a_1 + a_2 + … + a_n as a sum over an index that stands where the terms differ.

    With `factorial` the factors are the factorials of what is listed.
    """
    dots = [place for place, item in enumerate(items) if isinstance(item, tree.Dots)]
    if len(dots) != 1 or dots[0] == 0 or dots[0] != len(items) - 2 or "-" in signs[1:]:
        raise NotUnderstood("“…” stands where its rule is not clear", node.span)
    terms = [reader.term(item) for item in items[: dots[0]]]
    last = reader.term(items[-1])
    found = general(terms[0], last)
    if found is None:
        raise NotUnderstood("“…” stands where its rule is not clear", node.span)
    body, start, end = found
    for count, term in enumerate(terms):
        if instance(body, int(start.name) + count) != term:
            raise NotUnderstood("“…” stands where its rule is not clear", node.span)
    if factorial:
        body = Term("fact", (body,))
    if signs and signs[0] == "-":
        raise NotUnderstood("“…” stands where its rule is not clear", node.span)
    return Term(operator, (body, start, end), "", INDEX, node.span)


#: The index of a sum that was written out; no article can have a name like this.
INDEX = "…"


def general(first: Term, last: Term) -> tuple[Term, Term, Term] | None:
    """The term of which two are instances, with where it starts and ends; None where they differ otherwise."""
    ends: set[tuple[Term, Term]] = set()

    def merged(a: Term, b: Term) -> Term | None:
        if a == b and a.head != "num":
            return a
        if a.head == "num" and a.name.isdigit() and (a == b or b.head in ("var", "num", "add")):
            if a == b:
                return a
            ends.add((a, b))
            return var(INDEX)
        if (a.head, a.name, a.bound, len(a.args)) != (b.head, b.name, b.bound, len(b.args)):
            return None
        args = [merged(x, y) for x, y in zip(a.args, b.args, strict=True)]
        if any(arg is None for arg in args):
            return None
        return Term(a.head, tuple(args), a.name, a.bound)  # type: ignore[arg-type]

    body = merged(first, last)
    if body is None or len(ends) != 1:
        return None
    start, end = ends.pop()
    return body, start, end


def instance(body: Term, n: int) -> Term:
    """The n-th term of what was written out."""
    if body == var(INDEX):
        return num(n)
    return Term(body.head, tuple(instance(a, n) for a in body.args), body.name, body.bound)
