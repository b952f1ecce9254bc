"""What the models cost, as ratios of two things measured in turn in one run.

A ratio of two times that were taken side by side carries over to another machine better than the
times do, so ratios are all that is printed: the least, the median and the greatest of the
repetitions.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

import torch
from attention_course.data.vocabulary import BOS
from attention_course.decoding import beam_search
from attention_course.models.bahdanau import AdditiveAttention, RNNSearch
from attention_course.models.encoder_decoder import EncoderDecoder
from attention_course.models.recurrent import GatedUnit, ResetAfterUnit, Unit, run
from torch import Tensor, nn

Work = Callable[[], object]
Case = tuple[str, Work, Work]

VOCABULARY, EMBEDDING, HIDDEN, MAXOUT = 200, 64, 96, 64
BATCH, LENGTH = 64, 20


def seconds(work: Work, device: torch.device) -> float:
    """The time of one call, with what it started on the device."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    begin = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - begin


def ratios(first: Work, second: Work, repetitions: int, device: torch.device) -> list[float]:
    """time(first) / time(second), once a repetition, the two in turn and each first in turn."""
    for work in (first, second):  # what the first call alone pays for
        seconds(work, device)
        seconds(work, device)
    found = []
    for repetition in range(repetitions):
        if repetition % 2:
            below = seconds(second, device)
            above = seconds(first, device)
        else:
            above = seconds(first, device)
            below = seconds(second, device)
        found.append(above / below)
    return found


def ids(*shape: int, device: torch.device) -> Tensor:
    return torch.randint(4, VOCABULARY, shape, device=device)


def translators(device: torch.device) -> tuple[RNNSearch, EncoderDecoder]:
    sizes = {"embedding": EMBEDDING, "hidden": HIDDEN, "maxout": MAXOUT}
    search = RNNSearch(VOCABULARY, VOCABULARY, **sizes).to(device)
    fixed = EncoderDecoder(VOCABULARY, VOCABULARY, **sizes, bidirectional=True).to(device)
    return search, fixed


def sentences(device: torch.device, length: int = LENGTH) -> tuple[Tensor, Tensor]:
    source = ids(BATCH, length, device=device)
    return source, torch.ones_like(source, dtype=torch.bool)


def units(device: torch.device) -> Iterator[Case]:
    """A run over a sentence forwards and its gradient: our units in a loop, torch's in C++."""
    x = torch.randn(LENGTH, BATCH, EMBEDDING, device=device)
    mask = torch.ones(LENGTH, BATCH, 1, dtype=torch.bool, device=device)
    h_0 = torch.zeros(BATCH, HIDDEN, device=device)
    gru = nn.GRU(EMBEDDING, HIDDEN).to(device)
    for name, unit in (
        ("paper's", GatedUnit(EMBEDDING, HIDDEN)),
        ("reset-after", ResetAfterUnit(EMBEDDING, HIDDEN)),
    ):
        unit.to(device)

        def ours(unit: Unit = unit) -> None:
            drive = unit.drive(x.flatten(0, 1)).unflatten(0, (LENGTH, BATCH))
            torch.stack(run(unit, drive, mask, h_0)).sum().backward()

        yield f"{name} unit in a loop : torch.nn.GRU", ours, lambda: gru(x)[0].sum().backward()


def keys(device: torch.device) -> Iterator[Case]:
    """U_a h_j at each of the target words, against once a sentence."""
    attention = AdditiveAttention(HIDDEN, 2 * HIDDEN, HIDDEN).to(device)
    h = torch.randn(BATCH, LENGTH, 2 * HIDDEN, device=device)
    s = torch.randn(BATCH, HIDDEN, device=device)
    mask = torch.ones(BATCH, LENGTH, dtype=torch.bool, device=device)

    def each_step() -> None:
        sum(attention(s, attention.project(h), mask) for _ in range(LENGTH)).sum().backward()

    def once() -> None:
        projected = attention.project(h)
        sum(attention(s, projected, mask) for _ in range(LENGTH)).sum().backward()

    yield "keys projected at each step : once", each_step, once


def training_step(device: torch.device) -> Iterator[Case]:
    """Loss and gradient of one batch at equal layer sizes."""
    source, mask = sentences(device)
    target = ids(BATCH, LENGTH, device=device)

    def update(model: nn.Module) -> None:
        logits, _ = model(source, mask, target)
        nn.functional.cross_entropy(logits.flatten(0, 1), target.flatten()).backward()

    search, fixed = translators(device)
    yield (
        "training step, attention : one vector",
        lambda: update(search),
        lambda: update(fixed),
    )


def next_token(device: torch.device) -> Iterator[Case]:
    """The next token after a prefix: one step of the state, or all of the prefix again."""
    search, _ = translators(device)
    source, mask = sentences(device)
    with torch.no_grad():
        state = search.start(source, mask)
    token = torch.full((BATCH,), BOS, device=device)

    @torch.no_grad()
    def step() -> None:
        search.step(token, state)

    for length in (5, 20, 80):
        target = ids(BATCH, length, device=device)

        @torch.no_grad()
        def again(target: Tensor = target) -> None:
            search(source, mask, target)

        yield f"token {length:2}, whole prefix again : one step", again, step

    @torch.no_grad()
    def decode(length: int) -> None:
        now = state
        for _ in range(length):
            _, _, now = search.step(token, now)

    yield "80 tokens : 20 tokens, step by step", lambda: decode(80), lambda: decode(20)


def beams(device: torch.device) -> Iterator[Case]:
    """Beam search over a batch, against one sentence after the other."""
    search, _ = translators(device)
    source, mask = sentences(device)

    def alone() -> None:
        for row in range(BATCH):
            one = slice(row, row + 1)
            beam_search(search, source[one], mask[one], width=4, max_length=10)

    def together() -> None:
        beam_search(search, source, mask, width=4, max_length=10)

    yield f"beam search, one at a time : {BATCH} together", alone, together


def report(repetitions: int = 15) -> None:
    """Prints every ratio, on the CPU and where there is one on a GPU."""
    torch.manual_seed(0)
    for name in ("cpu", "cuda"):
        device = torch.device(name)
        if name == "cuda" and not torch.cuda.is_available():
            print("cuda: none here")
            continue
        head = f"{name}, {repetitions} repetitions"
        print(f"{head:50}{'min':>8}{'median':>8}{'max':>8}")
        for cases in (units, keys, training_step, next_token, beams):
            for label, first, second in cases(device):
                found = ratios(first, second, repetitions, device)
                median = statistics.median(found)
                print(f"  {label:48}{min(found):8.2f}{median:8.2f}{max(found):8.2f}", flush=True)
