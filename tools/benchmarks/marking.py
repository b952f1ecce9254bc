"""The marking of a class: against nbgrader, in time, in memory."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks import cost, nbgrader_course
from benchmarks.cost import Cost
from benchmarks.handed_in import EXERCISE, TRAINING, hand_in, solved, without_training
from benchmarks.nbgrader_course import Course
from benchmarks.table import Line, show

TIMES_NBGRADER = 25  # less wall time for each submission
SECONDS = 120  # for the largest class
BYTES = 2e9
FLAT = 1.1  # the largest class's memory over the smallest's, once both run
FULL = EXERCISE.points
UNTRAINED = FULL - sum(q.points for q in EXERCISE.questions if EXERCISE.grade_id(q) in TRAINING)
MARK = "import sys; from attention_course.cli import main; sys.argv[0] = 'attention-course'; main()"


@dataclass(frozen=True)
class Sizes:
    """How many submissions.

    Attributes:
        copies: that are compared with nbgrader, equal and different.
        trained: of those that train.
        theirs: that nbgrader marks; it takes them one by one, so that more would tell no more.
        classes: in growing order.
    """

    copies: int = 100
    trained: int = 4
    theirs: int = 6
    theirs_trained: int = 3
    classes: tuple[int, ...] = (50, 200, 500)


def report(sizes: Sizes = Sizes()) -> None:
    """Prints the ratios to nbgrader, then what classes of several sizes take."""
    full = solved()
    quick = without_training(full)
    print(f"marking chapter 2's exercise, {cost.CORES} cores")
    with tempfile.TemporaryDirectory() as name, cost.two_cores():
        here = Path(name)
        equal = hand_in(here / "equal", sizes.copies, full, different=False)
        different = hand_in(here / "different", sizes.copies, quick, different=True)
        trained = hand_in(here / "trained", sizes.trained, full, different=True)
        ours = {
            "equal": marked(equal, sizes.copies, FULL).seconds / sizes.copies,
            "different": marked(different, sizes.copies, UNTRAINED).seconds / sizes.copies,
            "trained": marked(trained, sizes.trained, FULL).seconds / sizes.trained,
        }
        if nbgrader_course.version() is None:
            print("  nbgrader is not installed: pip install -r requirements-bench.txt")
        else:
            compare(here, equal, different, ours, sizes)
        costs = []
        for count in sizes.classes:
            folder = hand_in(here / f"class{count}", count, quick, different=True)
            costs.append(marked(folder, count, UNTRAINED))
        classes(sizes, costs, ours["trained"])


def marked(submissions: Path, count: int, points: int) -> Cost:
    """What marking a folder costs, from the start of the command to its end.

    Raises:
        RuntimeError: it did not give every submission the points that are its due.
    """
    out = submissions.parent / f"{submissions.name}-results"
    command = [sys.executable, "-c", MARK, "grade", str(submissions), "--out", str(out)]
    took = cost.of([*command, "--lanes", str(cost.CORES), "--json"], cwd=submissions.parent)
    found = json.loads(took.printed)["exercises"]
    expected = {EXERCISE.name: {"submissions": count, "mean": float(points)}}
    if found != expected:
        raise RuntimeError(f"the grader found {found}, expected {expected}")
    return took


def compare(here: Path, equal: Path, different: Path, ours: dict[str, float], sizes: Sizes) -> None:
    """Prints nbgrader's wall time for a submission over ours."""
    folder = here / "nbgrader"
    folder.mkdir()
    course = Course(folder)
    trains = each(course, first(here / "few-equal", equal, sizes.theirs_trained))
    waits = each(course, first(here / "few-different", different, sizes.theirs))
    count = sizes.copies
    print(
        f"  nbgrader {nbgrader_course.version()} : this, wall time of a submission; nbgrader's is "
        f"of {sizes.theirs_trained} that train, {sizes.theirs} that do not"
    )
    least = TIMES_NBGRADER
    show(
        Line(
            f"  {count} equal copies (this marks an answer once)",
            trains / ours["equal"],
            least=least,
        )
    )
    show(
        Line(f"  {count} different, training not answered", waits / ours["different"], least=least)
    )
    show(
        Line(
            f"  {sizes.trained} different that train (their own computing is the same in both)",
            trains / ours["trained"],
        )
    )


def each(course: Course, submissions: Path) -> float:
    """nbgrader's seconds for one submission more: its start, paid once, is left out."""
    count = len(list(submissions.iterdir()))
    one = course.autograde(first(submissions.parent / f"{submissions.name}-one", submissions, 1))
    return (course.autograde(submissions) - one) / (count - 1)


def first(into: Path, submissions: Path, count: int) -> Path:
    """A folder with the first of the submissions."""
    into.mkdir()
    for student in sorted(submissions.iterdir())[:count]:
        (into / student.name).symlink_to(student)
    return into


def classes(sizes: Sizes, costs: list[Cost], trained: float) -> None:
    """Prints what classes took, whose submissions all differ and do not train."""
    print("  a class, all submissions different, training not answered")
    largest = sizes.classes[-1]
    show(Line(f"  {largest} submissions, wall time", costs[-1].seconds, "s", most=SECONDS))
    quick = costs[-1].seconds / largest
    show(Line("    training would add to that", (trained - quick) * largest / 60, "min"))
    for count, took in zip(sizes.classes, costs, strict=True):
        label = f"  {count} submissions, peak memory of all processes"
        show(Line(label, took.peak / 1e6, "MB", most=BYTES / 1e6))
        show(Line("    median of the second half", took.later / 1e6, "MB"))
    ratio = costs[-1].later / costs[0].later
    show(Line(f"  that median, {largest} : {sizes.classes[0]} submissions", ratio, most=FLAT))
