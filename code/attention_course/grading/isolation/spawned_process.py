"""The program that is started for one answer where no process can be forked for it."""

from __future__ import annotations

import json
import os
import socket
import sys

from attention_course.grading.isolation import child
from attention_course.grading.isolation.channel import Channel
from attention_course.grading.isolation.joint import Limits
from attention_course.grading.isolation.preparing import prepare


def main() -> None:
    """Reads its orders from the standard input, and answers where they say."""
    orders = json.load(sys.stdin)
    sys.path[:] = [folder for folder in sys.path if folder not in ("", orders["folder"])]
    end = socket.create_connection(("127.0.0.1", orders["port"]))
    channel = Channel(end)
    channel.send(orders["password"])
    try:
        prepare(orders["preload"])
        if os.name == "posix":
            _restrict(orders, end.fileno())
        else:
            os.chdir(orders["folder"])
    except Exception as error:
        channel.send({"fault": f"{type(error).__name__}: {error}"})
        return
    child.serve(channel)
    os._exit(0)


def _restrict(orders: dict[str, object], keep: int) -> None:
    from attention_course.grading.isolation import settings

    settings.restrict(
        Limits(**orders["limits"]),  # type: ignore[arg-type]
        settings.layers(),
        int(orders["slot"]),  # type: ignore[call-overload]
        str(orders["folder"]),
        keep,
    )


if __name__ == "__main__":
    main()
