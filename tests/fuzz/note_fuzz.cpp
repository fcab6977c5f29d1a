// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The text of a note: what is taken is within its limits, leads nowhere, and comes back when it is written.
#include <algorithm>
#include <cmath>

#include "batch/parameters.h"
#include "fuzz/check.h"
#include "image/note.h"

namespace {

using namespace spectrohue;
using fuzz::check;

void check_limits(const PictureNote& note) {
  check(note.channels >= 1 && note.channels <= 1024, "1 to 1024 channels");
  check(note.ref.size() == static_cast<std::size_t>(note.channels), "a ref for each channel");
  check(std::all_of(note.ref.begin(), note.ref.end(), [](double ref) { return std::isfinite(ref) && ref >= 0; }),
        "a ref is a magnitude");
  check(note.sample_rate >= 1, "a rate of at least 1 Hz");
  check(note.n_samples >= 0 && note.n_samples <= std::int64_t{1} << 48, "0 to 2^48 samples");
  check(note.tile.index >= 0 && note.tile.index < note.tile.count, "a tile is one of its tiles");
  check(note.tile.overlap >= 0 && note.tile.padding >= 0, "no columns less than none");
}

void check_name(const std::string& name) {
  const bool is_special = name == "." || name == "..";
  check(!is_special && name.find_first_of("/\\") == std::string::npos, "a source's name is no path");
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  check(std::none_of(name.begin(), name.end(), is_control), "a source's name holds no control characters");
}

void check_parameters(const PictureNote& note) {
  const std::int64_t width = note.stft.n_frames(note.n_samples);
  const std::int64_t height = std::int64_t{note.channels} * n_rows(note.stft, note.pixels);
  const batch::Parameters parameters =
      batch::decode_parameters(note, width, height, pixel_layout(note.pixels.encoding), "picture.png", {});
  check(parameters.note == note && parameters.messages.empty(), "without flags the note decides");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  PictureNote note;
  if (!fuzz::is_taken([&] { note = image::note_from_json(fuzz::view(data, size)); })) return 0;
  check_limits(note);
  check_name(note.source_name);
  check_parameters(note);
  const std::string written = image::to_json(note);
  const PictureNote again = image::note_from_json(written);
  check(again == note, "a note that is written comes back");
  check(image::to_json(again) == written, "a note is always written the same way");
  return 0;
}
