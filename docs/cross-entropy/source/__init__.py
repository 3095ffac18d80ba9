"""The sources of the tutorial: texts by language, the mathematics of the pages, and what puts them together."""
