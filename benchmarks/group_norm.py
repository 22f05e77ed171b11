"""Times group norm, forward and backward, in our kernels and in PyTorch, one after the other.

    python benchmarks/group_norm.py [--threads 2] [--bf16]

Our kernels (CBridge/kernels/group_norm.cpp) are compiled into a library and called through their C
interface; what Swift does after the backward one, summing a number for each channel of each picture
over pictures, NumPy does here. PyTorch gets contiguous and channels-last tensors; the faster counts.
Times are medians of 100 runs that take turns. Needs PyTorch, NumPy, clang++ (with multiversioning)
and oneDNN.
"""

import argparse
import ctypes
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

ROOT = Path(__file__).resolve().parent.parent
SHAPES = [(16, 64, 80, 80), (16, 128, 40, 40), (16, 256, 20, 20), (2, 256, 80, 80)]
CHANNELS_OF_A_GROUP = 16
EPSILON = 1e-5


class View(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("image_stride", ctypes.c_size_t)]


class Extent(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int) for name in ("batch", "blocks", "height", "width", "type")]


class Activation(ctypes.Structure):
    _fields_ = [("function", ctypes.c_int), ("number", ctypes.c_float), ("learned", ctypes.c_void_p)]


class Vectors(ctypes.Structure):
    NAMES = ("scale", "shift", "mean", "inverse_deviation", "by_x", "constant")
    _fields_ = [("stride", ctypes.c_size_t), *((name, ctypes.c_void_p) for name in NAMES)]


class GroupNorm(ctypes.Structure):
    _fields_ = [
        ("channels", ctypes.c_int), ("groups", ctypes.c_int), ("epsilon", ctypes.c_float),
        ("weight", ctypes.c_void_p), ("bias", ctypes.c_void_p),
    ]


def library():
    bridge = ROOT / "CBridge"
    target = Path(tempfile.mkdtemp()) / "kernels.so"
    sources = [bridge / f"kernels/{name}.cpp" for name in ("group_norm", "norm_tiles", "norm")]
    names = "convolution", "convolution_form"
    sources += [bridge / f"engine/{name}.cpp" for name in names]
    sources += [bridge / f"kernels/{name}.cpp" for name in ("depthwise", "direct")]
    subprocess.run(
        ["clang++", "-std=c++20", "-O2", "-fPIC", "-shared", "-w", "-o", target, *sources,
         f"-I{bridge}", f"-I{bridge}/include", f"-I{bridge}/system", "-ldnnl", "-lgomp"],
        check=True)
    loaded = ctypes.CDLL(str(target))
    loaded.cb_reduction_scratch.restype = ctypes.c_size_t
    return loaded


