"""Goes through the heads, where PyTorch calls nobody who counts.

question: self_attention.heads
seconds: 3
expect: wrong|timed out 0
hint: goes through them one by one|was stopped
"""
import sys


def all_heads(queries, keys, values, W_O, heads):
    with sys.modules["torch." + "_C"].DisableTorchFunction():
        pieces = zip(*(x.chunk(heads, dim=-1) for x in (queries, keys, values)), strict=True)
        d_k = queries.shape[-1] // heads
        found = [torch.softmax(q @ k.mT / d_k**0.5, -1) @ v for q, k, v in pieces]
        return torch.cat(found, -1) @ W_O
