import Foundation

/// Reads and writes JSON documents, naming the entry that is at fault.
enum JSONFile {
  static func read<Document: Decodable>(
    _ type: Document.Type, from file: String
  ) throws(EvaluationError) -> Document {
    let data = try contents(of: file)
    let decoder = JSONDecoder()
    do {
      return try decoder.decode(type, from: data)
    } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
      throw syntaxError(type, in: data, of: file, context)
    } catch let error as DecodingError {
      throw EvaluationError(error, file: file)
    } catch {
      throw .notJSON(file: file, reason: "cannot be decoded")
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

  /// Python writes NaN and Infinity, which JSON does not have but JSON5 does: a second reading
  /// finds out which entry holds them.
  private static func syntaxError<Document: Decodable>(
    _ type: Document.Type, in data: Data, of file: String, _ context: DecodingError.Context
  ) -> EvaluationError {
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    do {
      _ = try decoder.decode(type, from: data)
    } catch DecodingError.dataCorrupted(let second) where !second.codingPath.isEmpty {
      return .notFinite(file: file, entry: path(second.codingPath))
    } catch {}
    let detail = (context.underlyingError as? NSError)?.userInfo[NSDebugDescriptionErrorKey]
    return .notJSON(file: file, reason: detail as? String ?? context.debugDescription)
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
      self = .notFinite(file: file, entry: JSONFile.path(context.codingPath))
    @unknown default:
      self = .notJSON(file: file, reason: "cannot be decoded")
    }
  }
}
