#!/usr/bin/env python3
"""Holds what `dldetect eval` says of scores and of chance against pycocotools and numpy, to 1e-6:
--calibration, --operating-points, --bootstrap and --against.

  check_statistics.py random --seeds 20     made-up cases against the built program
  check_statistics.py golden                writes Tests/EvaluationTests/golden/statistics.json

Calibration and operating points come from the outcomes of COCOeval. For intervals the pictures are
drawn by the same random numbers, and every drawn set is written out, with copies of pictures drawn
more than once, and evaluated by COCOeval anew; `eval` matches once and weighs the pictures. For the
permutation test each swapped pair of runs is evaluated by COCOeval. Scores differ within a picture:
with copies of a picture equal ones would rank differently there.

Needs numpy and pycocotools.
"""

import argparse
import contextlib
import io
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import numpy
from pycocotools.coco import COCO

from check_coco import ROOT, random_case
from check_metrics import differences, evaluated, rankings, write

BINS = 8
TARGETS = [("precision", 0.5), ("precision", 1.0), ("recall", 0.3), ("recall", 0.95),
           ("fppi", 0.25), ("fppi", 0.0)]
COCO_IOU = [t.item() for t in numpy.linspace(0.5, 0.95, 10)]
MASK = 2**64 - 1


# Cases.

def case(seed, images):
    """Truth, two runs, a number of samples and their seed."""
    draw = random.Random(f"statistics {seed}")
    truth, detections = random_case(seed, images=images, categories=5)
    for index, detection in enumerate(detections):
        detection["score"] = round(detection["score"] * 0.9 + index * 1e-5, 6)
    others = [dict(d, bbox=[round(side + draw.uniform(-4, 4), 1) for side in d["bbox"]],
                   score=round(0.9 * draw.random() + index * 1e-5, 6))
              for index, d in enumerate(detections) if draw.random() < 0.9]
    return truth, detections, others, {"samples": 12, "seed": seed + 2**40 * (seed % 2)}


# The random numbers of Sources/RandomNumbers.

def mix(value):
    z = (value + 0x9E3779B97F4A7C15) & MASK
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
    return z ^ z >> 31


def draws(seed, purpose, sample):
    """Words of 64 bits, without end."""
    word = mix((seed + 0x9E3779B97F4A7C15) & MASK)
    for byte in purpose.encode():
        word = mix(word ^ byte)
    word = low = mix(word ^ 0x100)
    word = mix(word ^ sample)
    low = mix((low + word) & MASK)
    key = (word & 0xFFFFFFFF, word >> 32)
    block = 0
    while True:
        x = [block & 0xFFFFFFFF, block >> 32, low & 0xFFFFFFFF, low >> 32]
        k0, k1 = key
        for _ in range(10):
            first, second = x[0] * 0xD2511F53, x[2] * 0xCD9E8D57
            x = [second >> 32 ^ x[1] ^ k0, second & 0xFFFFFFFF,
                 first >> 32 ^ x[3] ^ k1, first & 0xFFFFFFFF]
            k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
        yield x[0] | x[1] << 32
        yield x[2] | x[3] << 32
        block += 1


# The reference.

def loaded(truth, detections):
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        paths = write(folder, truth, detections)
        gt = COCO(paths[0])
        return gt, gt.loadRes(paths[1]) if detections else gt.loadRes([])


def average_precisions(truth, detections):
    """AP, AP50 and AP75; None where no object counts."""
    if not any(not item["iscrowd"] for item in truth["annotations"]):
        return {"AP": None, "AP50": None, "AP75": None}
    precision = evaluated(*loaded(truth, detections), COCO_IOU, [], [1, 10, 100]).eval["precision"]

    def mean(values):
        return float(numpy.mean(values[values > -1]))
    return {"AP": mean(precision[:, :, :, 0, -1]), "AP50": mean(precision[0, :, :, 0, -1]),
            "AP75": mean(precision[5, :, :, 0, -1])}


def drawn_set(truth, runs, seed, sample):
    """As many pictures as there are, drawn with replacement; copies get ids side by side."""
    stream = draws(seed, "bootstrap", sample)
    ids = [image["id"] for image in truth["images"]]
    count = dict.fromkeys(ids, 0)
    for _ in ids:
        count[ids[next(stream) * len(ids) >> 64]] += 1
    copies = {id: [(place + 1) * 1000 + copy for copy in range(count[id])]
              for place, id in enumerate(sorted(ids))}

    def copied(entries):
        return [dict(entry, image_id=copy) for entry in entries
                for copy in copies[entry["image_id"]]]
    objects = [dict(item, id=index + 1) for index, item in enumerate(copied(truth["annotations"]))]
    images = [{"id": copy} for own in copies.values() for copy in own]
    return dict(truth, images=images, annotations=objects), [copied(run) for run in runs]


def swapped(truth, first, second, seed, sample):
    stream = draws(seed, "permutation", sample)
    swaps = {image["id"]: next(stream) >> 63 for image in truth["images"]}
    stays = [[d for d in run if not swaps[d["image_id"]]] for run in (first, second)]
    goes = [[d for d in run if swaps[d["image_id"]]] for run in (first, second)]
    return stays[0] + goes[1], stays[1] + goes[0]


def interval(values):
    known = [value for value in values if value is not None]
    document = {"low": None, "high": None, "standardError": None,
                "undefined": len(values) - len(known)}
    if known:
        document["low"], document["high"] = numpy.quantile(known, [0.025, 0.975]).tolist()
    if len(known) > 1:
        document["standardError"] = float(numpy.std(known, ddof=1))
    return document


