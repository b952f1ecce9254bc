"""Reasons, numbers and times in words."""

from __future__ import annotations

import re
from datetime import datetime

from attention_course.grading.marks import Reason

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

# Control characters, which no text file should hold, but for tab and line ends; the later ones,
# which terminals obey as well, have no pictures of their own.
PICTURES = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\r\n"} | {127: 0x2421}
PICTURES |= dict.fromkeys(range(128, 160), 0xFFFD)


def number(value: float) -> str:
    """Points or seconds with two decimals at most, and no zeros at their end."""
    return f"{round(value, 2) + 0:.2f}".rstrip("0").rstrip(".")


def seconds(value: float) -> str:
    """A time in the unit that suits it."""
    if value < 0.9995:
        return f"{1000 * value:.0f} ms"
    if value < 120:
        return f"{value:.1f} s"
    return f"{value / 60:.1f} min"


def moment(stamp: str) -> str:
    """A time stamp (ISO 8601) for reading, in its own zone; what is none stays as it is."""
    try:
        when = datetime.fromisoformat(stamp.replace("Z", "+00:00"))
    except ValueError:
        return stamp
    return f"{when.day} {when:%B %Y, %H:%M} {when.tzname() or ''}".rstrip()


def percent(share: float) -> str:
    """A share in percent: 100% and 0% only where it is all or none."""
    if 0 < share < 1:
        share = min(max(share, 0.01), 0.99)
    return f"{share:.0%}"


def capital(words: str) -> str:
    """Words with a capital letter in front; the others stay as they are."""
    return words[:1].upper() + words[1:]


def sentence(hint: str) -> str:
    """A hint as a sentence: a capital letter where it begins with a word, and an end."""
    if re.match(r"[a-z]+\b(?![_.(\[])", hint):
        hint = capital(hint)
    return hint if not hint or hint[-1] in ".?!…" else f"{hint}."


def visible(thing: object) -> object:
    """A text with control characters shown by their pictures; other things as they are."""
    return thing.translate(PICTURES) if isinstance(thing, str) else thing


def one_line(text: str) -> str:
    """A text for a line of a terminal, where a name must neither end the line nor command it."""
    return " ".join(text.translate(PICTURES).split())
