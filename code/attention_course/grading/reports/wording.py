"""Outcomes in words: for teachers, and for learners, who must not read the graded inputs."""

from __future__ import annotations

import builtins
import re

from attention_course.exercises.question import Question
from attention_course.grading.marks import How, Mark, Reason

IN_WORDS = {
    Reason.PASSED: "all checks pass",
    Reason.WRONG: "not right yet",
    Reason.RAISED: "ended with an error",
    Reason.TIMED_OUT: "ran longer than allowed",
    Reason.MEMORY: "used more memory than allowed",
    Reason.DIED: "ended before it had answered",
    Reason.NOT_ANSWERED: "not answered",
    Reason.NOT_FOUND: "no answer found in the notebook",
    Reason.BARRED: "uses what it should write itself",
    Reason.UNREADABLE: "the cell is not valid Python",
    Reason.UNMARKED: "could not be marked yet",
}

# Control characters, which no text file should hold, but for tab and line ends.
PICTURES = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\r\n"} | {127: 0x2421}

_ADVICE = {
    Reason.RAISED: "Restart your notebook's kernel, run the cells from the top, and call your "
    "function: it may use what the notebook's first cells import, and what you define.",
    Reason.TIMED_OUT: "Look for a loop that does not end, or for a loop over single numbers where "
    "one operation on the whole tensor does the same.",
    Reason.MEMORY: "Look for a tensor that is much larger than the inputs, and for a list that "
    "grows without end.",
    Reason.DIED: "Take out what ends Python itself, such as exit().",
    Reason.NOT_ANSWERED: "Write your own lines in place of raise NotImplementedError.",
    Reason.UNREADABLE: "Run the cell: Python names the line that it cannot read.",
    Reason.UNMARKED: "This is no fault of yours, and you need not do anything: the grader has to "
    "mark this question again.",
}

# What Python and PyTorch say of names, numbers of arguments and shapes. A learner writes the
# message of an exception and knows the inputs when it is raised, so no other message is repeated.
_NAME, _SIZES = r"[A-Za-z_][\w.]{0,40}", r"[\d, x()\[\]]{1,40}"
_HARMLESS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"name '{_NAME}' is not defined",
        rf"cannot access local variable '{_NAME}' where it is not associated with a value",
        rf"module '{_NAME}' has no attribute '{_NAME}'",
        rf"'{_NAME}' object has no attribute '{_NAME}'",
        rf"'{_NAME}' object is not (callable|iterable|subscriptable)",
        rf"No module named '{_NAME}'",
        rf"{_NAME}\(\) takes \d{{1,2}} positional arguments? but \d{{1,2}} (was|were) given",
        rf"{_NAME}\(\) missing \d{{1,2}} required positional arguments?: "
        rf"('{_NAME}'(, and | and |, )?){{1,6}}",
        rf"mat1 and mat2 shapes cannot be multiplied \({_SIZES}\)",
        r"The size of tensor a \(\d{1,4}\) must match the size of tensor b \(\d{1,4}\) "
        r"at non-singleton dimension \d",
        rf"shape '{_SIZES}' is invalid for input of size \d{{1,6}}",
        r"Dimension out of range \(expected to be in range of \[-?\d, -?\d\], but got -?\d{1,2}\)",
        r"maximum recursion depth exceeded.{0,40}",
    )
)
_RAISES = re.compile(r"your function raises (\w+)(?:: (.*))?", re.DOTALL)
_KINDS = ("OutOfMemoryError", "LinAlgError", "UnpicklingError", "JSONDecodeError")
_LONGEST = 300  # characters of a hint that is not the course's own text


def number(value: float) -> str:
    """Points or seconds with two decimals at most, and no zeros at their end."""
    return f"{round(value, 2) + 0:.2f}".rstrip("0").rstrip(".")


def sentence(hint: str) -> str:
    """A hint as a sentence: a capital letter where it begins with a word, and an end."""
    if re.match(r"[a-z]+\b(?![_.(\[])", hint):
        hint = hint[0].upper() + hint[1:]
    return hint if not hint or hint[-1] in ".?!…" else f"{hint}."


def for_learner(mark: Mark) -> str:
    """The hint of a mark as its learner may read it.

    Hints of known mistakes are the course's own text. Of an exception the message is left out
    unless it is one of Python's or PyTorch's own that hold names and shapes alone. Of everything
    else long words and digits are shortened, since an answer can choose them.
    """
    if mark.mistake is not None or not mark.hint:
        return mark.hint
    if mark.reason is Reason.UNMARKED:
        return ""
    raised = _RAISES.fullmatch(mark.hint)
    if raised:
        kind, message = raised.groups()
        kind = kind if hasattr(builtins, kind) or kind in _KINDS else "an exception"
        told = message and any(pattern.fullmatch(message) for pattern in _HARMLESS)
        return f"your function raises {kind}" + (f": {message}" if told else "")
    short = re.sub(r"\d{5,}|\S{41,}", "…", mark.hint)
    return short if len(short) <= _LONGEST else f"{short[: _LONGEST - 1]}…"


def advice(mark: Mark, question: Question) -> str:
    """What to do about an outcome, beyond its hint; "" where the hint says all."""
    if mark.reason is Reason.NOT_FOUND:
        return (
            f"Begin the cell of your answer with the line `# exercise: {question.id}`, and name "
            f"the function `{question.answer}`."
        )
    if mark.reason is Reason.BARRED:
        return "Write the steps yourself, with PyTorch's basic operations."
    return _ADVICE.get(mark.reason, "")


def found(mark: Mark, question: Question) -> str:
    """How the answer was found, where that was not by the notebook's own metadata."""
    if mark.how is How.MARKER:
        return (
            "The cell had lost the notebook's own mark; it was found by its line "
            f"`# exercise: {question.id}`."
        )
    if mark.how is How.NAME:
        return (
            "The cell had lost the notebook's own mark; it was found by the name "
            f"`{question.answer}`."
        )
    return ""


def visible(thing: object) -> object:
    """A text with control characters shown by their pictures; other things as they are."""
    return thing.translate(PICTURES) if isinstance(thing, str) else thing
