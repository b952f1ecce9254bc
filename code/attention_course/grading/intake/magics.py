"""Takes out of a cell what is IPython's and not Python's, and leaves every line its number."""

from __future__ import annotations

import re

# cell magics under which the rest of the cell is Python that runs in the notebook
PYTHON = {"capture", "memit", "mprun", "lprun", "prun", "scalene", "time", "timeit"}

_CELL = re.compile(r"\s*%%(\w+)")
_LINE = re.compile(
    r"""(?P<indent>[ \t]*)
        (?: %{1,2}[A-Za-z] | !{1,2} | \?{1,2}\s*[\w.*%]    # %time f(), !pip install x, ?x
          | (?P<name>\w+)[ \t]*=[ \t]*(?:!|%[A-Za-z])      # files = !ls
          | [\w.*%]+\?{1,2}\s*$ )                          # x?
    """,
    re.VERBOSE,
)
_LEXEME = re.compile(
    r"""\#[^\n]* | \"{3} | '{3}
      | "(?:[^"\\\n]|\\.)*"? | '(?:[^'\\\n]|\\.)*'?
      | [\[({] | [\])}]
    """,
    re.VERBOSE | re.DOTALL,
)


def other_language(source: str) -> str:
    """The cell magic that makes the whole cell something other than Python, or ""."""
    first = source.lstrip().partition("\n")[0]
    found = _CELL.match(first)
    return f"%%{found[1]}" if found and found[1] not in PYTHON else ""


def without(source: str) -> str:
    """The cell without magics, shell commands and questions to IPython.

    Inside a block a line becomes ``pass``, so that the block is not left empty; where a name was
    assigned, the name becomes None.
    """
    lines = _to_the_left(source.split("\n"))
    state = _State()
    goes_on = False  # the magic of the line before ends with a backslash
    for number, line in enumerate(lines):
        found = _LINE.match(line) if state.between else None
        if goes_on or found:
            lines[number] = _instead(found)
            goes_on = line.endswith("\\")
        else:
            state.read(line)
    return "\n".join(lines)


def _to_the_left(lines: list[str]) -> list[str]:
    """A cell may be indented as a whole: by as much as its first line."""
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip())]
    return [line.removeprefix(indent) for line in lines]


def _instead(found: re.Match[str] | None) -> str:
    if found is None:
        return ""
    if found["name"]:
        return f"{found['indent']}{found['name']} = None"
    return found["indent"] and f"{found['indent']}pass"


class _State:
    """Where a line stands: between two statements, or in the middle of one."""

    def __init__(self) -> None:
        self.depth = 0  # open brackets
        self.quotes = ""  # of the string that goes on in the next line
        self.backslash = False

    @property
    def between(self) -> bool:
        return not (self.depth or self.quotes or self.backslash)

    def read(self, line: str) -> None:
        position = 0
        comment = False
        while position < len(line):
            if self.quotes:
                end = _closing(line, position, self.quotes)
                if end < 0:
                    return
                position, self.quotes = end, ""
                continue
            lexeme = _LEXEME.search(line, position)
            if lexeme is None:
                break
            position = lexeme.end()
            text = lexeme[0]
            comment = text.startswith("#")
            if text in ('"""', "'''"):
                self.quotes = text
            elif text in "[({":
                self.depth += 1
            elif text in "])}":
                self.depth = max(0, self.depth - 1)
        self.backslash = line.endswith("\\") and not comment and not self.quotes


def _closing(line: str, position: int, quotes: str) -> int:
    """Behind the quotes that end a string, or -1."""
    while position < len(line):
        if line[position] == "\\":
            position += 2
        elif line.startswith(quotes, position):
            return position + len(quotes)
        else:
            position += 1
    return -1
