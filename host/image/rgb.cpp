// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/rgb.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "spectrohue/error.h"

namespace spectrohue::image {

namespace {

void expand_indices(const Buffer<std::uint8_t>& indices, const std::vector<Colour>& palette, std::uint8_t* rgb) {
  std::array<Colour, 256> colours{};
  std::copy_n(palette.begin(), std::min(palette.size(), colours.size()), colours.begin());
  for (const std::uint8_t index : indices) {
    std::copy_n(colours[index].data(), 3, rgb);
    rgb += 3;
  }
}

template <int SampleBytes>
void expand_gray(const Buffer<std::uint8_t>& gray, std::uint8_t* rgb) {
  for (std::size_t i = 0; i < gray.size(); i += SampleBytes) {
    for (int c = 0; c < 3; ++c, rgb += SampleBytes) std::memcpy(rgb, gray.data() + i, SampleBytes);
  }
}

}  // namespace

void expand_to_rgb(Picture& picture) {
  if (picture.layout.channels == 3) return;
  if (picture.layout.channels != 1) {
    throw Error(ErrorCode::Unsupported, "pixels of a real and an imaginary part cannot be shown as colours");
  }
  Buffer<std::uint8_t> single;
  single.swap(picture.pixels);
  picture.resize(picture.width, picture.height, {3, picture.layout.bits});
  std::uint8_t* const rgb = picture.pixels.data();
  if (!picture.palette.empty()) {
    expand_indices(single, std::exchange(picture.palette, {}), rgb);
  } else if (picture.layout.bits == 8) {
    expand_gray<1>(single, rgb);
  } else if (picture.layout.bits == 16) {
    expand_gray<2>(single, rgb);
  } else {
    expand_gray<4>(single, rgb);
  }
}

}  // namespace spectrohue::image
