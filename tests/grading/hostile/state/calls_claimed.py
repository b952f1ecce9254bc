"""Goes on to the limit when all sentences have ended, and returns what is judged, with fewer calls.

question: encoder_decoder.greedy
expect: wrong 0
"""


def greedy(step, state, max_length):
    token, columns = torch.full((len(state),), BOS), []
    for _ in range(max_length):
        logits, state = step(token, state)
        token = logits.argmax(-1)
        columns.append(token)
    rows = torch.stack(columns, 1).tolist()
    rows = [row[: row.index(EOS) + 1] if EOS in row else row for row in rows]
    return {"returned": rows, "calls": 1, "endless": False}
