"""Calls PyTorch's own unit by one of its many names, whose tanh is not what is asked for.

question: encoder_decoder.padded_step
expect: wrong 0
hint: your unit has a tanh
"""


def padded_step(x, h, real, W, U, b):
    unit = getattr(torch.ops.aten, "rnn_" + "tanh_cell")
    return torch.where(real[:, None], unit(x, h, W, U, b, torch.zeros_like(b)), h)
