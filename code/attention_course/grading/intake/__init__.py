"""From what a class handed in to answers: finds them, reads them, runs nothing.

`places` finds the notebooks, `reading` makes cells of them, `matching` says which cell answers
which question, `helpers` what it needs of the others, and `barred` what it must not use.
"""

from attention_course.grading.intake.collecting import Collected, collect

__all__ = ["Collected", "collect"]
