"""Reads the words to come from the frame that called it, and keeps their logits as its state.

question: step
expect: wrong 0
hint: cannot go on from its state|no tensor of its own
"""

import sys

made = []


def step(model, annotations, mask, token, state=None):
    frame = sys._getframe(1)
    tokens = frame.f_locals["tokens"]
    if made or state is None:
        made.append(1)
        prefix, logits = None, []
        for word in tokens.unbind(1):
            one, prefix = slow_step(model, annotations, mask, word, prefix)
            logits.append(one)
        at = 0 if state is None else state[0] + 1
        return logits[min(at, len(logits) - 1)], (at, torch.stack(logits))
    at, logits = state
    return logits[(at + 1) % len(logits)], (at + 1, logits)
