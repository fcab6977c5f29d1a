// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Sound files, and pictures that hold sound, to figures.
#pragma once

#include <optional>

#include "batch/conversion.h"
#include "core/colormap.h"
#include "plot/figure.h"
#include "plot/meter.h"

namespace spectrohue::batch {

enum class FigureType { Png, Svg, Pdf };
std::string to_string(FigureType type);                     ///< "png", "svg" or "pdf"
FigureType figure_type_from_string(std::string_view name);  ///< throws Error(Usage)

struct PlotSettings {
  FigureType type = FigureType::Png;
  image::Compression compression = image::Compression::Fast;  ///< of PNGs
  plot::FigureStyle style;
  std::optional<std::string> title;  ///< none: the file's name; empty: no title
  StftSettings stft;
  bool keeps_stft_of_pictures = true;  ///< a picture is measured with the transform that made it
  ParameterFlags flags;                ///< for pictures without a note
  plot::Reduce reduce = plot::Reduce::Max;
  FrequencyScale frequency;  ///< kind, fmin and fmax
  double start_s = 0;
  std::optional<double> duration_s;  ///< none: to the end
  bool is_relative_to_peak = false;  ///< 0 dB is the largest magnitude that is shown, of all channels; else full scale
  double low_db = -100;
  double high_db = 0;
  Colormap colormap;
};

/// Throws Error(Usage) that names what is wrong.
void validate(const PlotSettings& settings);

/// Measures a sound and draws its figure. The measuring goes through the sound once, a stretch at a time; a file whose
/// header lies about its length is gone through again.
class Plotter final : public Conversion {
 public:
  explicit Plotter(PlotSettings settings) : settings_(std::move(settings)) {}

  std::string parameters() const override;
  void read(Job& job) const override;
  void compute(Worker& worker, Job& job) const override;
  void write(Job& job) const override;

  /// What a task's figure will measure, in pixels, from the header of its source. Throws Error.
  struct Size {
    std::int64_t width = 0;
    std::int64_t height = 0;
  };
  Size size_of(const Task& task) const;

 private:
  plot::Figure figure_for(const plot::SoundShape& sound, const std::filesystem::path& source) const;
  plot::Figure plot_sound(Worker& worker, Job& job, plot::Layout& layout) const;
  plot::Figure plot_picture(Worker& worker, Job& job, plot::Layout& layout) const;
  std::int64_t measure_file(Job& job, plot::Meter& meter, std::int64_t n_samples) const;
  void complete(plot::Figure& figure, std::vector<plot::Panel> panels) const;
  void write_figure(Worker& worker, Job& job, const plot::Figure& figure, const plot::Layout& layout) const;

  PlotSettings settings_;
};

}  // namespace spectrohue::batch
