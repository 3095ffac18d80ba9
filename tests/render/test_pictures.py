"""Pictures: every curve passes through points worked out by hand, marks stand at the estimate, files need nothing."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import sympy as sp

import derive
from derive.algebra.context import BINARY, REAL, UNIT, scalar
from derive.derivation import Derivation
from derive.estimation import Data, observe
from derive.families import load
from derive.render import html, latex
from derive.render.pictures import as_latex, as_svg, figures_of
from derive.render.pictures.contours import LEVELS
from derive.render.pictures.figure import Area, Dot, Figure, Frame, Label, Line, Point, ticks, written
from derive.render.pictures.penalty import HIGHEST
from derive.render.pictures.simplex import _CORNERS, along, place_in_triangle
from derive.render.pictures.words import WORDS

SVG = "{http://www.w3.org/2000/svg}"
LANGUAGES = ("en", "ja")


@cache
def derivation(name: str) -> Derivation:
    return load(name).derivation()


@cache
def drawn(name: str, counts: str | None = None, data: str | None = None, lang: str = "en") -> dict[str, Figure]:
    """The pictures of a family by their names."""
    observed: Data | None = observe(load(name), counts, data) if counts or data else None
    found = figures_of(derivation(name), lang, observed)
    return {figure.name: figure for figures in found.values() for figure in figures}


def curves(figure: Figure, ink: str = "one") -> list[tuple[Point, ...]]:
    """The curves of an ink, without the short lines beside names."""
    return [i.points for i in figure.items if isinstance(i, Line) and i.ink == ink and len(i.points) > 5]


def frame_of(figure: Figure, x: tuple[float, float], y: tuple[float, float]) -> Frame:
    """The frame whose axes the figure shows: its lowest level ends where the frame does."""
    ends = [i.points for i in figure.items if isinstance(i, Line) and len(i.points) == 2]
    level = [p for p in ends if p[0][1] == p[1][1] and p[1][0] - p[0][0] > 200]
    assert {(p[0][0], p[1][0]) for p in level} == {(Frame(x, y).left, Frame(x, y).right)}
    return Frame(x, y, bottom=max(p[0][1] for p in level))


def back(frame: Frame, point: Point) -> Point:
    """The numbers that a place on the sheet stands for."""
    across = (point[0] - frame.left) / (frame.right - frame.left)
    up = (frame.bottom - point[1]) / (frame.bottom - frame.top)
    return frame.x[0] + across * (frame.x[1] - frame.x[0]), frame.y[0] + up * (frame.y[1] - frame.y[0])


def dots(figure: Figure) -> list[Point]:
    return [item.at for item in figure.items if isinstance(item, Dot)]


@pytest.mark.parametrize(
    "low, high, expected",
    [
        (0, 1, (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)),
        (-6, 6, (-6.0, -4.0, -2.0, 0.0, 2.0, 4.0, 6.0)),
        (0.1, 0.35, (0.1, 0.15, 0.2, 0.25, 0.3, 0.35)),
        (0, 7300, (0.0, 2000.0, 4000.0, 6000.0)),
    ],
)
def test_ticks_are_round(low: float, high: float, expected: tuple[float, ...]) -> None:
    assert ticks(low, high) == expected


def test_ticks_refuse_what_is_no_range() -> None:
    for low, high in ((1.0, 1.0), (0.0, math.inf), (math.nan, 1.0)):
        with pytest.raises(ValueError, match="no range"):
            ticks(low, high)


@pytest.mark.parametrize(
    "number, expected", [(-0.25, "−0.25"), (2.302585, "2.303"), (10.0, "10"), (0.0, "0"), (-0.0, "0"), (4e-5, "4e−05")]
)
def test_numbers_as_people_write_them(number: float, expected: str) -> None:
    assert written(number) == expected


def test_a_line_is_cut_where_it_leaves_the_frame_and_broken_where_it_has_no_value() -> None:
    frame = Frame((0.0, 4.0), (0.0, 1.0), left=0, right=400, top=0, bottom=100)
    (only,) = frame.line([(0, 0.0), (1, 1.0), (2, 3.0), (3, 3.0)])
    assert only.points == ((0.0, 100.0), (100.0, 0.0), (100.0, 0.0))
    first, second = frame.line([(0, 0.0), (1, 0.5), (2, math.nan), (3, 0.5), (4, 0.0)])
    assert (first.points[-1], second.points[0]) == ((100.0, 50.0), (300.0, 50.0))


def test_two_classes_are_a_curve_over_the_first_probability() -> None:
    figure = drawn("categorical", "3,7")["edge"]
    frame = frame_of(figure, (0.0, 1.0), (0.0, 1.0))
    (curve,) = curves(figure)
    best = Fraction(3, 10)

    def exact(y: float) -> float:
        return float((y / best) ** 3 * ((1 - y) / (1 - best)) ** 7)

    assert len(curve) > 150
    for point in curve:
        y, height = back(frame, point)
        assert height == pytest.approx(exact(y), abs=1e-9)
    assert dots(figure) == [pytest.approx(frame.at(0.3, 1.0))]
    assert pytest.approx(frame.at(0.3, 1.0)) in curve
    second = [i.text for i in figure.items if isinstance(i, Label) and i.ink == "soft" and isinstance(i.text, str)]
    assert second == ["1", "0.8", "0.6", "0.4", "0.2", "0"]  # what is left for y_2


@pytest.mark.parametrize("counts", [(5, 3, 2), (0, 4, 6), (1, 0, 0)])
def test_three_classes_are_a_triangle_with_the_maximum_at_the_shares(counts: tuple[int, int, int]) -> None:
    figure = drawn("categorical", ",".join(map(str, counts)))["triangle"]
    total = sum(counts)
    best = np.array(counts) / total
    assert dots(figure) == [pytest.approx(place_in_triangle(best))]
    lines = [points for points in curves(figure) if len(points) > 5]
    assert len(lines) >= len(LEVELS) - (min(counts) == 0)
    corners = np.array([[*c, 1.0] for c in _CORNERS]).T
    for points in lines:
        for x, y in points[:: max(1, len(points) // 12)]:
            shares = np.linalg.solve(corners, [x, y, 1.0])
            assert shares.min() > -1e-6
            ratio = math.prod((s / b) ** t for s, b, t in zip(shares, best, counts, strict=True) if t)
            assert min(abs(ratio - level) for level in LEVELS) < 0.012


def test_without_counts_an_example_is_drawn_and_said_to_be_one() -> None:
    for lang, word in (("en", "as an example"), ("ja", "例として")):
        figure = drawn("categorical", lang=lang)["triangle"]
        assert word in "".join(p for p in figure.caption if isinstance(p, str))
        assert dots(figure) == [pytest.approx(place_in_triangle((0.5, 0.3, 0.2)))]
        given = drawn("categorical", "5,3,2", lang=lang)["triangle"]
        assert word not in "".join(p for p in given.caption if isinstance(p, str))


def test_a_die_has_a_curve_for_each_count_with_its_maximum_at_the_share() -> None:
    figure = drawn("categorical", "2,5,2,4,2,5")["profiles"]
    frame = frame_of(figure, (0.0, 1.0), (0.0, 1.0))
    assert dots(figure) == [pytest.approx(frame.at(t / 20, 1.0)) for t in (2, 4, 5)]
    named = [i.text for i in figure.items if isinstance(i, Label) and isinstance(i.text, str) and "class" in i.text]
    assert named == ["classes 1, 3, 5", "class 4", "classes 2, 6"]
    for ink, t in (("one", 2), ("two", 4), ("ink", 5)):
        (curve,) = curves(figure, ink)
        for point in curve:
            y, height = back(frame, point)
            assert height == pytest.approx((20 * y / t) ** t * ((1 - y) / (1 - t / 20)) ** (20 - t), abs=1e-9)
    (fair,) = (i for i in figure.items if isinstance(i, Line) and i.dashed)
    assert np.array(fair.points) == pytest.approx(np.array([frame.at(1 / 6, 0), frame.at(1 / 6, 1)]))


def test_the_others_keep_their_proportions_and_all_add_up_to_one() -> None:
    moved = along(np.array([0.1, 0.2, 0.3, 0.4]), 1, np.array([0.0, 0.2, 0.6, 1.0]))
    assert moved.sum(axis=1) == pytest.approx(1.0)
    assert moved[2] == pytest.approx([0.05, 0.6, 0.15, 0.2])
    assert along(np.array([0.0, 1.0, 0.0]), 1, np.array([0.4]))[0] == pytest.approx([0.3, 0.4, 0.3])


@pytest.mark.parametrize("name", ["categorical", "bernoulli"])
def test_the_penalty_is_minus_log_with_both_cases_marked(name: str) -> None:
    figure = drawn(name)["penalty"]
    frame = frame_of(figure, (0.0, 1.0), (0.0, HIGHEST))
    (curve,) = curves(figure)
    for point in curve:
        y, loss = back(frame, point)
        assert loss == pytest.approx(min(HIGHEST, -math.log(y)), abs=0.12 if loss == HIGHEST else 1e-9)
    assert dots(figure) == [pytest.approx(frame.at(y, -math.log(y))) for y in (0.8, 0.1)]
    assert [i.text for i in figure.items if isinstance(i, Label) and i.ink == "two"] == ["0.223", "2.303"]
    assert "−log 0.8 = 0.223, −log 0.1 = 2.303" in figure.description


def test_loss_and_gradient_against_one_logit_are_softplus_and_sigmoid() -> None:
    found = drawn("bernoulli")
    highest = math.log1p(math.exp(6))
    frames = {
        "loss": frame_of(found["loss"], (-6, 6), (0.0, 1.04 * highest)),
        "gradient": Frame((-6, 6), _gradient_range()),  # its axis is not at the bottom
    }
    for ink, t in (("one", 1), ("two", 0)):
        (loss,), (slope,) = (curves(found[key], ink) for key in ("loss", "gradient"))
        for point in loss:
            z, value = back(frames["loss"], point)
            assert value == pytest.approx(math.log1p(math.exp(z)) - t * z, abs=1e-9)
        for point in slope:
            z, value = back(frames["gradient"], point)
            assert value == pytest.approx(1 / (1 + math.exp(-z)) - t, abs=1e-9)
    assert "At 0 they are −0.5, 0.5." in found["gradient"].description


def _gradient_range() -> tuple[float, float]:
    end = 1 / (1 + math.exp(-6))
    return -end - 0.04 * 2 * end, end + 0.04 * 2 * end


def test_with_several_classes_one_logit_moves() -> None:
    found = drawn("categorical")
    highest = math.log(math.exp(-6) + 2) + 6
    frame = frame_of(found["loss"], (-6, 6), (0.0, 1.04 * highest + 0.0))
    lowest = min(p[1] for p in curves(found["loss"], "one")[0])
    assert lowest == pytest.approx(frame.at(0, highest)[1], abs=0.2)
    assert "At 0 they are −0.667, 0.333." in found["gradient"].description  # 1/3 − 1 and 1/3


def test_other_links_show_what_is_held_fixed() -> None:
    figure = drawn("gaussian")["loss"]
    assert sp.Eq(sp.Symbol("sigma"), 1, evaluate=False) in figure.caption
    frame = frame_of(figure, (-4, 4), (0.0, 1.04 * (8 + math.log(2 * math.pi) / 2)))
    (curve,) = curves(figure)
    for point in curve:
        z, value = back(frame, point)
        assert value == pytest.approx(z * z / 2 + math.log(2 * math.pi) / 2, abs=1e-9)


def test_one_parameter_is_a_curve_around_its_estimate() -> None:
    figure = drawn("bernoulli", data="1,0,1,1")["curve"]
    frame = frame_of(figure, (0.0, 1.0), (0.0, 1.0))
    (curve,) = curves(figure)
    for point in curve:
        theta, height = back(frame, point)
        assert height == pytest.approx((theta / 0.75) ** 3 * (1 - theta) / 0.25, abs=1e-9)
    assert dots(figure) == [pytest.approx(frame.at(0.75, 1.0))]


def test_an_estimate_at_the_end_of_the_support_is_where_the_likelihood_jumps() -> None:
    figure = drawn("uniform", data="1,2.5,2")["curve"]
    ((x, _),) = dots(figure)
    (curve,) = curves(figure)
    assert all(p[1] == pytest.approx(Frame((0, 1), (0, 1)).bottom) for p in curve if p[0] < x - 1e-6)
    right = [p for p in curve if p[0] > x + 1e-6]
    assert right[0][1] < right[-1][1]
    assert any(p[0] < x - 5 for p in curve)


def test_two_parameters_are_contours_of_the_relative_likelihood() -> None:
    values = np.array([1.0, 2.0, 4.0, 3.5])
    figure = drawn("gaussian", data="1,2,4,3.5")["contours"]
    best = values.mean(), values.std()
    at = [(i.text, i.at) for i in figure.items if isinstance(i, Label) and isinstance(i.text, str)]
    across = sorted((p[0], float(t)) for t, p in at if p[1] > 200)
    up = sorted((p[1], float(t)) for t, p in at if p[1] <= 200)

    def scale(pairs: list[tuple[float, float]], place: float) -> float:
        (a, m), (b, n) = pairs[0], pairs[-1]
        return m + (n - m) * (place - a) / (b - a)

    assert [scale(across, dots(figure)[0][0]), scale(up, dots(figure)[0][1])] == pytest.approx(best, abs=1e-6)
    lines = curves(figure)
    assert len(lines) == len(LEVELS)
    found = []
    for points in lines:
        ratios = []
        for x, y in points[::20]:
            mu, sigma = scale(across, x), scale(up, y)
            logs = -4 * math.log(sigma / best[1]) - ((values - mu) ** 2).sum() / (2 * sigma**2) + 2
            ratios.append(math.exp(logs))
        found.append(ratios[0])
        assert max(ratios) - min(ratios) < 0.02
    assert sorted(found) == pytest.approx(sorted(LEVELS), abs=0.01)


def test_a_model_of_ones_own_is_drawn_by_its_structure() -> None:
    x, p, w = scalar("x", BINARY), scalar("q", UNIT), scalar("w", REAL)
    model = derive.Model(
        name="coin",
        density=p.base**x.base * (1 - p.base) ** (1 - x.base),
        data=x,
        parameters=(p,),
        link=derive.Link("sigmoid", p, w, (), 1 / (1 + sp.exp(-w.base))),
    )
    made = model.derivation()
    found = figures_of(made, data=observe(model, values="1,0"))
    assert {place: [f.name for f in figures] for place, figures in found.items()} == {
        "estimate": ["curve"],
        "loss": ["penalty"],
        "gradient": ["loss", "gradient"],
    }
    (told,) = (e for e in found["estimate"][0].caption if isinstance(e, sp.Eq))
    assert (told.lhs, float(told.rhs)) == (sp.Symbol("q_hat"), 0.5)


@pytest.mark.parametrize("missing", ["estimate", "log_likelihood", "loss", "gradient"])
@pytest.mark.parametrize("wrong", [None, sp.Tuple(sp.Integer(1)), sp.Tuple()])
def test_a_derivation_of_somebody_elses_may_lack_what_is_drawn(missing: str, wrong: sp.Basic | None) -> None:
    whole = derivation("bernoulli")
    results = {name: value for name, value in whole.results.items() if name != missing}
    if wrong is not None:
        results[missing] = wrong
    found = figures_of(replace(whole, results=results), data=observe(load("bernoulli"), values="1,0,1"))
    lost = {"estimate": "estimate", "log_likelihood": "estimate", "loss": "loss", "gradient": "gradient"}[missing]
    assert lost not in found


def test_a_wrong_maximum_or_gradient_is_not_drawn_as_if_it_were_right() -> None:
    whole, data = derivation("bernoulli"), observe(load("bernoulli"), values="1,0,1")
    (equation,) = whole.results["estimate"].args
    estimate = sp.Tuple(sp.Eq(equation.lhs, equation.rhs / 2, evaluate=False))
    found = figures_of(replace(whole, results=whole.results | {"estimate": estimate}), data=data)
    assert "estimate" not in found and "gradient" in found
    found = figures_of(replace(whole, results=whole.results | {"gradient": -whole.results["gradient"]}), data=data)
    assert "estimate" in found and "gradient" not in found


def test_long_data_are_drawn_on_coarser_grids_or_not_at_all() -> None:
    many = ",".join(str(n % 7) for n in range(10_001))
    assert "contours" not in drawn("gaussian", data=many)
    figure = drawn("gaussian", data=many[: 2 * 4000 - 1])["contours"]
    assert len(curves(figure)) == len(LEVELS)


def test_what_has_no_picture_has_none() -> None:
    assert drawn("multivariate_gaussian") == {}
    assert "triangle" not in drawn("dirichlet_categorical")  # the prior's constants are not known
    assert drawn("uniform") == {}
    assert "curve" not in drawn("bernoulli")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("counts", ["3,7", "5,3,2", "2,5,2,4,2,5"])
def test_svg_is_well_formed_and_needs_nothing_else(lang: str, counts: str) -> None:
    for figure in drawn("categorical", counts, lang=lang).values():
        content = as_svg.alone(figure, lang)
        root = ElementTree.fromstring(content)
        title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert title is not None and title.text == figure.title
        assert description is not None and description.text == figure.description
        assert figure.title in root.attrib["aria-label"] and figure.description in root.attrib["aria-label"]
        tags = {element.tag.removeprefix(SVG) for element in root.iter()}
        assert tags <= {"svg", "title", "desc", "defs", "symbol", "path", "circle", "text", "use", "rect"}
        assert content.count("://") == 1 and "url(" not in content  # the name of SVG itself
        stored = {e.attrib["id"] for e in root.iter(f"{SVG}symbol")}
        assert {e.attrib["href"].removeprefix("#") for e in root.iter(f"{SVG}use")} == stored
        assert all("font-family" not in element.attrib for element in root.iter())
        colours = re.findall(r"(?:stroke|fill|color):([^;\"]+)", content)
        assert colours and all(c == "currentColor" or c.startswith("var(--picture-") for c in colours)


def test_the_path_of_an_svg_holds_the_points_of_the_curve() -> None:
    figure = drawn("categorical", "3,7")["edge"]
    (curve,) = curves(figure)
    wanted = "M" + "L".join(f"{as_svg._n(x)} {as_svg._n(y)}" for x, y in curve)
    assert f'd="{wanted}"' in as_svg.drawing(figure, "en")[0]


def test_shades_are_even_odd_so_that_a_hole_stays_open() -> None:
    square = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0))
    figure = Figure("x", 10, 10, (Area((square, square)),), "t", "d", ())
    assert 'fill-rule="evenodd"' in as_svg.drawing(figure, "en")[0]
    assert " f*" in as_latex.picture(figure, "en")


def test_a_name_cannot_reach_a_picture_as_markup() -> None:
    nasty = '"><script>alert(1)</script>'
    figure = Figure("x", 10, 10, (Label((0, 0), nasty), Label((0, 0), sp.Symbol(nasty))), nasty, nasty, ())
    content = as_svg.alone(figure, "en")
    assert "<script" not in content
    ElementTree.fromstring(content)


def test_latex_draws_the_same_points_and_loads_no_file() -> None:
    figure = drawn("categorical", "3,7")["edge"]
    content = as_latex.picture(figure, "en")
    (curve,) = curves(figure)
    for x, y in (curve[0], curve[50], curve[-1]):
        place = f"{x * as_latex.SCALE:.2f} {(figure.height - y) * as_latex.SCALE:.2f}"
        assert place in " ".join(content.split())
    page = latex.document(derivation("categorical"), data=observe(load("categorical"), "3,7"))
    assert page.count("\\begin{picture}") == 4
    assert "\\includegraphics" not in page and "\\input{" not in page


@pytest.mark.parametrize("lang, program", [("en", "pdflatex"), ("ja", "lualatex")])
def test_documents_with_pictures_compile_without_overfull_lines(lang: str, program: str, tmp_path: Path) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"no {program} here")
    found = [
        *drawn("categorical", "3,7", lang=lang).values(),
        *drawn("categorical", "5,3,2", lang=lang).values(),
        *drawn("categorical", "2,5,2,4,2,5", lang=lang).values(),
        *drawn("gaussian", data="1,2,4,3.5", lang=lang).values(),
    ]
    lines = [line for n in range(0, len(found), 2) for line in as_latex.figures(tuple(found[n : n + 2]), lang)]
    start = latex._PREAMBLES[lang] + latex._PACKAGES + as_latex.COMMAND
    whole = "\n".join([start, "\\begin{document}", *lines, *as_latex.figures((found[0],), lang), "\\end{document}"])
    (tmp_path / "page.tex").write_text(whole, encoding="utf-8")
    command = [program, "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    run = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, timeout=120)
    assert run.returncode == 0, run.stdout[-1500:]
    log = (tmp_path / "page.log").read_text(encoding="utf-8", errors="replace")
    assert "Overfull" not in log and "Missing character" not in log


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pages_hold_the_pictures_in_the_sections_they_belong_to(lang: str) -> None:
    page = html.page(derivation("categorical"), lang, data=observe(load("categorical"), "2,5,2,4,2,5"))
    parts = dict(re.findall(r'<section id="(\w+)">(.*?)</section>', page, re.S))
    shown = {place: content.count("<figure>") for place, content in parts.items() if "<figure>" in content}
    assert shown == {"estimate": 1, "loss": 1, "gradient": 2}
    assert page.count("<figcaption>") == 4


def test_both_languages_say_the_same_things() -> None:
    holes = {lang: {k: set(re.findall(r"\{(\w+)\}", text)) for k, text in WORDS[lang].items()} for lang in LANGUAGES}
    assert holes["en"].keys() == holes["ja"].keys()
    for key, names in holes["en"].items():
        assert names == holes["ja"][key], key


def test_importing_derive_loads_nothing_that_draws() -> None:
    code = "import sys, derive; print([m for m in ('matplotlib', 'contourpy', 'ziamath') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
