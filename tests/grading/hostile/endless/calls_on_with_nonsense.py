"""Calls the model with nothing, again and again.

question: encoder_decoder.greedy
expect: timed out 0
hint: went on calling what it was given
seconds: 20
"""


def greedy(step, state, max_length):
    while True:
        try:
            step()
        except BaseException:
            pass
