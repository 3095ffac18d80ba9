"""Products as they stand on the page: factors, functions beside their arguments, derivatives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.read.meanings import meaning_big, symbols
from derive.read.meanings.terms import NotUnderstood, Term, num, var
from derive.read.syntax import tree

if TYPE_CHECKING:
    from derive.read.meanings.meaning import Reader

#: Functions that parsers know by name, as terms call them.
FUNCTIONS = {
    **{name: name for name in ("exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "erf", "erfc")},
    **{name: name for name in ("arcsin", "arccos", "arctan")},
    "sgn": "sign",
    "logit": "logit",
    "expit": "sigmoid",
}
#: Names that are functions of their own wherever they are applied.
NAMED = {"Gamma": "gamma", "psi": "digamma", "psi^prime": "trigamma", "digamma": "digamma", "erf": "erf", "Phi": "Phi"}
MEANS = frozenset({"E", "E^bb", "mathbb E", "E^cal"})


def times(reader: Reader, node: tree.Times) -> Term:
    """A product: its parts from left to right, a derivative taking all that follows."""
    if any(isinstance(factor, tree.Dots) for factor in node.factors):
        return meaning_big.written_out(reader, list(node.factors), "prod", node, ())
    parts: list[tuple[str, Term]] = []
    place, factors = 0, node.factors
    while place < len(factors):
        operator = "" if place == 0 else node.operators[place - 1]
        term, place = _part(reader, node, place)
        parts.append((operator, term))
    return _joined(parts, node)


def _part(reader: Reader, node: tree.Times, place: int) -> tuple[Term, int]:
    """The part of a product that starts at a factor, and where the next one starts."""
    factors, factor = node.factors, node.factors[place]
    if isinstance(factor, tree.Fraction):
        rest = factors[place + 1 :]
        if rest and is_bare_derivative(factor):
            after = rest[0] if len(rest) == 1 else tree.Times(_span(rest), node.operators[place + 1 :], rest)
            found = derivative(reader, factor, after)
            if found is not None:
                return found, len(factors)
    if place + 1 < len(factors) and node.operators[place] == "":
        head, after = symbols.function_head(factor), factors[place + 1]
        group = after.base if isinstance(after, tree.Script) else after
        if head is not None and isinstance(group, tree.Group) and group.opening in ("(", "[", "\\{"):
            entry = isinstance(after, tree.Script) and after.sub is not None and head not in MEANS
            if not entry and _is_call(reader, factor, head, group):
                return _called(reader, factor, head, after), place + 2
    return reader.term(factor), place + 1


def _span(nodes: tuple[tree.Node, ...]) -> tree.Span:
    return tree.Span(nodes[0].span.start, nodes[-1].span.end)


def _is_call(reader: Reader, factor: tree.Node, head: str, group: tree.Group) -> bool:
    if head.split("_", maxsplit=1)[0] in NAMED or head in MEANS:
        return True
    if head in reader.bound or (head in reader.constants and head != "pi"):
        return False
    return symbols.is_call(head, group, reader.names)


def _called(reader: Reader, factor: tree.Node, head: str, after: tree.Node) -> Term:
    """f(x), and what stands above or below its parenthesis."""
    group, sub, sup = (after.base, after.sub, after.sup) if isinstance(after, tree.Script) else (after, None, None)
    assert isinstance(group, tree.Group)
    span = tree.Span(factor.span.start, after.span.end)
    found = call(reader, head, group.body, span)
    if sub is not None:
        if found.head != "mean":
            raise NotUnderstood("a subscript that was not understood", span)
        found = Term("mean", found.args, law(reader, sub), span=span)
    if sup is not None:
        from derive.read.meanings.meaning import powered

        found = powered(reader, found, sup, after)
    return found


def call(reader: Reader, head: str, body: tree.Node, span: tree.Span) -> Term:
    """An application by the name of the function."""
    items = body.items if isinstance(body, tree.Sequence) else (body,)
    bare = head.split("_", maxsplit=1)[0]
    if bare in MEANS and len(items) == 1 and ("_" not in head or ("lmc" not in head and "lmf" not in head)):
        return Term("mean", (reader.term(body),), head.partition("_")[2], span=span)
    if head in NAMED and len(items) == 1:
        return Term("fn", (reader.term(body),), NAMED[head], span=span)
    if head == "B" and len(items) == 2:
        return Term("fn", tuple(reader.term(item) for item in items), "beta", span=span)
    if head == "psi^inv":
        raise NotUnderstood("the inverse of the digamma function", span)
    return Term("apply", tuple(argument(reader, item) for item in items), head.replace("^cal", ""), span=span)


def argument(reader: Reader, node: tree.Node) -> Term:
    """An argument of a function: a formula, an event such as X = x, a word."""
    if isinstance(node, tree.Text):
        return Term("label", (), node.text.strip(), span=node.span)
    if isinstance(node, tree.Sequence):
        return Term("both", tuple(argument(reader, item) for item in node.items), span=node.span)
    return reader.term(node)


def law(reader: Reader, sub: tree.Node) -> str:
    """The distribution that a subscript of an expectation names, kept in the reader's `laws`."""
    name = symbols.flat(sub)
    try:
        found = reader.term(sub)
    except NotUnderstood:
        return name
    if found.head == "apply" and found.name not in ("p", "q"):
        reader.laws[name] = found
    return name


