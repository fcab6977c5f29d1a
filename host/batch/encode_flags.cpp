// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/encode_flags.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string_view>
#include <vector>

#include "batch/presets.h"
#include "core/colormap.h"
#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace {

std::optional<int> number_of(const std::string& text, int least, int most) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) return std::nullopt;
  return value;
}

/// A colormap is turned around instead of its codes, so that they stay what they are.
void invert_colours(EncodeSettings& settings) {
  if (settings.pixels.encoding != Encoding::Colormap || !settings.arrangement.invert) return;
  settings.arrangement.invert = false;
  std::ranges::reverse(settings.colours.palette);
  settings.colours.name += "_r";
}

EncodeSettings settings_without_preset(const EncodeFlags& flags) {
  EncodeSettings s;
  s.stft = StftSettings::for_n_fft(flags.given.n_fft.value_or(2048));
  s.stft.win_length = flags.given.win_length.value_or(s.stft.win_length);
  s.stft.hop_length = flags.given.hop_length.value_or(std::max(1, s.stft.win_length / 4));
  s.stft.window = flags.given.window.value_or(s.stft.window);
  s.stft.window_parameter = flags.given.window_parameter.value_or(s.stft.window_parameter);
  s.stft.center = flags.given.center.value_or(s.stft.center);
  s.stft.pad_mode = flags.pad_mode.value_or(s.stft.pad_mode);
  s.stft.frames = flags.frames.value_or(s.stft.frames);
  s.pixels.encoding = flags.given.encoding.value_or(s.pixels.encoding);
  const bool is_float = pixel_layout(s.pixels.encoding).bits == 32;
  s.pixels.curve.kind = flags.given.curve.value_or(is_float ? CurveKind::Linear : s.pixels.curve.kind);
  s.pixels.curve.gamma = flags.given.gamma.value_or(s.pixels.curve.gamma);
  s.pixels.curve.top_db = flags.given.top_db.value_or(top_code(s.pixels.encoding) > 255 ? 120.0 : 100.0);
  fill_scale(flags.given, s.pixels);
  s.colours = flags.given.colours.value_or(colours_from_string("viridis"));
  s.pixels.refine = flags.refine                  ? std::max(0, *flags.refine)
                    : flags.quality == "fast"     ? PixelSettings::kOpenLoop
                    : flags.quality == "standard" ? 0
                                                  : 4;
  s.pixels.tilt = flags.tilt.value_or(0);
  s.ref = reference_from_string(flags.ref.value_or(is_float ? "1" : "peak"));
  if (!is_hue(s.pixels.encoding)) s.pixels.refine = PixelSettings::kOpenLoop;
  validate(s);
  return s;
}

EncodeSettings settings_with_preset(const EncodeFlags& flags, int sample_rate) {
  if (!flags.given.preset) return settings_without_preset(flags);
  const PresetValues values = preset_values(*flags.given.preset, flags.given, sample_rate);
  EncodeFlags all = flags;
  all.given = with_defaults(flags.given, values.flags);
  if (!all.pad_mode) all.pad_mode = values.pad_mode;
  if (!all.frames) all.frames = values.frames;
  if (!all.tilt) all.tilt = values.tilt;
  if (!all.ref) all.ref = values.ref;
  EncodeSettings settings = settings_without_preset(all);
  settings.arrangement.invert = values.invert && pixel_layout(settings.pixels.encoding).bits != 32;
  return settings;
}

}  // namespace

EncodeSettings encode_settings(const EncodeFlags& flags, int sample_rate) {
  const ParameterFlags& given = flags.given;
  EncodeSettings settings = settings_with_preset(flags, sample_rate);
  const bool is_about_bands = given.n_bands || given.mel_scale || given.band_norm || given.band_power;
  if (is_about_bands && settings.pixels.scale.kind == FrequencyScaleKind::Linear) {
    throw Error(
        ErrorCode::Usage,
        "--n-mels, --mel-scale, --mel-norm and --power are about bands; add --freq-scale mel, log, bark or erb");
  }
  const bool is_inverted = settings.arrangement.invert;  // by a preset
  settings.pixels.drop_top = flags.drop_top;
  settings.channels = channel_choice_from_string(flags.channels);
  settings.arrangement = flags.arrangement;
  settings.arrangement.invert = is_inverted || flags.arrangement.invert;
  if (!flags.resize.empty()) take_size(flags.resize, settings.arrangement);
  invert_colours(settings);
  return settings;
}

void set_encoding(std::string_view text, ParameterFlags& flags) {
  const std::string colormap = to_string(Encoding::Colormap) + ":";
  if (text.starts_with(colormap)) {
    flags.encoding = Encoding::Colormap;
    flags.colours = colours_from_string(std::string(text.substr(colormap.size())));
  } else {
    flags.encoding = encoding_from_string(text);
  }
}

Colours colours_from_string(const std::string& text) {
  constexpr std::string_view kReversed = "_r";
  const std::vector<std::string> names = colormap_names();
  if (text.ends_with(kReversed)) {
    const std::string name = text.substr(0, text.size() - kReversed.size());
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      Colours colours = colours_from_string(name);
      std::ranges::reverse(colours.palette);
      return {text, colours.palette};
    }
  }
  const bool is_name = std::find(names.begin(), names.end(), text) != names.end() || !std::filesystem::exists(text);
  const Colormap map = is_name ? colormap_by_name(text) : load_colormap(text);
  return {map.name, {map.colours.begin(), map.colours.end()}};
}

Reference reference_from_string(const std::string& text) {
  if (text == "peak" || text == "dataset") return {Reference::Kind::Peak, 0};
  if (text == "full-scale") return {Reference::Kind::FullScale, 0};
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value > 0)) {
    throw Error(ErrorCode::Usage, "--ref '" + text + "' is neither peak, full-scale, dataset nor a magnitude above 0");
  }
  return {Reference::Kind::Fixed, value};
}

ChannelChoice channel_choice_from_string(const std::string& text) {
  using Kind = ChannelChoice::Kind;
  if (text == "keep" || text == "split" || text == "stacked") return {};
  if (text == "mono") return {Kind::Mono, 0};
  if (text == "left") return {Kind::One, 0};
  if (text == "right") return {Kind::One, 1};
  if (text == "mid-side") return {Kind::MidSide, 0};
  if (const auto number = number_of(text, 1, PictureNote::kMaxChannels)) return {Kind::One, *number - 1};
  throw Error(ErrorCode::Usage, "--channels '" + text +
                                    "' is neither keep, mono, left, right, mid-side, split nor a channel's number, "
                                    "from 1");
}

void take_size(const std::string& text, Arrangement& arrangement) {
  constexpr int kMost = 65500;
  const std::size_t x = text.find('x');
  const auto width = number_of(text.substr(0, x), 1, kMost);
  const auto height = x == std::string::npos ? std::nullopt : number_of(text.substr(x + 1), 1, kMost);
  if (!width || !height) {
    throw Error(ErrorCode::Usage, "--resize '" + text + "' is not a size such as 512x256 (columns x rows)");
  }
  arrangement.width = *width;
  arrangement.height = *height;
}

}  // namespace spectrohue::batch
