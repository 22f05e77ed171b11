#!/usr/bin/env python3
"""Compares a training step without its loss with its floor, interleaved in one run.

The floor is benchmarks/floor: the network's convolutions and norms as bare oneDNN primitives. Prints
both, in milliseconds an image, and the ratio of each round; quote the median ratio.

  make bench
  benchmarks/step_against_floor.py .build/release/dldetect --model nano --rounds 7
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile


def run(command, **environment):
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, **environment})
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--model", default="nano")
    parser.add_argument("--size", type=int, default=320)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--precision", choices=["f32", "bf16"], default="f32")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()

    shape = ["--model", options.model, "--size", str(options.size)]
    with tempfile.NamedTemporaryFile(suffix=".json", mode="w") as layers:
        json.dump(run([options.binary, "summary", *shape, "--json", "-"]), layers)
        layers.flush()
        ratios = []
        print(f"{options.model}, {options.precision}: ms an image; step without loss")
        print("round  floor  step  loss  ratio")
        for number in range(1, options.rounds + 1):
            floor = run([".build/floor", layers.name, "--batch", str(options.batch),
                         "--precision", options.precision],
                        OMP_NUM_THREADS=str(options.threads))["millisecondsPerImage"]["median"]
            bench = run([options.binary, "bench", "train", *shape, "--batch", str(options.batch),
                         "--precision", options.precision,
                         "--threads", str(options.threads), "--json", "-"])
            step = bench["millisecondsPerImageWithoutLoss"]["median"]
            loss = bench["split"].get("loss", {"median": 0})["median"]
            ratios.append(step / floor)
            print(f"{number:5}  {floor:5.1f}  {step:4.1f}  {loss:4.1f}  {ratios[-1]:5.2f}",
                  flush=True)
    print(f"median ratio {statistics.median(ratios):.2f}"
          f" (min {min(ratios):.2f}, max {max(ratios):.2f})")


if __name__ == "__main__":
    main()
