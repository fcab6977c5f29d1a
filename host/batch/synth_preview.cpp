// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/synth_preview.h"

#include <algorithm>

#include "plot/canvas.h"
#include "plot/figure.h"
#include "plot/meter.h"

namespace spectrohue::batch {

namespace {

int side(std::int64_t pixels) {
  return static_cast<int>(std::clamp<std::int64_t>(pixels, kLeastPreviewSide, kMostPreviewSide));
}

/// No preview reaches below: bins are not much finer.
constexpr double kLeastHz = 1;

FrequencyScale scale_of(const synth::Score& score) {
  FrequencyScale scale = score.axis.scale;
  const double half = score.sample_rate / 2.0;
  scale.fmax = std::clamp(score.axis.hz(score.n_rows - 0.5), 2 * kLeastHz, half);
  const double least = scale.kind == FrequencyScaleKind::Log ? kLeastHz : 0;
  scale.fmin = std::clamp(score.axis.hz(-0.5), least, scale.fmax - kLeastHz);
  return scale;
}

float loudest(const std::vector<plot::Panel>& panels) {
  float most = -300;  // silence
  for (const plot::Panel& panel : panels) {
    for (const float level : panel.levels) most = std::max(most, level);
  }
  return most;
}

}  // namespace

Picture draw_preview(Backend& backend, const StftSettings& stft, const Audio& audio, const synth::Score& score,
                     const Colormap& colours, double range_db) {
  plot::Figure figure;
  figure.style.width = side(score.n_columns);
  figure.style.height = side(score.n_rows) * audio.channels;
  figure.style.waveform = figure.style.axes = figure.style.colour_bar = false;
  figure.frequency = scale_of(score);
  figure.end_s = std::max(audio.seconds(), 1.0 / audio.sample_rate);
  figure.colormap = colours;
  figure.channels = audio.channels;
  const plot::Layout layout = plot::lay_out(figure);
  plot::Meter meter(backend, {stft, plot::Reduce::Max}, {audio.sample_rate, audio.channels, audio.n_samples}, figure,
                    layout);
  meter.add(audio.samples.data(), audio.n_samples, 0, audio.n_samples);
  figure.panels = meter.finish();
  figure.high_db = loudest(figure.panels);
  figure.low_db = figure.high_db - range_db;
  return plot::rasterise(plot::draw(figure, layout));
}

}  // namespace spectrohue::batch
