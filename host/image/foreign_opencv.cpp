// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The module spectrohue_opencv.so; see foreign.h. No exception leaves it.
#include <algorithm>
#include <cstring>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "image/foreign.h"

using spectrohue::image::ForeignFile;
using spectrohue::image::ForeignPicture;
using spectrohue::image::ForeignSource;
using spectrohue::image::ForeignStatus;

namespace {

template <std::size_t Size>
ForeignStatus fail(const cv::Exception& e, ForeignStatus status, char (&message)[Size]) {
  const std::size_t length = std::min(e.err.size(), Size - 1);
  std::memcpy(message, e.err.data(), length);
  return e.code == cv::Error::StsNoMem ? ForeignStatus::NoMemory : status;
}

/// Blue, green, red, as OpenCV has it; gray as it lies.
cv::Mat mat_of(const ForeignSource& picture) {
  if (picture.channels == 1) {
    return {picture.height, picture.width, CV_8UC1, const_cast<std::uint8_t*>(picture.pixels), picture.row_bytes};
  }
  cv::Mat mat(picture.height, picture.width, CV_8UC3);
  for (int y = 0; y < picture.height; ++y) {
    const std::uint8_t* in = picture.pixels + static_cast<std::size_t>(y) * picture.row_bytes;
    std::uint8_t* out = mat.ptr(y);
    for (int x = 0; x < picture.width; ++x, in += 3, out += 3) std::reverse_copy(in, in + 3, out);
  }
  return mat;
}

/// OpenCV's WebP looks at the first parameter only.
std::vector<int> parameters_of(const std::string& extension, int quality) {
  if (extension == ".webp") return {cv::IMWRITE_WEBP_QUALITY, quality};
  std::vector<int> parameters{cv::IMWRITE_JPEG_QUALITY, quality};
#if CV_VERSION_MAJOR > 4 || (CV_VERSION_MAJOR == 4 && CV_VERSION_MINOR >= 7)
  // Colours keep their resolution.
  parameters.insert(parameters.end(), {cv::IMWRITE_JPEG_SAMPLING_FACTOR, cv::IMWRITE_JPEG_SAMPLING_FACTOR_444});
#endif
  return parameters;
}

}  // namespace

extern "C" ForeignStatus spectrohue_foreign_decode(const std::uint8_t* bytes, std::size_t size, ForeignPicture* out) {
  // OpenCV would write its own words about a bad file to stderr.
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  *out = ForeignPicture{};
  try {
    const std::vector<std::uint8_t> copy(bytes, bytes + size);
    auto decoded = std::make_unique<cv::Mat>(cv::imdecode(copy, cv::IMREAD_UNCHANGED));
    if (decoded->empty()) return ForeignStatus::Damaged;
    const int depth = decoded->depth();
    if (depth != CV_8U && depth != CV_16U && depth != CV_32F) return ForeignStatus::WrongDepth;
    out->width = decoded->cols;
    out->height = decoded->rows;
    out->channels = decoded->channels();
    out->bits = static_cast<int>(8 * decoded->elemSize1());
    out->pixels = decoded->data;
    out->row_bytes = decoded->step[0];
    out->owner = decoded.release();
    return ForeignStatus::Ok;
  } catch (const cv::Exception& e) {
    return fail(e, ForeignStatus::Damaged, out->message);
  } catch (const std::bad_alloc&) {
    return ForeignStatus::NoMemory;
  } catch (...) {
    return ForeignStatus::Damaged;
  }
}

extern "C" void spectrohue_foreign_release(void* owner) { delete static_cast<cv::Mat*>(owner); }

extern "C" ForeignStatus spectrohue_foreign_encode(const ForeignSource* picture, const char* extension, int quality,
                                                   ForeignFile* out) {
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  *out = ForeignFile{};
  try {
    auto bytes = std::make_unique<std::vector<std::uint8_t>>();
    if (!cv::imencode(extension, mat_of(*picture), *bytes, parameters_of(extension, quality)))
      return ForeignStatus::Refused;
    out->bytes = bytes->data();
    out->size = bytes->size();
    out->owner = bytes.release();
    return ForeignStatus::Ok;
  } catch (const cv::Exception& e) {
    return fail(e, ForeignStatus::Refused, out->message);
  } catch (const std::bad_alloc&) {
    return ForeignStatus::NoMemory;
  } catch (...) {
    return ForeignStatus::Refused;
  }
}

extern "C" void spectrohue_foreign_release_file(void* owner) { delete static_cast<std::vector<std::uint8_t>*>(owner); }
