// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// EXIF blocks and texts of other programs: what is taken can be worked with, and riffusion's comes back when written.
#include <cmath>

#include "fuzz/check.h"
#include "image/exif.h"
#include "image/foreign_notes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spectrohue;
  using fuzz::check;
  for (const auto& [tag, number] : image::exif_numbers({data, size})) {
    check(tag >= 0 && tag <= 65535 && std::isfinite(number), "a tag has a number");
  }
  fuzz::is_taken([&] {
    const auto note = image::riffusion_note({data, size});
    if (!note) return;
    check(note->sample_rate >= 1 && note->num_frequencies >= 1, "a rate and bands");
    check(image::riffusion_note(image::to_exif(*note)) == note, "a note that is written comes back");
  });
  fuzz::is_taken([&] {
    const image::Krajj7Note note = image::krajj7_note(fuzz::view(data, size));
    check(note.overlap >= 0 && note.overlap < 1 && note.bandwidth > 0, "filters follow one another");
    check(note.pixels_per_second > 0, "time goes on");
  });
  return 0;
}
