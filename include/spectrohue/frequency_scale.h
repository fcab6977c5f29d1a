// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spectrohue/visibility.h"

namespace SPECTROHUE_API spectrohue {

/// What a picture's rows are spaced evenly on.
enum class FrequencyScaleKind {
  Linear,  ///< Hz: the rows are the transform's bins themselves
  Mel,     ///< mel, see MelScale
  Log,     ///< log2 of Hz: octaves
  Bark,    ///< critical bands: Traunmüller, J. Acoust. Soc. Am. 88, 1990, with its corrections below 2 and above 20.1
  Erb,     ///< equivalent rectangular bandwidths: Glasberg & Moore, Hear. Res. 47, 1990
};

/// The two mel scales in use.
enum class MelScale {
  Slaney,  ///< linear up to 1 kHz, logarithmic above: Slaney's Auditory Toolbox, librosa's default
  Htk,     ///< 2595 log10(1 + Hz / 700): HTK, torchaudio's default
};

/// What a band's weights are multiplied with.
enum class BandNorm {
  None,    ///< 1: the weight at the centre is 1
  Slaney,  ///< 2 / (upper edge - lower edge), in 1 / Hz: every band has the same area
};

/// Bands of bins. Band i has its centre at step i + 1 of n_bands + 1 equal steps on the scale from fmin to fmax, and
/// reaches from the centre below to the centre above (the outermost: to fmin and fmax).
struct FrequencyScale {
  FrequencyScaleKind kind = FrequencyScaleKind::Linear;
  int n_bands = 128;  ///< 1 .. kMaxBands; may exceed the number of bins. Linear ignores it: its bands are bins.
  double fmin = 0;    ///< Hz, >= 0. Log: 0 stands for C1, kLogFmin, or three octaves below fmax if that is lower.
  double fmax = 0;    ///< Hz, at most half the sample rate, which 0 stands for
  MelScale mel_scale = MelScale::Slaney;  ///< Mel only
  BandNorm norm = BandNorm::Slaney;       ///< all but Linear

  /// Of n_bands.
  static constexpr int kMaxBands = 1 << 16;
  static constexpr double kLogFmin = 32.70319566257483;  ///< 440 Hz * 2^(-45 / 12)

  bool operator==(const FrequencyScale&) const = default;
};

/// From one frequency to another, Hz.
struct FrequencyRange {
  double fmin = 0;
  double fmax = 0;
};

/// fmin and fmax with what their zeros stand for.
FrequencyRange frequency_range(const FrequencyScale& scale, int sample_rate);

/// Throws Error(Usage) that names the setting, its value and what would be legal: n_bands out of range, an fmin that is
/// negative or not below fmax, an fmax above half the sample rate, and with Linear a range between two bins. Bands that
/// hold no bin are legal: FilterBank::n_empty_bands() counts them.
void validate(const FrequencyScale& scale, int n_fft, int sample_rate);

/// Position of a frequency on the scale: Hz, mel, octaves above 1 Hz, Bark or ERB numbers. Rises with hz, which is >=
/// 0, for Log > 0.
double scale_of_hz(const FrequencyScale& scale, double hz);

/// The inverse of scale_of_hz, in closed form.
double hz_of_scale(const FrequencyScale& scale, double position);

/// Centres of the bands in Hz, rising, [bands]: n_bands of them, for Linear the bins from fmin to fmax, ends included.
/// The scale must have passed validate().
std::vector<double> band_centers_hz(const FrequencyScale& scale, int n_fft, int sample_rate);

/// Names as they stand in the note and on the command line.
std::string to_string(FrequencyScaleKind kind);
std::string to_string(MelScale scale);
std::string to_string(BandNorm norm);
/// What has this name. Throws Error(Usage) that lists the legal ones.
FrequencyScaleKind frequency_scale_from_string(std::string_view name);
MelScale mel_scale_from_string(std::string_view name);
BandNorm band_norm_from_string(std::string_view name);

}  // namespace spectrohue
