#!/usr/bin/env python3
"""Holds all figures of `dldetect eval` against pycocotools, under random settings, to 1e-6.

  check_metrics.py random --seeds 1000    made-up cases against the built program
  check_metrics.py golden                 writes Tests/EvaluationTests/golden/cases.json

A case has crowds, equal scores, doubles, boxes of no area, areas unlike width × height, more
detections than count, classes and images without anything, detections of unknown categories, and
ids of any size. AP and AR by overlap, area range, limit and class come from the arrays of
pycocotools' COCOeval, as do the curves; VOC's figures and the confusion matrix, which it does not
have, are computed here from their rules.

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
from pycocotools.cocoeval import COCOeval

from check_coco import ROOT, random_case, random_object

TOLERANCE = 1e-6
COCO_AREAS = [["small", 0, 32**2], ["medium", 32**2, 96**2], ["large", 96**2, 1e10]]
CONFUSION_SCORE = 0.25


# Cases.

def case(seed, images):
    """Truth, detections and settings."""
    draw = random.Random(f"metrics {seed}")
    truth, detections = random_case(seed, images=images)
    truth["images"] += [{"id": id} for id in (1001, 1002)]
    draw.shuffle(truth["images"])
    rename(truth, detections, "category_id", "categories", draw)
    rename(truth, detections, "image_id", "images", draw)
    known = {category["id"] for category in truth["categories"]}
    unknown = next(id for id in range(1, 1000) if id not in known)
    for _ in range(3):
        detections.insert(draw.randint(0, len(detections)), {
            "image_id": truth["images"][0]["id"], "category_id": unknown,
            "bbox": random_object(draw), "score": 0.9})
    return truth, detections, random_settings(seed, draw)


def rename(truth, detections, key, entries, draw):
    """Gives a third of the entries ids that no counter would."""
    odd = iter(draw.sample([0, -5, 10**6, 2**31 + 7, 2**40, 987654321], 6))
    ids = {}
    for entry in truth[entries]:
        id = next(odd, None) if draw.random() < 0.35 else None
        ids[entry["id"]] = entry["id"] if id is None else id
        entry["id"] = ids[entry["id"]]
    for entry in truth["annotations"] + detections:
        entry[key] = ids[entry[key]]


def random_settings(seed, draw):
    """Every third case has COCO's own."""
    if seed % 3 == 0:
        return {"iou": [t.item() for t in numpy.linspace(0.5, 0.95, 10)], "areas": COCO_AREAS,
                "limits": [1, 10, 100]}
    iou = sorted(draw.sample([0.1, 0.25, 0.3, 0.5, 0.55, 0.7, 0.75, 0.9, 1.0], draw.randint(1, 5)))
    cuts = sorted(draw.sample([0, 100, 144, 400, 1024, 3000, 9216], 3))
    areas = [["tiny", 0, cuts[0] + 1], ["some", cuts[0], cuts[2]], ["large", 96**2, 1e10]]
    return {"iou": iou, "areas": areas,
            "limits": draw.choice([[1, 10, 100], [1, 2, 3], [5], [2, 50, 300]])}


# The reference.

def evaluated(truth, results, iou, areas, limits):
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(truth, results, "bbox")
        evaluation.params.iouThrs = numpy.array(iou)
        evaluation.params.areaRng = [[0, 1e10]] + [area[1:] for area in areas]
        evaluation.params.areaRngLbl = ["all"] + [area[0] for area in areas]
        evaluation.params.maxDets = limits
        evaluation.evaluate()
        evaluation.accumulate()
    return evaluation


