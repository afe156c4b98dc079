// What changes between two images: records are replayed into a delta, Apply makes the next image of
// it. It is the only code that knows what a metadata record does.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "base/status.h"
#include "metadata/image/metadata_image.h"
#include "metadata/metadata_record.h"

namespace penstock {

class MetadataDelta {
 public:
  // `base` is the image that the changes build on.
  explicit MetadataDelta(MetadataImagePtr base);

  // InvalidArgument if the record does not fit the state so far, Unimplemented (with its name) if
  // what it describes is not served. The delta must then be thrown away.
  Status Replay(const MetadataRecord& record);
  // From the control record.
  void SetKRaftVersion(int16_t level);
  // The image with all changes so far.
  MetadataImagePtr Apply(MetadataProvenance provenance) const;

  const MetadataImagePtr& base() const { return base_; }

  bool features_changed() const { return features_ != nullptr; }
  bool cluster_changed() const { return cluster_ != nullptr; }
  // Ids of topics that are new or have a changed or added partition, and are not deleted.
  std::vector<Uuid> ChangedTopics() const;
  // The topics of the base image that are gone, as they were.
  std::vector<TopicsImage::TopicPtr> DeletedTopics() const;
  // Resources with a changed config, those of deleted topics among them.
  const std::set<ConfigResource>& changed_configs() const { return changed_configs_; }

 private:
  FeaturesImage& MutableFeatures();
  ClusterImage& MutableCluster();
  // Null if there is no such topic.
  TopicImage* MutableTopic(const Uuid& id);
  BrokerImage* MutableBroker(NodeId id, BrokerEpoch epoch);

  Status ReplayRecord(const RegisterBrokerRecord& record);
  Status ReplayRecord(const UnregisterBrokerRecord& record);
  Status ReplayRecord(const TopicRecord& record);
  Status ReplayRecord(const PartitionRecord& record);
  Status ReplayRecord(const ConfigRecord& record);
  Status ReplayRecord(const PartitionChangeRecord& record);
  Status ReplayRecord(const FenceBrokerRecord& record);
  Status ReplayRecord(const UnfenceBrokerRecord& record);
  Status ReplayRecord(const RemoveTopicRecord& record);
  Status ReplayRecord(const FeatureLevelRecord& record);
  Status ReplayRecord(const ProducerIdsRecord& record);
  Status ReplayRecord(const BrokerRegistrationChangeRecord& record);
  Status ReplayRecord(const RegisterControllerRecord& record);
  Status ReplayRecord(const NoOpRecord&) { return OkStatus(); }
  Status ReplayRecord(const ZkMigrationStateRecord&) { return OkStatus(); }
  // The three marks of a metadata transaction are the business of whoever reads the log.
  Status ReplayRecord(const BeginTransactionRecord&) { return OkStatus(); }
  Status ReplayRecord(const EndTransactionRecord&) { return OkStatus(); }
  Status ReplayRecord(const AbortTransactionRecord&) { return OkStatus(); }

  MetadataImagePtr base_;
  std::unique_ptr<FeaturesImage> features_;
  std::unique_ptr<ClusterImage> cluster_;
  std::map<Uuid, std::unique_ptr<TopicImage>> changed_topics_;
  std::set<Uuid> deleted_topics_;
  std::map<std::string, Uuid, std::less<>> new_names_;
  ConfigsImage configs_;
  std::set<ConfigResource> changed_configs_;
  ProducerIdsImage producer_ids_;
};

}  // namespace penstock
