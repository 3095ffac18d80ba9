"""Trees → terms: what the formulas of an article mean, by the symbol table of the whole article.

Reading order: `Reader.term` sends every node to its rule; names and scripts here, products with the functions and
derivatives inside them in `meaning_products`, sums, integrals and matrices in `meaning_big`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from derive.read.meanings import meaning_big, meaning_products, symbols
from derive.read.meanings.symbols import Names, named
from derive.read.meanings.terms import NotUnderstood, Term, num, var
from derive.read.syntax import tree

#: Deeper formulas are not read.
DEEPEST = 120
TRANSPOSES = frozenset({"T", "top", "intercal", "⊤", "t"})
#: Letters that count something also where nothing says so.
CUSTOMARY = frozenset("ijk")
CONSTANTS = {"e": "e", "pi": "pi", "infty": "inf"}


@dataclass
class Reader:
    """Gives meaning to the formulas of one article.

    `bound` are the names bound around the place at hand; `laws` collects distributions that subscripts of
    expectations name; in a subscript of `wide` names, arrays with two indices, `12` is two of them. With `short` a
    bare `\\log a b` is (log a) b, as some write.
    """

    names: Names
    bound: list[str] = field(default_factory=list)
    constants: dict[str, str] = field(default_factory=lambda: dict(CONSTANTS))
    laws: dict[str, Term] = field(default_factory=dict)
    depth: int = 0
    short: bool = False
    wide: frozenset[str] = frozenset()

    def term(self, node: tree.Node) -> Term:
        """The meaning of a formula; NotUnderstood where it has none that we know."""
        self.depth += 1
        try:
            if self.depth > DEEPEST:
                raise NotUnderstood("the formula is nested too deeply", node.span)
            rule = RULES.get(type(node))
            if rule is None:
                raise NotUnderstood(f"{_what(node)} was not understood here", node.span)
            found = rule(self, node)
        finally:
            self.depth -= 1
        return found if found.span is not None else Term(found.head, found.args, found.name, found.bound, node.span)

    def is_index(self, name: str) -> bool:
        """Whether a letter counts something."""
        return name in self.bound or name in self.names.indices or name in self.names.sizes

    def subscript(self, node: tree.Node) -> tuple[str, tuple[Term, ...]] | None:
        """The label and the indices of a subscript; None for a label of which nothing is an index."""
        items: list[tree.Node]
        if isinstance(node, tree.Sequence):
            items = list(node.items)
        elif isinstance(node, tree.Times) and not any(node.operators):
            items = list(node.factors)
        else:
            items = [node]
        told = [self._indexlike(item) for item in items]
        if len(items) > 1 and not any(told):
            return symbols.flat(node).replace(" ", ""), ()
        indices = [self.term(item) for item, is_index in zip(items, told, strict=True) if is_index]
        if all(told):
            return "", tuple(indices)
        # where the label stands among the indices belongs to it: y_{i•} and y_{•j} are two arrays
        parts = ["*" if is_index else symbols.flat(item) for item, is_index in zip(items, told, strict=True)]
        return "".join(parts), tuple(indices)

    def _indexlike(self, node: tree.Node) -> bool:
        if isinstance(node, tree.Number):
            return node.digits.isdigit()
        if isinstance(node, tree.Name):
            if node.style == "" and not node.accents and node.text in CUSTOMARY and not self.is_index(node.text):
                self.names.indices.add(node.text)
            return self.is_index(named(node))
        if isinstance(node, (tree.Plus, tree.Times)):
            parts = node.terms if isinstance(node, tree.Plus) else node.factors
            return all(self._indexlike(part) for part in parts)
        return isinstance(node, tree.Script) and isinstance(node.base, tree.Name) and self.is_index(named(node.base))


def _what(node: tree.Node) -> str:
    words = {
        tree.Dots: "“…”",
        tree.Text: "this text",
        tree.Sequence: "this list",
        tree.Empty: "an empty place",
        tree.Statement: "a relation",
    }
    return words.get(type(node), "this")


def _number(reader: Reader, node: tree.Number) -> Term:
    if not node.digits.replace(".", "", 1).isdigit():
        raise NotUnderstood(f"{node.digits} is no number", node.span)
    return num(node.digits, node.span)


def _name(reader: Reader, node: tree.Name) -> Term:
    name = named(node)
    reader.names.displays.setdefault(name, display(node))
    if name in reader.bound:
        return var(name, span=node.span)
    if name in reader.constants and name not in reader.names.indexed and node.style in ("", "roman"):
        return Term("const", (), reader.constants[name], span=node.span)
    if node.text in ("ldots", "emptyset", "partial", "nabla", "bullet", "star", "ast", "prime", "top"):
        raise NotUnderstood(f"{node.text} was not understood here", node.span)
    if node.style in ("calligraphic", "blackboard", "fraktur", "text"):
        return Term("label", (), name, span=node.span)
    return var(name, span=node.span)


def display(node: tree.Name) -> str:
    """A name as LaTeX."""
    text = node.text
    if text.isascii() and len(text) > 1:
        text = f"\\{text}" if text in symbols_of_greek() else f"\\mathrm{{{text}}}"
    for accent in node.accents:
        text = text + "'" if accent == "prime" else f"\\{accent}{{{text}}}"
    return f"\\boldsymbol{{{text}}}" if node.style == "bold" else text


def symbols_of_greek() -> frozenset[str]:
    """The names that are commands."""
    from derive.read.syntax.vocabulary import GREEK

    return GREEK


def _accented(reader: Reader, node: tree.Accented) -> Term:
    """An accent over an indexed name belongs to the name: \\hat{θ_k} is \\hat{θ}_k."""
    body = node.body
    if isinstance(body, tree.Name):
        return reader.term(tree.Name(body.span, body.text, body.style, (*body.accents, node.accent)))
    if isinstance(body, tree.Script) and isinstance(body.base, tree.Name):
        base = tree.Name(body.base.span, body.base.text, body.base.style, (*body.base.accents, node.accent))
        return reader.term(tree.Script(body.span, base, body.sub, body.sup))
    if node.accent in ("underbrace", "overbrace", "underline"):
        return reader.term(body)
    raise NotUnderstood(f"a {node.accent} over a formula", node.span)


def _script(reader: Reader, node: tree.Script) -> Term:
    base, _ = _subscripted(reader, node)
    if node.sup is None:
        return base
    return powered(reader, base, node.sup, node)


def _subscripted(reader: Reader, node: tree.Script) -> tuple[Term, str]:
    if node.sub is None:
        return reader.term(node.base), ""
    inner = node.base
    if isinstance(inner, tree.Number) or (
        isinstance(inner, tree.Name) and inner.style == "bold" and inner.text in "01"
    ):
        if symbols.flat(inner).startswith("0"):
            return num(0, node.span), ""
        raise NotUnderstood("a number with a subscript", node.span)
    if isinstance(inner, tree.Name):
        return _indexed(reader, node, inner), ""
    if isinstance(inner, tree.Group) and inner.opening == "\\langle":
        law = meaning_products.law(reader, node.sub)
        return Term("mean", (reader.term(inner.body),), law, span=node.span), ""
    if isinstance(inner, (tree.Group, tree.Matrix)):
        reader.names.indices.update(
            n.text for n in symbols.walk(node.sub) if isinstance(n, tree.Name) and _is_letter(n)
        )
        found = reader.subscript(node.sub)
        if found is not None and found[1] and not found[0]:
            return Term("pick", (reader.term(inner), *found[1]), span=node.span), ""
    if isinstance(inner, tree.Accented) and isinstance(inner.body, tree.Name):
        return reader.term(tree.Script(node.span, _plain_name(inner), node.sub, None)), ""
    raise NotUnderstood("a subscript that was not understood", node.span)


def _is_letter(node: tree.Name) -> bool:
    return len(node.text) == 1 and node.text.islower() and not node.style and not node.accents


def _plain_name(node: tree.Accented) -> tree.Name:
    body = node.body
    assert isinstance(body, tree.Name)
    return tree.Name(body.span, body.text, body.style, (*body.accents, node.accent))


def _indexed(reader: Reader, node: tree.Script, base: tree.Name) -> Term:
    name = named(base)
    reader.names.displays.setdefault(name, display(base))
    assert node.sub is not None
    if base.text == "I" and base.style in ("", "bold", "roman"):
        size = node.sub
        if isinstance(size, (tree.Name, tree.Number)) and (
            isinstance(size, tree.Number) or not reader._indexlike(size) or named(size) in reader.names.sizes
        ):
            return Term("identity", (reader.term(size),), span=node.span)
    if base.text in ("partial", "nabla"):
        raise NotUnderstood(f"{base.text} with an index", node.span)
    if name in reader.wide and isinstance(node.sub, tree.Number) and len(node.sub.digits) == 2:
        return var(name, *(num(int(digit)) for digit in node.sub.digits), span=node.span)
    found = reader.subscript(node.sub)
    assert found is not None
    label, indices = found
    if label:
        shown = reader.names.displays[name]
        name = f"{name}_{label}"
        reader.names.displays.setdefault(name, f"{shown}_{{{label}}}")
    return var(name, *indices, span=node.span)


def powered(reader: Reader, base: Term, sup: tree.Node, node: tree.Node) -> Term:
    """What a superscript makes of its base: a power, a transpose, an inverse, or a further label."""
    if (
        isinstance(sup, tree.Name)
        and sup.text in TRANSPOSES
        and (sup.style in ("roman", "sans") or sup.text in ("top", "intercal", "⊤"))
    ):
        return Term("T", (base,), span=node.span)
    if (
        isinstance(sup, tree.Name)
        and sup.text == "T"
        and not reader.names.alone["T"] - 1 > 0
        and "T" not in reader.names.indices
    ):
        return Term("T", (base,), span=node.span)
    if isinstance(sup, (tree.Text, tree.Group)) or (
        isinstance(sup, tree.Name) and sup.text in ("star", "ast", "dagger", "prime")
    ):
        if isinstance(sup, tree.Group) and not (isinstance(sup.body, (tree.Text, tree.Number)) and sup.opening == "("):
            return Term("pow", (base, reader.term(sup)), span=node.span)
        if base.head == "var":
            label = symbols.flat(sup)
            name = f"{base.name}^({label})"
            reader.names.displays.setdefault(name, f"{reader.names.displays.get(base.name, base.name)}^{{({label})}}")
            return var(name, *base.args, span=node.span)
        raise NotUnderstood("a superscript that was not understood", node.span)
    if isinstance(sup, tree.Times) and any(
        isinstance(f, tree.Name) and f.style in ("roman", "sans") and f.text == "T" for f in sup.factors
    ):
        raise NotUnderstood("a superscript that was not understood", node.span)
    return Term("pow", (base, reader.term(sup)), span=node.span)


def _plus(reader: Reader, node: tree.Plus) -> Term:
    if any(isinstance(term, tree.Dots) for term in node.terms):
        return meaning_big.written_out(reader, list(node.terms), "sum", node, node.signs)
    terms = []
    for sign, part in zip(node.signs, node.terms, strict=True):
        if sign in ("\\pm", "\\mp"):
            raise NotUnderstood("±", node.span)
        found = reader.term(part)
        terms.append(Term("neg", (found,), span=part.span) if sign == "-" else found)
    return terms[0] if len(terms) == 1 else Term("add", tuple(terms), span=node.span)


def _fraction(reader: Reader, node: tree.Fraction) -> Term:
    derivative = meaning_products.derivative(reader, node, None)
    if derivative is not None:
        return derivative
    return Term("div", (reader.term(node.numerator), reader.term(node.denominator)), span=node.span)


def _root(reader: Reader, node: tree.Root) -> Term:
    body = reader.term(node.body)
    if node.degree is None:
        return Term("fn", (body,), "sqrt", span=node.span)
    return Term("pow", (body, Term("div", (num(1), reader.term(node.degree)))), span=node.span)


def _binomial(reader: Reader, node: tree.Binomial) -> Term:
    upper = reader.term(node.upper)
    if isinstance(node.lower, tree.Sequence):
        items = node.lower.items
        if any(isinstance(item, tree.Dots) for item in items):
            row = meaning_big.written_out(reader, list(items), "prod", node, (), factorial=True)
            return Term("div", (Term("fact", (upper,)), row), span=node.span)
        return Term("fn", (upper, *(reader.term(item) for item in items)), "multinom", span=node.span)
    return Term("fn", (upper, reader.term(node.lower)), "binom", span=node.span)


def _postfix(reader: Reader, node: tree.Postfix) -> Term:
    if node.operator != "!":
        raise NotUnderstood(f"“{node.operator}”", node.span)
    return Term("fact", (reader.term(node.body),), span=node.span)


def _group(reader: Reader, node: tree.Group) -> Term:
    if node.opening == "|":
        return Term("abs", (reader.term(node.body),), span=node.span)
    if node.opening == "\\|":
        return Term("norm", (reader.term(node.body),), span=node.span)
    if node.opening == "\\langle":
        return Term("mean", (reader.term(node.body),), span=node.span)
    if node.opening in ("(", "[") and isinstance(node.body, tree.Sequence):
        return meaning_big.row(reader, node.body)
    if node.opening in ("(", "[", "\\{", ".") and node.closing in (")", "]", "\\}", "."):
        found = reader.term(node.body)
        return Term(found.head, found.args, found.name, found.bound, found.span or node.span)
    raise NotUnderstood(f"what stands between {node.opening} and {node.closing}", node.span)


RULES: dict[type, Callable[[Reader, tree.Node], Term]] = {
    tree.Number: _number,  # type: ignore[dict-item]
    tree.Name: _name,  # type: ignore[dict-item]
    tree.Accented: _accented,  # type: ignore[dict-item]
    tree.Script: _script,  # type: ignore[dict-item]
    tree.Plus: _plus,  # type: ignore[dict-item]
    tree.Times: meaning_products.times,  # type: ignore[dict-item]
    tree.Fraction: _fraction,  # type: ignore[dict-item]
    tree.Root: _root,  # type: ignore[dict-item]
    tree.Binomial: _binomial,  # type: ignore[dict-item]
    tree.Postfix: _postfix,  # type: ignore[dict-item]
    tree.Group: _group,  # type: ignore[dict-item]
    tree.Applied: meaning_products.applied,  # type: ignore[dict-item]
    tree.Big: meaning_big.big,  # type: ignore[dict-item]
    tree.Evaluated: meaning_big.evaluated,  # type: ignore[dict-item]
    tree.Matrix: meaning_big.matrix,  # type: ignore[dict-item]
    tree.Cases: meaning_big.cases,  # type: ignore[dict-item]
    tree.Statement: meaning_big.says,  # type: ignore[dict-item]
}
