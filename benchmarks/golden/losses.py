"""Writes losses and their gradients in float64, by PyTorch's autograd.

    python benchmarks/golden/losses.py > Tests/DetectorsTests/golden/losses.json

GIoU, DIoU, CIoU and focal loss are torchvision's (with no ε), Smooth-L1, L1 and the cross-entropies
PyTorch's; the others are the papers' formulas, written here. Numbers are of the counter formula
(counter.py).

Needs PyTorch, NumPy and torchvision.
"""

import json
import math
import sys

import torch
import torchvision
from counter import counter_values
from torch.nn import functional as F
from torchvision import ops

PAIRS = 24


def boxes(name):
    """Boxes of which most meet; the first two lie apart, the third contains, or is, another."""
    values = counter_values(name, (PAIRS, 4))
    corners = 20 + 8 * values[:, :2]
    result = torch.cat([corners, corners + 10 + 6 * values[:, 2:]], 1)
    if name == "targets":
        result[0] += 50
        result[1, [0, 2]] += 40
        result[2] = torch.tensor([1, 2, 70, 80.0])
        result[3] = torch.tensor([24, 25, 26, 28.0])
    return result


def iou(a, b):
    return torch.diagonal(ops.box_iou(a, b))


def corner_distance(a, b):
    low = torch.minimum(a[:, :2], b[:, :2])
    high = torch.maximum(a[:, 2:], b[:, 2:])
    corners = [[0, 1], [2, 1], [0, 3], [2, 3]]
    distances = sum((a[:, each] - b[:, each]).norm(dim=1) for each in corners)
    return distances / (4 * (high - low).norm(dim=1))


def torchvision_loss(function):
    return lambda a, b: function(a, b, eps=0)


BOX_LOSSES = {
    "iou": lambda a, b: 1 - iou(a, b),
    "logIoU": lambda a, b: -iou(a, b).clamp(min=1e-6).log(),
    "giou": torchvision_loss(ops.generalized_box_iou_loss),
    "diou": torchvision_loss(ops.distance_box_iou_loss),
    "ciou": torchvision_loss(ops.complete_box_iou_loss),
}
BOX_LOSSES |= {
    "cd" + name: lambda a, b, inner=BOX_LOSSES[name]: inner(a, b) + corner_distance(a, b)
    for name in ["iou", "giou", "diou", "ciou"]
}


def balanced_l1(x, y, alpha=0.5, gamma=1.5):
    d = (x - y).abs()
    b = math.exp(gamma / alpha) - 1
    small = alpha / b * (b * d + 1) * (b * d + 1).log() - alpha * d
    return torch.where(d < 1, small, gamma * d + gamma / b - alpha)


OFFSET_LOSSES = {
    "smoothL1": lambda x, y: F.smooth_l1_loss(x, y, reduction="none", beta=0.25),
    "l1": lambda x, y: F.l1_loss(x, y, reduction="none"),
    "balancedL1": balanced_l1,
}


def bce(x, t):
    return F.binary_cross_entropy_with_logits(x, t, reduction="none")


LOGIT_LOSSES = {
    "bce": bce,
    "focal": lambda x, t: ops.sigmoid_focal_loss(x, (t > 0.5).double(), alpha=0.25, gamma=2),
    "quality": lambda x, t: (x.sigmoid() - t).abs() ** 1.5 * bce(x, t),
    "varifocal": lambda x, t: torch.where(t > 0, t, 0.75 * x.sigmoid() ** 2) * bce(x, t),
}


def softmax(x, labels, smoothing):
    """Of rows of logits; the last answer is none of the classes, with logit 0."""
    rows = torch.cat([x, torch.zeros(len(x), 1, dtype=x.dtype)], 1)
    return F.cross_entropy(rows, labels, reduction="none", label_smoothing=smoothing)


def tversky(x, members, alpha, beta):
    p, g = x.sigmoid(), members.double()
    found = (p * g).sum() + 1
    return (1 - found / (found + alpha * (p * (1 - g)).sum() + beta * ((1 - p) * g).sum())).reshape(1)


def distribution(x, targets):
    """Li et al., NeurIPS 2020, eq. 6, with the ends of the bins as the most that can be said."""
    y = targets.clamp(0, x.shape[1] - 1)
    lower = y.long().clamp(max=x.shape[1] - 2)
    upper = lower + 1
    below, above = (F.cross_entropy(x, each, reduction="none") for each in (lower, upper))
    return (upper - y) * below + (y - lower) * above


def record(function, x, *others):
    x = x.clone().requires_grad_()
    values = function(x, *others)
    (gradient,) = torch.autograd.grad(values.sum(), x)
    return {"values": values.tolist(), "gradients": gradient.reshape(-1).tolist()}


def main():
    predicted, targets = boxes("predicted"), boxes("targets")
    offsets, wanted = 2 * counter_values("offsets", (40,)), counter_values("wanted", (40,))
    logits = 6 * counter_values("logits", (40,))
    quality = counter_values("quality", (40,)).clamp(min=0)
    rows = 4 * counter_values("rows", (12, 5))
    labels = torch.arange(12) % 6
    members = torch.arange(40) % 3 == 0
    bins = 3 * counter_values("bins", (40, 8))
    # At every bin and beyond the last one, then between bins and beyond the ends.
    distances = 3.5 + 5 * counter_values("distances", (40,))
    distances[:10] = torch.arange(10)
    document = {
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
        "predicted": predicted.tolist(),
        "targets": targets.tolist(),
        "boxes": {name: record(loss, predicted, targets) for name, loss in BOX_LOSSES.items()},
        "offsets": {name: record(loss, offsets, wanted) for name, loss in OFFSET_LOSSES.items()},
        "logits": {name: record(loss, logits, quality) for name, loss in LOGIT_LOSSES.items()},
        "softmax": [record(softmax, rows, labels, smoothing) for smoothing in [0, 0.125]],
        "tversky": [
            record(tversky, logits, members, alpha, beta)
            for alpha, beta in [(0.5, 0.5), (1, 1), (0.25, 0.75)]
        ],
        "distribution": record(distribution, bins, distances),
    }
    json.dump(document, sys.stdout)


if __name__ == "__main__":
    main()
