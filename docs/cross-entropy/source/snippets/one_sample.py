import derive
from derive.render import text

derivation = derive.load("categorical").derivation()
print(text.expression(derivation.results["loss"]))
print(derivation.check().summary["proved"], "steps proved")
