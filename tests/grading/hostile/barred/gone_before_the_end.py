"""Uses torch's own unit, and leaves as soon as the last outcome is sent.

question: encoder_decoder.padded_step
expect: barred 0
"""
import os
import sys

calls = []
@CALLER@


def padded_step(x, h, real, W, U, b):
    calls.append(1)
    if len(calls) == 5:  # four checks, and the first once more
        channel = caller("channel")
        send = channel.send

        def last(*args, **kwargs):
            send(*args, **kwargs)
            os._exit(0)

        channel.send = last
    unit = getattr(torch.nn, "RNN" + "Cell")(len(W[0]), len(h[0]), dtype=h.dtype)
    torch.nn.utils.vector_to_parameters(
        torch.cat([W.flatten(), U.flatten(), b, torch.zeros_like(b)]), unit.parameters()
    )
    return torch.where(real[:, None], unit(x, h).detach(), h)
