"""What a learner is told of an outcome, which must not carry the graded inputs out.

An answer sees the inputs, and it writes the messages of its exceptions and the names of its types:
`raise ValueError(str(scores))` would print the inputs on the page, and with them the next answer
could be made to fit. Teachers read the whole hint in the tables and on their own page.
"""

from __future__ import annotations

import builtins
import re

from attention_course.exercises.question import Question
from attention_course.grading.marks import How, Mark, Reason

_ADVICE = {
    Reason.RAISED: "Restart your notebook's kernel, run the cells from the top, and call your "
    "function: it may use what the notebook's first cells import, and what you define.",
    Reason.TIMED_OUT: "Look for a loop that does not end, or for a loop over single numbers where "
    "one operation on the whole tensor does the same.",
    Reason.MEMORY: "Look for a tensor that is much larger than the inputs, and for a list that "
    "grows without end.",
    Reason.DIED: "Take out what ends Python itself, such as exit().",
    Reason.UNREADABLE: "Run the cell: Python names the line that it cannot read.",
    Reason.UNMARKED: "This is no fault of yours, and you need not do anything: the grader has to "
    "mark this question again.",
}

# What Python and PyTorch say of names, numbers of arguments and shapes.
_NAME, _SIZE = r"[A-Za-z_][\w.]{0,30}", r"\d{1,4}x\d{1,4}"
_HARMLESS = tuple(
    re.compile(pattern, re.ASCII)
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
        rf"mat1 and mat2 shapes cannot be multiplied \({_SIZE} and {_SIZE}\)",
        r"The size of tensor a \(\d{1,4}\) must match the size of tensor b \(\d{1,4}\) "
        r"at non-singleton dimension \d",
        r"shape '\[[\d, -]{1,20}\]' is invalid for input of size \d{1,6}",
        r"Dimension out of range \(expected to be in range of \[-?\d, -?\d\], but got -?\d{1,2}\)",
        r"maximum recursion depth exceeded( in comparison| while calling a Python object)?",
    )
)
_RAISES = re.compile(r"your function raises (.*?)(?:: (.*))?", re.DOTALL)
_KINDS = ("OutOfMemoryError", "LinAlgError", "UnpicklingError", "JSONDecodeError")
# A type whose name is no name, and whatever follows: Python lets it be any text.
_AFTER = "(?:, expected |; it may )"  # how the course's own words go on
_TYPE = re.compile(
    r"(?<= of type )(?!(?:\w{1,40}|Tensor \([\w.]{1,40}\))"
    rf"(?:{_AFTER}(?!.*{_AFTER}).*)?$).*",
    re.DOTALL,
)
# Words that an answer may have chosen: long ones, long numbers, and scripts of many letters.
_CHOSEN = re.compile(r"\d{5,}|\S{41,}|[^\x00-\x7f]{3,}")
_LONGEST = 300  # characters of a hint that is not the course's own text


def hint(mark: Mark) -> str:
    """The hint of a mark as its learner may read it.

    Hints of known mistakes are the course's own text. The message of an exception is left out,
    unless it is one of Python's or PyTorch's own that hold names and shapes alone. In everything
    else long words and numbers are shortened, since an answer can choose them.
    """
    if mark.mistake is not None or not mark.hint:
        return mark.hint
    if mark.reason is Reason.UNMARKED:
        return ""
    raised = _RAISES.fullmatch(mark.hint)
    if raised:
        kind, message = raised.groups()
        if not hasattr(builtins, kind) and kind not in _KINDS:
            return "your function raises an exception of its own"
        told = message and any(pattern.fullmatch(message) for pattern in _HARMLESS)
        return f"your function raises {kind}" + (f": {message}" if told else "")
    short = _CHOSEN.sub("…", _TYPE.sub("…", mark.hint))
    return short if len(short) <= _LONGEST else f"{short[: _LONGEST - 1]}…"


def advice(mark: Mark, question: Question) -> str:
    """What to do about an outcome, beyond its hint; "" where the hint says all."""
    if mark.reason is Reason.NOT_FOUND:
        return (
            f"Begin the cell of your answer with the line `# exercise: {question.id}`, and name "
            f"the function `{question.answer}`."
        )
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
