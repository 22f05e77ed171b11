import Evaluation

/// An object of a picture, as annotated and as training sees it.
package struct ExaminedObject: Hashable, Sendable {
  /// As written, pixels of the picture.
  package var object: CocoObject
  /// √area in pixels of the network's input; 0 where nothing of it lies there.
  package var side: Double
  /// Candidates that training's assigner gives it.
  package var positives: Int
  /// Those that it would have if it were alone in the picture.
  package var positivesAlone: Int

  package init(_ object: CocoObject, side: Double, positives: Int, positivesAlone: Int) {
    self.object = object
    self.side = side
    self.positives = positives
    self.positivesAlone = positivesAlone
  }

  package var sizeClass: SizeClass { SizeClass(area: object.area) }
}

/// An object that was not found, and why.
package struct Miss: Hashable, Sendable {
  /// Position among the picture's objects.
  package var object: Int
  /// The first stage that lost it.
  package var cause: MissCause
  /// What the network's boxes alone say; the same where ``cause`` is not of size or assignment.
  package var shown: MissCause

  package init(object: Int, cause: MissCause, shown: MissCause) {
    self.object = object
    self.cause = cause
    self.shown = shown
  }

  package var stage: MissStage { cause.stage }
}

/// What was found in a picture, and what became of everything else.
package struct PictureExplanation: Sendable {
  package var path: String
  /// Pixels of the picture.
  package var width: Int
  package var height: Int
  /// Crowd and difficult ones too.
  package var objects: [ExaminedObject]
  /// Best first, pixels of the picture.
  package var detections: [CocoDetection]
  /// By position; see ``CocoPairing``.
  package var pairing: CocoPairing
  /// In the order of ``objects``.
  package var misses: [Miss]
  /// Where a second stage looked; nil in one stage.
  package var proposals: Int?

  package init(
    path: String = "", width: Int, height: Int, objects: [ExaminedObject],
    detections: [CocoDetection], pairing: CocoPairing, misses: [Miss],
    proposals: Int? = nil
  ) {
    self.path = path
    self.width = width
    self.height = height
    self.objects = objects
    self.detections = detections
    self.pairing = pairing
    self.misses = misses
    self.proposals = proposals
  }

  /// Crowd and difficult objects, which neither count as found nor as missed.
  package var ignored: Int { objects.count { $0.object.isIgnored } }
  package var counted: Int { objects.count - ignored }
  package var found: Int { counted - misses.count }
  /// Detections that take no object.
  package var falsePositives: Int { pairing.objectOfDetection.count { $0 == nil } }
  /// Detections that take an ignored object.
  package var ignoredDetections: Int {
    pairing.objectOfDetection.count { $0.map { objects[$0].object.isIgnored } ?? false }
  }
}
