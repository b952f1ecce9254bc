"""The policy: which names an answer uses that it must not use."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from types import FunctionType, ModuleType

from attention_course.grading.intake.uses import Uses

# what belongs to the checks; `check` and `progress` alone are for learners
INTERNAL = (
    "attention_course.exercises",
    "attention_course.grading",
    "attention_course.authoring",
)
ALLOWED = frozenset(
    f"attention_course.exercises.{name}"
    for name in ("check", "progress", "checking.check", "checking.progress")
)


def barred_uses(
    setup: Sequence[str], source: str, function: str, barred: Sequence[str]
) -> tuple[str, ...]:
    """The dotted names that an answer uses and must not, in alphabetical order.

    An import alone, an annotation, a string and a comment use nothing; what the setup uses is not
    the answer's. Where something of PyTorch is barred, so is what PyTorch keeps to itself: it has
    the same functions there by other names.

    Args:
        setup: the sources that run before it; of these only the imports matter.
        source: the answer with its helpers.
        function: the name that is asked for: what is imported under it is used.
        barred: the question's dotted names; each bars what lies in it too.
    """
    places = [*barred, *map(_real, barred)]
    also = any(_inside(one, "torch") for one in barred)
    found = {
        name
        for name in Uses(tuple(setup), source).names(function)
        if (also and _torchs_own(name))
        or any(
            _internal(one) or any(_inside(one, place) for place in places)
            for one in (name, _real(name))
        )
    }
    return tuple(sorted(name for name in found if not _shorter(name, found)))


def barred_hint(names: Iterable[str]) -> str:
    """What the learner reads whose answer uses these names: a sentence without a full stop."""
    listed = sorted(names)
    all_but_last = ", ".join(listed[:-1])
    text = f"{all_but_last} and {listed[-1]}" if all_but_last else listed[-1]
    them = "them" if all_but_last else "it"
    return f"your answer uses {text}, which is barred in this question: write it without {them}"


def _inside(name: str, of: str) -> bool:
    return name == of or name.startswith(f"{of}.")


def _real(name: str) -> str:
    """Where what a dotted name leads to was defined: RNN's home is torch.nn.modules.rnn.

    Only modules that are loaded are looked into, and only at what stands in them.
    """
    parts = name.split(".")
    known = [n for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in sys.modules]
    if not known:
        return name
    found: object = sys.modules[".".join(parts[: known[0]])]
    rest = parts[known[0] :]
    while rest and isinstance(found, (ModuleType, type)) and rest[0] in vars(found):
        found = vars(found)[rest.pop(0)]
    if isinstance(found, ModuleType):
        home = found.__name__
    elif isinstance(found, (type, FunctionType)):
        home = f"{found.__module__}.{found.__qualname__}"
    else:
        return name
    return ".".join([home, *rest])


def _torchs_own(name: str) -> bool:
    """Whether it is private in PyTorch, or of the list of all its operators."""
    top, *rest = name.split(".")
    private = any(part.startswith("_") and not part.startswith("__") for part in rest)
    return top == "torch" and (private or rest[:1] == ["ops"])


def _internal(name: str) -> bool:
    return any(_inside(name, of) for of in INTERNAL) and name not in ALLOWED and name != INTERNAL[0]


def _shorter(name: str, found: set[str]) -> bool:
    """Whether a longer name says the same more exactly."""
    return any(other.startswith(f"{name}.") for other in found)
