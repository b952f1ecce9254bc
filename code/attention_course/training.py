"""One training loop for every model of the course.

`fit` takes a model and an endless stream of batches and makes a fixed number of updates. What
differs between models is the loss, a function of model and batch; a model that translates uses
`translation_loss`.
"""

from __future__ import annotations

import math
import os
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm.auto import tqdm

from attention_course.data.batches import Batch
from attention_course.data.checks import check_integers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Loss = Callable[..., Tensor]
Schedule = Callable[[int], float]
NOT_COUNTED = -100  # torch's own mark for a target that is no target


# --- what to train on -----------------------------------------------------------------------


def choose_device(device: str | torch.device | None = None) -> torch.device:
    """The device asked for; without a wish CUDA where it is found, else the CPU.

    Raises:
        RuntimeError: CUDA is asked for and there is none.
        ValueError: torch knows no device of that name.
    """
    if device is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        chosen = torch.device(device)
    except RuntimeError as error:
        raise ValueError(f"device is {device!r}, expected 'cpu', 'cuda' or None") from error
    if chosen.type == "cuda" and not torch.cuda.is_available():
        raise RuntimeError(
            f"device is {str(device)!r}, but torch {torch.__version__} finds no CUDA here: "
            "use device='cpu', or device=None to take what there is"
        )
    return chosen


def device_of(model: nn.Module) -> torch.device:
    """Where the model's parameters lie (the CPU for a model that has none)."""
    return next((parameter.device for parameter in model.parameters()), torch.device("cpu"))


def as_module(model: Any) -> nn.Module:
    """The model itself.

    Raises:
        TypeError: it is no torch.nn.Module.
    """
    if not isinstance(model, nn.Module):
        raise TypeError(f"model is a {type(model).__name__}, expected a torch.nn.Module")
    return model


def seed_everything(seed: int) -> None:
    """Seeds the generators of Python, numpy and torch (on every device)."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  (libraries that draw from the old global generator)
    torch.manual_seed(seed)


def count_parameters(model: nn.Module) -> int:
    """How many numbers are learnt; a parameter used in two places counts once."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """No dropout and no gradients inside; afterwards the model's mode is what it was."""
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        model.train(was_training)


# --- loss -----------------------------------------------------------------------------------


def translation_loss(model: nn.Module, batch: Batch, label_smoothing: float = 0.0) -> Tensor:
    """Mean cross-entropy in nats over the real target tokens, end mark included.

    Padding counts neither in the sum nor in the mean. With `label_smoothing` ε the target of
    each position is (1 − ε) on the right token and ε spread evenly over all V tokens.

    Returns:
        a scalar, float32 or wider also under mixed precision.
    """
    logits, _ = model(batch.source, batch.source_mask, batch.target_in)  # (B, T, V)
    return token_loss(logits, batch, label_smoothing)


def token_loss(logits: Tensor, batch: Batch, label_smoothing: float = 0.0) -> Tensor:
    """What `translation_loss` makes of logits (B, T, V): a scalar."""
    targets = batch.target_out.masked_fill(~batch.target_mask, NOT_COUNTED)  # (B, T)
    return F.cross_entropy(
        widened(logits).flatten(0, 1),
        targets.flatten(),
        ignore_index=NOT_COUNTED,
        label_smoothing=label_smoothing,
    )


def widened(x: Tensor) -> Tensor:
    """At least float32: half precision is too coarse for sums of log-probabilities."""
    return x.to(torch.promote_types(x.dtype, torch.float32))


def mean_loss(model: nn.Module, batches: Iterable[Batch], loss: Loss = translation_loss) -> float:
    """The loss per target token over all batches, without dropout, on the model's device."""
    device, total, tokens = device_of(model), 0.0, 0
    with evaluating(model):
        for batch in batches:
            total += float(loss(model, batch.to(device))) * batch.tokens
            tokens += batch.tokens
    if tokens == 0:
        raise ValueError("the batches hold no target token, expected at least one")
    return total / tokens


# --- learning rates -------------------------------------------------------------------------


