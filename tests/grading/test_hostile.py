"""The hostile corpus: no point that was not earned, no harm to others, and the run goes on."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import random
import re
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import psutil
import pytest
from attention_course.exercises import registry
from attention_course.grading import lanes, running
from attention_course.grading.intake import collect
from attention_course.grading.isolation import IsolationError, Job, Limits, Ran, Warm, forked
from attention_course.grading.marking import Marker
from attention_course.grading.marks import Answer, How, Marked, Reason
from grading import corpus, watching
from grading.corpus import Hostile

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="answers are isolated on Linux")

LANES = 4
WALL = 4.0  # seconds that an answer of the corpus may take
# another question of each hostile notebook, rightly answered
NEXT = {
    "bahdanau": "masked_softmax",
    "encoder_decoder": "final_state",
    "show_attend_tell": "glimpse",
    "luong": "general",
    "self_attention": "positions",
    "transformer": "embed",
    "universal_transformer": "signals",
}
# one that is wrongly answered in each, on purpose
WRONG = {
    "bahdanau": "gated_unit",
    "encoder_decoder": "shift",
    "show_attend_tell": "penalty",
    "luong": "input_feeding",
    "self_attention": "attend",
    "transformer": "sublayer",
    "universal_transformer": "encoder",
}
WRONGLY = {
    "bahdanau": "def gated_unit(input_z, input_r, input_h, h, U_z, U_r, U):\n    return h\n",
    "encoder_decoder": "def teacher_forcing(words):\n    return words, words\n",
    "show_attend_tell": "def penalty(*given):\n    return given[0]\n",
    "luong": "def decoder(*given):\n    return given[0]\n",
    "self_attention": "def attention(*given):\n    return given[0][..., :1]\n",
    "transformer": "def around(*given):\n    return given[0]\n",
    "universal_transformer": "def encoder(*given):\n    return given[1]\n",
}
HONEST_EVERY = 30  # after so many hostile notebooks comes an honest one

CORPUS = [a for a in corpus.hostile() if re.match(os.environ.get("ONLY", ""), a.name)]


@dataclasses.dataclass
class Seen:
    """What came of a class that holds the corpus, and what was seen around it."""

    hostile: dict[str, list[Marked]]
    honest: list[Marked]
    reached: list[str]
    left: list[psutil.Process]
    changed: list[str]
    seconds: float


class Tight:
    """A warm process whose answers have the little time that the corpus grants them."""

    def __init__(self, warm: Warm, answers: Sequence[Hostile]) -> None:
        self._warm = warm
        self._cpu = {answer.name: answer.seconds for answer in answers}

    def ask(self, job: Job, limits: Limits) -> Ran:
        found = re.search(r"^# hostile (\S+)", job.source, re.MULTILINE)
        cpu = self._cpu[found[1]] if found else 1.0
        tight = dataclasses.replace(limits, loading=cpu, cpu=cpu, wall=max(WALL, 2 * cpu))
        return self._warm.ask(job, tight)


def warm() -> Warm:
    """What runs answers, as `grade` starts it."""
    return Warm(lanes.preload(), lanes=LANES)


@contextlib.contextmanager
def class_of(answers: Sequence[Hostile], opened: Callable[[], Warm] = warm) -> Iterator[Seen]:
    """Marks a class with these answers among honest ones, in one run.

    Args:
        answers: of the corpus.
        opened: starts what runs them.
    """
    token = secrets.token_hex(8)
    # not in pytest's own folder, which other users cannot enter anyway
    base = Path(tempfile.mkdtemp(prefix="class-"))
    folders = {name: base / name for name in ("submissions", "results", "open")}
    for folder in (base, *folders.values()):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o777)
    (folders["open"] / "hostile-secret").write_text(token)
    victim = corpus.hand_in(folders["submissions"], "a-victim", corpus.notebook())
    servers = watching.Servers(folders["open"], token)
    try:
        with watching.orphans() as left:
            with opened() as warm_process:
                words = {
                    "TOKEN": token,
                    "SECRET": token,
                    "SUBMISSIONS": str(folders["submissions"]),
                    "RESULTS": str(folders["results"]),
                    "OPEN": str(folders["open"]),
                    "VICTIM": str(victim),
                    "PORT": str(servers.port),
                    "MARKER": str(os.getpid()),
                    "WARM": str(warm_process._runner._process.pid),
                    "WALL": str(WALL),
                    "OTHER PIDS": "yes" if has_pids_of_its_own(warm_process) else "no",
                    "NULL": "\0",
                    "DEEP": '" and ' + "(" * 5000 + "0" + ")" * 5000 + ' and "',
                    "LARGE": "x" * 150_000,
                    "SURROGATE": "\ud800",
                }
                tight = Tight(warm_process, answers)
                students = hand_in(folders["submissions"], answers, words)
                before = watching.fingerprints(folders["submissions"], folders["open"])
                begin = time.monotonic()
                done = running.run(
                    collect(folders["submissions"]),
                    folders["results"],
                    lambda tasks, seed: lanes._side_by_side(tasks, Marker(seed, tight.ask), LANES),
                )
                seconds = time.monotonic() - begin
            gone = left()
        time.sleep(1.2)  # for what a daemon would do after a second
        after = watching.fingerprints(folders["submissions"], folders["open"])
        changed = sorted(path for path in before | after if before.get(path) != after.get(path))
        results = {path.name for path in folders["results"].iterdir()}
        changed += sorted(results - {"marks.sqlite3"})
        for common in ("/tmp", "/var/tmp", "/dev/shm", "/run/lock"):
            changed += map(str, Path(common).glob(f"*{token}*"))
        hostile: dict[str, list[Marked]] = {}
        for marked in done.marked:
            if marked.student in students:
                hostile.setdefault(students[marked.student], []).append(marked)
        honest = [marked for marked in done.marked if marked.student not in students]
        yield Seen(hostile, honest, servers.reached, gone, changed, seconds)
    finally:
        servers.close()
        shutil.rmtree(base)


def has_pids_of_its_own(warm: Warm) -> bool:
    """Whether answers see no processes but their own, so that they may send them what they like."""
    return any("pid namespace" in p.why for p in warm.protections if p.active)


def hand_in(folder: Path, answers: Sequence[Hostile], words: Mapping[str, str]) -> dict[str, str]:
    """Hands in the hostile answers, shuffled, and honest ones between them; who has which."""
    copies = [answer for answer in answers for _ in range(answer.copies)]
    random.Random(0).shuffle(copies)
    students = {}
    for number, answer in enumerate(copies):
        student = f"s{number:04}"
        # each has sources of its own, since the same answer would be marked once for all
        own = f"\n# hostile {answer.name} {number}\n"
        in_ = answer.exercise
        answered = {
            NEXT[in_]: corpus.right(in_, NEXT[in_]) + f"\n# {student}\n",
            WRONG[in_]: f"{WRONGLY[in_]}# {student}\n",
        }
        answered[answer.question] = corpus.filled(answer.source, words) + own
        corpus.hand_in(folder, student, corpus.notebook(in_, answered), in_)
        students[student] = answer.name
        if number % HONEST_EVERY == HONEST_EVERY - 1:
            corpus.hand_in(folder, f"{student}-honest", honest(student))
    corpus.hand_in(folder, "z-last", honest("z-last"))
    return students


def honest(student: str) -> corpus.Notebook:
    """A notebook whose answers are right and nobody else's."""
    names = ("scores", "masked_softmax", "by_hand", "shapes", "gated_unit", "step", "reading")
    sources = {name: corpus.right("bahdanau", name) + f"\n# {student}\n" for name in names}
    return corpus.notebook(answers=sources)


