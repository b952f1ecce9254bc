"""What the models learn from: ``load`` a corpus by its name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, overload

from attention_course.data import pairs
from attention_course.data.pairs import Corpus

if TYPE_CHECKING:
    from attention_course.data.scenes import Scenes

# module and function of each; imported when it is asked for, since every answer that is marked
# runs in a process that imports this package
_MAKERS = {
    "translation": ("translation", "corpus"),
    "multi30k": ("multi30k", "corpus"),
    "stretched": ("algorithmic", "stretched"),
    "agreement": ("agreement", "agreement"),
    "copy": ("digits", "copy"),
    "reverse": ("digits", "reverse"),
    "addition": ("digits", "addition"),
    "scenes": ("scenes", "corpus"),
}


@overload
def load(name: Literal["scenes"], **options: Any) -> Scenes: ...


@overload
def load(name: str, *, reversed_sources: bool = False, **options: Any) -> Corpus: ...


def load(name: str, *, reversed_sources: bool = False, **options: Any) -> Corpus | Scenes:
    """A corpus by its name.

    Args:
        name: ``"translation"``, generated English→French or →German with gold alignments, needs no
            network; ``"stretched"``, words said one to three times, likewise; ``"agreement"``,
            sentences that are right or wrong, likewise; ``"copy"``, ``"reverse"`` and
            ``"addition"``, digits, likewise; ``"scenes"``, generated pictures with captions and the
            places of what they name, likewise; or ``"multi30k"``, real captions, read from the
            folder that ``ATTENTION_COURSE_DATA`` names or else downloaded.
        reversed_sources: whether sources come from their last word to their first, see
            `attention_course.data.pairs.reversed_sources`; not for pictures.
        options: those of `attention_course.data.translation.corpus`,
            `attention_course.data.algorithmic.stretched`,
            `attention_course.data.agreement.agreement`, of the functions of
            `attention_course.data.digits`, of `attention_course.data.scenes.corpus` or of
            `attention_course.data.multi30k.corpus`.

    Raises:
        ValueError: an unknown name, an option's value out of bounds, or a damaged file.
        TypeError: an option that the corpus does not have.
        FileNotFoundError: a real file is missing, or cannot be downloaded.
    """
    maker = _maker(name)
    known = inspect.signature(maker).parameters
    for option in options:
        if option not in known:
            raise TypeError(
                f"the data set {name!r} has no option {option!r}; it has {', '.join(known)}"
            )
    corpus = maker(**options)
    if reversed_sources and not isinstance(corpus, Corpus):
        raise TypeError(f"the data set {name!r} has no sentences to reverse: leave out the option")
    return pairs.reversed_sources(corpus) if reversed_sources else corpus


def available(name: str) -> bool:
    """Whether ``load(name)`` needs no download: always for a corpus that is generated.

    Raises:
        ValueError: an unknown name.
        FileNotFoundError: ``ATTENTION_COURSE_DATA`` names what is not a folder.
    """
    _maker(name)  # raises
    return name != "multi30k" or bool(_module("multi30k").available())


def _maker(name: str) -> Callable[..., Any]:
    if not isinstance(name, str) or name not in _MAKERS:
        raise ValueError(f"the data set is {name!r}; expected one of {', '.join(_MAKERS)}")
    module, function = _MAKERS[name]
    maker: Callable[..., Any] = getattr(_module(module), function)
    return maker


def _module(name: str) -> Any:
    return import_module(f"{__name__}.{name}")
