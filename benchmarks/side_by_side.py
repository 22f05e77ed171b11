#!/usr/bin/env python3
"""Times dldetect, its floor and PyTorch in turn, in one run, and writes the figures as JSON.

Training: a step without loss at 320×320, batch 8, against benchmarks/floor (the network's convolutions and
norms as bare oneDNN primitives) and against PyTorch in its fastest setting, after a check that PyTorch's
network has the same parameters and puts out the same. Inference: the network alone at 640×640, batch 1,
against its convolutions with post-ops. Milliseconds an image; quote the median of the rounds' ratios.

  make bench
  benchmarks/side_by_side.py .build/release/dldetect --models nano --precisions f32
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "Tests/ExecutionTests/golden"
CLASSES = {"nano": 80, "resnet50": 20, "mobilenet-v2": 20}
SETTINGS = [
    (), ("--compile",), ("--channels-last",), ("--channels-last", "--compile"),
]


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--models", default="nano,mobilenet-v2,resnet50")
    parser.add_argument("--precisions", default="f32,bf16" if has_bf16() else "f32")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--steps", type=int,
                        help="in a round, after three (default: 4 to 12, fewer for larger networks)")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--size", type=int, default=320)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--python", help="one that has PyTorch; without it PyTorch is left out")
    parser.add_argument("--floor", default=".build/floor")
    parser.add_argument("--no-inference", action="store_true")
    parser.add_argument("--json", default="runs/bench/speed.json", help="default runs/bench/speed.json")
    return parser.parse_args()


def has_bf16():
    with open("/proc/cpuinfo") as file:
        return "avx512_bf16" in file.read()


def processor():
    with open("/proc/cpuinfo") as file:
        return next(line.split(":")[1].strip() for line in file if line.startswith("model name"))


class Bench:
    """What is measured, with the options that all of it shares."""

    def __init__(self, options):
        self.options = options
        self.environment = {**os.environ, "OMP_NUM_THREADS": str(options.threads)}

    def run(self, *command):
        done = subprocess.run([str(each) for each in command], check=True, stdout=subprocess.PIPE,
                              text=True, env=self.environment)
        return json.loads(done.stdout)

    def summary(self, model, size, path):
        description = self.run(self.options.binary, "summary", "--model", model, "--size", size,
                               "--classes", CLASSES.get(model, 80), "--json", "-")
        path.write_text(json.dumps(description))
        return description

    def floor(self, layers, precision, *arguments):
        return self.run(self.options.floor, layers, "--precision", precision, *arguments)

    def step(self, model, precision, steps, *arguments):
        options = self.options
        return self.run(options.binary, "bench", "train", "--model", model, "--size", options.size,
                        "--batch", options.batch, "--steps", steps,
                        "--classes", CLASSES.get(model, 80), "--precision", precision,
                        "--threads", options.threads, *arguments, "--json", "-")

    def detection(self, model, precision):
        return self.run(self.options.binary, "bench", "infer", "--model", model, "--size", 640,
                        "--precision", precision, "--threads", self.options.threads, "--json", "-")


class PyTorch:
    """benchmarks/pytorch/step.py in one setting, kept running between rounds."""

    def __init__(self, bench, layers, precision, setting):
        self.setting = " ".join(each.lstrip("-") for each in setting) or "eager"
        self.process = subprocess.Popen(
            [bench.options.python, HERE / "pytorch/step.py", layers, "--batch",
             str(bench.options.batch), "--precision", precision, *setting],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=bench.environment)
        self.facts = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"PyTorch ({self.setting}) ended with {self.process.wait()}")
        return json.loads(line)

    def step(self, count):
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        return self.answer()

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def check_equal(model, description, facts):
    """Ends the run if PyTorch's network is another one. The golden file is a test of dldetect."""
    golden = json.loads((GOLDEN / f"{model}.json").read_text())
    if not facts["parameters"] == golden["parameters"] == description["parameters"]:
        sys.exit(f"{model}: {facts['parameters']} parameters in PyTorch, {golden['parameters']} in the"
                 f" golden file, {description['parameters']} here")
    for ours, theirs in zip(golden["outputs"], facts["outputs"], strict=True):
        size = max(abs(value) for value in ours["first"])
        apart = max(abs(a - b) for a, b in zip(ours["first"], theirs["first"], strict=True))
        if ours["shape"] != theirs["shape"] or apart > 1e-3 * size:
            sys.exit(f"{model}: {ours['name']} differs by {apart:.2g} of {size:.2g} in PyTorch")


def fastest(bench, model, description, layers, precision):
    """PyTorch in the setting that takes the least time, still running, and what all of them took."""
    best, tried = None, []
    for setting in SETTINGS:
        candidate = PyTorch(bench, layers, precision, setting)
        check_equal(model, description, candidate.facts)
        candidate.time = candidate.step(5)["step"]["median"]
        tried.append({"setting": candidate.setting, "step": candidate.time,
                      "growthBytes": candidate.facts["growthBytes"]})
        print(f"  PyTorch {candidate.setting:22} {candidate.time:6.1f}", flush=True)
        loser = candidate
        if best is None or candidate.time < best.time:
            best, loser = candidate, best
        if loser:
            loser.end()
    return best, tried


