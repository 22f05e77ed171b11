import Yams

/// A model's settings as weights files of earlier versions hold them, under today's keys.
///
/// `backbone.squeezed` and `squeezeReduction`, strides and reduction of squeeze-and-excitation, became
/// `backbone.attention`. What else there is stays for the reader to judge.
package func underPresentKeys(_ yaml: String) -> String {
  guard case .mapping(var model)?? = try? Yams.compose(yaml: yaml),
    case .mapping(var backbone)? = model["backbone"], let squeezed = backbone["squeezed"]
  else { return yaml }
  let isNone = squeezed.sequence?.isEmpty ?? true
  backbone["attention"] = Node([
    (Node("type"), Node(isNone ? "none" : "squeezeExcitation")),
    (Node("after"), squeezed),
  ])
  if !isNone, let reduction = backbone["squeezeReduction"] {
    backbone["attention"]?["reduction"] = reduction
  }
  backbone["squeezed"] = nil
  backbone["squeezeReduction"] = nil
  model["backbone"] = .mapping(backbone)
  return (try? Yams.serialize(node: .mapping(model))) ?? yaml
}
