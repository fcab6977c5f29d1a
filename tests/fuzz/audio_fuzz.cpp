// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// A sound file of any type: what its header says is within limits, and its samples come out, however they are asked
// for, without memory for more of them than there are.
#include <vector>

#include "audio/reader.h"
#include "fuzz/check.h"
#include "fuzz/memory_file.h"

namespace {

using namespace spectrohue;
using fuzz::check;
using fuzz::is_taken;

/// Of all channels together; a small file of silence can hold a great many.
constexpr std::int64_t kMaxSamples = 1 << 20;

void check_info(const audio::Reader& reader, std::size_t file_bytes) {
  const audio::FileInfo& info = reader.info();
  check(info.channels >= 1 && info.channels <= 1024, "1 to 1024 channels");
  check(info.sample_rate >= 1, "a rate of at least 1 Hz");
  check(info.n_samples >= 0 && info.n_samples <= std::int64_t{1} << 48, "0 to 2^48 samples");
  const auto most = static_cast<std::int64_t>(file_bytes) * 64;
  check(reader.plausible_samples() >= 0 && reader.plausible_samples() <= most, "memory is taken for what can be there");
}

std::int64_t count_in_stretches(audio::Reader& reader, std::int64_t most) {
  audio::Stretch stretch;
  stretch.restart(reader.info());
  for (std::int64_t first = 0, step = 100; first < most; first += step / 2, step = 2 * step + 1) {
    if (!stretch.slide(reader, first, std::min(most, first + step))) break;
  }
  return stretch.end();
}

std::int64_t count_in_blocks(audio::Reader& reader, std::int64_t most) {
  constexpr std::int64_t kBlock = 777;
  std::vector<float> block(static_cast<std::size_t>(kBlock * reader.info().channels));
  std::int64_t count = 0;
  while (count < most) {
    const std::int64_t got = reader.read(block.data(), std::min(kBlock, most - count));
    if (got == 0) break;
    count += got;
  }
  return count;
}

}  // namespace

/// The libraries do not give back all memory of a damaged file; that is theirs to mend.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libsndfile\nleak:libvorbis\nleak:libFLAC\nleak:libopus\nleak:libmpg123\n";
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::MemoryFile file(fuzz::view(data, size));
  is_taken([&] {
    audio::Reader first(file.path());
    check_info(first, size);
    const std::int64_t most = kMaxSamples / first.info().channels;
    const std::int64_t in_stretches = count_in_stretches(first, most);
    audio::Reader second(file.path());
    check(count_in_blocks(second, most) == in_stretches, "the same samples, however they are asked for");
  });
  return 0;
}
