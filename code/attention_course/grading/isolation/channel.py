"""Sends and receives framed values over a socket, with a deadline for each."""

from __future__ import annotations

import socket
import time

from attention_course.exercises.values import Value
from attention_course.grading.isolation import frames

CHUNK = 1 << 20  # memory is taken as bytes arrive, not as they are announced


class Closed(Exception):
    """The other side is gone."""


class Channel:
    """One end of a conversation; owns the socket."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end

    def close(self) -> None:
        self._socket.close()

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(
        self, value: Value, deadline: float | None = None, most: int = frames.MOST_BYTES
    ) -> None:
        """Sends a value.

        Args:
            value: to send.
            deadline: on the clock of `time.monotonic`; None (default) waits for ever.
            most: bytes that a frame may have.

        Raises:
            FrameError: it does not fit into a frame.
            TimeoutError: the other side did not take it in time.
            Closed: the other side is gone.
        """
        rest = memoryview(frames.encode(value, most))
        while rest:
            self._wait_until(deadline)
            try:
                rest = rest[self._socket.send(rest[:CHUNK]) :]
            except TimeoutError:
                raise
            except OSError as error:
                raise Closed(str(error)) from None

    def receive(self, deadline: float | None = None, most: int = frames.MOST_BYTES) -> Value:
        """The next value.

        Args:
            deadline: on the clock of `time.monotonic`; None (default) waits for ever.
            most: bytes of its frame.

        Raises:
            FrameError: what came is no frame.
            TimeoutError: it did not come in time.
            Closed: the other side left before the end of a frame.
        """
        frame = bytearray()
        self._fill(frame, frames.PREFIX.size, deadline)
        header, body = frames.sizes(bytes(frame), most)
        self._fill(frame, len(frame) + header + body, deadline)
        return frames.decode(frame, most)

    def _fill(self, frame: bytearray, size: int, deadline: float | None) -> None:
        while len(frame) < size:
            self._wait_until(deadline)
            try:
                data = self._socket.recv(min(CHUNK, size - len(frame)))
            except TimeoutError:
                raise
            except OSError as error:
                raise Closed(str(error)) from None
            if not data:
                raise Closed("the other side left")
            frame += data

    def _wait_until(self, deadline: float | None) -> None:
        if deadline is None:
            self._socket.settimeout(None)
            return
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
