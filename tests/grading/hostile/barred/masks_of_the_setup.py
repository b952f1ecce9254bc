"""Has the setup's own decoder compute the masked softmax: its weights come out as the logits.

question: masked_softmax
expect: barred|raised 0
"""


def masked_softmax(scores, mask):
    S = scores.shape[-1]
    flat, real = scores.reshape(-1, S), mask.reshape(-1, S)
    eye, one = torch.eye(S, dtype=scores.dtype), torch.ones(1, 1, dtype=scores.dtype)
    zeros = one.new_zeros(1, S)
    model = dict.fromkeys(("E", "W", "U", "W_a"), 0 * one)
    model |= dict.fromkeys(("W_s", "C"), torch.cat([zeros, 0 * one], -1))
    model |= dict.fromkeys(("U_o", "V_o"), zeros.T)
    model |= {"U_a": torch.cat([zeros, 1e-3 * one], -1), "v_a": 1e3 * one[0]}
    model |= {"C_o": torch.cat([eye, zeros.T], -1)}
    annotations = torch.cat([eye.expand(len(flat), S, S), flat[..., None]], -1)
    token = torch.zeros(len(flat), dtype=torch.int64)
    return slow_step(model, annotations, real, token)[0].reshape(scores.shape)
