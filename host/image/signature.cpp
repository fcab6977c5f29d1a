// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/signature.h"

#include <algorithm>
#include <array>
#include <string>

#include "image/png.h"
#include "spectrohue/error.h"

namespace spectrohue::image {

namespace {

using namespace std::string_view_literals;

constexpr auto kSignatures = std::to_array<Signature>({
    {0, "\xFF\xD8\xFF"sv, Kind::Jpeg, "JPEG"},
    {8, "WEBP"sv, Kind::WebP, "WebP"},
    {0, "II*\0"sv, Kind::Tiff, "TIFF"},
    {0, "MM\0*"sv, Kind::Tiff, "TIFF"},
    {0, "II+\0"sv, Kind::Picture, "TIFF"},
    {0, "MM\0+"sv, Kind::Picture, "TIFF"},
    {0, "\x93NUMPY"sv, Kind::Npy, "NPY"},
    {0, "PK\3\4"sv, Kind::Npz, "NPZ"},
    {0, "BM"sv, Kind::Bmp, "BMP"},
    {4, "jP  "sv, Kind::OtherPicture, "JPEG 2000"},
    {0, "\xFF\x4F\xFF\x51"sv, Kind::OtherPicture, "JPEG 2000"},
    {0, "#?RADIANCE"sv, Kind::OtherPicture, "Radiance HDR"},
    {0, "#?RGBE"sv, Kind::OtherPicture, "Radiance HDR"},
    {0, "\x76\x2F\x31\x01"sv, Kind::OtherPicture, "OpenEXR"},
    {0, "\x59\xA6\x6A\x95"sv, Kind::OtherPicture, "Sun raster"},
    {0, "GIF8"sv, Kind::OtherPicture, "GIF"},
    {4, "ftypavif"sv, Kind::OtherPicture, "AVIF"},
    {4, "ftyphei"sv, Kind::OtherPicture, "HEIF"},
    {4, "ftypmif1"sv, Kind::OtherPicture, "HEIF"},
    {0, "P1"sv, Kind::Picture, "PNM"},
    {0, "P2"sv, Kind::Picture, "PNM"},
    {0, "P3"sv, Kind::Picture, "PNM"},
    {0, "P4"sv, Kind::Picture, "PNM"},
    {0, "P5"sv, Kind::Picture, "PNM"},
    {0, "P6"sv, Kind::Picture, "PNM"},
    {0, "P7"sv, Kind::Picture, "PAM"},
    {0, "%PDF"sv, Kind::NoPicture, "a PDF document"},
    {0, "PK\5\6"sv, Kind::NoPicture, "an empty ZIP archive"},
    {8, "WAVE"sv, Kind::NoPicture, "a WAV sound file"},
    {0, "fLaC"sv, Kind::NoPicture, "a FLAC sound file"},
    {0, "OggS"sv, Kind::NoPicture, "an Ogg sound file"},
    {0, "ID3"sv, Kind::NoPicture, "an MP3 sound file"},
});

bool looks_like_text(std::string_view bytes) {
  return std::none_of(bytes.begin(), bytes.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f') || u == 0x7F;
  });
}

const Signature* find_signature(std::string_view head) {
  for (const Signature& s : kSignatures) {
    if (head.size() >= s.offset + s.bytes.size() && head.substr(s.offset, s.bytes.size()) == s.bytes) return &s;
  }
  return nullptr;
}

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorCode::BadFormat, what); }

/// True if a JPEG goes on to its end-of-image marker. OpenCV would fill what is missing with gray and say nothing.
bool jpeg_is_complete(const std::vector<std::uint8_t>& bytes) {
  std::size_t i = 2;
  while (i + 1 < bytes.size()) {
    const std::uint8_t marker = bytes[i + 1];
    const bool stuffing = bytes[i] != 0xFF || marker == 0x00 || marker == 0xFF;  // coded pixels, or fill bytes
    if (stuffing) {
      ++i;
    } else if (marker == 0xD9) {
      return true;
    } else if (marker >= 0xD0 && marker <= 0xD8) {  // restart markers and the like have no length
      i += 2;
    } else if (i + 3 < bytes.size()) {
      i += 2 + (static_cast<std::size_t>(bytes[i + 2]) << 8 | bytes[i + 3]);
    } else {
      return false;
    }
  }
  return false;
}

std::size_t little_endian(const std::vector<std::uint8_t>& bytes, std::size_t at) {
  std::size_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | bytes[at + i];
  return value;
}

}  // namespace

const Signature* recognise(std::string_view head) {
  if (head.empty()) refuse("not a picture: the file is empty");
  if (png::kSignature.substr(0, head.size()) == head) refuse("truncated PNG: the file ends early, in its signature");
  const Signature* const signature = find_signature(head);
  if (signature != nullptr && signature->kind == Kind::NoPicture) {
    refuse(std::string("not a picture: it looks like ") + signature->name);
  }
  if (signature == nullptr && looks_like_text(head)) refuse("not a picture: it looks like text");
  return signature;
}

bool is_cut_short(Kind kind, const std::vector<std::uint8_t>& bytes) {
  constexpr std::size_t kSizesEnd = 16;
  if (kind == Kind::Jpeg) return !jpeg_is_complete(bytes);
  if (kind == Kind::WebP) return bytes.size() < kSizesEnd || bytes.size() < 8 + little_endian(bytes, 4);
  if (kind == Kind::Bmp) return bytes.size() < kSizesEnd || bytes.size() < little_endian(bytes, 2);
  return false;
}

bool webp_is_lossy(const std::vector<std::uint8_t>& bytes) {
  std::size_t i = 12;
  while (i + 8 <= bytes.size()) {
    const std::string_view name(reinterpret_cast<const char*>(bytes.data()) + i, 4);
    if (name == "VP8 ") return true;
    if (name == "VP8L") return false;
    const std::size_t size = little_endian(bytes, i + 4);
    i += 8 + size + (size & 1);
  }
  return false;
}

}  // namespace spectrohue::image
