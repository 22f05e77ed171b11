#!/usr/bin/env python3
"""Makes a COCO instances file of the size of train2017's and times opening it.

The file has COCO's shape: 118,287 images, 860,001 annotations with polygons of some 25 points and
80 categories, about 450 MB; numbers are drawn from a seed. Every image is a link to one picture.
Usage: coco_file.py DLDETECT [--images N] [--annotations N] [--folder F] [--seed S] [--json FILE]
"""

import argparse
import json
import os
import pathlib
import random

import large_sets


def write_annotation(out, number, image, draw):
    """One annotation as COCO's files have it, in its order of keys."""
    width, height = 5 + 400 * draw() ** 3, 5 + 300 * draw() ** 3
    x, y = draw() * (640 - width), draw() * (480 - height)
    points = 8 + int(34 * draw())
    polygon = ",".join(
        f"{x + width * draw():.2f},{y + height * draw():.2f}" for _ in range(points)
    )
    crowd = int(draw() < 0.012)
    out.write(
        f'{{"segmentation": [[{polygon}]],"area": {width * height * 0.6:.13g},"iscrowd": {crowd},'
        f'"image_id": {image},"bbox": [{x:.2f},{y:.2f},{width:.2f},{height:.2f}],'
        f'"category_id": {1 + int(80 * draw())},"id": {number}}}'
    )


def write_file(path, images, annotations, seed):
    """Writes under another name first, so that a file of the name is whole."""
    draw = random.Random(seed).random
    partial = path.with_suffix(".partial")
    with open(partial, "w") as out:
        out.write('{"info": {"year": 2017},"licenses": [{"id": 1,"name": "none"}],"images": [')
        for index in range(images):
            out.write(
                ("," if index else "")
                + f'{{"license": 1,"file_name": "{index:012d}.jpg",'
                + f'"coco_url": "http://images.example/train/{index:012d}.jpg",'
                + f'"height": 480,"width": 640,"date_captured": "2013-11-14 11:18:45",'
                + f'"flickr_url": "http://pictures.example/{index * 7919:012d}_z.jpg",'
                + f'"id": {index * 3 + 9}}}'
            )
        out.write('],"annotations": [')
        for index in range(annotations):
            out.write("," if index else "")
            write_annotation(out, index + 1, int(images * draw()) * 3 + 9, draw)
        out.write('],"categories": [')
        out.write(
            ",".join(
                f'{{"supercategory": "all","id": {index + 1},"name": "class {index + 1}"}}'
                for index in range(80)
            )
        )
        out.write("]}")
    partial.rename(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--images", type=int, default=118_287)
    parser.add_argument("--annotations", type=int, default=860_001)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("runs/bench/coco_file"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    folder = arguments.folder.absolute()
    pictures = folder / "pictures"
    large_sets.write_links(pictures, [f"{i:012d}.jpg" for i in range(arguments.images)])
    file = folder / f"instances_{arguments.images}_{arguments.annotations}_{arguments.seed}.json"
    if not file.exists():
        write_file(file, arguments.images, arguments.annotations, arguments.seed)
    description = folder / "data.yaml"
    description.write_text(
        f"format: coco\ntrain: {{images: {pictures}, annotations: {file}}}\n"
    )
    report = large_sets.opened(arguments.program, description)
    report["fileBytes"] = os.path.getsize(file)
    print(
        f"{report['fileBytes'] / 1e6:.0f} MB open in {report['openSeconds']:.2f} s; what is kept "
        f"{report['datasetBytes'] / 1e6:.0f} MB, grown at most by "
        f"{report['openGrowthBytes'] / 1e6:.0f} MB"
    )
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
