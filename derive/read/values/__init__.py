"""Terms → numbers at a point, exact or in balls, with a model of what the text leaves open. Start with `evaluation`."""
