"""Documents: which formulas are found in which kind of file, where they stand, and what words stand before them."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from derive.read.documents.document import MOST_BYTES, Document, NoDocument, document_of, open_document
from derive.read.judging import check_document

SHARED = Path(__file__).resolve().parents[3] / "shared"
SEEDS = SHARED / "seeds"
CORPUS = SHARED / "corpus" / "statproofbook"


def displays(document: Document) -> list[str]:
    return [" ".join(block.source.split()) for block in document.displays]


def inlines(document: Document) -> list[str]:
    return [block.source for block in document.blocks if block.kind == "inline"]


MARKDOWN = r"""---
title: $$ no $$
---
# First $x$

Text \(a_1 * b_1\) and $b_1$, $$ c=d $$ more.
\[ a = b \]

## Second

> quoted
>
> $$ \label{eq:x}
> a
> = b
> $$

1. item $q$ and `$code$`

   $$ x = y $$

```python
y = "$$ code $$"
```

\begin{align}
a &= b
\end{align}

| a | b |
|---|---|
| $a \| b$ | `$c$` |

<div>
$$ z = 1 $$
</div>

<!-- $$ comment $$ -->

    $$ code $$

It costs $5 or $6. The end.
"""


def test_markdown() -> None:
    document = document_of(MARKDOWN, kind="markdown")
    assert displays(document) == [
        "c=d",
        "a = b",
        r"\label{eq:x} a = b",
        "x = y",
        r"\begin{align} a &= b \end{align}",
        "z = 1",
    ]
    assert inlines(document) == ["x", r"a_1 * b_1", "b_1", "q", "a  | b"]
    assert [document.place(block.start) for block in document.displays] == [
        (6, 34),
        (7, 3),
        (13, 6),
        (20, 7),
        (26, 1),
        (35, 3),
    ]
    assert document.displays[3].headings == ("First $x$", "Second")
    assert "item $q$" in document.displays[3].prose
    assert document.closing.endswith("The end.")


def test_sources_stand_where_they_say() -> None:
    document = document_of(MARKDOWN, kind="markdown")
    for block in document.blocks:
        stands = document.text[block.start : block.end]
        assert len(stands) == len(block.source)
        assert stands.replace(">", " ").replace("\\|", " |") == block.source


def test_text() -> None:
    text = "Let \\(a\\) be, $b$ too.\n\n$$\nc = d\n$$\n\\[ e \\]\n\\begin{align*} f &= g \\end{align*} \\$5 $6 $$open"
    document = document_of(text, kind="text")
    assert displays(document) == ["c = d", "e", r"\begin{align*} f &= g \end{align*}"]
    assert inlines(document) == ["a", "b"]
    assert document.displays[0].prose == "Let \\(a\\) be, $b$ too."
    assert document.displays[1].prose == ""
    assert document.place(document.displays[0].start + 1) == (4, 1)


def test_what_stands_around_an_article_is_not_read() -> None:
    text = "$$ a = b $$\n\nRead more\n\n$$ c = d $$\n"
    assert displays(document_of(text, kind="text")) == ["a = b"]
    assert displays(document_of(text.replace("Read more", "投稿者プロフィール"), kind="text")) == ["a = b"]
    assert displays(document_of(text.replace("Read more", "Read more of it"), kind="text")) == ["a = b", "c = d"]


def test_broken_delimiters_break_nothing_else() -> None:
    inline = "$\\begin{pmatrix}\n1 \\\n\\end{pmatrix}\\( と \\)3 \\times 2\\( の \\)x$ b"
    text = f"$$ a $$\n\n{inline}\n\n$$ c $$\n\n\\( open\n\n$$ d $$"
    assert displays(document_of(text, kind="text")) == ["a", "c", "d"]


def test_html() -> None:
    page = """<!DOCTYPE html><html><head><script>var a="$$no$$";</script></head><body><h1>Title</h1>
<p>Let $a &lt; b$ and <code>$no$</code></p><p>\\[ x_1 &amp;= <em>y</em> \\]</p>
<script type="math/tex; mode=display">a &= b</script>
<span class="katex"><math display="block"><semantics><mi>q</mi><annotation encoding="application/x-tex">q &amp;= 2
</annotation></semantics></math><span aria-hidden="true">$$q=2$$</span></span>
<p>one $ here</p><p>and $ there</p></body></html>"""
    document = document_of(page)
    assert document.kind == "html"
    assert displays(document) == ["x_1 & = y", "a &= b", "q & = 2"]
    assert inlines(document) == ["a <    b"]
    for block in document.displays:
        line, column = document.place(block.start)
        stands = page.split("\n")[line - 1][column - 1 :]
        assert stands.split()[0].startswith(block.source.split()[0][:1])
    assert document.displays[0].headings == ("Title",)
    assert "Let $a <" in document.displays[0].prose


def test_tex() -> None:
    text = """\\documentclass{article}
