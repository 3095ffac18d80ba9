"""What is said of pictures, in both languages. {…} marks what is put in."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "likelihood": "likelihood",
        "posterior": "posterior",
        "axis_likelihood": "likelihood, relative to its maximum",
        "axis_posterior": "posterior, relative to its maximum",
        "edge_title": "The {what} on the line where the probabilities add up to 1",
        "edge_description": "A curve over {first} from 0 to 1. It is largest at {best}.",
        "edge_caption": "The {what} where {constraint} holds, divided by its largest value. The maximum is at {best}.",
        "ternary_title": "The {what} over the triangle of all probabilities of three classes",
        "ternary_description": "A triangle whose corners stand for one class being certain. Lines of equal {what} "
        "surround the maximum at {best}.",
        "ternary_caption": "Each point of the triangle is one choice with {constraint}; at a corner one class is "
        "certain. Lines: {levels} of the largest {what}, from the inside out. The maximum is at {best}.",
        "profile_title": "The {what} along one probability",
        "profile_description": "One curve for each count, over the probability of one class from 0 to 1. The maxima "
        "are at {places}. A dashed line marks equal probabilities, {equal}.",
        "profile_caption": "The {what} as one probability {one} moves while the others keep their proportions and "
        "all add up to 1, divided by the largest value. The maximum is at the estimate. Dashed: equal probabilities, "
        "{equal}.",
        "counted": " Counts: {counts}.",
        "example": " Counts taken as an example: {counts}.",
        "of_class": "class {classes}",
        "of_classes": "classes {classes}",
        "curve_title": "The {what} around the estimate",
        "curve_description": "A curve over {name}. It is largest at {best}.",
        "curve_caption": "The {what} of the data over {name}, divided by its largest value. The maximum is at {best}.",
        "contour_title": "The {what} around the estimate of two parameters",
        "contour_description": "Lines of equal {what} over {names} around the maximum at {best}.",
        "contour_caption": "Lines: {levels} of the largest {what} of the data, from the inside out. The maximum is "
        "at {best}.",
        "penalty_title": "What a probability costs",
        "penalty_description": "A curve that falls from infinity at probability 0 to 0 at probability 1. "
        "Marked: {cases}.",
        "penalty_caption": "The loss of one observation against the probability {name} that the model gave to what "
        "happened: {cases}.",
        "axis_loss": "loss",
        "axis_gradient": "gradient of the loss",
        "link_title": "Loss of one observation against {name}",
        "slope_title": "Gradient of that loss against {name}",
        "link_description": "Curves of the loss for {cases}, with {name} from {low} to {high}.",
        "slope_description": "Curves of the gradient for {cases}, with {name} from {low} to {high}. At 0 they are "
        "{at_zero}.",
        "link_caption": "The loss of one observation against {name}, for {cases}{others}.",
        "slope_caption": "Its gradient by {name}: the slope of the curves of the loss.",
        "with": ", with {others}",
        "listing": ", ",
        "and": " and ",
    },
    "ja": {
        "likelihood": "尤度",
        "posterior": "事後確率密度",
        "axis_likelihood": "尤度(最大値との比)",
        "axis_posterior": "事後確率密度(最大値との比)",
        "edge_title": "確率の和が 1 になる線分上の{what}",
        "edge_description": "{first} を 0 から 1 まで動かしたときの曲線。{best} で最大になる。",
        "edge_caption": "{constraint} を満たす範囲での{what}(最大値で割った値)。{best} で最大になる。",
        "ternary_title": "3 クラスの確率全体がなす三角形の上の{what}",
        "ternary_description": "頂点は 1 つのクラスが確実に起こる場合を表す三角形。"
        "{what}の等高線が最大点 {best} を囲む。",
        "ternary_caption": "三角形の各点は {constraint} を満たす確率の組であり、頂点では 1 つのクラスだけが起こる。"
        "等高線は内側から順に、{what}が最大値の {levels} になるところ。{best} で最大になる。",
        "profile_title": "1 つの確率を動かしたときの{what}",
        "profile_description": "出現回数ごとの曲線。横軸は 1 つのクラスの確率(0 から 1)。最大点は {places}。"
        "破線はすべての確率が等しい {equal} を示す。",
        "profile_caption": "確率の和を 1 に保ち、ほかの確率の比を変えずに 1 つの確率 {one} だけを動かしたときの{what}"
        "(最大値で割った値)。推定値で最大になる。破線はすべての確率が等しい {equal}。",
        "counted": "出現回数は {counts}。",
        "example": "出現回数は例として {counts} とした。",
        "of_class": "クラス {classes}",
        "of_classes": "クラス {classes}",
        "curve_title": "推定値の周りの{what}",
        "curve_description": "{name} に対する曲線。{best} で最大になる。",
        "curve_caption": "データの{what}を {name} の関数として描いたもの(最大値で割った値)。{best} で最大になる。",
        "contour_title": "2 つのパラメータの推定値の周りの{what}",
        "contour_description": "{names} の平面上の{what}の等高線。最大点 {best} を囲む。",
        "contour_caption": "等高線は内側から順に、データの{what}が最大値の {levels} になるところ。"
        "{best} で最大になる。",
        "penalty_title": "確率に応じた罰則",
        "penalty_description": "確率 0 での無限大から、確率 1 での 0 まで減少する曲線。印は {cases}。",
        "penalty_caption": "実際に起こったことにモデルが与えた確率 {name} と、1 サンプルの損失の関係。{cases} である。",
        "axis_loss": "損失",
        "axis_gradient": "損失の勾配",
        "link_title": "{name} に対する 1 サンプルの損失",
        "slope_title": "{name} に対する損失の勾配",
        "link_description": "{cases} のときの損失の曲線。{name} は {low} から {high} まで。",
        "slope_description": "{cases} のときの勾配の曲線。{name} は {low} から {high} まで。0 での値は {at_zero}。",
        "link_caption": "{name} に対する 1 サンプルの損失。{cases} の場合{others}。",
        "slope_caption": "その {name} による勾配。損失の曲線の傾きに等しい。",
        "with": "({others} とする)",
        "listing": "、",
        "and": " と ",
    },
}


def said(lang: str, key: str, **values: str) -> str:
    """A phrase with words put in; for titles and for what a screen reader says."""
    return WORDS[lang][key].format(**values)
