"""Trees → terms: what the names of an article stand for, and what its steps claim. Start with `terms` and `symbols`."""
