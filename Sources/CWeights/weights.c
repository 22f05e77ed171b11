#include "CWeights.h"

// The files lie in weights/ beside this one; #embed takes them in without a step of its own, and a
// program built without them says so when they are asked for.

#if __has_embed("weights/shapes.safetensors") == 1
static const _Alignas(16) unsigned char shapes[] = {
#embed "weights/shapes.safetensors"
};
cw_blob cw_shapes(void) { return (cw_blob){shapes, sizeof shapes}; }
#else
cw_blob cw_shapes(void) { return (cw_blob){NULL, 0}; }
#endif

#if __has_embed("weights/bccd.safetensors") == 1
static const _Alignas(16) unsigned char bccd[] = {
#embed "weights/bccd.safetensors"
};
cw_blob cw_bccd(void) { return (cw_blob){bccd, sizeof bccd}; }
#else
cw_blob cw_bccd(void) { return (cw_blob){NULL, 0}; }
#endif
