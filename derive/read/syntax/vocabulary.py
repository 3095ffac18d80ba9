"""The words of LaTeX mathematics: what every command and every sign of Unicode is, and how strongly operators bind.

One table a kind. A command in none of them is not understood, and whoever meets it says so.
"""

# ruff: noqa: SIM905 (words in a row are easier to read and to extend than lists of strings)
from __future__ import annotations

import unicodedata

#: How strongly operators hold their operands, weakest first. Relations and separators are weaker than all of these; a
#: script ("^", "_", "!", "'") is stronger. "beside" is a product without a sign; it binds like a dot.
BINDING = {"join": 10, "sign": 20, "times": 30, "beside": 30}

GREEK = frozenset(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu xi omicron pi "
    "varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon "
    "Phi Psi Omega digamma".split()
)

#: Commands that stand for one symbol, with its name.
SYMBOLS = {name: name for name in GREEK} | {
    **{name: name for name in "infty partial nabla ell hbar imath jmath aleph Re Im wp top bot dagger bullet".split()},
    **{name: name for name in "star ast degree prime square triangle neg".split()},
    "emptyset": "emptyset",
    "varnothing": "emptyset",
    "lnot": "neg",
    "circledast": "ast",
    "intercal": "top",
    "hslash": "hbar",
    "Box": "square",
}

#: Names that are set as words, and such as packages or preambles define again and again.
NAMED = {name: (name, "operator") for name in "Pr Var Cov Corr KL var cov Bern Beta Dir".split()}
NAMED |= {"E": ("E", "blackboard"), "R": ("R", "blackboard"), "P": ("P", "blackboard")}

#: Signs that stand for words.
SPOKEN = {"forall": "for all", "exists": "there is", "nexists": "there is no", "therefore": "therefore"}
SPOKEN |= {"because": "because"}

#: Functions that are read with what follows them, however their names are set. The value is the name in the tree.
FUNCTIONS = {
    **{name: name for name in "log ln lg exp sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan".split()},
    **{name: name for name in "det dim ker hom deg gcd arg erf erfc sgn tr rank diag logit expit".split()},
    "sign": "sgn",
    "Tr": "tr",
    "trace": "tr",
    "Log": "log",
    "softmax": "softmax",
    "argmax": "arg max",
    "argmin": "arg min",
    "arg max": "arg max",
    "arg min": "arg min",
    "rk": "rank",
    "Diag": "diag",
}

#: Words that are read as functions also where they are typed as letters side by side (`log L`).
TYPED = frozenset("log ln exp sin cos tan tanh sinh cosh max min det erf sgn argmax argmin".split())

#: Operators with something below them; "max" and its like are functions where nothing is.
EXTREMA = {
    **{name: name for name in "max min sup inf lim limsup liminf".split()},
    "varlimsup": "limsup",
    "varliminf": "liminf",
}

BIG = frozenset("sum prod coprod int iint iiint oint bigcup bigcap bigoplus bigotimes bigvee bigwedge bigsqcup".split())
INTEGRALS = frozenset({"int", "iint", "iiint", "oint"})

#: Relations: the value is how the tree writes them.
RELATIONS = {
    **{
        name: "\\" + name
        for name in (
            "approx sim simeq cong equiv propto doteq in notin ni subset subseteq supset supseteq subsetneq ll gg prec "
            "succ preceq succeq perp mapsto models vdash asymp lesssim gtrsim rightarrow leftrightarrow "
            "triangleq nrightarrow hookrightarrow nearrow searrow uparrow downarrow sqsubseteq thicksim "
            "approxeq precsim succsim trianglelefteq bowtie between rightharpoonup"
        ).split()
    },
    **{name: "\\leq" for name in ("le", "leq", "leqslant", "leqq")},
    **{name: "\\geq" for name in ("ge", "geq", "geqslant", "geqq")},
    **{name: "\\neq" for name in ("ne", "neq")},
    **{name: "\\Leftrightarrow" for name in ("Leftrightarrow", "iff", "Longleftrightarrow")},
    **{name: "\\Rightarrow" for name in ("Rightarrow", "implies", "Longrightarrow")},
    **{name: "\\Leftarrow" for name in ("Leftarrow", "impliedby", "Longleftarrow")},
    **{name: ":=" for name in ("coloneqq", "coloneq", "defeq", "triangleq", "vcentcolon")},
    "lt": "<",
    "gt": ">",
    "to": "\\to",
    "longrightarrow": "\\to",
    "rightarrow": "\\to",
    "xrightarrow": "\\to",
    "gets": "\\leftarrow",
    "leftarrow": "\\leftarrow",
    "longleftarrow": "\\leftarrow",
    "xleftarrow": "\\leftarrow",
    "longmapsto": "\\mapsto",
    "eqqcolon": "=:",
    "thickapprox": "\\approx",
    "leadsto": "\\leadsto",
    "rightsquigarrow": "\\leadsto",
    "varpropto": "\\propto",
    "nsubseteq": "\\not\\subseteq",
    "nless": "\\not<",
    "ngtr": "\\not>",
    "nsim": "\\not\\sim",
}

