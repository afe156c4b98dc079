// The changes that find what is not checked: lengths, counts, ends, and bytes of no meaning.
#include "tests/fuzz/smoke/mutate.h"

#include <algorithm>

#include "base/endian.h"

namespace penstock::fuzz {
namespace {

constexpr int32_t kTellingNumbers[] = {0,   1,      -1,      2,         127,       128,
                                       255, 0x7fff, 0x10000, INT32_MAX, INT32_MIN, -2};

size_t Place(const Bytes& bytes, SeededRandom& random) { return random.Below(bytes.size() + 1); }

void ChangeByte(Bytes& bytes, SeededRandom& random) {
  if (bytes.empty()) return;
  uint8_t& byte = bytes[random.Below(bytes.size())];
  if (random.OneOf(1, 2)) {
    byte ^= static_cast<uint8_t>(1U << random.Below(8));
  } else {
    byte = static_cast<uint8_t>(random.Next());
  }
}

// A length, count or offset of two, four or eight bytes becomes another.
void ChangeNumber(Bytes& bytes, SeededRandom& random) {
  const int32_t number = kTellingNumbers[random.Below(std::size(kTellingNumbers))];
  const size_t size = size_t{2} << random.Below(3);
  if (bytes.size() < size) return;
  uint8_t* at = bytes.data() + random.Below(bytes.size() - size + 1);
  if (size == 2) StoreBig(at, static_cast<int16_t>(number));
  if (size == 4) StoreBig(at, number);
  if (size == 8) StoreBig(at, int64_t{number});
}

void Remove(Bytes& bytes, SeededRandom& random) {
  const size_t from = Place(bytes, random);
  const size_t most = random.OneOf(1, 4) ? bytes.size() : 8;
  const size_t count = std::min(bytes.size() - from, random.Below(most + 1));
  const auto begin = bytes.begin() + static_cast<ptrdiff_t>(from);
  bytes.erase(begin, begin + static_cast<ptrdiff_t>(count));
}

void Insert(Bytes& bytes, SeededRandom& random) {
  Bytes noise(1 + random.Below(8));
  const bool same = random.OneOf(1, 2);
  const auto fill = static_cast<uint8_t>(random.Next());
  for (uint8_t& byte : noise) byte = same ? fill : static_cast<uint8_t>(random.Next());
  const auto at = bytes.begin() + static_cast<ptrdiff_t>(Place(bytes, random));
  bytes.insert(at, noise.begin(), noise.end());
}

// The end of `bytes` becomes a part of another entry.
void Splice(Bytes& bytes, const Corpus& corpus, SeededRandom& random) {
  const Bytes& other = corpus[random.Below(corpus.size())];
  bytes.resize(Place(bytes, random));
  bytes.insert(bytes.end(), other.begin() + static_cast<ptrdiff_t>(Place(other, random)),
               other.end());
}

}  // namespace

Bytes MakeInput(const Corpus& corpus, SeededRandom& random) {
  if (random.OneOf(1, 16)) {
    Bytes noise(random.Below(200));
    for (uint8_t& byte : noise) byte = static_cast<uint8_t>(random.Next());
    return noise;
  }
  Bytes bytes = corpus[random.Below(corpus.size())];
  for (uint64_t changes = random.Below(5); changes > 0; --changes) {
    switch (random.Below(8)) {
      case 0:
        Remove(bytes, random);
        break;
      case 1:
        Insert(bytes, random);
        break;
      case 2:
        Splice(bytes, corpus, random);
        break;
      case 3:
      case 4:
        ChangeNumber(bytes, random);
        break;
      default:
        ChangeByte(bytes, random);
    }
  }
  return bytes;
}

}  // namespace penstock::fuzz
