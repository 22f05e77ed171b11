#!/usr/bin/env python3
"""Holds `dldetect eval --errors` against tidecv, to 1e-6: what each kind of error costs and how
many there are, of all classes and of each.

  check_errors.py random --seeds 100                     made-up cases
  check_errors.py files --truth T.json --detections D.json
  check_errors.py formula --truth T.json                 real truth, detections from a formula
  check_errors.py golden                                 writes Tests/EvaluationTests/golden/errors.json

Made-up cases have crowds, equal scores and overlaps, boxes of no area, doubles, classes and images
without anything, and images with more than 100 detections. tidecv gives figures of all classes; those
of one class come from the same object of its, TIDERun.fix_errors, a class at a time. Detections of
unknown categories, which `eval` leaves out, are left out here too.

Needs tidecv 1.0.1 (and with it pycocotools and numpy).
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

from tidecv import TIDE, Data
from tidecv.errors.main_errors import FalsePositiveError
from tidecv.errors.qualifiers import Qualifier

from check_coco import ROOT, formula_detections, random_case
from check_metrics import differences, write

KINDS = {"Cls": "classification", "Loc": "localisation", "Both": "both", "Dupe": "duplicate",
         "Bkg": "background", "Miss": "missed"}


def case(seed, images):
    """A case of check_coco.py whose detections also go astray to other classes."""
    draw = random.Random(f"errors {seed}")
    truth, detections = random_case(seed, images=images)
    truth["images"] += [{"id": 1001}, {"id": 1002}]
    draw.shuffle(truth["images"])
    categories = [category["id"] for category in truth["categories"]]
    for detection in detections:
        if draw.random() < 0.15:
            # Never the fourth, which stays without anything.
            detection["category_id"] = draw.choice(categories[:3] + categories[4:])
    for item in draw.sample(truth["annotations"], min(len(truth["annotations"]), 8)):
        x, y, width, height = item["bbox"]
        # An IoU of one tenth and of one half, both to the last bit or next to it.
        for part in (0.1, 0.5):
            detections.append({
                "image_id": item["image_id"], "category_id": item["category_id"],
                "bbox": [x, y, width, height * part], "score": round(draw.random(), 1)})
    crowded = truth["images"][0]["id"]
    for _ in range(150):
        detections.append({
            "image_id": crowded, "category_id": draw.choice(categories[:3] + categories[4:]),
            "bbox": [round(draw.uniform(0, 300)), round(draw.uniform(0, 300)), 40, 40],
            "score": round(draw.random(), 2)})
    draw.shuffle(detections)
    return truth, detections


# The reference.

def evaluated(truth, detections):
    """As tidecv's loaders of COCO's files do, which ask for masks."""
    there, found = Data("truth", max_dets=100), Data("detections")
    for image in truth["images"]:
        there.add_image(image["id"], str(image["id"]))
    for category in truth["categories"]:
        there.add_class(category["id"], category["name"])
    for item in truth["annotations"]:
        add = there.add_ignore_region if item["iscrowd"] else there.add_ground_truth
        add(item["image_id"], item["category_id"], list(item["bbox"]))
    for item in detections:
        if item["category_id"] in there.classes:
            found.add_detection(
                item["image_id"], item["category_id"], item["score"], list(item["bbox"]))
    return TIDE().evaluate(there, found, mode=TIDE.BOX)


def reference(truth, detections):
    run = evaluated(truth, detections)
    categories = [category["id"] for category in truth["categories"]]
    costs = {KINDS[kind.short_name]: cost / 100 for kind, cost in run.fix_main_errors().items()}
    special = [cost / 100 for cost in run.fix_special_errors().values()]
    costs |= {"falsePositives": special[0], "falseNegatives": special[1]}
    mended = {KINDS[kind.short_name]: run.fix_errors(Qualifier("", None)._make_error_func(kind))
              for kind in TIDE._error_types}
    mended |= {"falsePositives": run.fix_errors(transform=FalsePositiveError.fix),
               "falseNegatives": run.fix_errors(false_neg_dict=run.false_negatives)}
    counts = {None: counted(run, lambda item: True)}
    counts |= {id: counted(run, lambda item: item["class"] == id) for id in categories}

    def row(category):
        ap = average_precision(run.ap_data, category)
        figures = {"label": label[category], "AP": ap,
                   "instances": run.ap_data.objs[category].num_gt_positives
                   if category in run.ap_data.objs else 0}
        for name, data in mended.items():
            fixed = average_precision(data, category)
            cost = None if ap is None or fixed is None else fixed - ap
            if cost is not None and name in KINDS.values():
                cost = max(cost, 0)
            figures[name] = counts[category][name] | {"dAP": cost}
        return figures

    label = {category["id"]: category["name"] for category in truth["categories"]}
    document = {"AP": run.ap / 100, "perClass": [row(category) for category in categories]}
    return document | {name: counts[None][name] | {"dAP": cost} for name, cost in costs.items()}


def average_precision(data, category):
    if category not in data.objs or data.objs[category].num_gt_positives == 0:
        return None
    return float(data.objs[category].get_ap()) / 100


def counted(run, belongs):
    counts = {}
    for kind, errors in run.error_dict.items():
        own = [getattr(error, "pred", None) or error.gt for error in errors]
        # A detection on a crowd has None there.
        own = [item for item in own if belongs(item)]
        counts[KINDS[kind.short_name]] = {
            "count": len(own), "ignored": sum(item.get("info", {}).get("used", 0) is None
                                              for item in own)}
    wrong = [error.pred for errors in run.error_dict.values() for error in errors
             if hasattr(error, "pred") and error.pred["used"] is not None and belongs(error.pred)]
    missed = [item for items in run.false_negatives.values() for item in items if belongs(item)]
    return counts | {"falsePositives": {"count": len(wrong), "ignored": 0},
                     "falseNegatives": {"count": len(missed), "ignored": 0}}


# Ours.

def ours(dldetect, truth, detections):
    with tempfile.TemporaryDirectory() as folder:
        paths = write(folder, truth, detections)
        output = subprocess.run(
            [dldetect, "eval", "--truth", paths[0], "--detections", paths[1], "--errors",
             "--json", "-"], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return json.loads(output)["errors"]


def check(name, truth, detections, dldetect, shows=False):
    start = time.perf_counter()
    theirs = reference(truth, detections)
    between = time.perf_counter()
    found = ours(dldetect, truth, detections)
    end = time.perf_counter()
    lines = differences(found, theirs)
    for line in lines[:5]:
        print(f"{name}: {line}")
    if shows:
        print(f"{name}: AP {theirs['AP']:.6f}, " + ", ".join(
            f"{kind} {theirs[kind]['count']} {theirs[kind]['dAP']:.6f}"
            for kind in [*KINDS.values(), "falsePositives", "falseNegatives"]))
        print(f"tidecv, classes too: {between - start:.2f} s; eval, files written and read: "
              f"{end - between:.2f} s")
    return not lines


def write_golden(count):
    cases = []
    for seed in range(count):
        truth, detections = case(seed, images=3)
        cases.append({"seed": seed, "truth": truth, "detections": detections,
                      "errors": reference(truth, detections)})
    path = ROOT / "Tests/EvaluationTests/golden/errors.json"
    path.write_text("[" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "]\n")
    print(f"{path}: {path.stat().st_size} bytes")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["random", "files", "formula", "golden"])
    parser.add_argument("--truth", type=pathlib.Path)
    parser.add_argument("--detections", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--images", type=int, default=12)
    parser.add_argument("--dldetect", default=ROOT / ".build/release/dldetect")
    arguments = parser.parse_args()
    if arguments.what == "golden":
        write_golden(4)
        return 0
    if arguments.what == "random":
        equal = sum(check(f"seed {seed}", *case(seed, arguments.images), arguments.dldetect)
                    for seed in range(arguments.seeds))
        print(f"{equal} of {arguments.seeds} cases agree to 1e-6")
        return 0 if equal == arguments.seeds else 1
    truth = json.loads(arguments.truth.read_text())
    detections = (formula_detections(truth) if arguments.what == "formula"
                  else json.loads(arguments.detections.read_text()))
    agrees = check(arguments.truth.name, truth, detections, arguments.dldetect, shows=True)
    print("agrees to 1e-6" if agrees else "differs")
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main())
