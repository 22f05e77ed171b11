// What an application needs to load a model and detect: `import DLDetect`.

@_exported import Boxes
@_exported import Detectors
@_exported import Images
@_exported import Networks
