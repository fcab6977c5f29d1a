// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// A figure as a list of what is to be drawn, which becomes pixels, a PDF or an SVG. Lengths are CSS pixels, 1/96 inch,
// from the top left corner.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "spectrohue/types.h"

namespace spectrohue::plot {

struct Point {
  double x = 0;
  double y = 0;
};

struct Box {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
  double right() const { return x + width; }
  double bottom() const { return y + height; }
};

/// Whether they come closer to each other than `gap`.
inline bool touch(const Box& a, const Box& b, double gap = 0) {
  return a.x < b.right() + gap && b.x < a.right() + gap && a.y < b.bottom() + gap && b.y < a.bottom() + gap;
}

/// A line of text from `origin`, where its baseline begins, to the right or upwards.
struct Text {
  std::string text;  ///< UTF-8 without control characters
  Point origin;
  double size = 12;
  bool is_upwards = false;
  double length = 0;  ///< along the baseline
  Box box;            ///< what it covers
};

struct Line {
  Point from;
  Point to;
  double width = 1;
  Colour colour = {};
};

/// A filled outline, and a stroke along it that keeps it visible where it is thinner than that.
struct Polygon {
  std::vector<Point> points;
  double stroke_width = 1;
  Colour colour = {};
};

/// Every pixel a crisp rectangle.
struct Image {
  Box box;
  Picture picture;  ///< with a palette of 256 colours
};

struct Drawing {
  double width = 0;
  double height = 0;
  double scale = 1;  ///< device pixels a unit
  Colour background = {};
  Colour ink = {};  ///< of text
  std::string font;
  std::vector<std::variant<Image, Polygon, Line, Text>> shapes;  ///< the first at the back
};

}  // namespace spectrohue::plot
