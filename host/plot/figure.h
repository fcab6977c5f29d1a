// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// A spectrogram for people: magnitudes over time and frequency, with axes, a colour bar, a title and waveforms.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/colormap.h"
#include "plot/drawing.h"
#include "spectrohue/frequency_scale.h"

namespace spectrohue::plot {

enum class Theme { Light, Dark };
Theme theme_from_string(std::string_view name);  ///< "light" or "dark"; throws Error(Usage)
std::string to_string(Theme theme);

struct FigureStyle {
  int width = 1200;  ///< CSS pixels
  int height = 0;    ///< 0: as much as the channels take
  double scale = 1;  ///< device pixels a CSS pixel
  Theme theme = Theme::Light;
  std::string font = "sans-serif";
  bool waveform = true;
  bool axes = true;
  bool colour_bar = true;
};

/// What is measured of one channel.
struct Panel {
  /// Level in dB, [Layout::rows, Layout::columns], row 0 = the top. Row i covers the frequencies from row_edges_hz()[i
  /// + 1] to row_edges_hz()[i], column j the time from column_edges()[j] to [j + 1].
  std::vector<float> levels;
  /// The lowest and highest sample of a column, [Layout::columns]; empty: nothing to draw.
  std::vector<float> low;
  std::vector<float> high;
};

struct Figure {
  FigureStyle style;
  std::string title;         ///< any bytes; empty: none
  FrequencyScale frequency;  ///< fmin and fmax filled in (frequency_range())
  double start_s = 0;
  double end_s = 1;  ///< above start_s
  double low_db = -100;
  double high_db = 0;
  std::string level_name = "dBFS";  ///< what the colour bar is called
  Colormap colormap;
  int channels = 1;
  double amplitude = 1;  ///< the waveforms' axes go from minus this to this
  std::vector<Panel> panels;
};

struct ChannelLayout {
  Box waveform;  ///< height 0: none
  Box spectrogram;
};

/// Where the parts of a figure are. Spectrograms begin and end with device pixels, columns x rows of them.
struct Layout {
  double width = 0;
  double height = 0;
  std::int64_t columns = 0;
  std::int64_t rows = 0;
  std::vector<ChannelLayout> channels;
  Box colour_bar;  ///< width 0: none
};

/// Depends on all of the figure but its panels and amplitude. Throws Error(Usage) if there is no room for the channels.
Layout lay_out(const Figure& figure);

/// Edges of the rows, from fmax down to fmin, in even steps on the scale, [rows + 1].
std::vector<double> row_edges_hz(const FrequencyScale& scale, std::int64_t rows);

/// Where a frequency is in a spectrogram, and a time.
double y_of_hz(const Figure& figure, const Box& spectrogram, double hz);
double x_of_time(const Figure& figure, const Box& spectrogram, double seconds);

/// All of it. Texts neither overlap nor leave the figure: what has no room is left out, a title is cut short.
Drawing draw(const Figure& figure, const Layout& layout);

}  // namespace spectrohue::plot
