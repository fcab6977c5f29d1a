// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// A whole PNG file, note included: whoever reads it, on however many threads, the outcome is one and the same, and what
// was read can be written and read again.
#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "fuzz/check.h"
#include "fuzz/memory_file.h"
#include "image/note.h"
#include "image/picture_file.h"
#include "support/png_chunks.h"

namespace {

using namespace spectrohue;
using fuzz::check;
using fuzz::is_taken;
using fuzz::MemoryFile;

/// Larger ones only take longer: of those no more than the header is read.
constexpr std::uint64_t kMaxPixels = 1 << 18;
/// Writing a picture again is done for those of no more bytes.
constexpr std::size_t kMaxRewrittenBytes = 256 << 10;

bool is_large(const std::string& png) {
  constexpr std::size_t kWidthAt = 16;
  if (png.size() < kWidthAt + 8) return false;
  return std::uint64_t{test::big_endian(png, kWidthAt)} * test::big_endian(png, kWidthAt + 4) > kMaxPixels;
}

struct Outcome {
  bool taken = false;
  image::PictureFile file;
};

Outcome read(const std::string& png, int threads) {
  static image::Workspace workspace;
  const MemoryFile file(png);
  Outcome outcome;
  outcome.taken = is_taken([&] { image::read(file.path(), outcome.file, workspace, threads); });
  return outcome;
}

bool is_same(const Picture& a, const Picture& b) {
  return a.width == b.width && a.height == b.height && a.layout == b.layout && a.pixels.size() == b.pixels.size() &&
         std::memcmp(a.pixels.data(), b.pixels.data(), a.pixels.size()) == 0;
}

/// The same file, but libpng has to decode the pixels.
std::string without_stripes(const std::string& png) {
  std::vector<test::PngChunk> chunks = test::png_chunks(png);
  std::erase_if(chunks, [](const test::PngChunk& chunk) { return chunk.type == "shSZ"; });
  return test::png_of(chunks);
}

bool is_inspected(const std::string& png, image::FileInfo& info) {
  const MemoryFile file(png);
  return is_taken([&] { info = image::inspect(file.path()); });
}

void check_inspection(const std::string& png, const image::PictureFile& read) {
  image::FileInfo info;
  check(is_inspected(png, info), "what can be read can be inspected");
  const bool same_size = info.width == read.picture.width && info.height == read.picture.height;
  check(same_size && info.layout.bits == read.picture.layout.bits, "inspecting a picture gives its size");
  // A note behind the pixels is found only by reading them.
  check(!info.note || info.note == read.note, "inspecting a picture gives its note");
}

void check_rewriting(const image::PictureFile& read_before) {
  const MemoryFile file;
  image::write_png(file.path(), read_before.picture, read_before.note ? &*read_before.note : nullptr);
  image::PictureFile again;
  image::read(file.path(), again);
  check(is_same(again.picture, read_before.picture), "a picture that is written again keeps its pixels");
  check(again.note == read_before.note, "a picture that is written again keeps its note");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string png(fuzz::view(data, size));
  // Pictures of other types are OpenCV's.
  if (!png.starts_with(test::kPngSignature)) return 0;
  if (is_large(png)) {
    image::FileInfo info;
    is_inspected(png, info);
    return 0;
  }
  const Outcome alone = read(png, 1);
  const Outcome together = read(png, 3);
  check(alone.taken == together.taken, "the number of threads does not decide what is taken");
  if (!alone.taken) return 0;
  check(is_same(alone.file.picture, together.file.picture), "the number of threads does not change the pixels");
  check(alone.file.note == together.file.note, "the number of threads does not change the note");

  const Outcome by_libpng = read(without_stripes(png), 1);
  check(by_libpng.taken, "stripes are taken only if libpng takes them");
  check(is_same(alone.file.picture, by_libpng.file.picture), "stripes hold what libpng finds in them");
  check_inspection(png, alone.file);
  if (alone.file.picture.pixels.size() <= kMaxRewrittenBytes) check_rewriting(alone.file);
  return 0;
}
