"""Marks answers on a running cluster of `dask.distributed`.

Every worker has a warm process of its own, and holds the references as this process does. What is
sent is data: a question's id, the answer's source, the seed; what comes back is the mark as JSON.
A worker that is lost loses nothing: the scheduler hands its answers to the others.
"""

from __future__ import annotations

import asyncio
import atexit
import functools
import socket
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from attention_course.exercises import registry
from attention_course.grading import versions
from attention_course.grading.isolation import Warm
from attention_course.grading.lanes import preload
from attention_course.grading.marking import Marker, without_points
from attention_course.grading.marks import Answer, How, Json, Mark, Reason
from attention_course.grading.running import Lanes, Marks, Task

PROTOCOLS = ("tcp", "tls", "ws", "wss")
CONNECT = 5.0  # seconds until somebody is there
ANSWER = 10.0  # seconds until that is a scheduler
LOST_WORKERS = 4  # an answer is given up when so many workers were lost that had it


def there(address: str, *, require: bool) -> Lanes:
    """Lanes on a cluster.

    Args:
        address: of its scheduler, for example "tcp://10.0.0.1:8786".
        require: mark only where answers are isolated from the worker that runs them.

    Raises:
        RuntimeError: dask is not installed, no scheduler answers at the address, or a worker has
            other versions than this machine.
        ValueError: that is no address.
    """
    distributed = _distributed()
    _reachable(address)
    _scheduler(distributed, address)

    def lanes(tasks: list[Task], seed: int) -> Marks:
        try:
            client = distributed.Client(address, timeout="10s", set_as_default=False)
        except (OSError, ValueError) as error:
            raise RuntimeError(_nobody(address, error)) from error
        with client:
            questions = sorted({task.question for task in tasks})
            _same_versions(client.run(described, questions), described(questions))
            futures = {
                client.submit(
                    mark,
                    task.question,
                    task.answer and asdict(task.answer),
                    seed,
                    require,
                    key=f"{task.key}-{seed}",
                    pure=False,
                ): task
                for task in tasks
            }
            for future in distributed.as_completed(list(futures), loop=client.loop):
                task = futures[future]
                try:
                    yield task, Mark.from_json(future.result())
                except distributed.KilledWorker:
                    hint = f"the {LOST_WORKERS} workers that had this answer were lost"
                    question = registry.question(task.question)
                    yield task, without_points(question, Reason.UNMARKED, hint)

    return lanes


def described(questions: list[str]) -> dict[str, str]:
    """What marks depend on where this runs: versions, and a hash for each exercise."""
    exercises = {question.partition(".")[0] for question in questions}
    return {**versions.environment(), **{name: versions.of(name) for name in sorted(exercises)}}


def mark(question: str, answer: dict[str, Any] | None, seed: int, require: bool) -> Json:
    """Runs in a worker: marks one answer with that worker's warm process."""
    given = answer and Answer(**{**answer, "how": How(answer["how"])})
    return _marker(seed, require).mark(registry.question(question), given or None).to_json()


@functools.lru_cache(maxsize=2)
def _marker(seed: int, require: bool) -> Marker:
    return Marker(seed, _warm(require).ask)


@functools.cache
def _warm(require: bool) -> Warm:
    warm = Warm(preload(), lanes=1, require=require)
    atexit.register(warm.close)
    return warm


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise RuntimeError(
            "--scheduler needs dask: pip install 'attention-course[cluster]'"
        ) from error
    return distributed


def _reachable(address: str) -> None:
    """Asks before dask does, which takes long to give up and then says more than that.

    Raises:
        RuntimeError: nobody answers there.
        ValueError: it names no protocol, machine or port.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:  # a port that is no number
        host = port = None
    if not host or not port or parts.scheme not in PROTOCOLS:
        raise ValueError(
            f"--scheduler is {address!r}, expected {', '.join(PROTOCOLS)} with host and port, "
            "for example tcp://10.0.0.1:8786"
        )
    try:
        socket.create_connection((host, port), timeout=CONNECT).close()
    except OSError as error:
        raise RuntimeError(_nobody(address, error)) from error


def _scheduler(distributed: Any, address: str) -> None:
    """Asks whoever is there what it is; dask's client would wait for an answer without end.

    Raises:
        RuntimeError: it is no scheduler, or one that says nothing.
    """

    async def kind() -> str:
        how = distributed.Security().get_connection_args("client")
        async with distributed.rpc(address, connection_args=how) as asked:
            return str((await asked.identity())["type"])

    try:
        found = asyncio.run(asyncio.wait_for(kind(), ANSWER))
    except asyncio.TimeoutError as error:  # Python 3.10 has another TimeoutError besides
        why = f"something listens there, and said nothing within {ANSWER:g} s"
        raise RuntimeError(_nobody(address, why)) from error
    except Exception as error:  # what another program says can fail in any way to be read
        why = f"what listens there could not be asked: {error}"
        raise RuntimeError(_nobody(address, why)) from error
    if found != "Scheduler":
        raise RuntimeError(_nobody(address, f"it is the address of a {found.lower()}"))


def _nobody(address: str, why: object) -> str:
    return (
        f"no scheduler answers at {address}: {why}. `dask scheduler` starts one and prints its "
        "address; without --scheduler this machine marks by itself"
    )


def _same_versions(found: dict[str, dict[str, str]], own: dict[str, str]) -> None:
    if not found:
        raise RuntimeError("the cluster has no workers")
    for worker, theirs in found.items():
        for name, version in own.items():
            if theirs[name] != version:
                raise RuntimeError(
                    f"worker {worker} has {name} {theirs[name]}, expected {version} as here: "
                    "marks would not be comparable"
                )
