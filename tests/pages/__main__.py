"""Look at every page: `python -m tests.pages` (`--families gaussian,gamma --lang ja --format latex,html,markdown`)."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed

from derive.families import FAMILIES
from tests.pages.derived import derived
from tests.pages.looked_at import FORMATS, LANGUAGES, faults, why_not

Row = tuple[str, str, str, list[str], float]


def main() -> int:
    """Print a line a page and what is wrong with it; 1 where something is."""
    wanted = _arguments()
    for form in wanted.format:
        for lang in wanted.lang:
            if (reason := why_not(form, lang)) is not None:
                print(f"{form} ({lang}): {reason}", file=sys.stderr)
                return 2
    bad = pages = 0
    began = time.monotonic()
    with ProcessPoolExecutor(wanted.jobs) as pool:
        work = [pool.submit(look, name, wanted.format, wanted.lang, wanted.depth) for name in wanted.families]
        for done, future in enumerate(as_completed(work), start=1):
            for name, form, lang, found, seconds in future.result():
                verdict = "ok" if not found else f"{len(found)} faults"
                print(f"[{done:2d}/{len(work)}] {name:22s} {form:9s} {lang}  {seconds:5.1f} s  {verdict}", flush=True)
                for fault in found:
                    print(f"        {fault[:200]}", flush=True)
                pages, bad = pages + 1, bad + bool(found)
    print(f"{pages} pages of {len(work)} families, {bad} with faults, {time.monotonic() - began:.0f} s")
    return 1 if bad else 0


def look(name: str, formats: list[str], languages: list[str], depth: str) -> list[Row]:
    """All pages of one family."""
    found, rows = derived(name), []
    for form in formats:
        for lang in languages:
            start = time.monotonic()
            rows.append((name, form, lang, faults(found, form, lang, depth), time.monotonic() - start))
    return rows


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.pages", description=__doc__)
    parser.add_argument("--families", type=_some_of(FAMILIES), default=list(FAMILIES), help="some, after commas")
    parser.add_argument("--lang", type=_some_of(LANGUAGES), default=list(LANGUAGES))
    parser.add_argument("--format", type=_some_of(FORMATS), default=list(FORMATS))
    parser.add_argument("--depth", choices=("full", "brief"), default="full")
    parser.add_argument("--jobs", type=int, default=1, help="how many families at a time")
    return parser.parse_args()


def _some_of(known: tuple[str, ...]) -> Callable[[str], list[str]]:
    def parse(value: str) -> list[str]:
        names = value.split(",")
        if wrong := [name for name in names if name not in known]:
            raise argparse.ArgumentTypeError(f"no {', '.join(wrong)}; there are {', '.join(known)}")
        return names

    return parse


if __name__ == "__main__":
    sys.exit(main())
