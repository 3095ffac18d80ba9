"""Saved derivations read back: data from anyone, validated against the published schema, never executed."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.codec import CodecError, Decoder, decode_context
from derive.algebra.context import Context
from derive.derivation import Derivation, Section, Step

#: Larger files are refused before they are parsed.
MAX_BYTES = 20_000_000


class FormatError(ValueError):
    """A saved derivation that does not fit the schema: what is wrong and where."""


@cache
def schema() -> dict[str, Any]:
    """The published JSON Schema of a saved derivation."""
    text = resources.files("derive").joinpath("derivation.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def parse(text: str) -> Derivation:
    """A derivation from the text of a JSON file; FormatError in one line where it cannot be read."""
    if len(text) > MAX_BYTES:
        raise FormatError(f"the file has more than {MAX_BYTES // 1_000_000} MB")
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise FormatError(f"line {error.lineno}, column {error.colno}: not JSON ({error.msg})") from error
    except (RecursionError, ValueError) as error:
        raise FormatError("the JSON is nested too deeply or holds a number that is too long") from error
    return derivation_from_json(data)


def derivation_from_json(data: object) -> Derivation:
    """A derivation from data; FormatError where it does not fit the schema or is no mathematics."""
    import jsonschema

    try:
        jsonschema.Draft202012Validator(schema()).validate(data)
    except jsonschema.ValidationError as error:
        place = "/".join(map(str, error.absolute_path)) or "the top"
        raise FormatError(f"at {place}: {error.message[:200]}") from None
    except RecursionError:
        raise FormatError("the JSON is nested too deeply") from None
    assert isinstance(data, dict)
    try:
        return _derivation(data)
    except (CodecError, RecursionError) as error:
        raise FormatError(str(error) or "the expressions are nested too deeply") from error


def _derivation(data: dict[str, Any]) -> Derivation:
    context = decode_context(data["context"]["form"])
    sections = tuple(
        Section(s["id"], tuple(_step(step, context) for step in s["steps"]), s.get("note", {}).get("rule", ""))
        for s in data["sections"]
    )
    results = {name: Decoder(context).expression(form) for name, form in data["results"]["form"].items()}
    return Derivation(data["model"], context, sections, results)


def _step(step: dict[str, Any], context: Context) -> Step:
    decoder = Decoder(context)
    kind, form = step["kind"], step["form"]
    before, after = decoder.expression(form["before"]), decoder.expression(form["after"])
    given = tuple(decoder.expression(g) for g in form["given"])
    bind = tuple(decoder.expression(b) for b in form["bind"])
    if not all(isinstance(g, Relational) for g in (*given, *bind)):
        raise CodecError("`given` and `bind` hold equations and inequalities")
    _fits(kind, before, after)
    return Step(kind, before, after, step["relation"], step["rule"], given, bind)


def _fits(kind: str, before: sp.Basic, after: sp.Basic) -> None:
    """What each kind of step holds on its two sides."""
    equations = (isinstance(before, Relational), isinstance(after, Relational))
    tuples = (isinstance(before, sp.Tuple), isinstance(after, sp.Tuple))
    expressions = (isinstance(before, sp.Expr), isinstance(after, sp.Expr))
    wanted = {
        "equivalent": all(isinstance(side, sp.Eq) for side in (before, after)),
        "hypothesis": isinstance(before, (Relational, sp.Contains)),
        "solves": all(tuples) and all(isinstance(e, sp.Eq) for side in (before, after) for e in side),
        "maximises": expressions[0] and tuples[1] and after.args and all(isinstance(e, sp.Eq) for e in after),
    }
    if not wanted.get(kind, all(expressions) and not any(equations) and not any(tuples)):
        raise CodecError(f"the sides of a step of kind {kind!r} are of the wrong kind")