@pytest.fixture(scope="module")
def seen() -> Iterator[Seen]:
    """The whole corpus, marked in one run."""
    with class_of(CORPUS) as found:
        yield found


def _parameter(answer: Hostile) -> object:
    marks = [pytest.mark.xfail(reason=answer.known, strict=True)] if answer.known else []
    return pytest.param(answer, id=answer.name, marks=marks)


@pytest.mark.parametrize("answer", [_parameter(answer) for answer in CORPUS])
def test_it_gains_nothing_and_costs_nobody_else(seen: Seen, answer: Hostile) -> None:
    assert_as_expected(seen, answer)


def assert_as_expected(seen: Seen, answer: Hostile) -> None:
    assert len(seen.hostile[answer.name]) == answer.copies
    for marked in seen.hostile[answer.name]:
        marks = {mark.question.partition(".")[2]: mark for mark in marked.marks}
        mark = marks[answer.question]
        assert mark.reason.value in answer.reasons, mark
        assert mark.points in answer.points, mark
        assert re.search(answer.hint, mark.hint), mark
        assert len(mark.hint) <= 500, mark
        right, wrong = NEXT[answer.exercise], WRONG[answer.exercise]
        if answer.question != right:
            assert marks[right].reason is Reason.PASSED, marks[right]
        if answer.question != wrong:
            assert (marks[wrong].reason, marks[wrong].points) == (Reason.WRONG, 0)


