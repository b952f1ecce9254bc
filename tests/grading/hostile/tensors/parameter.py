"""Returns the right scores as a parameter, in a tuple subclass's place.

expect: passed 15
"""


def additive_score(query, keys, v):
    return torch.nn.Parameter(torch.tanh(query[:, None] + keys) @ v)
