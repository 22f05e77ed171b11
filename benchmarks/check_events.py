#!/usr/bin/env python3
"""Holds the TensorBoard files of training runs against their metrics.csv, read by TensorBoard itself.

  check_events.py RUN...    run folders: every number of metrics.csv, at its epoch, and nothing else
  check_events.py golden    a header record in base 64, for Tests/TrainingTests/EventsFileTests.swift

Needs tensorboard; TensorFlow and PyTorch are not needed.
"""

import base64
import csv
import io
import pathlib
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.summary.writer.record_writer import RecordWriter

VALIDATED = {f"A{kind}{suffix}" for kind in "PR"
             for suffix in ["", "50", "75", "small", "medium", "large", "1", "10", "100"]}


def tag(column):
    for group in ["train", "val"]:
        if column.startswith(group + "_"):
            return f"{group}/{column[len(group) + 1:]}"
    return ("val/" if column in VALIDATED else "train/") + column


def expected(run):
    """{tag: [(epoch, text)]} of metrics.csv."""
    scalars = {}
    with open(run / "metrics.csv") as file:
        for row in csv.DictReader(file):
            epoch = int(row.pop("epoch"))
            for column, text in row.items():
                if text:
                    scalars.setdefault(tag(column), []).append((epoch, text))
    return scalars


def check(run):
    files = list((run / "tensorboard").iterdir())
    assert len(files) == 1, f"{run}: {len(files)} files"
    events = EventAccumulator(str(run / "tensorboard"), size_guidance={"scalars": 0})
    events.Reload()
    wanted = expected(run)
    found = set(events.Tags()["scalars"])
    assert found == set(wanted), f"{run}: tags differ: {sorted(found ^ set(wanted))}"
    count = 0
    for name, values in wanted.items():
        got = [(scalar.step, scalar.value) for scalar in events.Scalars(name)]
        assert [step for step, _ in got] == [epoch for epoch, _ in values], f"{run}: {name}: {got}"
        for (epoch, text), (_, value) in zip(values, got):
            # Six digits stand in the file; events hold 32-bit floats.
            assert abs(value - float(text)) <= 1e-7 * abs(float(text)), (run, name, epoch, text, value)
            count += 1
    print(f"{run}: {count} values of {len(wanted)} scalars are equal")


def golden():
    data = io.BytesIO()
    event = Event(wall_time=1.5, file_version="brain.Event:2")
    RecordWriter(data).write(event.SerializeToString())
    print(base64.b64encode(data.getvalue()).decode())


if __name__ == "__main__":
    if sys.argv[1:] == ["golden"]:
        golden()
    elif len(sys.argv) < 2:
        sys.exit(__doc__)
    else:
        for folder in sys.argv[1:]:
            check(pathlib.Path(folder))
