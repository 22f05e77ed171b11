"""Writes what torchvision's roi_align and roi_pool (float64) give: features of regions and gradients.

    python benchmarks/golden/regions.py > Tests/ExecutionTests/golden/regions.json

Feature maps come from the counter formula (counter.py), times eight, so does the incoming gradient;
regions stand in the file: index of the map (-1: an empty slot), left, top, right, bottom in pixels.
Results are laid out as dldetect has them: [N, bins x channels, regions, 1], channel bin * C + c. Made
with torchvision 0.29.2; needs PyTorch, torchvision and NumPy.
"""

import json
import random

import torch
import torchvision
from torchvision.ops import roi_align, roi_pool

from counter import counter_values, digest

BATCH = 2


def regions(seed, maps, height, width, count):
    """Random regions, some of them partly or wholly outside, some smaller than a cell, some empty."""
    generator = random.Random(seed)
    result = []
    for _ in range(BATCH):
        picture = []
        for index in range(count):
            if index == 2 or index == count - 1:
                picture.append([-1.0, 0.0, 0.0, 9.0, 9.0])
                continue
            side = [1.5, 20, width, 2 * width][generator.randrange(4)]
            x, y = generator.uniform(-0.2, 1.1) * width, generator.uniform(-0.2, 1.1) * height
            w, h = generator.uniform(0.3, 1) * side, generator.uniform(0.3, 1) * side
            box = [x - w / 2, y - h / 2, x + w / 2, y + h / 2]
            # Eighths are exact in every precision.
            picture.append([float(generator.randrange(maps))] + [round(v * 8) / 8 for v in box])
        result.append(picture)
    return result


def case(kind, shapes, strides, bins, samples=0, aligned=False, seed=0, count=12):
    height, width = shapes[0][1] * strides[0], shapes[0][2] * strides[0]
    return {
        "kind": kind, "shapes": shapes, "strides": strides, "bins": list(bins), "samples": samples,
        "aligned": aligned, "regions": regions(seed, len(shapes), height, width, count),
    }


CASES = [
    case("align", [[3, 9, 11]], [4], (7, 7), 2, True, 1),
    case("align", [[3, 9, 11]], [4], (7, 7), 2, False, 2),
    case("align", [[2, 13, 8]], [8], (3, 2), 0, True, 3),
    case("align", [[2, 13, 8]], [8], (3, 2), 0, False, 4),
    case("align", [[2, 12, 10], [2, 6, 5], [2, 3, 3]], [4, 8, 16], (2, 3), 1, True, 5, 20),
    case("align", [[16, 10, 12], [16, 5, 6]], [8, 16], (7, 7), 2, True, 6),
    case("max", [[3, 9, 11]], [4], (7, 7), seed=7),
    case("max", [[2, 12, 10], [2, 6, 5]], [8, 16], (3, 2), seed=8, count=20),
    case("max", [[16, 10, 12]], [8], (2, 2), seed=9),
]


def evaluate(case):
    maps = [
        (8 * counter_values(f"map{index}", [BATCH] + shape)).requires_grad_()
        for index, shape in enumerate(case["shapes"])
    ]
    channels, bins = case["shapes"][0][0], case["bins"]
    count = len(case["regions"][0])
    output = torch.zeros(BATCH, bins[0] * bins[1] * channels, count, 1, dtype=torch.float64)
    for image, picture in enumerate(case["regions"]):
        for slot, (level, *box) in enumerate(picture):
            if level < 0:
                continue
            level = int(level)
            rows = torch.tensor([[image] + box], dtype=torch.float64)
            scale = 1 / case["strides"][level]
            if case["kind"] == "align":
                # Zero samples are this function's -1: as many as a bin has cells.
                result = roi_align(
                    maps[level], rows, bins, scale, case["samples"] or -1, case["aligned"])
            else:
                result = roi_pool(maps[level], rows, bins, scale)
            output[image, :, slot, 0] = result[0].permute(1, 2, 0).reshape(-1)
    output.backward(counter_values("gradient", output.shape))
    case["output"] = digest(output)
    case["gradients"] = [digest(x.grad if x.grad is not None else 0 * x) for x in maps]
    return case


def main():
    assert torchvision.__version__.startswith("0.29.2"), torchvision.__version__
    print("[")
    print(",\n".join(json.dumps(evaluate(case)) for case in CASES))
    print("]")


if __name__ == "__main__":
    main()
