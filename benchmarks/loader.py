#!/usr/bin/env python3
"""Times how fast training batches come: dldetect's loader and Ultralytics', in turn, in one run.

BCCD's training split, mosaic, HSV, flips, scale and shift on, one worker (Ultralytics in the calling process,
with OpenCV's threads as they are), batch 16. dldetect's batches are floats, ready for a network, Ultralytics'
bytes. Cached: all pictures in memory. From disk: Ultralytics takes a mosaic's other pictures from the last 128
that it read; dldetect from 64 of the epoch, with 60 MB of memory (51 pictures). Needs a Python with the ultralytics package, which
dldetect does not: `python3 -m venv V && V/bin/pip install ultralytics==8.4.190`. Pictures a second; quote the
median of the rounds' ratios.

  benchmarks/loader.py .build/release/dldetect --python V/bin/python
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

THEIRS = r"""
import json, os, sys, time
os.environ["YOLO_VERBOSE"] = "false"
data, size, cache = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "ram"
import torch
from ultralytics.cfg import get_cfg
from ultralytics.data.build import build_yolo_dataset
from ultralytics.data.utils import check_det_dataset
cfg = get_cfg(overrides=dict(imgsz=size, cache="ram" if cache else False, task="detect", mode="train"))
described = check_det_dataset(data)
dataset = build_yolo_dataset(cfg, described["train"], 16, described, mode="train", stride=32)
order = torch.randperm(len(dataset), generator=torch.Generator().manual_seed(0)).tolist()
rates = []
for line in sys.stdin:
    start = time.perf_counter()
    for begin in range(0, len(order), 16):
        dataset.collate_fn([dataset[i] for i in order[begin:begin + 16]])
    print(json.dumps(len(order) / (time.perf_counter() - start)), flush=True)
"""


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--python", required=True, help="one that has ultralytics")
    parser.add_argument("--data", default="datasets/bccd.yaml")
    parser.add_argument("--sizes", default="640,320")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json")
    return parser.parse_args()


class Theirs:
    def __init__(self, python, data, size, cache):
        self.process = subprocess.Popen([python, "-c", THEIRS, data, str(size), cache],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def rate(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            try:
                return json.loads(line)
            except ValueError:
                continue  # what the package prints of its own
        sys.exit(f"Ultralytics ended with {self.process.wait()}")

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def ours(options, size, cached):
    arguments = [] if cached else ["--cache", "60MB", "--mosaic-window", "64"]
    done = subprocess.run(
        [options.binary, "bench", "data", "--data", options.data, "--size", str(size), "--batch", "16",
         "--workers", "1", "--passes", "4", *arguments, "--json", "-"], check=True, stdout=subprocess.PIPE, text=True)
    figures = json.loads(done.stdout)
    # The first pass fills the memory that there is.
    return figures["cached"]["median"]


def main():
    options = parse()
    results = []
    with tempfile.TemporaryDirectory() as folder:
        converted = Path(folder) / "yolo"
        subprocess.run([options.binary, "data", "convert", "--data", options.data, "--format", "yolo",
                        "--out", str(converted), "--copy"], check=True, stdout=subprocess.DEVNULL)
        for size in map(int, options.sizes.split(",")):
            for cached in (True, False):
                theirs = Theirs(options.python, str(converted / "data.yaml"), size, "ram" if cached else "disk")
                theirs.rate()
                rounds = [[ours(options, size, cached), theirs.rate()] for _ in range(options.rounds)]
                theirs.end()
                ratios = sorted(a / b for a, b in rounds)
                mine, other = (statistics.median(each) for each in zip(*rounds))
                print(f"{size}, {'cached' if cached else 'from disk'}: dldetect {mine:.0f}, Ultralytics "
                      f"{other:.0f} pictures a second; {statistics.median(ratios):.2f} times "
                      f"({ratios[0]:.2f} … {ratios[-1]:.2f})", flush=True)
                results.append({"size": size, "cached": cached, "rounds": rounds})
    if options.json:
        Path(options.json).write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
