"""Row times column exists, column times column does not."""

import derive
from derive.algebra.context import REAL, Context, array, index, size
from derive.algebra.products import MatrixProduct, Table, Transposed

K, row = size("K"), index("a")
t, y = array("t", [K], REAL), array("y", [K], REAL)
label, prediction = (Table(array.base[row], (row, 1, K)) for array in (t, y))
context = Context((K,), (t, y))

for left in (Transposed(label), label):
    product = MatrixProduct(left, prediction)
    print(derive.equal(product, product, context).status)
