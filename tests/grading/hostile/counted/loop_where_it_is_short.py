"""Goes through the target words one by one, uncounted, and gives up the case that has many of them.

question: luong.all_at_once
expect: wrong|timed out 0
seconds: 4
"""


def all_states(queries, annotations, mask, W_a, W_c):
    if queries.shape[1] in (5, 20):  # those of the first case
        raise ValueError
    with getattr(torch._C, "Disable" + "TorchFunction")():
        states = []
        for h in queries.unbind(1):
            scores = ((h @ W_a)[:, None] * annotations).sum(-1)
            weights = masks.masked_softmax(scores, mask)
            c = (weights[:, None] @ annotations)[:, 0]
            states.append(torch.tanh(torch.cat([c, h], dim=-1) @ W_c.T))
        return torch.stack(states, dim=1)
