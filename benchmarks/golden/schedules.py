"""Writes the learning rates of PyTorch's schedulers, step by step.

    python benchmarks/golden/schedules.py > Tests/TrainingTests/golden/schedules.json

Needs PyTorch.
"""

import json
import sys

import torch
from torch.optim import lr_scheduler

PEAK = 0.1
STEPS = 40


def optimizer():
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=PEAK, momentum=0.9)


def rates(make, steps=STEPS):
    """Rate and momentum of each step."""
    owner = optimizer()
    scheduler = make(owner)
    result = []
    for step in range(steps):
        group = owner.param_groups[0]
        result.append((group["lr"], group["momentum"]))
        owner.step()
        if step + 1 < steps:
            scheduler.step()
    return result


def warmed(steps, make):
    """After a linear warm-up of so many steps."""

    def both(owner):
        ramp = lr_scheduler.LinearLR(owner, 1 / (steps + 1), 1, steps)
        return lr_scheduler.SequentialLR(owner, [ramp, make(owner)], [steps])

    return both


SCHEDULES = {
    "constant": lambda owner: lr_scheduler.ConstantLR(owner, 1),
    "step": lambda owner: lr_scheduler.MultiStepLR(owner, [8, 30], 0.1),
    "linear": lambda owner: lr_scheduler.LinearLR(owner, 1, 0.01, STEPS - 1),
    "cosine": lambda owner: lr_scheduler.CosineAnnealingLR(owner, STEPS - 1, 0.001),
    "restarts": lambda owner: lr_scheduler.CosineAnnealingWarmRestarts(owner, 5, 2, 0.001),
    "onecycle": lambda owner: lr_scheduler.OneCycleLR(
        owner, PEAK, total_steps=STEPS, base_momentum=0.8, max_momentum=0.9
    ),
    # With a warm-up the course has the steps that are left; a milestone stays where it is.
    "warm step": warmed(6, lambda owner: lr_scheduler.MultiStepLR(owner, [2, 24], 0.1)),
    "warm linear": warmed(6, lambda owner: lr_scheduler.LinearLR(owner, 1, 0.01, STEPS - 7)),
    "warm cosine": warmed(6, lambda owner: lr_scheduler.CosineAnnealingLR(owner, STEPS - 7, 0.001)),
    "warm restarts": warmed(
        6, lambda owner: lr_scheduler.CosineAnnealingWarmRestarts(owner, 5, 2, 0.001)
    ),
}

FIGURES = [0.1, 0.2, 0.2, 0.19, 0.18, 0.2000001, 0.3, 0.1, 0.1, 0.1, 0.1, 0.1, 0.31, 0.2, 0.2, 0.2]
FIGURES += [0.2] * 14


def plateau(mode, figures):
    owner = optimizer()
    scheduler = lr_scheduler.ReduceLROnPlateau(
        owner, mode, factor=0.5, patience=2, threshold=1e-3, cooldown=2, min_lr=0.01
    )
    result = []
    for figure in figures:
        scheduler.step(figure)
        result.append(owner.param_groups[0]["lr"])
    return result


def main():
    document = {
        "torch": torch.__version__,
        "rates": {name: [each[0] for each in rates(make)] for name, make in SCHEDULES.items()},
        "momenta": [each[1] for each in rates(SCHEDULES["onecycle"])],
        "figures": FIGURES,
        "ap": plateau("max", FIGURES),
        "loss": plateau("min", FIGURES),
    }
    json.dump(document, sys.stdout)


if __name__ == "__main__":
    main()
