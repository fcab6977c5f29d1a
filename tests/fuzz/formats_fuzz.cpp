// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// A whole TIFF, NPY or NPZ, as far as our own readers go: what is taken can be inspected, and can be written in each of
// these formats and read again.
#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <string_view>

#include "fuzz/check.h"
#include "fuzz/memory_file.h"
#include "image/picture_file.h"
#include "image/tiff.h"

namespace {

using namespace spectrohue;
using fuzz::check;
using fuzz::is_taken;
using fuzz::MemoryFile;

/// Writing a picture again is done for those of no more bytes.
constexpr std::size_t kMaxRewrittenBytes = 64 << 10;

bool starts_with_any(std::string_view file, std::initializer_list<std::string_view> signatures) {
  return std::any_of(signatures.begin(), signatures.end(), [&](std::string_view s) { return file.starts_with(s); });
}

/// All other TIFFs are OpenCV's.
bool is_simple_tiff(const MemoryFile& file) {
  image::tiff::Header header;
  const auto read = [&] { header = image::tiff::read_header(image::FileBytes(file.fd(), "TIFF")); };
  return is_taken(read) && header.is_simple;
}

bool is_ours(std::string_view bytes, const MemoryFile& file) {
  using namespace std::string_view_literals;
  constexpr std::size_t kWebPAt = 8;  // goes before all others
  if (bytes.size() > kWebPAt && bytes.substr(kWebPAt).starts_with("WEBP")) return false;
  if (starts_with_any(bytes, {"II*\0"sv, "MM\0*"sv})) return is_simple_tiff(file);
  return starts_with_any(bytes, {"\x93NUMPY"sv, "PK\3\4"sv});
}

void check_inspection(const MemoryFile& file, const image::PictureFile& read) {
  image::FileInfo info;
  check(is_taken([&] { info = image::inspect(file.path()); }), "what can be read can be inspected");
  check(info.width == read.picture.width && info.height == read.picture.height && info.layout == read.picture.layout,
        "inspecting a picture gives its size and layout");
  check(info.note == read.note, "inspecting a picture gives its note");
}

void check_rewriting(const Picture& picture, image::Workspace& workspace) {
  for (const image::Format format : {image::Format::Tiff, image::Format::Npy, image::Format::Npz}) {
    const MemoryFile file;
    image::write_picture(file.path(), format, picture, nullptr, {}, workspace);
    image::PictureFile again;
    image::read(file.path(), again);
    const bool is_same = again.picture.width == picture.width && again.picture.height == picture.height &&
                         again.picture.layout == picture.layout &&
                         again.picture.pixels.size() == picture.pixels.size() &&
                         std::memcmp(again.picture.pixels.data(), picture.pixels.data(), picture.pixels.size()) == 0;
    check(is_same, "a picture that is written again keeps its pixels");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static image::Workspace workspace;
  const std::string_view bytes = fuzz::view(data, size);
  const MemoryFile file(bytes);
  if (!is_ours(bytes, file)) return 0;
  image::PictureFile read;
  if (!is_taken([&] { image::read(file.path(), read, workspace); })) return 0;
  check_inspection(file, read);
  if (read.picture.pixels.size() <= kMaxRewrittenBytes) check_rewriting(read.picture, workspace);
  return 0;
}
