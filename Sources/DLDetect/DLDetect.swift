// What an application needs to load a model and detect, to trace layers and run them, and to minimise
// functions of its own: `import DLDetect`.

@_exported import Boxes
@_exported import Detectors
@_exported import Execution
@_exported import Images
@_exported import Networks

@_exported import struct Training.LimitedMemoryBFGS
