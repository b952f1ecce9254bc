"""Hands on keys of a class of its own, which become right when they are looked at.

question: transformer.cache
expect: wrong|raised 0
"""


class Keys(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if func in (torch.Tensor.detach, torch.Tensor.to_dense, torch.stack):
            return torch.ones(3, 3)
        return super().__torch_function__(func, types, args, kwargs or {})

    def __getitem__(self, rows):
        return self

    def unbind(self, dim=0):
        return [self] * 3


def cached_step(x, keys, values, W_Q, W_K, W_V, W_O, heads):
    new = x.new_zeros(len(x), heads, keys.shape[2] + 1, x.shape[1] // heads)
    return x.as_subclass(Keys), new.as_subclass(Keys), new.as_subclass(Keys)
