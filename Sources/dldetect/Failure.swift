import Anchors
import ArgumentParser
import Datasets
import Detectors
import Evaluation
import Execution
import Explanations
import Foundation
import Images
import Training

/// The documented exit codes (those of sysexits.h, and 128 + SIGINT).
enum ExitStatus: Int32 {
  /// A condition holds under which a check was to fail.
  case conditionHolds = 1
  case usage = 64
  case brokenData = 65
  case notFound = 66
  case internalError = 70
  case cannotCreate = 73
  case inputOutput = 74
  case interrupted = 130
}

/// What goes wrong in a command itself.
enum CommandError: Error {
  case sourceNotFound(path: String)
  case noPictures(path: String)
  case wrongUsage(reason: String)
  /// Some of several sources failed and were listed; the worse status of them.
  case someFailed(status: ExitStatus)
  case cannotCreate(path: String, reason: String)

  /// With what the system said last.
  static func cannotCreate(path: String) -> CommandError {
    .cannotCreate(path: path, reason: String(cString: strerror(errno)).lowercased())
  }

  var line: String? {
    switch self {
    case .sourceNotFound(let path): "\(path): no such picture, folder or glob"
    case .noPictures(let path): "\(path) holds no pictures (jpg, png, bmp, tif, webp)"
    case .wrongUsage(let reason): reason
    case .someFailed: nil
    case .cannotCreate(let path, let reason): "\(path) cannot be written: \(reason)"
    }
  }
}

/// Any error as one line and an exit code: the one place that knows both.
struct Failure {
  var status: ExitStatus
  /// Nil where everything has been said.
  var line: String?

  private init(_ status: ExitStatus, _ line: String?) {
    self.status = status
    self.line = line
  }

  init(_ error: any Error) {
    switch error {
    case let error as CommandError:
      self.init(Failure.status(error), error.line)
    case let error as TrainingError:
      self.init(Failure.status(error), error.description)
    case let error as DatasetError:
      self.init(
        ExitStatus(rawValue: Int32(error.category.rawValue)) ?? .brokenData, error.description)
    case let error as ImageError:
      self.init(Failure.status(error), error.description)
    case let error as EvaluationError:
      self.init(Failure.status(error), error.description)
    case let error as SettingsError:
      self.init(Failure.status(error), error.description)
    case let error as WeightsError:
      self.init(Failure.status(error), error.description)
    case let error as ExplanationError:
      self.init(Failure.status(error), error.description)
    case let error as AnchorError:
      self.init(.usage, error.description)
    case let error as ExecutionError:
      self.init(Failure.status(error), "\(error)")
    default:
      self.init(other: error)
    }
  }

  /// ArgumentParser's, and what has no type of ours.
  private init(other error: any Error) {
    let isUsage = RootCommand.exitCode(for: error) == .validationFailure
    let text = RootCommand.message(for: error).split(separator: "\n").joined(separator: " ")
    self.init(
      isUsage ? .usage : .internalError, isUsage ? "\(text) (see dldetect --help)" : text)
  }

  private static func status(_ error: CommandError) -> ExitStatus {
    switch error {
    case .sourceNotFound, .noPictures: .notFound
    case .wrongUsage: .usage
    case .someFailed(let status): status
    case .cannotCreate: .cannotCreate
    }
  }

  private static func status(_ error: TrainingError) -> ExitStatus {
    switch error {
    case .unknownSetting, .invalidSetting, .impossibleSetting, .malformedRecipe, .settingIsFixed,
      .timeTooShort, .memoryTooSmall, .memoryTooLarge, .foldsDiffer, .unmatchedPattern,
      .everythingFrozen, .noFigure:
      .usage
    case .recipeNotFound, .noCheckpoint, .noMetrics: .notFound
    case .damagedCheckpoint, .noTargets, .dataChanged: .brokenData
    case .folderNotEmpty, .cannotCreate: .cannotCreate
    case .writeFailed, .readFailed: .inputOutput
    case .nonFinite: .internalError
    case .interrupted: .interrupted
    }
  }

  private static func status(_ error: ImageError) -> ExitStatus {
    switch error {
    case .notFound: .notFound
    case .unreadable, .damaged, .sixteenBits, .otherChannels, .otherDepth: .brokenData
    case .writeFailed: .inputOutput
    case .outOfMemory, .invalidArgument: .internalError
    }
  }

  private static func status(_ error: SettingsError) -> ExitStatus {
    if case .unreadable = error { return .notFound }
    return .usage
  }

  private static func status(_ error: EvaluationError) -> ExitStatus {
    switch error {
    case .notFound: .notFound
    case .unreadable, .unwritable: .inputOutput
    default: .brokenData
    }
  }

  private static func status(_ error: WeightsError) -> ExitStatus {
    switch error {
    case .notFound: .notFound
    case .unreadable, .diskFull, .writeFailed: .inputOutput
    case .malformed, .notADetector, .otherModel: .brokenData
    }
  }

  private static func status(_ error: ExplanationError) -> ExitStatus {
    switch error {
    case .otherSize: .brokenData
    case .pictureNotFound: .notFound
    case .severalPictures: .usage
    }
  }

  private static func status(_ error: ExecutionError) -> ExitStatus {
    if case .unsupportedPrecision = error { return .usage }
    return .internalError
  }
}
