// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What is drawn with Cairo. Cairo stops here.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "plot/drawing.h"

namespace spectrohue::plot {

/// How large text will be. Not shared between threads.
class TextRuler {
 public:
  /// font: a family, or "sans-serif", "serif", "monospace". One that is not installed is replaced by another.
  explicit TextRuler(const std::string& font);
  ~TextRuler();
  TextRuler(const TextRuler&) = delete;
  TextRuler& operator=(const TextRuler&) = delete;

  struct Extents {
    double length = 0;   ///< along the baseline, from pen to pen
    double ascent = 0;   ///< of the ink, above the baseline
    double descent = 0;  ///< of the ink, below it
  };
  Extents measure(const std::string& text, double size) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// 8-bit RGB, drawing.scale pixels a unit, edges smoothed. Throws Error(Unsupported) if a side exceeds kMaxSide.
Picture rasterise(const Drawing& drawing);
inline constexpr std::int64_t kMaxSide = 32767;

/// A PDF of one page; text is text, with its font. The same bytes whenever it is made: it has no date.
std::vector<std::uint8_t> to_pdf(const Drawing& drawing, const std::string& title);

}  // namespace spectrohue::plot
