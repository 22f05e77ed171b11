#!/usr/bin/env python3
"""Times two builds of dldetect in turn, in one run: another commit's, or one against another oneDNN.

A build is a command, with a chroot before it where its libraries lie in another tree. Milliseconds an
image; quote the median of the rounds' ratios.

  benchmarks/two_builds.py .build/release/dldetect 'chroot /tree /project/.build/release/dldetect'
"""

import argparse
import json
import os
import shlex
import statistics
import subprocess

CLASSES = {"nano": 80, "resnet50": 20, "mobilenet-v2": 20}
STEPS = {"resnet50": 3}


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("first")
    parser.add_argument("second")
    parser.add_argument("--models", default="nano,mobilenet-v2,resnet50")
    parser.add_argument("--precisions", default="f32,bf16")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--json")
    return parser.parse_args()


def bench(command, *arguments):
    done = subprocess.run(shlex.split(command) + ["bench", *map(str, arguments), "--json", "-"],
                          check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def step(command, model, precision, threads):
    return bench(command, "train", "--model", model, "--precision", precision, "--batch", 8, "--size", 320,
                 "--classes", CLASSES.get(model, 80), "--steps", STEPS.get(model, 8),
                 "--threads", threads)["millisecondsPerImageWithoutLoss"]["median"]


def inference(command, model, precision, threads):
    return bench(command, "infer", "--model", model, "--precision", precision, "--size", 640,
                 "--threads", threads)["split"]["network"]["median"]


def main():
    options = parse()
    works = [("training", model, precision, step) for model in options.models.split(",")
             for precision in options.precisions.split(",")]
    works += [("inference", "nano", precision, inference) for precision in options.precisions.split(",")
              if "nano" in options.models]
    results = []
    for kind, model, precision, work in works:
        rounds = [[work(command, model, precision, options.threads)
                   for command in (options.first, options.second)] for _ in range(options.rounds)]
        ratios = sorted(second / first for first, second in rounds)
        times = [statistics.median(times) for times in zip(*rounds)]
        print(f"{kind} {model} {precision}: {times[0]:.2f}, {times[1]:.2f}; second over first "
              f"{statistics.median(ratios):.3f} ({ratios[0]:.3f} … {ratios[-1]:.3f})", flush=True)
        results.append({"kind": kind, "model": model, "precision": precision, "rounds": rounds})
    if options.json:
        with open(options.json, "w") as file:
            json.dump(results, file, indent=1)


if __name__ == "__main__":
    main()
