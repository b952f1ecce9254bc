"""Takes the barred score from a file of its package, and from the package without its stand-in.

question: luong.general
expect: raised|barred 0
"""
import importlib
import sys


def general_score(query, keys, W_a):
    package = ".".join(["attention_course", "models", "scores"])
    try:
        kind = importlib.import_module(package + ".products").General
    except ImportError:
        for name in [name for name in sys.modules if name.startswith(package)]:
            del sys.modules[name]
        sys.meta_path[:] = sys.meta_path[-3:]
        kind = importlib.import_module(package + ".products").General
    score = kind(query.shape[-1], keys.shape[-1]).to(query.dtype)
    with torch.no_grad():
        for parameter in score.parameters():
            parameter.copy_(W_a if parameter.shape == W_a.shape else W_a.T)
    return score(query, score.project(keys)).detach()
