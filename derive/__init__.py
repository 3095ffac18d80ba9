"""lossproof: from a probabilistic model to a loss function one can trust.

    import derive
    model = derive.load("categorical")
    derivation = model.derivation()
    derivation.check()

The rooms: `algebra` (SymPy made safe for sums), `rules`, `families`, `strategy` (the engine), `checker` (independent
of the engine), `render`. Nothing here imports torch; the torch side is the package `numeric`.
"""

__version__ = "0.1.0"
