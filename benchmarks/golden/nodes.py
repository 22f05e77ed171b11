"""PyTorch's counterpart of every operator and of a network, driven by what `summary --json` writes."""

import sys

import torch
import torch.nn.functional as F


def pad(x, padding, value=0.0):
    """`x` padded, and the padding left for an operator that pads both sides of an axis alike."""
    top, left, bottom, right = padding
    if top == bottom and left == right:
        return x, (top, left)
    return F.pad(x, (left, right, top, bottom), value=value), (0, 0)


def convolution(node, inputs, tensors, buffers, training):
    x, padding = pad(inputs[0], node["padding"])
    bias = tensors[1] if len(tensors) > 1 else None
    return F.conv2d(
        x, tensors[0], bias, stride=node["stride"], padding=padding, dilation=node["dilation"],
        groups=node["groups"],
    )


def batch_norm(node, inputs, tensors, buffers, training):
    return F.batch_norm(
        inputs[0],
        buffers[0],
        buffers[1],
        tensors[0],
        tensors[1],
        training=training,
        momentum=node["attributes"]["momentum"],
        eps=node["attributes"]["epsilon"],
    )


def max_pool(node, inputs, tensors, buffers, training):
    x, padding = pad(inputs[0], node["padding"], value=-float("inf"))
    return F.max_pool2d(x, node["kernel"], node["stride"], padding)


def average_pool(node, inputs, tensors, buffers, training):
    """Sums of the cells under the window over their number, so that padding may be asymmetric."""
    x = inputs[0]

    def sums(values):
        padded, padding = pad(values, node["padding"])
        return F.avg_pool2d(
            padded, node["kernel"], node["stride"], padding, divisor_override=1)

    return sums(x) / sums(x.new_ones(x.shape))


def resize(mode):
    def function(node, inputs, tensors, buffers, training):
        options = {"mode": mode}
        if mode == "bilinear":
            options["align_corners"] = False
        if "factor" in node["attributes"]:
            options["scale_factor"] = int(node["attributes"]["factor"])
        else:
            options["size"] = inputs[1].shape[2:]
        return F.interpolate(inputs[0], **options)

    return function


def linear(node, inputs, tensors, buffers, training):
    bias = tensors[1] if len(tensors) > 1 else None
    return F.linear(inputs[0].flatten(1), tensors[0], bias)[:, :, None, None]


def unary(function):
    return lambda node, inputs, tensors, buffers, training: function(inputs[0])


OPERATORS = {
    "convolution": convolution,
    "batch-norm": batch_norm,
    "identity": unary(lambda x: x),
    "relu": unary(F.relu),
    "relu6": unary(F.relu6),
    "leaky-relu": lambda node, inputs, *_: F.leaky_relu(inputs[0], node["attributes"]["slope"]),
    "silu": unary(F.silu),
    "hard-swish": unary(F.hardswish),
    "sigmoid": unary(lambda x: x.sigmoid()),
    "max-pool": max_pool,
    "average-pool": average_pool,
    "spatial-mean": unary(lambda x: x.mean((2, 3), keepdim=True)),
    "resize-nearest": resize("nearest"),
    "resize-bilinear": resize("bilinear"),
    "concatenation": lambda node, inputs, *_: torch.cat(inputs, 1),
    "addition": lambda node, inputs, *_: inputs[0] + inputs[1],
    "gating": lambda node, inputs, *_: inputs[0] * inputs[1],
    "linear": linear,
    "output": unary(lambda x: x),
}


def evaluate(description, inputs, stored, training=False):
    """The values of all nodes, from inputs, parameters and buffers by name."""
    values = []
    for node in description["nodes"]:
        if node["operator"] == "input":
            values.append(inputs[node["name"]])
            continue
        arguments = [values[index] for index in node["inputs"]]
        tensors = [stored[each["name"]] for each in node["tensors"]]
        buffers = [stored[each["name"]] for each in node["buffers"]]
        value = OPERATORS[node["operator"]](node, arguments, tensors, buffers, training)
        if list(value.shape[1:]) != node["shape"]:
            sys.exit(f"{node['name']}: shape {list(value.shape[1:])}, stated {node['shape']}")
        values.append(value)
    return values


def multiply_adds(node, output, tensors):
    """Of one sample, from the shapes of PyTorch's tensors."""
    if node["operator"] in ("convolution", "linear"):
        return output[0].numel() * tensors[0][0].numel()
    return 0
