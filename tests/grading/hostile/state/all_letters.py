"""Answers a choice with all of its letters.

question: reading
expect: wrong 0
"""


def reading():
    return {"links": [0, 1, 2, 3, 4, 5, 6], "wrong": [0, 1], "error_rate": 2, "reason": "abcd"}
