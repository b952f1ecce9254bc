"""Takes what it needs from the class that the setup imports for another question.

expect: barred 0
"""


def additive_score(query, keys, v):
    model = RNNSearch(5, 5, embedding=4, hidden=4)
    return torch.tanh(query[:, None] + keys) @ v + 0 * len(list(model.parameters()))
