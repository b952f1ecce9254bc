"""The program that the marking process starts: enters namespaces, then becomes the warm process.

It is told what to do over a control socket, and ends, with everything that came of it, when that is
closed; also where the marking process is killed, nothing stays of it, and no folder. `forking` is
the rest of it; it is imported late, since no process may enter a pid namespace itself, and what
forks first should be small.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sys

from attention_course.grading.isolation import kernel, namespaces, processes

MOST_BYTES = 1 << 16  # of a message of the marking process


def main() -> None:
    """Begins; the first argument is the descriptor of the control socket."""
    sys.path[:] = [folder for folder in sys.path if folder not in ("", "/")]
    control = socket.socket(fileno=int(sys.argv[1]))
    orders = json.loads(control.recv(MOST_BYTES))
    own = namespaces.found(orders["without"])
    namespaces.enter(own)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)  # closes /proc/PID/mem and the like to others
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    inner = os.fork()
    if inner == 0:
        namespaces.enter_others(own)
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        from attention_course.grading.isolation import forking

        forking.serve(control, orders, own)
        os._exit(0)
    control.close()
    os.waitpid(inner, 0)
    processes.end_all(inner, 0)  # guards, where they have no pid namespace to go with
    shutil.rmtree(orders["folder"], ignore_errors=True)  # here it can still be seen


if __name__ == "__main__":
    main()
