// What of penstock can be linked against.
#pragma once

#define PENSTOCK_API __attribute__((visibility("default")))
