"""Rebuilds a network from `dldetect summary --json` in PyTorch and writes what it gives.

    dldetect summary --model nano --size 320 --json nano.json
    python benchmarks/golden/interpret.py nano.json > Tests/ExecutionTests/golden/nano.json

The network runs node by node in float64 and inference form, with weights and inputs from the
counter formula (counter.py). Parameters and multiply-adds are counted on PyTorch's tensors.
Needs PyTorch and NumPy.
"""

import argparse
import json
import sys

import torch
from counter import counter_tensor, counter_values, digest
from nodes import evaluate, multiply_adds


def run(description, batch):
    nodes = description["nodes"]
    stored = {
        each["name"]: counter_tensor(each["name"], each["shape"])
        for node in nodes
        for each in node["tensors"] + node["buffers"]
    }
    sources = [node for node in nodes if node["operator"] == "input"]
    inputs = {
        node["name"]: counter_values(node["name"], [batch] + node["shape"]) for node in sources
    }
    values = evaluate(description, inputs, stored)
    names = {each["name"] for node in nodes for each in node["tensors"]}
    return {
        "batch": batch,
        "inputs": [{"name": node["name"], "shape": node["shape"]} for node in sources],
        "parameters": sum(stored[name].numel() for name in names),
        "multiplyAdds": sum(
            multiply_adds(node, value, [stored[each["name"]] for each in node["tensors"]])
            for node, value in zip(nodes, values)
        ),
        "outputs": [
            {"name": node["name"], **digest(value)}
            for node, value in zip(nodes, values)
            if node["operator"] == "output"
        ],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("summary", help="a file written by `dldetect summary --json`")
    parser.add_argument("--batch", type=int, default=1, help="images (default 1)")
    arguments = parser.parse_args()
    with open(arguments.summary) as file:
        description = json.load(file)
    with torch.no_grad():
        golden = run(description, arguments.batch)
    json.dump(golden, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
