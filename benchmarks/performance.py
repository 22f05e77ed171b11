#!/usr/bin/env python3
"""Puts the figures of benchmarks/side_by_side.py into docs/performance.md, and draws their chart.

  benchmarks/performance.py runs/bench/speed.json [--document docs/performance.md]

The document keeps its text; what stands between `<!-- figures -->` and `<!-- end of figures -->` is
replaced. The chart goes to pictures/speed.png beside it. Needs gnuplot.
"""

import argparse
import json
import statistics
import subprocess
from pathlib import Path

BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def median(result, key):
    return statistics.median(each[key] for each in result["rounds"] if key in each)


def spread(values):
    return f"{values['median']:.2f} ({values['min']:.2f} … {values['max']:.2f})"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def name(result):
    return f"{result['model']}, {result['precision']}"


def mebibytes(count):
    return f"{count / 2**20:.0f}"


def training(results):
    rows = [[name(each), f"{median(each, 'floor'):.1f}", f"{median(each, 'step'):.1f}",
             spread(each["overFloor"]), f"{100 * share(each):.0f} %",
             f"{median(each, 'loss'):.1f}" if median(each, "loss") else "–"]
            for each in results]
    return table(["network", "floor", "step without loss", "ratio, median (min … max)",
                  "speed on large matrices reached", "loss"], rows)


def share(result):
    return result["roofline"]["networkGigaflops"] / result["roofline"]["matrixGigaflops"]


def pytorch(results):
    rows = []
    for each in results:
        tried = {one["setting"]: one["step"] for one in each["pytorch"]["tried"]}
        rows.append([name(each), f"{median(each, 'step'):.1f}", f"{median(each, 'pytorch'):.1f}",
                     each["pytorch"]["fastest"], spread(each["speedUp"]),
                     ", ".join(f"{time:.1f}" for time in tried.values())])
    return table(["network", "dldetect", "PyTorch", "in setting", "times faster, median (min … max)",
                  f"settings tried: {', '.join(tried)}"], rows)


def memory(results):
    rows = []
    for each in results:
        theirs = [each["pytorch"][key] for key in ("growthBytes", "leastGrowthBytes")]
        row = [name(each), ", ".join(map(mebibytes, theirs))]
        for key in ("growthBytes", "leanGrowthBytes"):
            ours = median(each, key)
            row += [mebibytes(ours), ", ".join(f"{ours / growth:.2f}" for growth in theirs)]
        rows.append(row + [spread(each["recomputing"])])
    return table(["network", "PyTorch: as timed, leanest", "dldetect", "ratios", "with recompute",
                  "ratios", "its time over that without"], rows)


def inference(results):
    rows = [[name(each), f"{median(each, 'floor'):.2f}", f"{median(each, 'network'):.2f}",
             spread(each["overFloor"]), f"{median(each, 'all'):.2f}"] for each in results]
    return table(["network", "convolutions with post-ops", "network",
                  "ratio, median (min … max)", "from the file's bytes to boxes"], rows)


def figures(report):
    results = {kind: [each for each in report["results"] if each["kind"] == kind]
               for kind in ("training", "inference")}
    first = results["training"][0]
    rounds = len(first["rounds"])
    parts = [f"`make bench` with {report['threads']} threads on {report['processor']}, oneDNN"
             f" {first['oneDNN']}; medians of {rounds} rounds, milliseconds an image.",
             f"A training step, {first['size']}×{first['size']}, batch {first['batch']}:",
             training(results["training"])]
    compared = [each for each in results["training"] if "pytorch" in each]
    if compared:
        version = compared[0]["pytorch"]["version"].split("+")[0]
        parts += [f"The same step in PyTorch {version}:", pytorch(compared),
                  "![Milliseconds an image](pictures/speed.png)",
                  "MiB that a process which has trained something small grows by, PyTorch's in the"
                  " setting that was timed and in the leanest of the four; `recompute` computes cheap"
                  " values again in the backward pass:",
                  memory(compared)]
    if results["inference"]:
        parts += ["Inference, 640×640, batch 1:", inference(results["inference"])]
    return "\n\n".join(parts)


def chart(results, path):
    rows = "\n".join(f'"{each["model"]}\\n{each["precision"]}" {median(each, "floor")}'
                     f' {median(each, "step")} {median(each, "pytorch")}' for each in results)
    script = f"""
$figures << END
{rows}
END
set terminal pngcairo size 900,420 font 'sans,11'
set output '{path}'
set bmargin 4
set style data histogram
set style histogram clustered gap 1
set style fill solid 0.85 noborder
set boxwidth 0.9
set logscale y
set yrange [5:*]
set grid y lc rgb '#dddddd'
set key top left
set ylabel 'milliseconds an image (logarithmic)'
plot $figures using 2:xtic(1) title 'floor: bare convolutions and norms' lc rgb '#b0b0b0', \\
     '' using 3 title 'dldetect' lc rgb '#1f77b4', '' using 4 title 'PyTorch, fastest setting' lc rgb '#ff7f0e'
"""
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("report", type=Path)
    parser.add_argument("--document", type=Path, default=Path("docs/performance.md"))
    options = parser.parse_args()
    report = json.loads(options.report.read_text())
    text = options.document.read_text()
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    options.document.write_text(f"{before}{BEGIN}\n{figures(report)}\n{END}{after}")
    compared = [each for each in report["results"] if "pytorch" in each]
    if compared:
        chart(compared, options.document.parent / "pictures/speed.png")


if __name__ == "__main__":
    main()
