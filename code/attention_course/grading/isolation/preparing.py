"""What a process imports before it runs answers."""

from __future__ import annotations

import gc
import importlib
from collections.abc import Iterable

from attention_course.grading.isolation import references

ALSO = ("numpy.random",)  # torch and numpy import it when it is first used, which takes long


def prepare(preload: Iterable[str]) -> None:
    """Imports what answers need, and no reference.

    Args:
        preload: names of modules.

    Raises:
        ImportError: of what has to be imported.
        RuntimeError: a reference was there already.
    """
    preload = list(preload)
    references.keep_out(preload)
    for name in (*ALSO, *preload):
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