def _joined(parts: list[tuple[str, Term]], node: tree.Node) -> Term:
    """Factors and divisors from left to right."""
    factors: list[Term] = []
    operators: list[str] = []
    divided = False
    for operator, term in parts:
        if operator in ("/", "\\div"):
            above = _product(factors, operators, node)
            factors, operators, divided = [Term("div", (above, term), span=node.span)], [], True
            continue
        if divided and operator == "" and not _numeric(factors[0]):
            raise NotUnderstood("what the “/” divides by is not clear", node.span)
        if operator in ("*",):
            operator = ""
        if operator in ("\\times",):
            operator = "\\times"
        elif operator not in ("", "\\cdot", "\\circ", "\\odot"):
            raise NotUnderstood(f"the operator {operator}", node.span)
        if factors:
            operators.append(operator)
        factors.append(term)
    return _product(factors, operators, node)


def _numeric(term: Term) -> bool:
    return all(t.head in ("num", "div", "neg") for t in (term, *term.args))


def _product(factors: list[Term], operators: list[str], node: tree.Node) -> Term:
    if len(factors) == 1:
        return factors[0]
    return Term("mul", tuple(factors), ",".join(operators), span=node.span)


#: Functions that many write without a fence, so that a power behind one belongs to what stands in it: log (a + b)².
LOGARITHMS = ("log", "ln", "lg")


def applied(reader: Reader, node: tree.Applied) -> Term:
    """A function with a name of its own. exp(x)² is the square of exp(x); log(x)² is only in the short reading."""
    behind, of_value = node.argument, reader.short or node.function not in LOGARITHMS
    if of_value and isinstance(behind, tree.Script) and isinstance(behind.base, tree.Group) and not behind.sub:
        value = applied(reader, tree.Applied(node.span, node.function, node.sub, node.sup, behind.base, False))
        return Term("pow", (value, reader.term(behind.sup)), span=node.span) if behind.sup else value
    name, split = node.function, _extent(reader, node)
    if split is not None:
        taken, rest = split
        first = applied(reader, tree.Applied(node.span, node.function, node.sub, node.sup, taken, False))
        return Term("mul", (first, reader.term(rest)), span=node.span)
    if name in LOGARITHMS:
        found = _logarithm(reader, node)
    elif name in ("tr", "det", "diag"):
        found = Term(name, (reader.term(node.argument),), span=node.span)
    elif name == "exp" and node.sub is None:
        found = Term("fn", (reader.term(node.argument),), "exp", span=node.span)
    elif name == "logit":
        x = reader.term(node.argument)
        odds = Term("div", (x, Term("add", (num(1), Term("neg", (x,))))))
        found = Term("fn", (odds,), "ln", span=node.span)
    elif name in FUNCTIONS and node.sub is None:
        found = Term("fn", (reader.term(node.argument),), FUNCTIONS[name], span=node.span)
    elif name in ("max", "min") and node.sub is None and isinstance(_inside(node.argument), tree.Sequence):
        items = _inside(node.argument).items  # type: ignore[attr-defined]
        found = Term("fn", tuple(reader.term(item) for item in items), name, span=node.span)
    else:
        raise NotUnderstood(f"{name} was not understood", node.span)
    if node.sup is not None:
        if symbols.flat(node.sup) == "-1":
            raise NotUnderstood(f"the inverse of {name}", node.span)
        found = Term("pow", (found, reader.term(node.sup)), span=node.span)
    return found


def _extent(reader: Reader, node: tree.Applied) -> tuple[tree.Node, tree.Node] | None:
    """Where a bare argument ends that is a product: before a dot, and in the short reading behind its first factor."""
    product = node.argument
    if not node.bare or not isinstance(product, tree.Times):
        return None
    cut = next((n for n, o in enumerate(product.operators) if o in ("\\cdot", "\\times", "*")), None)
    if cut is None and reader.short and node.function in LOGARITHMS and not any(product.operators):
        cut = 0
        head = symbols.function_head(product.factors[0])
        if head is not None and is_call_here(reader, product, 0):
            cut = 1
    if cut is None or cut + 1 >= len(product.factors):
        return None
    return _slice(product, 0, cut + 1), _slice(product, cut + 1, len(product.factors))


