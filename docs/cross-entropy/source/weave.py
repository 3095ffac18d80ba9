"""Text and mathematics together: the placeholders of a source page filled in.

`{name}` within a sentence is a formula or a number, `{eq name}` the number of a display; a line `{{block name}}`,
`{{table name}}`, `{{figure name}}`, `{{commands}}`, `{{snippet}}` or `{{verdicts}}` stands for what it says.
"""

from __future__ import annotations

import contextlib
import io
import re
import runpy
import unicodedata
from collections import Counter
from pathlib import Path

import sympy as sp

from derive.render import reasons
from derive.render.markdown import prose
from source import figures, japanese, symbols, typeset
from source.lines import Page, Side, Statement

HERE = Path(__file__).parent
LARGE = re.compile(r"^\{\{(\w+)(?: ([\w.-]+))?\}\}$", re.M)
SMALL = re.compile(r"(?<!\{)\{(eq )?([^{}\n]+)\}(?!\})")
WORDS = {
    "en": {
        "proved": "lines proved: {n}",
        "substitution": "lines of values put in, both sides evaluated and found equal: {n}",
        "definition": "definitions: {n}",
        "hypothesis": "assumptions: {n}",
        "ill-formed": "products found not to exist: {n}",
        "start": "Checked when this page was built —",
        "comma": "; ",
        "end": ".",
        "prints": "It prints:",
        "contents": "Contents",
        "name": "English",
    },
    "ja": {
        "proved": "証明済みの式 {n} 件",
        "substitution": "値の代入 {n} 件\uff08両辺を計算して一致を確認\uff09",
        "definition": "定義 {n} 件",
        "hypothesis": "仮定 {n} 件",
        "ill-formed": "定義できないことを確かめた積 {n} 件",
        "start": "このページの生成時に検査した内容\uff1a",
        "comma": "、",
        "end": "。",
        "prints": "実行結果\uff1a",
        "contents": "目次",
        "name": "日本語",
    },
}


class TextError(ValueError):
    """A source text that asks for what its page does not have."""


def woven(name: str, lang: str, page: Page, counted: Counter[str]) -> str:
    """The Markdown of a page in one language."""
    text = (HERE / lang / f"{name}.md").read_text(encoding="utf-8")
    if lang == "ja":
        text = japanese.prepared(text)
    tags = _tags(name, text, page)
    used: set[str] = set()

    def large(found: re.Match[str]) -> str:
        kind, what = found.groups()
        if what is not None:
            used.add(what)
        try:
            return _large(kind, what, lang, page, tags, counted)
        except KeyError:
            raise TextError(f"{lang}/{name}.md asks for {found.group()}, which its page does not have") from None

    def small(found: re.Match[str]) -> str:
        if found.group(1):
            if found.group(2) not in tags:
                raise TextError(f"{lang}/{name}.md refers to {found.group()}, which has no number")
            return _spaced(f"({tags[found.group(2)]})", found)
        used.add(found.group(2))
        try:
            shown = typeset.inline(*_inline(found.group(2), lang, page))
        except KeyError:
            raise TextError(
                f"{lang}/{name}.md asks for {found.group()}, which is neither defined nor a symbol"
            ) from None
        return _spaced(shown, found)

    filled = SMALL.sub(small, text)
    result = LARGE.sub(large, filled)
    idle = {*page.blocks, *page.tables} - used
    if idle:
        raise TextError(f"{lang}/{name}.md leaves out {', '.join(sorted(idle))}")
    return result.rstrip() + "\n" + (footer(name, page.names, lang) if name in page.names else "")


def title(name: str, lang: str) -> str:
    """The heading of a page."""
    heading = (HERE / lang / f"{name}.md").read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
    return japanese.prepared(heading) if lang == "ja" else heading


def contents(names: tuple[str, ...], lang: str) -> str:
    """The list of pages."""
    return "\n".join(f"- [{title(name, lang)}]({name}.md)" for name in names)