SIGNS = {"pm": "\\pm", "mp": "\\mp"}
TIMES = {
    **{name: "\\" + name for name in "cdot times div circ odot otimes wr".split()},
    "cdotp": "\\cdot",
    "centerdot": "\\cdot",
    "bmod": "\\bmod",
    "mod": "\\bmod",
}
JOINS = {
    **{name: "\\" + name for name in "cup cap setminus wedge vee oplus ominus sqcup sqcap uplus".split()},
    "land": "\\wedge",
    "lor": "\\vee",
    "backslash": "\\setminus",
    "smallsetminus": "\\setminus",
    "bigtriangleup": "\\triangle",
}

DOTS = {
    **{name: "\\ldots" for name in ("ldots", "dots", "dotsc", "dotso")},
    **{name: "\\cdots" for name in ("cdots", "dotsb", "dotsm", "dotsi")},
    "vdots": "\\vdots",
    "ddots": "\\ddots",
    "iddots": "\\ddots",
}

ACCENTS = {
    **{name: name for name in "hat bar tilde dot ddot dddot vec check breve acute grave mathring underline".split()},
    "widehat": "hat",
    "widetilde": "tilde",
    "widecheck": "check",
    "overline": "bar",
    "underbar": "underline",
    "overrightarrow": "vec",
}

#: How a name is set.
STYLES = {
    **{name: "bold" for name in ("mathbf", "boldsymbol", "bm", "textbf", "mathbold", "pmb", "bold", "symbf")},
    **{name: "roman" for name in ("mathrm", "mathup", "symrm", "mathnormalfont")},
    **{name: "calligraphic" for name in ("mathcal", "mathscr", "symcal")},
    **{name: "blackboard" for name in ("mathbb", "mathds", "mathbbm", "symbb", "Bbb")},
    **{name: "fraktur" for name in ("mathfrak", "frak")},
    **{name: "operator" for name in ("operatorname", "operatorname*", "mathop", "DeclareMathOperator")},
    **{name: "sans" for name in ("mathsf", "textsf", "symsf")},
    **{name: "typewriter" for name in ("mathtt", "texttt")},
    **{name: "" for name in ("mathit", "mathnormal", "symit", "mathord", "mathstrut")},
}

#: Styles that hold to the end of their braces: `{\rm d}x`.
SWITCHES = {"rm": "roman", "bf": "bold", "it": "", "sf": "sans", "tt": "typewriter", "cal": "calligraphic"}

#: Styles in which letters side by side are one word.
WORDY = frozenset({"roman", "operator", "text", "calligraphic", "blackboard", "sans", "typewriter", "fraktur"})

#: Commands with words in braces.
TEXTS = frozenset("text textrm textnormal textit mbox hbox textup emph intertext shortintertext textmd".split())

#: Commands that only set space or type and leave nothing; the number is how many arguments go with them.
SILENT = {
    **{
        name: 0
        for name in (
            "left. displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits nonumber notag allowbreak "
            "nobreak thinspace medspace thickspace negthinspace negmedspace negthickspace enspace hfill strut hline "
            "noindent centering newline relax rm@ small normalsize large toprule midrule bottomrule protect break "
            "mathstrut displaybreak enskip space nobreakspace phantom@ hfil dotfill par smallskip medskip bigskip"
        ).split()
    },
    **{name: 1 for name in "hspace hspace* vspace vspace* phantom hphantom vphantom color footnote cline".split()},
    **{
        name: 1 for name in "textcolor hskip@ mathcolor fontsize setlength renewcommand label* cite citep citet".split()
    },
    "colorbox": 1,
}

