"""Asks the model, which answers outside of its process, for as many states as memory holds.

question: encoder_decoder.greedy
expect: raised 0
hint: rows, expected as many
"""


def greedy(step, state, max_length):
    many = state[:1].expand(100_000, -1)
    return step(torch.full((len(many),), BOS), many)
