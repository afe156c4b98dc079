// What a stopped broker leaves in its directory: nothing that nobody will ever need.
#pragma once

#include <string>
#include <vector>

#include "runtime/sim/memory_disk.h"
#include "tests/sim/points/ledger.h"

namespace penstock::sim {

// A line for each file and directory that does not belong to what the ledger has.
std::vector<std::string> Orphans(const MemoryDisk& disk, const Ledger& ledger);

}  // namespace penstock::sim
