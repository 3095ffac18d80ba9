"""Reports as a page that needs nothing else: every step with its formulas typeset, marked by symbol, word and colour.

What cannot be drawn is shown as its source. Formulas come from anyone: each is drawn within a limit of time, and
nothing of a text reaches the page as markup.
"""

from __future__ import annotations

import re
import time
from html import escape

from derive.algebra.budgets import OutOfTimeError, alarmed, budget
from derive.read.report import NO_CLAIM, OPEN, WRONG, FileReport, Finding, Report
from derive.render import svg
from derive.render.html_style import FRAGMENT, STYLE
from derive.render.report_text import MARKS, NOTHING, counted, printable

#: Seconds for drawing one formula, and all of a page; what comes later is shown as its source.
FORMULA_SECONDS, PAGE_SECONDS = 2.0, 120.0
#: Longer formulas are not drawn; longer sources are cut short.
LONGEST_DRAWN, LONGEST_SOURCE = 1_500, 20_000
CLASSES = {"✓": "good", "≈": "fair", "✗": "bad", "?": "open"}

_STYLE = """
.counts { display: flex; flex-wrap: wrap; gap: .3rem .5rem; list-style: none; padding: 0; margin: .6rem 0 1rem; }
.counts li { border: 1px solid var(--line); border-radius: 1rem; padding: .05rem .7rem; font-size: .9rem; }
.step { border-left: .25rem solid var(--line); padding: .2rem 0 .4rem .8rem; margin: .9rem 0; }
.step.wrong { border-left-color: var(--bad); background: var(--why); }
.step p { margin: .2rem 0; }
.place { font-family: ui-monospace, monospace; font-size: .9rem; }
.math { padding: .2rem 0; }
.side { display: inline-block; max-width: 100%; overflow-x: auto; overflow-y: hidden; white-space: nowrap;
  vertical-align: middle; padding: .15rem .3rem .15rem 0; }
.slip { font-weight: 600; }
code, pre { font-family: ui-monospace, monospace; font-size: .85rem; white-space: pre-wrap; overflow-wrap: anywhere; }
pre { margin: .3rem 0; }
"""


def page(report: Report) -> str:
    """The report as an HTML file of its own."""
    made = _Page()
    body = made.body(report)
    title = ", ".join(printable(file.path) for file in report.files[:3]) + (" …" if len(report.files) > 3 else "")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Checked: {escape(title)}</title>\n<style>{STYLE}{_STYLE}</style>\n</head>\n<body>\n"
        f"{svg.store(made.letters)}\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def fragment(report: Report) -> str:
    """The report as a part of somebody else's page, such as the output of a notebook's cell."""
    made = _Page()
    body = made.body(report)
    scoped = re.sub(r"(?m)^([.a-z][^{]*)\{", lambda rule: _within(rule[1]), _STYLE)
    return (
        f'<div class="derivation" lang="en">\n<style>{FRAGMENT}{scoped}</style>\n'
        f"{svg.store(made.letters)}\n{body}\n</div>\n"
    )


def _within(selectors: str) -> str:
    return ", ".join(f".derivation {selector.strip()}" for selector in selectors.split(",")) + " {"


class _Page:
    """One page in the making: it collects the letters that its formulas are made of."""

    def __init__(self) -> None:
        self.letters: dict[str, str] = {}
        self.formulas: dict[str, str] = {}  # the right side of a step is often the left side of the next
        self.end = time.monotonic() + PAGE_SECONDS

    def body(self, report: Report) -> str:
        several = f" in {len(report.files)} files" if len(report.files) > 1 else ""
        parts = [f"<h1>{_headline(report).format(several=several)}</h1>", _counts(report.summary)]
        return "\n".join([*parts, *(self.file(file) for file in report.files)])

    def file(self, file: FileReport) -> str:
        wrong = [n for n, step in enumerate(file.steps) if step.verdict in WRONG]
        parts = ["<section>", f"<h2>{escape(printable(file.path))}</h2>"]
        parts.append(f"<p>{escape(counted(file.summary)) if file.steps else NOTHING}</p>")
        if wrong:
            parts.append("<h3>The first wrong step</h3>")
            parts += [self.wrong(n, file.steps[n]) for n in wrong[:1]]
        if wrong[1:]:
            parts.append("<h3>Further wrong steps</h3>")
            parts += [self.wrong(n, file.steps[n]) for n in wrong[1:]]
        if file.warnings:
            rows = "".join(
                f"<li>{'' if w.line is None else f'line {w.line}: '}{escape(printable(w.message))}</li>"
                for w in file.warnings
            )
            parts.append(f"<h3>! Warnings</h3><ul>{rows}</ul>")
        if file.steps:
            parts.append("<h3>All steps</h3>")
            parts += [self.row(n, step) for n, step in enumerate(file.steps)]
        return "\n".join([*parts, "</section>"])

    def wrong(self, number: int, step: Finding) -> str:
        """A wrong step, open: where, what stands there, why it is wrong."""
        return (
            f'<div class="step wrong"><p><span class="place">{_place(number, step)}</span> {_verdict(step)}</p>'
            f'<div class="math">{self.claim(step, "side")}</div>{_why(step)}</div>'
        )

    def row(self, number: int, step: Finding) -> str:
        """A step in the list of all: its formula, and behind it reason and source."""
        mark = MARKS.get(step.verdict, "·")
        return (
            '<details><summary class="row">'
            f'<span class="place">{step.line if step.line is not None else number + 1}</span>'
            f'<span class="formula" tabindex="0">{self.claim(step)}</span>'
            f'<span class="mark {CLASSES.get(mark, "none")}" title="{escape(step.verdict)}">{mark}</span></summary>'
            f'<div class="why"><p><span class="place">{_place(number, step)}</span> {_verdict(step)}</p>{_why(step)}'
            f"<pre>{_source(step)}</pre></div></details>"
        )

    def claim(self, step: Finding, box: str = "") -> str:
        """Both sides and the relation between them; in boxes where a line may break before the relation."""
        before, relation, after = (self.formula(side) for side in (step.before, step.relation, step.after))
        sides = [before, f"{relation} {after}".strip()]
        return " ".join(f'<span class="{box}" tabindex="0">{s}</span>' if box else s for s in sides if s)

    def formula(self, source: str) -> str:
        """The picture of a formula, or its source where there is none."""
        if source not in self.formulas:
            self.formulas[source] = self.made(source)
        return self.formulas[source]

    def made(self, source: str) -> str:
        """The same, worked out."""
        cleaned = cleared(source)
        if not cleaned:
            return ""
        try:
            if len(cleaned) > LONGEST_DRAWN or time.monotonic() > self.end:
                raise svg.UndrawableError("too long")
            with alarmed(), budget(FORMULA_SECONDS):
                drawn = _drawn(cleaned)
        except (svg.UndrawableError, OutOfTimeError):
            return f"<code>{escape(printable(source[:LONGEST_SOURCE]))}</code>"
        self.letters.update(drawn.letters)
        return drawn.element()


