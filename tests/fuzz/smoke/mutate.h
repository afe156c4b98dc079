// Makes inputs from good ones.
#pragma once

#include "runtime/seeded_random.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {

// The input of one run: mostly an entry of the corpus with a few changes, sometimes with another
// one spliced in, sometimes noise.
Bytes MakeInput(const Corpus& corpus, SeededRandom& random);

}  // namespace penstock::fuzz
