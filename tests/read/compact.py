"""Trees written compactly, for tables of tests.

`a b` side by side is `(* a b)`, `a \\cdot b` is `(* a \\cdot b)`, a sum `(+ a - b)`, a fraction `(/ a b)`, scripts
`y_{k}^{2}`, a group `{( x )}`, a function `(log x)` or, without fences around its argument, `(log~ x)`, a big operator
`(\\sum [k = 1] K body)` with `_` for what is absent, a statement `[a = b]`, nothing `()`.
"""

from __future__ import annotations

from derive.read.syntax import tree


def compact(node: tree.Node) -> str:
    """The tree in one line."""
    match node:
        case tree.Number(_, digits):
            return digits
        case tree.Name(_, text, style, accents):
            return ".".join([*reversed(accents), *([style] if style else []), text])
        case tree.Accented(_, accent, body):
            return f"({accent} {compact(body)})"
        case tree.Script(_, base, sub, sup):
            below = "" if sub is None else f"_{{{compact(sub)}}}"
            above = "" if sup is None else f"^{{{compact(sup)}}}"
            return compact(base) + below + above
        case tree.Plus(_, signs, terms):
            words = [word for pair in zip(signs, map(compact, terms), strict=True) for word in pair if word]
            return f"(+ {' '.join(words)})"
        case tree.Times(_, operators, factors):
            return f"(* {_between(operators, factors)})"
        case tree.Joined(_, operators, items):
            return f"(join {_between(operators, items)})"
        case tree.Sequence(_, separators, items):
            return f"(, {_between(separators, items)})"
        case tree.Fraction(_, numerator, denominator):
            return f"(/ {compact(numerator)} {compact(denominator)})"
        case tree.Root(_, degree, body):
            return f"(sqrt {compact(body)})" if degree is None else f"(root {compact(degree)} {compact(body)})"
        case tree.Binomial(_, upper, lower):
            return f"(choose {compact(upper)} {compact(lower)})"
        case tree.Postfix(_, operator, body):
            return f"({operator} {compact(body)})"
        case tree.Group(_, opening, closing, body):
            return f"{{{opening} {compact(body)} {closing}}}"
        case tree.Applied(_, function, sub, sup, argument, bare):
            below = "" if sub is None else f"_{{{compact(sub)}}}"
            above = "" if sup is None else f"^{{{compact(sup)}}}"
            return f"({function}{below}{above}{'~' if bare else ''} {compact(argument)})"
        case tree.Big(_, operator, lower, upper, body, variables):
            ends = " ".join("_" if end is None else compact(end) for end in (lower, upper))
            behind = "".join(f" d{compact(variable)}" for variable in variables)
            return f"({operator} {ends} {compact(body)}{behind})"
        case tree.Evaluated(_, body, lower, upper):
            ends = " ".join("_" if end is None else compact(end) for end in (lower, upper))
            return f"(at {compact(body)} {ends})"
        case tree.Matrix(_, fence, rows):
            return f"(matrix{fence} {' '.join('[' + ' '.join(map(compact, row)) + ']' for row in rows)})"
        case tree.Cases(_, rows):
            shown = (f"[{compact(value)} {'_' if when is None else compact(when)}]" for value, when in rows)
            return f"(cases {' '.join(shown)})"
        case tree.Dots(_, kind):
            return kind
        case tree.Text(_, text):
            return f'"{text}"'
        case tree.Empty():
            return "()"
        case tree.Statement(_, sides, relations, marks):
            words = [compact(sides[0])] if sides else []
            for index, relation in enumerate(relations):
                mark = marks[index] if index < len(marks) else ""
                words += [relation + (f"<{mark}>" if mark else ""), compact(sides[index + 1])]
            return f"[{' '.join(words)}]" if relations else words[0]
        case _:
            raise TypeError(type(node).__name__)


def _between(operators: tuple[str, ...], items: tuple[tree.Node, ...]) -> str:
    """Items with what stands between them."""
    words = [compact(items[0])]
    for operator, item in zip(operators, items[1:], strict=True):
        words += [operator, compact(item)] if operator else [compact(item)]
    return " ".join(words)
