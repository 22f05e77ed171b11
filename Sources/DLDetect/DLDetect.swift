// What an application needs, by `import DLDetect`: to load a model and detect, to trace networks of its
// own from layers, backbones, necks and heads, to run and train them by losses, optimizers and
// schedules, and to train detectors as the command does. Whole modules, but for the two of which a
// program that trains wants a part.

@_exported import Boxes
@_exported import Detectors
@_exported import Execution
@_exported import Images
@_exported import Networks
@_exported import Training

@_exported import struct Datasets.Augmentation
@_exported import class Datasets.Batch
@_exported import struct Datasets.CanvasSize
@_exported import struct Datasets.DataDescription
@_exported import enum Datasets.DatasetError
@_exported import enum Datasets.SamplerKind
@_exported import struct Datasets.Sampling
@_exported import struct Datasets.ShapesFolder
@_exported import struct Datasets.ShapesGenerator
@_exported import struct Evaluation.CocoMetrics
