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


def transposed_convolution(node, inputs, tensors, buffers, training):
    """Padding of either side cut off afterwards, so that it may be asymmetric."""
    full = F.conv_transpose2d(
        inputs[0], tensors[0], stride=node["stride"], groups=node["groups"])
    top, left, bottom, right = node["padding"]
    return full[:, :, top : full.shape[2] - bottom, left : full.shape[3] - right]


def border(mode):
    def function(node, inputs, tensors, buffers, training):
        top, left, bottom, right = node["padding"]
        return F.pad(inputs[0], (left, right, top, bottom), mode=mode)

    return function


def adaptive(pool):
    return lambda node, inputs, *_: pool(inputs[0], node["shape"][1:])


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


def group_norm(node, inputs, tensors, buffers, training):
    attributes = node["attributes"]
    return F.group_norm(inputs[0], int(attributes["groups"]), *tensors, eps=attributes["epsilon"])


def frozen_batch_norm(node, inputs, tensors, buffers, training):
    """torchvision's FrozenBatchNorm2d: all four tensors are buffers."""
    mean, variance, weight, bias = buffers
    return F.batch_norm(inputs[0], mean, variance, weight, bias, eps=node["attributes"]["epsilon"])


def batch_renorm(node, inputs, tensors, buffers, training):
    """Ioffe, NeurIPS 2017, algorithm 1, with the bounds of one step."""
    x, attributes = inputs[0], node["attributes"]
    mean, variance, scale, shift = buffers
    if not training:
        return F.batch_norm(x, mean, variance, *tensors, eps=attributes["epsilon"])

    def spread(vector):
        return vector[None, :, None, None]

    batch_mean, batch_variance = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
    deviation = (batch_variance + attributes["epsilon"]).sqrt()
    running = (variance + attributes["epsilon"]).sqrt()
    bound, reach = attributes["largestScale"], attributes["largestShift"]
    scale.copy_((deviation / running).clamp(1 / bound, bound).detach())
    shift.copy_(((batch_mean - mean) / running).clamp(-reach, reach).detach())
    count = x.numel() / x.shape[1]
    momentum = attributes["momentum"]
    mean.lerp_(batch_mean.detach(), momentum)
    variance.lerp_(batch_variance.detach() * count / (count - 1), momentum)
    normalised = (x - spread(batch_mean)) / spread(deviation)
    corrected = normalised * spread(scale.clone()) + spread(shift.clone())
    return corrected * spread(tensors[0]) + spread(tensors[1])


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


def softmax(node, inputs, tensors, buffers, training):
    x = inputs[0]
    branches = int(node["attributes"].get("branches", x.shape[1]))
    return x.unflatten(1, (branches, -1)).softmax(1).flatten(1, 2)


def branch_sum(node, inputs, tensors, buffers, training):
    return inputs[0].unflatten(1, (int(node["attributes"]["branches"]), -1)).sum(1)


