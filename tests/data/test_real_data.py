"""Real files: read from a folder or downloaded, whole or refused."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from attention_course import data
from attention_course.data import multi30k, sources
from attention_course.data.vocabulary import EOS, UNK

FILE = "multi30k/val.de.gz"


def test_names_and_options_are_checked() -> None:
    with pytest.raises(ValueError, match="'multi40k'; expected one of translation, multi30k"):
        data.load("multi40k")
    with pytest.raises(ValueError, match=r"\['translation'\]; expected one of"):
        data.load(["translation"])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'wmt'"):
        data.available("wmt")
    with pytest.raises(TypeError, match="'translation' has no option 'min_count'; it has language"):
        data.load("translation", min_count=2)
    assert data.available("translation")
    assert len(data.load("translation", language="de", train=5, validation=1, test=1).train) == 5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"source": "it"}, "source is 'it'; Multi30k has de, en, fr"),
        ({"target": "EN"}, "target is 'EN'"),
        ({"source": "en"}, "both 'en'"),
        ({"test": "2018"}, "test is '2018'"),
        ({"max_length": 0}, "max_length is 0"),
        ({"max_length": 9.5}, "max_length is 9.5, expected an integer of at least 1"),
        ({"min_count": "2"}, "min_count is '2'"),
    ],
)
def test_options_of_multi30k_are_checked(options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        data.load("multi30k", **options)


def test_multi30k_has_its_pairs(real_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert data.available("multi30k")
    corpus = data.load("multi30k", source="de", target="en", min_count=3, max_length=20)
    assert "not for commercial use" in capsys.readouterr().out
    assert (len(corpus.validation), len(corpus.test)) == (1014, 1000)
    assert 25_000 < len(corpus.train) < 29_000
    assert max(len(side) for p in corpus.train for side in (p.source, p.target)) == 20
    assert max(len(p.source) for p in corpus.test) > 20
    first = corpus.train[0]
    assert " ".join(first.source) == (
        "zwei junge weiße männer sind im freien in der nähe vieler büsche ."
    )
    assert " ".join(first.target) == "two young , white males are outside near many bushes ."
    assert first.alignment is None
    # Rare words become <unk>, frequent ones do not; the vocabulary is that of training alone.
    counts = sum(p.source.count("büsche") for p in corpus.train)
    assert ("büsche" in corpus.source_vocabulary) == (counts >= 3)
    source, target = corpus.encode(corpus.test)[0]
    assert source[-1] == target[-1] == EOS
    assert any(UNK in ids for ids, _ in corpus.encode(corpus.test))
    assert "." in corpus.target_vocabulary


def test_multi30k_whole_and_other_languages(real_data: Path) -> None:
    corpus = data.load("multi30k", source="en", target="fr", max_length=None, test="2017")
    assert (len(corpus.train), len(corpus.test)) == (29_000, 1000)
    assert corpus.test != data.load("multi30k", source="en", target="fr").test


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "A man's T-shirt isn’t red.", "a man 's t-shirt isn 't red ."),
        ("fr", "L’homme qu'il voit, aujourd'hui!", "l' homme qu' il voit , aujourd' hui !"),
        ("de", "Zwei Männer (50 kg) gehen\n", "zwei männer ( 50 kg ) gehen"),
        ("de", "Ma\u0308nner", "männer"),
    ],
)
def test_tokenise(language: str, text: str, words: str) -> None:
    assert multi30k.tokenise(text, language) == words.split()


def test_tokenise_refuses_other_languages() -> None:
    with pytest.raises(ValueError, match="'it'"):
        multi30k.tokenise("ciao", "it")


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sources.RealFile:
    """A registry of one small file, its address on this machine, and an empty cache."""
    served = tmp_path / "served"
    served.mkdir()
    (served / "val.de.gz").write_bytes(b"not much")
    file = sources.RealFile(
        FILE, "http://127.0.0.1:9/val.de.gz", hashlib.sha256(b"not much").hexdigest()
    )
    monkeypatch.setitem(sources.REGISTRY, FILE, file)
    monkeypatch.delenv(sources.FOLDER_VARIABLE, raising=False)
    monkeypatch.setattr(sources, "cache_folder", lambda: tmp_path / "cache")
    return file


@pytest.fixture
def server(
    small: sources.RealFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[str]]:
    """Serves the small file on loopback; a list of the paths asked for."""
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            asked.append(self.path)

    handler = partial(Handler, directory=str(tmp_path / "served"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{running.server_port}/val.de.gz"
        file = sources.RealFile(FILE, address, small.sha256)
        monkeypatch.setitem(sources.REGISTRY, FILE, file)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield asked
        running.shutdown()
        thread.join()


def test_a_download_is_kept(server: list[str]) -> None:
    assert not sources.on_disk(FILE)
    path = sources.fetch(FILE)
    assert path.read_bytes() == b"not much"
    assert sources.on_disk(FILE)
    assert sources.fetch(FILE) == path
    assert len(server) == 1


def test_a_damaged_download_is_refused(server: list[str], tmp_path: Path) -> None:
    (tmp_path / "served" / "val.de.gz").write_bytes(b"not muc")
    file = sources.REGISTRY[FILE]
    found = hashlib.sha256(b"not muc").hexdigest()
    with pytest.raises(ValueError, match=r"val\.de\.gz arrived damaged") as caught:
        sources.fetch(FILE)
    for part in (file.url, file.sha256, found, sources.FOLDER_VARIABLE):
        assert part in str(caught.value)
    assert not sources.on_disk(FILE)


def test_a_damaged_cache_is_replaced(server: list[str]) -> None:
    path = sources.fetch(FILE)
    path.write_bytes(b"")
    assert sources.fetch(FILE).read_bytes() == b"not much"


def test_without_a_network_the_way_out_is_told(small: sources.RealFile) -> None:
    with pytest.raises(FileNotFoundError, match=r"could not be downloaded .* network") as caught:
        sources.fetch(FILE)
    assert small.url in str(caught.value)
    assert sources.FOLDER_VARIABLE in str(caught.value)


def test_a_folder_is_read_and_checked(
    small: sources.RealFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "folder"
    monkeypatch.setenv(sources.FOLDER_VARIABLE, str(folder))
    for call in (sources.fetch, sources.on_disk):
        with pytest.raises(FileNotFoundError, match=r"folder.* is not a folder; .* unset"):
            call(FILE)
    folder.mkdir()
    assert not sources.on_disk(FILE)
    with pytest.raises(FileNotFoundError, match=r"val\.de\.gz is missing; copy it .* from http"):
        sources.fetch(FILE)
    (folder / "multi30k").mkdir()
    shutil.copy(tmp_path / "served" / "val.de.gz", folder / FILE)
    assert sources.on_disk(FILE)
    assert sources.fetch(FILE) == folder / FILE


def test_a_damaged_file_is_named(
    real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(real_data / "multi30k", tmp_path / "multi30k", copy_function=shutil.copyfile)
    path = tmp_path / "multi30k" / "train.en.gz"
    path.write_bytes(path.read_bytes()[:100_000])
    monkeypatch.setenv(sources.FOLDER_VARIABLE, str(tmp_path))
    with pytest.raises(ValueError, match=r"train\.en\.gz is damaged") as caught:
        data.load("multi30k")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    for part in (str(path), found, sources.REGISTRY["multi30k/train.en.gz"].sha256, "https://"):
        assert part in str(caught.value)
