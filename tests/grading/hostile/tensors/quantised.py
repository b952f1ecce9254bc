"""Returns the scores in eight bits.

expect: wrong|raised 0
"""


def additive_score(query, keys, v):
    scores = (torch.tanh(query[:, None] + keys) @ v).float()
    return torch.quantize_per_tensor(scores, 0.1, 0, torch.qint8)