def footer(name: str, names: tuple[str, ...], lang: str) -> str:
    """Where to go from a page: back, on, to the list, to the other language."""
    place = names.index(name)
    words, (other,) = WORDS[lang], (x for x in WORDS if x != lang)
    links = [f"[← {title(names[place - 1], lang)}]({names[place - 1]}.md)"] if place else []
    links.append(f"[{words['contents']}](README.md)")
    links += [f"[{title(names[place + 1], lang)} →]({names[place + 1]}.md)"] if place + 1 < len(names) else []
    links.append(f"[{WORDS[other]['name']}](../{other}/{name}.md)")
    return f"\n---\n\n{' · '.join(links)}\n"


def _figure(name: str, lang: str) -> str:
    """A picture and its caption."""
    figure = figures.figures(lang)[name]
    caption = reasons.typeset(figure.caption, lambda expr: f" {typeset.inline(expr, lang)} ", prose)
    caption = (
        re.sub(r" +", " ", caption).replace(" ,", ",").replace(" .", ".").replace(" :", ":").replace(" ;", ";").strip()
    )
    caption = re.sub(r" ([、。)])", r"\1", caption)
    return f"![{prose(figure.description)}](../figures/{name}.{lang}.svg)\n\n{caption}"


def _tags(name: str, text: str, page: Page) -> dict[str, str]:
    """The numbers of the displays that have one, in the order in which they stand."""
    chapter = name.partition("-")[0]
    order = [what for kind, what in LARGE.findall(text) if kind == "block"]
    numbered = [what for what in order if what in page.blocks and page.blocks[what].numbered]
    return {what: f"{chapter}.{place}" for place, what in enumerate(numbered, start=1)}


def _large(kind: str, what: str, lang: str, page: Page, tags: dict[str, str], counted: Counter[str]) -> str:
    if kind == "block":
        return typeset.display(page.blocks[what], lang, tags.get(what, ""))
    if kind == "table":
        return typeset.table(page.tables[what], lang)
    if kind == "figure":
        return _figure(what, lang)
    if kind == "commands":
        return "\n".join(["```sh", *page.commands, "```"])
    if kind == "snippet":
        path = HERE / "snippets" / page.snippet
        code = path.read_text(encoding="utf-8").rstrip()
        return "\n".join(["```python", code, "```", "", WORDS[lang]["prints"], "", "```text", _printed(path), "```"])
    if kind == "contents":
        return contents(page.names, lang)
    if kind == "verdicts":
        return _verdicts(counted, lang)
    raise KeyError(kind)


_OUTPUTS: dict[Path, str] = {}


def _printed(path: Path) -> str:
    """What a snippet of the tutorial prints; each runs once."""
    if path not in _OUTPUTS:
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            runpy.run_path(str(path))
        _OUTPUTS[path] = output.getvalue().rstrip()
    return _OUTPUTS[path]


def _verdicts(counted: Counter[str], lang: str) -> str:
    words = WORDS[lang]
    told = [
        words[s].format(n=counted[s])
        for s in ("proved", "substitution", "definition", "hypothesis", "ill-formed")
        if counted[s]
    ]
    blank = " " if lang == "en" else ""
    return f"{words['start']}{blank}{words['comma'].join(told)}{words['end']}"


def _inline(name: str, lang: str, page: Page) -> tuple[Side, str, int | None]:
    places = None
    if "@" in name:  # a given number, printed with so many decimals
        name, digits = name.split("@")
        places = int(digits)
    value = page.inline.get(name)
    if value is None:
        return symbols.named(name), lang, places
    return (_stated(value), lang, places) if isinstance(value, Statement) else (value, lang, places)


def _stated(value: Statement) -> Side:
    """The formula that a statement puts into the sentence."""
    step = value.check.step
    if step.kind in ("hypothesis", "equivalent"):
        return step.before
    relation = {"=": "Eq", "≥": "Ge", ">": "Gt", "≤": "Le", "<": "Lt", ":=": "Eq"}[step.relation]
    return getattr(sp, relation)(step.before, step.after, evaluate=False)


def _spaced(shown: str, found: re.Match[str]) -> str:
    """A blank on either side where GitHub, or a reader of Japanese, needs one."""
    text = found.string
    before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
    lead = " " if before and not before.isspace() and (shown[0] == "$" or _is_letter(before)) else ""
    trail = " " if after and _is_letter(after) else ""
    return lead + shown + trail


def _is_letter(char: str) -> bool:
    return unicodedata.category(char)[0] in "LN"
