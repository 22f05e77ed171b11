"""Writes a network's gradients in float64, and how far PyTorch's in bf16 are from them.

    dldetect summary --model nano --size 128 --json nano.json
    python benchmarks/golden/gradients.py nano.json > Tests/ExecutionTests/golden/gradients-nano.json

The network runs in training form, with batch statistics, on parameters, inputs and output gradients
of the counter formula (counter.py), rounded to f32: in float64, and as PyTorch's users train in
bf16, with f32 parameters under autocast and channels last. An error is ‖g − g64‖ / ‖g64‖ in the
Euclidean norm, of one parameter's gradient or of all behind each other.

The norms' biases are one greater than the formula's. Where a function cuts off half of what a norm
gives, the gradient grows from layer to layer, with it all that is off (Yang et al.: A Mean Field
Theory of Batch Normalization, ICLR 2019: by √(π / (π − 1)) a layer for ReLU), and after fifty layers
any bf16 gradient is noise: no two programs could be told apart by it.

Needs PyTorch, NumPy and a processor with AVX-512 BF16.
"""

import argparse
import json
import math
import sys

import torch
from counter import counter_tensor, counter_values, digest
from nodes import evaluate


def norm_biases(nodes):
    return {node["tensors"][1]["name"] for node in nodes if node["operator"] == "batch-norm"}


def gradients(description, batch, autocast):
    """The gradient of every parameter by name, in float64."""
    dtype = torch.float32 if autocast else torch.float64
    nodes = description["nodes"]
    raised = norm_biases(nodes)

    def placed(values):
        values = values.float().to(dtype)
        if not autocast or values.dim() != 4:
            return values
        return values.contiguous(memory_format=torch.channels_last)

    def stored(kind):
        return {
            each["name"]: placed(
                counter_tensor(each["name"], each["shape"]) + (each["name"] in raised)
            )
            for node in nodes
            for each in node[kind]
        }

    parameters = {name: each.requires_grad_() for name, each in stored("tensors").items()}
    inputs = {
        node["name"]: placed(counter_values(node["name"], [batch] + node["shape"]))
        for node in nodes
        if node["operator"] == "input"
    }
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=autocast):
        values = evaluate(description, inputs, {**parameters, **stored("buffers")}, training=True)
    outputs = {
        node["name"]: value.to(dtype)
        for node, value in zip(nodes, values)
        if node["operator"] == "output"
    }
    torch.autograd.backward(
        list(outputs.values()),
        [
            placed(counter_values("gradient of " + name, value.shape))
            for name, value in outputs.items()
        ],
    )
    return {name: each.grad.double() for name, each in parameters.items()}


def norm(tensors):
    return math.sqrt(sum(each.square().sum().item() for each in tensors))


def measure(description, batch):
    exact = gradients(description, batch, autocast=False)
    brain = gradients(description, batch, autocast=True)
    off = {name: brain[name] - exact[name] for name in exact}
    return {
        "batch": batch,
        "inputs": [
            {"name": node["name"], "shape": node["shape"]}
            for node in description["nodes"]
            if node["operator"] == "input"
        ],
        "bf16Error": norm(off.values()) / norm(exact.values()),
        "parameters": [
            {
                "name": name,
                "norm": norm([gradient]),
                "bf16Error": norm([off[name]]) / norm([gradient]),
                **digest(gradient, first=2),
            }
            for name, gradient in exact.items()
        ],
    }


def write(golden, file):
    """A line for each parameter."""
    parameters = golden.pop("parameters")
    head = json.dumps(golden)[:-1]
    lines = ",\n".join(json.dumps(each) for each in parameters)
    file.write(f'{head}, "parameters": [\n{lines}\n]}}\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("summary", help="a file written by `dldetect summary --json`")
    parser.add_argument("--batch", type=int, default=4, help="images (default 4)")
    arguments = parser.parse_args()
    with open(arguments.summary) as file:
        description = json.load(file)
    write(measure(description, arguments.batch), sys.stdout)


if __name__ == "__main__":
    main()
