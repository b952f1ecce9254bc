"""What attention costs: our heads and our Transformer against torch's, caches, and memory.

Times are ratios of two things measured in turn, as in `models`; a bound is on the median. Memory is
what the allocator handed out at most, exact and the same in every run.
"""

from __future__ import annotations

import functools
import math
import statistics
from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
import torch.nn.functional as F
from attention_course.models.positions import Sinusoidal
from attention_course.models.self_attention import MultiHeadAttention, attend
from attention_course.models.transformer import Transformer
from attention_course.models.transformer_layers import ScaledEmbedding
from torch import Tensor, nn

from benchmarks.models import VOCABULARY, Work, ids, ratios
from benchmarks.peak import peak
from benchmarks.table import Line, show

AS_FAST = 1.1  # times as long as torch's own may ours take


class Case(NamedTuple):
    """Two things to compare, and the most that their ratio may be."""

    label: str
    first: Work
    second: Work
    most: float | None = None


class Sizes(NamedTuple):
    """Of what is timed: words a sentence, sentences, and the model."""

    batch: int
    length: int
    d: int
    heads: int
    d_ff: int
    layers: int


SIZES = {
    "cpu": Sizes(batch=16, length=64, d=256, heads=8, d_ff=1024, layers=2),
    "cuda": Sizes(batch=64, length=256, d=512, heads=8, d_ff=2048, layers=6),
}
PREFIXES = (64, 128, 256, 512)
WORDS = (512, 1024, 2048)  # of the sentences whose memory is measured


def heads(device: torch.device) -> Iterator[Case]:
    """Self-attention in heads, with biases, as torch's has them."""
    size = SIZES[device.type]
    ours = MultiHeadAttention(size.d, size.heads, bias=True).to(device)
    theirs = nn.MultiheadAttention(size.d, size.heads, batch_first=True).to(device)
    x = torch.randn(size.batch, size.length, size.d, device=device, requires_grad=True)

    def our_output() -> Tensor:
        return ours(x)[0]

    def their_output() -> Tensor:
        return theirs(x, x, x, need_weights=False)[0]

    yield Case(
        "heads, forward, ours : torch.nn.MultiheadAttention",
        torch.no_grad()(our_output),
        torch.no_grad()(their_output),
        AS_FAST,
    )
    yield Case(
        "heads, forward and backward, ours : torch.nn.MultiheadAttention",
        lambda: our_output().sum().backward(),
        lambda: their_output().sum().backward(),
        AS_FAST,
    )