def channel_convolution(node, inputs, tensors, buffers, training):
    """Each cell is a sample, its channels are the axis."""
    cells = inputs[0].permute(0, 2, 3, 1)
    rows = cells.reshape(-1, 1, cells.shape[-1])
    filtered = F.conv1d(rows, tensors[0], padding=tensors[0].shape[-1] // 2)
    return filtered.reshape(cells.shape).permute(0, 3, 1, 2)


def offsets(table, cells):
    """The vector of every pair of cells along an axis, `[cells, cells, width]`."""
    resized = F.interpolate(table.T[None], size=2 * cells - 1, mode="linear", align_corners=True)
    place = torch.arange(cells)
    return resized[0].T[place[None, :] - place[:, None] + cells - 1]


def attention(node, inputs, tensors, buffers, training):
    heads = int(node["attributes"]["heads"])
    height, width = inputs[0].shape[2:]
    # [N, heads, y, x, channels of a head]
    query, key, value = [x.unflatten(1, (heads, -1)).permute(0, 1, 3, 4, 2) for x in inputs]
    logits = torch.einsum("nhyxc,nhvuc->nhyxvu", query, key) / query.shape[-1] ** 0.5
    if tensors:
        logits = logits + torch.einsum("nhyxc,yvc->nhyxv", query, offsets(tensors[0], height))[..., None]
        logits = logits + torch.einsum("nhyxc,xuc->nhyxu", query, offsets(tensors[1], width))[..., None, :]
    weights = logits.flatten(-2).softmax(-1).unflatten(-1, (height, width))
    return torch.einsum("nhyxvu,nhvuc->nhcyx", weights, value).flatten(1, 2)


def unary(function):
    return lambda node, inputs, tensors, buffers, training: function(inputs[0])


def weighted_sum(node, inputs, tensors, buffers, training):
    """EfficientDet's fast normalised fusion."""
    weights = F.relu(tensors[0])
    shares = weights / (weights.sum() + 1e-4)
    return sum(share * x for share, x in zip(shares, inputs))


# In inference; what is drawn in training is our own.
DROPOUTS = ("dropout", "channel-dropout", "gaussian-dropout", "drop-path", "drop-block")

OPERATORS = {
    "convolution": convolution,
    "transposed-convolution": transposed_convolution,
    "pad-reflect": border("reflect"),
    "pad-replicate": border("replicate"),
    "adaptive-max-pool": adaptive(F.adaptive_max_pool2d),
    "adaptive-average-pool": adaptive(F.adaptive_avg_pool2d),
    "batch-norm": batch_norm,
    "group-norm": group_norm,
    "frozen-batch-norm": frozen_batch_norm,
    "batch-renorm": batch_renorm,
    "identity": unary(lambda x: x),
    "relu": unary(F.relu),
    "relu6": unary(F.relu6),
    "leaky-relu": lambda node, inputs, *_: F.leaky_relu(inputs[0], node["attributes"]["slope"]),
    "prelu": lambda node, inputs, tensors, *_: F.prelu(inputs[0], tensors[0]),
    "elu": lambda node, inputs, *_: F.elu(inputs[0], node["attributes"]["alpha"]),
    "silu": unary(F.silu),
    "swish": lambda node, inputs, *_: (
        inputs[0] * (node["attributes"]["beta"] * inputs[0]).sigmoid()),
    "learned-swish": lambda node, inputs, tensors, *_: (
        inputs[0] * (tensors[0][:, None, None] * inputs[0]).sigmoid()),
    "hard-swish": unary(F.hardswish),
    "gelu": unary(F.gelu),
    "gelu-tanh": unary(lambda x: F.gelu(x, approximate="tanh")),
    "mish": unary(F.mish),
    "tanh": unary(torch.tanh),
    "sigmoid": unary(lambda x: x.sigmoid()),
    # F.hardsigmoid's gradient has the 1/6 of a 32-bit float, in float64 too.
    "hard-sigmoid": unary(lambda x: (x + 3).clamp(0, 6) / 6),
    "max-pool": max_pool,
    "average-pool": average_pool,
    "spatial-mean": unary(lambda x: x.mean((2, 3), keepdim=True)),
    "resize-nearest": resize("nearest"),
    "resize-bilinear": resize("bilinear"),
    "concatenation": lambda node, inputs, *_: torch.cat(inputs, 1),
    "addition": lambda node, inputs, *_: inputs[0] + inputs[1],
    "gating": lambda node, inputs, *_: inputs[0] * inputs[1],
    "linear": linear,
    "weighted-sum": weighted_sum,
    "spatial-maximum": unary(lambda x: x.amax((2, 3), keepdim=True)),
    "channel-summary": unary(
        lambda x: torch.cat([x.mean(1, keepdim=True), x.amax(1, keepdim=True)], 1)),
    "softmax": softmax,
    "branch-sum": branch_sum,
    "channel-convolution": channel_convolution,
    "attention": attention,
    "output": unary(lambda x: x),
    **{name: unary(lambda x: x) for name in DROPOUTS},
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
    if node["operator"] == "transposed-convolution":
        return node["inputShape"][1] * node["inputShape"][2] * tensors[0].numel()
    if node["operator"] in ("convolution", "linear"):
        return output[0].numel() * tensors[0][0].numel()
    if node["operator"] == "channel-convolution":
        return output[0].numel() * tensors[0].numel()
    if node["operator"] == "attention":
        sys.exit("attention: its multiply-adds are not counted here")
    return 0
