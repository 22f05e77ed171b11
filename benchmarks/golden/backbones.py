"""Writes what torchvision's and timm's networks count and give: the other side of our backbones.

    python benchmarks/golden/backbones.py > Tests/ExecutionTests/golden/backbones.json

Two lists. "counts": trained numbers, and multiply-adds at 224 x 224, of networks at full size without
their classifiers. "cases": networks of the same code at small width and depth, run in float64 and
training form (norms by the batch) on parameters and inputs of the counter formula (counter.py) under
our names; features and the gradients of input and parameters are kept as digests. The incoming
gradients are counter tensors named "gradient of c2" and so on.

Needs torchvision, timm and NumPy.
"""

import dataclasses
import functools
import json
import re

import numpy as np
import timm
import torch
import torchvision
from counter import counter_tensor, counter_values, digest
from timm.models import byobnet, cspnet, efficientnet
from timm.models import resnet as timm_resnet
from torch import nn
from torchvision.models import densenet, mobilenetv2, mobilenetv3, vgg

TORCHVISION = "torchvision " + torchvision.__version__.split("+")[0]
TIMM = "timm " + timm.__version__
SIZE, BATCH = 64, 2


# Our names of their parameters: (pattern, replacement) in a row.

COMMON = [(r"\.(conv|norm)\.(\d)", r".\1\2")]
RESNET = [
    (r"^conv1\.", "stem.conv."),
    (r"^bn1\.", "stem.norm."),
    (r"^layer", "stage"),
    (r"\.conv(\d)\.", r".conv\1.conv."),
    (r"\.bn(\d)\.", r".conv\1.norm."),
    (r"downsample\.0", "shortcut.conv"),
    (r"downsample\.1", "shortcut.norm"),
]
DARKNET = [
    (r"^stem\.conv1\.", "stem."),
    (r"^stages\.(\d+)", lambda match: f"stage{int(match[1]) + 1}"),
    (r"\.conv_down\.", ".down."),
    (r"\.blocks\.(\d+)", r".\1"),
    (r"\.bn\.", ".norm."),
]
CSP = DARKNET + [
    (r"^(stage\d)\.(\d)", r"\1.csp.\2"),
    (r"\.conv_exp\.", ".csp.halves."),
    (r"\.conv_transition\.", ".csp.join."),
]
MOBILE_V1 = [
    (r"^conv_stem\.", "stem.conv."),
    (r"^bn1\.", "stem.norm."),
    (r"^blocks\.(\d+)", lambda match: f"stage{int(match[1]) + 1}"),
    (r"\.conv_dw\.", ".depthwise.conv."),
    (r"\.bn1\.", ".depthwise.norm."),
    (r"\.conv_pw\.", ".pointwise.conv."),
    (r"\.bn2\.", ".pointwise.norm."),
]
REPVGG = [
    (r"^stages\.(\d+)", lambda match: f"stage{int(match[1]) + 1}"),
    (r"conv_kxk\.", "conv3."),
    (r"conv_1x1\.", "conv1."),
    (r"\.bn\.", ".norm."),
]
DENSE = [
    (r"^conv0\.", "stem.conv."),
    (r"^norm0\.", "stem.norm."),
    (r"^norm5\.", "stage4.norm."),
    (r"^denseblock(\d)\.denselayer(\d+)", lambda match: f"stage{match[1]}.{int(match[2]) - 1}"),
    (r"^transition(\d)", lambda match: f"stage{int(match[1]) + 1}.transition"),
]


def by_rules(rules):
    def names(model):
        for name, _ in model.named_parameters():
            ours = name
            for pattern, replacement in rules:
                ours = re.sub(pattern, replacement, ours)
            yield name, ours

    return names


def mobile_names(rows):
    """torchvision numbers blocks through; ours are in rows of the table."""
    places = [(row, block) for row, count in enumerate(rows) for block in range(count)]

    def names(model):
        for name, _ in model.named_parameters():
            index, rest = name.split(".", 1)
            index = int(index)
            if index == 0 or index > len(places):
                part = ["conv", "norm"][int(rest.split(".")[0])]
                yield name, f"{'stem' if index == 0 else 'head'}.{part}.{rest.split('.')[1]}"
                continue
            row, block = places[index - 1]
            yield name, f"stage{row + 1}.{block}.{mobile_part(model[index], rest)}"

    return names


