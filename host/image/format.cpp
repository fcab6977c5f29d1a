// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/format.h"

#include <algorithm>
#include <array>
#include <limits>

#include "spectrohue/error.h"

namespace spectrohue::image {

namespace {

struct Facts {
  Format format;
  const char* name;
  const char* extension;
  const char* other_name;  ///< is an extension too
  int most_bits;
  std::int64_t most_pixels;  ///< a side
};
constexpr std::int64_t kAnySide = std::numeric_limits<std::int64_t>::max();
// JPEG's own limit is 65,535; libjpeg, which nearly all programs read it with, stops at 65,500.
constexpr auto kFacts = std::to_array<Facts>({
    {Format::Png, "png", ".png", "png", 16, 0x7FFFFFFF},
    {Format::Tiff, "tiff", ".tiff", "tif", 32, 0xFFFFFFFF},
    {Format::Npy, "npy", ".npy", "npy", 32, kAnySide},
    {Format::Npz, "npz", ".npz", "npz", 32, kAnySide},
    {Format::Jpeg, "jpeg", ".jpg", "jpg", 8, 65500},
    {Format::WebP, "webp", ".webp", "webp", 8, 16383},
});

const Facts& facts_of(Format format) {
  return *std::find_if(kFacts.begin(), kFacts.end(), [&](const Facts& facts) { return facts.format == format; });
}

std::optional<Format> find(std::string_view name) {
  for (const Facts& facts : kFacts) {
    if (name == facts.name || name == facts.other_name) return facts.format;
  }
  return std::nullopt;
}

}  // namespace

std::string to_string(Format format) { return facts_of(format).name; }

Format format_from_string(std::string_view name) {
  if (const std::optional<Format> format = find(name)) return *format;
  throw Error(ErrorCode::Usage,
              "unknown picture format '" + std::string(name) + "': png, tiff, npy, npz, jpeg or webp");
}

std::string extension_of(Format format) { return facts_of(format).extension; }

std::optional<Format> format_of_extension(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  if (extension.empty()) return std::nullopt;
  for (char& c : extension) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return find(std::string_view(extension).substr(1));
}

bool is_lossy(Format format) { return format == Format::Jpeg || format == Format::WebP; }

bool holds_note(Format format) { return format == Format::Png || format == Format::Tiff; }

void check_fits(Format format, PixelLayout layout, std::int64_t width, std::int64_t height) {
  const Facts& facts = facts_of(format);
  const auto refuse = [&](const std::string& why) {
    throw Error(ErrorCode::Unsupported, "a " + std::string(facts.name) + " file cannot hold " + why);
  };
  if (layout.bits > facts.most_bits) {
    const std::string what =
        layout.bits == 32 ? "floats; take tiff, npy or npz" : "16 bits; take png, tiff, npy or npz";
    refuse(what);
  }
  if (width < 1 || height < 1 || std::max(width, height) > facts.most_pixels) {
    refuse(std::to_string(width) + " x " + std::to_string(height) + " pixels: each side must be 1 to " +
           std::to_string(facts.most_pixels) + "; take png or npy, or cut it into tiles (--tile-width)");
  }
}

}  // namespace spectrohue::image
