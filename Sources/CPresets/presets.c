#include "CPresets.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

// The files lie in presets/ beside this one, but for one that is among models/ too.

static const char small[] = {
#embed "presets/small.yaml"
};
cp_text cp_small(void) { return (cp_text){small, sizeof small}; }

static const char retina_resnet50[] = {
#embed "presets/retina-resnet50.yaml"
};
cp_text cp_retina_resnet50(void) { return (cp_text){retina_resnet50, sizeof retina_resnet50}; }

static const char mobile[] = {
#embed "presets/mobile.yaml"
};
cp_text cp_mobile(void) { return (cp_text){mobile, sizeof mobile}; }

static const char yolo_darknet53_spp[] = {
#embed "presets/yolo-darknet53-spp.yaml"
};
cp_text cp_yolo_darknet53_spp(void) {
  return (cp_text){yolo_darknet53_spp, sizeof yolo_darknet53_spp};
}

static const char attentive[] = {
#embed "../../models/attentive.yaml"
};
cp_text cp_attentive(void) { return (cp_text){attentive, sizeof attentive}; }
