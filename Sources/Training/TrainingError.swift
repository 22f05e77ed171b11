import Detectors

/// What can go wrong in a training run that is not the program's own fault.
public enum TrainingError: Error, Equatable, Sendable {
  case unknownSetting(key: String, file: String, line: Int, suggestion: String?)
  /// `place`: a recipe's file and line, or the option.
  case invalidSetting(name: String, value: String, place: String, expected: String)
  /// One that this model does not take; `place` as above.
  case impossibleSetting(place: String, problem: SettingsError)
  case malformedRecipe(file: String, line: Int, problem: String)
  case recipeNotFound(file: String)
  /// A resumed run was asked for something that would change its result.
  case settingIsFixed(name: String, run: String)
  case noCheckpoint(run: String)
  case damagedCheckpoint(folder: String, reason: String)
  case dataChanged(run: String, then: DataFingerprint, now: DataFingerprint)
  case folderNotEmpty(path: String)
  case cannotCreate(path: String, reason: String)
  case writeFailed(path: String, reason: String)
  case readFailed(path: String, reason: String)
  case noTargets(data: String)
  /// A group's pattern is no parameter's name; `nearest`: names it may have meant.
  case unmatchedPattern(pattern: String, nearest: [String])
  case everythingFrozen
  /// A schedule needs a figure that the run will not have.
  case noFigure(setting: String, reason: String)
  /// A folder without the settings and figures of a validated run.
  case noMetrics(run: String)
  /// Runs that are not the folds of one division.
  case foldsDiffer(run: String, problem: String)
  case timeTooShort(minutes: Double, needed: Double)
  /// Not one picture fits. `budget`: in words; `needed`: MiB.
  case memoryTooSmall(budget: String, needed: Int)
  /// MiB.
  case memoryTooLarge(given: Int, available: Int)
  case nonFinite(NonFiniteReport)
  /// A checkpoint was written first.
  case interrupted(run: String)
}

/// What was there when a loss stopped being finite.
public struct NonFiniteReport: Hashable, Sendable {
  public var epoch: Int
  public var step: Int
  public var terms: LossTerms
  public var files: [String]
  /// The first layer whose output or gradient is not finite; nil where all were.
  public var layer: String?
}

extension TrainingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownSetting(let key, let file, let line, let suggestion):
      let hint = suggestion.map { ", did you mean '\($0)'?" } ?? ""
      return "\(file), line \(line): unknown setting '\(key)'\(hint)"
        + " (dldetect train --help lists them all)"
    case .invalidSetting(let name, let value, let place, let expected):
      return "\(place): \(name) is '\(value)', expected \(expected)"
    case .impossibleSetting(let place, let problem):
      return "\(place): \(problem)"
    case .malformedRecipe(let file, let line, let problem):
      return "\(file), line \(line): \(problem)"
    case .recipeNotFound(let file):
      return "recipe not found: \(file)"
    case .settingIsFixed(let name, let run):
      return "\(name) cannot be given with --resume: \(run) continues with its stored settings, "
        + "only --workers, --cache and --cache-folder may change"
    case .noCheckpoint(let run):
      return "\(run) holds no checkpoint to resume from; a run folder has a folder checkpoint/"
    case .damagedCheckpoint(let folder, let reason):
      return "\(folder): no complete checkpoint is left: \(reason)"
    case .folderNotEmpty(let path):
      return "\(path) exists and is not empty; nothing was overwritten, give a new folder"
    default:
      return runDescription
    }
  }

  private var runDescription: String {
    switch self {
    case .dataChanged(let run, let then, let now):
      let differ =
        (then.pictures, then.objects) == (now.pictures, now.objects)
        ? "paths, sizes, classes, boxes or weights differ"
        : "\(then.pictures) pictures and \(then.objects) objects then, \(now.pictures) and "
          + "\(now.objects) now"
      return "\(run) cannot be resumed: its training data changed (\(differ)); bring it back, or "
        + "start a new run with --weights \(run)"
    case .cannotCreate(let path, let reason):
      return "\(path) cannot be created: \(reason)"
    case .writeFailed(let path, let reason):
      return "\(path) could not be written: \(reason); what was there before is intact"
    case .readFailed(let path, let reason):
      return "\(path) could not be read: \(reason)"
    case .noMetrics(let run):
      return "\(run) holds no settings.yaml and metrics.csv with a validated epoch, as a run of "
        + "dldetect train leaves them"
    case .foldsDiffer(let run, let problem):
      return "\(run) \(problem); give runs of different parts of one division"
    case .unmatchedPattern(let pattern, let nearest):
      return "groups: no parameter's name matches '\(pattern)'; there are "
        + "\(nearest.joined(separator: ", ")) (dldetect summary lists all)"
    case .everythingFrozen:
      return "groups: all parameters are frozen, nothing is left to train"
    case .noFigure(let setting, let reason):
      return "\(setting) \(reason)"
    case .noTargets(let data):
      return "\(data): not one object to learn from in the training split"
    case .timeTooShort(let minutes, let needed):
      return "\(minutes) minutes are too short for one epoch, which needs "
        + "\((needed * 10).rounded(.up) / 10) with validation"
    case .memoryTooSmall(let budget, let needed):
      return "memory: \(budget) is too little for batches of one picture, which take \(needed) MiB;"
        + " give more, or a smaller size or cache"
    case .memoryTooLarge(let given, let available):
      return "memory: \(given) MiB is more than the \(available) MiB that are available"
    case .nonFinite(let report):
      return report.description
    case .interrupted(let run):
      return "interrupted; continue with: dldetect train --resume \(run)"
    default:
      preconditionFailure("a case is without a sentence")
    }
  }
}

extension NonFiniteReport: CustomStringConvertible {
  public var description: String {
    let shown = zip(terms.names, terms.values).map { "\($0) \($1)" }.joined(separator: ", ")
    let place = layer.map { "first non-finite: \($0)" } ?? "all layers' values are finite"
    return "the loss is not finite in epoch \(epoch), step \(step) (\(shown)); \(place); "
      + "pictures: \(files.joined(separator: ", "))"
  }
}
