"""What an article assumes: constraints such as Σ_k y_k = 1, and what is distributed how."""

from __future__ import annotations

from derive.read.meanings.known import Facts
from derive.read.meanings.terms import Term, free, num, occurring, walk
from derive.read.syntax import tree


def constraint(term: Term, value: Term) -> tuple[str, Term] | None:
    """The array whose entries add up to a value, where an equation says so and no more: its name and its total."""
    if not _constant(value):
        return None
    if term.head == "sum":
        body, lower, upper = term.args
        if body.head == "var" and len(body.args) == 1 and body.args[0].name == term.bound:
            return body.name, Term("total", (value, lower, upper))
        if body.head == "var" and len(body.args) == 2 and body.args[1].name == term.bound:
            row = body.args[0]
            if row.head == "var" and row.name != term.bound and not _holds(value, row.name):
                return f"{body.name}:2", Term("total", (value, lower, upper))
    if term.head == "add" and all(a.head == "var" and len(a.args) == 1 and a.args[0].head == "num" for a in term.args):
        names = {a.name for a in term.args}
        places = sorted(int(a.args[0].name) for a in term.args)
        if len(names) == 1 and places == list(range(1, len(places) + 1)):
            return names.pop(), Term("total", (value, num(1), num(len(places))))
    return None


def within_unit(variable: tree.Node, values: tree.Node) -> bool:
    """Whether a set is (0, 1), with or without its ends, or {0, 1}: what is said of proportions and of labels."""
    if not isinstance(values, tree.Group) or not isinstance(values.body, tree.Sequence):
        return False
    ends = [item.digits if isinstance(item, tree.Number) else "" for item in values.body.items]
    return ends == ["0", "1"] and values.body.separators == (",",) and isinstance(variable, tree.Name | tree.Script)


def _holds(term: Term, name: str) -> bool:
    return any(t.head == "var" and t.name == name for t in walk(term))


def _constant(term: Term) -> bool:
    return not any(len(t.args) for t in walk(term) if t.head == "var") and not occurring(
        term, "apply", "mean", "sum", "prod", "int"
    )


def declare(facts: Facts, variable: Term, law: Term, under: str = "") -> bool:
    """Take in X ~ Law(…): X is random and its distribution is known by name."""
    if variable.head != "var" or law.head not in ("apply", "label", "var"):
        return False
    names = {variable.name}
    lowered = variable.name[:1].lower() + variable.name[1:]
    if variable.name[:1].isupper() and len(variable.name.split("^")[0]) == 1:
        names.add(lowered)
    facts.random |= names
    if law.head == "apply":
        for name in names:
            if under:
                facts.under[under] = law
                facts.under[f"{under.lower()} {name}"] = law
                facts.under[f"{under.lower()}"] = law
            facts.distributed.setdefault(name, law)
    return True


def is_free_in(name: str, term: Term) -> bool:
    """Whether a name occurs free, with whatever indices."""
    return any(n == name for n, _ in free(term))


def totals_of_law(variable: str, law: Term, facts: Facts) -> dict[str, Term]:
    """Counts of a multinomial distribution add up to n, probabilities to 1."""
    found: dict[str, Term] = {}
    if law.name in ("Mult", "Multinomial") and len(law.args) == 2:
        wanted = {variable: law.args[0], law.args[1].name: num(1)}
    elif law.name in ("Dir", "Dirichlet"):
        wanted = {variable: num(1)}
    else:
        return found
    for name, total in wanted.items():
        kind = facts.kinds.get(name, ())
        if kind[:1] in (("vector",), ("row",)) and not kind[1].startswith("#"):
            found[name] = Term("total", (total, num(1), Term("var", (), kind[1])))
    return found
