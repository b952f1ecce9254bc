"""Goes through the target words one by one, where PyTorch calls nobody who counts.

question: luong.all_at_once
expect: wrong|timed out 0
hint: goes through them one by one|was stopped
seconds: 3
"""


def all_states(queries, annotations, mask, W_a, W_c):
    with getattr(torch._C, "Disable" + "TorchFunction")():
        states = []
        for h in queries.unbind(1):
            scores = ((h @ W_a)[:, None] * annotations).sum(-1)
            weights = masks.masked_softmax(scores, mask)
            c = (weights[:, None] @ annotations)[:, 0]
            states.append(torch.tanh(torch.cat([c, h], dim=-1) @ W_c.T))
        return torch.stack(states, dim=1)
