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

#include "image/foreign.h"

using spectrohue::image::ForeignPicture;
using spectrohue::image::ForeignStatus;

extern "C" ForeignStatus spectrohue_foreign_decode(const std::uint8_t* bytes, std::size_t size, ForeignPicture* out) {
  // OpenCV would write its own words about a bad file to stderr.
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  *out = ForeignPicture{};
  try {
    const std::vector<std::uint8_t> copy(bytes, bytes + size);
    auto decoded = std::make_unique<cv::Mat>(cv::imdecode(copy, cv::IMREAD_UNCHANGED));
    if (decoded->empty()) return ForeignStatus::Damaged;
    if (decoded->depth() != CV_8U && decoded->depth() != CV_16U) return ForeignStatus::WrongDepth;
    out->width = decoded->cols;
    out->height = decoded->rows;
    out->channels = decoded->channels();
    out->bits = decoded->depth() == CV_16U ? 16 : 8;
    out->pixels = decoded->data;
    out->row_bytes = decoded->step[0];
    out->owner = decoded.release();
    return ForeignStatus::Ok;
  } catch (const cv::Exception& e) {
    const std::size_t length = std::min(e.err.size(), sizeof out->message - 1);
    std::memcpy(out->message, e.err.data(), length);
    return e.code == cv::Error::StsNoMem ? ForeignStatus::NoMemory : ForeignStatus::Damaged;
  } catch (const std::bad_alloc&) {
    return ForeignStatus::NoMemory;
  } catch (...) {
    return ForeignStatus::Damaged;
  }
}

extern "C" void spectrohue_foreign_release(void* owner) { delete static_cast<cv::Mat*>(owner); }
