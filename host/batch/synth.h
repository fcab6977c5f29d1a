// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Any picture to a sound file.
#pragma once

#include <functional>
#include <optional>

#include "batch/conversion.h"
#include "batch/synth_source.h"
#include "core/colormap.h"
#include "synth/synth.h"

namespace spectrohue::batch {

/// How a picture is gone through.
enum class Traversal {
  Columns,  ///< time runs from left to right, rows are frequencies
  Hilbert,  ///< all at once: a pixel's frequency is its place on Hilbert's curve
};
std::string to_string(Traversal traversal);              ///< "columns" "hilbert"
Traversal traversal_from_string(std::string_view name);  ///< throws Error(Usage) that lists the legal ones

/// What is empty follows from the note of the picture, or, where there is none, is as it says here.
struct SynthSettings {
  bool ignores_note = false;
  bool invert = false;
  Arrangement turned;  ///< flip and transpose
  double blur = 0;     ///< pixels of the picture
  Traversal traversal = Traversal::Columns;
  synth::Stereo stereo = synth::Stereo::None;
  std::optional<Curve> curve;                ///< kDefaultRangeDb
  std::optional<double> seconds;             ///< or columns_per_second; Hilbert: kChordSeconds
  std::optional<double> columns_per_second;  ///< kColumnsPerSecond
  std::optional<int> sample_rate;            ///< kSampleRate
  std::optional<FrequencyScaleKind> axis;    ///< linear
  std::optional<double> fmin;                ///< 0; log: FrequencyScale::kLogFmin
  std::optional<double> fmax;                ///< half the sample rate
  std::optional<int> bands;                  ///< rows of the picture, at most kMostBands; Hilbert: a power of 4
  synth::RenderSettings render;
  std::optional<double> peak_db = -1;  ///< dBFS of the loudest sample; none: as loud as it comes
  audio::Container container = audio::Container::Wav;
  std::optional<SampleFormat> format;  ///< Pcm16
  std::filesystem::path preview;       ///< a file or a folder, or empty
  bool replaces_preview = false;
  Colormap preview_colours;

  static constexpr double kDefaultRangeDb = 60;
  static constexpr double kColumnsPerSecond = 100;
  static constexpr double kChordSeconds = 5;
  static constexpr int kSampleRate = 44100;
  static constexpr int kMostBands = 1024;
  static constexpr int kMostChordBands = 4096;
};

/// Throws Error(Usage) that names what is wrong.
void validate(const SynthSettings& settings);

/// Reads a picture, plays it and writes the sound, and the preview beside it.
class Synthesizer final : public Conversion {
 public:
  explicit Synthesizer(SynthSettings settings) : settings_(std::move(settings)) {}

  std::string parameters() const override;
  void read(Job& job) const override;
  void compute(Worker& worker, Job& job) const override;
  void write(Job& job) const override;

  /// What a task's sound will be, from the header of its picture. Throws Error.
  struct Extent {
    int sample_rate = 0;
    int channels = 0;
    double seconds = 0;
    std::int64_t n_samples = 0;
  };
  Extent extent_of(const Task& task) const;

 private:
  bool uses(const std::optional<PictureNote>& note) const;
  Extent extent(const std::optional<PictureNote>& note, std::int64_t columns) const;
  void prepare(SynthSource& source) const;
  int rows_for(const SynthSource& source) const;
  double preview_range_db(const SynthSource& source) const;
  synth::Score score_of(SynthSource& source) const;
  synth::Axis axis_for(const SynthSource& source, int n_rows, int sample_rate) const;
  synth::Steps time_for(const SynthSource& source, std::int64_t n_columns, const Extent& extent) const;
  std::filesystem::path preview_path(const Task& task) const;
  void write_preview(Worker& worker, Job& job, const synth::Score& score, double range_db) const;

  SynthSettings settings_;
};

}  // namespace spectrohue::batch
