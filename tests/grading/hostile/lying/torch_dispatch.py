"""Returns a tensor that computes something else below torch's own functions.

expect: wrong|raised 0
"""


class Wrapped(torch.Tensor):
    @staticmethod
    def __new__(cls, shape):
        return torch.Tensor._make_wrapper_subclass(cls, shape)

    @classmethod
    def __torch_dispatch__(cls, function, kinds, args=(), kwargs=None):
        return torch.zeros(3, 7)


def additive_score(query, keys, v):
    return Wrapped(keys.shape[:2])
