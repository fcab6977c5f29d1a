// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// make_picture PATH SOURCE_NAME [TILES]: a picture of silence whose note says that it was made from SOURCE_NAME,
// whatever that is, and is the first of TILES.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>

#include "image/picture_file.h"

int main(int argc, char** argv) try {
  using namespace spectrohue;
  if (argc < 3) {
    std::fprintf(stderr, "usage: make_picture PATH SOURCE_NAME [TILES]\n");
    return 2;
  }
  PictureNote note;
  note.stft = StftSettings::for_n_fft(16);
  note.sample_rate = 8000;
  note.channels = 1;
  note.n_samples = 100;
  note.ref = {1.0};
  note.source_name = argv[2];
  note.tile.count = argc > 3 ? std::stoi(argv[3]) : 1;
  Picture picture;
  picture.width = note.stft.n_frames(note.n_samples);
  picture.height = note.stft.n_bins();
  picture.pixels.resize(static_cast<std::size_t>(picture.row_bytes() * picture.height));
  std::fill(picture.pixels.begin(), picture.pixels.end(), std::uint8_t{0});
  image::write_png(argv[1], picture, &note);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "make_picture: %s\n", error.what());
  return 1;
}
