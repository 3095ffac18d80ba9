"""Our own pages given to the reader: `python -m tests.read.own` (`--families gamma --lang ja --depth brief`).

What the tool has derived and checked is right, so a page on which a formula is refuted or not understood is a fault of
the reader or of the page. What stays undecided is counted and no fault: a page says less than the derivation knows.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from derive.cli import command
from derive.families import FAMILIES
from derive.read.documents.document import document_of
from derive.read.judging import check_document
from derive.read.report import FileReport
from derive.render import markdown
from tests.pages.derived import derived

LANGUAGES = ("en", "ja")
#: Verdicts that a right page must not get.
FAULTS = ("refuted", "ill-formed", "unread")
#: Seconds for one step and for a page: a busy machine must not turn a slow step into another verdict.
SECONDS, TOTAL_SECONDS = 10.0, 600.0
#: Worked examples, as they are asked for on the command line.
EXAMPLES = {
    "categorical": ("--counts", "2,5,2,4,2,5"),
    "bernoulli": ("--data", "1,0,1,1"),
    "binomial": ("--data", "3,5,4", "--known", "n=10"),
    "geometric": ("--data", "1,3,2"),
    "poisson": ("--data", "1,0,4,2"),
    "gaussian": ("--data", "1,2,4"),
    "exponential": ("--data", "0.5,1.25,3"),
    "rayleigh": ("--data", "1,2,2.5"),
    "maxwell": ("--data", "1,2,2.5"),
    "lognormal": ("--data", "1,2,7"),
    "inverse_gaussian": ("--data", "1,2,7"),
    "pareto": ("--data", "1,2.5,4"),
    "uniform": ("--data", "1,2.5,4"),
    "normal_gaussian": ("--data", "1,2,4", "--known", "sigma=1", "--known", "m=0", "--known", "tau=2"),
}
TUTORIAL = Path(__file__).parents[2] / "docs" / "cross-entropy"


@dataclass(frozen=True)
class Read:
    """A page that was read back: how many steps got which verdict, and what is wrong."""

    name: str
    counts: dict[str, int]
    faults: tuple[str, ...]
    seconds: float


def page_of(family: str, lang: str, depth: str = "full") -> str:
    """The page that `derive show FAMILY --to markdown` writes."""
    found = derived(family)
    return markdown.page(found.derivation, lang, depth, found.report)


def example_page(family: str, lang: str, depth: str = "full") -> str:
    """The page with a worked example."""
    asked = ["show", family, *EXAMPLES[family], "--to", "markdown", "--lang", lang, "--depth", depth]
    done = CliRunner().invoke(command, asked)
    if done.exit_code:
        raise RuntimeError(done.output)
    return done.output


def tutorial_pages() -> list[Path]:
    """The pages of the tutorial in both languages."""
    return sorted(path for lang in LANGUAGES for path in (TUTORIAL / lang).glob("*.md"))


def report_of(text: str) -> FileReport:
    """What `derive check` finds in a page."""
    return check_document(document_of(text, kind="markdown"), seconds=SECONDS, total=TOTAL_SECONDS)


def read(name: str, text: str) -> Read:
    """A page read back."""
    start = time.monotonic()
    report = report_of(text)
    faults = tuple(
        f"{step.line}: {step.verdict}: {step.before} {step.relation} {step.after}: {step.reason}"
        for step in report.steps
        if step.verdict in FAULTS
    )
    return Read(name, dict(Counter(step.verdict for step in report.steps)), faults, time.monotonic() - start)


def family_pages(family: str, languages: list[str], depth: str) -> list[Read]:
    """The pages of a family read back."""
    return [read(f"{family} ({lang})", page_of(family, lang, depth)) for lang in languages]


def example_pages(family: str, languages: list[str], depth: str) -> list[Read]:
    """The pages of a family with a worked example read back."""
    return [read(f"{family} with data ({lang})", example_page(family, lang, depth)) for lang in languages]


def file_page(path: Path) -> list[Read]:
    """A page of the tutorial read back."""
    return [read(str(path.relative_to(TUTORIAL.parent)), path.read_text(encoding="utf-8"))]


def main() -> int:
    """Print a line a page, what is wrong with it, and how many steps got which verdict; 1 where something is wrong."""
    wanted = _arguments()
    total: Counter[str] = Counter()
    bad, began = 0, time.monotonic()
    with ProcessPoolExecutor(wanted.jobs) as pool:
        work = [pool.submit(family_pages, name, wanted.lang, wanted.depth) for name in wanted.families]
        work += [pool.submit(example_pages, n, wanted.lang, wanted.depth) for n in EXAMPLES if n in wanted.families]
        if not wanted.no_tutorial:
            work += [pool.submit(file_page, path) for path in tutorial_pages() if path.parent.name in wanted.lang]
        for done, future in enumerate(as_completed(work), start=1):
            for page in future.result():
                shown = ", ".join(f"{count} {verdict}" for verdict, count in sorted(page.counts.items()))
                print(f"[{done:2d}/{len(work)}] {page.name:30s} {page.seconds:5.1f} s  {shown}", flush=True)
                for fault in page.faults:
                    print(f"        {fault[:300]}", flush=True)
                total.update(page.counts)
                bad += bool(page.faults)
    print(", ".join(f"{count} {verdict}" for verdict, count in total.most_common()))
    print(f"{bad} pages with faults, {time.monotonic() - began:.0f} s")
    return 1 if bad else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.read.own", description=__doc__)
    parser.add_argument("--families", type=lambda names: names.split(","), default=list(FAMILIES), help="after commas")
    parser.add_argument("--lang", type=lambda names: names.split(","), default=list(LANGUAGES), help="after commas")
    parser.add_argument("--depth", choices=("full", "brief"), default="full")
    parser.add_argument("--no-tutorial", action="store_true", help="the families alone")
    parser.add_argument("--jobs", type=int, default=1, help="how many families at a time")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
