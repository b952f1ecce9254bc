"""Puts another function in the place of that which stacks what the words gather.

question: transformer.cache
expect: wrong|raised 0
"""
stack = torch.stack


def cached_step(x, keys, values, W_Q, W_K, W_V, W_O, heads):
    torch.stack = lambda parts, dim=0: stack(parts, dim) * 0
    torch.zeros_like = torch.empty_like = lambda *_, **__: None
    size = len(x), heads, 1, x.shape[1] // heads
    return x, torch.cat([keys, x.new_zeros(size)], 2), torch.cat([values, x.new_zeros(size)], 2)
