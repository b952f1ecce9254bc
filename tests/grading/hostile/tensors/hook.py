"""Returns the right scores with a gradient whose hook loops.

expect: passed 15
"""


def loop(gradient):
    while True:
        pass


def additive_score(query, keys, v):
    scores = torch.tanh(query[:, None] + keys) @ v.requires_grad_()
    scores.register_hook(loop)
    return scores
