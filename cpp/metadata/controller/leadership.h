// Who leads a partition when brokers come and go.
#pragma once

#include <vector>

#include "metadata/image/metadata_image.h"
#include "metadata/metadata_record.h"

namespace penstock {

// `leaving` stops leading and leaves every ISR in which it is not the last one; partitions without
// another member of the ISR that is active lose their leader.
void AddChangesForLeaving(const MetadataImage& image, NodeId leaving,
                          std::vector<MetadataRecord>& records);

// Partitions without a leader that have `joining` in their ISR are led by it.
void AddChangesForJoining(const MetadataImage& image, NodeId joining,
                          std::vector<MetadataRecord>& records);

}  // namespace penstock
