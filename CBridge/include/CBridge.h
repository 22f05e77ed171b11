// All of the shim's C interface.
#include "engine.h"
#include "images.h"
#include "status.h"
