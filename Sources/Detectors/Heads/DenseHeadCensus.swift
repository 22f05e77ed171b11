import Execution
import Networks

extension DenseHead {
  package func census(
    _ outputs: HeadOutputs, targets: [[Target]], strides: [Int], classCount: Int
  ) -> [AssignmentCensus] {
    precondition(
      targets.count == outputs.batch, "\(targets.count) lists of targets, batch \(outputs.batch)")
    let layout = layout(outputs, strides)
    let byPredictions = assigner.assigner.needsPredictions
    return mapOnTeam(outputs.batch) { image in
      func gathered(_ kind: Int, _ channels: Int) -> CandidateValues {
        guard byPredictions else { return CandidateValues(channels: 0, layout: layout) }
        return .gathered(outputs, kind: kind, image: image, layout: layout, channels: channels)
      }
      let problem = self.problem(
        gathered(0, classCount), gathered(1, boxChannels), targets[image], layout)
      return assigner.assigner.census(problem)
    }
  }
}
