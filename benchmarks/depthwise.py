#!/usr/bin/env python3
"""Times the depthwise convolutions of a model, three passes each, in dldetect and in PyTorch, in turn.

  benchmarks/depthwise.py --dldetect .build/release/dldetect [--model mobile --size 320]

dldetect's are those of a whole training step, each timed apart (`bench train --kernels`); PyTorch's are called one by
one, layer after layer, contiguous and channels-last; the faster counts. Milliseconds a picture, medians over the
rounds. Needs PyTorch.
"""

import argparse
import json
import statistics
import subprocess
import time
from functools import partial

import torch

PASSES = ["forward", "backward data", "backward weights"]


def depthwise(options):
    """The model's depthwise convolutions."""
    done = subprocess.run(
        [options.dldetect, "summary", "--model", options.model, "--size", str(options.size), "--json", "-"],
        check=True, stdout=subprocess.PIPE)
    return [node for node in json.loads(done.stdout)["nodes"]
            if node["operator"] == "convolution" and node["groups"] == node["inputShape"][0] > 1]


def ours(options, count):
    done = subprocess.run(
        [options.dldetect, "bench", "train", "--model", options.model, "--size", str(options.size), "--batch",
         str(options.batch), "--precision", options.precision, "--threads", str(options.threads), "--steps", "10", "--kernels",
         "--json", "-"],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    kernels = [kernel for kernel in json.loads(done.stdout)["kernels"]
               if kernel["implementation"].startswith("jit_dw") or "depthwise" in kernel["implementation"]]
    for part in PASSES:
        timed = sum(kernel["count"] for kernel in kernels if kernel["pass"] == part)
        if timed != count:
            raise SystemExit(f"{timed} depthwise kernels of {part}; {options.model} has {count}")
    return {part: sum(kernel["milliseconds"] for kernel in kernels if kernel["pass"] == part) for part in PASSES}


def calls(options, nodes, layout):
    """Of each layer, its three passes."""
    kind = torch.float32 if options.precision == "f32" else torch.bfloat16
    result = []
    for node in nodes:
        padding = node["padding"]
        assert len(set(padding)) == 1, f"{node['name']}: padding {padding}"
        x = torch.randn(options.batch, *node["inputShape"]).to(dtype=kind, memory_format=layout)
        weight = torch.randn(node["tensors"][0]["shape"]).to(kind)
        settings = (node["stride"], padding[:2], node["dilation"], False, [0, 0], node["groups"])
        convolution, backward = torch.ops.aten.convolution, torch.ops.aten.convolution_backward
        gradient = torch.randn_like(convolution(x, weight, None, *settings))
        result.append({
            "forward": partial(convolution, x, weight, None, *settings),
            "backward data": partial(backward, gradient, x, weight, None, *settings, [True, False, False]),
            "backward weights": partial(backward, gradient, x, weight, None, *settings, [False, True, False]),
        })
    return result


def theirs(options, layers):
    """Milliseconds a picture of each pass over all layers: layer after layer as in a step, so that the
    caches hold others' data; of each the median of ten calls after two."""
    total = dict.fromkeys(PASSES, 0.0)
    for part in PASSES:
        times = [[] for _ in layers]
        for _ in range(12):
            for place, layer in enumerate(layers):
                start = time.perf_counter()
                layer[part]()
                times[place].append(time.perf_counter() - start)
        total[part] = sum(1e3 * statistics.median(each[2:]) for each in times) / options.batch
    return total


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dldetect", default=".build/release/dldetect")
    parser.add_argument("--model", default="mobilenet-v2")
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--precision", choices=["f32", "bf16"], default="f32")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    layouts = {"contiguous": torch.contiguous_format, "channels-last": torch.channels_last}
    nodes = depthwise(options)
    layers = {name: calls(options, nodes, layout) for name, layout in layouts.items()}
    rounds = {name: [] for name in ["dldetect", *layouts]}
    with torch.no_grad():
        for _ in range(options.rounds):
            rounds["dldetect"].append(ours(options, len(nodes)))
            for name in layouts:
                rounds[name].append(theirs(options, layers[name]))
    print(f"{options.model}, {len(nodes)} depthwise convolutions at {options.size}×{options.size}")
    print(f"PyTorch {torch.__version__}, {options.precision}, batch {options.batch}, {options.threads} threads, "
          f"{options.rounds} rounds in turn: milliseconds a picture")
    print(f"{'pass':16}" + "".join(f"{name:>15}" for name in rounds) + f"{'times faster':>15}")
    for part in [*PASSES, "sum"]:
        row = {name: statistics.median(sum(each.values()) if part == "sum" else each[part] for each in values)
               for name, values in rounds.items()}
        best = min(row[name] for name in layouts)
        print(f"{part:16}" + "".join(f"{value:15.3f}" for value in row.values()) + f"{best / row['dldetect']:15.2f}")


main()