def mobile_part(block, rest):
    """Of a name inside an inverted residual block: version 2 or 3."""
    layers = block.conv if hasattr(block, "conv") else block.block
    labels = {}
    for index, layer in enumerate(layers):
        if isinstance(layer, nn.Sequential):
            depthwise = layer[0].groups > 1
            kind = "depthwise" if depthwise else "expand" if index == 0 else "project"
            labels |= {f"{index}.0": f"{kind}.conv", f"{index}.1": f"{kind}.norm"}
        elif isinstance(layer, nn.Conv2d):
            labels[f"{index}"] = "project.conv"
        elif isinstance(layer, nn.BatchNorm2d):
            labels[f"{index}"] = "project.norm"
        else:
            labels |= {f"{index}.fc1": "se.squeeze", f"{index}.fc2": "se.excite"}
    _, path = rest.split(".", 1)
    place, kind = path.rsplit(".", 1)
    return f"{labels[place]}.{kind}"


def vgg_names(model):
    """torchvision counts layers through; ours are in stages between pools."""
    names, stage, layer = {}, 1, -1
    for index, module in enumerate(model):
        if isinstance(module, nn.MaxPool2d):
            stage, layer = stage + 1, -1
        elif isinstance(module, nn.Conv2d):
            layer += 1
            names[index] = f"stage{stage}.{layer}.conv"
        elif isinstance(module, nn.BatchNorm2d):
            names[index] = f"stage{stage}.{layer}.norm"
    for name, _ in model.named_parameters():
        index, kind = name.split(".")
        yield name, f"{names[int(index)]}.{kind}"


# Their networks without classifiers.


def headless(model):
    """A torchvision ResNet or a timm network whose classifier is left out."""
    for name in ("fc", "classifier", "head"):
        if hasattr(model, name):
            setattr(model, name, nn.Identity())
    return model


def resnet(block, layers, channels, **options):
    return headless(timm_resnet.ResNet(block, layers, channels=channels, **options))


def vgg_features(depths, widths, norm):
    plan = []
    for depth, width in zip(depths, widths):
        plan += [width] * depth + ["M"]
    features = vgg.make_layers(plan, batch_norm=norm)
    for layer in features:
        # A norm takes a bias out again; ours has none.
        if norm and isinstance(layer, nn.Conv2d):
            layer.bias = None
    return features


def dense_features(model):
    model.features.add_module("relu5", nn.ReLU())
    return model.features


def csp(config):
    return headless(cspnet.CspNet(config))


def cs3(*scale):
    """As in YOLOv5 and YOLOX: the strided convolution widens, not the one behind it."""
    config = cspnet._cs3_cfg(*scale, focus=True)
    return csp(dataclasses.replace(
        config, stages=dataclasses.replace(config.stages, down_growth=True)))


