"""Writes what context blocks and a bidirectional pyramid give in float64: outputs, all gradients.

    python benchmarks/golden/contexts.py > Tests/ExecutionTests/golden/contexts.json

ASPP is torchvision's, without its dropout. The others are written here in PyTorch's modules after the
papers' and authors' structure: SPP and SPPF after YOLOv5's, the receptive-field block after RFBNet's
BasicRFB (whose constant of 0.1 before the sum is our norm's first value, and so 1 here), BiFPN after
EfficientDet, sections 3.2 and 3.3. They run in training form, norms by the batch; tensors are set by the
counter formula (counter.py) over our names. Needs PyTorch and torchvision.
"""

import json
import re

import torch
from counter import counter_tensor, counter_values, digest
from torch import nn
from torch.nn import functional as F
from torchvision.models.segmentation.deeplabv3 import ASPP

BATCH = 3
EPSILON = torch.tensor(1e-3, dtype=torch.float32).item()


class Block(nn.Module):
    def __init__(self, inputs, outputs, kernel, dilation=1, function=nn.Identity()):
        super().__init__()
        padding = dilation * (kernel // 2)
        self.conv = nn.Conv2d(inputs, outputs, kernel, 1, padding, dilation, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        self.function = function

    def forward(self, x):
        return self.function(self.norm(self.conv(x)))


class Pyramid(nn.Module):
    """Maxima under windows side by side, or in a row."""

    def __init__(self, inputs, outputs, kernels, in_a_row):
        super().__init__()
        hidden = inputs // 2
        self.reduce = Block(inputs, hidden, 1, function=nn.SiLU())
        self.join = Block(hidden * (len(kernels) + 1), outputs, 1, function=nn.SiLU())
        self.kernels, self.in_a_row = kernels, in_a_row

    def forward(self, x):
        values = [self.reduce(x)]
        for kernel in self.kernels:
            source = values[-1] if self.in_a_row else values[0]
            values.append(F.max_pool2d(source, kernel, 1, kernel // 2))
        return self.join(torch.cat(values, 1))


class ReceptiveFieldBlock(nn.Module):
    def __init__(self, inputs, outputs, reduction=8, scale=1.0):
        super().__init__()
        inner = inputs // reduction
        wide, relu = 2 * inner, nn.ReLU()
        self.branch0 = nn.Sequential()
        self.branch0.add_module("point", Block(inputs, wide, 1, function=relu))
        self.branch0.add_module("dilated", Block(wide, wide, 3))
        self.branch1 = nn.Sequential()
        self.branch1.add_module("point", Block(inputs, inner, 1, function=relu))
        self.branch1.add_module("conv1", Block(inner, wide, 3, function=relu))
        self.branch1.add_module("dilated", Block(wide, wide, 3, dilation=2))
        self.branch2 = nn.Sequential()
        self.branch2.add_module("point", Block(inputs, inner, 1, function=relu))
        self.branch2.add_module("conv1", Block(inner, inner // 2 * 3, 3, function=relu))
        self.branch2.add_module("conv2", Block(inner // 2 * 3, wide, 3, function=relu))
        self.branch2.add_module("dilated", Block(wide, wide, 3, dilation=3))
        self.join = Block(3 * wide, outputs, 1)
        self.shortcut = Block(inputs, outputs, 1)
        self.scale = scale

    def forward(self, x):
        branches = [self.branch0(x), self.branch1(x), self.branch2(x)]
        return F.relu(self.shortcut(x) + self.scale * self.join(torch.cat(branches, 1)))


class Fusion(nn.Module):
    """The learned shares of one node."""

    def __init__(self, count):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(count))

    def forward(self, values):
        shares = F.relu(self.weight)
        return sum(share * value for share, value in zip(shares, values)) / (1e-4 + shares.sum())


class Node(nn.Module):
    def __init__(self, channels, count):
        super().__init__()
        self.fuse = Fusion(count)
        self.depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)
        self.conv = Block(channels, channels, 1)

    def forward(self, values):
        return self.conv(self.depthwise(F.silu(self.fuse(values))))


def halved(x):
    return F.max_pool2d(x, 3, 2, 1)


def doubled(x):
    return F.interpolate(x, scale_factor=2, mode="nearest")


class Round(nn.Module):
    """P3 to P6: down through P5 and P4 to the new P3, and back up."""

    def __init__(self, channels):
        super().__init__()
        self.down2, self.down1, self.out0 = (Node(channels, 2) for _ in range(3))
        self.out1, self.out2 = (Node(channels, 3) for _ in range(2))
        self.out3 = Node(channels, 2)

    def forward(self, p3, p4, p5, p6):
        middle5 = self.down2([p5, doubled(p6)])
        middle4 = self.down1([p4, doubled(middle5)])
        new3 = self.out0([p3, doubled(middle4)])
        new4 = self.out1([p4, middle4, halved(new3)])
        new5 = self.out2([p5, middle5, halved(new4)])
        return new3, new4, new5, self.out3([p6, halved(new5)])


class BidirectionalPyramid(nn.Module):
    def __init__(self, inputs, channels, rounds):
        super().__init__()
        for index, each in enumerate(inputs):
            self.add_module(f"lateral{index}", Block(each, channels, 1))
        for index in range(rounds):
            self.add_module(str(index), Round(channels))
        self.rounds = rounds

    def forward(self, *features):
        levels = [getattr(self, f"lateral{i}")(each) for i, each in enumerate(features)]
        levels.append(halved(levels[-1]))
        for index in range(self.rounds):
            levels = getattr(self, str(index))(*levels)
        return levels


def aspp(inputs, dilations, outputs):
    model = ASPP(inputs, dilations, outputs)
    model.project[3].p = 0.0
    return model


ASPP_NAMES = [
    (r"^convs\.0\.", "point."),
    (r"^convs\.4\.1\.", "mean.0."),
    (r"^convs\.4\.2\.", "mean.1."),
    (r"^convs\.(\d)\.", lambda match: f"dilated{int(match[1]) - 1}."),
    (r"^project\.", "join."),
    (r"\.0\.weight$", ".conv.weight"),
    (r"\.1\.(weight|bias)$", r".norm.\1"),
]


def ours(name, rules):
    for pattern, replacement in rules:
        name = re.sub(pattern, replacement, name)
    return "block." + name


# Name in our test, inputs, module, rules of names.
CASES = [
    ("spp", [[12, 9, 10]], Pyramid(12, 8, [5, 9, 13], False), []),
    ("spp-3-7", [[8, 6, 7]], Pyramid(8, 10, [3, 7], False), []),
    ("sppf", [[12, 9, 10]], Pyramid(12, 8, [5, 5, 5], True), []),
    ("aspp", [[10, 9, 8]], aspp(10, [1, 2, 3], 6), ASPP_NAMES),
    ("aspp-6-12-18", [[10, 20, 21]], aspp(10, [6, 12, 18], 6), ASPP_NAMES),
    ("rfb", [[32, 9, 8]], ReceptiveFieldBlock(32, 24), []),
    ("rfb-4", [[24, 7, 9]], ReceptiveFieldBlock(24, 24, reduction=4), []),
    ("bifpn", [[6, 16, 24], [8, 8, 12], [10, 4, 6]], BidirectionalPyramid([6, 8, 10], 8, 2), []),
]


def evaluate(name, shapes, module, rules):
    module.double().train()
    for each in module.modules():
        if isinstance(each, nn.BatchNorm2d):
            each.eps = EPSILON
    parameters = {ours(theirs, rules): each for theirs, each in module.named_parameters()}
    for key, parameter in parameters.items():
        parameter.data.copy_(counter_tensor(key, list(parameter.shape)))
    inputs = [
        (4 * counter_values(f"input {index}", [BATCH] + shape)).requires_grad_()
        for index, shape in enumerate(shapes)
    ]
    outputs = module(*inputs)
    outputs = [outputs] if torch.is_tensor(outputs) else list(outputs)
    torch.autograd.backward(
        outputs,
        [counter_values(f"gradient {index}", each.shape) for index, each in enumerate(outputs)],
    )
    return {
        "name": name,
        "batch": BATCH,
        "inputShapes": shapes,
        "outputs": [digest(each) for each in outputs],
        "inputGradients": [digest(each.grad) for each in inputs],
        "gradients": {key: digest(each.grad) for key, each in parameters.items()},
    }


def main():
    print("[")
    print(",\n".join(json.dumps(evaluate(*case)) for case in CASES))
    print("]")


if __name__ == "__main__":
    main()
