"""The loss of the general model, and whether every step of its derivation was shown."""

import derive
from derive.render import text

derivation = derive.load("categorical").derivation()
print(text.expression(derivation.results["loss"]))
print(derivation.check().ok)
