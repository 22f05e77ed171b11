#include "CPresets.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

// The files lie in presets/ beside this one, but for one that is among models/ too.

static const char nano[] = {
#embed "presets/nano.yaml"
};
cp_text cp_nano(void) { return (cp_text){nano, sizeof nano}; }

static const char tiny_retina[] = {
#embed "presets/tiny-retina.yaml"
};
cp_text cp_tiny_retina(void) { return (cp_text){tiny_retina, sizeof tiny_retina}; }

static const char faster_resnet18[] = {
#embed "presets/faster-resnet18.yaml"
};
cp_text cp_faster_resnet18(void) { return (cp_text){faster_resnet18, sizeof faster_resnet18}; }

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
