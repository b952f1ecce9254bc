"""Returns a view that is conjugated when it is read.

expect: wrong 0
"""


def additive_score(query, keys, v):
    return (torch.tanh(query[:, None] + keys) @ v).to(torch.complex64).conj()
