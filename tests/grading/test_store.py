"""The store keeps what was marked, whole, whatever happens to the run."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from attention_course.exercises import registry
from attention_course.grading import store
from attention_course.grading.marks import Answer, How, Mark, Reason
from attention_course.grading.store import Store

SCORES = registry.question("bahdanau.scores")
MARK = Mark(
    question="bahdanau.scores",
    reason=Reason.WRONG,
    points=7.5,
    maximum=15,
    checks=("one", "two"),
    passed=(True, False),
    hint="divided by the root of A",
    mistake="divided",
    how=How.MARKER,
    flags=("two cells",),
    seconds=0.25,
    cpu=0.125,
    memory=1 << 28,
)


def answer(source: str = "def f(): ...", **changes: object) -> Answer:
    return Answer("bahdanau.scores", source, How.METADATA, **changes)  # type: ignore[arg-type]


def test_a_mark_comes_back_as_it_was(tmp_path: Path) -> None:
    with Store(tmp_path) as kept:
        kept.put("a", MARK)
        assert kept.get("a") == MARK
        assert kept.get("b") is None
    with Store(tmp_path) as kept:
        assert kept.get("a") == MARK


def test_every_reason_comes_back(tmp_path: Path) -> None:
    with Store(tmp_path) as kept:
        for reason in Reason:
            kept.put(reason, Mark("q", reason, 0, 1, ("c",), (False,)))
            found = kept.get(reason)
            assert found is not None
            assert found.reason is reason
            assert found.how is None


def test_a_newer_mark_takes_the_place_of_the_older(tmp_path: Path) -> None:
    with Store(tmp_path) as kept:
        kept.put("a", Mark("q", Reason.DIED, 0, 1, (), ()))
        kept.put("a", MARK)
        assert kept.get("a") == MARK
    count = sqlite3.connect(tmp_path / store.NAME).execute("SELECT count(*) FROM marks").fetchone()
    assert count == (1,)


def test_the_key_is_answer_exercise_and_environment_and_nothing_else() -> None:
    same = store.key(SCORES, answer(), "v1")
    assert same == store.key(
        SCORES, Answer("bahdanau.scores", "def f(): ...", How.NAME, flags=("by its name",)), "v1"
    )
    others = [
        store.key(SCORES, answer("def f(): pass"), "v1"),
        store.key(SCORES, answer(), "v2"),
        store.key(SCORES, None, "v1"),
        store.key(SCORES, answer(unreadable="line 1"), "v1"),
        store.key(SCORES, answer(barred=("torch.nn.GRU",)), "v1"),
        store.key(registry.question("bahdanau.step"), answer(), "v1"),
    ]
    assert len({same, *others}) == len(others) + 1


def test_a_stopped_run_keeps_its_seed_and_a_complete_one_does_not(tmp_path: Path) -> None:
    with Store(tmp_path) as kept:
        seed = kept.begin()
    with Store(tmp_path) as kept:
        assert kept.begin() == seed
        assert kept.begin(seed) == seed
        kept.complete()
    with Store(tmp_path) as kept:
        fresh = {kept.begin() for _ in range(3)}
        assert len(fresh) == 1
        assert fresh != {seed}
        assert 0 <= fresh.pop() < 2**32


def test_a_given_seed_is_taken(tmp_path: Path) -> None:
    with Store(tmp_path) as kept:
        kept.begin()
        assert kept.begin(7) == 7
        assert kept.begin() == 7


def test_all_can_be_forgotten(tmp_path: Path) -> None:
    with Store(tmp_path) as kept:
        kept.begin(5)
        kept.put("a", MARK)
        kept.forget()
        assert kept.get("a") is None


def test_one_process_at_a_time(tmp_path: Path) -> None:
    with Store(tmp_path), pytest.raises(RuntimeError, match="in use: another run"):
        Store(tmp_path)
    with Store(tmp_path):
        pass


def test_what_is_no_store_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / store.NAME
    path.write_bytes(b"my own notes, not a store at all" * 100)
    with pytest.raises(RuntimeError, match=store.NAME):
        Store(tmp_path)
    assert path.read_bytes().startswith(b"my own notes")


def test_a_full_disk_is_an_error_and_what_was_kept_stays(tmp_path: Path) -> None:
    long = Mark("q", Reason.RAISED, 0, 1, (), (), hint="x" * 100_000)
    with Store(tmp_path) as kept:
        kept.put("a", MARK)
        kept._file.execute("PRAGMA max_page_count = 8")
        with pytest.raises(OSError, match="what was marked before is kept"):
            kept.put("b", long)
    with Store(tmp_path) as kept:
        assert kept.get("a") == MARK
