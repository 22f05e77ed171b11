#include "include/images.h"
extern "C" void cb_image_destroy(cb_image *) {}
