"""The environment variables of the processes in which answers run."""

from __future__ import annotations

import os
import site
from pathlib import Path

import attention_course

KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")  # without which Python may not start
ONE_THREAD = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def environment() -> dict[str, str]:
    """What a Python needs to find the same packages; nothing else of the own environment."""
    package = Path(attention_course.__path__[0]).parent
    own = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    path = [str(package), *map(os.path.abspath, own)]
    variables = {name: os.environ[name] for name in KEPT if name in os.environ}
    if site.ENABLE_USER_SITE and site.USER_BASE:
        variables["PYTHONUSERBASE"] = site.USER_BASE
    return {
        **variables,
        **dict.fromkeys(ONE_THREAD, "1"),
        "PYTHONPATH": os.pathsep.join(path),
        "PYTHONHASHSEED": "0",  # the order of a set is the same in every run
        "MALLOC_ARENA_MAX": "2",  # or each thread reserves 64 MiB of what an answer may have
        "CUDA_VISIBLE_DEVICES": "",
        "MPLBACKEND": "agg",
        "LC_ALL": "C.UTF-8",
        "PATH": os.defpath,
    }
