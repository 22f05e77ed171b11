"""A network of `dldetect summary --json` as a PyTorch module, trainable and fast."""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).parent.parent / "golden"))
from counter import counter_tensor  # noqa: E402
from nodes import OPERATORS  # noqa: E402

# What PyTorch computes over its input, where nothing else reads that.
IN_PLACE = {
    "relu": lambda x: F.relu(x, inplace=True),
    "relu6": lambda x: F.relu6(x, inplace=True),
}


class Network(torch.nn.Module):
    """Parameters and buffers hold the counter formula's values (benchmarks/golden/counter.py).

    Takes one picture batch [N, C, H, W] and returns the list of outputs. Values are let go after
    their last use, as in a network that is written by hand.
    """

    def __init__(self, description):
        super().__init__()
        self.nodes = description["nodes"]
        self.places = {}
        for node in self.nodes:
            for kind, register in (("tensors", self.add_parameter), ("buffers", self.add_buffer)):
                for each in node[kind]:
                    if each["name"] not in self.places:
                        register(each)
        last_use = {index: place for place, node in enumerate(self.nodes)
                    for index in node.get("inputs", [])}
        readers = [0] * len(self.nodes)
        for node in self.nodes:
            for index in node.get("inputs", []):
                readers[index] += 1
        self.finished = [[] for _ in self.nodes]
        for index, place in last_use.items():
            self.finished[place].append(index)
        self.functions = [self.function(node, readers) for node in self.nodes]

    def add_parameter(self, each):
        key = each["name"].replace(".", "/")
        values = counter_tensor(each["name"], each["shape"]).float()
        self.register_parameter(key, torch.nn.Parameter(values))
        self.places[each["name"]] = key

    def add_buffer(self, each):
        key = each["name"].replace(".", "/")
        self.register_buffer(key, counter_tensor(each["name"], each["shape"]).float())
        self.places[each["name"]] = key

    @staticmethod
    def function(node, readers):
        operator = node["operator"]
        if operator in IN_PLACE and readers[node["inputs"][0]] == 1:
            return lambda node, inputs, *_: IN_PLACE[operator](inputs[0])
        return OPERATORS.get(operator)

    def forward(self, pictures):
        values, outputs = [None] * len(self.nodes), []
        for place, node in enumerate(self.nodes):
            if node["operator"] == "input":
                values[place] = pictures
                continue
            arguments = [values[index] for index in node["inputs"]]
            tensors = [getattr(self, self.places[each["name"]]) for each in node["tensors"]]
            buffers = [getattr(self, self.places[each["name"]]) for each in node["buffers"]]
            value = self.functions[place](node, arguments, tensors, buffers, self.training)
            del arguments
            if node["operator"] == "output":
                outputs.append(value)
            values[place] = value
            for index in self.finished[place]:
                values[index] = None
        return outputs
