"""Mixed precision where it pays."""

from __future__ import annotations

import torch


def autocast(device: str) -> torch.autocast:
    """bfloat16 on a GPU and on processors that compute in it; plain floats on others, which would emulate it many times slower.

    Args:
        device: "cuda" or "cpu".

    Example:
        >>> with autocast("cpu"):
        ...     product = torch.ones(2, 3) @ torch.ones(3, 2)
        >>> product.shape
        torch.Size([2, 2])
    """
    capabilities: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    native = device == "cuda" or any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16"))
    return torch.autocast(device, dtype=torch.bfloat16, enabled=native)
