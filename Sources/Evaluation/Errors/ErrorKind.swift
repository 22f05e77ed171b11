/// Why a detection is wrong or an object is missed: the first of these, in this order of the rules,
/// that holds.
///
/// For a detection that takes no object, with IoU *t* = 0.5 (foreground) and *b* = 0.1 (background):
/// localisation, classification, duplicate, background, both. For an object that nothing takes:
/// missed, unless a detection with an error of localisation or classification points at it.
///
/// Bolya, Foley, Hays, Hoffman: *TIDE: A General Toolbox for Identifying Object Detection Errors*,
/// ECCV 2020, §2.2.
package enum ErrorKind: Int, CaseIterable, Hashable, Sendable {
  /// IoU of *t* or more with an object of another class.
  case classification
  /// IoU from *b* to *t* with the object of its class that it overlaps most.
  case localisation
  /// None of the others: wrong class and badly placed.
  case both
  /// IoU of *t* or more with an object of its class that a better detection has taken.
  case duplicate
  /// IoU of at most *b* with every object.
  case background
  /// An object that no detection takes and none would with one error less.
  case missed

  /// Its key in files.
  package var name: String { String(describing: self) }
}

/// What is mended all at once to see what it costs in average precision.
///
/// Ibid., §2.3: an error of classification or localisation becomes a hit of its object where that
/// is free, for the best detection that points at it, and is left out elsewhere; errors both,
/// duplicate and background are left out; missed objects no longer count.
enum Repair: Hashable, Sendable {
  case kind(ErrorKind)
  /// Everything wrong is ranked below everything right.
  case falsePositives
  /// Objects that no detection takes no longer count.
  case falseNegatives
}
