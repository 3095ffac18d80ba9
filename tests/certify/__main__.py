"""All certificates compiled with all warnings on and checked again: `python -m tests.certify` prints a table.

A row a family: claims with a certificate in the sections from likelihood to gradient, whether the file is accepted,
processor time, warnings. `coqchk -norec` checks the compiled files once more, with a checker that shares little with
the compiler.
"""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import time
from pathlib import Path

from derive.certify import certificate
from derive.certify.acceptance import judged
from derive.certify.library import FILES, LOGICAL_NAME
from derive.certify.running import compile_file, compiled_library, coqc, refused
from derive.families import load
from tests.certify.families import CERTIFIED, REGRESSIONS

#: Warnings of Rocq's own library, which any file that uses it raises.
KNOWN = ("ambiguous-paths", "disj-pattern-notation", "notation-overridden")


def warnings(text: str) -> list[str]:
    """The names of the warnings that matter."""
    found = re.findall(r"\[([a-z-]+),[a-z-]+\]", " ".join(text.split()))
    return [w for w in found if not w.startswith(KNOWN)]


def checked_again(folder: Path, name: str) -> str:
    """What coqchk says of a compiled file, without those that it uses."""
    command = ["coqchk", "-silent", "-norec", f"{LOGICAL_NAME}.{name}", "-Q", str(folder), LOGICAL_NAME]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "passes" if done.returncode == 0 else " ".join((done.stdout + done.stderr).split())[-200:]


def main() -> None:
    """Print the table; exit status 1 where something is not accepted."""
    names = sys.argv[1:] or CERTIFIED
    compiler, good, total = coqc(), True, 0.0
    with compiled_library() as folder:
        for file in FILES:
            again = compile_file(compiler, folder / f"{file}.v", folder, "-w", "all")
            told = ", ".join(warnings(again.stderr)) or "no warning that matters"
            print(f"library {file}: {told}; coqchk {checked_again(folder, file)}", flush=True)
        for name in names:
            made = certificate(load(name).derivation())
            path = folder / f"certificate_of_{name}.v"
            path.write_text(made.text, encoding="utf-8")
            before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
            done = compile_file(compiler, path, folder, "-w", "all")
            after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - start
            spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            total += spent
            judgement = judged(made.text, done.stdout, done.returncode, made.numeric)
            counted = [e for e in made.entries if e.section != "given"]
            shown = sum(bool(e.lemma) for e in counted)
            word = "accepted" if judgement.accepted else f"{judgement.reason} {refused(made.text, done.stderr)}"
            told = ", ".join(warnings(done.stderr)) or "no warning that matters"
            print(
                f"{name:20} {shown:3} of {len(counted):3}  {word}  {spent:5.1f} s processor, {wall:5.1f} s  {told}  "
                f"coqchk {checked_again(folder, path.stem)}",
                flush=True,
            )
            for entry in made.missing:
                print(f"    without: {entry.section} {entry.number} {entry.rule}: {entry.reason}")
            good = good and judgement.accepted
    print(f"all: {total:.1f} s of processor time")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    assert set(REGRESSIONS).isdisjoint(CERTIFIED)
    main()
