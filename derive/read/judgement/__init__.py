"""Claims → verdicts. Start with `article` and `claims`."""