#: Commands that pass their one argument through.
TRANSPARENT = frozenset(
    "mathopen mathclose mathinner boxed fbox ensuremath smash mathclap bbox mathstrut@ vcenter".split()
)

FRACTIONS = frozenset("frac dfrac tfrac cfrac nicefrac sfrac".split())
BINOMIALS = frozenset("binom dbinom tbinom".split())
SIZES = frozenset("big Big bigg Bigg bigl bigr bigm Bigl Bigr Bigm biggl biggr biggm Biggl Biggr Biggm".split())

OPENING = {"lbrace": "\\{", "langle": "\\langle", "lfloor": "\\lfloor", "lceil": "\\lceil", "lvert": "|"}
OPENING |= {"lVert": "\\|", "lbrack": "[", "lparen": "(", "lgroup": "(", "llbracket": "["}
CLOSING = {"rbrace": "\\}", "rangle": "\\rangle", "rfloor": "\\rfloor", "rceil": "\\rceil", "rvert": "|"}
CLOSING |= {"rVert": "\\|", "rbrack": "]", "rparen": ")", "rgroup": ")", "rrbracket": "]"}
BARS = {"vert": "|", "mid": "\\mid", "Vert": "\\|", "parallel": "\\|", "|": "\\|"}

#: Which closing fence may answer an opening one (half-open intervals mix them).
ANSWERS = {
    "(": (")", "]"),
    "[": ("]", ")"),
    "\\{": ("\\}",),
    "\\langle": ("\\rangle",),
    "\\lfloor": ("\\rfloor", "\\rceil"),
    "\\lceil": ("\\rceil", "\\rfloor"),
    "|": ("|",),
    "\\|": ("\\|",),
}

#: Environments whose rows are rows of the block.
ROWED = frozenset(
    "aligned align align* alignat alignat* alignedat split gather gather* gathered multline multline* multlined "
    "eqnarray eqnarray* equation equation* flalign flalign* displaymath math subequations dmath dmath*".split()
)
#: Environments of cells, with the fence that stands around them.
MATRICES = {"pmatrix": "(", "bmatrix": "[", "vmatrix": "|", "Vmatrix": "\\|", "Bmatrix": "\\{", "matrix": ""}
MATRICES |= {name + "*": fence for name, fence in MATRICES.items()}
MATRICES |= {"smallmatrix": "", "array": "", "psmallmatrix": "(", "bsmallmatrix": "[", "tabular": "", "subarray": ""}
CASES = frozenset({"rcases", "cases", "dcases", "cases*", "dcases*", "numcases"})

