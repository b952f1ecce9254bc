"""From inside: what an answer tries, and must not be able to do."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attention_course.exercises.asking import Returned
from attention_course.grading.isolation import (
    Ended,
    IsolationError,
    Job,
    Limits,
    Ran,
    Warm,
    probing,
)

LIMITS = Limits(wall=10, cpu=3, memory=512 << 20)
PRELOAD = ["attention_course.exercises.bahdanau.stepping"]

if sys.platform != "linux":
    pytest.skip("needs Linux", allow_module_level=True)


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    with Warm(PRELOAD, lanes=2) as warm:
        layers = warm._runner.layers
        if layers["missing"] or not layers["landlock"] or not layers["seccomp"]:
            pytest.skip(f"this machine lacks something: {layers}")
        assert all(protection.active for protection in warm.protections), warm.protections
        yield warm


def ran(warm: Warm, body: str, limits: Limits = LIMITS, **inputs: Any) -> Ran:
    """Runs `f(it)` with this body, where `it` holds the inputs."""
    source = "import os, sys\n\ndef f(it):\n" + textwrap.indent(textwrap.dedent(body), "    ")
    how = "attention_course.exercises.asking:call"
    return warm.ask(Job((), source, "f", how, (), [{"it": inputs}]), limits)


def outcome(warm: Warm, body: str, **inputs: Any) -> Any:
    """What it returned, or "Type: message" of what it raised."""
    found = ran(warm, body, **inputs)
    assert found.ended is Ended.FINISHED, found
    (only,) = found.outcomes
    return only.value if isinstance(only, Returned) else f"{only.type_name}: {only.message}"


# --- other machines, files, processes --------------------------------------------------------


def test_sockets_cannot_be_made(warm: Warm) -> None:
    for family in ("AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK", "AF_PACKET"):
        body = f"import socket\nsocket.socket(socket.{family}, socket.SOCK_STREAM)"
        assert "PermissionError" in outcome(warm, body), family
    pair = "import socket\nfor end in socket.socketpair(): end.close()"
    assert outcome(warm, pair) is None


def test_a_port_of_this_machine_cannot_be_reached(warm: Warm) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        body = "import socket\nsocket.create_connection(('127.0.0.1', it['port']), 1)"
        assert "Error" in outcome(warm, body, port=server.getsockname()[1])


def test_files_of_others_cannot_be_read(warm: Warm, tmp_path: Path) -> None:
    with tempfile.NamedTemporaryFile("w", prefix="seen-by-all-") as file:
        file.write("secret")
        file.flush()
        os.chmod(file.name, 0o666)
        for path in (file.name, "/etc/passwd", "/etc/shadow", "/etc/hostname"):
            assert "Error" in outcome(warm, "return open(it['path']).read()", path=path), path


def test_the_references_cannot_be_read_or_imported(warm: Warm) -> None:
    import attention_course.exercises as exercises

    folder = exercises.__path__[0]
    body = """
        found = []
        for where, _, files in os.walk(it["folder"]):
            found += [os.path.join(os.path.basename(where), file) for file in files]
        return sorted(found)
    """
    assert outcome(warm, body, folder=folder) == [
        "bahdanau/__init__.py",
        "bahdanau/stepping.py",
        "exercises/__init__.py",
        "exercises/asking.py",
        "exercises/handing.py",
        "exercises/values.py",
    ]
    for name in ("bahdanau.scores", "bahdanau.exercise", "registry", "judging", "checking"):
        body = f"import attention_course.exercises.{name}"
        assert "ModuleNotFoundError" in outcome(warm, body), name
    again = """
        sys.meta_path.clear()
        from importlib.machinery import PathFinder
        sys.meta_path.append(PathFinder)
        import attention_course.exercises.bahdanau.scores
    """
    assert "ModuleNotFoundError" in outcome(warm, again)
    loaded = "return [name for name in sys.modules if 'exercises' in name]"
    assert not any("scores" in name for name in outcome(warm, loaded))


def test_nothing_of_the_repository_but_the_package_is_there(warm: Warm) -> None:
    root = Path(__file__).parents[3]
    body = "return [path for path in it['paths'] if os.path.exists(path)]"
    paths = [str(root / name) for name in ("tests", "exercises", "results", ".git", "README.md")]
    home = [str(Path.home() / name) for name in (".bashrc", ".ssh")]
    assert outcome(warm, body, paths=[*paths, *home, "/home", "/var"]) == []


def test_it_writes_nowhere_but_in_its_own_folder(warm: Warm) -> None:
    body = """
        done = []
        for where in it["places"]:
            try:
                open(os.path.join(where, "written"), "w").close()
                done.append(where)
            except OSError:
                pass
        open("own", "w").write("fine")
        return done, os.getcwd() == os.environ["HOME"] == os.environ["TMPDIR"], os.listdir(".")
    """
    package = str(Path(sys.modules["attention_course"].__path__[0]))
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        places = [folder, package, "/", "/proc/self", "/dev", "/usr/lib", os.path.dirname(__file__)]
        assert outcome(warm, body, places=places) == [[], True, ["own"]]
        assert os.listdir(folder) == []
    assert outcome(warm, "return os.listdir('.')") == []  # the next one finds nothing


def test_no_other_process_is_in_sight_or_in_reach(warm: Warm) -> None:
    body = """
        import signal
        seen = sorted(int(name) for name in os.listdir("/proc") if name.isdigit())
        done = []
        for pid in (it["marker"], os.getppid(), 1, -1, 0):
            try:
                os.kill(pid, 0)
                done.append(pid)
            except OSError:
                pass
        return seen, os.getpid(), done
    """
    seen, own, done = outcome(warm, body, marker=os.getpid())
    assert seen == [1, own]  # its guard and itself
    assert done == []
    for path in ("/proc/1/mem", "/proc/1/environ", "/proc/1/maps", "/proc/1/fd", "/proc/1/root"):
        body = "os.listdir(it['p']) if it['p'][-1] in 'dt' else open(it['p'], 'rb').read(1)"
        assert "PermissionError" in outcome(warm, body, p=path), path


def test_the_marking_process_keeps_its_memory_to_itself(warm: Warm) -> None:
    status = Path("/proc/self/status").read_text()
    assert "Seccomp:\t0" in status  # it is not this process that is restricted
    from attention_course.grading.isolation import kernel

    assert kernel.prctl(kernel.PR_GET_DUMPABLE) == 0


def test_it_has_no_privileges_and_can_get_none(warm: Warm) -> None:
    body = """
        lines = open("/proc/self/status").read().splitlines()
        return dict(line.split(":\\t", 1) for line in lines), os.getuid(), os.getgroups()
    """
    status, uid, groups = outcome(warm, body)
    assert uid != 0
    assert groups == [] or os.geteuid() != 0
    for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(status[kind], 16) == 0, kind
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"
    for call in ("os.setuid(0)", "os.setgroups([0])", "os.chroot('/')", "os.nice(-5)"):
        assert "Error" in outcome(warm, call), call


CALLS = {
    "ptrace": "libc.ptrace(0, 0, 0, 0)",
    "process_vm_readv": "libc.process_vm_readv(1, None, 0, None, 0, 0)",
    "mount": "libc.mount(b'none', b'/tmp', b'tmpfs', 0, None)",
    "unshare of users": "libc.unshare(0x10000000)",
    "setns": "libc.setns(0, 0)",
    "keyctl": "libc.syscall(250, 0, 0, 0, 0, 0)",
    "bpf": "libc.syscall(321, 0, 0, 0)",
    "userfaultfd": "libc.syscall(323, 0)",
    "io_uring": "libc.syscall(425, 1, None)",
    "perf": "libc.syscall(298, None, 0, 0, 0, 0)",
    "shared memory": "libc.shmget(0, 4096, 0o1600)",
    "a limit of the guard": "libc.prlimit(1, 7, None, None)",
    "signals of a socket to whom it names": "libc.fcntl(0, 8, os.getpid())",
    "signals of a thread": "libc.fcntl(0, 15, ctypes.byref((ctypes.c_int * 2)(1, os.getpid())))",
    "other signals of a socket": "libc.fcntl(0, 10, 9)",
    "signals of a device": "libc.ioctl(0, 0x8901, ctypes.byref(ctypes.c_int(os.getpid())))",
    "signals of a terminal": "libc.ioctl(0, 0x8902, ctypes.byref(ctypes.c_int(os.getpid())))",
    "the guard's priority": "libc.setpriority(0, 1, 19)",
    "the user's priority": "libc.setpriority(2, 0, 19)",
    "the guard's disk priority": "libc.syscall(251, 1, 1, 0x6000)",
    "the user's disk priority": "libc.syscall(251, 3, 0, 0x6000)",
    "the guard's processors": "libc.sched_setaffinity(1, 8, b'\\1' + bytes(7))",
    "the guard's scheduling": "libc.sched_setscheduler(1, 3, bytes(4))",
    "the guard's pages": "libc.syscall(256, 1, 8, bytes(8), bytes(8))",
    "shared memory of others": "libc.shmctl(0, 0, None)",
    "more Landlock": "libc.syscall(444, None, 0, 1)",
    "more filters": "libc.syscall(317, 2, 0, None)",
}


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers are those of x86_64")
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_calls_that_no_answer_needs_are_refused(warm: Warm, call: str) -> None:
    body = f"""
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        return {call}, ctypes.get_errno()
    """
    assert outcome(warm, body) == [-1, 1]


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers are those of x86_64")
def test_what_a_process_does_to_itself_is_not_refused(warm: Warm) -> None:
    body = """
        import ctypes, fcntl, resource, socket
        nice = os.nice(1)
        os.sched_setaffinity(0, os.sched_getaffinity(0))
        os.setpriority(os.PRIO_PROCESS, os.getpid(), nice + 1)
        resource.setrlimit(resource.RLIMIT_CORE, resource.getrlimit(resource.RLIMIT_CORE))
        end, _ = socket.socketpair()
        fcntl.fcntl(end, fcntl.F_SETFD, fcntl.fcntl(end, fcntl.F_GETFD))
        end.setblocking(False)
        more = os.getpriority(os.PRIO_PROCESS, 0) - nice
        return more, ctypes.CDLL(None).syscall(251, 1, 0, 0x6000)
    """
    assert outcome(warm, body) == [1, 0]


def test_processes_made_in_the_newer_way_are_not_made(warm: Warm) -> None:
    body = """
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        return libc.syscall(435, None, 0), ctypes.get_errno()
    """
    missing = 38
    assert outcome(warm, body) == [-1, missing]


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="other machines have one set of numbers")
def test_calls_by_the_numbers_of_another_machine_end_it(warm: Warm) -> None:
    found = ran(warm, "import ctypes\nctypes.CDLL(None).syscall(0x40000000 + 41, 2, 1, 0)")
    assert found.ended is Ended.DIED
    assert "SIGSYS" in found.detail


def test_programs_and_processes_cannot_be_started(warm: Warm) -> None:
    for body in (
        "os.fork()",
        "os.system('true') and 1 / 0",
        "import subprocess\nsubprocess.run([sys.executable, '-c', '1'])",
        "os.execv(sys.executable, ['python'])",
        "import multiprocessing as m\nm.get_context('fork').Process(target=print).start()",
    ):
        assert "Error" in outcome(warm, body), body


def test_the_environment_tells_nothing(warm: Warm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "4711")
    with Warm(PRELOAD, lanes=1) as other:
        found = outcome(other, "return dict(os.environ), sys.argv")
        at_first = outcome(other, "return open('/proc/self/environ').read()")
    assert "4711" not in str(found) + str(at_first)
    for name in ("HOME", "TMPDIR", "USER", "LOGNAME", "OMP_NUM_THREADS"):
        assert found[0].pop(name)
    assert set(found[0]) <= {"LC_ALL", "PYTHONHASHSEED", "MPLBACKEND", "CUDA_VISIBLE_DEVICES"}


# --- more than its share ---------------------------------------------------------------------


def test_threads_are_counted(warm: Warm) -> None:
    body = """
        import threading, time
        try:
            for count in range(500):
                threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
        except RuntimeError:
            return count
    """
    limits = Limits(wall=10, cpu=3, memory=8 << 30, tasks=20)
    count = ran(warm, body, limits).outcomes[0].value
    assert 10 < count < 40
    few = """
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor(8) as pool:
            return sum(pool.map(abs, range(100)))
    """
    assert outcome(warm, few) == 4950


def test_memory_is_counted(warm: Warm) -> None:
    assert ran(warm, "return len(bytearray(3 << 30))").ended is Ended.MEMORY
    assert ran(warm, "import torch\nreturn torch.zeros(3 << 28)").ended is Ended.MEMORY
    slowly = "blocks = []\nwhile True:\n    blocks.append(bytearray(1 << 20))"
    assert ran(warm, slowly).ended is Ended.MEMORY
    assert outcome(warm, "return len(bytearray(300 << 20))") == 300 << 20


def test_it_is_the_first_to_end_where_memory_runs_out(warm: Warm) -> None:
    body = """
        try:
            open("/proc/self/oom_score_adj", "w").write("0")
        except OSError:
            return open("/proc/self/oom_score_adj").read()
    """
    assert outcome(warm, body) == "1000\n"
    guarding = Path(f"/proc/{warm._runner._process.pid}/oom_score_adj").read_text()
    assert guarding == Path("/proc/self/oom_score_adj").read_text() != "1000\n"


def test_disk_space_is_counted(warm: Warm) -> None:
    body = """
        import signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        for number in range(100):
            with open(str(number), "wb") as file:
                file.write(bytes(4 << 20))
    """
    assert "OSError" in outcome(warm, body)


def test_open_files_are_counted(warm: Warm) -> None:
    assert "Too many open files" in outcome(warm, "a = [open('/dev/null') for _ in range(1000)]")


def test_a_loop_in_c_is_ended(warm: Warm) -> None:
    for body in ("return sum(range(10**12))", "return 7 ** (7 ** 12)"):
        assert_its_time_is_over(ran(warm, body, Limits(wall=120, cpu=1, memory=512 << 20)))


def assert_its_time_is_over(found: Ran) -> None:
    """By the clock of its CPU time, which runs at the same speed on a busy machine."""
    assert found.ended is Ended.TIMED_OUT, found
    assert "1 seconds of CPU time" in found.detail
    assert found.cpu < 2


def test_a_loop_that_ignores_its_signals_is_ended(warm: Warm) -> None:
    body = """
        import signal
        for number in (signal.SIGXCPU, signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
            signal.signal(number, signal.SIG_IGN)
        while True:
            pass
    """
    assert_its_time_is_over(ran(warm, body, Limits(wall=120, cpu=1)))


# --- layer by layer --------------------------------------------------------------------------


def without(layers: list[str], require: bool = False) -> Warm:
    """A warm process that does without some of what it could have."""
    from attention_course.grading.isolation import forked

    class Fewer(forked.Forked):
        def __init__(self, preload: Any, lanes: int) -> None:
            super().__init__(preload, lanes, without=layers)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forked, "Forked", Fewer)
        try:
            return Warm([], lanes=1, require=require)
        except IsolationError as error:
            if "cannot be read by the user" in str(error):
                pytest.skip("without a root of its own, no other user can read this Python")
            raise


def test_where_something_is_missing_it_is_refused() -> None:
    layers = ["net", "jail", "landlock", "seccomp"]
    with without(layers) as bare:
        active = {p.name: p for p in bare.protections}
    assert not active["no network"].active
    assert "it reached a port" in active["no network"].why
    assert not active["no files of others"].active
    assert active["memory limit"].active
    assert active["nothing outlives an answer"].active
    with pytest.raises(IsolationError, match="no network; no files of others"):
        without(layers, require=True)


@pytest.mark.parametrize(
    ("layers", "name"),
    [
        (["net", "landlock"], "no network"),  # seccomp alone
        (["landlock", "seccomp"], "no network"),  # its namespace alone
        (["net", "seccomp"], "no network"),  # Landlock alone
        (["jail", "seccomp"], "no files of others"),
        (["landlock", "seccomp"], "no files of others"),
        (["jail", "seccomp"], "writes to its own folder alone"),
        (["landlock", "seccomp"], "writes to its own folder alone"),
        (["pid", "landlock"], "no reach to other processes"),
        (["landlock", "seccomp"], "no reach to other processes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "without " + " ".join(value),
)
def test_each_layer_holds_alone(layers: list[str], name: str) -> None:
    from attention_course.grading.isolation import landlock

    if "landlock" not in layers and landlock.version() < 6:
        pytest.skip("this kernel's Landlock is too old")
    with without(layers) as fewer:
        assert next(p for p in fewer.protections if p.name == name).active


OLDER = ["mount", "pid", "net", "ipc", "uts", "jail", "landlock"]  # the filter of calls is left

REACHING = """
    import fcntl, resource, socket
    def by_socket(how):
        ours, theirs = socket.socketpair()
        fcntl.fcntl(ours, fcntl.F_SETSIG, 9)
        fcntl.fcntl(ours, *how)
        fcntl.fcntl(ours, fcntl.F_SETFL, os.O_ASYNC)
        theirs.send(b"x")
    def by_default(how):
        ours, theirs = socket.socketpair()
        fcntl.ioctl(ours, how, it["pid"].to_bytes(4, "little"))
        fcntl.fcntl(ours, fcntl.F_SETFL, os.O_ASYNC)
        theirs.send(b"x")
    ways = {
        "owner": lambda: by_socket((fcntl.F_SETOWN, it["pid"])),
        "owner by kind": lambda: by_socket((15, (1).to_bytes(4, "little")
                                            + it["pid"].to_bytes(4, "little"))),
        "owner of device": lambda: by_default(0x8901),
        "group of device": lambda: by_default(0x8902),
        "priority": lambda: os.setpriority(0, it["pid"], 19),
        "processors": lambda: os.sched_setaffinity(it["pid"], os.sched_getaffinity(0)),
        "limit": lambda: resource.prlimit(it["pid"], resource.RLIMIT_CORE, (0, 0)),
        "signal": lambda: os.kill(it["pid"], 15),
    }
    done = []
    for name, way in ways.items():
        try:
            way()
            done.append(name)
        except OSError:
            pass
    return done
"""


def test_the_filter_alone_keeps_it_from_processes_of_the_same_user() -> None:
    program = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with without(OLDER) as fewer, subprocess.Popen(program, stdin=subprocess.PIPE) as other:
        reach = next(p for p in fewer.protections if p.name == "no reach to other processes")
        assert reach.active, reach
        assert outcome(fewer, REACHING, pid=other.pid) == []
        assert os.getpriority(os.PRIO_PROCESS, other.pid) == os.getpriority(os.PRIO_PROCESS, 0)
    assert other.returncode == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="of root, answers run as another user")
@pytest.mark.parametrize("layers", [[*OLDER, "seccomp"], ["pid", "seccomp"]], ids=" ".join)
def test_reach_to_other_processes_is_found_out(layers: list[str]) -> None:
    with without(layers) as bare:
        reach = next(p for p in bare.protections if p.name == "no reach to other processes")
        assert not reach.active
        assert "other processes" in reach.why


def test_a_process_that_ends_while_an_answer_tries_is_seen() -> None:
    def ask(job: Job, limits: Limits) -> Ran:
        if "it" not in job.inputs[0]:  # the control, which does nothing but its work
            return Ran((Returned(9.0),), Ended.FINISHED)
        os.kill(job.inputs[0]["it"]["process"], signal.SIGKILL)
        could = {tried: "" for _, tried, _ in probing.PROTECTIONS}
        return Ran((Returned(could),), Ended.FINISHED)

    missing = probing.protections(ask, {"namespaces": ["pid"]})[1]
    assert missing == ["no reach to other processes"]


def test_without_a_file_system_of_its_own_disk_space_is_not_said_to_be_limited() -> None:
    with without(["jail"]) as fewer:
        disk = next(p for p in fewer.protections if p.name == "limit of disk space")
        assert not disk.active
        assert disk.why == "it wrote two files of 12 MiB"


def test_the_root_of_its_own_is_read_only() -> None:
    places = ["/", "/usr/lib", str(Path(sys.modules["attention_course"].__path__[0])), "/dev"]
    body = """
        return [bool(os.statvfs(path).f_flag & os.ST_RDONLY) for path in it["places"]]
    """
    with without(["landlock", "seccomp"]) as fewer:
        assert outcome(fewer, body, places=places) == [True] * 4


def test_private_folders_go_where_there_is_no_root_of_its_own() -> None:
    with without(["jail"]) as fewer:
        base = fewer._runner._folder
        assert outcome(fewer, "open('a', 'w').close()\nreturn os.getcwd()").startswith(base)
        assert os.listdir(base) == []
