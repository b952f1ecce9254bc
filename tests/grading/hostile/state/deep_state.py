"""Keeps its state in as many tuples in tuples as a frame may have.

question: step
expect: wrong|raised 0
"""


def step(model, annotations, mask, token, state=None):
    logits, state = slow_step(model, annotations, mask, token)
    for _ in range(18):
        state = (state,)
    return logits, state
