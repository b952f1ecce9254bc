"""Sets up logging and warnings that write a line for everything.

expect: passed 15
"""
import logging
import sys
import warnings

logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, force=True)
logging.captureWarnings(True)
warnings.simplefilter("always")


def additive_score(query, keys, v):
    logging.getLogger().error("a score")
    warnings.warn("deprecated", DeprecationWarning, stacklevel=2)
    print("a line on stderr", file=sys.stderr)
    return torch.tanh(query[:, None] + keys) @ v
