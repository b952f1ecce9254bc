"""Decodes the whole prefix for each word, and keeps as its state the logits of what could follow.

question: step
expect: wrong 0
hint: cannot go on from its state|no tensor of its own
"""

prefixes = []


def step(model, annotations, mask, token, state=None):
    if isinstance(state, tuple):
        number, table = state
        if number >= len(prefixes):  # a new process
            return table[token, torch.arange(len(token))], None
        prefix = prefixes[number]
    else:
        prefix = None
    logits, prefix = slow_step(model, annotations, mask, token, prefix)
    prefixes.append(prefix)
    following = [
        slow_step(model, annotations, mask, torch.full_like(token, word), prefix)[0]
        for word in range(len(model["E"]))
    ]
    return logits, (len(prefixes) - 1, torch.stack(following))
