import Datasets
import ReceptiveFields

extension Dataset {
  /// Objects that training learns from, and how many others there are: crowd and difficult ones.
  package var objects: (counted: DataObjects, ignored: Int) {
    var ignored = 0
    let pictures = samples.indices.map { index in
      let known = annotations(of: index)
      let solid = known.filter { !$0.isIgnored }
      ignored += known.count - solid.count
      return DataObjects.Picture(
        width: samples[index].width, height: samples[index].height,
        objects: solid.map {
          ObjectSize(
            width: Double($0.box.width), height: Double($0.box.height), label: Int($0.classIndex))
        })
    }
    return (DataObjects(pictures: pictures, classNames: classNames), ignored)
  }
}
