#!/usr/bin/env python3
"""Holds `dldetect eval` against pycocotools: twelve figures and the table by class, to 1e-6.

  check_coco.py random --seeds 20                      made-up data that reaches every branch
  check_coco.py formula --truth instances_val.json     real truth, detections from a formula
  check_coco.py files --truth T.json --detections D.json [--metrics M.json]

  check_coco.py voc --data FOLDER --split test --names a,b --detections D.json --metrics M.json
                                                       what `dldetect val` wrote of a VOC set

`files` takes our figures from --metrics, the output of `eval --json`, where it is given, and else
runs --dldetect (default .build/release/dldetect) like the other two. `voc` reads the annotations
itself: nothing of ours lies between them and pycocotools but the detections.

  check_coco.py golden --truth instances_val.json      writes Tests/EvaluationTests/golden

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
import xml.etree.ElementTree

import numpy
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAMES = ["AP", "AP50", "AP75", "APsmall", "APmedium", "APlarge",
         "AR1", "AR10", "AR100", "ARsmall", "ARmedium", "ARlarge"]
TOLERANCE = 1e-6


def reference(truth_path, detections_path):
    """The figures of pycocotools, in the shape of `dldetect eval --json`."""
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(truth_path))
        evaluation = COCOeval(truth, truth.loadRes(str(detections_path)), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    figures = {name: defined(value) for name, value in zip(NAMES, evaluation.stats)}
    precision = evaluation.eval["precision"][:, :, :, 0, -1]
    labels = {category["id"]: category["name"] for category in truth.dataset["categories"]}
    figures["perClass"] = [
        {"label": labels[id], "AP": mean(precision[:, :, k]), "AP50": mean(precision[0, :, k]),
         "instances": instances(truth, id)}
        for k, id in enumerate(evaluation.params.catIds)]
    return figures


def defined(value):
    return None if value == -1 else float(value)


def mean(values):
    values = values[values > -1]
    return float(numpy.mean(values)) if len(values) else None


def instances(truth, category):
    annotations = truth.loadAnns(truth.getAnnIds(catIds=[category]))
    return sum(1 for a in annotations if not a["iscrowd"] and 0 <= a["area"] <= 1e10)


def random_case(seed, images=40, categories=7):
    """Truth and detections with crowds, ties, doubles, empty classes and images, boxes of no area.

    Of seven classes the first has truth only, the second detections only, the third crowds only,
    the fourth nothing at all.
    """
    draw = random.Random(seed)
    image_ids = draw.sample(range(1, 1000), images)
    category_ids = draw.sample(range(1, 91), categories)
    annotations, detections = [], []
    for image in image_ids:
        for index, category in enumerate(category_ids):
            objects = []
            if index not in (1, 3) and draw.random() < 0.5:
                objects = [random_object(draw) for _ in range(draw.randint(0, 6))]
            if objects and draw.random() < 0.2:
                objects.append(list(objects[-1]))
            for box in objects:
                area = draw.choice([box[2] * box[3], draw.uniform(0.4, 1) * box[2] * box[3],
                                    32.0 ** 2, 96.0 ** 2])
                crowd = index == 2 or draw.random() < 0.1
                annotations.append({
                    "id": len(annotations) + 1, "image_id": image, "category_id": category,
                    "bbox": box, "area": area, "iscrowd": int(crowd)})
            if index not in (0, 3):
                detections += random_detections(draw, image, category, objects)
    draw.shuffle(detections)
    truth = {"images": [{"id": id} for id in image_ids], "annotations": annotations,
             "categories": [{"id": id, "name": f"class {id}"} for id in category_ids]}
    return truth, detections


def random_object(draw):
    side = draw.choice([12, 40, 130])
    box = [draw.uniform(-10, 400), draw.uniform(-10, 400),
           side * draw.uniform(0.5, 1.6), side * draw.uniform(0.5, 1.6)]
    if draw.random() < 0.05:
        box[draw.choice([2, 3])] = 0
    # Whole numbers make equal overlaps and exact thresholds likely.
    return [round(v, draw.choice([0, 2])) for v in box]


def random_detections(draw, image, category, objects):
    boxes = []
    for box in objects:
        for _ in range(draw.randint(0, 3)):
            spread = draw.choice([0, 0.05, 0.3])
            boxes.append([round(v + spread * draw.uniform(-1, 1) * side, 2)
                          for v, side in zip(box, [box[2], box[3], box[2], box[3]])])
    boxes += [random_object(draw) for _ in range(draw.randint(0, 2))]
    if objects and draw.random() < 0.03:
        boxes += [random_object(draw) for _ in range(120)]
    return [{"image_id": image, "category_id": category, "bbox": box,
             "score": round(draw.random(), draw.choice([1, 2, 6]))} for box in boxes]


def fraction(index, draw):
    """A made-up number in [0, 1), the same in every language: 32-bit integer arithmetic only."""
    x = (index * 73856093 ^ draw * 19349663) & 0xFFFFFFFF
    x = (x ^ x >> 16) * 0x45D9F3B & 0xFFFFFFFF
    x = (x ^ x >> 16) * 0x45D9F3B & 0xFFFFFFFF
    return (x ^ x >> 16) / 4294967296


def formula_detections(truth):
    """Three jittered detections for most objects, a tenth under the next class, and a swarm around
    every fiftieth object; scores in hundredths, so that many are equal."""
    categories = sorted(category["id"] for category in truth["categories"])
    detections = []
    for index, annotation in enumerate(truth["annotations"]):
        x, y, width, height = annotation["bbox"]
        for copy in range(120 if index % 50 == 49 else 3):
            u = [fraction(index, copy * 8 + draw) for draw in range(7)]
            if u[0] < 0.25:
                continue
            place = categories.index(annotation["category_id"]) + (1 if u[1] < 0.1 else 0)
            spread = 0.1 * (1 + copy % 3)
            detections.append({
                "image_id": annotation["image_id"],
                "category_id": categories[place % len(categories)],
                "bbox": [x + (u[2] - 0.5) * spread * width, y + (u[3] - 0.5) * spread * height,
                         width * (1 + (u[4] - 0.5) * spread), height * (1 + (u[5] - 0.5) * spread)],
                "score": int(100 * u[6]) / 100})
    return detections


def largest_difference(ours, theirs):
    """Of all figures; infinite where one side has a figure and the other has none."""
    differences = [difference(ours[name], theirs[name]) for name in NAMES]
    rows = {row["label"]: row for row in ours["perClass"]}
    for row in theirs["perClass"]:
        differences += [difference(rows[row["label"]][key], row[key])
                        for key in ("AP", "AP50", "instances")]
    return max(differences)


def difference(a, b):
    if a is None or b is None:
        return 0.0 if a is b else float("inf")
    return abs(a - b)


def run(dldetect, truth_path, detections_path):
    output = subprocess.run(
        [dldetect, "eval", "--truth", truth_path, "--detections", detections_path, "--json", "-"],
        check=True, stdout=subprocess.PIPE).stdout
    return json.loads(output)


def check(name, truth_path, detections_path, dldetect, metrics=None):
    ours = metrics or run(dldetect, truth_path, detections_path)
    theirs = reference(truth_path, detections_path)
    worst = largest_difference(ours, theirs)
    print(f"{name}: AP {theirs['AP']}, largest difference {worst:.3g}")
    return worst <= TOLERANCE


def check_case(name, truth, detections, dldetect):
    with tempfile.TemporaryDirectory() as folder:
        paths = [pathlib.Path(folder) / file for file in ("truth.json", "detections.json")]
        for path, content in zip(paths, (truth, detections)):
            path.write_text(json.dumps(content))
        return check(name, *paths, dldetect)


def write_golden(truth_path):
    folder = ROOT / "Tests/EvaluationTests/golden"
    truth, detections = random_case(seed=1, images=16)
    for name, content in (("truth", truth), ("detections", detections)):
        (folder / f"{name}.json").write_text(compact(content))
    figures = reference(folder / "truth.json", folder / "detections.json")
    (folder / "metrics.json").write_text(compact(figures))
    if truth_path is None:
        return
    with tempfile.TemporaryDirectory() as temporary:
        path = pathlib.Path(temporary) / "detections.json"
        path.write_text(json.dumps(formula_detections(json.loads(truth_path.read_text()))))
        (folder / "coco-tiny160.json").write_text(compact(reference(truth_path, path)))


def voc_truth(folder, split, names):
    """COCO's form of a VOC split: images numbered from 1 in the list's order, classes from 0 in
    the order of names; coordinates are 1-based and inclusive, stray clicks of no area left out."""
    stems = (folder / f"ImageSets/Main/{split}.txt").read_text().split()
    annotations = []
    for image, stem in enumerate(stems, 1):
        tree = xml.etree.ElementTree.parse(folder / f"Annotations/{stem}.xml")
        for item in tree.iter("object"):
            left, top, right, bottom = (
                float(item.find(f"bndbox/{side}").text) for side in ("xmin", "ymin", "xmax", "ymax"))
            if right <= left or bottom <= top:
                continue
            box = [left - 1, top - 1, right - left + 1, bottom - top + 1]
            annotations.append({
                "id": len(annotations) + 1, "image_id": image, "iscrowd": 0, "bbox": box,
                "category_id": names.index(item.find("name").text), "area": box[2] * box[3]})
    return {"images": [{"id": image} for image in range(1, len(stems) + 1)],
            "annotations": annotations,
            "categories": [{"id": id, "name": name} for id, name in enumerate(names)]}


def compact(content):
    return json.dumps(content, separators=(",", ":")) + "\n"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["random", "formula", "files", "voc", "golden"])
    parser.add_argument("--truth", type=pathlib.Path)
    parser.add_argument("--detections", type=pathlib.Path)
    parser.add_argument("--metrics", type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--split", default="test")
    parser.add_argument("--names", type=lambda words: words.split(","))
    parser.add_argument("--dldetect", default=ROOT / ".build/release/dldetect")
    parser.add_argument("--seeds", type=int, default=20)
    arguments = parser.parse_args()
    if arguments.what == "golden":
        write_golden(arguments.truth)
        return 0
    if arguments.what == "random":
        results = [check_case(f"seed {seed}", *random_case(seed), arguments.dldetect)
                   for seed in range(arguments.seeds)]
    elif arguments.what == "formula":
        truth = json.loads(arguments.truth.read_text())
        results = [check_case(arguments.truth.name, truth, formula_detections(truth),
                              arguments.dldetect)]
    elif arguments.what == "voc":
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "truth.json"
            path.write_text(json.dumps(
                voc_truth(arguments.data, arguments.split, arguments.names)))
            results = [check(arguments.split, path, arguments.detections, None,
                             json.loads(arguments.metrics.read_text()))]
    else:
        metrics = json.loads(arguments.metrics.read_text()) if arguments.metrics else None
        results = [check(arguments.detections.name, arguments.truth, arguments.detections,
                         arguments.dldetect, metrics)]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
