import Networks
import Testing

@Suite struct TensorStoreTests {
  private let specifications = [
    TensorSpecification(name: "a.weight", shape: [3, 5], initializer: .normal(deviation: 2)),
    TensorSpecification(name: "a.bias", shape: [3], initializer: .constant(-1.5)),
    TensorSpecification(name: "b.weight", shape: [40], initializer: .uniform(bound: 0.25)),
  ]

  @Test func tensorsStartAtMultiplesOfSixteen() {
    let store = TensorStore<Float>(specifications)
    #expect(store.offsets == [0, 16, 32])
    #expect(store.count == 80)
    #expect(UInt(bitPattern: store.pointer) % 64 == 0)
  }

  @Test func gapsStayZero() {
    let store = TensorStore<Float>(specifications)
    store.initialize(seed: 1)
    store.fill(7)
    #expect(store.pointer[15] == 0)
    #expect((19..<32).allSatisfy { store.pointer[$0] == 0 })
    #expect((72..<80).allSatisfy { store.pointer[$0] == 0 })
    #expect(store[1].allSatisfy { $0 == 7 })
  }

  @Test func namesFindTensors() {
    let store = TensorStore<Double>(specifications)
    store["a.bias"]?[2] = 4
    #expect(store.pointer[18] == 4)
    #expect(store.index(of: "b.weight") == 2)
    #expect(store["c"] == nil)
  }

  @Test func drawsDependOnSeedAndNameAlone() {
    let (all, one) = (
      TensorStore<Double>(specifications), TensorStore<Double>([specifications[2]])
    )
    all.initialize(seed: 3)
    one.initialize(seed: 3)
    #expect(Array(all[2]) == Array(one[0]))
    one.initialize(seed: 4)
    #expect(Array(all[2]) != Array(one[0]))
  }

  @Test func initializersFollowTheirDistributions() {
    let store = TensorStore<Double>([
      TensorSpecification(name: "normal", shape: [20_000], initializer: .he(fanIn: 8)),
      TensorSpecification(name: "uniform", shape: [20_000], initializer: .uniform(bound: 3)),
    ])
    store.initialize(seed: 0)
    let mean = store[0].reduce(0, +) / 20_000
    let variance = store[0].map { $0 * $0 }.reduce(0, +) / 20_000 - mean * mean
    // Deviation √(2/8) = ½; the mean of 20,000 then strays by 0.0035, the variance by 0.0025.
    #expect(abs(mean) < 0.015)
    #expect(abs(variance - 0.25) < 0.01)
    #expect(store[1].allSatisfy { abs($0) <= 3 })
    // E x² of a uniform in ±3 is 3.
    #expect(abs(store[1].map { $0 * $0 }.reduce(0, +) / 20_000 - 3) < 0.1)
  }

  @Test func copiesAreIndependent() {
    let (a, b) = (TensorStore<Float>(specifications), TensorStore<Float>(specifications))
    a.initialize(seed: 5)
    b.copy(from: a)
    #expect(Array(b[0]) == Array(a[0]))
    a.fill(0)
    #expect(b[1][0] == -1.5)
  }
}