def reference(truth, detections, settings):
    """What `dldetect eval --voc --confusion --json` writes, with the curves' best points."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        paths = write(folder, truth, detections)
        gt = COCO(paths[0])
        dt = gt.loadRes(paths[1])
    evaluation = evaluated(gt, dt, **settings)
    figures = coco_figures(evaluation, truth, settings)
    figures["voc"] = voc(truth, detections)
    figures["confusion"] = {"labels": [c["name"] for c in truth["categories"]],
                            "counts": confusion(truth, detections)}
    return figures, curves(evaluated(gt, dt, [0.5], [], settings["limits"][-1:]), truth)


def mean(values):
    values = values[values > -1]
    return float(numpy.mean(values)) if values.size else None


def coco_figures(evaluation, truth, settings):
    precision, recall = evaluation.eval["precision"], evaluation.eval["recall"]
    order = sorted(category["id"] for category in truth["categories"])
    iou, limits = settings["iou"], settings["limits"]
    areas = [["all", 0, 1e10]] + settings["areas"]
    half = [i for i, t in enumerate(iou) if t == 0.5]

    def by_area(a, classes=slice(None), ids=None):
        name, low, high = areas[a]
        return {"name": name, "low": low, "high": high,
                "instances": sum(
                    1 for o in truth["annotations"] if not o["iscrowd"]
                    and low <= o["area"] <= high and (ids is None or o["category_id"] in ids)),
                "AP": mean(precision[:, :, classes, a, -1]),
                "AP50": mean(precision[half][:, :, classes, a, -1]),
                "AR": mean(recall[:, classes, a, -1])}

    def at_iou(threshold):
        index = [i for i, t in enumerate(iou) if t == threshold]
        return mean(precision[index][:, :, :, 0, -1])

    def in_area(*area):
        index = [i for i, a in enumerate(areas) if a == list(area)]
        return (mean(precision[:, :, :, index, -1]), mean(recall[:, :, index, -1]))

    def at_limit(limit):
        index = [i for i, m in enumerate(limits) if m == limit]
        return mean(recall[:, :, 0, index])

    figures = {"AP": mean(precision[:, :, :, 0, -1]), "AP50": at_iou(0.5), "AP75": at_iou(0.75),
               "AR1": at_limit(1), "AR10": at_limit(10), "AR100": at_limit(100)}
    for name, low, high in COCO_AREAS:
        figures[f"AP{name}"], figures[f"AR{name}"] = in_area(name, low, high)
    figures["overlaps"] = [
        {"iou": t, "AP": mean(precision[i, :, :, 0, -1]), "AR": mean(recall[i, :, 0, -1])}
        for i, t in enumerate(iou)]
    figures["limits"] = [{"maxDetections": m, "AR": mean(recall[:, :, 0, i])}
                         for i, m in enumerate(limits)]
    figures["areas"] = [by_area(a) for a in range(len(areas))]
    figures["perClass"] = []
    for category in truth["categories"]:
        place = [order.index(category["id"])]
        rows = [by_area(a, place, {category["id"]}) for a in range(len(areas))]
        figures["perClass"].append(
            {"label": category["name"], "areas": rows,
             **{key: rows[0][key] for key in ("AP", "AP50", "AR", "instances")}})
    return figures


def rankings(evaluation, truth):
    """Of each class the label, score and rightness of every detection that counts at the first
    threshold, and how many objects there are; of all together last."""
    order = sorted(category["id"] for category in truth["categories"])
    images = len(evaluation.params.imgIds)
    rankings = []
    for category in truth["categories"]:
        first = order.index(category["id"]) * images
        cells = [c for c in evaluation.evalImgs[first:first + images] if c]
        outcomes = [(score, bool(match)) for c in cells
                    for score, match, ignore in zip(c["dtScores"], c["dtMatches"][0],
                                                    c["dtIgnore"][0]) if not ignore]
        instances = sum(int((numpy.array(c["gtIgnore"]) == 0).sum()) for c in cells)
        rankings.append((category["name"], outcomes, instances))
    pooled = ("all", sum((r[1] for r in rankings), []), sum(r[2] for r in rankings))
    return [*rankings, pooled]


def curves(evaluation, truth):
    """Best F1 of each class and of all together, from the outcomes at IoU 0.5."""
    *classes, pooled = rankings(evaluation, truth)
    return {"all": best_point(*pooled), "perClass": [best_point(*r) for r in classes]}


def best_point(label, outcomes, instances):
    points = []
    for score in sorted({score for score, _ in outcomes}, reverse=True) if instances else []:
        kept = [match for s, match in outcomes if s >= score]
        hits = sum(kept)
        points.append({"score": score, "recall": hits / instances, "precision": hits / len(kept),
                       "f1": 2 * hits / (len(kept) + instances)})
    row = {"label": label, "instances": instances}
    # max takes the first of equal ones.
    return row | ({"best": max(points, key=lambda p: p["f1"])} if points else {})


def overlap(a, b):
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0, 0.0
    shared = width * height
    return shared / (a[2] * a[3] + b[2] * b[3] - shared), shared / (a[2] * a[3])


def voc(truth, detections):
    rows = []
    for category in truth["categories"]:
        objects = [o for o in truth["annotations"] if o["category_id"] == category["id"]]
        found = [d for d in detections if d["category_id"] == category["id"]]
        count = sum(1 for o in objects if not o["iscrowd"])
        row = {"label": category["name"], "instances": count, "difficult": len(objects) - count,
               "AP11": None, "AP": None}
        if count:
            row["AP11"], row["AP"] = voc_precision(objects, found, count)
        rows.append(row)
    means = {key: [row[key] for row in rows if row[key] is not None] for key in ("AP11", "AP")}
    return {"perClass": rows,
            **{key: sum(v) / len(v) if v else None for key, v in means.items()}}


def voc_precision(objects, detections, count):
    """As VOCevaldet.m goes about it."""
    taken, hits, misses = set(), [], []
    for detection in sorted(detections, key=lambda d: -d["score"]):
        best, choice = -1.0, None
        for index, item in enumerate(objects):
            if item["image_id"] == detection["image_id"]:
                iou = overlap(detection["bbox"], item["bbox"])[0]
                if iou > best:
                    best, choice = iou, index
        difficult = best >= 0.5 and objects[choice]["iscrowd"]
        hit = best >= 0.5 and not difficult and choice not in taken
        if hit:
            taken.add(choice)
        hits.append(hit)
        misses.append(not hit and not difficult)
    hits, misses = numpy.cumsum(hits), numpy.cumsum(misses)
    recall = hits / count
    precision = hits / numpy.maximum(hits + misses, 1)
    eleven = [max(precision[recall >= t / 10], default=0) for t in range(11)]
    recall = numpy.concatenate([[0], recall, [1]])
    precision = numpy.concatenate([[0], precision, [0]])
    precision = numpy.maximum.accumulate(precision[::-1])[::-1]
    return float(sum(eleven)) / 11, float(numpy.sum(numpy.diff(recall) * precision[1:]))


def confusion(truth, detections):
    places = {category["id"]: i for i, category in enumerate(truth["categories"])}
    background = len(places)
    counts = numpy.zeros((background + 1, background + 1), int)
    for image in truth["images"]:
        objects = [o for o in truth["annotations"] if o["image_id"] == image["id"]]
        found = [d for d in detections if d["image_id"] == image["id"]
                 and d["score"] >= CONFUSION_SCORE and d["category_id"] in places]
        pairs = sorted(
            (-overlap(d["bbox"], o["bbox"])[0], -d["score"], i, j)
            for i, d in enumerate(found) for j, o in enumerate(objects)
            if not o["iscrowd"] and overlap(d["bbox"], o["bbox"])[0] >= 0.5)
        used, taken = set(), set()
        for _, _, i, j in pairs:
            if i not in used and j not in taken:
                used.add(i)
                taken.add(j)
                counts[places[objects[j]["category_id"]], places[found[i]["category_id"]]] += 1
        for j, item in enumerate(objects):
            if j not in taken and not item["iscrowd"]:
                counts[places[item["category_id"]], background] += 1
        for i, detection in enumerate(found):
            on_crowd = any(o["iscrowd"] and overlap(detection["bbox"], o["bbox"])[1] >= 0.5
                           for o in objects)
            if i not in used and not on_crowd:
                counts[background, places[detection["category_id"]]] += 1
    return counts.tolist()


# Comparison.

def differences(ours, theirs, path=""):
    """Where two documents differ by more than the tolerance; what only ours has is not looked at."""
    if isinstance(theirs, dict):
        if not isinstance(ours, dict):
            return [f"{path}: {ours} is no object"]
        return [line for key in theirs
                for line in differences(ours.get(key, "absent"), theirs[key], f"{path}.{key}")]
    if isinstance(theirs, list):
        if not isinstance(ours, list) or len(ours) != len(theirs):
            return [f"{path}: lists of different lengths"]
        return [line for index, pair in enumerate(zip(ours, theirs))
                for line in differences(*pair, f"{path}[{index}]")]
    if isinstance(theirs, (int, float)) and isinstance(ours, (int, float)):
        return [] if abs(ours - theirs) <= TOLERANCE else [f"{path}: {ours}, not {theirs}"]
    return [] if ours == theirs else [f"{path}: {ours}, not {theirs}"]


def write(folder, truth, detections):
    paths = [str(pathlib.Path(folder) / name) for name in ("truth.json", "detections.json")]
    for path, document in zip(paths, (truth, detections)):
        pathlib.Path(path).write_text(json.dumps(document))
    return paths


def ours(dldetect, truth, detections, settings):
    with tempfile.TemporaryDirectory() as folder:
        paths = write(folder, truth, detections)
        drawn = pathlib.Path(folder) / "curves.json"
        areas = ",".join(f"{name}={low}-{high:.0f}" for name, low, high in settings["areas"])
        output = subprocess.run(
            [dldetect, "eval", "--truth", paths[0], "--detections", paths[1], "--json", "-",
             "--iou", ",".join(map(repr, settings["iou"])), "--areas", areas,
             "--max-detections", ",".join(map(str, settings["limits"])),
             "--voc", "--confusion", "--curves", drawn],
            check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        return json.loads(output), json.loads(drawn.read_text())


def check(seed, images, dldetect):
    made = case(seed, images)
    lines = [line for pair in zip(ours(dldetect, *made), reference(*made))
             for line in differences(*pair)]
    for line in lines[:5]:
        print(f"seed {seed}: {line}")
    return not lines


def write_golden(count):
    cases = []
    for seed in range(count):
        truth, detections, settings = case(seed, images=3)
        figures, best = reference(truth, detections, settings)
        cases.append({"seed": seed, "settings": settings, "truth": truth, "detections": detections,
                      "figures": figures, "curves": best})
    path = ROOT / "Tests/EvaluationTests/golden/cases.json"
    path.write_text("[" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "]\n")
    print(f"{path}: {path.stat().st_size} bytes")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["random", "golden"])
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--images", type=int, default=12)
    parser.add_argument("--dldetect", default=ROOT / ".build/release/dldetect")
    arguments = parser.parse_args()
    if arguments.what == "golden":
        write_golden(12)
        return 0
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    equal = sum(check(seed, arguments.images, arguments.dldetect) for seed in seeds)
    print(f"{equal} of {len(seeds)} cases agree to {TOLERANCE}")
    return 0 if equal == len(seeds) else 1


if __name__ == "__main__":
    sys.exit(main())
