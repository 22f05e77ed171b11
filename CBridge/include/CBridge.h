// All of the shim's C interface.
#include "checksum.h"
#include "convolution.h"
#include "engine.h"
#include "images.h"
#include "kernels.h"
#include "losses.h"
#include "optimizer.h"
#include "status.h"
