"""Goes through the heads or the texts, whichever there are fewer of, uncounted.

question: self_attention.heads
seconds: 3
expect: wrong|timed out 0
hint: goes through them one by one|was stopped
"""
import sys


def one(queries, keys, values, W_O, heads):
    q, k, v = (x.unflatten(-1, (heads, -1)).transpose(1, 2) for x in (queries, keys, values))
    found = (q @ k.mT / q.shape[-1] ** 0.5).softmax(-1) @ v
    return found.transpose(1, 2).flatten(2)


def all_heads(queries, keys, values, W_O, heads):
    with sys.modules["torch." + "_C"].DisableTorchFunction():
        if heads < len(queries):
            pieces = zip(*(x.chunk(heads, dim=-1) for x in (queries, keys, values)), strict=True)
            return torch.cat([one(q, k, v, W_O, 1) for q, k, v in pieces], -1) @ W_O
        texts = zip(queries.split(1), keys.split(1), values.split(1), strict=True)
        return torch.cat([one(q, k, v, W_O, heads) for q, k, v in texts]) @ W_O
