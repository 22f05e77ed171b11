import Spelling
import Testing

@Suite struct NearestNameTests {
  @Test func typosFindTheirName() {
    let valid = ["channels", "depth", "isShared"]
    #expect(nearestName(to: "chanels", in: valid) == "channels")
    #expect(nearestName(to: "detph", in: valid) == "depth")
    #expect(nearestName(to: "isshared", in: valid) == "isShared")
    #expect(nearestName(to: "quality", in: valid) == nil)
    #expect(nearestName(to: "", in: valid) == nil)
  }

  @Test func upperAndLowerCaseDoNotCount() {
    #expect(nearestName(to: "Platelet", in: ["RBC", "Platelets"]) == "Platelets")
    #expect(nearestName(to: "rbc", in: ["WBC", "RBC"]) == "RBC")
    #expect(nearestName(to: "elephant", in: ["RBC", "WBC"]) == nil)
  }
}
