#!/usr/bin/env python3
"""Times COCO's evaluation: `dldetect eval`, pycocotools and faster-coco-eval on the same files.

Made-up files of the size of COCO's val2017 (5,000 pictures, 36,781 objects, 80 classes) with 100
detections in every picture. The three run in turn; of dldetect the whole process counts, of the
others reading and evaluating, without starting Python and importing. Prints medians and ratios, and
fails where the twelve figures differ by more than 1e-6.

  benchmarks/evaluation.py --dldetect .build/release/dldetect
  benchmarks/evaluation.py --parts    what else `eval` computes, by itself, each beside plain `eval`

Needs numpy, pycocotools and faster-coco-eval.
"""

import argparse
import json
import os
import pathlib
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time

NAMES = ["AP", "AP50", "AP75", "APsmall", "APmedium", "APlarge",
         "AR1", "AR10", "AR100", "ARsmall", "ARmedium", "ARlarge"]
PROGRAMS = ["dldetect", "pycocotools", "faster-coco-eval"]
TOLERANCE = 1e-6
PARTS = [[], ["--errors"], ["--calibration"], ["--operating-points", "precision=0.5,fppi=1"],
         ["--bootstrap", "1000"], ["--against"]]


def box(draw):
    side = 8 * 2 ** draw.uniform(0, 5)
    return [draw.uniform(0, 640 - side), draw.uniform(0, 480),
            side, side * draw.uniform(0.5, 2)]


def rounded(sides):
    return [round(side, 2) for side in sides]


def category(draw, classes):
    """Some classes are much more frequent than others, as in COCO."""
    return 1 + int(draw.random() ** 2 * classes)


def made_up(pictures, objects, detections, classes):
    """Half of the detections lie near an object of their picture, four fifths of these right."""
    draw = random.Random("evaluation")
    ids = draw.sample(range(1, 600000), pictures)
    near = {id: [] for id in ids}
    annotations = []
    for index in range(objects):
        image, place = draw.choice(ids), box(draw)
        annotations.append({
            "id": index + 1, "image_id": image, "category_id": category(draw, classes),
            "bbox": rounded(place), "area": round(place[2] * place[3] * draw.uniform(0.5, 1), 4),
            "iscrowd": int(draw.random() < 0.01)})
        near[image].append(annotations[-1])
    results = []
    for image in ids:
        for _ in range(detections):
            item = draw.choice(near[image]) if near[image] and draw.random() < 0.5 else None
            if item:
                x, y, width, height = item["bbox"]
                place = [x + draw.uniform(-0.2, 0.2) * width, y + draw.uniform(-0.2, 0.2) * height,
                         width * draw.uniform(0.8, 1.25), height * draw.uniform(0.8, 1.25)]
            right = item and draw.random() < 0.8
            results.append({
                "image_id": image,
                "category_id": item["category_id"] if right else category(draw, classes),
                "bbox": rounded(place if item else box(draw)),
                "score": round(draw.random() * (1 if item else 0.5), 4)})
    truth = {
        "info": {}, "annotations": annotations,
        "images": [{"id": id, "file_name": f"{id:012}.jpg", "width": 640, "height": 480}
                   for id in ids],
        "categories": [{"id": id, "name": f"class {id}"} for id in range(1, classes + 1)]}
    return truth, results


def python_evaluation(program, truth_path, results_path):
    """Run in a process of its own: prints seconds and figures as JSON."""
    if program == "pycocotools":
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval
    else:
        from faster_coco_eval import COCO
        from faster_coco_eval import COCOeval_faster as COCOeval
    output, sys.stdout = sys.stdout, open(os.devnull, "w")
    start = time.perf_counter()
    truth = COCO(truth_path)
    evaluation = COCOeval(truth, truth.loadRes(results_path), "bbox")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    seconds = time.perf_counter() - start
    json.dump({"seconds": seconds, "figures": [float(v) for v in evaluation.stats[:12]]}, output)


def measured(program, dldetect, paths):
    if program != "dldetect":
        output = subprocess.run([sys.executable, __file__, "--worker", program, *paths],
                                check=True, stdout=subprocess.PIPE).stdout
        document = json.loads(output)
        return document["seconds"], document["figures"]
    start = time.perf_counter()
    output = subprocess.run(
        [dldetect, "eval", "--truth", paths[0], "--detections", paths[1], "--json", "-"],
        check=True, stdout=subprocess.PIPE).stdout
    seconds = time.perf_counter() - start
    document = json.loads(output)
    # pycocotools has -1 for what is undefined.
    return seconds, [-1 if document[name] is None else document[name] for name in NAMES]


def time_parts(dldetect, paths, rounds):
    draw = random.Random("another run")
    results = json.loads(pathlib.Path(paths[1]).read_text())
    for result in results:
        result["score"] = min(1, max(0, result["score"] + draw.gauss(0, 0.02)))
    other = paths[1] + ".other"
    pathlib.Path(other).write_text(json.dumps(results))
    print(f"median of {rounds}: seconds, of which processors worked")
    for part in PARTS:
        options = part + [other] * (part == ["--against"])
        taken = []
        for _ in range(rounds):
            before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run([dldetect, "eval", "--truth", paths[0], "--detections", paths[1],
                            *options], check=True, stdout=subprocess.DEVNULL)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            taken.append((time.perf_counter() - start,
                          after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime))
        whole, worked = (statistics.median(column) for column in zip(*taken))
        print(f"{' '.join(part) or 'plain':45} {whole:8.2f} {worked:8.2f}")


def main():
    if sys.argv[1:2] == ["--worker"]:
        python_evaluation(*sys.argv[2:])
        return 0
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dldetect", default=".build/release/dldetect")
    parser.add_argument("--pictures", type=int, default=5000)
    parser.add_argument("--objects", type=int, default=36781)
    parser.add_argument("--detections", type=int, default=100, help="in each picture")
    parser.add_argument("--classes", type=int, default=80)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", help="write seconds, ratios and differences to this file")
    parser.add_argument("--parts", action="store_true")
    arguments = parser.parse_args()
    seconds = {program: [] for program in PROGRAMS}
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(pathlib.Path(folder) / name) for name in ("truth.json", "results.json")]
        documents = made_up(
            arguments.pictures, arguments.objects, arguments.detections, arguments.classes)
        for path, document in zip(paths, documents):
            pathlib.Path(path).write_text(json.dumps(document))
        if arguments.parts:
            time_parts(arguments.dldetect, paths, arguments.rounds)
            return 0
        for _ in range(arguments.rounds):
            for program in PROGRAMS:
                taken, figures[program] = measured(program, arguments.dldetect, paths)
                seconds[program].append(taken)
    return report(seconds, figures, arguments.json)


def report(seconds, figures, path):
    medians = {program: statistics.median(seconds[program]) for program in PROGRAMS}
    document = {"seconds": seconds, "ratios": {}, "differences": {}}
    print(f"AP {figures['dldetect'][0]:.4f}; seconds, median of {len(seconds['dldetect'])}")
    for program in PROGRAMS:
        ratio = medians[program] / medians["dldetect"]
        worst = max(abs(a - b) for a, b in zip(figures[program], figures["dldetect"]))
        document["ratios"][program], document["differences"][program] = ratio, worst
        print(f"{program:18} {medians[program]:8.3f}  {ratio:6.1f} times dldetect's, "
              f"largest difference {worst:.1e}")
    if path:
        pathlib.Path(path).write_text(json.dumps(document, indent=1) + "\n")
    return 0 if max(document["differences"].values()) <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
