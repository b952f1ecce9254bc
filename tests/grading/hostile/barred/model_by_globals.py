"""Reaches the course's model through what the setup left in the globals.

expect: barred|raised 0
"""


def additive_score(query, keys, v):
    model = globals()["RNN" + "Search"]
    module = __import__("sys").modules[model.__module__]
    attention = getattr(module, "Additive" + "Attention")(1, 1, keys.shape[-1])
    return torch.tanh(query[:, None] + keys) @ v + 0 * attention.v_a.sum().detach()
