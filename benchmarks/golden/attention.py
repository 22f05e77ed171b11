"""Writes what timm's attention blocks give in float64: counts, output, all gradients.

    python benchmarks/golden/attention.py > Tests/ExecutionTests/golden/attention.json

A block runs in training form. Its tensors are set by the counter formula (counter.py) over the names
that our block has for them, which the table below pairs with timm's. Multiply-adds are half the
operations that PyTorch's own counter finds. Needs PyTorch and timm (1.0.31).
"""

import json

import torch
from counter import counter_tensor, counter_values, digest
from timm.layers import EcaModule, SelectiveKernel, SEModule
from timm.layers.bottleneck_attn import BottleneckAttn
from timm.layers.cbam import CbamModule
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

BATCH = 2
EPSILON = torch.tensor(1e-3, dtype=torch.float32).item()


class NonLocal(nn.Module):
    """Wang et al., CVPR 2018, section 3.3, around timm's attention of heads with positions."""

    def __init__(self, channels, heads, inner, size):
        super().__init__()
        self.attention = BottleneckAttn(channels, inner, size, num_heads=heads, dim_head=inner // heads)
        self.project = nn.Conv2d(inner, channels, 1, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x):
        return x + self.norm(self.project(self.attention(x)))


def norm(ours, theirs):
    return [(f"{ours}.{name}", f"{theirs}.{name}") for name in ("weight", "bias")]


def selective_kernel(branches):
    pairs = [("fuse.conv.weight", "attn.fc_reduce.weight"), *norm("fuse.norm", "attn.bn"),
             ("select.weight", "attn.fc_select.weight")]
    for index in range(branches):
        ours, theirs = f"branch{index + 1}", f"paths.{index}"
        pairs += [(f"{ours}.conv.weight", f"{theirs}.conv.weight"), *norm(f"{ours}.norm", f"{theirs}.bn")]
    return pairs


SQUEEZE = [("squeeze.weight", "fc1.weight"), ("squeeze.bias", "fc1.bias"),
           ("excite.weight", "fc2.weight"), ("excite.bias", "fc2.bias")]
CBAM = [("squeeze.weight", "channel.fc1.weight"), ("excite.weight", "channel.fc2.weight"),
        ("cells.conv.weight", "spatial.conv.conv.weight"), *norm("cells.norm", "spatial.conv.bn")]
NON_LOCAL = [(("query.weight", "key.weight", "value.weight"), "attention.qkv.weight"),
             ("attention.height_offsets", "attention.pos_embed.height_rel"),
             ("attention.width_offsets", "attention.pos_embed.width_rel"),
             ("project.weight", "project.weight"), *norm("norm", "norm")]

# Name of a block in our test, its input, timm's module, and the pairs of names.
CASES = [
    ("squeeze-excitation", [16, 5, 6], SEModule(16, rd_channels=4), SQUEEZE),
    ("selective-kernel", [16, 7, 6],
     SelectiveKernel(16, kernel_size=[3, 5], rd_channels=8, split_input=False), selective_kernel(2)),
    ("selective-kernel-3-groups", [24, 7, 8],
     SelectiveKernel(24, kernel_size=[3, 5, 7], groups=4, rd_channels=32, split_input=False),
     selective_kernel(3)),
    ("cbam", [16, 9, 8], CbamModule(16, rd_channels=2), CBAM),
    ("cbam-3", [20, 5, 6], CbamModule(20, rd_channels=5, spatial_kernel_size=3), CBAM),
    ("eca-16", [16, 5, 4], EcaModule(16), [("mix.weight", "conv.weight")]),
    ("eca-512", [512, 2, 3], EcaModule(512), [("mix.weight", "conv.weight")]),
    ("self-attention", [32, 5, 5], NonLocal(32, 4, 16, (5, 5)), NON_LOCAL),
    ("self-attention-1-head", [16, 4, 4], NonLocal(16, 1, 16, (4, 4)), NON_LOCAL),
]


def named(ours):
    return [ours] if isinstance(ours, str) else list(ours)


def fill(module, pairs):
    """Sets the tensors, and gives the gradients' names, shapes and places."""
    parameters = dict(module.named_parameters())
    assert len(pairs) == len(parameters), set(parameters) - {theirs for _, theirs in pairs}
    for ours, theirs in pairs:
        target = parameters[theirs].data
        part = [target.shape[0] // len(named(ours)), *target.shape[1:]]
        target.copy_(torch.cat([counter_tensor("block." + name, part) for name in named(ours)]))


def gradients(module, pairs):
    parameters = dict(module.named_parameters())
    return {
        "block." + name: digest(part)
        for ours, theirs in pairs
        for name, part in zip(named(ours), parameters[theirs].grad.chunk(len(named(ours))))
    }


def evaluate(name, shape, module, pairs):
    module.double().train()
    for each in module.modules():
        if isinstance(each, nn.BatchNorm2d):
            each.eps = EPSILON
    fill(module, pairs)
    x = (4 * counter_values("input", [BATCH] + shape)).requires_grad_()
    with FlopCounterMode(display=False) as counter:
        output = module(x)
    output.backward(counter_values("gradient", output.shape))
    return {
        "name": name,
        "batch": BATCH,
        "inputShape": shape,
        "parameters": sum(each.numel() for each in module.parameters()),
        "multiplyAdds": counter.get_total_flops() // 2 // BATCH,
        "output": digest(output),
        "inputGradient": digest(x.grad),
        "gradients": gradients(module, pairs),
    }


def main():
    print("[")
    print(",\n".join(json.dumps(evaluate(*case)) for case in CASES))
    print("]")


if __name__ == "__main__":
    main()