def noam(width: int, warmup: int) -> Schedule:
    """width^−½ · min(step^−½, step · warmup^−1½): rises for `warmup` steps, then falls as 1/√step.

    Steps count from 1 (1706.03762, Eq. 3). With the paper's factor use learning_rate=1.
    """
    if width < 1 or warmup < 1:
        raise ValueError(f"width is {width} and warmup is {warmup}, expected both at least 1")
    return lambda step: width**-0.5 * min(step**-0.5, step * warmup**-1.5)


def cosine(steps: int, warmup: int = 0) -> Schedule:
    """Rises evenly to 1 at step `warmup`, then falls along half a cosine to 0 just after `steps`.

    Steps count from 1, so that no update is made with a rate of zero.
    """
    if not 0 <= warmup < steps:
        raise ValueError(f"warmup is {warmup}, expected 0 up to steps - 1 = {steps - 1}")
    peak = max(warmup, 1)

    def factor(step: int) -> float:
        if step < peak:
            return step / peak
        done = min(1.0, (step - peak) / (steps + 1 - peak))
        return 0.5 * (1 + math.cos(math.pi * done))

    return factor


# --- the loop -------------------------------------------------------------------------------


@dataclass(repr=False)
class History:
    """What happened during training.

    Attributes:
        steps: updates made.
        losses: the training loss at each update, nats per token (label smoothing included).
        validation: (step, loss per token without label smoothing) at each validation.
        seconds, cpu_seconds: time of the updates, on the clock and on all cores together;
            validation is not counted.
        interrupted: whether training was stopped by hand before its last step.
    """

    steps: int = 0
    losses: list[float] = field(default_factory=list)
    validation: list[tuple[int, float]] = field(default_factory=list)
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    interrupted: bool = False

    def plot(self, ax: Axes | None = None) -> Figure:
        """Draws training and validation loss over the steps, on new axes unless `ax` is given."""
        from attention_course import plots

        return plots.history(self.losses, self.validation, ax=ax)

    def __repr__(self) -> str:
        # no losses and times here: they differ between machines, and this stands in notebooks
        end = ", interrupted" if self.interrupted else ""
        return f"History({self.steps} steps, {len(self.validation)} validations{end})"


