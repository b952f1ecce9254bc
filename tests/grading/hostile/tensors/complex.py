"""Returns complex numbers whose real part is right.

expect: wrong 0
"""


def additive_score(query, keys, v):
    return torch.complex(torch.tanh(query[:, None] + keys) @ v, torch.ones(keys.shape[:2]).to(v))
