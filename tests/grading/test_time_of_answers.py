"""Where the time of an answer counts: what stands above it is free, in whatever way it is run."""

from __future__ import annotations

import pytest
from attention_course.exercises import registry
from attention_course.grading.isolation import IsolationError, Warm
from attention_course.grading.lanes import preload
from attention_course.grading.marking import Marker
from attention_course.grading.marks import Answer, How, Reason
from grading import corpus

TIMED = [q for n in registry.names() for q in registry.exercise(n).questions if q.second]
TIMED = [question for question in TIMED if question.second and question.second.slow]
ABOVE = {
    "an import": "import matplotlib.pyplot",
    "a computation": """
import time
until = time.process_time() + 1
while time.process_time() < until:
    sum(range(1000))
""",
}
LOOP = """
def bound(weights, log_p):
    with getattr(torch._C, "Disable" + "TorchFunction")():
        total = 0
        for alpha, word in zip(weights.unbind(1), log_p.unbind(1)):
            total = total + (alpha * word).sum(1)
    return total
"""


def test_there_are_questions_whose_time_counts() -> None:
    assert {"show_attend_tell.bound", "luong.all_at_once"} <= {question.id for question in TIMED}


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_what_stands_above_an_answer_costs_it_nothing(start: str) -> None:
    try:
        warm = Warm(preload(TIMED), lanes=1, start=start)
    except (IsolationError, ImportError) as error:
        pytest.skip(str(error))
    with warm:
        marker = Marker(5, warm.ask)
        for question in TIMED:
            right = corpus.right(question.exercise, question.name)
            for above in ABOVE.values():
                mark = marker.mark(question, Answer(question.id, f"{above}\n{right}", How.METADATA))
                assert mark.reason is Reason.PASSED, (question.id, above, mark)
        loop = Answer("show_attend_tell.bound", ABOVE["a computation"] + LOOP, How.METADATA)
        mark = marker.mark(registry.question("show_attend_tell.bound"), loop)
        assert mark.points == 0, mark
        assert "goes through them one by one" in mark.hint or mark.reason is Reason.TIMED_OUT
