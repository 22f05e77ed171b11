#!/usr/bin/env python3
"""Makes sets of a hundred thousand pictures, links to a few files, and opens and goes through them.

Prints for each format how long opening takes and what the process holds after 100 and after 1,000
batches. Usage: large_sets.py DLDETECT [--pictures N] [--folder F] [--json FILE] [--formats voc yolo]
"""

import argparse
import json
import pathlib
import random
import subprocess
import zlib

WIDTH, HEIGHT, OBJECTS = 640, 480, 7


def png_of_noise(width, height, seed):
    """A PNG of coloured stripes: no library is needed to write one."""
    draw = random.Random(seed)
    rows = b""
    for y in range(height):
        colour = bytes(draw.randrange(256) for _ in range(3))
        rows += b"\0" + colour * width

    def chunk(name, data):
        body = name + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def write_links(folder, names, sources=8):
    """Links of the given names to a few pictures; a JPEG's name may lead to a PNG."""
    done = folder / ".done"
    if done.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for index in range(sources):
        file = folder.parent / f"source{index}.png"
        file.write_bytes(png_of_noise(WIDTH, HEIGHT, index))
        files.append(file)
    for index, name in enumerate(names):
        link = folder / name
        if not link.is_symlink():
            link.symlink_to(files[index % sources])
    done.touch()


def boxes(index):
    draw = random.Random(index).random
    for _ in range(OBJECTS):
        width, height = 8 + 200 * draw(), 8 + 200 * draw()
        yield draw() * (WIDTH - width), draw() * (HEIGHT - height), width, height


def make_yolo(folder, names):
    write_links(folder / "images", names)
    (folder / "labels").mkdir(exist_ok=True)
    for index, name in enumerate(names):
        lines = [
            f"{index % 3} {(x + w / 2) / WIDTH:.6f} {(y + h / 2) / HEIGHT:.6f} {w / WIDTH:.6f} "
            f"{h / HEIGHT:.6f}\n"
            for x, y, w, h in boxes(index)
        ]
        (folder / "labels" / name).with_suffix(".txt").write_text("".join(lines))
    return "format: yolo\ntrain: images\nnames: [a, b, c]\n"


def make_voc(folder, names):
    write_links(folder / "JPEGImages", names)
    (folder / "Annotations").mkdir(exist_ok=True)
    (folder / "ImageSets/Main").mkdir(parents=True, exist_ok=True)
    for index, name in enumerate(names):
        text = (
            f"<annotation>\n\t<folder>JPEGImages</folder>\n\t<filename>{name}</filename>\n\t<size>\n"
            f"\t\t<width>{WIDTH}</width>\n\t\t<height>{HEIGHT}</height>\n\t\t<depth>3</depth>\n\t</size>\n"
        )
        for x, y, w, h in boxes(index):
            text += (
                f"\t<object>\n\t\t<name>{'abc'[index % 3]}</name>\n\t\t<pose>Unspecified</pose>\n"
                "\t\t<truncated>0</truncated>\n\t\t<difficult>0</difficult>\n\t\t<bndbox>\n"
                f"\t\t\t<xmin>{int(x) + 1}</xmin>\n\t\t\t<ymin>{int(y) + 1}</ymin>\n"
                f"\t\t\t<xmax>{int(x + w)}</xmax>\n\t\t\t<ymax>{int(y + h)}</ymax>\n"
                "\t\t</bndbox>\n\t</object>\n"
            )
        (folder / "Annotations" / name).with_suffix(".xml").write_text(text + "</annotation>\n")
    stems = "".join(f"{pathlib.Path(name).stem}\n" for name in names)
    (folder / "ImageSets/Main/train.txt").write_text(stems)
    return "format: voc\ntrain: ImageSets/Main/train.txt\nnames: [a, b, c]\n"


def make_coco(folder, names):
    write_links(folder / "pictures", names)
    images = [
        {"id": i + 1, "file_name": n, "width": WIDTH, "height": HEIGHT} for i, n in enumerate(names)
    ]
    annotations = [
        {
            "id": index * OBJECTS + k + 1,
            "image_id": index + 1,
            "category_id": index % 3 + 1,
            "bbox": [round(side, 2) for side in box],
            "iscrowd": 0,
        }
        for index in range(len(names))
        for k, box in enumerate(boxes(index))
    ]
    categories = [{"id": i + 1, "name": n} for i, n in enumerate("abc")]
    document = {"images": images, "annotations": annotations, "categories": categories}
    (folder / "instances.json").write_text(json.dumps(document))
    return "format: coco\ntrain: {images: pictures, annotations: instances.json}\n"


MAKERS = {"voc": make_voc, "yolo": make_yolo, "coco": make_coco}


def make(folder, kind, pictures):
    description = folder / "data.yaml"
    if not description.exists():
        folder.mkdir(parents=True, exist_ok=True)
        text = MAKERS[kind](folder, [f"{index:08d}.jpg" for index in range(pictures)])
        description.write_text(text)
    return description


def opened(program, description, *options):
    """The report of `bench data`: without options it only opens the set."""
    command = [program, "bench", "data", "--data", str(description), "--json", "-"]
    command += list(options) or ["--passes", "0"]
    result = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return json.loads(result.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--pictures", type=int, default=100_000)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("runs/bench/large_sets"))
    parser.add_argument("--formats", nargs="+", choices=MAKERS, default=list(MAKERS))
    parser.add_argument("--batches", type=int, default=1000)
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    reports = {}
    for kind in arguments.formats:
        folder = arguments.folder.absolute() / f"{kind}-{arguments.pictures}"
        description = make(folder, kind, arguments.pictures)
        cold = opened(arguments.program, description)
        report = opened(
            arguments.program, description, "--passes", "1", "--batches",
            str(arguments.batches), "--size", "160", "--batch", "4", "--cache", "256MB",
        )
        reports[kind] = {"open": cold, "pass": report}
        print(
            f"{kind}: {arguments.pictures} pictures open in {cold['openSeconds']:.2f} s, "
            f"{cold['openGrowthBytes'] / 1e6:.0f} MB; resident after 100 batches "
            f"{report['residentBytes'][0] / 1e6:.0f} MB, after {arguments.batches} "
            f"{report['residentBytes'][-1] / 1e6:.0f} MB"
        )
    if arguments.json:
        arguments.json.write_text(json.dumps(reports, indent=1) + "\n")


if __name__ == "__main__":
    main()