#: Unicode that stands for a command (written without its backslash) or for another sign.
UNICODE = {
    **{"·": "cdot", "⋅": "cdot", "∙": "cdot", "×": "times", "÷": "div", "∘": "circ", "⊙": "odot", "⊗": "otimes"},
    **{"∗": "ast", "⋆": "star", "±": "pm", "∓": "mp", "∪": "cup", "∩": "cap", "∖": "setminus", "∧": "wedge"},
    **{"∨": "vee", "⊕": "oplus", "≤": "leq", "≦": "leq", "⩽": "leq", "≥": "geq", "≧": "geq", "⩾": "geq", "≠": "neq"},
    **{"≈": "approx", "≒": "approx", "≃": "simeq", "≅": "cong", "≡": "equiv", "∝": "propto", "∼": "sim", "∈": "in"},
    **{"∉": "notin", "⊂": "subset", "⊆": "subseteq", "⊃": "supset", "⊇": "supseteq", "≪": "ll", "≫": "gg"},
    **{"⇒": "Rightarrow", "⇔": "Leftrightarrow", "⟹": "Rightarrow", "⟺": "Leftrightarrow", "→": "to", "←": "gets"},
    **{"↦": "mapsto", "≔": "coloneqq", "⊥": "perp", "∥": "parallel", "∞": "infty", "∂": "partial", "∇": "nabla"},
    **{"∑": "sum", "∏": "prod", "∫": "int", "∬": "iint", "√": "sqrt", "…": "ldots", "⋯": "cdots", "⋮": "vdots"},
    **{"⋱": "ddots", "∀": "forall", "∃": "exists", "¬": "neg", "∅": "emptyset", "ℓ": "ell", "⟨": "langle"},
    **{"⟩": "rangle", "⌊": "lfloor", "⌋": "rfloor", "⌈": "lceil", "⌉": "rceil", "∣": "mid", "‖": "Vert"},
    **{"∴": "therefore", "∵": "because", "†": "dagger", "⊤": "top", "•": "bullet", "≜": "triangleq", "°": "degree"},
}
#: Unicode letters of Greek: to the name of the command.
GREEK_LETTERS = dict(
    zip(
        "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩϵϑϖϱςϕµ",
        (
            "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon "
            "varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega epsilon vartheta varpi "
            "varrho varsigma phi mu"
        ).split(),
        strict=True,
    )
)
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱᵀ", "0123456789+-()niT", strict=True))
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₍₎ᵢⱼₖₙₘₓ", "0123456789+-()ijknmx", strict=True))
#: Signs that look like others.
LOOKALIKES = {"−": "-", "–": "-", "‐": "-", "‑": "-", "﹣": "-", "∕": "/", "⁄": "/", "′": "'", "’": "'", "∶": ":"}
LOOKALIKES |= {
    "″": "''",
    "、": ",",
    "。": ".",
    "，": ",",
    "．": ".",
    "〜": "~",
    "　": " ",
    "｜": "|",
    "⟦": "[",
    "⟧": "]",
}

#: Words that join statements rather than name something.
CONNECTIVES = frozenset(
    (
        "there if for and where with otherwise or when since because such that as by are is else then all subject "
        "to so hence thus over under given we have let i.e. e.g. s.t. iff in of on at the a an not but while until "
        "from only any each every therefore even odd denotes "
    ).split()
)

#: Relations of two characters.
PAIRS = {":=": ":=", "=:": "=:", "<=": "\\leq", ">=": "\\geq", "==": "=", "->": "\\to", "=>": "\\Rightarrow"}
PAIRS |= {"<<": "\\ll", ">>": "\\gg"}

#: Signs of one character, and their kinds of token.
SINGLE = {
    "&": "amp",
    "^": "sup",
    "_": "sub",
    "{": "{",
    "}": "}",
    "!": "bang",
    "%": "percent",
    ",": "separator",
    ";": "separator",
    ":": "separator",
    "+": "sign",
    "-": "sign",
    "*": "times",
    "/": "times",
    "=": "relation",
    "<": "relation",
    ">": "relation",
    "(": "open",
    "[": "open",
    ")": "close",
    "]": "close",
    "|": "bar",
    ".": "point",
    "'": "prime",
}

#: Commands that are one word by themselves: the tables in which they are looked up, and their kinds of token.
KINDS: tuple[tuple[dict[str, str], str], ...] = (
    (SYMBOLS, "symbol"),
    (RELATIONS, "relation"),
    (SIGNS, "sign"),
    (TIMES, "times"),
    (JOINS, "join"),
    (DOTS, "dots"),
    (EXTREMA, "extremum"),
    (FUNCTIONS, "function"),
    (ACCENTS, "accent"),
    (STYLES, "style"),
    (OPENING, "open"),
    (CLOSING, "close"),
    (BARS, "bar"),
    ({"colon": ":"}, "separator"),
    ({"ast": "*"}, "times"),
)

#: Letters that have a style in Unicode, by their names there.
_STYLED = (("DOUBLE-STRUCK", "blackboard"), ("FRAKTUR", "fraktur"), ("SCRIPT", "calligraphic"), ("BOLD", "bold"))


def letter_style(char: str) -> str:
    """How a letter is set whose style is its own character: ℝ, 𝐱, 𝒩."""
    name = unicodedata.name(char, "")
    found = (style for word, style in _STYLED if word in name)
    return next(found, "")