def darknet(depths, widths):
    # 0.1 in single precision is ours.
    slope = functools.partial(
        nn.LeakyReLU, negative_slope=torch.tensor(0.1).double().item())
    stages = cspnet.CspStagesCfg(
        depth=depths, out_chs=widths, stride=(2,), bottle_ratio=(0.5,), block_ratio=(1.0,),
        stage_type="dark", block_type="dark")
    stem = cspnet.CspStemCfg(out_chs=widths[0] // 2, kernel_size=3, stride=1, pool="")
    return csp(cspnet.CspModelCfg(stem=stem, stages=stages, act_layer=slope))


def repvgg(depths, factors, stem):
    return headless(
        byobnet.ByobNet(
            byobnet.ByoModelCfg(
                blocks=byobnet._rep_vgg_bcfg(d=depths, wf=factors), stem_type="rep",
                stem_chs=stem)))


def mobile_v1(width):
    return headless(efficientnet._gen_mobilenet_v1("mobilenetv1_100", channel_multiplier=width))


def mobile_v2(width):
    return mobilenetv2.MobileNetV2(width_mult=width).features


class HardSigmoid(nn.Module):
    """nn.Hardsigmoid's gradient has the 1/6 of a 32-bit float, in float64 too."""

    def forward(self, x):
        return (x + 3).clamp(0, 6) / 6


def mobile_v3(kind, width):
    model = mobilenetv3.MobileNetV3(
        *mobilenetv3._mobilenet_v3_conf(f"mobilenet_v3_{kind}", width_mult=width)).features
    for module in list(model.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.Hardsigmoid):
                setattr(module, name, HardSigmoid())
    return model


def full(name):
    """A torchvision network of that name."""
    return headless(getattr(torchvision.models, name)())


# Ours, theirs, the program.
COUNTS = [
    *[({"type": name}, lambda name=name: full(name), TORCHVISION)
      for name in ("resnet18", "resnet34", "resnet50", "resnet101")],
    ({"type": "resnext50"}, lambda: full("resnext50_32x4d"), TORCHVISION),
    ({"type": "resnext101"}, lambda: full("resnext101_32x8d"), TORCHVISION),
    ({"type": "mobilenetV1"}, lambda: mobile_v1(1.0), TIMM),
    ({"type": "mobilenetV2", "endsWide": True}, lambda: mobile_v2(1.0), TORCHVISION),
    ({"type": "mobilenetV3Small", "endsWide": True}, lambda: mobile_v3("small", 1.0), TORCHVISION),
    ({"type": "mobilenetV3Large", "endsWide": True}, lambda: mobile_v3("large", 1.0), TORCHVISION),
    ({"type": "darknet53"}, lambda: headless(timm.create_model("darknet53")), TIMM),
    ({"type": "cspDarknet", "poolsPyramid": False},
     lambda: cs3(1.0, 1.0), TIMM),
    *[({"type": name, "hasNorm": False}, lambda name=name: full(name).features, TORCHVISION)
      for name in ("vgg11", "vgg13", "vgg16", "vgg19")],
    *[({"type": name}, lambda name=name: full(name).features, TORCHVISION)
      for name in ("densenet121", "densenet169", "densenet201")],
    *[({"type": "repvgg" + kind.upper()},
       lambda kind=kind: headless(timm.create_model("repvgg_" + kind)), TIMM)
      for kind in ("a0", "a1", "a2", "b0")],
]

MOBILE_V2_ROWS = [1, 2, 3, 4, 3, 3, 1]
SMALL_WIDTHS, SMALL_DEPTHS = [8, 8, 16, 16, 24], [1, 1, 2, 1, 2]
SMALL_SCALE = {"width": 0.25}

# Ours, theirs, the program, our names, modules that give the features.
CASES = [
    ({"type": "resnet18", "depths": [2, 1, 1, 1], "widths": [8, 16, 24, 32]},
     lambda: resnet(timm_resnet.BasicBlock, (2, 1, 1, 1), (8, 16, 24, 32)), TIMM,
     by_rules(RESNET), ["layer1", "layer2", "layer3", "layer4"]),
    ({"type": "resnet50", "depths": [1, 2, 1, 1], "widths": [16, 32, 48, 64]},
     lambda: resnet(timm_resnet.Bottleneck, (1, 2, 1, 1), (4, 8, 12, 16)), TIMM,
     by_rules(RESNET), ["layer1", "layer2", "layer3", "layer4"]),
    ({"type": "resnext50", "depths": [1, 1, 2, 1], "widths": [16, 32, 48, 64], "groups": 4},
     lambda: resnet(timm_resnet.Bottleneck, (1, 1, 2, 1), (4, 8, 12, 16), cardinality=4,
                    base_width=32), TIMM,
     by_rules(RESNET), ["layer1", "layer2", "layer3", "layer4"]),
    ({"type": "mobilenetV1", "scale": SMALL_SCALE}, lambda: mobile_v1(0.25), TIMM,
     by_rules(MOBILE_V1), ["blocks.1", "blocks.2", "blocks.3", "blocks.4"]),
    ({"type": "mobilenetV2", "scale": SMALL_SCALE}, lambda: mobile_v2(0.25)[:-1], TORCHVISION,
     mobile_names(MOBILE_V2_ROWS), ["3", "6", "13", "17"]),
    ({"type": "mobilenetV3Small", "endsWide": True, "scale": SMALL_SCALE},
     lambda: mobile_v3("small", 0.25), TORCHVISION,
     mobile_names([1] * 11), ["1", "3", "8", "12"]),
    ({"type": "mobilenetV3Large", "endsWide": True, "scale": SMALL_SCALE},
     lambda: mobile_v3("large", 0.25), TORCHVISION,
     mobile_names([1] * 15), ["3", "6", "12", "16"]),
    ({"type": "darknet53", "stem": 4, "widths": [8, 16, 24, 32, 40], "depths": [1, 2, 1, 1, 1]},
     lambda: darknet((1, 2, 1, 1, 1), (8, 16, 24, 32, 40)), TIMM,
     by_rules(DARKNET), ["stages.1", "stages.2", "stages.3", "stages.4"]),
    ({"type": "cspDarknet", "poolsPyramid": False, "scale": {"width": 0.125, "depth": 0.34}},
     lambda: cs3(0.125, 0.34), TIMM,
     by_rules(CSP), ["stages.0", "stages.1", "stages.2", "stages.3"]),
    ({"type": "vgg16", "hasNorm": False, "widths": SMALL_WIDTHS, "depths": SMALL_DEPTHS},
     lambda: vgg_features(SMALL_DEPTHS, SMALL_WIDTHS, False), TORCHVISION,
     vgg_names, ["9", "12", "17", "18"]),
    ({"type": "vgg16", "widths": SMALL_WIDTHS, "depths": SMALL_DEPTHS},
     lambda: vgg_features(SMALL_DEPTHS, SMALL_WIDTHS, True), TORCHVISION,
     vgg_names, ["13", "17", "24", "25"]),
    ({"type": "densenet121", "stem": 8, "growth": 4, "depths": [2, 1, 3, 2]},
     lambda: dense_features(densenet.DenseNet(4, (2, 1, 3, 2), 8)), TORCHVISION,
     by_rules(DENSE), ["denseblock1", "denseblock2", "denseblock3", "relu5"]),
    ({"type": "repvggA0", "stem": 8, "widths": [8, 16, 32, 64], "depths": [1, 2, 1, 1]},
     lambda: repvgg((1, 2, 1, 1), (0.125,) * 4, 8), TIMM,
     by_rules(REPVGG), ["stages.0", "stages.1", "stages.2", "stages.3"]),
]


def short(tensor):
    """A digest of twelve digits."""
    full = digest(tensor, first=1)
    numbers = {key: float(f"{full[key]:.12g}") for key in ("sum", "dot")}
    return {**full, **numbers, "first": [float(f"{each:.12g}") for each in full["first"]]}


def count(settings, make, program):
    model = make().eval()
    multiply_adds = []

    def add(module, _, output):
        multiply_adds.append(output[0].numel() * module.weight[0].numel())

    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            module.register_forward_hook(add)
    with torch.no_grad():
        model(torch.zeros(1, 3, 224, 224))
    return {
        "settings": json.dumps(settings), "program": program,
        "parameters": sum(each.numel() for each in model.parameters()),
        "multiplyAdds": sum(multiply_adds),
    }


def counter_parameter(ours, shape):
    """A convolution of ours may be one half of theirs."""
    if ".halves." in ours:
        half = [shape[0] // 2, *shape[1:]]
        return torch.cat(
            [counter_tensor(ours.replace("halves", each), half) for each in ("main", "bypass")])
    return counter_tensor(ours, list(shape))


def gradients(ours, gradient):
    if ".halves." in ours:
        for each, half in zip(("main", "bypass"), gradient.chunk(2)):
            yield {"name": ours.replace("halves", each), **short(half)}
    else:
        yield {"name": ours, **short(gradient)}


def case(settings, make, program, names, modules):
    model = make().double().train()
    norms = [each for each in model.modules() if isinstance(each, nn.BatchNorm2d)]
    epsilon = norms[0].eps if norms else 1e-5
    for norm in norms:
        norm.eps = float(np.float32(epsilon))  # ours are 32-bit floats
    ours = {theirs: "backbone." + name for theirs, name in names(model)}
    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(counter_parameter(ours[name], parameter.shape))
    features = {}
    for name in modules:
        model.get_submodule(name).register_forward_hook(
            lambda module, _, output, name=name: features.update({name: output}))
    image = counter_values("image", [BATCH, 3, SIZE, SIZE]).requires_grad_()
    model(image)
    values = [features[name] for name in modules]
    torch.autograd.backward(
        values,
        [counter_values(f"gradient of c{level + 2}", value.shape)
         for level, value in enumerate(values)])
    return {
        "settings": json.dumps(settings), "program": program, "batch": BATCH, "input": [3, SIZE, SIZE],
        "epsilon": epsilon,
        "features": [short(value) for value in values],
        "inputGradient": short(image.grad),
        "gradients": [
            each for name, parameter in parameters.items()
            for each in gradients(ours[name], parameter.grad)
        ],
    }


def lines(entries):
    return ",\n".join(json.dumps(each) for each in entries)


def main():
    print('{"counts": [')
    print(lines(count(*each) for each in COUNTS))
    print('], "cases": [')
    print(lines(case(*each) for each in CASES))
    print("]}")


if __name__ == "__main__":
    main()
