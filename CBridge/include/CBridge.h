// All of the shim's C interface.
#include "engine.h"
#include "images.h"
#include "optimizer.h"
#include "status.h"
