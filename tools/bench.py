"""`make bench`: what costs how much: the models, a learner's checks, the marking of a class.

    python tools/bench.py                   everything
    python tools/bench.py checks class      some of it

Models are compared with one another, the grader with nbgrader (requirements-bench.txt): ratios of
times taken side by side carry over to another machine. What the course promises in seconds and
bytes is printed with its bound, and holds or does not on the machine that this runs on.
"""

from __future__ import annotations

import argparse
import functools

from benchmarks import attention, checks, marking, models, questions


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "parts",
        nargs="*",
        metavar="PART",
        help="models, attention, checks, questions, class (default: all)",
    )
    parser.add_argument(
        "--repetitions",
        type=int,
        default=15,
        help="of each ratio of models and attention (default 15)",
    )
    called = parser.parse_args()
    if called.repetitions < 1:
        parser.error(f"--repetitions is {called.repetitions}, expected at least 1")
    parts = {
        "models": functools.partial(models.report, called.repetitions),
        "attention": functools.partial(attention.report, called.repetitions),
        "checks": checks.report,
        "questions": questions.report,
        "class": marking.report,
    }
    for part in called.parts:
        if part not in parts:
            parser.error(f"PART is {part!r}, expected one of {', '.join(parts)}")
    for part, report in parts.items():
        if not called.parts or part in called.parts:
            report()


if __name__ == "__main__":
    main()
