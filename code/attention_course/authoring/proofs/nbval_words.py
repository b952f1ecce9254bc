"""What nbval says of a cell that does not pass, in one sentence."""

from __future__ import annotations

import re

COLOUR = re.compile(r"(?:\x1b|#x1B)\[[0-9;]*m")  # the second: as pytest's report writes it
PRINTED, STORED = re.compile(r"^ +- (.*)$", re.MULTILINE), re.compile(r"^ +\+ (.*)$", re.MULTILINE)
ERROR = re.compile(
    r"^(?:\w+\.)*[A-Z]\w*(?:Error|Exception|Interrupt|Exit|Warning)\b.*", re.MULTILINE
)


def brief(words: str) -> str:
    """The line that differs from the stored one, or the error; else all that nbval says.

    Args:
        words: what `attention_course.grading.nbval.outcomes` has of the cell.
    """
    bare = COLOUR.sub("", words)
    said = bare.rpartition("Traceback:")[2]
    if "mismatch" in said:
        printed, stored = PRINTED.findall(said), STORED.findall(said)
        if printed or stored:
            return f"it prints {_first(printed)} where {_first(stored)} is stored"
    errors = ERROR.findall(said)
    return f"it raises {errors[-1].strip().rstrip(':')}" if errors else " ".join(said.split())


def _first(lines: list[str]) -> str:
    return repr(lines[0]) if lines else "nothing"
