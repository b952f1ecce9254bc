"""Goes through the source or the target words, whichever there are fewer of, uncounted.

question: luong.all_at_once
expect: wrong|timed out 0
hint: goes through them one by one|was stopped
seconds: 4
"""


def all_states(queries, annotations, mask, W_a, W_c):
    with getattr(torch._C, "Disable" + "TorchFunction")():
        turned = queries @ W_a
        if annotations.shape[1] < queries.shape[1]:
            columns = [(turned * h[:, None]).sum(-1) for h in annotations.unbind(1)]
            weights = masks.masked_softmax(torch.stack(columns, dim=-1), mask[:, None])
            return torch.tanh(torch.cat([weights @ annotations, queries], dim=-1) @ W_c.T)
        states = []
        for h, q in zip(queries.unbind(1), turned.unbind(1), strict=True):
            weights = masks.masked_softmax((q[:, None] * annotations).sum(-1), mask)
            c = (weights[:, None] @ annotations)[:, 0]
            states.append(torch.tanh(torch.cat([c, h], dim=-1) @ W_c.T))
        return torch.stack(states, dim=1)
