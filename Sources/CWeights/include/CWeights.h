// Weights that ship inside the program: safetensors files embedded when it is built.
#ifndef CWEIGHTS_H
#define CWEIGHTS_H

#include <stddef.h>

/// Bytes that live as long as the program; NULL and 0 where there was no file to embed.
typedef struct cw_blob {
  const unsigned char *data;
  size_t size;
} cw_blob;

/// Drawn shapes, 8 classes.
cw_blob cw_shapes(void);
/// Blood cells, 3 classes.
cw_blob cw_bccd(void);

#endif
