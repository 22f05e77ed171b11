"""Times training steps of a network in PyTorch, on command.

    dldetect summary --model nano --size 320 --json nano.json
    OMP_NUM_THREADS=2 python benchmarks/pytorch/step.py nano.json --precision bf16 --compile

Each line on standard input is a number of steps; the answer to it is a line of JSON: milliseconds an
image of a whole step and its parts, as `dldetect bench train` counts them (random pictures that stay
in memory, gradients of ones at the outputs, the gradients' norm, AdamW, and an average of the weights).
The first answer comes unasked, after three steps: parameters, the memory that the network and its step
took beyond a process that has run something small in the same way, and what the network puts out in
inference form.
"""

import argparse
import json
import sys
import time

import torch
from network import Network

# network.py has made golden/ known.
from counter import counter_values, digest  # noqa: E402, I001


def memory(field):
    """Bytes of this process, by /proc/self/status."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(field))


class Step:
    """A training step, as fast as PyTorch's documentation says how to make it."""

    def __init__(self, network, pictures, options):
        layout = torch.channels_last if options.channels_last else torch.contiguous_format
        self.network = network.to(memory_format=layout)
        self.pictures = pictures.to(memory_format=layout)
        self.run = torch.compile(self.network) if options.compile else self.network
        self.parameters = list(network.parameters())
        self.average = [parameter.detach().clone() for parameter in self.parameters]
        self.optimizer = torch.optim.AdamW(self.parameters, lr=0.0, weight_decay=0.0, fused=True)
        self.is_bf16 = options.precision == "bf16"
        self.ones = None

    def __call__(self):
        marks = [time.perf_counter()]
        self.optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.is_bf16):
            outputs = self.run(self.pictures)
        marks.append(time.perf_counter())
        if self.ones is None:
            self.ones = [torch.ones_like(output) for output in outputs]
        torch.autograd.backward(outputs, self.ones)
        marks.append(time.perf_counter())
        del outputs
        torch.nn.utils.get_total_norm([parameter.grad for parameter in self.parameters])
        self.optimizer.step()
        torch._foreach_lerp_(self.average, self.parameters, 0.001)
        marks.append(time.perf_counter())
        forward, backward, optimizer = (b - a for a, b in zip(marks, marks[1:]))
        return {"step": marks[-1] - marks[0], "forward": forward, "backward": backward,
                "optimizer": optimizer}


def spread(values):
    values = sorted(values)
    middle = (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
    return {"min": values[0], "median": middle, "max": values[-1]}


def timed(step, count, batch):
    laps = [step() for _ in range(count)]
    return {part: spread([1000 * lap[part] / batch for lap in laps]) for part in laps[0]}


SMALL = {"nodes": [
    {"operator": "input", "name": "pictures", "tensors": [], "buffers": []},
    {"operator": "convolution", "name": "small", "inputs": [0], "buffers": [], "groups": 1,
     "tensors": [{"name": "small.weight", "shape": [16, 3, 3, 3]}],
     "stride": [1, 1], "padding": [1, 1, 1, 1], "dilation": [1, 1]},
    {"operator": "silu", "name": "function", "inputs": [1], "tensors": [], "buffers": []},
    {"operator": "output", "name": "output", "inputs": [2], "tensors": [], "buffers": []},
]}


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("summary", help="a file written by `dldetect summary --json`")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--precision", choices=["f32", "bf16"], default="f32")
    parser.add_argument("--compile", action="store_true", help="torch.compile")
    parser.add_argument("--channels-last", action="store_true")
    return parser.parse_args()


def main():
    options = parse()
    torch.manual_seed(0)
    Step(Network(SMALL), torch.rand(1, 3, 16, 16), options)()

    with open(options.summary) as file:
        description = json.load(file)
    before = memory("VmRSS")
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # the peak starts anew
    network = Network(description)
    shape = next(node["shape"] for node in description["nodes"] if node["operator"] == "input")
    step = Step(network, torch.rand(options.batch, *shape), options)
    timed(step, 3, options.batch)
    growth = memory("VmHWM") - before
    with torch.no_grad():
        # The steps, whose rate is 0, have moved the statistics.
        network.load_state_dict(Network(description).state_dict())
        network.eval()
        picture = counter_values(description["nodes"][0]["name"], [1, *shape]).float()
        outputs = [digest(output.double().contiguous()) for output in network(picture)]
        network.train()
    print(json.dumps({
        "parameters": sum(parameter.numel() for parameter in step.parameters),
        "growthBytes": growth, "outputs": outputs, "torch": torch.__version__,
    }), flush=True)
    for line in sys.stdin:
        print(json.dumps(timed(step, int(line), options.batch)), flush=True)


if __name__ == "__main__":
    main()
