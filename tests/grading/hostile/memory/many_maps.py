"""Takes as many pieces of memory as the kernel counts, a page each.

question: transformer.rates
expect: wrong|raised|killed for memory|died|timed out 0
"""
import mmap


def learning_rates(d, warmup, updates):
    pieces = []
    try:
        while True:
            pieces.append(mmap.mmap(-1, 4096, prot=(mmap.PROT_READ, 3)[len(pieces) % 2]))
    except OSError:
        return len(pieces)
