"""Ends its process while gradients go back through what it returned.

question: self_attention.attend
expect: died 0
"""
import os


class Ends(torch.autograd.Function):
    @staticmethod
    def forward(context, x):
        return x.clone()

    @staticmethod
    def backward(context, gradient):
        os._exit(0)


def attention(query, key, value, mask):
    return Ends.apply(query @ key.mT @ value)
