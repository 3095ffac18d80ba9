"""How HTML pages look: one column, light and dark, from phones to desks."""

from __future__ import annotations

import re

#: Light and dark paper, by what the reader's system says.
_COLOURS = """
:root { color-scheme: light dark; --ink: #1d1e22; --paper: #fffefb; --soft: #5d6068; --line: #e3dfd5;
  --good: #17663a; --fair: #7a5200; --bad: #a4231a; --open: #5d6068; --why: #f6f3ea;
  --picture-soft: #8b8d93; --picture-one: #1f62ad; --picture-two: #b4480a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6e1; --paper: #17181b; --soft: #a5a8b0; --line: #34363c;
  --good: #7fcf9d; --fair: #e0b45c; --bad: #ff9488; --open: #a5a8b0; --why: #202227;
  --picture-soft: #777a82; --picture-one: #79b2f2; --picture-two: #f0a15e; } }
"""
_SHEET = """
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); line-height: 1.6; font-size: 1.0625rem;
  font-family: Charter, "Bitstream Charter", Cambria, Georgia, "Hiragino Mincho ProN", "Yu Mincho",
  "Noto Serif CJK JP", serif; overflow-wrap: break-word; }
main { max-width: 48rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
"""
_PARTS = """
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .4rem; }
.hint { color: var(--soft); font-size: .95rem; margin: 0; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; padding-bottom: .2rem; border-bottom: 1px solid var(--line); }
dl { margin: 0 0 1rem; display: grid; grid-template-columns: minmax(0, auto) minmax(0, 1fr); gap: .25rem 1.2rem; }
dt, dd { margin: 0; min-width: 0; }
.keep { white-space: nowrap; }
.where { color: var(--soft); white-space: nowrap; }
svg.f { display: inline-block; max-width: none; fill: currentColor; }
.block { margin: .7rem 0 1.1rem; }
.row { display: flex; align-items: baseline; gap: .45rem; padding: .1rem 0; }
.left { flex: none; }
.formula { flex: 1 1 auto; min-width: 0; overflow-x: auto; overflow-y: hidden; padding: .3rem 0; white-space: nowrap; }
.more { display: inline-block; padding: .35rem 0 0 2em; }
.wide { display: inline-block; max-width: 100%; overflow-x: auto; overflow-y: hidden; vertical-align: middle; }
.number { flex: none; color: var(--soft); }
.mark { flex: none; width: 1.5em; text-align: center; font-family: system-ui, sans-serif; }
.good { color: var(--good); } .fair { color: var(--fair); } .bad { color: var(--bad); }
.open, .none { color: var(--open); }
summary { cursor: pointer; list-style: none; border-radius: .25rem; }
summary::-webkit-details-marker { display: none; }
summary:hover, details[open] > summary { background: var(--why); }
.why { background: var(--why); border-radius: .25rem; padding: .4rem .8rem; margin: 0 0 .5rem; font-size: .95rem; }
.verdict { font-family: system-ui, sans-serif; font-size: .85rem; }
:focus-visible { outline: 2px solid currentColor; outline-offset: 1px; }
@media (max-width: 34rem) { dl { display: block; } dd { margin: 0 0 .6rem; color: var(--soft); }
  .where { white-space: normal; } }
.pictures { display: flex; flex-wrap: wrap; gap: 1rem 1.5rem; margin: 1.4rem 0 .5rem; }
figure { flex: 1 1 19rem; max-width: 24rem; min-width: 0; margin: 0; }
.pictures > figure:only-child { margin: 0 auto; }
svg.picture { --picture-text: var(--soft); display: block; width: 100%; height: auto; }
figcaption { color: var(--soft); font-size: .9rem; line-height: 1.5; margin-top: .5rem; }
"""
#: A fragment takes the colours of the page around it, which may be light or dark whatever the system says.
_AROUND = """
.derivation { --ink: currentColor; --soft: color-mix(in srgb, currentColor 72%, transparent);
  --line: color-mix(in srgb, currentColor 20%, transparent); --why: color-mix(in srgb, currentColor 7%, transparent);
  --good: #2c8a55; --fair: #a8760c; --bad: #d0493c; --open: var(--soft); --picture-soft: #85878e;
  --picture-one: #3b7cc4; --picture-two: #c8621b; max-width: 48rem; line-height: 1.6; }
"""


def _scoped(rules: str, within: str) -> str:
    """The rules for what stands inside of `within`, and for nothing else on the page."""

    def rule(found: re.Match[str]) -> str:
        selectors = ", ".join(f"{within} {selector.strip()}" for selector in found[1].split(","))
        return f"{selectors} {{{found[2]}}}\n"

    return re.sub(r"([^{}@]+)\{([^{}]*)\}\s*", rule, rules)


#: The styles of a page of its own, and of a part of somebody else's page.
STYLE = _COLOURS + _SHEET + _PARTS
FRAGMENT = _AROUND + _scoped(_PARTS, ".derivation")
