"""From what an answer did to its mark; the answer's process is played by the test."""

from __future__ import annotations

import importlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
import torch
from attention_course.exercises import registry
from attention_course.exercises.asking import Outcome, Raised, Returned, ask
from attention_course.exercises.problems import STUB
from attention_course.exercises.question import Question
from attention_course.grading.isolation import Ended, Job, Limits, Ran
from attention_course.grading.marking import Marker, job, limits, without_numbers
from attention_course.grading.marks import Answer, How, Mark, Reason
from torch import Tensor

SCORES = registry.question("bahdanau.scores")
BY_HAND = registry.question("bahdanau.by_hand")
ANSWER = Answer("bahdanau.scores", "def additive_score(query, keys, v): ...", How.METADATA)

Act = Callable[[Job, Limits], Ran]


def playing(answer: Callable[..., object], question: Question = SCORES, **changes: object) -> Act:
    """A process that runs this function and then ends as told."""

    def act(job: Job, limits: Limits) -> Ran:
        outcomes = tuple(ask(answer, inputs, question.ask) for inputs in job.inputs)
        return replace(Ran(outcomes, Ended.FINISHED), **changes)  # type: ignore[arg-type]

    return act


def marked(act: Act, question: Question = SCORES, answer: Answer | None = ANSWER) -> Mark:
    return Marker(3, act).mark(question, answer)


def right(query: Tensor, keys: Tensor, v: Tensor) -> Tensor:
    return torch.tanh(query[:, None] + keys) @ v


def never(job: Job, limits: Limits) -> Ran:
    raise AssertionError("this answer must not be run")


def test_a_right_answer_has_all_points() -> None:
    mark = marked(playing(right, seconds=0.5, cpu=0.25, memory=99))
    assert (mark.reason, mark.points, mark.maximum) == (Reason.PASSED, 15, 15)
    assert mark.passed == (True,) * len(SCORES.cases)
    assert mark.checks == tuple(case.name for case in SCORES.cases)
    assert mark.hint == ""
    assert (mark.seconds, mark.cpu, mark.memory, mark.seed) == (0.5, 0.25, 99, 3)


@pytest.mark.parametrize("question", [SCORES, registry.question("encoder_decoder.loss")])
def test_a_known_mistake_has_its_hint_as_in_the_notebook(question: Question) -> None:
    answer = replace(ANSWER, question=question.id)
    for mistake in question.mistakes:
        mark = marked(playing(mistake.answer, question), question, answer)
        assert mark.reason is Reason.WRONG
        assert (mark.mistake, mark.hint) == (mistake.name, mistake.hint)
        assert mark.points < mark.maximum


def test_part_of_the_checks_is_part_of_the_points() -> None:
    def alone(query: Tensor, keys: Tensor, v: Tensor) -> Tensor:
        return right(query, keys, v) * (1 if len(query) > 1 else 2)

    mark = marked(playing(alone))
    assert mark.reason is Reason.WRONG
    assert 0 < sum(mark.passed) < len(mark.passed)
    assert mark.points == pytest.approx(15 * sum(mark.passed) / len(mark.passed))


def test_the_inputs_are_those_of_the_seed_and_no_others() -> None:
    seen: dict[int, Sequence[object]] = {}

    def noting(seed: int) -> Act:
        def act(job: Job, limits: Limits) -> Ran:
            seen[seed] = [tensor for inputs in job.inputs for tensor in inputs.values()]
            return playing(right)(job, limits)

        return act

    for seed in (1, 2):
        assert Marker(seed, noting(seed)).mark(SCORES, ANSWER).reason is Reason.PASSED
    again = dict(seen)
    Marker(1, noting(1)).mark(SCORES, ANSWER)

    def equal(one: Sequence[object], other: Sequence[object]) -> bool:
        return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))  # type: ignore[arg-type]

    assert equal(seen[1], again[1])
    assert not equal(seen[1], seen[2])


def test_what_is_kept_back_is_not_sent() -> None:
    train = registry.question("bahdanau.train")
    drawn = [{"source": 1, "sentences": 2, "habits": 3}] * len(train.cases)
    (inputs,) = job(train, ANSWER, drawn).inputs
    assert inputs == {"source": 1}


