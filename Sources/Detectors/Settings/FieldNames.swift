/// What the field calls the things that settings name, by the letters and digits of the name.
///
/// Short names and those of well-known networks, which no spelling comes near to.
enum FieldNames {
  private static let ours: [(names: [String], candidates: [String])] = [
    (["fasterrcnn", "maskrcnn", "rcnn", "frcnn"], ["faster-resnet18", "twoStage"]),
    (["retinanet", "retina"], ["tiny-retina", "anchor"]),
    (["yolox", "yolov4", "yolov5", "yolov8", "yolo"], ["nano", "cspDarknet", "point"]),
    (["yolov3"], ["yolo-darknet53-spp", "darknet53"]),
    (["csp", "cspnet", "c2f", "c3"], ["crossStage"]),
    (["resnet"], ["resnet50"]), (["resnext"], ["resnext50"]),
    (["mobilenet", "mobilenetv3"], ["mobilenetV3Large"]),
    (["densenet"], ["densenet121"]), (["repvgg"], ["repvggA0"]),
    (["fpn"], ["featurePyramid"]), (["pan", "panet", "pafpn"], ["pathAggregation"]),
    (["bifpn", "efficientdet"], ["bidirectionalPyramid"]),
    (["fcos", "anchorfree", "decoupled"], ["point"]), (["ssd", "anchorbased"], ["anchor"]),
    (["deeplab", "atrous"], ["aspp"]), (["yolof"], ["dilated"]), (["rfbnet"], ["rfb"]),
    (["se", "senet", "seblock", "squeezeexcite"], ["squeezeExcitation"]),
    (["sk", "sknet", "skconv"], ["selectiveKernel"]), (["ecanet"], ["eca"]),
    (["mhsa", "nonlocal", "transformer", "botnet"], ["selfAttention"]),
    (["bn", "batchnorm", "syncbn"], ["batch"]), (["gn", "groupnorm"], ["group"]),
    (["ln", "layernorm"], ["layer"]), (["in", "instancenorm"], ["instance"]),
    (["frozenbatchnorm", "frozenbn", "frozen"], ["frozenBatch"]),
    (["brn", "batchrenormalization"], ["batchRenorm"]),
    (["hswish"], ["hardSwish"]), (["hsigmoid"], ["hardSigmoid"]),
    (["leaky", "lrelu"], ["leakyReLU"]), (["none", "linear"], ["identity"]),
    (["quickgelu"], ["geluSigmoid"]),
    (["stochasticdepth", "droppaths"], ["dropPath"]),
    (["dropout2d", "spatialdropout"], ["channelDropout"]),
    (["ce", "softmax"], ["crossEntropy"]), (["binarycrossentropy", "sigmoid"], ["bce"]),
    (["qfl", "qualityfocal", "gfl"], ["quality"]), (["vfl"], ["varifocal"]),
    (["focalloss", "sigmoidfocal"], ["focal"]), (["dice", "jaccard"], ["tversky"]),
    (["huber"], ["smoothL1"]), (["mae"], ["l1"]),
    (["tal", "tood", "taskalignedassigner"], ["taskAligned"]),
    (["ota"], ["simOTA"]), (["iou", "maxiouassigner"], ["maxIoU"]),
    (["deconvolution", "deconv", "convtranspose"], ["transposed"]),
    (["upsample"], ["nearest"]),
    (["he", "kaiming", "kaimingnormal"], ["heNormal"]), (["kaiminguniform"], ["heUniform"]),
    (["xavier", "glorot"], ["xavierUniform"]),
    (["roialign"], ["align"]), (["roipool", "roipooling", "max"], ["maximum"]),
  ]

  /// Of the valid names the one that is meant by a name of the field.
  static func valid(for name: String, in valid: [String]) -> String? {
    let letters = name.lowercased().filter { $0.isLetter || $0.isNumber }
    return ours.first {
      $0.names.contains(letters) && $0.candidates.contains(where: valid.contains)
    }?
    .candidates.first(where: valid.contains)
  }
}
