import Foundation

/// Reads and writes JSON documents, naming the entry that is at fault.
enum JSONFile {
  static func read<Document: Decodable>(
    _ type: Document.Type, from file: String
  ) throws(EvaluationError) -> Document {
    let data = try contents(of: file)
    do {
      return try decode(type, from: data)
    } catch DecodingError.dataCorrupted {
      throw syntaxError(in: data, of: file)
    } catch let error as DecodingError {
      throw EvaluationError(error, file: file)
    } catch {
      throw .notJSON(file: file, reason: "cannot be decoded")
    }
  }

  /// Python writes NaN and Infinity, which JSON does not have but JSON5 does: where they occur they
  /// are let through, so that the caller can say which entry holds one.
  private static func decode<Document: Decodable>(
    _ type: Document.Type, from data: Data
  ) throws -> Document {
    let decoder = JSONDecoder()
    do {
      return try decoder.decode(type, from: data)
    } catch DecodingError.dataCorrupted(let context) {
      let literals = ["NaN", "Infinity"].map { Data($0.utf8) }
      decoder.allowsJSON5 = literals.contains { data.range(of: $0) != nil }
      guard decoder.allowsJSON5 else { throw DecodingError.dataCorrupted(context) }
      return try decoder.decode(type, from: data)
    }
  }

  static func write(_ document: some Encodable, to file: String) throws(EvaluationError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      try encoder.encode(document).write(to: URL(fileURLWithPath: file), options: .atomic)
    } catch EncodingError.invalidValue(_, let context) {
      throw .notFinite(file: file, entry: path(context.codingPath))
    } catch {
      throw .unwritable(file: file, reason: reason(of: error))
    }
  }

  /// `annotations[3].bbox`
  static func path(_ keys: [any CodingKey]) -> String {
    keys.reduce(into: "") { text, key in
      if let index = key.intValue {
        text += "[\(index)]"
      } else {
        text += text.isEmpty ? key.stringValue : "." + key.stringValue
      }
    }
  }

  private static func contents(of file: String) throws(EvaluationError) -> Data {
    do {
      return try Data(contentsOf: URL(fileURLWithPath: file))
    } catch CocoaError.fileReadNoSuchFile {
      throw .notFound(file: file)
    } catch {
      throw .unreadable(file: file, reason: reason(of: error))
    }
  }

  /// The decoder does not say what is wrong, the older parser does; what that one takes has a
  /// fraction where an id should be.
  private static func syntaxError(in data: Data, of file: String) -> EvaluationError {
    do {
      _ = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
      return .wrongType(file: file, entry: "a number")
    } catch {
      let reason = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String
      return .notJSON(file: file, reason: (reason ?? "no reason given").lowercased())
    }
  }

  private static func reason(of error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey]
    guard let code = (underlying as? POSIXError)?.code else { return "input or output failed" }
    return String(cString: strerror(code.rawValue)).lowercased()
  }
}

extension EvaluationError {
  fileprivate init(_ error: DecodingError, file: String) {
    switch error {
    case .keyNotFound(let key, let context):
      let entry = JSONFile.path(context.codingPath)
      self = .missingKey(
        file: file, entry: entry.isEmpty ? "the document" : entry, key: key.stringValue)
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      let entry = JSONFile.path(context.codingPath)
      self = .wrongType(file: file, entry: entry.isEmpty ? "the document" : entry)
    case .dataCorrupted(let context):
      self = .notJSON(file: file, reason: context.debugDescription)
    @unknown default:
      self = .notJSON(file: file, reason: "cannot be decoded")
    }
  }
}
