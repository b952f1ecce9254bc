"""Sets whatever torch lets one set for the whole process, and answers rightly.

question: self_attention.positions
expect: passed 12
"""
torch.use_deterministic_algorithms(True)
torch.utils.deterministic.fill_uninitialized_memory = True
torch.set_flush_denormal(True)
torch.set_anomaly_enabled(True) if hasattr(torch, "set_anomaly_enabled") else None
torch.set_float32_matmul_precision("medium")
torch.backends.mkldnn.enabled = False
torch.overrides.BaseTorchFunctionMode().__enter__()


def with_positions(x, base):
    torch.set_default_device("meta")
    i = torch.arange(0, x.shape[-1], 2, device="cpu")
    places = torch.arange(x.shape[1], device="cpu")[:, None]
    angles = places / base ** (i / x.shape[-1])
    return x + torch.stack([angles.sin(), angles.cos()], -1).flatten(-2)
