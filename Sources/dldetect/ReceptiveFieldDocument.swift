import Explanations
import ReceptiveFields
import Reports

/// All that `rf` says of one network: its report, and what was asked for besides.
struct ReceptiveFieldDocument: Encodable {
  var report: ReceptiveFieldReport
  /// Nil where no assigner was audited.
  var audit: AssignerAudit?
  /// Of measured effective fields; not part of the JSON.
  var heatMaps: [Illustration] = []

  private enum CodingKeys: String, CodingKey { case audit }

  /// The report's keys, and one more for each of the others.
  func encode(to encoder: any Encoder) throws {
    try report.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(audit, forKey: .audit)
  }

  var figures: FieldFigures {
    func assigned(_ group: AssignerAudit.Group) -> FieldFigures.Assigned {
      FieldFigures.Assigned(objects: group.objects, unmatched: group.unmatched)
    }
    return FieldFigures(
      report, assigned: audit.map { assigned($0.all) },
      assignedByClass: audit?.perClass.map(assigned) ?? [])
  }

  var text: String {
    report.text + (audit.map { "\nWhat training's assigner gives each object\n\n" + $0.text } ?? "")
  }
}
