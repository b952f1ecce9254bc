"""Lets torch use more threads than there are processors, and works with them.

expect: passed 15
"""
torch.set_num_threads(16)
torch.set_num_interop_threads(4)


def additive_score(query, keys, v):
    torch.randn(300, 300) @ torch.randn(300, 300)
    return torch.tanh(query[:, None] + keys) @ v
