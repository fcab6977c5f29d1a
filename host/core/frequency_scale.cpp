// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "spectrohue/frequency_scale.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "core/names.h"

namespace spectrohue {

namespace {

constexpr Names<FrequencyScaleKind, 5> kKinds{{{FrequencyScaleKind::Linear, "linear"},
                                               {FrequencyScaleKind::Mel, "mel"},
                                               {FrequencyScaleKind::Log, "log"},
                                               {FrequencyScaleKind::Bark, "bark"},
                                               {FrequencyScaleKind::Erb, "erb"}}};
constexpr Names<MelScale, 2> kMelScales{{{MelScale::Slaney, "slaney"}, {MelScale::Htk, "htk"}}};
constexpr Names<BandNorm, 2> kNorms{{{BandNorm::None, "none"}, {BandNorm::Slaney, "slaney"}}};

template <class... Pieces>
[[noreturn]] void refuse(const Pieces&... pieces) {
  std::ostringstream message;
  (message << ... << pieces);
  throw Error(ErrorCode::Usage, message.str());
}

// Slaney, Auditory Toolbox, 1998: a mel is 200 / 3 Hz up to 1 kHz; from there 27 mels are a factor of 6.4.
constexpr double kSlaneyMelHz = 200.0 / 3;
constexpr double kSlaneyLogHz = 1000;
constexpr double kSlaneyLogMel = kSlaneyLogHz / kSlaneyMelHz;
double slaney_log_step() { return std::log(6.4) / 27; }

double slaney_mel_of_hz(double hz) {
  return hz < kSlaneyLogHz ? hz / kSlaneyMelHz : kSlaneyLogMel + std::log(hz / kSlaneyLogHz) / slaney_log_step();
}

double hz_of_slaney_mel(double mel) {
  return mel < kSlaneyLogMel ? mel * kSlaneyMelHz : kSlaneyLogHz * std::exp((mel - kSlaneyLogMel) * slaney_log_step());
}

double htk_mel_of_hz(double hz) { return 2595 * std::log10(1 + hz / 700); }
double hz_of_htk_mel(double mel) { return 700 * (std::pow(10.0, mel / 2595) - 1); }

double bark_of_hz(double hz) {
  const double bark = 26.81 * hz / (1960 + hz) - 0.53;
  if (bark < 2) return bark + 0.15 * (2 - bark);
  if (bark > 20.1) return bark + 0.22 * (bark - 20.1);
  return bark;
}

double hz_of_bark(double corrected) {
  double bark = corrected;
  if (corrected < 2) bark = (corrected - 0.15 * 2) / (1 - 0.15);
  if (corrected > 20.1) bark = (corrected + 0.22 * 20.1) / (1 + 0.22);
  return 1960 * (bark + 0.53) / (26.81 - 0.53 - bark);
}

double erb_of_hz(double hz) { return 21.4 * std::log10(1 + 0.00437 * hz); }
double hz_of_erb(double erb) { return (std::pow(10.0, erb / 21.4) - 1) / 0.00437; }

/// The bins from fmin to fmax, ends included.
std::vector<double> bins_hz(FrequencyRange range, int n_fft, int sample_rate) {
  std::vector<double> hz;
  for (int k = 0; k <= n_fft / 2; ++k) {
    const double f = static_cast<double>(k) * sample_rate / n_fft;
    if (f >= range.fmin && f <= range.fmax) hz.push_back(f);
  }
  return hz;
}

}  // namespace

FrequencyRange frequency_range(const FrequencyScale& scale, int sample_rate) {
  FrequencyRange range{scale.fmin, scale.fmax == 0 ? sample_rate / 2.0 : scale.fmax};
  if (scale.kind == FrequencyScaleKind::Log && scale.fmin == 0) {
    range.fmin = std::min(FrequencyScale::kLogFmin, range.fmax / 8);
  }
  return range;
}

void validate(const FrequencyScale& scale, int n_fft, int sample_rate) {
  if (n_fft < 1) refuse("n_fft ", n_fft, " is out of range; it must be at least 1");
  if (sample_rate < 1) refuse("a sample rate of ", sample_rate, " Hz is out of range; it must be at least 1");
  if (scale.n_bands < 1 || scale.n_bands > FrequencyScale::kMaxBands) {
    refuse("n_bands ", scale.n_bands, " is out of range; it must be 1 to ", FrequencyScale::kMaxBands);
  }
  const FrequencyRange range = frequency_range(scale, sample_rate);
  if (!(range.fmin >= 0)) refuse("fmin ", range.fmin, " is out of range; it must be 0 Hz or more");
  if (!(range.fmax <= sample_rate / 2.0)) {
    refuse("fmax ", range.fmax, " is above half the sample rate; it must be at most ", sample_rate / 2.0, " Hz");
  }
  if (!(range.fmin < range.fmax)) {
    refuse("fmin ", range.fmin, " is not below fmax ", range.fmax, "; the bands need a range of frequencies");
  }
  if (scale.kind == FrequencyScaleKind::Linear && bins_hz(range, n_fft, sample_rate).empty()) {
    refuse("no bin lies between fmin ", range.fmin, " and fmax ", range.fmax, "; bins are ",
           static_cast<double>(sample_rate) / n_fft, " Hz apart, so use a larger n_fft or range");
  }
}

double scale_of_hz(const FrequencyScale& scale, double hz) {
  switch (scale.kind) {
    case FrequencyScaleKind::Linear: return hz;
    case FrequencyScaleKind::Mel: return scale.mel_scale == MelScale::Htk ? htk_mel_of_hz(hz) : slaney_mel_of_hz(hz);
    case FrequencyScaleKind::Log: return std::log2(hz);
    case FrequencyScaleKind::Bark: return bark_of_hz(hz);
    case FrequencyScaleKind::Erb: return erb_of_hz(hz);
  }
  return hz;
}

double hz_of_scale(const FrequencyScale& scale, double position) {
  switch (scale.kind) {
    case FrequencyScaleKind::Linear: return position;
    case FrequencyScaleKind::Mel:
      return scale.mel_scale == MelScale::Htk ? hz_of_htk_mel(position) : hz_of_slaney_mel(position);
    case FrequencyScaleKind::Log: return std::exp2(position);
    case FrequencyScaleKind::Bark: return hz_of_bark(position);
    case FrequencyScaleKind::Erb: return hz_of_erb(position);
  }
  return position;
}

std::vector<double> band_centers_hz(const FrequencyScale& scale, int n_fft, int sample_rate) {
  const FrequencyRange range = frequency_range(scale, sample_rate);
  if (scale.kind == FrequencyScaleKind::Linear) return bins_hz(range, n_fft, sample_rate);
  const double first = scale_of_hz(scale, range.fmin);
  const double step = (scale_of_hz(scale, range.fmax) - first) / (scale.n_bands + 1);
  std::vector<double> centers(static_cast<std::size_t>(scale.n_bands));
  for (int i = 0; i < scale.n_bands; ++i) centers[i] = hz_of_scale(scale, first + (i + 1) * step);
  return centers;
}

std::string to_string(FrequencyScaleKind kind) { return name_of(kKinds, kind); }
std::string to_string(MelScale scale) { return name_of(kMelScales, scale); }
std::string to_string(BandNorm norm) { return name_of(kNorms, norm); }
FrequencyScaleKind frequency_scale_from_string(std::string_view name) {
  return value_of(kKinds, name, "frequency scale");
}
MelScale mel_scale_from_string(std::string_view name) { return value_of(kMelScales, name, "mel scale"); }
BandNorm band_norm_from_string(std::string_view name) { return value_of(kNorms, name, "band norm"); }

}  // namespace spectrohue