def test_the_job_names_the_way_of_asking_and_brings_the_setup() -> None:
    step = registry.question("bahdanau.step")
    made = job(step, replace(ANSWER, source="def step(): ..."), step.draw(0))
    assert made.how == "attention_course.exercises.bahdanau.stepping:in_turn"
    assert made.function == "step"
    assert made.barred == step.barred
    assert any("def slow_step" in cell for cell in made.setup)
    assert len(made.inputs) == len(step.cases) + 1


def test_an_answer_that_remembers_loses_the_first_check() -> None:
    calls = []

    def stateful(query: Tensor, keys: Tensor, v: Tensor) -> Tensor:
        calls.append(1)
        return right(query, keys, v) * (1 if len(calls) <= len(SCORES.cases) else 2)

    mark = marked(playing(stateful))
    assert mark.passed == (False, *(True,) * (len(SCORES.cases) - 1))
    assert "asked the same again" in mark.hint


def test_who_ends_before_the_repetition_loses_the_first_check() -> None:
    def act(job: Job, limits: Limits) -> Ran:
        ran = playing(right)(job, limits)
        return replace(ran, outcomes=ran.outcomes[:-1], ended=Ended.DIED, detail="exit status 0")

    mark = marked(act)
    assert mark.reason is Reason.DIED
    assert mark.passed == (False, *(True,) * (len(SCORES.cases) - 1))


@pytest.mark.parametrize(
    ("ended", "reason", "words"),
    [
        (Ended.TIMED_OUT, Reason.TIMED_OUT, "was stopped after 7 seconds"),
        (Ended.MEMORY, Reason.MEMORY, "more than 1 GiB of memory"),
        (Ended.DIED, Reason.DIED, "before it answered (exit status 3)"),
    ],
)
@pytest.mark.parametrize("came", [0, 2])
def test_what_came_before_the_end_still_counts(
    ended: Ended, reason: Reason, words: str, came: int
) -> None:
    def act(job: Job, limits: Limits) -> Ran:
        ran = playing(right)(job, limits)
        return Ran(ran.outcomes[:came], ended, "exit status 3", seconds=7)

    mark = marked(act)
    assert mark.reason is reason
    assert words in mark.hint
    assert sum(mark.passed) == max(0, came - 1)  # the first would have had to be repeated


def test_our_own_fault_is_no_mark() -> None:
    def act(job: Job, limits: Limits) -> Ran:
        return replace(playing(right)(job, limits), ended=Ended.FAILED, detail="no memory to fork")

    mark = marked(act)
    assert (mark.reason, mark.points) == (Reason.UNMARKED, 0)
    assert "no memory to fork" in mark.hint


def test_a_reference_that_fails_is_no_mark() -> None:
    def reference(*inputs: Tensor) -> Tensor:
        raise IndexError("an author's mistake")

    mark = marked(playing(right), replace(SCORES, reference=reference))
    assert mark.reason is Reason.UNMARKED
    assert "an author's mistake" in mark.hint


@pytest.mark.parametrize("words", [(STUB,), ()], ids=["the notebook's", "a bare one"])
def test_the_stub_is_not_answered(words: tuple[str, ...]) -> None:
    def stub(*inputs: object) -> None:
        raise NotImplementedError(*words)

    mark = marked(playing(stub))
    assert (mark.reason, mark.points) == (Reason.NOT_ANSWERED, 0)
    assert "not written yet" in mark.hint


def test_an_operation_that_pytorch_lacks_is_an_error() -> None:
    def lacking(*inputs: object) -> None:
        raise NotImplementedError("'eq' not implemented for 'Half'")

    assert marked(playing(lacking)).reason is Reason.RAISED


def test_a_known_stub_has_the_mark_of_one_that_ran_and_is_not_run() -> None:
    def stub(*inputs: object) -> None:
        raise NotImplementedError(STUB)

    for question in (q for name in registry.names() for q in registry.exercise(name).questions):
        ran = marked(playing(stub, question), question, replace(ANSWER, question=question.id))
        known = marked(never, question, replace(ANSWER, question=question.id, stub=True))
        assert known == replace(ran, seed=None)


