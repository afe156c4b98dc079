// The extension module penstock._native: what Python needs from the core, one Bind call per concept
// in an explicit order. Private: users see the typed modules of python/penstock.
#include <pybind11/pybind11.h>

#include "bindings/arrow.h"
#include "bindings/batch.h"
#include "bindings/codecs.h"
#include "bindings/consumer.h"
#include "bindings/engine.h"
#include "bindings/errors.h"
#include "bindings/faults.h"
#include "bindings/future.h"
#include "bindings/node.h"
#include "bindings/notifier.h"
#include "bindings/producer.h"
#include "bindings/record.h"

PYBIND11_MODULE(_native, m) {
  m.doc() = "The native core of penstock; private, see the package penstock.";
  m.attr("__version__") = PENSTOCK_VERSION;
  penstock::BindErrors(m);
  penstock::BindCodecs(m);
  penstock::BindNotifier(m);
  penstock::BindFuture(m);
  penstock::BindRecord(m);
  penstock::BindArrow(m);
  penstock::BindBatch(m);
  penstock::BindProducer(m);
  penstock::BindConsumer(m);
  penstock::BindEngine(m);
  penstock::BindFaults(m);
  penstock::BindNode(m);
}
