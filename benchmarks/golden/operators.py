"""Writes what PyTorch (float64) gives for single operators: output and all gradients.

    python benchmarks/golden/operators.py > Tests/ExecutionTests/golden/operators.json

Each case is one node with its inputs, in the form of `dldetect summary --json`, which the test
rebuilds; values come from the counter formula (counter.py). The incoming gradient is the counter
tensor named "gradient". Needs PyTorch and NumPy.
"""

import json

from counter import counter_tensor, counter_values, digest
from nodes import OPERATORS

BATCH = 2


def convolution(inputs, channels, kernel, stride=(1, 1), padding=(0, 0, 0, 0), dilation=(1, 1),
                groups=1, bias=True):
    weight = [channels, inputs[0] // groups, *kernel]
    tensors = [{"name": "node.weight", "shape": weight}]
    if bias:
        tensors.append({"name": "node.bias", "shape": [channels]})
    return {
        "operator": "convolution", "inputShapes": [inputs], "channels": channels,
        "kernel": list(kernel), "stride": list(stride), "padding": list(padding),
        "dilation": list(dilation), "groups": groups, "tensors": tensors,
    }


def transposed_convolution(inputs, channels, kernel, stride, padding, groups=1):
    weight = [inputs[0], channels // groups, *kernel]
    return {
        "operator": "transposed-convolution", "inputShapes": [inputs], "channels": channels,
        "kernel": list(kernel), "stride": list(stride), "padding": list(padding),
        "groups": groups, "tensors": [{"name": "node.weight", "shape": weight}],
    }


def batch_norm(inputs, training):
    def vector(name):
        return {"name": "node." + name, "shape": [inputs[0]]}

    return {
        "operator": "batch-norm", "inputShapes": [inputs], "training": training,
        "attributes": {"epsilon": 2.0**-10, "momentum": 2.0**-5},
        "tensors": [vector("weight"), vector("bias")],
        "buffers": [vector("running_mean"), vector("running_var")],
    }


def frozen_batch_norm(inputs):
    case = batch_norm(inputs, True)
    affine, running = case["tensors"], case["buffers"]
    return {**case, "operator": "frozen-batch-norm", "tensors": [], "buffers": running + affine}


def batch_renorm(inputs, training, scale, shift):
    case = batch_norm(inputs, training)
    case["attributes"] |= {"largestScale": scale, "largestShift": shift}
    case["buffers"] += [
        {"name": "node." + name, "shape": [inputs[0]]}
        for name in ("correction_scale", "correction_shift")
    ]
    return {**case, "operator": "batch-renorm"}


def group_norm(inputs, groups):
    case = batch_norm(inputs, True)
    attributes = {"epsilon": 2.0**-10, "groups": groups}
    return {**case, "operator": "group-norm", "attributes": attributes, "buffers": []}


def pooling(kind, inputs, kernel, stride, padding):
    return {
        "operator": kind + "-pool", "inputShapes": [inputs], "kernel": list(kernel),
        "stride": list(stride), "padding": list(padding),
    }


def border(mode, inputs, padding):
    return {"operator": "pad-" + mode, "inputShapes": [inputs], "padding": list(padding)}


def adaptive(kind, inputs, bins):
    return {
        "operator": f"adaptive-{kind}-pool", "inputShapes": [inputs], "shape": [inputs[0], *bins],
    }


def linear(inputs, channels):
    return {
        "operator": "linear", "inputShapes": [[inputs, 1, 1]], "channels": channels,
        "tensors": [
            {"name": "node.weight", "shape": [channels, inputs]},
            {"name": "node.bias", "shape": [channels]},
        ],
    }


def plain(operator, *inputs, **attributes):
    return {"operator": operator, "inputShapes": list(inputs), "attributes": attributes}


def learned(operator, inputs):
    return {
        "operator": operator, "inputShapes": [inputs],
        "tensors": [{"name": "node.weight", "shape": [inputs[0]]}],
    }


def channel_convolution(inputs, taps):
    tensors = [{"name": "node.weight", "shape": [1, 1, taps]}]
    return {"operator": "channel-convolution", "inputShapes": [inputs], "tensors": tensors}


def attention(keys, values, heads, positions):
    names = ("height_offsets", "width_offsets") if positions else ()
    shape = [2 * positions - 1, keys[0] // heads]
    return {
        "operator": "attention", "inputShapes": [keys, keys, values],
        "attributes": {"heads": heads, "positions": positions},
        "tensors": [{"name": "node." + name, "shape": shape} for name in names],
    }


def weighted_sum(count, *inputs):
    tensors = [{"name": "node.weight", "shape": [count]}]
    return {"operator": "weighted-sum", "inputShapes": [inputs[0]] * count, "tensors": tensors}


CASES = [
    convolution([5, 7, 6], 4, (1, 1)),
    convolution([3, 9, 8], 4, (3, 3), padding=(1, 1, 1, 1)),
    convolution([3, 9, 8], 4, (3, 3), (2, 2), (1, 1, 1, 1), bias=False),
    convolution([3, 9, 8], 4, (3, 3), (2, 2), (0, 0, 1, 1)),
    convolution([2, 10, 11], 3, (3, 3), padding=(2, 2, 2, 2), dilation=(2, 2)),
    convolution([2, 10, 11], 3, (3, 2), (2, 3), (2, 0, 1, 3), (1, 2)),
    convolution([6, 8, 7], 4, (3, 3), (1, 1), (1, 1, 1, 1), groups=2),
    convolution([6, 8, 7], 6, (5, 5), (2, 2), (2, 2, 2, 2), groups=6),
    convolution([4, 6, 6], 8, (3, 3), (1, 1), (2, 2, 2, 2), (2, 2), groups=4),
    convolution([3, 16, 15], 4, (6, 6), (2, 2), (2, 2, 2, 2)),
    convolution([4, 5, 6], 3, (1, 1), (2, 2)),
    transposed_convolution([3, 4, 5], 4, (2, 2), (2, 2), (0, 0, 0, 0)),
    transposed_convolution([4, 5, 4], 6, (4, 4), (2, 2), (1, 1, 1, 1), groups=2),
    transposed_convolution([2, 5, 6], 3, (3, 3), (2, 2), (0, 0, 1, 1)),
    batch_norm([5, 6, 7], True),
    batch_norm([5, 6, 7], False),
    frozen_batch_norm([5, 6, 7]),
    batch_renorm([5, 6, 7], True, 3.0, 5.0),
    batch_renorm([5, 6, 7], True, 1.5, 0.25),
    batch_renorm([5, 6, 7], False, 3.0, 5.0),
    group_norm([6, 5, 4], 1),
    group_norm([6, 5, 4], 3),
    group_norm([6, 5, 4], 6),
    pooling("max", [3, 9, 8], (2, 2), (2, 2), (0, 0, 0, 0)),
    pooling("max", [3, 9, 8], (3, 3), (2, 2), (1, 1, 1, 1)),
    pooling("max", [3, 9, 8], (5, 5), (1, 1), (2, 2, 2, 2)),
    pooling("max", [3, 9, 8], (2, 3), (2, 1), (1, 0, 0, 2)),
    pooling("average", [3, 9, 8], (2, 2), (2, 2), (0, 0, 0, 0)),
    pooling("average", [3, 9, 8], (3, 3), (2, 2), (1, 1, 1, 1)),
    pooling("average", [3, 9, 8], (2, 3), (1, 2), (0, 2, 1, 1)),
    border("reflect", [3, 5, 6], (2, 1, 3, 4)),
    border("replicate", [3, 2, 3], (2, 1, 3, 4)),
    adaptive("max", [3, 7, 5], (3, 2)),
    adaptive("average", [3, 7, 5], (4, 3)),
    plain("spatial-mean", [4, 5, 6]),
    plain("resize-nearest", [3, 4, 5], factor=2),
    plain("resize-nearest", [3, 4, 5], [1, 9, 7]),
    plain("resize-bilinear", [3, 4, 5], factor=2),
    plain("resize-bilinear", [3, 4, 5], [1, 9, 7]),
    plain("resize-bilinear", [3, 8, 9], [1, 5, 4]),
    plain("identity", [3, 4, 5]),
    plain("relu", [3, 4, 5]),
    plain("relu6", [3, 4, 5]),
    plain("leaky-relu", [3, 4, 5], slope=0.125),
    learned("prelu", [3, 4, 5]),
    plain("elu", [3, 4, 5], alpha=1.5),
    plain("silu", [3, 4, 5]),
    plain("swish", [3, 4, 5], beta=1.75),
    learned("learned-swish", [3, 4, 5]),
    plain("hard-swish", [3, 4, 5]),
    plain("gelu", [3, 4, 5]),
    plain("gelu-tanh", [3, 4, 5]),
    plain("mish", [3, 4, 5]),
    plain("tanh", [3, 4, 5]),
    plain("sigmoid", [3, 4, 5]),
    plain("hard-sigmoid", [3, 4, 5]),
    plain("concatenation", [3, 4, 5], [1, 4, 5], [2, 4, 5]),
    plain("addition", [3, 4, 5], [3, 4, 5]),
    plain("gating", [3, 4, 5], [3, 1, 1]),
    plain("gating", [3, 4, 5], [1, 4, 5]),
    plain("gating", [3, 4, 5], [3, 4, 1]),
    linear(6, 5),
    weighted_sum(2, [3, 4, 5]),
    weighted_sum(3, [2, 5, 4]),
    plain("spatial-maximum", [4, 5, 6]),
    plain("channel-summary", [5, 4, 6]),
    plain("softmax", [5, 3, 4]),
    plain("softmax", [6, 3, 4], branches=3),
    plain("branch-sum", [6, 3, 4], branches=2),
    channel_convolution([7, 2, 3], 3),
    channel_convolution([4, 1, 1], 5),
    attention([4, 3, 4], [6, 3, 4], 2, 0),
    attention([4, 4, 4], [4, 4, 4], 2, 4),
    attention([3, 3, 5], [2, 3, 5], 1, 4),
    attention([2, 2, 4], [2, 2, 4], 1, 3),
]


def evaluate(case):
    case = {"attributes": {}, "tensors": [], "buffers": [], "training": False, **case}
    # Eight times the counter's range, so that activations are met on all their pieces.
    inputs = [
        (8 * counter_values(f"input{index}", [BATCH] + shape)).requires_grad_()
        for index, shape in enumerate(case["inputShapes"])
    ]
    tensors = [counter_tensor(t["name"], t["shape"]).requires_grad_() for t in case["tensors"]]
    buffers = [counter_tensor(t["name"], t["shape"]) for t in case["buffers"]]
    function = OPERATORS[case["operator"]]
    output = function(case, inputs, tensors, buffers, case["training"])
    output.backward(counter_values("gradient", output.shape))
    case["batch"] = BATCH
    case["output"] = digest(output)
    # An input of which only the size is used has none.
    case["inputGradients"] = [None if x.grad is None else digest(x.grad) for x in inputs]
    case["parameterGradients"] = [digest(tensor.grad) for tensor in tensors]
    case["newBuffers"] = [digest(buffer) for buffer in buffers]
    return case


def main():
    print("[")
    print(",\n".join(json.dumps(evaluate(case)) for case in CASES))
    print("]")


if __name__ == "__main__":
    main()
