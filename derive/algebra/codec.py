"""Expressions and contexts as JSON, lossless both ways, safe to read from anyone.

An expression is a number (integer), a string (a declared or bound symbol) or a list `[head, …]`; the heads are listed
in `HEADS` and nothing else is accepted. Reading builds SymPy nodes directly: no text is ever parsed or evaluated.
Depth, size of numbers and number of nodes are bounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanAtom

from derive.algebra.context import DOMAINS, Context, Definition, Domain, IndexRange, SumFact, Variable, index, size
from derive.algebra.matrices import Det, InverseEntry, SquareMatrix
from derive.algebra.order import Largest, Median, Smallest
from derive.algebra.products import EntryOf, MatrixProduct, Table, Trace, Transposed, is_matrix

MAX_DEPTH = 200
MAX_NODES = 20_000
MAX_DIGITS = 400
MAX_NAME = 40

RELATIONS: dict[str, type[Relational]] = {
    "=": sp.Eq,
    "!=": sp.Ne,
    ">": sp.StrictGreaterThan,
    ">=": sp.GreaterThan,
    "<": sp.StrictLessThan,
    "<=": sp.LessThan,
}
FUNCTIONS: dict[str, type[sp.Expr]] = {
    "exp": sp.exp,
    "log": sp.log,
    "gamma": sp.gamma,
    "loggamma": sp.loggamma,
    "polygamma": sp.polygamma,
    "factorial": sp.factorial,
    "binomial": sp.binomial,
    "abs": sp.Abs,
    "sign": sp.sign,
    "delta": sp.KroneckerDelta,
    "besseli": sp.besseli,
    "cos": sp.cos,
    "sin": sp.sin,
    "atan2": sp.atan2,
}
CONSTANTS = {"pi": sp.pi, "e": sp.E, "euler": sp.EulerGamma}
SERIES = {
    "sum": sp.Sum,
    "product": sp.Product,
    "integral": sp.Integral,
    "matrix": SquareMatrix,
    "table": Table,
    "max": Largest,
    "min": Smallest,
    "median": Median,
}
#: What belongs to a matrix, and how many indices it takes.
OF_MATRIX: dict[str, tuple[type[sp.Expr], int]] = {"det": (Det, 0), "inverse": (InverseEntry, 2)}
#: What is made of tables: its kind, how many matrices it takes (None: two or more), and how many indices after them.
OF_TABLES: dict[str, tuple[type[sp.Expr], int | None, int]] = {
    "matmul": (MatrixProduct, None, 0),
    "transpose": (Transposed, 1, 0),
    "trace": (Trace, 1, 0),
    "entry_of": (EntryOf, 1, 2),
}
#: Ends of ranges only: infinity is no number.
ENDS = {"oo": sp.oo, "-oo": -sp.oo}
#: What else is said of a domain that has ends of its own.
DOMAIN_FLAGS = ("lower_open", "upper_open", "integer")
#: Every head an expression may have.
HEADS = (
    "ratio",
    "+",
    "*",
    "^",
    "entry",
    "derivative",
    "tuple",
    "in",
    "true",
    *CONSTANTS,
    *SERIES,
    *ENDS,
    *OF_MATRIX,
    *OF_TABLES,
    *FUNCTIONS,
    *RELATIONS,
)
_NAMES = {cls: name for name, cls in FUNCTIONS.items()} | {cls: name for name, (cls, _) in OF_MATRIX.items()}
_NAMES |= {cls: name for name, (cls, _, _) in OF_TABLES.items()}

Bound = Mapping[str, sp.Symbol]  # the names that sums and integrals around a place bind
NONE_BOUND: Bound = MappingProxyType({})


class CodecError(ValueError):
    """Data that is not an expression or a context."""


def encode(expr: sp.Basic) -> Any:
    """An expression as JSON data."""
    if isinstance(expr, sp.Integer):
        return int(expr)
    if isinstance(expr, sp.Rational):
        return ["ratio", int(expr.p), int(expr.q)]
    if isinstance(expr, sp.Symbol):
        return expr.name
    for name, constant in CONSTANTS.items():
        if expr is constant:
            return [name]
    if isinstance(expr, sp.Indexed):
        return ["entry", str(expr.base.label), *map(encode, expr.indices)]
    for name, series in SERIES.items():
        if isinstance(expr, series):
            limits = [[v.name, _encode_end(lower), _encode_end(upper)] for v, lower, upper in expr.limits]
            return [name, encode(expr.function), *limits]
    if isinstance(expr, sp.Derivative):
        return ["derivative", encode(expr.expr), *map(encode, expr.variables)]
    if expr == sp.true:
        return ["true"]
    if isinstance(expr, sp.Contains) and isinstance(expr.args[1], sp.FiniteSet):
        return ["in", encode(expr.args[0]), *sorted(map(encode, expr.args[1]), key=str)]
    if isinstance(expr, (sp.Tuple, tuple)):
        return ["tuple", *map(encode, expr)]
    for name, relation in RELATIONS.items():
        if type(expr) is relation:
            return [name, encode(expr.lhs), encode(expr.rhs)]
    heads = {sp.Add: "+", sp.Mul: "*", sp.Pow: "^"} | _NAMES
    if type(expr) in heads:
        return [heads[type(expr)], *map(encode, expr.args)]
    raise CodecError(f"{type(expr).__name__} has no form in JSON")


def _encode_end(end: sp.Expr) -> Any:
    """An end of a range, which may be infinite."""
    return next(([name] for name, value in ENDS.items() if end == value), None) or encode(end)


def encode_context(context: Context) -> dict[str, Any]:
    """A context as JSON data."""
    return {
        "sizes": [s.name for s in context.sizes],
        "variables": [_encode_variable(v) for v in context.variables],
        "indices": [[r.symbol.name, encode(r.lower), encode(r.upper)] for r in context.indices],
        "facts": [[f.variable.name, f.variable.rank, f.axis, encode(f.total)] for f in context.facts],
        "definitions": [
            {**_encode_variable(d.variable), "indices": [i.name for i in d.indices], "value": encode(d.value)}
            for d in context.definitions
        ],
        "hypotheses": [encode(h) for h in context.hypotheses],
    }


def _encode_variable(variable: Variable) -> dict[str, Any]:
    domain = variable.domain
    return {"name": variable.name, "domain": _encode_domain(domain), "axes": [encode(a) for a in variable.axes]}


def _encode_domain(domain: Domain) -> Any:
    """Its name where everybody knows it, else its ends too: a parameter may be one (a count up to n)."""
    if DOMAINS.get(domain.name) == domain:
        return domain.name
    ends = {"lower": _encode_end(domain.lower), "upper": _encode_end(domain.upper)}
    flags = {flag: getattr(domain, flag) for flag in DOMAIN_FLAGS}
    return {"name": domain.name, **ends, **flags}


def _is_long(data: object) -> bool:
    """Whether data have so many parts that the expression has too many: names and heads do not count there."""
    left, parts = [data], 0
    while left and parts <= 3 * MAX_NODES:
        item = left.pop()
        if isinstance(item, list):
            parts += len(item)
            left += item if parts <= 3 * MAX_NODES else []
    return parts > 3 * MAX_NODES


class Decoder:
    """Reads expressions over the names that a context declares."""

    def __init__(self, context: Context) -> None:
        self._bases: dict[tuple[str, int], Any] = {}
        self._nodes = 0
        self.declare(context)

    def declare(self, context: Context) -> None:
        """Make the names of a context known."""
        for s in context.sizes:
            self._bases[s.name, 0] = s
        for r in context.indices:
            self._bases[r.symbol.name, 0] = r.symbol
        for v in (*context.variables, *(d.variable for d in context.definitions)):
            self._bases[v.key] = v.base

    def expression(self, data: object, bound: Bound = NONE_BOUND, depth: int = 0) -> sp.Basic:
        """An expression from JSON data; CodecError naming what is wrong."""
        if depth == 0 and _is_long(data):  # seen at a glance, before anything is built
            raise CodecError(f"the expressions have more than {MAX_NODES} parts")
        self._nodes += 1
        if depth > MAX_DEPTH:
            raise CodecError(f"the expression is nested more than {MAX_DEPTH} deep")
        if self._nodes > MAX_NODES:
            raise CodecError(f"the expressions have more than {MAX_NODES} parts")
        if isinstance(data, bool):
            raise CodecError("true and false are not expressions")
        if isinstance(data, int):
            return sp.Integer(_small(data))
        if isinstance(data, str):
            return self._symbol(data, bound)
        if not isinstance(data, list) or not data or not isinstance(data[0], str):
            raise CodecError(f"expected a number, a name or a list that starts with a head, not {str(data)[:40]!r}")
        return self._node(data[0], data[1:], bound, depth + 1)

    def _symbol(self, name: str, bound: Bound) -> sp.Expr:
        if name in bound:
            return bound[name]
        if (name, 0) in self._bases:
            return self._bases[name, 0]
        return index(check_name(name))  # an index that is neither bound nor declared: the checker's lint speaks of it

    def _node(self, head: str, rest: list[Any], bound: Bound, depth: int) -> sp.Basic:
        if head in CONSTANTS and not rest:
            return CONSTANTS[head]
        if head == "ratio" and len(rest) == 2 and all(isinstance(r, int) for r in rest) and rest[1] != 0:
            return sp.Rational(_small(rest[0]), _small(rest[1]))
        if head in SERIES and len(rest) >= 2:
            return self._series(SERIES[head], rest, bound, depth)
        if head == "entry" and len(rest) >= 2:
            indices = [self.expression(r, bound, depth) for r in rest[1:]]
            base = self._bases.get((rest[0], len(indices))) if isinstance(rest[0], str) else None
            if base is None:
                raise CodecError(f"{str(rest[0])[:40]!r} with {len(indices)} indices is not declared")
            return base[tuple(indices)]
        if head == "true" and not rest:
            return sp.true
        args = [self.expression(r, bound, depth) for r in rest]
        if head == "tuple":
            return sp.Tuple(*args)
        if any(isinstance(a, (sp.Tuple, Relational, sp.Contains, BooleanAtom)) for a in args):
            raise CodecError(f"{head!r} takes expressions, not equations")
        if head in OF_MATRIX:
            kind, places = OF_MATRIX[head]
            if len(args) != 1 + places or [isinstance(a, SquareMatrix) for a in args] != [True] + places * [False]:
                raise CodecError(f"{head} takes a matrix and {places} indices")
            return kind(*args)
        if head in OF_TABLES:
            return _of_tables(head, args)
        both = head == "=" and all(map(is_matrix, args))  # an equation between matrices
        if any(isinstance(a, SquareMatrix) or is_matrix(a) for a in args) and not both:
            raise CodecError(f"{head!r} takes numbers, not matrices")
        if head == "in" and len(args) >= 2:
            return sp.Contains(args[0], sp.FiniteSet(*args[1:]), evaluate=False)
        if head in RELATIONS and len(args) == 2:
            return RELATIONS[head](*args, evaluate=False)
        if head == "derivative" and len(args) >= 2 and all(isinstance(a, (sp.Symbol, sp.Indexed)) for a in args[1:]):
            return sp.Derivative(args[0], *args[1:], evaluate=False)
        return self._operation(head, args)

    def _operation(self, head: str, args: list[Any]) -> sp.Expr:
        result = self._evaluated(head, args)
        if all(a.is_number for a in args) and result.has(sp.I, sp.nan, sp.zoo, sp.oo, -sp.oo):
            return _as_it_stands(head, args)
        return result

    def _evaluated(self, head: str, args: list[Any]) -> sp.Expr:
        if head == "+" and args:
            return sp.Add(*args)
        if head == "*" and args:
            return sp.Mul(*args, evaluate=not (len(args) > 1 and 0 in args))  # 0·(1/0) is not 0
        if head == "^" and len(args) == 2:
            return _power(*args)
        if head in FUNCTIONS and 1 <= len(args) <= 2:
            most = 0 if head in ("polygamma", "besseli") else 1000
            huge = any(a.is_number and not (a.is_Rational and abs(a) <= most) for a in args)
            try:
                return FUNCTIONS[head](*args, evaluate=not huge)  # never work out (10⁹)! because a file says so
            except (TypeError, ValueError) as error:
                raise CodecError(f"{head} does not take these arguments") from error
        raise CodecError(f"unknown or incomplete head {head[:40]!r} with {len(args)} parts")

    def _series(self, kind: type, rest: list[Any], bound: Bound, depth: int) -> sp.Expr:
        limits = []
        for limit in reversed(rest[1:]):  # outermost first: inner bounds may use outer variables
            if not isinstance(limit, list) or len(limit) != 3 or not isinstance(limit[0], str):
                raise CodecError("a bound is [name, lower, upper]")
            lower, upper = (self.end(b, bound, depth) for b in limit[1:])
            name = check_name(limit[0])
            if kind is sp.Integral:
                variable = sp.Symbol(name, **Domain("in the range", lower, upper).assumptions())
            else:
                variable = index(name)
            bound = {**bound, name: variable}
            limits.append((variable, lower, upper))
        if kind is SquareMatrix and (len(limits) != 2 or limits[0][0] == limits[1][0]):
            raise CodecError("a matrix has a row index and a column index")
        if kind is Table and (len(limits) > 2 or len({v for v, _, _ in limits}) < len(limits)):
            raise CodecError("a table has a row index and perhaps a column index")
        body = self.expression(rest[0], bound, depth)
        if isinstance(body, SquareMatrix) or is_matrix(body):
            raise CodecError("sums and tables are made of numbers, not of matrices")
        return kind(body, *reversed(limits))

    def end(self, data: object, bound: Bound = NONE_BOUND, depth: int = 0) -> sp.Basic:
        """An end of a range, which may be infinite."""
        if isinstance(data, list) and len(data) == 1 and isinstance(data[0], str) and data[0] in ENDS:
            return ENDS[data[0]]
        return self.expression(data, bound, depth)


def _of_tables(head: str, args: list[Any]) -> sp.Expr:
    kind, wanted, places = OF_TABLES[head]
    count = sum(map(is_matrix, args))
    fits = count == wanted if wanted else count >= 2
    if not fits or len(args) != count + places or not all(map(is_matrix, args[:count])):
        raise CodecError(f"{head} takes {wanted or 'two or more'} matrices and {places} indices")
    return kind(*args)


def _as_it_stands(head: str, args: list[Any]) -> sp.Expr:
    """A node that SymPy would turn into an infinity or a complex number: kept, so that the checker can object."""
    kind = {"+": sp.Add, "*": sp.Mul, "^": sp.Pow, **FUNCTIONS}[head]
    return kind(*args, evaluate=False)


def _power(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    """A power; numbers that would fill the memory are refused before SymPy works them out."""
    if base.is_number and exponent.is_number and not (exponent.is_Rational and abs(exponent) <= 1000):
        return sp.Pow(base, exponent, evaluate=False)
    if base.is_Rational and exponent.is_Rational and max(abs(base.p), base.q) > 10**30 and abs(exponent) > 10:
        return sp.Pow(base, exponent, evaluate=False)
    return sp.Pow(base, exponent)


def _small(value: int) -> int:
    if abs(value) >= 10**MAX_DIGITS:
        raise CodecError(f"a number has more than {MAX_DIGITS} digits")
    return value


def check_name(name: object) -> str:
    """A name as it is: letters, digits and _, at most 40 of them; CodecError otherwise."""
    if not isinstance(name, str) or not name.isidentifier() or name.startswith("_") or len(name) > MAX_NAME:
        raise CodecError(f"{str(name)[:MAX_NAME]!r} is not a name: use letters, digits and _, a letter first")
    return name


def decode_context(data: Any) -> Context:
    """A context from JSON data of the shape that the schema describes; CodecError naming what is wrong."""
    context = Context(sizes=tuple(size(check_name(n)) for n in data["sizes"]))
    decoder = Decoder(context)
    variables = _variables(data["variables"], decoder)
    defined = [_variable(d, decoder) for d in data["definitions"]]
    ranges = [
        IndexRange(index(check_name(n)), decoder.expression(a), decoder.expression(b)) for n, a, b in data["indices"]
    ]
    context = context.extended(variables=variables, indices=ranges)
    decoder.declare(context)
    decoder.declare(Context(variables=tuple(defined)))
    definitions = []
    for entry, variable in zip(data["definitions"], defined, strict=True):
        indices = tuple(index(check_name(n)) for n in entry["indices"])
        if len(indices) != variable.rank:
            raise CodecError(f"the definition of {variable.name} has {len(indices)} indices for {variable.rank} axes")
        value = decoder.expression(entry["value"], {i.name: i for i in indices})
        definitions.append(Definition(variable, indices, value))
    declared = {v.key: v for v in (*variables, *defined)}
    facts = []
    for name, rank, axis, total in data["facts"]:
        if (name, rank) not in declared or not 0 <= axis < rank:
            raise CodecError(f"a sum is stated of {str(name)[:MAX_NAME]!r}, which is not declared with that shape")
        facts.append(SumFact(declared[name, rank], axis, decoder.expression(total)))
    hypotheses = [decoder.expression(h) for h in data["hypotheses"]]
    if not all(isinstance(h, Relational) for h in hypotheses):
        raise CodecError("a hypothesis is an equation or an inequality")
    return context.extended(definitions=definitions, facts=facts, hypotheses=hypotheses)


def _variables(data: list[Any], decoder: Decoder) -> list[Variable]:
    """The variables in their order; those by which the ends of others' domains are stated are made known first."""
    found: dict[int, Variable] = {}
    for plain in (True, False):
        for number, entry in enumerate(data):
            if isinstance(entry["domain"], str) is plain:
                found[number] = _variable(entry, decoder)
                decoder.declare(Context(variables=(found[number],)))
    return [found[number] for number in sorted(found)]


def _variable(data: Any, decoder: Decoder) -> Variable:
    name, domain = check_name(data["name"]), _domain(data["domain"], decoder)
    axes = tuple(decoder.expression(a) for a in data["axes"])
    if domain.definite and (len(axes) < 2 or axes[-1] != axes[-2]):
        raise CodecError(f"{name} is said to be {domain.name} and is no square matrix")
    if axes:
        return Variable(sp.IndexedBase(name, **domain.assumptions()), domain, axes)
    return Variable(sp.Symbol(name, **domain.assumptions()), domain)


def _domain(data: Any, decoder: Decoder) -> Domain:
    if isinstance(data, str):
        if data not in DOMAINS:
            raise CodecError(f"unknown domain {data[:MAX_NAME]!r}; there are: {', '.join(DOMAINS)}")
        return DOMAINS[data]
    name = data["name"]
    if name in DOMAINS or not name.isprintable() or len(name) > 2 * MAX_NAME:
        raise CodecError(f"{name[:MAX_NAME]!r} is not the name of a domain with ends of its own")
    lower, upper = (decoder.end(data[side]) for side in ("lower", "upper"))
    return Domain(name, lower, upper, **{flag: data[flag] for flag in DOMAIN_FLAGS})
