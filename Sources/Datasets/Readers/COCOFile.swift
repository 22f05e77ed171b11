/// The parts of a COCO instances file that detection uses.
///
/// Lin et al.: *Microsoft COCO: Common Objects in Context*, ECCV 2014; the data format page of
/// cocodataset.org.
struct COCOFile: Codable {
  struct Image: Codable {
    var id: Int
    var fileName: String
    var width: Int
    var height: Int

    enum CodingKeys: String, CodingKey {
      case id, width, height
      case fileName = "file_name"
    }
  }

  struct Object: Codable {
    var id: Int?
    var imageID: Int
    var categoryID: Int
    /// x, y, width, height in pixels.
    var bbox: [Double]
    /// Of the mask; the box's where absent.
    var area: Double?
    /// 1 for a group; 0 where absent.
    var iscrowd: Int?

    enum CodingKeys: String, CodingKey {
      case id, bbox, area, iscrowd
      case imageID = "image_id"
      case categoryID = "category_id"
    }
  }

  struct Category: Codable {
    var id: Int
    var name: String
  }

  var images: [Image] = []
  var annotations: [Object] = []
  var categories: [Category] = []
}
