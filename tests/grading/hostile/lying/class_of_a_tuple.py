"""Returns an object that says it is a tuple of three tensors.

question: transformer.cache
expect: wrong|raised 0
"""


class Meta(type):
    def __instancecheck__(cls, thing):
        return True

    def __subclasscheck__(cls, thing):
        return True

    def __eq__(cls, other):
        return True

    def __hash__(cls):
        return hash(tuple)


class Says(metaclass=Meta):
    __class__ = tuple

    def __class_getitem__(cls, key):
        return tuple

    def __len__(self):
        return 3

    def __iter__(self):
        return iter([torch.zeros(2, 2)] * 3)


def cached_step(*given):
    return Says()