def test_honest_submissions_between_them_have_all_points(seen: Seen) -> None:
    assert len(seen.honest) >= len(CORPUS) // HONEST_EVERY
    assert_unharmed(seen)


def assert_unharmed(seen: Seen) -> None:
    for marked in seen.honest:
        for mark in marked.marks:
            if mark.question == "bahdanau.train":
                assert mark.reason is Reason.NOT_ANSWERED
            else:
                assert mark.reason is Reason.PASSED, (marked.student, mark)


def test_nobody_was_reached(seen: Seen) -> None:
    assert seen.reached == []


def test_nothing_is_left_running(seen: Seen) -> None:
    assert seen.left == []


def test_nothing_was_written_outside(seen: Seen) -> None:
    assert seen.changed == []


def test_the_run_ends_in_time(seen: Seen) -> None:
    assert seen.seconds < 240  # fifty on two processors that have nothing else to do


# --- with less than this machine may have -----------------------------------------------------

FEWER = {
    "limits alone": ["pid", "net", "ipc", "uts", "mount", "jail", "landlock", "seccomp"],
    "no filters": ["net", "ipc", "uts", "landlock", "seccomp"],
}
# a process that watches as the same user as the answer can be ended by it, and some answers can
# start processes, which end with them
NOT_THEN = {f"exits/{name}" for name in ("kill_parent", "stop_parent")}
NOT_THEN |= {f"processes/{name}" for name in ("programs", "vfork_clone")}
SOME = [
    answer
    for answer in CORPUS
    if answer.name.startswith(("checker/", "exits/", "forged/", "processes/"))
    and not (answer.known or answer.name in NOT_THEN)
]


@pytest.fixture(scope="module", params=FEWER)
def seen_with_less(request: pytest.FixtureRequest) -> Iterator[Seen]:
    """Part of the corpus, where some protections are missing."""

    class Fewer(forked.Forked):
        def __init__(self, preload: Sequence[str], lanes: int) -> None:
            super().__init__(preload, lanes, without=FEWER[request.param])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forked, "Forked", Fewer)
        try:
            with class_of(SOME) as found:
                yield found
        except IsolationError as error:
            pytest.skip(str(error))


@pytest.mark.parametrize("answer", SOME, ids=lambda answer: answer.name)
def test_less_keeps_it_in_too(seen_with_less: Seen, answer: Hostile) -> None:
    assert_as_expected(seen_with_less, answer)


def test_with_less_the_others_are_unharmed(seen_with_less: Seen) -> None:
    assert_unharmed(seen_with_less)
    assert seen_with_less.left == []


# each takes seconds: the process imports everything anew
SPAWNED = ("checker/builtins", "endless/signals_blocked", "exits/exit_before", "memory/in_steps")


@pytest.fixture(scope="module")
def spawning() -> Iterator[Marker]:
    with watching.orphans() as left:
        try:
            with Warm(lanes.preload(), lanes=1, start="spawn") as warm:
                yield Marker(1, Tight(warm, CORPUS).ask)
        except IsolationError as error:
            pytest.skip(str(error))
        assert left() == []


@pytest.mark.parametrize("name", [*SPAWNED, "odd/class"])
def test_in_a_process_that_is_not_forked(spawning: Marker, name: str) -> None:
    (answer,) = (answer for answer in CORPUS if answer.name == name)
    source = corpus.filled(answer.source, {})
    given = Answer("bahdanau.scores", f"{source}\n# hostile {name} 0\n", How.METADATA)
    mark = spawning.mark(registry.question("bahdanau.scores"), given)
    assert mark.reason.value in answer.reasons, mark
    assert mark.points in answer.points, mark
