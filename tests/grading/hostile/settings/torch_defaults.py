"""Changes torch's defaults, and answers rightly.

expect: passed 15
"""
torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.manual_seed(0)
torch.set_printoptions(precision=1)


def additive_score(query, keys, v):
    torch.set_default_dtype(torch.float16)
    torch.set_num_threads(2)
    return torch.tanh(query[:, None] + keys) @ v
