"""Statements of certificates read back into SymPy: a parser of its own, for the Rocq terms that the translation writes.

It shares nothing with the translation but the table of names, so that what is read back says what the file says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import sympy as sp

from derive.algebra.context import Context, Variable, index
from derive.certify.names import Names

TOKEN = re.compile(r"\s*(%nat|=>|:=|[A-Za-z_]\w*|\d+|[()+\-*/^=<>,])")
FUNCTIONS = {"exp": sp.exp, "ln": sp.log, "rfact": sp.factorial, "sqrt": sp.sqrt}
#: Terms that can begin an argument of a function.
ARGUMENT = re.compile(r"[A-Za-z_(\d]")


@dataclass
class Reader:
    """A recursive descent over one term; `bound` holds indices, `moving` the variables of derivatives."""

    text: str
    context: Context
    names: Names
    place: int = 0
    bound: dict[str, sp.Symbol] = field(default_factory=dict)
    moving: dict[str, sp.Expr] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tokens = TOKEN.findall(self.text)
        assert "".join(self.tokens) == re.sub(r"\s", "", self.text), self.text
        variables = [*self.context.variables, *(d.variable for d in self.context.definitions)]
        self.declared = {self.names.of(v.key): v for v in variables}
        sizes = [*self.context.sizes, *(r.symbol for r in self.context.indices)]
        self.naturals = {self.names.of((s.name, 0)): s for s in sizes}

    def whole(self) -> sp.Expr:
        """The whole text as one term."""
        found = self.total()
        assert self.place == len(self.tokens), self.tokens[self.place :]
        return found

    def next(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        token = self.next()
        assert not wanted or token in wanted, (token, wanted, self.text)
        self.place += 1
        return token

    def total(self) -> sp.Expr:
        found = self.product()
        while self.next() in ("+", "-"):
            sign = self.take()
            found = found + self.product() if sign == "+" else found - self.product()
        return found

    def product(self) -> sp.Expr:
        found = self.unary()
        while self.next() in ("*", "/"):
            operator = self.take()
            found = found * self.unary() if operator == "*" else found / self.unary()
        return found

    def unary(self) -> sp.Expr:
        if self.next() == "-":
            self.take()
            return -self.unary()
        if self.next() == "/":
            self.take()
            return 1 / self.unary()
        return self.power()

    def power(self) -> sp.Expr:
        found = self.application()
        if self.next() == "^":
            self.take()
            return found ** int(self.take())
        return found

    def application(self) -> sp.Expr:
        head = self.next()
        if head in ("sum", "prod"):
            return self.series()
        if head == "Derive":
            return self.derivative()
        if head == "delta":
            self.take()
            return sp.KroneckerDelta(self.natural(), self.natural())
        if head == "INR":
            self.take()
            return self.natural()
        if head == "rpow":
            self.take()
            return sp.Pow(self.atom(), self.atom())
        if head == "rbinom":
            self.take()
            return sp.binomial(self.atom(), self.atom())
        if head in FUNCTIONS:
            self.take()
            return FUNCTIONS[head](self.atom())
        return self.atom(applied=True)

    def atom(self, applied: bool = False) -> sp.Expr:
        token = self.next()
        if token == "(":
            changed = self.changed()
            if changed is not None:
                return changed
            self.take()
            found = self.total()
            self.take(")")
            return found
        if token.isdigit():
            return sp.Integer(int(self.take()))
        self.take()
        if token == "PI":
            return sp.pi
        if token in self.moving:
            return self.moving[token]
        variable = self.declared[token]
        return (
            variable.base[tuple(self.natural() for _ in variable.axes)] if variable.axes and applied else variable.base
        )

    def changed(self) -> sp.Expr | None:
        """(upd y j v) k, read as y_k: the point at which the derivative is taken says which entry moves."""
        if self.tokens[self.place + 1] not in ("upd", "upd2"):
            return None
        variable = self.array()
        return variable.base[tuple(self.natural() for _ in variable.axes)]

    def array(self) -> Variable:
        if self.next() != "(":
            return self.declared[self.take()]
        self.take("(")
        rank = 1 if self.take("upd", "upd2") == "upd" else 2
        variable = self.array()
        for _ in range(rank):
            self.natural()
        assert self.take() in self.moving
        self.take(")")
        return variable

    def natural(self) -> sp.Expr:
        token = self.take()
        if token == "(":
            found = self.natural()
            while self.next() in "+-":
                found = found + self.natural() if self.take() == "+" else found - self.natural()
            self.take(")")
            if self.next() == "%nat":
                self.take()
            return found
        if token.isdigit():
            return sp.Integer(int(token))
        return self.bound[token] if token in self.bound else self.naturals[token]

    def series(self) -> sp.Expr:
        kind = sp.Sum if self.take() == "sum" else sp.Product
        upper = self.natural()
        self.take("(")
        self.take("fun")
        name = self.take()
        self.take("=>")
        before = self.bound
        self.bound = {**before, name: index(f"read_{len(before)}")}
        body = self.total()
        symbol, self.bound = self.bound[name], before
        self.take(")")
        return kind(body, (symbol, 1, upper))

    def derivative(self) -> sp.Expr:
        """The point comes after the function, and says by what is differentiated: it is looked up first."""
        self.take("Derive")
        start = self.place
        depth = 0
        while True:
            token = self.take()
            depth += (token == "(") - (token == ")")
            if depth == 0:
                break
        point = self.atom_or_entry()
        end, self.place = self.place, start
        self.take("(")
        self.take("fun")
        name = self.take()
        self.take("=>")
        self.moving = {**self.moving, name: point}
        body = self.total()
        self.take(")")
        self.place = end
        inner = (body.expr, *body.variables) if isinstance(body, sp.Derivative) else (body,)
        return sp.Derivative(*inner, point, evaluate=False)

    def atom_or_entry(self) -> sp.Expr:
        """A symbol, or an entry in brackets, perhaps of a changed array."""
        if self.next() != "(":
            return self.atom()
        self.take("(")
        found = self.changed() if self.next() == "(" else None
        found = self.application() if found is None else found
        self.take(")")
        return found


def read(text: str, context: Context, names: Names, bound: Mapping[str, sp.Symbol] | None = None) -> sp.Expr:
    """The SymPy expression that a Rocq term says."""
    return Reader(text, context, names, bound=dict(bound or {})).whole()
