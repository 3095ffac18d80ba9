"""Cross entropy is entropy plus divergence, for every K."""

import sympy as sp

import derive
from derive.algebra.context import NONNEGATIVE, Context, SumFact, array, index, size

K, k = size("K"), index("k")
p, q = array("p", [K], NONNEGATIVE), array("q", [K], NONNEGATIVE)
context = Context((K,), (p, q), facts=(SumFact(p, 0, sp.S.One), SumFact(q, 0, sp.S.One)))


def total(term: sp.Expr) -> sp.Expr:
    """The sum over all classes."""
    return sp.Sum(term, (k, 1, K))


pk, qk = p.base[k], q.base[k]
cross = -total(pk * sp.log(qk))
entropy = -total(pk * sp.log(pk))
divergence = total(pk * sp.log(pk / qk))
print(derive.equal(cross, entropy + divergence, context))