def _drawn(source: str) -> svg.Picture:
    """The picture of a formula; UndrawableError also where the library would draw a command's name or an empty box."""
    from ziamath.tex import tex2mml

    if re.search(r"[\u2e80-\uffff\U00010000-\U0010ffff]", source):
        raise svg.UndrawableError("letters that the font lacks")
    try:
        if re.search(r">\s*\\[A-Za-z]", tex2mml(source)):
            raise svg.UndrawableError("an unknown command")
    except svg.UndrawableError:
        raise
    except Exception as error:  # whatever the library raises on LaTeX that it does not know
        raise svg.UndrawableError(str(error)) from error
    return svg.picture(source)


#: A matrix whose line breaks an extraction has collapsed from two backslashes to one.
_COLLAPSED = re.compile(
    r"\\begin\{([pbvBV]?matrix)\}((?:(?!\\\\|\\begin|\\end).)*?\\ (?:(?!\\\\|\\begin).)*?)\\end\{\1\}"
)


def cleared(source: str) -> str:
    """A side of an aligned equation by itself: without marks of alignment, numbers and line breaks at its ends."""
    source = _COLLAPSED.sub(lambda m: m[0].replace("\\ ", "\\\\ "), printable(source))
    kept = re.sub(r"\\(label|tag\*?|nonumber|notag)\b\s*(\{[^{}]*\})?", " ", source)
    depth, parts = 0, []
    for piece in re.split(r"(\\begin\{[^}]*\}|\\end\{[^}]*\}|\\&|&)", kept):
        depth += piece.startswith("\\begin") - piece.startswith("\\end{")
        parts.append("" if piece == "&" and depth == 0 else piece)
    joined = "".join(parts).strip()
    return re.sub(r"(\s|\\\\(\[[^\]]*\])?|\\(?=$))+$", "", re.sub(r"^(\\ |\s)+", "", joined))


def _headline(report: Report) -> str:
    if report.wrong:
        return "✗ Checked{several}: something is wrong"
    if not report.summary:
        return f"? {NOTHING.capitalize()}"
    return (
        "? Checked{several}: nothing wrong found, some steps left open"
        if report.open
        else ("✓ Checked{several}: nothing wrong found")
    )


def _counts(summary: dict[str, int]) -> str:
    rows = ""
    for verdict in (*WRONG, *OPEN, "proved", "tested", *NO_CLAIM):
        if summary.get(verdict):
            mark = MARKS.get(verdict, "·")
            rows += f'<li class="{CLASSES.get(mark, "none")}">{mark} {summary[verdict]} {escape(verdict)}</li>'
    return f'<ul class="counts">{rows}</ul>'


def _place(number: int, step: Finding) -> str:
    if step.line is not None:
        return f"line {step.line}, column {step.column or 1}"
    return f"step {number + 1}" + (f" ({escape(printable(step.section))})" if step.section else "")


def _verdict(step: Finding) -> str:
    mark = MARKS.get(step.verdict, "·")
    return f'<span class="verdict {CLASSES.get(mark, "none")}">{mark} {escape(step.verdict)}</span>'


def _why(step: Finding) -> str:
    """The reason, where it fails, what it needed, and the likely slip."""
    said = [escape(printable(step.reason))] if step.reason else []
    if step.values and not all(value in step.reason for value in step.values):
        said.append(escape(printable(f"left side {step.values[0]}, right side {step.values[1]}")))
    if step.counterexample:
        values = ", ".join(f"{name} = {value}" for name, value in step.counterexample.items())
        said.append(f"at {escape(printable(values))}")
    if step.given:
        said.append(f"given {escape(printable(', '.join(step.given)))}")
    lines = "".join(f"<p>{line}</p>" for line in said)
    return lines + (f'<p class="slip">Likely slip: {escape(printable(step.slip))}</p>' if step.slip else "")


def _source(step: Finding) -> str:
    parts = (side[:LONGEST_SOURCE] for side in (step.before, step.relation, step.after) if side)
    return escape(printable("\n".join(parts), lines=True))
