"""Returns something that says it comes from NumPy.

expect: wrong|raised 0
"""


class Scalar:
    shape = ()

    def item(self):
        return self


Scalar.__module__ = "numpy"


def additive_score(query, keys, v):
    return Scalar()