def fit(
    model: nn.Module,
    batches: Iterable[Batch],
    *,
    steps: int,
    loss: Loss = translation_loss,
    learning_rate: float = 1e-3,
    optimizer: Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer] | None = None,
    schedule: Schedule | None = None,
    clip: float | None = 1.0,
    label_smoothing: float = 0.0,
    device: str | torch.device | None = None,
    validation: Sequence[Batch] | None = None,
    validate_every: int | None = None,
    mixed_precision: bool | None = None,
    progress: bool | None = None,
) -> History:
    """Trains `model` in place for `steps` updates and leaves it in evaluation mode.

    Interrupting (Ctrl-C, Jupyter's stop button) ends training early and keeps what was learnt.

    Args:
        batches: at least `steps` batches; an endless stream is the usual case.
        loss: called as loss(model, batch), and with label_smoothing=… where that is not zero.
        learning_rate: Adam's; an `optimizer` brings its own.
        optimizer: makes another optimiser from the parameters, for example
            ``lambda parameters: torch.optim.Adadelta(parameters, rho=0.95, eps=1e-6)``.
        schedule: factor on the learning rate as a function of the step, which counts from 1.
        clip: longest L2 norm of the whole gradient; None leaves it as it is.
        device: "cpu", "cuda", or None for CUDA where it is found. The model is moved there.
        validation: batches on which the loss is measured without label smoothing.
        validate_every: steps between validations; None validates ten times. The last step is
            always followed by one.
        mixed_precision: bfloat16 where that is safe; None uses it on CUDA devices that have it
            in hardware (compute capability 8.0 or newer).
        progress: whether to show a bar; None shows it to a person and is silent in CI, in
            pipes, and where ATTENTION_COURSE_QUIET is set.

    Raises:
        RuntimeError: CUDA is asked for and not there.
        FloatingPointError: the loss or its gradient is no longer finite; the weights are then
            those before that step.
        TypeError: the model is no torch.nn.Module.
        ValueError: an argument is out of range, the batches are no batches or end too early.
    """
    as_module(model)
    if isinstance(batches, Batch) or not isinstance(batches, Iterable):
        raise ValueError(
            f"batches is a {type(batches).__name__}, expected many batches: bucketed(examples, "
            "batch_size, generator=...), or itertools.repeat(batch) for one again and again"
        )
    check_integers(1, steps=steps)
    if clip is not None and clip <= 0:
        raise ValueError(f"clip is {clip}, expected a positive number, or None for no clipping")
    if not 0 <= label_smoothing < 1:
        raise ValueError(f"label_smoothing is {label_smoothing}, expected 0 up to below 1")
    if validate_every is not None:
        check_integers(1, validate_every=validate_every)
    if validation is not None and not isinstance(validation, Sequence):
        raise ValueError(
            f"validation is a {type(validation).__name__}, expected a list of batches, since it "
            "is read more than once: use list(...)"
        )
    if validation is not None and not validation:
        raise ValueError("validation holds no batch, expected at least one, or None")
    for held_out in validation or ():
        _check_batch("validation", held_out)

    on = choose_device(device)
    model.to(on).train()
    parameters = [p for p in model.parameters() if p.requires_grad]
    updates = optimizer(parameters) if optimizer else torch.optim.Adam(parameters, learning_rate)
    base_rates = [group["lr"] for group in updates.param_groups]
    if mixed_precision is None:
        mixed_precision = on.type == "cuda" and torch.cuda.get_device_capability(on) >= (8, 0)
    smoothing: dict[str, Any] = {"label_smoothing": label_smoothing} if label_smoothing else {}
    every = validate_every or max(1, steps // 10)

    history = History()
    bar = tqdm(total=steps, disable=not _shows_progress(progress), leave=False)
    stream = iter(batches)
    try:
        for step in range(1, steps + 1):
            clock, cpu = time.perf_counter(), time.process_time()
            batch = next(stream, None)
            if batch is None:
                raise ValueError(
                    f"the batches ended after {step - 1} of {steps} steps: give an endless "
                    "stream (bucketed(..., forever=True)) or fewer steps"
                )
            _check_batch("batches", batch)
            if schedule is not None:
                for group, rate in zip(updates.param_groups, base_rates, strict=True):
                    group["lr"] = rate * schedule(step)
            updates.zero_grad(set_to_none=True)
            with torch.autocast(on.type, torch.bfloat16) if mixed_precision else nullcontext():
                value = loss(model, batch.to(on), **smoothing)
            value.backward()
            norm = nn.utils.clip_grad_norm_(parameters, math.inf if clip is None else clip)
            # both in one go: each look at a number on the device makes the CPU wait for it
            now, length = torch.stack([value.detach(), norm.to(value)]).tolist()
            if not (math.isfinite(now) and math.isfinite(length)):
                raise FloatingPointError(
                    f"at step {step} of {steps} the loss is {now} and its gradient has norm "
                    f"{length}, expected finite numbers: lower the learning rate, or look for a "
                    "division by zero or a softmax over nothing in the model"
                )
            updates.step()
            history.losses.append(now)
            history.steps = step
            history.seconds += time.perf_counter() - clock
            history.cpu_seconds += time.process_time() - cpu

            if validation is not None and (step % every == 0 or step == steps):
                history.validation.append((step, mean_loss(model, validation, loss)))
            bar.set_postfix_str(f"loss {now:.3f}", refresh=False)
            bar.update()
    except KeyboardInterrupt:
        history.interrupted = True
    finally:
        bar.close()
        model.eval()
    return history


def _check_batch(name: str, batch: object) -> None:
    # another loss may have batches of its own: all that is asked of them here is to move
    if not hasattr(batch, "to"):
        raise ValueError(
            f"{name} holds a {type(batch).__name__}, expected batches: make them of examples by "
            "bucketed(...), in_order(...) or make_batch(...)"
        )


def _shows_progress(wish: bool | None) -> bool:
    if wish is not None:
        return wish
    if os.environ.get("CI") or os.environ.get("ATTENTION_COURSE_QUIET"):
        return False
    # a notebook has no terminal, but an IPython shell; asked only where IPython is loaded already
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return sys.stderr.isatty() or shell is not None
