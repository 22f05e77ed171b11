/// Draws a report's charts, and says once why there are none.
package struct DrawnCharts {
  private let gnuplot: Gnuplot?
  private let warn: (String) -> Void
  private var hasWarned = false

  /// - Parameter warn: is told, at most once, what is missing.
  package init(path: String? = nil, warn: @escaping (String) -> Void) {
    self.warn = warn
    do {
      gnuplot = try Gnuplot(path: path)
    } catch {
      gnuplot = nil
      hasWarned = true
      warn("\(error)")
    }
  }

  /// A sentence for the report itself where gnuplot is not there.
  package var note: Prose? {
    guard gnuplot == nil else { return nil }
    return "There are no charts: gnuplot was not installed (\(code: "apt install gnuplot-nox"))."
  }

  /// Nil where it could not be drawn.
  package mutating func figure(
    _ name: String, _ plot: some Plot, alternative: String, caption: Prose? = nil
  ) -> Illustration? {
    guard let gnuplot else { return nil }
    do {
      let drawing = try gnuplot.svg(plot)
      return Illustration(name, .svg, drawing, alternative: alternative, caption: caption)
    } catch {
      if !hasWarned { warn("\(error)") }
      hasWarned = true
      return nil
    }
  }
}
