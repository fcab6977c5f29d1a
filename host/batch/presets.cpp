// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/presets.h"

#include <algorithm>

#include "core/names.h"
#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace {

constexpr Names<Preset, 5> kPresets{{{Preset::Librosa, "librosa"},
                                     {Preset::Torchaudio, "torchaudio"},
                                     {Preset::Riffusion, "riffusion"},
                                     {Preset::Archive, "archive"},
                                     {Preset::Edit, "edit"}}};

/// Of --preset edit; tools/measure_presets.py measured what they do.
constexpr double kEditGamma = 0.18;
constexpr double kEditTilt = 3.0;

/// What arrays of magnitudes are in both libraries; pictures of whole numbers are in dB.
PresetValues array_values(const ParameterFlags& given, int own_n_fft, int hops_a_window) {
  PresetValues values;
  const Encoding encoding = given.encoding.value_or(Encoding::Gray32f);
  values.flags.encoding = encoding;
  values.flags.n_fft = given.n_fft.value_or(own_n_fft);
  values.flags.win_length = given.win_length.value_or(*values.flags.n_fft);
  values.flags.hop_length = std::max(1, *values.flags.win_length / hops_a_window);
  values.flags.window = Window::Hann;
  values.flags.center = true;
  values.frames = FrameCount::Floor;
  if (pixel_layout(encoding).bits != 32) values.flags.curve = CurveKind::Db;
  const CurveKind curve = given.curve.value_or(values.flags.curve.value_or(CurveKind::Linear));
  if (curve == CurveKind::Db && encoding != Encoding::Complex) values.ref = "peak";
  values.flags.top_db = 80;
  values.flags.n_bands = 128;
  values.flags.band_power = 2;
  return values;
}

PresetValues librosa_values(const ParameterFlags& given) {
  PresetValues values = array_values(given, 2048, 4);
  values.pad_mode = PadMode::Constant;
  values.flags.mel_scale = MelScale::Slaney;
  values.flags.band_norm = BandNorm::Slaney;
  return values;
}

PresetValues torchaudio_values(const ParameterFlags& given) {
  PresetValues values = array_values(given, 400, 2);
  values.pad_mode = PadMode::Reflect;
  values.flags.mel_scale = MelScale::Htk;
  values.flags.band_norm = BandNorm::None;
  return values;
}

/// Throws Error(Unsupported) if riffusion's sizes cannot be had at this rate.
void check_riffusion(const ParameterFlags& given, const PresetValues& values, int sample_rate) {
  const std::string at = "the preset riffusion at the sample rate " + std::to_string(sample_rate) + " Hz ";
  const std::string resample = "; resample the sound to 44100 Hz first, as riffusion does with whole folders";
  const int n_fft = given.n_fft.value_or(*values.flags.n_fft);
  if (n_fft < 16 || !is_fast_size(n_fft)) {
    throw Error(ErrorCode::Unsupported, at + "has frames of " + std::to_string(n_fft) +
                                            " samples, which has a prime factor above 7" + resample);
  }
  if (2 * given.fmax.value_or(*values.flags.fmax) > sample_rate) {
    throw Error(ErrorCode::Unsupported, at + "has bands up to " + std::to_string(static_cast<int>(*values.flags.fmax)) +
                                            " Hz, more than half of the rate" + resample + ", or say --fmax " +
                                            std::to_string(sample_rate / 2));
  }
}

}  // namespace

std::string to_string(Preset preset) { return name_of(kPresets, preset); }
Preset preset_from_string(std::string_view name) { return value_of(kPresets, name, "preset"); }

bool depends_on_sample_rate(Preset preset) { return preset == Preset::Riffusion; }

PresetValues riffusion_values(const image::RiffusionNote& note) {
  const auto samples = [&](int ms) { return image::riffusion_samples(ms, note.sample_rate); };
  PresetValues values;
  ParameterFlags& flags = values.flags;
  flags.n_fft = samples(note.padded_duration_ms);
  flags.win_length = samples(note.window_duration_ms);
  flags.hop_length = samples(note.step_size_ms);
  flags.window = Window::Hann;
  flags.center = true;
  flags.encoding = Encoding::Stereo;
  flags.curve = CurveKind::Gamma;
  flags.gamma = note.power_for_image;
  flags.freq_scale = FrequencyScaleKind::Mel;
  flags.n_bands = note.num_frequencies;
  flags.fmin = note.min_frequency;
  flags.fmax = note.max_frequency;
  flags.mel_scale = MelScale::Htk;
  flags.band_norm = BandNorm::None;
  flags.band_power = 1;
  values.pad_mode = PadMode::Reflect;
  values.frames = FrameCount::Floor;
  values.ref = "peak";
  values.invert = true;
  return values;
}

PresetValues preset_values(Preset preset, const ParameterFlags& given, int sample_rate) {
  PresetValues values;
  switch (preset) {
    case Preset::Librosa: return librosa_values(given);
    case Preset::Torchaudio: return torchaudio_values(given);
    case Preset::Riffusion: {
      image::RiffusionNote note;
      note.sample_rate = sample_rate;
      values = riffusion_values(note);
      check_riffusion(given, values, sample_rate);
      return values;
    }
    case Preset::Archive: values.flags.encoding = Encoding::Hsv16x; return values;
    case Preset::Edit:
      values.flags.gamma = kEditGamma;
      if (given.encoding != Encoding::Complex) values.tilt = kEditTilt;
      return values;
  }
  return values;
}

ParameterFlags with_defaults(const ParameterFlags& flags, const ParameterFlags& defaults) {
  ParameterFlags all = flags;
  const auto fill = [&](auto field) {
    if (!(all.*field)) all.*field = defaults.*field;
  };
  fill(&ParameterFlags::n_fft);
  fill(&ParameterFlags::hop_length);
  fill(&ParameterFlags::win_length);
  fill(&ParameterFlags::window);
  fill(&ParameterFlags::window_parameter);
  fill(&ParameterFlags::center);
  fill(&ParameterFlags::encoding);
  fill(&ParameterFlags::curve);
  fill(&ParameterFlags::gamma);
  fill(&ParameterFlags::top_db);
  fill(&ParameterFlags::ref);
  fill(&ParameterFlags::drop_top);
  fill(&ParameterFlags::freq_scale);
  fill(&ParameterFlags::n_bands);
  fill(&ParameterFlags::fmin);
  fill(&ParameterFlags::fmax);
  fill(&ParameterFlags::mel_scale);
  fill(&ParameterFlags::band_norm);
  fill(&ParameterFlags::band_power);
  fill(&ParameterFlags::colours);
  fill(&ParameterFlags::sample_rate);
  fill(&ParameterFlags::channels);
  fill(&ParameterFlags::n_samples);
  return all;
}

}  // namespace spectrohue::batch
