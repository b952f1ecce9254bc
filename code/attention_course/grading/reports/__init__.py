"""What a run of the grader leaves behind, for teachers, learners and programs.

    index.html                          the instructor's page: begin here
    grades.csv questions.csv            a row a student; a row a student and question
    results.json                        everything, with reason codes; see results.schema.json
    feedback/STUDENT/EXERCISE.html      for one learner
    gradescope/STUDENT/results.json     what Gradescope's autograder expects

STUDENT is made from the name as `names` says. The folders `feedback` and `gradescope` are for
learners: nothing there shows an input, an expected value, the seed or another student. Flags of
answers and notebooks are shown to their learner, and so must speak of that notebook alone; what
speaks of others is `private`, and for the instructor's files alone.
"""

from __future__ import annotations

from pathlib import Path

from attention_course.grading.marks import Run
from attention_course.grading.reports import gradescope, pages, record, summary, tables
from attention_course.grading.reports.files import Folder
from attention_course.grading.reports.roster import roster


def write(folder: Path, run: Run) -> list[Path]:
    """Writes all reports of a run, each file whole or not at all.

    A file whose content stays the same keeps its time. Pages of students who are no longer there
    are removed, if they still are what an earlier run wrote.

    Args:
        folder: where to; it is made where it is missing.
        run: what was marked.

    Returns:
        The files, changed or not; the instructor's page first.

    Raises:
        ImportError: Jinja2 is not installed.
        OSError: a file could not be written; the error names it, and its old content still is
            there. What was written before it stays.
        ValueError: the run holds a submission twice, or of an unknown exercise.
    """
    pages.environment()  # what is missing is better told before anything is written
    who = roster(run)
    into = Folder(folder)
    into.write("results.json", record.results(run))
    into.write("grades.csv", tables.grades(who))
    into.write("questions.csv", tables.questions(run))
    for student in who.students:
        for exercise in who.exercises:
            if exercise.name in student.marked:
                page = pages.feedback(student, exercise, student.marked[exercise.name])
                into.write(f"feedback/{student.folder}/{exercise.name}.html", page)
        if student.unreadable:
            into.write(f"feedback/{student.folder}/unreadable.html", pages.unreadable(student))
        told = gradescope.results(student, who.exercises)
        into.write(f"gradescope/{student.folder}/results.json", told)
    # last, so that its links lead somewhere
    into.write("index.html", summary.page(run, who))
    into.finish()
    return sorted(into.written, key=lambda path: path.name != "index.html")
