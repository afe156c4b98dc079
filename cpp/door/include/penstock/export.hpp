// What of penstock can be linked against. Everything in these headers is in the inline namespace
// v0, the number of the library's soname: programs write penstock::Node.
#pragma once

#define PENSTOCK_API __attribute__((visibility("default")))
