#!/usr/bin/env python3
"""Times region pooling: `dldetect bench regions` and torchvision's roi_align or roi_pool, in turn.

  benchmarks/regions.py --dldetect .build/release/dldetect

Two pictures, 512 regions each, 256 channels of 100x100 cells, 7x7 bins, 2x2 samples, f32, the same
threads. Prints both programs' medians over all rounds and how many times longer torchvision takes.
Needs PyTorch and torchvision.
"""

import argparse
import json
import statistics
import subprocess
import time

import torch
import torchvision
from torchvision.ops import roi_align, roi_pool

BATCH, REGIONS, CHANNELS, SIDE, STRIDE = 2, 512, 256, 100, 8


def boxes(generator):
    """Sides of 16 pixels to half the picture, as many of each octave."""
    extent, rows = SIDE * STRIDE, []
    for picture in range(BATCH):
        for _ in range(REGIONS):
            a, b, c, d = torch.rand(4, generator=generator).tolist()
            width, height = 16 * (extent / 32) ** a, 16 * (extent / 32) ** b
            left, top = c * (extent - width), d * (extent - height)
            rows.append([picture, left, top, left + width, top + height])
    return torch.tensor(rows)


def torchvision_round(maximum, features, rows, repeats):
    forward, backward = [], []
    for index in range(repeats + 2):
        start = time.perf_counter()
        if maximum:
            result = roi_pool(features, rows, 7, 1 / STRIDE)
        else:
            result = roi_align(features, rows, 7, 1 / STRIDE, 2, True)
        middle = time.perf_counter()
        features.grad = None
        gradient = torch.ones_like(result)
        begin = time.perf_counter()
        result.backward(gradient)
        end = time.perf_counter()
        if index >= 2:
            forward.append(1e3 * (middle - start))
            backward.append(1e3 * (end - begin))
    return forward, backward


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--dldetect", required=True)
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--maximum", action="store_true", help="roi_pool instead of roi_align")
    options = arguments.parse_args()
    torch.set_num_threads(options.threads)
    generator = torch.Generator().manual_seed(0)
    features = torch.rand(BATCH, CHANNELS, SIDE, SIDE, generator=generator, requires_grad=True)
    rows = boxes(generator)
    times = {(program, part): [] for program in ("torchvision", "dldetect")
             for part in ("forward", "backward")}
    for _ in range(options.rounds):
        forward, backward = torchvision_round(options.maximum, features, rows, 3)
        times["torchvision", "forward"] += forward
        times["torchvision", "backward"] += backward
        ours = json.loads(subprocess.run(
            [options.dldetect, "bench", "regions", "--threads", str(options.threads), "--repeats",
             "10", "--json", "-"] + (["--maximum"] if options.maximum else []),
            check=True, capture_output=True).stdout)
        for part in ("forward", "backward"):
            times["dldetect", part].append(ours[part]["median"])
    print(f"torchvision {torchvision.__version__}, {options.threads} threads, "
          f"{options.rounds} rounds in turn: medians in ms")
    for part in ("forward", "backward"):
        theirs = statistics.median(times["torchvision", part])
        mine = statistics.median(times["dldetect", part])
        print(f"{part:9} torchvision {theirs:8.1f}  dldetect {mine:7.1f}  ratio {theirs / mine:.1f}")


if __name__ == "__main__":
    main()