def test_an_exception_is_told_without_the_numbers_in_it() -> None:
    def telling(query: Tensor, keys: Tensor, v: Tensor) -> Tensor:
        raise ValueError(f"shape {tuple(keys.shape)}, values {query.flatten().tolist()}")

    mark = marked(playing(telling))
    assert mark.reason is Reason.RAISED
    assert "ValueError: shape (" in mark.hint
    assert "." not in mark.hint.replace("…", "")


def test_without_numbers() -> None:
    assert without_numbers("size (3, 12) at 0.123 and -1.5e-07 and 123456") == (
        "size (3, 12) at … and … and …"
    )


def test_a_missing_answer_is_not_run() -> None:
    mark = marked(never, answer=None)
    assert (mark.reason, mark.points, mark.how) == (Reason.NOT_FOUND, 0, None)


def test_what_is_no_python_is_not_run() -> None:
    mark = marked(never, answer=replace(ANSWER, unreadable="line 2: '(' was never closed"))
    assert mark.reason is Reason.UNREADABLE
    assert "line 2" in mark.hint


def test_what_is_barred_is_not_run() -> None:
    name = "attention_course.models.bahdanau"
    mark = marked(never, answer=replace(ANSWER, barred=(name,)))
    assert (mark.reason, mark.points) == (Reason.BARRED, 0)
    assert name in mark.hint


def test_names_that_fill_a_page_are_cut_short() -> None:
    names = tuple(f"torch.nn.RNN.{'x' * 40}{number}" for number in range(999))
    mark = marked(never, answer=replace(ANSWER, barred=names))
    assert mark.reason is Reason.BARRED
    assert mark.hint.startswith("your answer uses torch.nn.RNN.x")
    assert len(mark.hint) == 500


def test_what_turns_out_to_be_barred_has_no_points() -> None:
    mark = marked(playing(right, tripped=("attention_course.models.bahdanau",)))
    assert (mark.reason, mark.points) == (Reason.BARRED, 0)
    assert not any(mark.passed)


def test_an_answer_in_parts_runs_once() -> None:
    runs = []

    def act(job: Job, limits: Limits) -> Ran:
        runs.append(len(job.inputs))
        return playing(BY_HAND.reference, BY_HAND)(job, limits)

    mark = marked(act, BY_HAND, replace(ANSWER, question=BY_HAND.id))
    assert runs == [1]
    assert mark.reason is Reason.PASSED
    assert len(mark.passed) == len(BY_HAND.cases) == 3


def test_an_answer_in_parts_that_never_came() -> None:
    def act(job: Job, limits: Limits) -> Ran:
        return Ran((), Ended.TIMED_OUT, seconds=2)

    mark = marked(act, BY_HAND, replace(ANSWER, question=BY_HAND.id))
    assert (mark.reason, mark.passed) == (Reason.TIMED_OUT, (False,) * 3)


STEP = registry.question("bahdanau.step")


def in_two_processes(answer: Callable[..., object], *second: object, **changes: object) -> Act:
    """Plays the process of each round; the second runs the answer too, or what is given."""
    rounds = iter([answer, *(second or [answer])])

    def act(job: Job, limits: Limits) -> Ran:
        module, _, name = job.how.partition(":")
        how, one = getattr(importlib.import_module(module), name), next(rounds)
        outcomes = tuple(ask(one, inputs, how) for inputs in job.inputs)  # type: ignore[arg-type]
        ran = Ran(outcomes, Ended.FINISHED, seconds=2, cpu=0.5, memory=7)
        return replace(ran, **changes) if name == "onwards" else ran  # type: ignore[arg-type]

    return act


def stepped(act: Act) -> Mark:
    return marked(act, STEP, replace(ANSWER, question=STEP.id))


def test_two_rounds_are_one_mark() -> None:
    mark = stepped(in_two_processes(STEP.reference, tripped=()))
    assert (mark.reason, mark.points) == (Reason.PASSED, 15)
    assert (mark.seconds, mark.cpu, mark.memory) == (4, 1, 7)