def less(a, b):
    return None if a is None or b is None else a - b


def intervals(truth, first, second, samples, seed):
    drawn, differing, moved = [], [], []
    for sample in range(samples):
        resampled, runs = drawn_set(truth, [first, second], seed, sample)
        pair = [average_precisions(resampled, run) for run in runs]
        drawn.append(pair[0])
        differing.append({name: less(pair[0][name], pair[1][name]) for name in pair[0]})
        pair = [average_precisions(truth, run)
                for run in swapped(truth, first, second, seed, sample)]
        moved.append({name: less(pair[0][name], pair[1][name]) for name in pair[0]})
    found = [average_precisions(truth, run) for run in (first, second)]
    against = {}
    for name in found[0]:
        difference = less(found[0][name], found[1][name])
        larger = sum(abs(m[name]) >= abs(difference) - 1e-12 for m in moved)
        against[name] = {
            "detections": found[0][name], "against": found[1][name], "difference": difference,
            "interval": interval([d[name] for d in differing]),
            "pValue": (1 + larger) / (1 + samples)}
    return {name: interval([d[name] for d in drawn]) for name in found[0]}, against


def calibration(label, outcomes, instances):
    scores = numpy.array([score for score, _ in outcomes])
    right = numpy.array([hit for _, hit in outcomes], float)
    bins, gaps = [], []
    for index in range(BINS):
        low, high = index / BINS, (index + 1) / BINS
        own = (scores > low) & (scores <= high) | (scores == 0) & (index == 0)
        row = {"low": low, "high": high, "detections": int(own.sum()), "score": None,
               "precision": None}
        if own.any():
            row |= {"score": float(scores[own].mean()), "precision": float(right[own].mean())}
            gaps.append((own.sum() / len(scores), abs(row["score"] - row["precision"])))
        bins.append(row)
    return {"label": label, "detections": len(outcomes), "bins": bins,
            "ECE": float(sum(w * g for w, g in gaps)) if gaps else None,
            "MCE": float(max(g for _, g in gaps)) if gaps else None}


def operating_point(label, outcomes, instances, images, wanted, value):
    best = None
    for score in sorted({score for score, _ in outcomes}, reverse=True) if instances else []:
        kept = [hit for s, hit in outcomes if s >= score]
        point = {"score": score, "recall": sum(kept) / instances,
                 "precision": sum(kept) / len(kept), "fppi": (len(kept) - sum(kept)) / images,
                 "f1": 2 * sum(kept) / (len(kept) + instances)}
        if point[wanted] > value if wanted == "fppi" else point[wanted] < value:
            continue
        if best is None or wanted != "recall" and point["recall"] > best["recall"]:
            best = point
    none = dict.fromkeys(("score", "recall", "precision", "fppi", "f1"))
    return {"label": label, "instances": instances} | (best or none)


def reference(truth, first, second, settings):
    *classes, pooled = rankings(evaluated(*loaded(truth, first), [0.5], [], [100]), truth)
    drawn, against = intervals(truth, first, second, **settings)

    def point(row, wanted, value):
        return operating_point(*row, len(truth["images"]), wanted, value)
    return {
        "calibration": {"iou": 0.5, "all": calibration(*pooled),
                        "perClass": [calibration(*row) for row in classes]},
        "operatingPoints": {"iou": 0.5, "targets": [
            {"wanted": wanted, "value": value, "all": point(pooled, wanted, value),
             "perClass": [point(row, wanted, value) for row in classes]}
            for wanted, value in TARGETS]},
        "bootstrap": drawn | settings, "against": against | settings}


# Ours.

def ours(dldetect, truth, first, second, settings):
    with tempfile.TemporaryDirectory() as folder:
        paths = write(folder, truth, first)
        other = pathlib.Path(folder) / "others.json"
        other.write_text(json.dumps(second))
        output = subprocess.run(
            [dldetect, "eval", "--truth", paths[0], "--detections", paths[1], "--json", "-",
             "--calibration", "--calibration-bins", str(BINS), "--operating-points",
             ",".join(f"{name}={value}" for name, value in TARGETS), "--bootstrap",
             str(settings["samples"]), "--bootstrap-seed", str(settings["seed"]), "--against",
             other], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return json.loads(output)


def check(seed, images, dldetect):
    made = case(seed, images)
    lines = differences(ours(dldetect, *made), reference(*made))
    for line in lines[:5]:
        print(f"seed {seed}: {line}")
    return not lines


def write_golden(count):
    cases = []
    for seed in range(count):
        truth, first, second, settings = case(seed, images=6)
        cases.append({"settings": settings, "truth": truth, "detections": first, "others": second,
                      "figures": reference(truth, first, second, settings)})
    path = ROOT / "Tests/EvaluationTests/golden/statistics.json"
    path.write_text("[" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "]\n")
    print(f"{path}: {path.stat().st_size} bytes")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["random", "golden"])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--images", type=int, default=10)
    parser.add_argument("--dldetect", default=ROOT / ".build/release/dldetect")
    arguments = parser.parse_args()
    if arguments.what == "golden":
        write_golden(2)
        return 0
    equal = sum(check(seed, arguments.images, arguments.dldetect)
                for seed in range(arguments.seeds))
    print(f"{equal} of {arguments.seeds} cases agree to 1e-6")
    return 0 if equal == arguments.seeds else 1


if __name__ == "__main__":
    sys.exit(main())
