// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/arrange.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "spectrohue/error.h"

namespace spectrohue::image {

namespace {

/// Which pixels of a line a pixel of another line is made of, and in what shares.
struct Share {
  std::int64_t first = 0;
  std::vector<double> weights;
};

/// Each of `to` pixels covers from / to of the old ones.
std::vector<Share> covering_shares(std::int64_t from, std::int64_t to) {
  std::vector<Share> shares;
  const double width = static_cast<double>(from) / static_cast<double>(to);
  for (std::int64_t i = 0; i < to; ++i) {
    const double begin = static_cast<double>(i) * width;
    const double end = std::min(static_cast<double>(from), begin + width);
    Share share;
    share.first = static_cast<std::int64_t>(begin);
    for (std::int64_t k = share.first; static_cast<double>(k) < end; ++k) {
      const double overlap = std::min(end, static_cast<double>(k + 1)) - std::max(begin, static_cast<double>(k));
      share.weights.push_back(overlap / (end - begin));
    }
    shares.push_back(std::move(share));
  }
  return shares;
}

/// Each lies between the centres of two old ones.
std::vector<Share> linear_shares(std::int64_t from, std::int64_t to) {
  std::vector<Share> shares;
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  for (std::int64_t i = 0; i < to; ++i) {
    const double place = std::clamp((static_cast<double>(i) + 0.5) * scale - 0.5, 0.0, static_cast<double>(from - 1));
    const auto first = std::min(static_cast<std::int64_t>(place), std::max<std::int64_t>(0, from - 2));
    const double beyond = place - static_cast<double>(first);
    shares.push_back({first, from > 1 ? std::vector<double>{1 - beyond, beyond} : std::vector<double>{1.0}});
  }
  return shares;
}

std::vector<Share> shares_of(std::int64_t from, std::int64_t to) {
  return to < from ? covering_shares(from, to) : linear_shares(from, to);
}

template <class T>
T stored(double value) {
  if constexpr (std::is_floating_point_v<T>) return static_cast<T>(value);
  return static_cast<T>(std::lrint(value));
}

template <class T>
void resize_samples(const Picture& from, Picture& to) {
  const int channels = from.layout.channels;
  const std::vector<Share> across = shares_of(from.width, to.width);
  const std::vector<Share> down = shares_of(from.height, to.height);
  std::vector<double> line(static_cast<std::size_t>(from.width * channels));
  for (std::int64_t y = 0; y < to.height; ++y) {
    std::fill(line.begin(), line.end(), 0.0);
    const Share& rows = down[y];
    for (std::size_t k = 0; k < rows.weights.size(); ++k) {
      const T* row = reinterpret_cast<const T*>(from.row(rows.first + static_cast<std::int64_t>(k)));
      for (std::size_t i = 0; i < line.size(); ++i) line[i] += rows.weights[k] * row[i];
    }
    T* out = reinterpret_cast<T*>(to.row(y));
    for (std::int64_t x = 0; x < to.width; ++x) {
      for (int c = 0; c < channels; ++c) {
        double sum = 0;
        for (std::size_t k = 0; k < across[x].weights.size(); ++k) {
          sum += across[x].weights[k] * line[(across[x].first + static_cast<std::int64_t>(k)) * channels + c];
        }
        out[x * channels + c] = stored<T>(sum);
      }
    }
  }
}

void invert(Picture& picture) {
  if (picture.layout.bits == 32) throw Error(ErrorCode::Usage, "pictures of floats cannot be inverted");
  for (std::uint8_t& byte : picture.pixels) byte = static_cast<std::uint8_t>(~byte);  // 65535 - x too
}

void flip(Picture& picture) {
  for (std::int64_t y = 0; y < picture.height / 2; ++y) {
    std::swap_ranges(picture.row(y), picture.row(y) + picture.row_bytes(), picture.row(picture.height - 1 - y));
  }
}

void transpose(Picture& picture) {
  constexpr std::int64_t kBlock = 64;
  Picture made;
  made.resize(picture.height, picture.width, picture.layout);
  made.palette = picture.palette;
  const auto bytes = static_cast<std::size_t>(picture.layout.bytes());
  for (std::int64_t top = 0; top < picture.height; top += kBlock) {
    for (std::int64_t x = 0; x < picture.width; ++x) {
      const std::int64_t bottom = std::min(picture.height, top + kBlock);
      for (std::int64_t y = top; y < bottom; ++y) {
        std::memcpy(made.row(x) + y * bytes, picture.row(y) + x * bytes, bytes);
      }
    }
  }
  std::swap(picture, made);
}

}  // namespace

void resize(Picture& picture, Size size) {
  if (size.width < 1 || size.height < 1 || size.width > kMaxResizedBytes / picture.layout.bytes() / size.height) {
    throw Error(ErrorCode::BadFormat, "a picture cannot be resized to " + std::to_string(size.width) + " x " +
                                          std::to_string(size.height) + " pixels: that is more than " +
                                          std::to_string(kMaxResizedBytes >> 30) + " GiB, or nothing");
  }
  Picture made;
  made.resize(size.width, size.height, picture.layout);
  made.palette = picture.palette;
  switch (picture.layout.bits) {
    case 8: resize_samples<std::uint8_t>(picture, made); break;
    case 16: resize_samples<std::uint16_t>(picture, made); break;
    default: resize_samples<float>(picture, made); break;
  }
  std::swap(picture, made);
}

void arrange(Picture& picture, const Arrangement& a) {
  if (a.is_resized()) resize(picture, {a.width, a.height});
  if (a.invert) invert(picture);
  if (a.flip) flip(picture);
  if (a.transpose) transpose(picture);
}

void rearrange(Picture& picture, const Arrangement& a) {
  if (a.transpose) transpose(picture);
  if (a.flip) flip(picture);
  if (a.invert && picture.layout.bits < 32) invert(picture);
  const bool was_resized = a.is_resized() && picture.width == a.width && picture.height == a.height;
  if (was_resized && a.from_width > 0 && a.from_height > 0) resize(picture, {a.from_width, a.from_height});
}

Size arranged(Size size, const Arrangement& a) {
  if (a.is_resized()) size = {a.width, a.height};
  return a.transpose ? Size{size.height, size.width} : size;
}

Size rearranged(Size size, const Arrangement& a) {
  if (a.transpose) std::swap(size.width, size.height);
  if (a.is_resized() && size.width == a.width && size.height == a.height && a.from_width > 0) {
    return {a.from_width, a.from_height};
  }
  return size;
}

}  // namespace spectrohue::image