def product(device: torch.device) -> Iterator[Case]:
    """softmax(Q Kᵀ / √d_k) V, fused and as it is written."""
    size = SIZES[device.type]
    shape = (3, size.batch, size.heads, size.length, size.d // size.heads)
    q, k, v = torch.randn(shape, device=device, requires_grad=True).unbind()

    def fused() -> Tensor:
        return attend(q, k, v)[0]

    def as_written() -> Tensor:
        return (q @ k.mT / math.sqrt(q.shape[-1])).softmax(-1) @ v

    yield Case(
        "attention, forward, fused : as written",
        torch.no_grad()(fused),
        torch.no_grad()(as_written),
    )
    yield Case(
        "attention, forward and backward, fused : as written",
        lambda: fused().sum().backward(),
        lambda: as_written().sum().backward(),
    )


class TorchsTransformer(nn.Module):
    """torch.nn.Transformer with what it does not have: embeddings, positions, an output."""

    def __init__(self, size: Sizes) -> None:
        super().__init__()
        self.E = ScaledEmbedding(VOCABULARY, size.d)
        self.positions = Sinusoidal(size.d)
        self.layers = nn.Transformer(
            size.d, size.heads, size.layers, size.layers, size.d_ff, dropout=0.0, batch_first=True
        )

    def forward(self, source: Tensor, source_mask: Tensor, target: Tensor) -> Tensor:
        """Logits (B, T, V)."""
        later = nn.Transformer.generate_square_subsequent_mask(target.shape[1], source.device)
        decoded = self.layers(
            self._embed(source),
            self._embed(target),
            tgt_mask=later,
            src_key_padding_mask=~source_mask,
            memory_key_padding_mask=~source_mask,
            tgt_is_causal=True,
        )
        return decoded @ self.E.weight.T

    def _embed(self, words: Tensor) -> Tensor:
        return self.E(words) + self.positions(torch.arange(words.shape[1], device=words.device))


def our_transformer(size: Sizes, device: torch.device) -> Transformer:
    return Transformer(
        VOCABULARY,
        VOCABULARY,
        d=size.d,
        heads=size.heads,
        layers=size.layers,
        d_ff=size.d_ff,
        dropout=0.0,
    ).to(device)


def training(device: torch.device) -> Iterator[Case]:
    """An update at equal sizes: loss, gradient and Adam. The words are the same, so the ratio is
    that of words per second, turned round.
    """
    size = SIZES[device.type]
    ours, theirs = our_transformer(size, device), TorchsTransformer(size).to(device)
    source, target = (ids(size.batch, size.length, device=device) for _ in range(2))
    lengths = torch.randint(size.length // 2, size.length + 1, (size.batch, 1), device=device)
    mask = torch.arange(size.length, device=device) < lengths

    def updating(model: nn.Module, logits: Callable[[], Tensor]) -> Work:
        adam = torch.optim.Adam(model.parameters())

        def update() -> None:
            adam.zero_grad()
            F.cross_entropy(logits().flatten(0, 1), target.flatten()).backward()
            adam.step()

        return update

    yield Case(
        "time of an update of a Transformer, ours : torch.nn.Transformer",
        updating(ours, lambda: ours(source, mask, target)[0]),
        updating(theirs, lambda: theirs(source, mask, target)),
        AS_FAST,
    )


@torch.no_grad()
def decoding(device: torch.device) -> Iterator[Case]:
    """The next word after a prefix: one step from the cache, or all of the prefix again."""
    size = SIZES[device.type]._replace(batch=4)
    model = our_transformer(size, device).eval()
    source = ids(size.batch, size.length, device=device)
    mask = torch.ones_like(source, dtype=torch.bool)
    target = ids(size.batch, PREFIXES[-1], device=device)
    state, steps = model.start(source, mask), []
    for t, token in enumerate(target.unbind(1), start=1):
        if t in PREFIXES:
            steps.append(torch.no_grad()(functools.partial(model.step, token, state)))
        _, _, state = model.step(token, state)
    for prefix, step in zip(PREFIXES, steps, strict=True):
        again = functools.partial(model, source, mask, target[:, :prefix], need_weights=False)
        yield Case(f"word {prefix}, whole prefix again : cached", torch.no_grad()(again), step)
    yield Case(f"cached, word {PREFIXES[-1]} : word {PREFIXES[0]}", steps[-1], steps[0])


def memory(device: torch.device) -> Iterator[Line]:
    """Self-attention of one sentence, forward and backward, as the sentence grows."""
    size = SIZES[device.type]
    attention = MultiHeadAttention(size.d, size.heads).to(device)
    for need_weights, kind in ((False, "without weights"), (True, "with weights")):
        peaks = []
        for words in WORDS:
            x = torch.randn(1, words, size.d, device=device)

            def work(x: Tensor = x, need_weights: bool = need_weights) -> None:
                attention(x, need_weights=need_weights)[0].sum().backward()

            work()  # the gradients of the matrices are there from now on
            peaks.append(peak(work, device))
            yield Line(f"memory of heads {kind}, {words} words", peaks[-1] / 1e6, "MB")
        yield Line(
            f"memory of heads {kind}, {WORDS[-1]} : {WORDS[-2]} words",
            peaks[-1] / peaks[-2],
            most=None if need_weights else 1.1 * WORDS[-1] / WORDS[-2],
        )


def report(repetitions: int = 15) -> None:
    """Prints medians of ratios, and memory, on the CPU and where there is one on a GPU."""
    torch.manual_seed(0)
    for name in ("cpu", "cuda"):
        device = torch.device(name)
        if name == "cuda" and not torch.cuda.is_available():
            print("attention, cuda: none here")
            continue
        print(f"attention, {name}, medians of {repetitions}")
        for cases in (heads, product, training, decoding):
            for case in cases(device):
                found = ratios(case.first, case.second, repetitions, device)
                show(Line(case.label, statistics.median(found), most=case.most))
        for line in memory(device):
            show(line)
