"""Real files: where they come from, and how they are known to be whole.

A file is read from the folder that the environment variable ``ATTENTION_COURSE_DATA`` names, in
the layout of the registry's names (``multi30k/train.de.gz``). Without that variable it is
downloaded once, from a pinned commit, into pooch's cache. Its checksum is verified either way.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

FOLDER_VARIABLE = "ATTENTION_COURSE_DATA"


@dataclass(frozen=True)
class RealFile:
    """A file of a data set: its name in the data folder, its address and its SHA-256."""

    name: str
    url: str
    sha256: str


_MULTI30K = (
    "https://raw.githubusercontent.com/multi30k/dataset/"
    "a3d2e0d26b56f3846f66a952536ffed4e401d05a/data/task1/raw/"
)
_CHECKSUMS = """
test_2016_flickr.de.gz 9204244e408ccb38d2a55cfcd344df15005fc42a07a6e55ca6c52b6ababb8cc8
test_2016_flickr.en.gz 611d361c6334bc7246101d48097c13cf5c4413c5befc793cc629934359d532d9
test_2016_flickr.fr.gz 6d326e188d259fb1d04ac19eae3af956559b3a0b93d7635e56c90987c40c8b90
test_2017_flickr.de.gz a2c89666db00c495cd8513b9d708d5a3acc205d7de312ef2bf5fb7ebc1540aee
test_2017_flickr.en.gz 76a444ee25172e72695cddb13ae4a3bda59430617be88e0bb46b60504f054074
test_2017_flickr.fr.gz 3ba671ceb2299f3304ffafefea7a833d08632fbaf0ba18546f8a2ec2391af496
train.de.gz            726e39b2fa9eb9ffb6dc763fb35a179f80fae06ffc5d28b6ace5faa883de28a6
train.en.gz            d79cfa999dd4c51d2cb42499b6796d5a882c3a8a961923c25a898c90f8bbd56f
train.fr.gz            622e75069e9f4c577425c4f277116ce66e63a2401c0a2312d90073cb12379a3c
val.de.gz              f0cba2f995189cf5770f29a8a9a537a3ad3f51657ad873405082ff6863a5e75a
val.en.gz              14f7d25ddd868909a9213e361768460edcacdd6ab9d1e77b92560dc10c10dc28
val.fr.gz              ca3106f1a72390591d25f6c45cb4cd39dec4cd3f123e099748a3ce5256c160e9
"""
REGISTRY = {
    f"multi30k/{name}": RealFile(f"multi30k/{name}", _MULTI30K + name, sha256)
    for name, sha256 in (line.split() for line in _CHECKSUMS.strip().splitlines())
}


def data_folder() -> Path | None:
    """The folder that ``ATTENTION_COURSE_DATA`` names, or None where it is not set.

    Raises:
        FileNotFoundError: it is set to what is not a folder.
    """
    value = os.environ.get(FOLDER_VARIABLE)
    if not value:
        return None
    folder = Path(value).expanduser()
    if not folder.is_dir():
        raise FileNotFoundError(
            f"{FOLDER_VARIABLE} is {value!r}, which is not a folder; set it to the folder that "
            "holds the data, or unset it to have the data downloaded"
        )
    return folder


def cache_folder() -> Path:
    """Where downloads are kept: pooch's cache for this course."""
    import pooch  # here, as it takes a third of a second

    return Path(pooch.os_cache("attention-course"))


def on_disk(name: str) -> bool:
    """Whether a file of the registry can be read without a download."""
    folder = data_folder() or cache_folder()
    return (folder / name).is_file()


def fetch(name: str) -> Path:
    """The path of a file of the registry, its checksum verified; downloaded if need be.

    Raises:
        FileNotFoundError: the file is missing in the folder of ``ATTENTION_COURSE_DATA``, or that
            is no folder, or the download fails.
        ValueError: the file is damaged: its checksum is not the expected one.
    """
    file = REGISTRY[name]
    folder = data_folder()
    if folder is None:
        return _download(file)
    path = folder / name
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is missing; copy it there from {file.url}, or unset {FOLDER_VARIABLE} to "
            "have it downloaded"
        )
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != file.sha256:
        raise ValueError(
            f"{path} is damaged: its SHA-256 is {found}, expected {file.sha256}; copy it anew "
            f"from {file.url}, or unset {FOLDER_VARIABLE} to have it downloaded"
        )
    return path


def _download(file: RealFile) -> Path:
    import pooch

    target = cache_folder() / file.name
    try:
        # pooch looks at the checksum of what is in the cache, too, and replaces what is damaged.
        path = pooch.retrieve(
            file.url,
            known_hash=f"sha256:{file.sha256}",
            fname=target.name,
            path=target.parent,
            progressbar=True,
        )
    except ValueError as error:
        raise ValueError(
            f"{file.name} arrived damaged from {file.url}: {error} Try again; if it stays so, put "
            f"a whole copy into a folder and name that in {FOLDER_VARIABLE}"
        ) from error
    except OSError as error:  # what requests raises is one, too
        raise FileNotFoundError(
            f"{file.name} could not be downloaded from {file.url}: {error}. Connect to the "
            f"network, or put the file into a folder as {file.name} and name that folder in "
            f"{FOLDER_VARIABLE}"
        ) from error
    return Path(path)