def test_the_second_round_gets_another_state_and_words_of_its_own() -> None:
    seen: list[Job] = []
    act = in_two_processes(STEP.reference)

    def watching(job: Job, limits: Limits) -> Ran:
        seen.append(job)
        return act(job, limits)

    stepped(watching)
    first, second = seen
    assert len(first.inputs) == len(second.inputs) == len(STEP.cases) + 1
    assert (first.source, first.setup, first.barred) == (second.source, second.setup, second.barred)
    for one, other in zip(first.inputs, second.inputs, strict=True):
        assert not one.keys() & {"others", "states", "elsewhere", "keys"}
        assert len(other["states"]) == 2
    drawn = STEP.draw(3)
    for inputs, other in zip([*drawn, drawn[0]], second.inputs, strict=True):
        assert torch.equal(other["tokens"], inputs["others"])
        for state, elsewhere in zip(other["states"], inputs["elsewhere"], strict=True):
            s, keys = state["tuple"]
            assert torch.equal(s, elsewhere)
            assert torch.equal(keys, inputs["keys"])


@pytest.mark.parametrize("ended", [Ended.TIMED_OUT, Ended.DIED, Ended.MEMORY])
def test_who_does_not_come_back_in_the_second_round_has_not_gone_on(ended: Ended) -> None:
    mark = stepped(in_two_processes(STEP.reference, outcomes=(), ended=ended, detail="x"))
    assert mark.points == 0
    assert mark.reason in (Reason.TIMED_OUT, Reason.DIED, Reason.MEMORY)


def test_other_logits_in_the_second_round_are_wrong() -> None:
    slow = STEP.mistakes[0].answer
    mark = stepped(in_two_processes(STEP.reference, slow))
    assert (mark.reason, mark.points) == (Reason.WRONG, 0)
    assert "cannot go on from its state" in mark.hint


def test_both_rounds_share_the_time_behind_the_cells() -> None:
    given: list[Limits] = []
    act = in_two_processes(STEP.reference)

    def watching(job: Job, limits: Limits) -> Ran:
        given.append(limits)
        return act(job, limits)

    stepped(watching)
    first, second = given
    assert second == replace(first, cpu=first.cpu - 0.5)
    given.clear()

    def loading(job: Job, limits: Limits) -> Ran:
        given.append(limits)
        return replace(in_two_processes(STEP.reference)(job, limits), loading=0.4)

    stepped(loading)
    assert given[1].cpu == pytest.approx(first.cpu - 0.1)
    given.clear()

    def slow(job: Job, limits: Limits) -> Ran:
        given.append(limits)
        return replace(in_two_processes(STEP.reference)(job, limits), cpu=STEP.seconds)

    assert stepped(slow).points == 0
    assert len(given) == 1


BOUND = registry.question("show_attend_tell.bound")


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [((0.0, 9.0), Reason.PASSED), ((9.0, 0.0), Reason.PASSED), ((9.0, 9.0), Reason.WRONG)],
)
def test_who_took_too_long_is_tried_once_again(
    seconds: tuple[float, float], reason: Reason
) -> None:
    """A machine that has much else to do refuses no right answer."""
    tries = iter(seconds)

    def act(job: Job, limits: Limits) -> Ran:
        module, _, name = job.how.partition(":")
        how = getattr(importlib.import_module(module), name)
        outcomes = tuple(ask(BOUND.reference, inputs, how) for inputs in job.inputs)
        each = next(tries) if name == "largely" else 0.0
        return Ran(outcomes, Ended.FINISHED, spent=(each,) * len(outcomes))

    mark = marked(act, BOUND, replace(ANSWER, question=BOUND.id))
    assert mark.reason is reason
    assert ("goes through them one by one" in mark.hint) == (reason is Reason.WRONG)
    assert len(list(tries)) == (1 if seconds[0] == 0 else 0)


def test_what_is_slow_only_now_and_then_is_not_slow() -> None:
    """Each time another run of all of them; what is wrong in one of both tries stays wrong."""

    def playing_twice(wrong: int) -> Act:
        tries = iter(range(2))

        def act(job: Job, limits: Limits) -> Ran:
            module, _, name = job.how.partition(":")
            how = getattr(importlib.import_module(module), name)
            if name != "largely":
                return Ran(tuple(ask(BOUND.reference, i, how) for i in job.inputs), Ended.FINISHED)
            number = next(tries)
            factor = 2 if number == wrong else 1
            outcomes = tuple(
                ask(lambda *i: factor * BOUND.reference(*i), inputs, how) for inputs in job.inputs
            )
            spent = [0.0] * len(outcomes)
            spent[1 + number] = 9.0
            return Ran(outcomes, Ended.FINISHED, spent=tuple(spent))

        return act

    answer = replace(ANSWER, question=BOUND.id)
    assert marked(playing_twice(-1), BOUND, answer).reason is Reason.PASSED
    for wrong in (0, 1):
        assert marked(playing_twice(wrong), BOUND, answer).points == 0


