"""Writes what twenty steps of each optimizer make of a convolution's weights.

    python benchmarks/golden/optimizers.py > Tests/TrainingTests/golden/optimizers.json

Weights and gradients are of the counter formula (counter.py), rounded to f32; each case runs in
float64 and in float32. LAMB and LARS are timm's, the others PyTorch's.

Needs PyTorch, NumPy and timm.
"""

import json
import sys

import timm
import torch
from counter import counter_values
from timm.optim import Lamb, Lars

SHAPES = {"conv.weight": (71, 33, 3, 3), "conv.bias": (71,)}
STEPS = 20
# Every so many elements of a tensor one is kept.
STRIDE = {"conv.weight": 331, "conv.bias": 5}


def rate(step):
    return 0.01 / (1 + 0.1 * step)


def gradient(step, name, dtype):
    """Cubes, so that there are small ones; the bias's are so small that ε counts."""
    values = counter_values(f"gradient {step} {name}", SHAPES[name]) ** 3
    return (values * (1e-6 if name == "conv.bias" else 1)).float().to(dtype)


def plain(kind, **settings):
    """An optimizer of PyTorch's; weight decay for the weight alone."""

    def make(weight, bias, decay):
        groups = [
            {"params": [weight], "weight_decay": decay},
            {"params": [bias], "weight_decay": 0},
        ]
        return kind(groups, lr=0.01, **settings)

    return make


def adapting(kind, **settings):
    """One of timm's; the weight adapts, the bias does not."""

    def make(weight, bias, decay):
        groups = [
            {"params": [weight], "weight_decay": decay, "always_adapt": True},
            {"params": [bias], "weight_decay": 0, "always_adapt": False},
        ]
        return kind(groups, lr=0.01, **settings)

    return make


OPTIM = torch.optim
# Name, the settings as dldetect has them, and what makes the optimizer.
CASES = [
    ("sgd", {"momentum": 0}, plain(OPTIM.SGD)),
    ("sgd", {"momentum": 0, "decay": 0.1}, plain(OPTIM.SGD)),
    ("sgd", {"nesterov": False}, plain(OPTIM.SGD, momentum=0.9)),
    ("sgd", {}, plain(OPTIM.SGD, momentum=0.9, nesterov=True)),
    ("sgd", {"decay": 0.1}, plain(OPTIM.SGD, momentum=0.9, nesterov=True)),
    ("sgd", {"l1": 0.01}, plain(OPTIM.SGD, momentum=0.9, nesterov=True)),
    ("sgd", {"clip": 0.05}, plain(OPTIM.SGD, momentum=0.9, nesterov=True)),
    ("adagrad", {}, plain(OPTIM.Adagrad)),
    ("adagrad", {"decay": 0.1}, plain(OPTIM.Adagrad)),
    ("rmsprop", {"momentum": 0}, plain(OPTIM.RMSprop)),
    ("rmsprop", {"decay": 0.1}, plain(OPTIM.RMSprop, momentum=0.9)),
    ("rmsprop", {"alpha": 0.9, "epsilon": 0.001}, plain(OPTIM.RMSprop, momentum=0.9, alpha=0.9, eps=0.001)),
    ("adam", {}, plain(OPTIM.Adam)),
    ("adam", {"decay": 0.1, "beta2": 0.95}, plain(OPTIM.Adam, betas=(0.9, 0.95))),
    ("nadam", {}, plain(OPTIM.NAdam)),
    ("nadam", {"decay": 0.1, "psi": 0.1}, plain(OPTIM.NAdam, momentum_decay=0.1)),
    (
        "nadam",
        {"decay": 0.1, "decoupled": True},
        plain(OPTIM.NAdam, decoupled_weight_decay=True),
    ),
    ("adamw", {"decay": 0.1}, plain(OPTIM.AdamW)),
    ("lamb", {"decay": 0.1}, adapting(Lamb, max_grad_norm=None)),
    ("lamb", {}, adapting(Lamb, max_grad_norm=None)),
    ("lars", {"decay": 0.1}, adapting(Lars, momentum=0.9, nesterov=True, trust_coeff=0.001)),
    (
        "lars",
        {"trust": 0.01, "nesterov": False},
        adapting(Lars, momentum=0.9, trust_coeff=0.01),
    ),
]


def run(settings, make, dtype):
    # NAdam keeps its product of momenta in the default type.
    torch.set_default_dtype(dtype)
    values = {
        name: torch.nn.Parameter(counter_values(name, shape).float().to(dtype))
        for name, shape in SHAPES.items()
    }
    optimizer = make(values["conv.weight"], values["conv.bias"], settings.get("decay", 0))
    for step in range(STEPS):
        for name, value in values.items():
            value.grad = gradient(step, name, dtype)
            if "clip" in settings:
                torch.nn.utils.clip_grad_value_([value], settings["clip"])
        if "l1" in settings:
            weight = values["conv.weight"]
            weight.grad += settings["l1"] * weight.detach().sign()
        for group in optimizer.param_groups:
            group["lr"] = rate(step)
        optimizer.step()
    return {
        name: value.detach().reshape(-1)[:: STRIDE[name]].double().tolist()
        for name, value in values.items()
    }


def main():
    cases = [
        {
            "optimizer": name,
            "settings": settings,
            "float64": run(settings, make, torch.float64),
            "float32": run(settings, make, torch.float32),
        }
        for name, settings, make in CASES
    ]
    json.dump({"torch": torch.__version__, "timm": timm.__version__, "cases": cases}, sys.stdout)


if __name__ == "__main__":
    main()
