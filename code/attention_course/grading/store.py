"""Keeps every mark as soon as it is made, so that a run which is stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from pathlib import Path
from types import TracebackType

from attention_course.exercises.question import Question
from attention_course.grading.marks import Answer, Mark

NAME = "marks.sqlite3"


def key(question: Question, answer: Answer | None, version: str) -> str:
    """What a mark depends on, as a hash: the answer, the exercise and the environment.

    Whose answer it is does not count: the same code has the same mark.

    Args:
        version: of exercise and environment, as `versions.of` gives it.
    """
    parts: list[object] = [question.id, version]
    if answer is not None:
        parts += [answer.source, answer.unreadable, sorted(answer.barred)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class Store:
    """The marks of one folder of results.

    A mark that was kept survives the end of this process at any moment, and so does the seed of a
    run that is not complete. One process at a time may hold a store.

    Args:
        folder: of the results; made where it is missing.

    Raises:
        RuntimeError: another process holds it, or the file is no store.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / NAME
        self._file = sqlite3.connect(self.path, timeout=1.0, isolation_level=None)
        try:
            self._file.execute("PRAGMA locking_mode = EXCLUSIVE")
            # a log ahead of the file: no wait for the disk at every mark, and none is half written
            self._file.execute("PRAGMA journal_mode = WAL")
            self._file.execute("PRAGMA synchronous = NORMAL")
            self._file.execute("CREATE TABLE IF NOT EXISTS run (seed INTEGER NOT NULL)")
            self._file.execute(
                "CREATE TABLE IF NOT EXISTS marks (key TEXT PRIMARY KEY, mark TEXT NOT NULL)"
            )
        except sqlite3.DatabaseError as error:
            self._file.close()
            raise RuntimeError(self._trouble(error)) from error

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def begin(self, seed: int | None = None) -> int:
        """The seed of the run: that of the run which was stopped, else the given or a new one.

        A given seed that differs begins a new run.
        """
        row = self._file.execute("SELECT seed FROM run").fetchone()
        if row is not None and seed in (None, row[0]):
            return int(row[0])
        seed = secrets.randbelow(2**32) if seed is None else seed
        with self._file:
            self._file.execute("BEGIN")
            self._file.execute("DELETE FROM run")
            self._file.execute("INSERT INTO run VALUES (?)", (seed,))
        return seed

    def complete(self) -> None:
        """Ends the run: the next one draws other inputs for what it has to mark."""
        self._file.execute("DELETE FROM run")

    def get(self, key: str) -> Mark | None:
        row = self._file.execute("SELECT mark FROM marks WHERE key = ?", (key,)).fetchone()
        return None if row is None else Mark.from_json(json.loads(row[0]))

    def put(self, key: str, mark: Mark) -> None:
        """Keeps a mark, in place of the one that was there.

        Raises:
            OSError: it could not be written, for example since the disk is full.
        """
        try:
            self._file.execute(
                "INSERT OR REPLACE INTO marks VALUES (?, ?)", (key, json.dumps(mark.to_json()))
            )
        except sqlite3.OperationalError as error:
            raise OSError(self._trouble(error)) from error

    def forget(self) -> None:
        """Forgets every mark."""
        with self._file:
            self._file.execute("BEGIN")
            self._file.execute("DELETE FROM marks")
            self._file.execute("DELETE FROM run")

    def _trouble(self, error: sqlite3.Error) -> str:
        if "locked" in str(error):
            return f"{self.path} is in use: another run writes to this folder of results"
        return f"{self.path} could not be written ({error}); what was marked before is kept"
