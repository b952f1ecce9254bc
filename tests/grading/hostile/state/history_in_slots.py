"""Keeps the prefix in an object that has no attributes to count.

question: step
expect: wrong 0
"""


class State:
    __slots__ = ("model", "prefix")

    def __init__(self, model, prefix):
        self.model, self.prefix = model, prefix


def step(model, annotations, mask, token, state=None):
    if state is None:
        state = State({name: weight.clone() for name, weight in model.items()}, None)
    logits, prefix = slow_step(state.model, annotations, mask, token, state.prefix)
    return logits, State(state.model, prefix)
