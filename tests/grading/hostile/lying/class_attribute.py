"""Returns something that says it is a Tensor.

expect: wrong 0
"""


class Pretender:
    __class__ = torch.Tensor
    shape = property(lambda self: torch.Size([3, 7]))

    def __getattr__(self, name):
        return lambda *_, **__: self


def additive_score(query, keys, v):
    return Pretender()
