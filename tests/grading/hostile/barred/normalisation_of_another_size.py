"""Takes another of PyTorch's normalisations, which over one row each does the same.

question: transformer.sublayer
expect: barred 0
"""


def around(x, part, order, gain, bias):
    def normal(y):
        rows = y.reshape(-1, 1, 1, y.shape[-1])
        return torch.nn.InstanceNorm2d(1)(rows).reshape(y.shape) * gain + bias

    return normal(x + part(x)) if order == "post" else x + part(normal(x))