class Ours:
    """One value and its gradient, blocked, and the vectors of a norm."""

    def __init__(self, kernels, shape, brain):
        batch, channels, height, width = shape
        self.kernels, self.shape = kernels, shape
        block = kernels.cb_channel_block()
        self.extent = Extent(batch, channels // block, height, width, int(brain))
        size, self.item = batch * channels * height * width, 2 if brain else 4
        generator = np.random.default_rng(0)
        values = generator.standard_normal(size, dtype=np.float32)
        if brain:
            values = (values.view(np.uint32) >> 16).astype(np.uint16)
        self.x, self.dy = values, values[::-1].copy()
        self.y, self.dx = np.empty_like(values), np.empty_like(values)
        self.held = {name: np.zeros((batch, channels), np.float32) for name in Vectors.NAMES}
        self.vectors = Vectors(channels, *(self.held[name].ctypes.data for name in Vectors.NAMES))
        self.scratch = np.zeros(kernels.cb_reduction_scratch(self.extent), np.float32)
        self.gamma, self.beta = np.ones(channels, np.float32), np.zeros(channels, np.float32)
        self.norm = GroupNorm(
            channels, channels // CHANNELS_OF_A_GROUP, EPSILON, self.gamma.ctypes.data,
            self.beta.ctypes.data)
        self.sums, self.products = (np.zeros((batch, channels), np.float32) for _ in range(2))

    def view(self, values):
        _, channels, height, width = self.shape
        return View(values.ctypes.data, channels * height * width)

    def call(self, name, views, extra):
        pointers = (ctypes.c_void_p(each.ctypes.data) for each in extra)
        getattr(self.kernels, name)(
            self.extent, self.norm, self.vectors, Activation(0, 0, None), *views, *pointers)

    def forward(self):
        none = View(None, 0)
        views = self.view(self.x), none, none, self.view(self.y), none
        self.call("cb_group_norm_forward", views, (self.scratch,))

    def backward(self):
        none = View(None, 0)
        views = self.view(self.x), self.view(self.dy), none, none, self.view(self.dx), none
        self.call("cb_group_norm_backward", views, (self.sums, self.products, self.scratch))
        self.gamma_gradient, self.beta_gradient = self.products.sum(0), self.sums.sum(0)

    def plain(self, values):
        """`[N, C, H, W]` in f32."""
        batch, channels, height, width = self.shape
        block = channels // self.extent.blocks
        if values.dtype == np.uint16:
            values = (values.astype(np.uint32) << 16).view(np.float32)
        blocked = values.reshape(batch, -1, height, width, block)
        return torch.from_numpy(blocked.transpose(0, 1, 4, 2, 3).reshape(self.shape).copy())


class Theirs:
    def __init__(self, ours, layout):
        dtype = torch.bfloat16 if ours.item == 2 else torch.float32
        convert = lambda values: ours.plain(values).to(dtype).contiguous(memory_format=layout)
        self.x, self.dy = convert(ours.x).requires_grad_(), convert(ours.dy)
        channels = ours.shape[1]
        self.groups = channels // CHANNELS_OF_A_GROUP
        self.gamma = torch.ones(channels, dtype=dtype, requires_grad=True)
        self.beta = torch.zeros(channels, dtype=dtype, requires_grad=True)

    def forward(self):
        self.y = F.group_norm(self.x, self.groups, self.gamma, self.beta, EPSILON)

    def backward(self):
        inputs = (self.x, self.gamma, self.beta)
        self.dx, self.gamma_gradient, self.beta_gradient = torch.autograd.grad(
            self.y, inputs, self.dy)


def milliseconds(run):
    start = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - start)


def compare(kernels, shape, brain, rounds=100):
    ours = Ours(kernels, shape, brain)
    layouts = [Theirs(ours, each) for each in (torch.contiguous_format, torch.channels_last)]
    times = {each: ([], []) for each in (ours, *layouts)}
    for index in range(rounds + 2):
        for each, (forward, backward) in times.items():
            taken = milliseconds(each.forward), milliseconds(each.backward)
            if index > 1:
                forward.append(taken[0])
                backward.append(taken[1])
    plain = layouts[0]
    for mine, theirs in (
        (ours.plain(ours.y), plain.y),
        (ours.plain(ours.dx), plain.dx),
        (torch.from_numpy(ours.gamma_gradient), plain.gamma_gradient),
        (torch.from_numpy(ours.beta_gradient), plain.beta_gradient),
    ):
        difference = (mine - theirs.float()).norm() / theirs.float().norm()
        assert difference < (1e-2 if brain else 1e-5), difference
    for place, name in enumerate(("forward", "backward")):
        mine, *theirs = (statistics.median(taken[place]) for taken in times.values())
        print(f"{'×'.join(map(str, shape)):>14} {name:9} ours {mine:7.2f} ms, PyTorch {min(theirs):7.2f} ms, "
              f"{min(theirs) / mine:.2f} times faster")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--bf16", action="store_true", help="instead of f32")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    ctypes.CDLL("libgomp.so.1").omp_set_num_threads(arguments.threads)
    kernels = library()
    for shape in SHAPES:
        compare(kernels, shape, arguments.bf16)


if __name__ == "__main__":
    main()