\\newcommand{\\a}{$x$}
\\begin{document}
\\section{One}
Text $a$ \\% 5 % $$no$$
\\begin{align*}
a &= b % no
\\\\ &= d
\\end{align*}
\\begin{verbatim}
$$ no $$
\\end{verbatim}
\\[ x \\]
\\end{document} $$z$$"""
    document = document_of(text)
    assert document.kind == "tex"
    assert displays(document) == [r"\begin{align*} a &= b \\ &= d \end{align*}", "x"]
    assert document.displays[1].headings == ("One",)
    assert document.place(document.displays[0].start) == (6, 1)


def test_notebook() -> None:
    cells = [
        {"cell_type": "code", "source": ["x = '$$ no $$'\n"]},
        {"cell_type": "markdown", "source": ["# Head\n", "$$\\frac{1}{2}\n", "= é\t x$$\n"]},
        {"cell_type": "markdown", "source": "in one string $a$\n\n$$ b = c $$"},
    ]
    text = json.dumps({"cells": cells, "nbformat": 4}, indent=1)
    document = document_of(text)
    assert document.kind == "notebook"
    assert displays(document) == ["\\frac{1}{2} = é x", "b = c"]
    lines = text.split("\n")
    for block, shown in zip(document.displays, ("\\\\frac", "b = c"), strict=True):
        line, column = document.place(block.start + (block.source[0] == " "))
        assert lines[line - 1][column - 1 :].startswith(shown)
    line, column = document.place(document.displays[0].start + document.displays[0].source.index("x"))
    assert lines[line - 1][column - 1 :].startswith("x$$")


def test_steps_of_a_notebook_stand_on_lines_of_the_file() -> None:
    cells = [{"cell_type": "markdown", "source": ["# Head\n", "$$1 + 1\n", "= 3$$\n"]}]
    text = json.dumps({"cells": cells, "nbformat": 4}, indent=1)
    (step,) = check_document(document_of(text)).steps
    assert step.line is not None and step.column is not None
    assert step.verdict == "refuted"
    assert text.split("\n")[step.line - 1][step.column - 1 :].startswith("3$$")


def test_commands_that_a_file_defines() -> None:
    head = "\\documentclass{article}\\newcommand{\\half}{\\frac{1}{2}}"
    text = head + "\\begin{document}\\[ \\half + \\half = 2 \\]\\end{document}"
    (step,) = check_document(document_of(text)).steps
    assert (step.verdict, step.before, step.line) == ("refuted", "\\half + \\half", 1)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"cells": 3}', "[" * 100_000, '{"cells": ' + "[" * 100_000])
def test_no_notebook(text: str) -> None:
    with pytest.raises(NoDocument):
        document_of(text, kind="notebook")


def test_odd_notebooks() -> None:
    odd = {"cells": [3, {"cell_type": "markdown"}, {"cell_type": "markdown", "source": [1, "$$a$$"]}]}
    assert displays(document_of(json.dumps(odd), kind="notebook")) == ["a"]


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"\xef\xbb\xbf$$ a = b $$\r\n\r\n$$ c $$\r\n\xff")
    document = open_document(path)
    assert (document.kind, displays(document)) == ("markdown", ["a = b", "c"])
    assert document.place(document.displays[1].start) == (3, 4)
    with pytest.raises(NoDocument, match="folder"):
        open_document(tmp_path)
    with pytest.raises(OSError):
        open_document(tmp_path / "missing.md")
    (tmp_path / "b.md").write_bytes(b"\0\1\2")
    with pytest.raises(NoDocument, match="text"):
        open_document(tmp_path / "b.md")
    with (tmp_path / "c.md").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(NoDocument, match="larger"):
        open_document(tmp_path / "c.md")


@pytest.mark.parametrize("kind", ["markdown", "text", "html", "tex"])
@pytest.mark.parametrize(
    "piece",
    ["$", "$$ ", "\\(", "\\[ ", "\\begin{align}", "<p>", "<", "&", "`", "> ", "[", "*_", "- ", "<!--", "%", "$a "],
)
def test_bounded(kind: str, piece: str) -> None:
    for text in (piece * 200_000, (piece + "\n") * 20_000):
        start = time.monotonic()
        document_of(text, kind=kind)
        assert time.monotonic() - start < 10


#: How often `$$` stands in each article, half of it, before the page around it begins.
ARTICLES = {"000": 12, "001": 13, "002": 14, "003": 0, "004": 14}


@pytest.mark.skipif(not SEEDS.exists(), reason="the articles are not beside the project")
def test_articles() -> None:
    for path in sorted(SEEDS.glob("0*.txt")):
        document = open_document(path)
        assert document.kind == "text"
        assert len(document.displays) == ARTICLES[path.name[:3]]
        for block in document.blocks:
            assert document.text[block.start : block.end] == block.source


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of proofs is not beside the project")
def test_every_display_of_the_corpus_is_found() -> None:
    for path in sorted(CORPUS.rglob("*.md")):
        if path.name == "README.md":
            continue
        document = open_document(path)
        assert len(document.displays) == document.text.count("$$") / 2, path.name
        assert not any("layout: proof" in block.prose for block in document.blocks)