def test_where_nobody_can_tell_the_time_it_does_not_count() -> None:
    def act(job: Job, limits: Limits) -> Ran:
        module, _, name = job.how.partition(":")
        how = getattr(importlib.import_module(module), name)
        return Ran(
            tuple(ask(BOUND.reference, inputs, how) for inputs in job.inputs), Ended.FINISHED
        )

    assert marked(act, BOUND, replace(ANSWER, question=BOUND.id)).reason is Reason.PASSED


def test_a_cell_that_does_not_come_to_its_end_is_told_so() -> None:
    mark = marked(lambda job, limits: Ran((), Ended.TIMED_OUT, asked=False, seconds=7))
    assert "your cells were stopped after 7 seconds, before your function was called" in mark.hint


def test_what_trips_in_either_round_is_barred() -> None:
    name = "attention_course.models.bahdanau"
    mark = stepped(in_two_processes(STEP.reference, tripped=(name,), ended=Ended.DIED))
    assert (mark.reason, mark.points) == (Reason.BARRED, 0)


@pytest.mark.parametrize("ended", list(Ended))
def test_what_turns_out_to_be_barred_is_so_whatever_the_end_was(ended: Ended) -> None:
    mark = marked(playing(right, tripped=("attention_course.models.bahdanau",), ended=ended))
    assert (mark.reason, mark.points) == (Reason.BARRED, 0)


STRANGE: list[Outcome] = [
    Returned(None),
    Returned([]),
    Returned({}),
    Returned({"logits": 3, "sentences": [[["x"]]], "habits": {"loss": None}}),
    Returned({"sentences": {}, "habits": []}),
    Returned({"habits": {"loss": "low", "moved": {}, "padding": [], "copies": None}}),
    Returned({"tokens": {"a": 1}, "calls": "many", "endless": None}),
    Returned({"head": {}}),
    Returned({"states": torch.zeros(3), "again": None, "logits": []}),
    Returned({"states": [{"made": 3}, {}], "again": torch.zeros(1), "logits": torch.zeros(1)}),
    Returned(torch.zeros(0)),
    Returned(torch.zeros(2, 3, dtype=torch.complex64)),
    Returned(10**400),
    Returned(float("nan")),
    Returned("x" * 1000),
    Raised("", ""),
]


@pytest.mark.parametrize(
    "question",
    [q for name in registry.names() for q in registry.exercise(name).questions],
    ids=lambda q: q.id,
)
def test_forged_outcomes_are_wrong_and_upset_no_judge(question: Question) -> None:
    """What a hostile process sends in place of what `ask` would have sent."""
    strange: Outcome = STRANGE[0]
    marker = Marker(3, lambda job, _: Ran((strange,) * len(job.inputs), Ended.FINISHED))
    for strange in STRANGE:
        mark = marker.mark(question, replace(ANSWER, question=question.id))
        assert mark.points == 0, strange
        assert mark.reason in (Reason.WRONG, Reason.RAISED), (strange, mark.hint)


def test_answers_run_side_by_side_and_are_judged_in_turn() -> None:
    together = threading.Barrier(3, timeout=10)

    def act(job: Job, limits: Limits) -> Ran:
        together.wait()
        outcomes = tuple(Returned(right(*inputs.values())) for inputs in job.inputs)
        time.sleep(0.01)
        return Ran(outcomes, Ended.FINISHED)

    marker, marks = Marker(3, act), []
    threads = [
        threading.Thread(target=lambda: marks.append(marker.mark(SCORES, ANSWER))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [mark.reason for mark in marks] == [Reason.PASSED] * 3


def test_waiting_is_allowed_for_longer_than_computing() -> None:
    assert limits(SCORES).cpu == SCORES.seconds
    assert limits(SCORES).wall > limits(SCORES).cpu
