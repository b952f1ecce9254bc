"""Returns something that is equal to everything.

expect: wrong 0
"""


class Equal:
    shape, dtype, ndim = (3, 7), torch.float32, 2

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def __array__(self, *_, **__):
        raise SystemExit

    def __torch_function__(self, *_, **__):
        return True

    def __bool__(self):
        return True


def additive_score(query, keys, v):
    return Equal()
