"""How HTML pages look: one column, light and dark, from phones to desks."""

STYLE = """
:root { color-scheme: light dark; --ink: #1d1e22; --paper: #fffefb; --soft: #5d6068; --line: #e3dfd5;
  --good: #17663a; --fair: #7a5200; --bad: #a4231a; --open: #5d6068; --why: #f6f3ea; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6e1; --paper: #17181b; --soft: #a5a8b0; --line: #34363c;
  --good: #7fcf9d; --fair: #e0b45c; --bad: #ff9488; --open: #a5a8b0; --why: #202227; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); line-height: 1.6; font-size: 1.0625rem;
  font-family: Charter, "Bitstream Charter", Cambria, Georgia, "Hiragino Mincho ProN", "Yu Mincho",
  "Noto Serif CJK JP", serif; overflow-wrap: break-word; }
main { max-width: 48rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .4rem; }
.hint { color: var(--soft); font-size: .95rem; margin: 0; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; padding-bottom: .2rem; border-bottom: 1px solid var(--line); }
dl { margin: 0 0 1rem; display: grid; grid-template-columns: minmax(0, auto) minmax(0, 1fr); gap: .25rem 1.2rem; }
dt, dd { margin: 0; min-width: 0; }
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
"""
