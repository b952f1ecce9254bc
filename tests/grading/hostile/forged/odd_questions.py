"""Asks the model, which answers outside of its process, about all sorts of things.

question: encoder_decoder.greedy
expect: raised 0
hint: TypeError|ValueError|IndexError
"""


def greedy(step, state, max_length):
    token = torch.full((len(state),), BOS)
    odd = [
        (),
        (token,),
        (token, state, state),
        (None, None),
        ("token", {"state": [1] * 1000}),
        (token.double(), state),
        (token[:, None], state),
        (token, state[:, None]),
        (token, state.to(torch.complex64)),
        (torch.full_like(token, 2**62), state),
        (torch.full_like(token, -9), state),
        (torch.zeros(0, dtype=torch.int64), state[:0]),
        (token, state * float("nan")),
    ]
    for question in odd:
        try:
            step(*question)
        except Exception as error:
            last = error
    raise last
