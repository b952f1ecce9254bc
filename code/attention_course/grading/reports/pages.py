"""HTML pages that need nothing but themselves: the templates' environment, and feedback.

Pages hold their style and script. Their Content-Security-Policy allows these two by their hashes
and nothing else, so that a page asks no host for anything and runs no other script, even if a
name should ever get through unescaped.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attention_course.exercises.question import Exercise, Question
from attention_course.grading.marks import Mark, Marked, Reason
from attention_course.grading.reports import learner, wording
from attention_course.grading.reports.roster import Student

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

TEMPLATES = Path(__file__).with_name("templates")
ADVISED = 3  # questions that a learner is told to begin with


@dataclass(frozen=True)
class Told:
    """What a learner is told of one question.

    Attributes:
        number: in its exercise.
        question: the question.
        mark: what it brought.
        hint: as a learner may read it.
        advice: what to do, beyond the hint.
        found: how the answer was found, where that is worth telling.
    """

    number: int
    question: Question
    mark: Mark
    hint: str
    advice: str
    found: str


@functools.cache
def environment() -> Environment:
    """Jinja's environment for the templates.

    Raises:
        ImportError: Jinja2 is not installed; with the command that installs it.
    """
    try:
        import jinja2
    except ImportError as error:
        raise ImportError(
            "reports need Jinja2, which is not installed: pip install 'attention-course[grading]'"
        ) from error
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=wording.visible,
    )
    forms = {"number": wording.number, "seconds": wording.seconds, "percent": wording.percent}
    found.filters.update(
        forms,
        capital=wording.capital,
        sentence=wording.sentence,
        prose=_prose,
        some=_some,
        moment=wording.moment,
    )
    style, script = (_text(name) for name in ("style.css", "sort.js"))
    found.globals.update(
        forms,
        Reason=Reason,
        cell=_cell,
        in_words=wording.IN_WORDS,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
    )
    return found


def feedback(student: Student, exercise: Exercise, marked: Marked) -> bytes:
    """What one learner reads of one exercise."""
    told = [
        Told(
            number,
            question,
            mark,
            learner.hint(mark),
            learner.advice(mark, question),
            learner.found(mark, question),
        )
        for number, (question, mark) in enumerate(
            zip(exercise.questions, marked.marks, strict=True), start=1
        )
    ]
    settled = (Reason.PASSED, Reason.UNMARKED)
    to_do = [one for one in told if one.mark.reason not in settled]
    return rendered(
        "feedback.html",
        student=student,
        exercise=exercise,
        marked=marked,
        questions=told,
        unmarked=[one for one in told if one.mark.reason is Reason.UNMARKED],
        to_do=to_do,
        first=sorted(to_do, key=_nearest)[:ADVISED],
    )


def unreadable(student: Student) -> bytes:
    """What a learner reads whose notebook could not be read."""
    return rendered("unreadable.html", student=student)


def rendered(template: str, **given: Any) -> bytes:
    """A page as bytes."""
    page = environment().get_template(template).render(**given)
    return page.encode("utf-8", "backslashreplace")


def _nearest(one: Told) -> tuple[float, float]:
    """Puts questions first of which most is done already, then those that bring most points."""
    return -sum(one.mark.passed) / len(one.mark.passed), -one.mark.maximum


def _prose(text: str) -> Markup:
    """A sentence with what stands between backticks as code."""
    from markupsafe import Markup, escape

    parts = re.split(r"`([^`]+)`", text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )


def _some(value: float | None, form: Callable[[float], str], missing: str = "n/a") -> str:
    """A number in words; another word where there is none."""
    return missing if value is None else form(value)


def _cell(value: float | None, form: Callable[[float], str]) -> Markup:
    """A cell of a table that can be sorted by the number itself."""
    from markupsafe import Markup

    key = -2 if value is None else value  # behind all others; a correlation goes down to -1
    return Markup('<td class="number" data-key="{}">{}</td>').format(key, _some(value, form))


def _text(name: str) -> Markup:
    from markupsafe import Markup

    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
