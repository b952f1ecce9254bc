"""Looks at every object of its process for references, questions and other submissions.

expect: raised 0
hint: nothing found
"""
import gc
import sys
import types


def additive_score(query, keys, v):
    found = set()
    for thing in gc.get_objects():
        if isinstance(thing, types.FunctionType):
            module = thing.__module__ or ""
            if module.startswith("attention_course.exercises.") and thing.__name__ in (
                "additive_score", "gated_unit", "judge", "compare", "examine",
            ):  # fmt: skip
                found.add(f"{module}.{thing.__name__}")
        elif type(thing).__name__ in ("Question", "AnswerKey", "Mistake", "Submission", "Mark"):
            found.add(type(thing).__name__)
    loaded = [m for m in sys.modules if m.startswith("attention_course.exercises.bahdanau.")]
    found |= {m for m in loaded if not m.endswith(("stepping", "training"))}
    raise RuntimeError(f"found {sorted(found)}" if found else "nothing found")
