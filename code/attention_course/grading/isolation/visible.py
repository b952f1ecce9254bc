"""What an answer may read: Python, its packages, and the course without its references."""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Iterable
from pathlib import Path

import attention_course
from attention_course.grading.isolation.references import EXERCISES

SYSTEM = (
    "/lib",
    "/lib32",
    "/lib64",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/local/lib64",
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
    "/etc/localtime",
)
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")
PACKAGE = Path(attention_course.__path__[0]).resolve()


def folders() -> list[str]:
    """Folders and files that are there, none inside another; symbolic links followed."""
    return _outer([*outside_the_course(), str(PACKAGE)])


def outside_the_course() -> list[str]:
    """The same without the course, unless that is installed among other packages."""
    wanted = [*SYSTEM, *_python()]
    wanted += filter(None, os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep))
    return _outer(wanted)


def _outer(wanted: list[str]) -> list[str]:
    there = sorted({os.path.realpath(path) for path in wanted if os.path.exists(path)})
    outer: list[str] = []
    for path in there:  # in order, a folder comes before what is in it
        if path != "/" and not any(path.startswith(f"{other}/") for other in outer):
            outer.append(path)
    return outer


def links() -> dict[str, str]:
    """Other paths of those folders, through symbolic links: the path, and where it leads."""
    wanted = [*SYSTEM, *_python(), attention_course.__path__[0]]
    real = {path: os.path.realpath(path) for path in wanted if os.path.exists(path)}
    return {path: target for path, target in real.items() if path != target}


def exercises() -> dict[str, bytes]:
    """The files of the exercises that may be read, since they are imported: path and content."""
    modules = [sys.modules[name] for name in sys.modules if name.startswith(EXERCISES)]
    files = [Path(module.__file__).resolve() for module in modules if module.__file__]
    return {str(file): file.read_bytes() for file in files}


def sources(modules: Iterable[str]) -> list[str]:
    """The files that modules of the course are in, as sources and compiled; of packages all."""
    places = [PACKAGE.joinpath(*name.split(".")[1:]) for name in modules]
    found = [place.with_suffix(".py") for place in places]
    for place in places:
        found += place.parent.glob(f"__pycache__/{place.name}.*.pyc")
        found += place.rglob("*.py*")
    return [str(path) for path in found if path.is_file()]


def course() -> list[str]:
    """What of the course's package may be read, one by one, where nothing can hide the rest."""
    hidden = PACKAGE / "exercises"
    return [str(path) for path in PACKAGE.iterdir() if path != hidden] + list(exercises())


def _python() -> list[str]:
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    folders = [os.path.join(prefix, lib) for prefix in prefixes for lib in ("lib", "lib64")]
    folders += site.getsitepackages()
    if site.ENABLE_USER_SITE:
        folders.append(site.getusersitepackages())
    # wherever else packages were installed: PYTHONPATH, a .pth file, pip --target
    return folders + [path for path in sys.path if path and any(Path(path).glob("*.dist-info"))]
