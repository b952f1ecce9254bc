"""A cluster gives the marks that this machine alone gives, also where a worker is lost."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attention_course.grading import cluster, versions
from grading import runs, watching
from grading.runs import grade, marks, started

distributed = pytest.importorskip("distributed")

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="kills processes as Linux does"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

STUDENTS = 12
SEED = 1508


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the class handed in."""
    return runs.hand_in(tmp_path_factory.mktemp("class"), STUDENTS)


@pytest.fixture(scope="module")
def alone(submissions: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The marks that this machine gives by itself."""
    return runs.undisturbed(submissions, tmp_path_factory.mktemp("alone"), SEED)


@pytest.fixture(scope="module")
def local() -> Iterator[Any]:
    """Two workers in processes of their own, on the loopback device."""
    with (
        watching.orphans() as left,
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
        ) as running,
    ):
        yield running
        running.close()
        # Python's own helper of this process stays until its end
        ours = [p for p in left() if "resource_tracker" not in " ".join(p.cmdline())]
        assert ours == []


def test_the_marks_are_the_same_though_a_worker_is_lost(
    submissions: Path, alone: dict[str, Any], local: Any, tmp_path: Path
) -> None:
    with distributed.Client(local, set_as_default=False) as client:
        workers = client.run(os.getpid)
    address = local.scheduler_address
    options = ("--seed", str(SEED), "--scheduler", address)
    with started(submissions, tmp_path, *options, alone=False) as process:
        runs.wait_for_pages(process, tmp_path, 15)
        os.kill(next(iter(workers.values())), signal.SIGKILL)
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert marks(tmp_path) == alone


def test_nobody_at_the_address(
    submissions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distributed, "Client", None)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    result = grade(submissions, tmp_path, "--scheduler", address)
    assert result.exit_code == 1
    _, last = result.output.strip().splitlines()
    assert last.startswith(f"Error: no scheduler answers at {address}")


def silent(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.recv(1 << 16)
        time.sleep(1)


def closing(end: socket.socket) -> None:
    end.close()


def talkative(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.sendall(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
        end.recv(1 << 16)


@pytest.mark.parametrize(
    ("serve", "why"),
    [
        (silent, "something listens there, and said nothing within 0.5 s"),
        (closing, "what listens there could not be asked: "),
        (talkative, "what listens there could not be asked: "),
    ],
)
def test_somebody_else_at_the_address(
    serve: Callable[[socket.socket], None],
    why: str,
    submissions: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cluster, "ANSWER", 0.5)

    class Other(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            serve(self.request)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Other) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"tcp://127.0.0.1:{server.server_address[1]}"
        begin = time.monotonic()
        result = grade(submissions, tmp_path, "--scheduler", address)
        server.shutdown()
    assert time.monotonic() - begin < 10
    assert result.exit_code == 1
    _, last = result.output.strip().splitlines()
    assert last.startswith(f"Error: no scheduler answers at {address}: {why}")
    assert "`dask scheduler` starts one" in last


def test_a_worker_at_the_address(submissions: Path, local: Any, tmp_path: Path) -> None:
    address = next(iter(local.workers.values())).worker_address
    result = grade(submissions, tmp_path, "--scheduler", address)
    assert result.exit_code == 1
    assert f"no scheduler answers at {address}: it is the address of a worker" in result.output


@pytest.mark.parametrize(
    "address",
    ["nowhere", "tcp://", "tcp://127.0.0.1", "ftp://127.0.0.1:1", "tcp://127.0.0.1:x", "tcp://[:1"],
)
def test_what_is_no_address(
    submissions: Path, tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distributed, "Client", None)  # which would wait, and leave a traceback
    result = grade(submissions, tmp_path, "--scheduler", address)
    assert result.exit_code == 1
    _, last = result.output.strip().splitlines()
    assert last.startswith(f"Error: --scheduler is {address!r}, expected tcp, tls, ws, wss with")


def test_other_versions(
    submissions: Path, local: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "environment", lambda: {"torch": "0.4.1"})
    result = grade(submissions, tmp_path, "--scheduler", local.scheduler_address)
    assert result.exit_code == 1
    _, last = result.output.strip().splitlines()
    assert "has torch" in last
    assert "expected 0.4.1" in last
