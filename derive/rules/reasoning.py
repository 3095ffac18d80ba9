"""Ways of reasoning that strategies follow. Each is told here; what it claims is checked by the checker."""

from __future__ import annotations

from derive.rules.rule import Rule

RULES = (
    Rule("constraint", {"en": "the constraint on the parameters", "ja": "パラメータの制約条件"}),
    Rule("data_fact", {"en": "what every observation satisfies", "ja": "すべての観測が満たす条件"}),
    Rule("range", {"en": "the range of the values", "ja": "値の範囲"}),
    Rule("count", {"en": "summed over all observations", "ja": "すべての観測にわたる合計"}),
    Rule("probability", {"en": "the model: the probability of one observation", "ja": "モデル:一つの観測の確率"}),
    Rule("density", {"en": "the model: the density of one observation", "ja": "モデル:一つの観測の確率密度"}),
    Rule(
        "normalised",
        {
            "en": "the probabilities of all values of one observation add up to 1",
            "ja": "一つの観測が取りうる値の確率の合計は 1 になる",
        },
    ),
    Rule(
        "density_normalised",
        {
            "en": "a density: its integral over all values is 1",
            "ja": "確率密度なので、すべての値にわたる積分は 1 になる",
        },
    ),
    Rule(
        "independent_densities",
        {
            "en": "the observations are independent, so their joint density is the product",
            "ja": "観測は独立なので、同時密度は積になる",
        },
    ),
    Rule(
        "independence",
        {
            "en": "the observations are independent, so their probabilities multiply",
            "ja": "観測は独立なので、確率は積になる",
        },
    ),
    Rule(
        "log_likelihood",
        {
            "en": "the logarithm is increasing, so the maximum stays where it is",
            "ja": "対数は単調増加なので、最大となる場所は変わらない",
        },
    ),
    Rule(
        "never_zero",
        {
            "en": "this is never 0: without the constraint there is no stationary point",
            "ja": "0 になることはない。制約を考えなければ停留点は存在しない",
        },
        lemma="below",
    ),
    Rule(
        "lagrangian",
        {
            "en": "the method of Lagrange multipliers: one multiplier for the constraint",
            "ja": "ラグランジュの未定乗数法:制約条件に乗数を一つ導入する",
        },
    ),
    Rule("solve", {"en": "solve for the unknown", "ja": "未知数について解く"}, lemma="same_solutions"),
    Rule("clear_denominators", {"en": "multiply by the denominators", "ja": "分母を払う"}, lemma="same_solutions"),
    Rule("insert_constraint", {"en": "put it into the constraint", "ja": "制約条件に代入する"}, lemma="same_solutions"),
    Rule("insert", {"en": "put in {bind}", "ja": "{bind} を代入する"}),
    Rule(
        "stationary_point",
        {"en": "checked by putting it in; there is no other solution", "ja": "代入して確かめられる。ほかに解はない"},
    ),
    Rule("estimate", {"en": "the maximum-likelihood estimate", "ja": "最尤推定量"}),
    Rule("map_estimate", {"en": "the maximum a posteriori estimate", "ja": "最大事後確率(MAP)推定量"}),
    Rule(
        "second_derivatives",
        {
            "en": "along any direction v, with the second derivatives found above",
            "ja": "任意の方向 v に沿って、上で求めた2階微分を使う",
        },
        lemma="lagrange",
    ),
    Rule(
        "negative_log_likelihood",
        {
            "en": "to maximise log L is to minimise −log L; for one observation (N = 1) this is its loss",
            "ja": "log L の最大化は −log L の最小化と同じ。観測が一つ(N = 1)なら、これがその損失である",
        },
    ),
    Rule(
        "negative_log_posterior",
        {"en": "to maximise log P is to minimise −log P", "ja": "log P の最大化は −log P の最小化と同じである"},
    ),
    Rule(
        "sample_loss",
        {
            "en": "the loss of one sample; from here on every sample has a prediction of its own",
            "ja": "一つのサンプルの損失。以下では、サンプルごとに別々の予測値をもつ",
        },
    ),
    Rule("mean_loss", {"en": "the mean over the N samples", "ja": "N 個のサンプルにわたる平均"}),
    Rule(
        "link",
        {"en": "the prediction as a function of the unconstrained input", "ja": "制約のない入力から予測を計算する"},
    ),
    Rule(
        "rename_index",
        {
            "en": "rename the bound indices, so that the free ones stand apart",
            "ja": "自由な添字と区別するため、和の添字を付け替える",
        },
    ),
    Rule(
        "sine_of_difference",
        {
            "en": "sin(a − b) = sin a cos b − cos a sin b: data and parameters part",
            "ja": "加法定理 sin(a − b) = sin a cos b − cos a sin b により、データとパラメータを分ける",
        },
    ),
    Rule(
        "score_equation",
        {
            "en": "no closed form is known: the estimate is a solution of this equation",
            "ja": "閉じた形の解は知られていない。推定量はこの方程式の解である",
        },
    ),
    Rule(
        "linear_score_equation",
        {
            "en": "a system of linear equations for the unknown: one solution where its matrix has an inverse",
            "ja": "未知数についての連立一次方程式である。係数行列が正則なら解はただ一つである",
        },
    ),
    Rule(
        "newton_step_linear",
        {
            "en": "the matrix of the system: added to any starting point, the Δ that solves this gives the solution",
            "ja": "連立方程式の係数行列。任意の点に、この方程式の解 Δ を加えれば解が得られる",
        },
    ),
    Rule(
        "newton_step",
        {
            "en": "Newton's method: the step Δ solves this linear equation, again and again until it vanishes",
            "ja": "ニュートン法:この線形方程式から更新量 Δ を求め、0 になるまで繰り返す",
        },
    ),
    Rule("hessian", {"en": "the second derivatives of the log-likelihood", "ja": "対数尤度の2階微分"}),
    Rule(
        "posterior",
        {
            "en": "Bayes' rule: the posterior is likelihood times prior, up to a factor that is free of the parameters",
            "ja": "ベイズの定理:事後分布は、パラメータによらない係数を除いて尤度と事前分布の積である",
        },
    ),
    Rule("log_posterior", {"en": "the logarithm turns the product into a sum", "ja": "対数により積が和になる"}),
    Rule("log_likelihood_put_in", {"en": "with log L from above", "ja": "上で求めた log L を代入する"}),
    Rule("log_posterior_put_in", {"en": "with log P from above", "ja": "上で求めた log P を代入する"}),
    Rule(
        "updated",
        {"en": "the constant of the prior, updated by the data", "ja": "データによって更新された事前分布の定数"},
    ),
    Rule(
        "conjugate",
        {
            "en": "the derivative of the log-prior with the updated constants: the posterior is of the same kind as "
            "the prior, which is conjugate",
            "ja": "更新した定数をもつ対数事前分布の微分に等しい。事後分布は事前分布と同じ型であり、共役である",
        },
    ),
    Rule("statistic", {"en": "a statistic: the data alone", "ja": "統計量:データだけで決まる量"}),
    Rule(
        "factorisation",
        {
            "en": "the parameters meet the data in these statistics only: by the factorisation theorem they are "
            "sufficient",
            "ja": "パラメータはこれらの統計量を通してのみデータと関わる。因子分解定理により、これらは十分統計量である",
        },
    ),
    Rule(
        "sufficient_counts",
        {
            "en": "The data enter the likelihood through the counts alone: by the factorisation theorem the counts are "
            "sufficient.",
            "ja": "データは度数だけを通して尤度に現れる。因子分解定理により、度数は十分統計量である。",
        },
    ),
    Rule(
        "sufficient_support",
        {
            "en": "The end of the support is a parameter: the likelihood is 0 unless all data lie inside, which "
            "depends on them through their extreme value alone; by the factorisation theorem it belongs to the "
            "sufficient statistics.",
            "ja": "台の端がパラメータなので、すべてのデータが台に入らない限り尤度は 0 である。"
            "この条件はデータの極値だけで決まり、因子分解定理により、極値は十分統計量に含まれる。",
        },
    ),
    Rule(
        "no_sufficient_statistic",
        {
            "en": "Data and parameters do not part in the log-likelihood: the density was not found to be of the "
            "exponential family, and by the theorem of Pitman, Koopman and Darmois (under its conditions of "
            "regularity) no other one with a support that is free of the parameters has a sufficient statistic of "
            "fixed size.",
            "ja": "対数尤度の中でデータとパラメータは分離しない。指数型分布族であることは確かめられず、台がパラメータに"
            "よらない場合、正則条件の下でそれ以外の分布は次元の固定された十分統計量をもたない"
            "(ピットマン・クープマン・ダルモアの定理)。",
        },
    ),
    Rule(
        "not_separated",
        {
            "en": "Data and parameters do not part in the log-likelihood; no sufficient statistic of fixed size was "
            "found.",
            "ja": "対数尤度の中でデータとパラメータは分離しない。次元の固定された十分統計量は見つからなかった。",
        },
    ),
    Rule(
        "information_of_scores",
        {
            "en": "the mean of the product of the two scores over one observation, times N: the log-likelihood has "
            "a kink, and no second derivative there",
            "ja": "1個の観測についてのスコアの積の平均に N を掛ける。対数尤度には折れ目があり、そこでは2階微分できない",
        },
    ),
    Rule(
        "information",
        {
            "en": "minus the mean of the second derivative: the Fisher information of N observations",
            "ja": "2階微分の期待値に負号をつけたもの:N 個の観測のフィッシャー情報量",
        },
    ),
    Rule(
        "fisher_not_all",
        {
            "en": "For the other entries no closed form was found, or the density is not smooth enough in the "
            "parameter.",
            "ja": "ほかの成分は閉じた形が見つからなかったか、密度がパラメータについて十分滑らかではない。",
        },
    ),
    Rule(
        "fisher_not_closed",
        {
            "en": "No closed form of the Fisher information was found, or the density is not smooth enough in the "
            "parameter.",
            "ja": "フィッシャー情報量の閉じた形は見つからなかったか、密度がパラメータについて十分滑らかではない。",
        },
    ),
    Rule(
        "information_constant",
        {
            "en": "no data are left in the second derivative, so it is its own mean",
            "ja": "2階微分にデータが残らないので、期待値はそれ自身に等しい",
        },
    ),
    Rule("matrix_loss", {"en": "the loss in matrix notation", "ja": "行列表記による損失"}),
    Rule(
        "matrix_gradient", {"en": "its derivative by every entry at once", "ja": "すべての成分による微分をまとめたもの"}
    ),
    Rule("matrix_slope", {"en": "its derivative in matrix notation", "ja": "行列表記による微分"}),
    Rule(
        "matrix_entries",
        {"en": "a name for what depends on both indices", "ja": "二つの添字に依存する量に名前をつける"},
    ),
    Rule(
        "normal_equations",
        {
            "en": "set to zero, this is a linear system: the normal equations",
            "ja": "0 とおくと連立一次方程式になる(正規方程式)",
        },
    ),
    Rule(
        "vector_notation",
        {
            "en": "Bold letters stand for whole arrays, the first index counting the rows: a capital for a matrix, a "
            "small letter for a column vector, a bold 1 for a column of ones. Functions act entry by entry; tr is the "
            "sum of the diagonal.",
            "ja": "太字は配列全体を表し、最初の添字が行を数える。大文字は行列、小文字は列ベクトル、"
            "太字の 1 はすべての成分が 1 の列ベクトルである。関数は成分ごとに作用し、tr は対角成分の和である。",
        },
    ),
    Rule(
        "vector_notation_logistic",
        {
            "en": "Bold letters stand for whole arrays, the first index counting the rows: a capital for a matrix, a "
            "small letter for a column vector, a bold 1 for a column of ones. Functions act entry by entry; "
            "sigmoid(u) is 1/(1 + exp(−u)).",
            "ja": "太字は配列全体を表し、最初の添字が行を数える。大文字は行列、小文字は列ベクトル、"
            "太字の 1 はすべての成分が 1 の列ベクトルである。関数は成分ごとに作用し、"
            "sigmoid(u) は 1/(1 + exp(−u)) である。",
        },
    ),
    Rule("numbers", {"en": "with {bind}", "ja": "{bind} とすると"}),
)
