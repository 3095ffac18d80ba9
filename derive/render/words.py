"""All words of the pages, by language: section titles, kinds of step, verdicts, and the phrases between formulas."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Vocabulary:
    """The words of one language. In phrases, {…} marks what is put in."""

    sections: dict[str, str]
    kinds: dict[str, str]
    verdicts: dict[str, str]
    results: dict[str, str]
    symbols: dict[str, str]
    conventions: str
    untitled: str
    kinds_of_model: dict[str, str]
    with_prior: dict[str, str]
    links: dict[str, str]
    link: str
    own: str
    also: str
    no_closed_form: str
    on_boundary: str
    opens: str
    predictor: str
    kink: str
    needs: str
    using: str
    using_alone: str
    using_needs: str
    steps: str
    listing: str
    shown: str
    shown_item: str
    count: str
    needed: str
    nothing_needed: str
    checked: str
    otherwise: str
    counterexample: str


#: A mark before a verdict; what is no claim has none.
MARKS = {"proved": "✓", "tested": "≈", "refuted": "✗", "ill-formed": "✗", "undecided": "?", "unread": "?"}

#: Verdicts from worst to best: several steps in one line are as good as the worst of them.
WORST_FIRST = (
    "refuted", "ill-formed", "unread", "undecided", "tested", "proved", "substitution", "definition", "hypothesis",
)  # fmt: skip

_ENGLISH = Vocabulary(
    sections={
        "given": "What is given",
        "likelihood": "Likelihood",
        "log_likelihood": "Log-likelihood",
        "score": "Score: the derivative of the log-likelihood",
        "estimate": "Maximum likelihood estimate",
        "maximum": "Why it is the maximum",
        "loss": "From likelihood to loss",
        "gradient": "Gradient of the loss",
        "hessian": "Second derivatives",
        "sufficient": "Sufficient statistics",
        "fisher": "Fisher information",
        "vector": "In vectors and matrices",
        "example": "In numbers",
        "shown": "What was shown",
    },
    kinds={
        "equal": "",
        "inequality": "",
        "equivalent": "the same condition, rewritten",
        "solves": "as putting in the values shows",
        "solves_only": "the only solution in the domain",
        "maximises": "maximises {before}",
        "maximises_subject": "maximises {before} subject to {bind}",
        "claim_and_reason": "{claim}: {reason}",
        "definition": "definition",
        "hypothesis": "assumed",
        "substitution": "putting in the values",
        "substitution_bind": "putting in {bind}",
    },
    verdicts={
        "proved": "proved",
        "tested": "tested in numbers",
        "refuted": "refuted",
        "ill-formed": "ill-formed",
        "undecided": "undecided",
        "unread": "not understood",
        "definition": "definition",
        "hypothesis": "hypothesis",
        "substitution": "substitution",
    },
    results={
        "likelihood": "likelihood",
        "log_likelihood": "log-likelihood",
        "score": "score",
        "lagrangian": "Lagrangian",
        "multiplier": "multiplier",
        "estimate": "maximum likelihood estimate",
        "loss": "loss",
        "sample_loss": "loss of one observation",
        "mean_loss": "mean loss",
        "gradient": "gradient of the loss",
        "hessian": "second derivative",
        "sufficient": "sufficient statistics",
        "fisher": "Fisher information",
        "log_posterior": "log-posterior",
        "map": "maximum a posteriori estimate",
    },
    symbols={"N": "number of observations, at least 1"},
    conventions="what is meant where a probability is 0",
    untitled="The model {name}",
    kinds_of_model={
        "discrete": "Discrete",
        "on the line": "On the real line",
        "positive": "Positive",
        "bounded or circular": "Bounded or circular",
        "multivariate": "Multivariate",
        "conditional": "Conditional on inputs",
        "with a prior": "With a prior",
    },
    with_prior={"score": "Score: the derivative of the log-posterior", "estimate": "Maximum a posteriori estimate"},
    links={"sigmoid": "logistic sigmoid", "exp": "exponential"},
    link="{reason}: the {name} function",
    own="{words}, as predicted for sample {index}",
    also="{first}; {second}",
    no_closed_form="There is no closed form: solving the equations below numerically gives {unknowns}.",
    kink="Where {points} there is no derivative: sgn, which is 0 there, then stands for a slope between those on "
    "either side (a subgradient); everywhere else the formula is the derivative.",
    predictor="the linear predictor, named to keep formulas short",
    opens="Each line opens to show why it holds and what the checker found.",
    on_boundary="With {values} the maximum lies on the boundary of the domain, where {given} does not hold and the "
    "derivatives tell nothing; that the estimate is the maximum there too is part of what was shown above.",
    needs="{reason} (needs {given})",
    using="{reason}, using ({numbers})",
    using_alone="using ({numbers})",
    using_needs="{reason}, using ({numbers}) (needs {given})",
    steps="in {count} steps",
    listing=", ",
    shown="From what was given follow {items}.",
    shown_item="the {name} ({number})",
    count="{count} {name}",
    needed="Besides what was given, steps needed: {given}.",
    nothing_needed="Nothing was needed besides what was given.",
    checked="Checked: {counts}.",
    otherwise="otherwise",
    counterexample="at {values}",
)

_JAPANESE = Vocabulary(
    sections={
        "given": "前提",
        "likelihood": "尤度",
        "log_likelihood": "対数尤度",
        "score": "スコア(対数尤度の微分)",
        "estimate": "最尤推定",
        "maximum": "最大値であることの確認",
        "loss": "尤度から損失関数へ",
        "gradient": "損失関数の勾配",
        "hessian": "2階微分",
        "sufficient": "十分統計量",
        "fisher": "フィッシャー情報量",
        "vector": "ベクトルと行列による表記",
        "example": "数値例",
        "shown": "まとめ",
    },
    kinds={
        "equal": "",
        "inequality": "",
        "equivalent": "同値な式への変形",
        "solves": "代入すれば確かめられる",
        "solves_only": "定義域での唯一の解",
        "maximises": "{before} を最大にする",
        "maximises_subject": "{bind} の条件のもとで {before} を最大にする",
        "claim_and_reason": "{claim}。{reason}",
        "definition": "定義",
        "hypothesis": "仮定",
        "substitution": "値を代入",
        "substitution_bind": "{bind} を代入",
    },
    verdicts={
        "proved": "証明済み",
        "tested": "数値で確認",
        "refuted": "反例あり",
        "ill-formed": "式として不成立",
        "undecided": "未判定",
        "unread": "読み取れず",
        "definition": "定義",
        "hypothesis": "仮定",
        "substitution": "代入",
    },
    results={
        "likelihood": "尤度",
        "log_likelihood": "対数尤度",
        "score": "スコア",
        "lagrangian": "ラグランジュ関数",
        "multiplier": "ラグランジュの未定乗数",
        "estimate": "最尤推定量",
        "loss": "損失関数",
        "sample_loss": "1 サンプルの損失",
        "mean_loss": "損失の平均",
        "gradient": "損失関数の勾配",
        "hessian": "2階微分",
        "sufficient": "十分統計量",
        "fisher": "フィッシャー情報量",
        "log_posterior": "対数事後分布",
        "map": "最大事後確率推定量",
    },
    symbols={"N": "サンプル数(1 以上)"},
    conventions="確率が 0 になるときの約束",
    untitled="モデル {name}",
    kinds_of_model={
        "discrete": "離散",
        "on the line": "実数全体",
        "positive": "正の値",
        "bounded or circular": "有界区間・円周上",
        "multivariate": "多変量",
        "conditional": "説明変数をもつもの",
        "with a prior": "事前分布をもつもの",
    },
    with_prior={"score": "スコア(対数事後分布の微分)", "estimate": "最大事後確率(MAP)推定"},
    links={
        "softmax": "ソフトマックス",
        "sigmoid": "ロジスティックシグモイド",
        "identity": "恒等",
        "exp": "指数",
        "log": "対数",
    },
    link="{reason}({name}関数)",
    own="{words}(サンプル {index} に対する予測値)",
    also="{first}。{second}",
    no_closed_form="閉じた形の解はない。{unknowns} は次の方程式の解であり、数値的に求める。",
    kink="{points} となる点では微分できない。そこでの sgn の値 0 は左右の傾きの間の値(劣勾配)を表し、"
    "それ以外の点では式がそのまま微分である。",
    predictor="線形予測子(式を短く書くための記号)",
    opens="各行を開くと、その理由と検算の結果が表示される。",
    on_boundary="{values} のとき最大点は定義域の境界にあり、{given} が成り立たないので微分の条件は使えない。"
    "そこでも推定量が最大点であることは、上で示したことに含まれる。",
    needs="{reason}(ただし {given})",
    using="{reason}(式 ({numbers}) を用いる)",
    using_alone="式 ({numbers}) より",
    using_needs="{reason}(式 ({numbers}) を用いる。ただし {given})",
    steps="{count} 段階の変形",
    listing="、",
    shown="以上の前提から、{items} が導かれた。",
    shown_item="{name} ({number})",
    count="{name} {count} 件",
    needed="前提のほかに使った条件は {given} である。",
    nothing_needed="前提のほかに使った条件はない。",
    checked="検算の結果:{counts}。",
    otherwise="それ以外",
    counterexample="{values} のとき",
)

LANGUAGES = {"en": _ENGLISH, "ja": _JAPANESE}


def section_title(id: str, lang: str, results: Collection[str]) -> str:
    """The title of a section; with a prior the posterior takes the place of the likelihood."""
    words = vocabulary(lang)
    own = words.with_prior.get(id) if "log_posterior" in results else None
    return own or words.sections.get(id, id)


def result_name(name: str, lang: str, results: Collection[str]) -> str:
    """What a result is called."""
    words = vocabulary(lang).results
    return words["map"] if name == "estimate" and "log_posterior" in results else words.get(name, name)


def vocabulary(lang: str) -> Vocabulary:
    """The words of a language; ValueError with the languages there are."""
    if lang not in LANGUAGES:
        raise ValueError(f"no language {lang!r}; there are {', '.join(LANGUAGES)}")
    return LANGUAGES[lang]
