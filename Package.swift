// swift-tools-version: 6.1
import PackageDescription

// OpenCV's headers are found through the symbolic link CBridge/system/opencv2; oneDNN, OpenBLAS and
// libgomp come from the system's default paths.

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let orderedCollections = Target.Dependency.product(
  name: "OrderedCollections", package: "swift-collections")
let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

func tests(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies,
    exclude: exclude)
}

let package = Package(
  name: "dldetect",
  products: [
    .library(name: "DLDetect", targets: ["DLDetect"]),
    .executable(name: "dldetect", targets: ["dldetect"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    .target(
      name: "CBridge",
      path: "CBridge",
      exclude: ["system"],
      publicHeadersPath: "include",
      cxxSettings: [.headerSearchPath("system"), .headerSearchPath(".")],
      linkerSettings: [
        .linkedLibrary("opencv_core"), .linkedLibrary("opencv_imgproc"),
        .linkedLibrary("opencv_imgcodecs"), .linkedLibrary("jpeg"), .linkedLibrary("png"),
        .linkedLibrary("tiff"), .linkedLibrary("webp"),
        .linkedLibrary("dnnl"), .linkedLibrary("openblas"), .linkedLibrary("gomp"),
        .linkedLibrary("xxhash"), .linkedLibrary("simdjson"), .linkedLibrary("expat"),
        .linkedLibrary("isal"),
      ]),
    .systemLibrary(name: "COpenBLAS"),
    .target(name: "RandomNumbers"),
    .target(name: "Spelling"),
    .target(name: "Boxes"),
    .target(name: "Networks", dependencies: ["RandomNumbers"]),
    .target(name: "ReceptiveFields", dependencies: ["Networks", "Boxes", "Spelling"]),
    .target(name: "Anchors", dependencies: ["ReceptiveFields", "Boxes", "RandomNumbers"]),
    .target(
      name: "Execution", dependencies: ["Networks", "RandomNumbers", "CBridge", "COpenBLAS"]),
    .target(
      name: "EffectiveFields",
      dependencies: ["ReceptiveFields", "Execution", "Networks", "RandomNumbers"]),
    .target(name: "Images", dependencies: ["CBridge", "Boxes"]),
    .target(
      name: "Datasets",
      dependencies: [
        "Images", "Boxes", "RandomNumbers", "Spelling", "CBridge", orderedCollections, yams,
        logging,
      ]),
    .target(
      name: "Detectors",
      dependencies: [
        "Networks", "Boxes", "Execution", "Images", "CBridge", "CPresets", "RandomNumbers",
        "Spelling", yams,
      ]),
    .target(name: "Evaluation", dependencies: ["Boxes", "CBridge", "RandomNumbers"]),
    .target(
      name: "Training",
      dependencies: [
        "Detectors", "Datasets", "Evaluation", "Execution", "Networks", "RandomNumbers", "CBridge",
        "Images", "Boxes", "Spelling", "Anchors", "ReceptiveFields", yams, logging,
      ]),
    .target(
      name: "Explanations",
      dependencies: [
        "Training", "Detectors", "Datasets", "Evaluation", "ReceptiveFields", "Networks", "Images",
        "Boxes",
      ]),
    .target(
      name: "Reports",
      dependencies: [
        "Explanations", "Training", "ReceptiveFields", "Datasets", "Evaluation", "Execution",
        "Images", "Networks", "Boxes", "Anchors", "CBridge",
      ]),
    .target(
      name: "DLDetect",
      dependencies: [
        "Detectors", "Execution", "Training", "Datasets", "Evaluation", "Images", "Boxes",
        "Networks",
      ]),
    // Presets inside the library.
    .target(name: "CPresets", exclude: ["presets"]),
    // Weights inside the program; the files are optional.
    .target(name: "CWeights", exclude: ["weights"]),
    .executableTarget(
      name: "dldetect",
      dependencies: [
        "CWeights", "Explanations", "Anchors", "EffectiveFields", "RandomNumbers",
        "Training", "Reports", "ReceptiveFields", "Detectors", "Datasets", "Evaluation",
        "Execution", "Networks", "Images", "Boxes", "Spelling", argumentParser, logging, yams,
      ]),
    .target(name: "TestSupport", dependencies: ["RandomNumbers"], path: "Tests/TestSupport"),
    tests("RandomNumbers"),
    tests("Spelling"),
    tests("Boxes", ["RandomNumbers"]),
    tests("Networks"),
    tests("ReceptiveFields", ["Networks", "Boxes", "RandomNumbers", "Execution"]),
    tests("Anchors", ["ReceptiveFields", "Boxes", "RandomNumbers"]),
    tests(
      "EffectiveFields", ["ReceptiveFields", "Execution", "Networks", "Detectors", "RandomNumbers"]),
    tests(
      "Reports",
      [
        "Explanations", "Detectors", "Evaluation", "ReceptiveFields", "Datasets", "Networks",
        "Images", "Boxes", "Anchors",
      ]),
    tests(
      "Execution", ["Networks", "Detectors", "CBridge", "RandomNumbers"], exclude: ["golden"]),
    .testTarget(
      name: "ImagesTests", dependencies: ["Images", "Boxes", "RandomNumbers", "TestSupport"],
      exclude: ["fixtures"]),
    tests("Datasets", ["Images", "Boxes", "RandomNumbers"]),
    tests(
      "Detectors", ["Networks", "Boxes", "Execution", "Images", "RandomNumbers"],
      exclude: ["golden"]),
    tests("Evaluation", ["RandomNumbers"], exclude: ["golden"]),
    tests(
      "Training",
      [
        "Networks", "Detectors", "Datasets", "Execution", "Evaluation", "Images", "RandomNumbers",
        "Boxes", "CBridge",
      ], exclude: ["golden"]),
    tests(
      "Explanations",
      [
        "Training", "Detectors", "Datasets", "Evaluation", "ReceptiveFields", "Execution",
        "Networks", "Images", "Boxes", "RandomNumbers",
      ]),
    // What DLDetect passes on is named as well: its own module file does not change with them, and
    // tests that were compiled for another layout would not be compiled again. They see what another
    // package would.
    .testTarget(
      name: "DLDetectTests",
      dependencies: [
        "DLDetect", "TestSupport", "Detectors", "Execution", "Training", "Datasets", "Evaluation",
        "Images", "Boxes", "Networks",
      ], packageAccess: false),
    .testTarget(name: "CommandLineTests", dependencies: ["TestSupport", "dldetect"]),
  ],
  cxxLanguageStandard: .cxx20
)

// Only for scripts/fuzz.
if Context.environment["DLDETECT_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "fuzz-readers", dependencies: ["Datasets", "Evaluation", "Images", "RandomNumbers"],
      path: "fuzz/readers"))
}
