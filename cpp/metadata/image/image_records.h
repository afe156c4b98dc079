// An image as the records that make it: the content of a snapshot, in Kafka's order (features
// first).
#pragma once

#include <vector>

#include "metadata/image/metadata_image.h"
#include "metadata/metadata_record.h"

namespace penstock {

// Replaying them into an empty image gives the same content, but for kraft.version, which is no
// metadata record.
std::vector<MetadataRecord> RecordsOf(const MetadataImage& image);

PartitionRecord ToPartitionRecord(const Uuid& topic_id, PartitionId id,
                                  const PartitionImage& partition);
RegisterBrokerRecord ToRegisterBrokerRecord(const BrokerImage& broker);

}  // namespace penstock
