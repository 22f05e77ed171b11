import ArgumentParser
import Foundation

// Written out instead of `Root.main()`: every failure becomes one line and one of the documented
// exit codes.
do {
  let arguments = Array(CommandLine.arguments.dropFirst())
  try RootCommand.checkName(arguments)
  var command = try RootCommand.parseAsRoot(arguments)
  try command.run()
} catch {
  if RootCommand.exitCode(for: error) == .success { RootCommand.exit(withError: error) }
  let failure = Failure(error)
  if let line = failure.line { Messages.error(line) }
  exit(failure.status.rawValue)
}
