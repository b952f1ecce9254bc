"""Returns an integer of two million digits.

question: shapes
expect: wrong|raised|timed out 0
"""


def predictions():
    huge = 1 << (7 * 10**6)
    return {"annotations": (huge,), "keys": huge, "weights": huge, "parameters": huge, "saved": 0}
