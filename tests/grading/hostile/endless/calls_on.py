"""Calls the model again and again, whatever comes back.

question: encoder_decoder.greedy
expect: timed out 0
hint: went on calling what it was given
seconds: 20
"""


def greedy(step, state, max_length):
    while True:
        try:
            step(torch.zeros(len(state), dtype=torch.int64), state)
        except BaseException:
            pass