def ratio(rounds, above, below):
    values = [each[above] / each[below] for each in rounds if above in each]
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def show(name, spread):
    print(f"  {name}: {spread['median']:.2f} ({spread['min']:.2f} … {spread['max']:.2f})", flush=True)


def training(bench, model, precision, layers, description):
    options = bench.options
    steps = options.steps or max(4, min(12, int(12e9 / description["multiplyAdds"])))
    print(f"{model}, {precision}, batch {options.batch} at {options.size}×{options.size}: step without"
          " loss, ms an image", flush=True)
    other, tried = None, []
    if options.python:
        other, tried = fastest(bench, model, description, layers, precision)
    rounds = []
    for number in range(1, options.rounds + 1):
        floor = bench.floor(layers, precision, "--batch", options.batch, "--repeats", steps)
        ours = bench.step(model, precision, steps)
        each = {"floor": floor["millisecondsPerImage"]["median"],
                "step": ours["millisecondsPerImageWithoutLoss"]["median"],
                "loss": ours["split"].get("loss", {"median": 0})["median"],
                "growthBytes": ours["growthBytes"]}
        if number <= 3:
            # Values computed again in the backward pass: the same step in less memory.
            lean = bench.step(model, precision, steps, "--recompute")
            each |= {"lean": lean["millisecondsPerImageWithoutLoss"]["median"],
                     "leanGrowthBytes": lean["growthBytes"]}
        if other:
            each["pytorch"] = other.step(steps)["step"]["median"]
        rounds.append(each)
        print(f"  {number}: floor {each['floor']:.1f}, dldetect {each['step']:.1f}"
              + (f" (recomputing {each['lean']:.1f})" if "lean" in each else "")
              + (f", PyTorch {each['pytorch']:.1f}" if other else ""), flush=True)
    result = {"kind": "training", "model": model, "precision": precision, "batch": options.batch,
              "size": options.size, "rounds": rounds, "oneDNN": floor["oneDNN"],
              "roofline": ours["roofline"], "arenaBytes": ours["arenaBytes"],
              "overFloor": ratio(rounds, "step", "floor"),
              "recomputing": ratio(rounds, "lean", "step")}
    show("dldetect over floor", result["overFloor"])
    show("recomputing over not", result["recomputing"])
    if other:
        other.end()
        result |= {"pytorch": {"version": other.facts["torch"], "fastest": other.setting,
                               "growthBytes": other.facts["growthBytes"],
                               "leastGrowthBytes": min(each["growthBytes"] for each in tried),
                               "tried": tried},
                   "speedUp": ratio(rounds, "pytorch", "step")}
        show("PyTorch over dldetect", result["speedUp"])
        ours, lean = (statistics.median(each[key] for each in rounds if key in each)
                      for key in ("growthBytes", "leanGrowthBytes"))
        for name, key in (("in that setting", "growthBytes"), ("at its least", "leastGrowthBytes")):
            theirs = result["pytorch"][key]
            print(f"  memory growth over PyTorch's {name}: {ours / theirs:.2f},"
                  f" recomputing {lean / theirs:.2f}", flush=True)
    return result


def inference(bench, model, precision, layers):
    print(f"{model}, {precision}, batch 1 at 640×640: network alone, ms an image", flush=True)
    rounds = []
    for _ in range(bench.options.rounds):
        floor = bench.floor(layers, precision, "--inference", "--batch", 1, "--repeats", 50)
        ours = bench.detection(model, precision)
        rounds.append({"floor": floor["millisecondsPerImage"]["median"],
                       "network": ours["split"]["network"]["median"],
                       "all": ours["millisecondsPerImage"]["median"]})
        print("  floor {floor:.1f}, dldetect {network:.1f}, from the file's bytes to boxes {all:.1f}"
              .format(**rounds[-1]), flush=True)
    result = {"kind": "inference", "model": model, "precision": precision, "batch": 1, "size": 640,
              "rounds": rounds, "overFloor": ratio(rounds, "network", "floor")}
    show("dldetect over floor", result["overFloor"])
    return result


def main():
    options = parse()
    bench = Bench(options)
    report = {"processor": processor(), "threads": options.threads, "results": []}
    path = Path(options.json)
    path.parent.mkdir(parents=True, exist_ok=True)

    def keep(result):
        report["results"].append(result)
        path.write_text(json.dumps(report, indent=1) + "\n")

    with tempfile.TemporaryDirectory() as folder:
        for model in options.models.split(","):
            layers = Path(folder) / f"{model}.json"
            description = bench.summary(model, options.size, layers)
            for precision in options.precisions.split(","):
                keep(training(bench, model, precision, layers, description))
        if "nano" in options.models and not options.no_inference:
            layers = Path(folder) / "inference.json"
            bench.summary("nano", 640, layers)
            for precision in options.precisions.split(","):
                keep(inference(bench, "nano", precision, layers))


if __name__ == "__main__":
    main()
