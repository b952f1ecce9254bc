"""Raises what ends Python from a hook on the gradient, and from the end of an object.

question: universal_transformer.ponder_cost
expect: wrong|raised|died 0
"""


class Last:
    def __del__(self):
        raise SystemExit(0)


def ponder_cost(p, N, mask):
    last = Last()

    def hook(gradient):
        del last.__class__.__del__
        raise SystemExit(0)

    p.register_hook(hook)
    return p.sum()
