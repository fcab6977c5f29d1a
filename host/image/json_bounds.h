// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

namespace spectrohue::image {

/// How much JSON from a file that anyone may have written is taken. Some of what the parser does takes the square of
/// the number of values, and some takes stack for each level.
class JsonBounds {
 public:
  explicit JsonBounds(int most_values, int most_levels = 16) : most_values_(most_values), most_levels_(most_levels) {}

  /// To be asked at each event of the parser: what is too much, if anything is.
  std::optional<std::string> excess(int level) {
    if (++n_values_ > most_values_) return "it holds more than " + std::to_string(most_values_) + " values";
    if (level > most_levels_) return "it is nested too deeply";
    return std::nullopt;
  }

 private:
  int most_values_;
  int most_levels_;
  int n_values_ = 0;
};

}  // namespace spectrohue::image
