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
from nodes import OPERATORS, multiply_adds


def run(description, batch):
    values, stored, inputs, outputs = [], {}, [], []
    total = 0

    def tensor(specification):
        name = specification["name"]
        if name not in stored:
            stored[name] = counter_tensor(name, specification["shape"])
        return stored[name]

    for node in description["nodes"]:
        if node["operator"] == "input":
            inputs.append({"name": node["name"], "shape": node["shape"]})
            values.append(counter_values(node["name"], [batch] + node["shape"]))
            continue
        arguments = [values[index] for index in node["inputs"]]
        tensors = [tensor(each) for each in node["tensors"]]
        buffers = [tensor(each) for each in node["buffers"]]
        value = OPERATORS[node["operator"]](node, arguments, tensors, buffers, False)
        if list(value.shape[1:]) != node["shape"]:
            sys.exit(f"{node['name']}: shape {list(value.shape[1:])}, stated {node['shape']}")
        total += multiply_adds(node, arguments, value, tensors)
        values.append(value)
        if node["operator"] == "output":
            outputs.append({"name": node["name"], **digest(value)})
    names = {each["name"] for node in description["nodes"] for each in node["tensors"]}
    return {
        "batch": batch,
        "inputs": inputs,
        "parameters": sum(stored[name].numel() for name in sorted(names)),
        "multiplyAdds": total,
        "outputs": outputs,
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
