"""Goes through the words one by one, in a thread that nobody counts.

question: show_attend_tell.bound
expect: wrong|timed out 0
hint: goes through them one by one|was stopped
seconds: 3
"""

import threading


def bound(weights, log_p):
    found = []

    def words():
        total = torch.zeros_like(weights[:, 0, 0])
        for alpha, word in zip(weights.unbind(1), log_p.unbind(1), strict=True):
            total = total + (alpha * word).sum(1)
        found.append(total)

    thread = threading.Thread(target=words)
    thread.start()
    thread.join()
    return found[0]
