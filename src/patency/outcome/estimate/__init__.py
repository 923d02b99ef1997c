"""Numbers in, estimates out: curves, rates, shares and comparisons, each with its interval and the method's name.

Arrays or columns of Polars go in; values come out. Nothing here knows a cut, a registry or a word of medicine.
Each module names its method, the paper, and the call of R with which it agrees (tests/outcome/r).
"""
