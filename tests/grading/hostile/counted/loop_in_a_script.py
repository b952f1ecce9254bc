"""Goes through the words in C, by a scripted function, so that Python is called once.

question: show_attend_tell.bound
expect: wrong|timed out 0
hint: goes through them one by one|was stopped
seconds: 3
"""


def words(weights: Tensor, log_p: Tensor) -> Tensor:
    total = torch.zeros_like(weights[:, 0, 0])
    for t in range(weights.shape[1]):
        total = total + (weights[:, t] * log_p[:, t]).sum(1)
    return total


bound = torch.jit.script(words)