def is_call_here(reader: Reader, node: tree.Times, place: int) -> bool:
    """Whether a factor is a function of the parenthesis behind it."""
    head, after = symbols.function_head(node.factors[place]), node.factors[place + 1]
    group = after.base if isinstance(after, tree.Script) else after
    return head is not None and isinstance(group, tree.Group) and _is_call(reader, node.factors[place], head, group)


def _slice(node: tree.Times, start: int, end: int) -> tree.Node:
    factors = node.factors[start:end]
    return factors[0] if len(factors) == 1 else tree.Times(_span(factors), node.operators[start : end - 1], factors)


def _inside(node: tree.Node) -> tree.Node:
    return node.body if isinstance(node, tree.Group) else node


def _logarithm(reader: Reader, node: tree.Applied) -> Term:
    argument = reader.term(node.argument)
    if node.function == "lg":
        return Term("fn", (argument, num(10)), "log", span=node.span)
    if node.function == "ln" or node.sub is None:
        return Term("fn", (argument,), node.function, span=node.span)
    base = node.sub
    if isinstance(base, tree.Name) and base.text == "e":
        return Term("fn", (argument,), "ln", span=node.span)
    return Term("fn", (argument, reader.term(base)), "log", span=node.span)


def is_bare_derivative(node: tree.Fraction) -> bool:
    """Whether a fraction is d/dx, with nothing but the d above."""
    return _is_d(node.numerator) and _variables(node.denominator) is not None


def _is_d(node: tree.Node) -> bool:
    if isinstance(node, tree.Script) and node.sub is None and isinstance(node.sup, tree.Number):
        node = node.base
    return isinstance(node, tree.Name) and node.text in ("d", "partial") and not node.accents


def _order(node: tree.Node) -> int:
    if isinstance(node, tree.Script) and isinstance(node.sup, tree.Number):
        return int(node.sup.digits)
    return 1


def _variables(node: tree.Node) -> list[tuple[tree.Node, int]] | None:
    """The variables under a derivative: dx, dx^2, ∂x ∂y."""
    if not isinstance(node, tree.Times) or any(node.operators):
        return None
    found: list[tuple[tree.Node, int]] = []
    factors = list(node.factors)
    while factors:
        if not _is_d(factors[0]) or len(factors) < 2:
            return None
        variable, order = factors[1], 1
        if isinstance(variable, tree.Script) and isinstance(variable.sup, tree.Number):
            order = int(variable.sup.digits)
            inner = variable.base
            variable = inner if variable.sub is None else tree.Script(variable.span, inner, variable.sub, None)
        found.append((variable, order))
        factors = factors[2:]
    return found


def derivative(reader: Reader, node: tree.Fraction, after: tree.Node | None) -> Term | None:
    """The derivative that a fraction means, None where it is a fraction like others."""
    variables = _variables(node.denominator)
    if variables is None:
        return None
    above = node.numerator
    if after is None:
        if not (isinstance(above, tree.Times) and _is_d(above.factors[0])):
            return None
        rest = above.factors[1:]
        after = rest[0] if len(rest) == 1 else tree.Times(_span(rest), above.operators[1:], rest)
        order = _order(above.factors[0])
    else:
        order = _order(above)
    if order != sum(n for _, n in variables):
        return None
    body = reader.term(after)
    found = body
    for variable, n in reversed(variables):
        name = reader.term(variable)
        if name.head != "var":
            raise NotUnderstood("a derivative by what is no name", node.span)
        found = _derived(found, name, n, node.span)
    return found


def _derived(body: Term, variable: Term, order: int, span: tree.Span) -> Term:
    """d LL(λ̂)/dλ is the derivative of LL at λ̂; d LL(λ)/dλ̂ is so too."""
    if body.head == "apply" and not any(a.name == variable.name for a in body.args):
        for place, arg in enumerate(body.args):
            if arg.head == "var" and arg.name.split("^")[0] == variable.name.split("^")[0] and not arg.args:
                if "^" in variable.name:
                    args = (*body.args[:place], variable, *body.args[place + 1 :])
                    inner = Term("apply", args, body.name, span=body.span)
                    return Term("diff", (inner, variable), str(order), span=span)
                name = var(variable.name)
                args = (*body.args[:place], name, *body.args[place + 1 :])
                inner = Term("diff", (Term("apply", args, body.name, span=body.span), name), str(order), span=span)
                return Term("at", (inner, arg), "", variable.name, span)
    return Term("diff", (body, variable), str(order), span=span)
