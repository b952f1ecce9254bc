"""Has PyTorch derive the gradient in a thread of its own, for which nobody has switched that off.

question: transformer.smoothing
expect: barred|wrong|raised 0
"""
import threading


def smoothed_loss(logits, target, mask, smoothing):
    found = []

    def derive():
        leaf = logits.clone().requires_grad_()
        V = logits.shape[-1]
        q = torch.full_like(logits, smoothing / V)
        q = q + (1 - smoothing) * torch.zeros_like(logits).scatter(-1, target[..., None], 1.0)
        loss = -(q * leaf.log_softmax(-1)).sum(-1)[mask].mean()
        loss.backward()
        found.extend((loss.detach(), leaf.grad))

    thread = threading.Thread(target=derive)
    thread.start()
    thread.join()
    return found
