// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// A note and pixels to a sound in memory. The input is the note's JSON, a zero byte, a byte of Changes and two that say
// where the picture is cut into tiles and how many columns they share; the rest are pixels, repeated to fill the
// picture.
#include <algorithm>
#include <cstring>
#include <memory>

#include "fuzz/check.h"
#include "image/note.h"
#include "spectro/pages.h"
#include "spectrohue/convert.h"

namespace {

using namespace spectrohue;
using fuzz::check;
using fuzz::is_taken;

/// What contradicts the note.
enum Changes : unsigned { kWider = 1, kLower = 2, kOtherDepth = 4 };

/// Larger ones only take longer.
constexpr std::int64_t kMaxPixels = 1 << 14;
constexpr int kMaxFft = 4096;

struct Input {
  PictureNote note;
  unsigned changes = 0;
  std::int64_t cut = 0;      ///< column where the first tile ends
  std::int64_t overlap = 0;  ///< columns before it that are the second one's, too
  std::string_view pixels;
};

bool parse(std::string_view text, Input& input) {
  const std::size_t end = std::min(text.find('\0'), text.size());
  if (!is_taken([&] { input.note = image::note_from_json(text.substr(0, end)); })) return false;
  const std::string_view rest = text.substr(std::min(end + 1, text.size()));
  if (rest.size() < 4) return false;
  input.changes = static_cast<std::uint8_t>(rest[0]);
  input.cut = static_cast<std::uint8_t>(rest[1]);
  input.overlap = static_cast<std::uint8_t>(rest[2]);
  input.pixels = rest.substr(3);
  return true;
}

/// False if it would be a large one.
bool make_picture(const Input& input, Picture& picture) {
  const PictureNote& note = input.note;
  if (note.stft.n_fft > kMaxFft) return false;
  picture.width = note.stft.n_frames(note.n_samples) + note.tile.padding;
  picture.height = picture_height(note.stft, note.pixels, note.channels);
  if (picture.width > kMaxPixels / picture.height) return false;
  picture.layout = pixel_layout(note.pixels.encoding);
  if ((input.changes & kWider) != 0) ++picture.width;
  if ((input.changes & kLower) != 0) --picture.height;
  if ((input.changes & kOtherDepth) != 0) picture.layout.bits = picture.layout.bits == 8 ? 16 : 8;
  picture.pixels.resize(static_cast<std::size_t>(picture.row_bytes() * picture.height));
  for (std::size_t i = 0; i < picture.pixels.size(); ++i) {
    picture.pixels[i] = static_cast<std::uint8_t>(input.pixels[i % input.pixels.size()]);
  }
  return true;
}

/// Joins the two tiles that a picture is cut into; those without phases before they are decoded.
std::vector<float> join_tiles(Backend& backend, const Picture& whole, PictureNote note, const Input& input) {
  const std::int64_t n_frames = note.stft.n_frames(note.n_samples);
  const std::int64_t second = input.cut - input.overlap;
  const Columns columns[] = {{0, input.cut}, {second, n_frames - second}};
  TileLayout layout;
  for (int i = 0; i < 2; ++i) {
    note.tile = {i, 2, columns[i].first, input.overlap, 0};
    layout.add(note, columns[i].count, whole.height, whole.layout);
  }
  std::vector<float> samples(static_cast<std::size_t>(note.channels * note.n_samples));
  std::int64_t done = 0;
  const auto take = [&](const float* from, std::int64_t stride, std::int64_t n) {
    for (int c = 0; c < note.channels; ++c) {
      std::copy_n(from + c * stride, n, samples.data() + c * note.n_samples + done);
    }
    done += n;
  };
  TileJoiner joiner(backend, layout);
  Picture joined;
  for (std::size_t i = 0; i < 2; ++i) {
    Picture tile;
    copy_columns(whole, columns[i], tile);
    holds_phase(note.pixels.encoding) ? joiner.add(tile, take) : paste_tile(layout, i, tile, joined);
  }
  if (!holds_phase(note.pixels.encoding)) {
    note.tile = {};
    Audio audio;
    to_audio(backend, joined, note, audio);
    take(audio.samples.data(), audio.n_samples, audio.n_samples);
  }
  check(done == note.n_samples, "tiles hand over every sample");
  return samples;
}

bool is_same(const std::vector<float>& a, const Buffer<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::unique_ptr<Backend> backend = make_backend("cpu");
  Input input;
  Picture picture;
  if (!parse(fuzz::view(data, size), input) || !make_picture(input, picture)) return 0;
  Audio audio;
  if (!is_taken([&] { to_audio(*backend, picture, input.note, audio); })) return 0;
  check(audio.n_samples == input.note.n_samples, "the note decides the length");

  const bool is_cut = input.overlap < input.cut && input.cut < input.note.stft.n_frames(input.note.n_samples);
  if (!is_cut) return 0;
  std::vector<float> joined;
  const bool is_joined = is_taken([&] { joined = join_tiles(*backend, picture, input.note, input); });
  check(!is_joined || is_same(joined, audio.samples), "tiles give the sound of the whole picture");
  return 0;
}
