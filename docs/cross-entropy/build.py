"""Build the tutorial: derive and check every formula, work out every number, write the pages.

python docs/cross-entropy/build.py                 # write en/ and ja/
python docs/cross-entropy/build.py --check         # fail where a page is out of date
python docs/cross-entropy/build.py --steps 4-samples   # every step of a page with the checker's verdict
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import sympy as sp

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from source import figures, weave  # noqa: E402
from source.formulas import PAGES  # noqa: E402
from source.lines import NotShownError, verdict, verified  # noqa: E402

LANGUAGES = ("en", "ja")
#: The pages in the order of reading; the list of contents is none of them.
READING = tuple(name for name in PAGES if name != "README")


def pages(names: list[str]) -> dict[Path, str]:
    """The text of every page, by its path below this folder."""
    texts: dict[Path, str] = {}
    for name in names:
        page = replace(PAGES[name](), names=READING)
        counted = verified(page, name)
        for lang in LANGUAGES:
            texts[Path(lang, f"{name}.md")] = weave.woven(name, lang, page, counted)
    for lang in LANGUAGES:
        texts |= figures.drawn(lang)
    return texts


def steps(name: str) -> None:
    """Print every step of a page with what the checker says of it."""
    page = PAGES[name]()
    for check in dict.fromkeys(page.checks()):
        step, found = check.step, verdict(check)
        shown = " ".join(filter(None, map(_side, (step.before, step.relation, step.after))))
        print(f"{found.status:<12} {shown}\n{'':<12}   {found.reason}")


def _side(side: sp.Basic | str) -> str:
    from derive.render import text

    if isinstance(side, str):
        return side
    return "" if side == sp.true else text.expression(side)


def main(arguments: list[str] | None = None) -> int:
    """Write the pages, or say which are out of date."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pages", nargs="*", help="Only these: 4-samples.")
    parser.add_argument("--check", action="store_true", help="Write nothing; exit 1 where a page is out of date.")
    parser.add_argument("--steps", action="store_true", help="Print the steps of the pages and their verdicts.")
    options = parser.parse_args(arguments)
    names = options.pages or [*PAGES]
    unknown = [name for name in names if name not in PAGES]
    if unknown:
        parser.error(f"there is no page {', '.join(unknown)}; there are {', '.join(PAGES)}")
    if options.steps:
        for name in names:
            steps(name)
        return 0
    try:
        built: dict[Path, str] = pages(names)
    except (NotShownError, weave.TextError) as error:
        print(f"build: {error}", file=sys.stderr)
        return 1
    if options.check:
        return _checked(built, everything=not options.pages)
    for path, text in built.items():
        (HERE / path).parent.mkdir(exist_ok=True)
        (HERE / path).write_text(text, encoding="utf-8")
    return 0


def _checked(built: dict[Path, str], everything: bool) -> int:
    stale = [path for path, text in built.items() if not _same(HERE / path, text)]
    left = set()
    if everything:
        here = {p.relative_to(HERE) for folder in (*LANGUAGES, "figures") for p in (HERE / folder).glob("*.*")}
        left = here - set(built)
    for path in sorted(stale):
        print(f"out of date: {path}", file=sys.stderr)
    for path in sorted(left):
        print(f"belongs to no page: {path}", file=sys.stderr)
    if stale or left:
        print("run: python docs/cross-entropy/build.py", file=sys.stderr)
    return 1 if stale or left else 0


def _same(path: Path, text: str) -> bool:
    if not path.is_file():
        return False
    there = path.read_text("utf-8")
    return there == text or (path.suffix == ".svg" and figures.alike(there, text))


if __name__ == "__main__":
    sys.exit(main())
