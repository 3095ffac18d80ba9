"""Files that people write → formulas with their places, and the words around them. Start with `document`."""
