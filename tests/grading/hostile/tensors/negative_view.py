"""Returns the right scores as a view that is negated when it is read.

expect: passed 15
"""


def additive_score(query, keys, v):
    scores = torch.tanh(query[:, None] + keys) @ v
    return torch.complex(scores, -scores).conj().imag
