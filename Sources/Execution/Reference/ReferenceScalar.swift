import COpenBLAS
import Foundation

extension Float: ReferenceScalar {
  public static func multiplyMatrices(
    transposeA: Bool, transposeB: Bool, rows: Int, columns: Int, inner: Int, alpha: Float,
    a: UnsafePointer<Float>, strideA: Int, b: UnsafePointer<Float>, strideB: Int, beta: Float,
    c: UnsafeMutablePointer<Float>, strideC: Int
  ) {
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
      transposeB ? CblasTrans : CblasNoTrans, blasint(rows), blasint(columns), blasint(inner),
      alpha, a, blasint(strideA), b, blasint(strideB), beta, c, blasint(strideC))
  }

  public static func exponential(_ x: Float) -> Float { exp(x) }

  public static func hyperbolicTangent(_ x: Float) -> Float { tanh(x) }

  public static func errorFunction(_ x: Float) -> Float { erf(x) }
}

extension Double: ReferenceScalar {
  public static func multiplyMatrices(
    transposeA: Bool, transposeB: Bool, rows: Int, columns: Int, inner: Int, alpha: Double,
    a: UnsafePointer<Double>, strideA: Int, b: UnsafePointer<Double>, strideB: Int, beta: Double,
    c: UnsafeMutablePointer<Double>, strideC: Int
  ) {
    cblas_dgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
      transposeB ? CblasTrans : CblasNoTrans, blasint(rows), blasint(columns), blasint(inner),
      alpha, a, blasint(strideA), b, blasint(strideB), beta, c, blasint(strideC))
  }

  public static func exponential(_ x: Double) -> Double { exp(x) }

  public static func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }

  public static func errorFunction(_ x: Double) -> Double { erf(x) }
}
