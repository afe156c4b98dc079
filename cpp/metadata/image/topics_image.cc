#include "metadata/image/topics_image.h"

#include <utility>

namespace penstock {

bool operator==(const TopicImage& a, const TopicImage& b) {
  if (a.name != b.name || a.id != b.id || a.partitions.size() != b.partitions.size()) return false;
  for (size_t i = 0; i < a.partitions.size(); ++i) {
    if (!(*a.partitions[i] == *b.partitions[i])) return false;
  }
  return true;
}

TopicsImage::TopicPtr TopicsImage::FindByName(std::string_view name) const {
  const TopicPtr* topic = by_name_.Find(name);
  return topic == nullptr ? nullptr : *topic;
}

TopicsImage::TopicPtr TopicsImage::FindById(const Uuid& id) const {
  const TopicPtr* topic = by_id_.Find(id);
  return topic == nullptr ? nullptr : *topic;
}

TopicsImage TopicsImage::With(TopicPtr topic) const {
  TopicsImage next(*this);
  next.by_name_ = by_name_.With(topic->name, topic);
  next.by_id_ = by_id_.With(topic->id, topic);
  return next;
}

TopicsImage TopicsImage::Without(const Uuid& id) const {
  const TopicPtr topic = FindById(id);
  if (topic == nullptr) return *this;
  TopicsImage next(*this);
  next.by_id_ = by_id_.Without(id);
  // A topic that was deleted and made anew in one go has its name in the hands of the new one.
  const TopicPtr* named = by_name_.Find(topic->name);
  if (named != nullptr && (*named)->id == id) next.by_name_ = by_name_.Without(topic->name);
  return next;
}

bool operator==(const TopicsImage& a, const TopicsImage& b) {
  if (a.size() != b.size() || a.by_id().size() != b.by_id().size()) return false;
  auto other = b.by_name().begin();
  for (const auto& [name, topic] : a.by_name()) {
    if (name != other->first || !(*topic == *other->second)) return false;
    ++other;
  }
  return true;
}

}  // namespace penstock
