"""Sets nbval's opinion beside the marks, and flags where they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from attention_course.grading.marks import Mark, Marked, Reason, Run, Submission
from attention_course.grading.second_opinion import Opinion, second_opinion

# nbval runs what the marking refused to run, or could not
_NOT_COMPARED = (Reason.BARRED, Reason.UNMARKED)


def compared(run: Run, submissions: Iterable[Submission], say: Callable[[str], None]) -> Run:
    """The run, with a flag on every mark that nbval does not agree with.

    Both agree where an answer passes all its checks by both, or by neither. It takes as long as
    the learners' notebooks take, and runs them **without isolation** (see `second_opinion`).

    Args:
        say: called with a line for each submission.
    """
    own = {(submission.student, submission.exercise): submission for submission in submissions}
    marked = []
    for number, one in enumerate(run.marked, start=1):
        opinions = second_opinion(own[one.student, one.exercise])
        flagged = _flagged(one, opinions)
        differ = sum(a is not b for a, b in zip(one.marks, flagged.marks, strict=True))
        verdict = "agrees" if not differ else f"differs in {differ}"
        say(f"[{number}/{len(run.marked)}] nbval, {one.student}, {one.exercise}: {verdict}")
        marked.append(flagged)
    return replace(run, marked=tuple(marked))


def _flagged(marked: Marked, opinions: Iterable[Opinion]) -> Marked:
    pairs = zip(marked.marks, opinions, strict=True)
    return replace(marked, marks=tuple(_with_flag(mark, opinion) for mark, opinion in pairs))


def _with_flag(mark: Mark, opinion: Opinion) -> Mark:
    if mark.reason in _NOT_COMPARED or opinion.passed is (mark.reason is Reason.PASSED):
        return mark
    said = "passes it" if opinion.passed else f"does not pass it ({opinion.line})"
    return replace(mark, flags=(*mark.flags, f"nbval differs: it {said}"))
