"""Tensors that two programs get without exchanging them.

The other side of Tests/TestSupport/CounterValues.swift; the formula stands there.
"""

import math

import numpy as np
import torch

MASK = (1 << 64) - 1


def name_hash(name):
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


def counter_values(name, shape):
    """A float64 tensor of numbers in [-1, 1)."""
    index = np.arange(1, math.prod(shape) + 1, dtype=np.uint64)
    with np.errstate(over="ignore"):
        z = np.uint64(name_hash(name)) + index * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    values = (z >> np.uint64(40)).astype(np.float64) * 2.0**-23 - 1
    return torch.from_numpy(values.reshape(shape))


def counter_tensor(name, shape):
    """A parameter or buffer of sensible size."""
    values = counter_values(name, shape)
    kind = name.split(".")[-1]
    if kind == "weight" and len(shape) > 1:
        return values * math.sqrt(6 / math.prod(shape[1:]))
    if kind == "weight":
        return 1 + values / 4
    if kind in ("bias", "running_mean"):
        return values / 4
    if kind == "running_var":
        return 1 + values / 2
    return values


def digest(tensor, first=6):
    """What is kept of a tensor: its sum, its product with a counter tensor, and its first values."""
    flat = tensor.detach().reshape(-1)
    return {
        "shape": list(tensor.shape),
        "sum": flat.sum().item(),
        "dot": (flat * counter_values("probe", flat.shape)).sum().item(),
        "first": flat[:first].tolist(),
    }
