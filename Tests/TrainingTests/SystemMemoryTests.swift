import TestSupport
import Testing
import Training

@Suite struct SystemMemoryTests {
  private func available(_ files: [String: String], meminfo: Bool = true) throws -> Int {
    let folder = try TemporaryFolder()
    if meminfo {
      try folder.write(
        "MemTotal:       9000 kB\nMemFree:  10 kB\nMemAvailable:   8000 kB\n", to: "proc/meminfo")
    }
    for (name, text) in files { try folder.write(text, to: name) }
    var system = SystemMemory()
    system.root = folder.path
    return try system.available
  }

  @Test func machineAlone() throws {
    #expect(try available([:]) == 8000 * 1024)
  }

  @Test func controlGroupThatLeavesLess() throws {
    let group = [
      "proc/self/cgroup": "4:memory:/old\n0::/jobs/mine\n",
      "sys/fs/cgroup/jobs/mine/memory.max": "5000\n",
      "sys/fs/cgroup/jobs/mine/memory.current": "3000\n",
    ]
    #expect(try available(group) == 2000)
    let stat = ["sys/fs/cgroup/jobs/mine/memory.stat": "anon 1\ninactive_file 700\n"]
    #expect(try available(group.merging(stat) { $1 }) == 2700)
    let above = [
      "sys/fs/cgroup/jobs/memory.max": "9000", "sys/fs/cgroup/jobs/memory.current": "8500",
    ]
    #expect(try available(group.merging(above) { $1 }) == 500)
    let full = ["sys/fs/cgroup/jobs/mine/memory.current": "6000"]
    #expect(try available(group.merging(full) { $1 }) == 0)
    let unlimited = ["sys/fs/cgroup/jobs/mine/memory.max": "max\n"]
    #expect(try available(group.merging(unlimited) { $1 }) == 8000 * 1024)
  }

  @Test func containersOwnGroupIsTheTop() throws {
    let top = ["sys/fs/cgroup/memory.max": "5000", "sys/fs/cgroup/memory.current": "1000"]
    let host = ["proc/self/cgroup": "0::/host/path\n"]
    #expect(try available(top) == 4000)
    #expect(try available(top.merging(host) { $1 }) == 4000)
  }

  @Test func budgetIsAShareOfIt() throws {
    let folder = try TemporaryFolder()
    try folder.write("MemAvailable: 10240 kB\n", to: "proc/meminfo")
    var system = SystemMemory()
    system.root = folder.path
    let budget = try MemoryBudget(TrainingSettings(), system: system)
    #expect(abs(budget.bytes - (6 << 20)) < 100)
    #expect(budget.description.contains("60 %"))
  }

  @Test func unknownMemoryIsAnError() throws {
    #expect(throws: TrainingError.self) { try available([:], meminfo: false) }
  }
}
