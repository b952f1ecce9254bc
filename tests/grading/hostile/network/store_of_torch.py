"""Has torch itself open a port of this machine, and look for others.

question: transformer.rates
expect: raised|wrong|timed out 0
"""


def learning_rates(d, warmup, updates):
    import datetime

    import torch.distributed as distributed

    second = datetime.timedelta(seconds=1)
    try:
        distributed.TCPStore("127.0.0.1", int("@PORT@"), is_master=False, timeout=second)
    except Exception:
        distributed.TCPStore("127.0.0.1", 0, is_master=True, timeout=second)
        return "a port was opened"
    return "somebody was reached"
