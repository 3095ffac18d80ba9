"""The measure of formulas agrees with TeX, which knows."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from derive.render.latex_widths import em
from derive.render.presentation import layout
from tests.pages import tex
from tests.render.test_family_formulas import TABLE as OF_FAMILIES
from tests.render.test_formulas import TABLE

#: One em of the documents' letters, in points.
EM = 10.95


@pytest.mark.skipif(tex.missing("en") is not None, reason=str(tex.missing("en")))
def test_formulas_are_as_wide_as_tex_sets_them(tmp_path: Path) -> None:
    rows = [(expr, latex) for expr, latex, _ in (*TABLE, *OF_FAMILIES)]
    boxes = "".join(f"\\setbox0\\hbox{{$\\displaystyle {latex}$}}\\typeout{{@\\the\\wd0}}\n" for _, latex in rows)
    packages = "\\usepackage{amsmath}\\usepackage{amssymb}"
    document = f"\\documentclass[11pt]{{article}}{packages}\\begin{{document}}\n{boxes}\\end{{document}}\n"
    (tmp_path / "widths.tex").write_text(document, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "widths.tex"]
    told = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, env={**os.environ, "max_print_line": "1000"}
    ).stdout
    widths = [float(points) / EM for points in re.findall(r"^@([\d.]+)pt", told, re.M)]
    assert len(widths) == len(rows) >= 150
    ratios = sorted(em(layout(expr)) / width for (expr, _), width in zip(rows, widths, strict=True) if width > 5)
    assert len(ratios) > 60
    assert 0.95 < ratios[len(ratios) // 2] < 1.05
    assert ratios[len(ratios) // 50] > 0.85 and ratios[-1 - len(ratios) // 50] < 1.2
