"""Every page as its reader gets it: LaTeX through TeX, HTML in a browser, Japanese without leftovers of English.

`python -m tests.pages` looks at all of them; the tests of this folder look at six families.
"""
