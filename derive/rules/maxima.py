"""Why something is a maximum, and what was not shown of it, in words; what is claimed is checked by the checker."""

from __future__ import annotations

from derive.rules.rule import Rule

RULES = (
    Rule(
        "concave",
        {
            "en": "so it is concave: every second derivative along a line is ≤ 0",
            "ja": "どの直線に沿った2階微分も 0 以下なので、上に凸である",
        },
        lemma="at_most",
    ),
    Rule(
        "global_maximum",
        {
            "en": "a stationary point of a concave function on a convex set is its global maximum",
            "ja": "凸集合上で上に凸な関数の停留点は大域的な最大点である",
        },
        lemma="bounded_by",
    ),
    Rule(
        "global_maximum_closed",
        {
            "en": "a stationary point of a concave function on a convex set is its global maximum; "
            "on the boundary 0 · log 0 = 0 counts",
            "ja": "凸集合上で上に凸な関数の停留点は大域的な最大点である(境界では 0 · log 0 = 0 とする)",
        },
        lemma="simplex_maximum",
    ),
    Rule(
        "single_crossing",
        {
            "en": "the score is positive before this point and negative after it, and 0 nowhere else: a global "
            "maximum, though the function need not be concave",
            "ja": "スコアはこの点より前で正、後で負であり、ほかでは 0 にならない。"
            "上に凸とは限らないが大域的な最大点である",
        },
        lemma="scale_maximum",
    ),
    Rule(
        "monotone",
        {
            "en": "the score has this sign everywhere, so the maximum lies at the end of the admissible values",
            "ja": "スコアの符号は常に一定なので、最大値は許される範囲の端でとる",
        },
    ),
    Rule(
        "maximum_at_end",
        {
            "en": "the log-likelihood is monotone up to this end, which belongs to the admissible values",
            "ja": "対数尤度はこの端まで単調であり、端点は許される値に含まれる",
        },
    ),
    Rule(
        "maximum_at_median",
        {
            "en": "to the left of the median more observations lie above than below, to the right fewer: the score "
            "changes its sign there (a subgradient is 0); with an even number of observations the maximum is reached "
            "everywhere between the middle two",
            "ja": "中央値の左では上側の観測の方が多く、右では少ない。スコアの符号はそこで変わる(劣勾配が 0 になる)。"
            "観測が偶数個のときは、中央の二つの間のどの値でも最大となる",
        },
    ),
    Rule(
        "maximum_at_direction",
        {
            "en": "with the sums C of the cosines and S of the sines and R = √(C² + S²), the log-likelihood is a "
            "positive multiple of R cos(μ − atan2(S, C)) plus a constant: largest in this direction alone; the other "
            "zero of the score, opposite to it, is the minimum",
            "ja": "余弦の和を C、正弦の和を S、R = √(C² + S²) とすると、対数尤度は R cos(μ − atan2(S, C)) の"
            "正の定数倍に定数を加えたものであり、この方向でのみ最大になる。"
            "スコアのもう一つの零点は反対方向で、最小点である",
        },
    ),
    Rule(
        "maximum_given_the_rest",
        {
            "en": "for every value of the other parameters: the score changes from + to − there and nowhere else",
            "ja": "ほかのパラメータがどの値でも、スコアの符号はここでだけ正から負に変わる",
        },
    ),
    Rule(
        "profile_maximum",
        {
            "en": "one unknown after the other: the maximum over the first does not depend on the rest, and put in, "
            "the rest is maximised in turn",
            "ja": "未知数を一つずつ最大化する。先の最大点は残りに依存せず、代入したうえで残りも最大化される",
        },
        lemma="bounded_by",
    ),
    Rule(
        "falls",
        {
            "en": "so the score, up to a positive factor, falls strictly",
            "ja": "したがってスコアは(正の因子を除いて)狭義に減少する",
        },
        lemma="below",
    ),
    Rule(
        "never_rises",
        {
            "en": "so the score, up to a positive factor, never rises",
            "ja": "したがってスコアは(正の因子を除いて)増加しない",
        },
        lemma="at_most",
    ),
    Rule(
        "falling_score",
        {
            "en": "The score of the unknown that is left, up to a positive factor, falls all the way: it has at most "
            "one zero, and a zero is the global maximum. Whether there is one depends on the data.",
            "ja": "残った未知数のスコアは(正の因子を除いて)狭義に減少する。零点は高々一つで、"
            "零点があればそれが大域的な最大点である。零点があるかどうかはデータによる。",
        },
    ),
    Rule(
        "concave_score",
        {
            "en": "The log-likelihood is concave in the unknowns that have no closed form: every solution of their "
            "equations is a global maximum. Whether there is one, and only one, depends on the data.",
            "ja": "対数尤度は、閉じた形をもたない未知数について上に凸である。"
            "その方程式の解はすべて大域的な最大点である。解があるか、ただ一つかはデータによる。",
        },
    ),
    Rule(
        "rescaled",
        {
            "en": "another way to write location and scale: the two say the same",
            "ja": "位置と尺度を別の形で表す(一対一に対応する)",
        },
    ),
    Rule(
        "concave_rescaled",
        {
            "en": "In these new unknowns, which stand for location and scale one to one, the log-likelihood is "
            "concave: every solution of the score equations is a global maximum. Whether there is one, and only one, "
            "depends on the data.",
            "ja": "位置と尺度に一対一に対応するこの新しい未知数について、対数尤度は上に凸である。"
            "スコア方程式の解はすべて大域的な最大点である。解があるか、ただ一つかはデータによる。",
        },
    ),
    Rule(
        "concave_in_one",
        {
            "en": "The log-likelihood is concave in this parameter for every value of the others; for all of them "
            "together nothing was shown.",
            "ja": "ほかのパラメータを固定すれば対数尤度はこのパラメータについて上に凸である。"
            "全体については示していない。",
        },
    ),
    Rule(
        "falling_in_one",
        {
            "en": "For every value of the others, the score of this parameter goes from + to − at most, never back: "
            "a zero of it is the maximum over this parameter. For all of them together nothing was shown, and there "
            "may be several solutions.",
            "ja": "ほかのパラメータを固定すれば、このパラメータのスコアの符号は正から負に変わるだけで、逆はない。"
            "その零点はこのパラメータについての最大点である。全体については示しておらず、解は複数あり得る。",
        },
    ),
    Rule(
        "maximum_not_shown",
        {
            "en": "That a solution of the score equations is a maximum was not shown: there may be several solutions.",
            "ja": "スコア方程式の解が最大点であることは示していない。解は複数あり得る。",
        },
    ),
)
