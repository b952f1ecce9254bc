"""Answers with a class, whose making returns the scores.

expect: passed 15
"""


class additive_score:
    def __new__(cls, query, keys, v):
        return torch.tanh(query[:, None] + keys) @ v
