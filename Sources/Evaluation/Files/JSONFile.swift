import Foundation

/// Writes JSON documents, naming the entry that is at fault.
enum JSONFile {
  static func write(_ document: some Encodable, to file: String) throws(EvaluationError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      try encoder.encode(document).write(to: URL(fileURLWithPath: file))
    } catch EncodingError.invalidValue(_, let context) {
      throw .notFinite(file: file, entry: path(context.codingPath))
    } catch {
      throw .unwritable(file: file, reason: reason(of: error))
    }
  }

  /// `annotations[3].bbox`
  private static func path(_ keys: [any CodingKey]) -> String {
    keys.reduce(into: "") { text, key in
      if let index = key.intValue {
        text += "[\(index)]"
      } else {
        text += text.isEmpty ? key.stringValue : "." + key.stringValue
      }
    }
  }

  private static func reason(of error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey]
    guard let code = (underlying as? POSIXError)?.code else { return "input or output failed" }
    return String(cString: strerror(code.rawValue)).lowercased()
  }
}
