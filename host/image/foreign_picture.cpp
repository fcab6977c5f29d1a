// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/foreign_picture.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

#include "image/file_io.h"
#include "image/foreign_loader.h"
#include "image/picture_file.h"
#include "spectrohue/error.h"

namespace spectrohue::image {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorCode::BadFormat, what); }

std::vector<std::uint8_t> read_all(std::FILE* file) {
  struct stat status {};
  if (fstat(fileno(file), &status) != 0) {
    throw Error(ErrorCode::Read, "cannot read the file: " + system_reason(errno));
  }
  if (status.st_size > std::numeric_limits<int>::max()) {
    throw Error(ErrorCode::Unsupported,
                "pictures that OpenCV has to read may have up to 2 GiB; convert it to PNG first");
  }
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(status.st_size));
  bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file));
  if (std::ferror(file) != 0) throw Error(ErrorCode::Read, "cannot read the file: " + system_reason(errno));
  return bytes;
}

/// A decoded picture and its end.
class DecodedPicture {
 public:
  DecodedPicture(const std::vector<std::uint8_t>& bytes, const std::string& type, bool may_be_missing)
      : module_(foreign_module()) {
    const ForeignStatus status = module_.decode(bytes.data(), bytes.size(), &picture_);
    if (status == ForeignStatus::Ok) return;
    const std::string why = picture_.message;
    if (status == ForeignStatus::NoMemory) {
      throw Error(ErrorCode::OutOfMemory, "cannot allocate memory for the picture");
    }
    if (status == ForeignStatus::WrongDepth) {
      throw Error(ErrorCode::Unsupported,
                  "the " + type + " holds neither whole numbers of 8 or 16 bits nor floats of 32; convert it first");
    }
    if (!why.empty()) refuse("cannot decode the " + type + ": " + why);
    if (may_be_missing) {
      throw Error(ErrorCode::Unsupported, "this build cannot read the " + type + "; convert it to PNG or TIFF first");
    }
    refuse("cannot decode the " + type + ": it is truncated or damaged");
  }
  DecodedPicture(const DecodedPicture&) = delete;
  DecodedPicture& operator=(const DecodedPicture&) = delete;
  ~DecodedPicture() { module_.release(picture_.owner); }
  const ForeignPicture& get() const { return picture_; }

 private:
  const ForeignModule& module_;
  ForeignPicture picture_{};
};

template <class T>
void put_over_black(T alpha, int channels, T* colours) {
  for (int c = 0; c < channels; ++c) {
    if constexpr (std::is_floating_point_v<T>) {
      colours[c] *= alpha;
    } else {
      constexpr std::uint64_t kOpaque = std::numeric_limits<T>::max();
      colours[c] = static_cast<T>((std::uint64_t{colours[c]} * alpha + kOpaque / 2) / kOpaque);
    }
  }
}

/// OpenCV's order is blue, green, red, and alpha if there is one; or gray, and alpha.
template <class T>
void copy_samples(const ForeignPicture& from, Alpha alpha, Picture& to) {
  const int channels = to.layout.channels;
  const bool is_seen_through = alpha == Alpha::OverBlack && from.channels > channels;
  for (int y = 0; y < from.height; ++y) {
    const T* in = reinterpret_cast<const T*>(from.pixels + static_cast<std::size_t>(y) * from.row_bytes);
    T* out = reinterpret_cast<T*>(to.row(y));
    for (int x = 0; x < from.width; ++x, in += from.channels, out += channels) {
      for (int c = 0; c < channels; ++c) out[c] = in[channels - 1 - c];
      if (is_seen_through) put_over_black(in[channels], channels, out);
    }
  }
}

void copy_pixels(const ForeignPicture& from, const std::string& type, Alpha alpha, Picture& to) {
  const PixelLayout layout{from.channels >= 3 ? 3 : 1, from.bits};
  if (layout.bits == 32 && from.channels != 1) {
    throw Error(ErrorCode::Unsupported, "the " + type + " holds " + std::to_string(from.channels) +
                                            " floating point numbers a pixel, and no encoding has more than one there; "
                                            "convert it to one channel, or to whole numbers");
  }
  if (std::int64_t{from.width} * layout.bytes() > kMaxPixelBytes / from.height) {
    refuse("the picture is larger than the limit of 16 GiB");
  }
  to.resize(from.width, from.height, layout);
  to.palette.clear();
  if (layout.bits == 32) {
    copy_samples<float>(from, alpha, to);
  } else if (layout.bits == 16) {
    copy_samples<std::uint16_t>(from, alpha, to);
  } else {
    copy_samples<std::uint8_t>(from, alpha, to);
  }
}

}  // namespace

ForeignDescription read_with_opencv(std::FILE* file, const Signature* signature, Alpha alpha, Picture& out) {
  const std::string type = signature != nullptr ? signature->name : "file of unknown type";
  const Kind kind = signature != nullptr ? signature->kind : Kind::Picture;
  const std::vector<std::uint8_t> bytes = read_all(file);
  if (is_cut_short(kind, bytes)) refuse("truncated " + type + ": the file ends early");
  const DecodedPicture decoded_picture(bytes, type, kind == Kind::OtherPicture);
  const ForeignPicture& decoded = decoded_picture.get();
  copy_pixels(decoded, type, alpha, out);

  constexpr std::array<const char*, 4> kColours{"gray", "gray with alpha", "RGB", "RGB with alpha"};
  const char* const colours = kColours[static_cast<std::size_t>(std::clamp(decoded.channels, 1, 4) - 1)];
  ForeignDescription description;
  description.text = (signature != nullptr ? type : "unknown type") + ", " + std::to_string(out.layout.bits) + "-bit " +
                     (out.layout.bits == 32 ? "float" : colours);
  description.lossy = kind == Kind::Jpeg || (kind == Kind::WebP && webp_is_lossy(bytes));
  return description;
}

std::vector<std::uint8_t> encode_with_opencv(const Picture& picture, Format format, int quality) {
  const ForeignModule& module = foreign_module();
  const ForeignSource source{static_cast<int>(picture.width), static_cast<int>(picture.height), picture.layout.channels,
                             picture.pixels.data(), static_cast<std::size_t>(picture.row_bytes())};
  ForeignFile file{};
  const ForeignStatus status = module.encode(&source, extension_of(format).c_str(), quality, &file);
  if (status == ForeignStatus::NoMemory) throw Error(ErrorCode::OutOfMemory, "cannot allocate memory for the picture");
  if (status != ForeignStatus::Ok) {
    const std::string why = file.message;
    throw Error(ErrorCode::Unsupported,
                "this build cannot write a " + to_string(format) + (why.empty() ? "" : ": " + why));
  }
  try {
    std::vector<std::uint8_t> bytes(file.bytes, file.bytes + file.size);
    module.release_file(file.owner);
    return bytes;
  } catch (...) {
    module.release_file(file.owner);
    throw;
  }
}

}  // namespace spectrohue::image
