// Presets that ship inside the program: YAML files embedded when it is built.
#ifndef CPRESETS_H
#define CPRESETS_H

#include <stddef.h>

/// UTF-8 text that lives as long as the program.
typedef struct cp_text {
  const char *data;
  size_t size;
} cp_text;

cp_text cp_nano(void);
cp_text cp_tiny_retina(void);
cp_text cp_faster_resnet18(void);
cp_text cp_small(void);
cp_text cp_attentive(void);
cp_text cp_retina_resnet50(void);
cp_text cp_mobile(void);
cp_text cp_yolo_darknet53_spp(void);

#endif
