// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Where in a figure its largest plot is.
#pragma once

#include <cstdint>
#include <string>

#include "spectrohue/types.h"

namespace spectrohue::image {

/// Pixels of a picture: left <= x < right, top <= y < bottom.
struct Box {
  std::int64_t left = 0;
  std::int64_t top = 0;
  std::int64_t right = 0;
  std::int64_t bottom = 0;

  std::int64_t width() const { return right - left; }
  std::int64_t height() const { return bottom - top; }
  bool operator==(const Box&) const = default;
};

/// "80,58,477,427": as --crop takes it.
std::string to_string(const Box& box);
/// The reverse. Throws Error(Usage) unless it is four whole numbers, left < right and top < bottom.
Box box_from_string(const std::string& text);

/// What told where the plot is.
enum class BoxSign {
  Frame,   ///< a rectangle of lines of one colour around it
  Margin,  ///< it is what is not the light page around it
  Whole,   ///< there is neither: the picture is the plot
};

struct AxesBox {
  Box inside;  ///< the plot; of a frame, what its lines leave
  BoxSign sign = BoxSign::Whole;
  std::int64_t line_width = 0;  ///< pixels of a frame's lines; what blends with the pixels beside them is not counted

  bool operator==(const AxesBox&) const = default;
};

/// The largest box with a frame, at least an eighth of the picture wide and high; else, on a light page, the largest
/// stretch of columns and rows most of which is painted; else the whole picture, if its rim is coloured.
/// picture: 8-bit RGB. tolerance: how much channels of one colour differ, 0 .. 255, more than 0 where JPEG has been.
/// Throws Error(BadFormat), which asks for --crop, if there is nothing like this, or two boxes of the same size.
AxesBox find_axes_box(const Picture& picture, int tolerance = 0);

/// For the user: "the plot is 80,58,477,427 (its frame was found)".
std::string to_string(const AxesBox& box);

/// The pixels of a box. Throws Error(Usage) if it reaches beyond the picture.
Picture cropped(const Picture& picture, const Box& box);

}  // namespace spectrohue::image
