// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/parameters.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>
#include <utility>

#include "batch/foreign_parameters.h"
#include "batch/presets.h"
#include "image/arrange.h"
#include "image/note.h"
#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace {

using Json = nlohmann::ordered_json;

template <class T>
std::string text(const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value ? "on" : "off";
  } else if constexpr (std::is_enum_v<T>) {
    return to_string(value);
  } else {
    return std::to_string(value);
  }
}

/// Lets a flag replace a value of the note, and says so when they differ.
template <class T>
void override_with(const std::optional<T>& flag, T& value, const char* name, std::vector<std::string>& messages) {
  if (!flag || *flag == value) return;
  messages.push_back(std::string(name) + " " + text(*flag) + " overrides the note's " + text(value));
  value = *flag;
}

void fill_pixels(const ParameterFlags& flags, PixelSettings& pixels) {
  pixels.curve.kind = flags.curve.value_or(pixels.curve.kind);
  pixels.curve.gamma = flags.gamma.value_or(pixels.curve.gamma);
  pixels.curve.top_db = flags.top_db.value_or(pixels.curve.top_db);
}

Parameters from_note(const PictureNote& note, const ParameterFlags& flags) {
  Parameters p;
  p.note = note;
  override_with(flags.n_fft, p.note.stft.n_fft, "--n-fft", p.messages);
  override_with(flags.hop_length, p.note.stft.hop_length, "--hop-length", p.messages);
  override_with(flags.win_length, p.note.stft.win_length, "--win-length", p.messages);
  override_with(flags.window, p.note.stft.window, "--window", p.messages);
  override_with(flags.window_parameter, p.note.stft.window_parameter, "--window-parameter", p.messages);
  override_with(flags.center, p.note.stft.center, "--center", p.messages);
  override_with(flags.encoding, p.note.pixels.encoding, "--encoding", p.messages);
  override_with(flags.curve, p.note.pixels.curve.kind, "--curve", p.messages);
  override_with(flags.gamma, p.note.pixels.curve.gamma, "--gamma", p.messages);
  override_with(flags.top_db, p.note.pixels.curve.top_db, "--top-db", p.messages);
  override_with(flags.drop_top, p.note.pixels.drop_top, "--drop-top", p.messages);
  FrequencyScale& scale = p.note.pixels.scale;
  override_with(flags.freq_scale, scale.kind, "--freq-scale", p.messages);
  override_with(flags.n_bands, scale.n_bands, "--n-mels", p.messages);
  override_with(flags.fmin, scale.fmin, "--fmin", p.messages);
  override_with(flags.fmax, scale.fmax, "--fmax", p.messages);
  override_with(flags.mel_scale, scale.mel_scale, "--mel-scale", p.messages);
  override_with(flags.band_norm, scale.norm, "--mel-norm", p.messages);
  override_with(flags.band_power, p.note.pixels.band_power, "--power", p.messages);
  if (flags.colours && *flags.colours != p.note.colours) {
    p.messages.push_back("--colormap overrides the note's");
    p.note.colours = *flags.colours;
  }
  override_with(flags.sample_rate, p.note.sample_rate, "--sample-rate", p.messages);
  override_with(flags.channels, p.note.channels, "--channels", p.messages);
  override_with(flags.n_samples, p.note.n_samples, "--n-samples", p.messages);
  p.note.ref.resize(static_cast<std::size_t>(std::max(1, p.note.channels)), note.ref.back());
  if (flags.ref) {
    p.messages.push_back("--ref overrides the note's");
    p.note.ref.assign(p.note.ref.size(), *flags.ref);
  }
  return p;
}

/// What pixels are, for want of anybody who says it.
Encoding implied_encoding(PixelLayout layout) {
  if (layout.channels == 2) return Encoding::Complex;
  if (layout.bits == 32) return Encoding::Gray32f;
  if (layout.channels == 1) return layout.bits == 16 ? Encoding::Gray16 : Encoding::Gray8;
  return layout.bits == 16 ? Encoding::Hsv16 : Encoding::Hsv;
}

/// The encoding that was asked for, at the picture's depth where it has both.
Encoding at_depth(Encoding encoding, int bits) {
  constexpr std::array<std::pair<Encoding, Encoding>, 3> kPairs{{{Encoding::Hsv, Encoding::Hsv16},
                                                                 {Encoding::Gray8, Encoding::Gray16},
                                                                 {Encoding::Magphase, Encoding::Magphase16}}};
  for (const auto& [narrow, wide] : kPairs) {
    if (encoding == narrow || encoding == wide) return bits == 16 ? wide : narrow;
  }
  return encoding;
}

/// Samples under so many columns.
std::int64_t samples_of(std::int64_t width, const StftSettings& stft) {
  return (width - 1) * stft.hop_length + (stft.center ? 0 : stft.n_fft);
}

/// Rows of a channel in a picture of this height.
int rows_of_channel(std::int64_t width, std::int64_t height, int channels, const PixelSettings& pixels) {
  constexpr std::int64_t kMinRows = 9;  // n_fft 16
  StftSettings one_row;
  PixelSettings of_one = pixels;
  of_one.scale.kind = FrequencyScaleKind::Mel;
  of_one.scale.n_bands = 1;
  const std::int64_t planes = picture_height(one_row, of_one, channels);
  if (channels < 1 || planes < 1 || height % planes != 0) {
    throw Error(ErrorCode::Usage, "--channels " + std::to_string(channels) + " does not divide the picture's height " +
                                      std::to_string(height));
  }
  const std::int64_t rows = height / planes;
  const bool has_bands = pixels.scale.kind != FrequencyScaleKind::Linear;
  if ((!has_bands && rows + (pixels.drop_top ? 1 : 0) < kMinRows) || width < 2 || rows > (1 << 20)) {
    throw Error(ErrorCode::BadFormat, "the picture is too small for a spectrogram: " + std::to_string(width) + " x " +
                                          std::to_string(height) + " pixels; without a note it needs at least 2 x " +
                                          std::to_string(kMinRows));
  }
  return static_cast<int>(rows);
}

int implied_n_fft(int rows, std::int64_t height, const PixelSettings& pixels) {
  constexpr int kDefault = 2048;
  if (pixels.scale.kind != FrequencyScaleKind::Linear) return kDefault;
  const std::int64_t n_fft = 2 * (std::int64_t{rows} + (pixels.drop_top ? 1 : 0) - 1);
  if (n_fft <= (1 << 20) && is_fast_size(n_fft)) return static_cast<int>(n_fft);
  throw Error(ErrorCode::Usage,
              "the picture has no note, and its " + std::to_string(height) + " rows imply n_fft " +
                  std::to_string(n_fft) +
                  ", which is not allowed (factors 2, 3, 5, 7 only); is it a spectrogram of one "
                  "row a bin? Stacked channels are said with --channels, bands with --freq-scale, and "
                  "that the row of the highest bin is missing with --drop-top. Of another program's figure --from says "
                  "whose it is; any other picture is played by spectrohue synth");
}

int sample_rate_of(const std::filesystem::path& path, const ParameterFlags& flags) {
  if (flags.sample_rate) return *flags.sample_rate;
  if (const std::optional<int> named = sample_rate_in_name(path)) return *named;
  throw Error(ErrorCode::Usage,
              "the picture has no note, so its sample rate is not known; give --sample-rate (and --hop-length unless "
              "it is n_fft / 4), or a picture that was made alike and has its note: --params-from");
}

Parameters from_picture(std::int64_t width, std::int64_t height, PixelLayout layout, const std::filesystem::path& path,
                        const ParameterFlags& flags) {
  Parameters p;
  PictureNote& note = p.note;
  note.pixels.encoding = at_depth(flags.encoding.value_or(implied_encoding(layout)), layout.bits);
  note.pixels.drop_top = flags.drop_top.value_or(false);
  fill_pixels(flags, note.pixels);
  fill_scale(flags, note.pixels);
  if (flags.colours) note.colours = *flags.colours;
  note.channels = flags.channels.value_or(note.pixels.encoding == Encoding::Stereo3 ? 2 : 1);
  const int rows = rows_of_channel(width, height, note.channels, note.pixels);
  const bool has_bands = note.pixels.scale.kind != FrequencyScaleKind::Linear;
  if (has_bands) note.pixels.scale.n_bands = rows;
  const int n_fft = flags.n_fft ? *flags.n_fft : implied_n_fft(rows, height, note.pixels);
  note.stft = StftSettings::for_n_fft(n_fft);
  note.stft.win_length = flags.win_length.value_or(note.stft.win_length);
  note.stft.hop_length = flags.hop_length.value_or(note.stft.hop_length);
  note.stft.window = flags.window.value_or(note.stft.window);
  note.stft.window_parameter = flags.window_parameter.value_or(note.stft.window_parameter);
  note.stft.center = flags.center.value_or(note.stft.center);
  validate(note.stft, note.pixels);
  note.n_samples = flags.n_samples.value_or(samples_of(width, note.stft));
  note.ref.assign(static_cast<std::size_t>(note.channels), flags.ref.value_or(full_scale_magnitude(note.stft)));
  const bool is_relative = note.pixels.curve.kind == CurveKind::Db;
  p.has_level = flags.ref.has_value() || (layout.bits == 32 && !is_relative);
  if (layout.bits == 32 && !flags.ref) note.ref.assign(note.ref.size(), 1.0);
  note.sample_rate = sample_rate_of(path, flags);
  validate(note.pixels.scale, n_fft, note.sample_rate);
  p.messages.push_back(
      "no note in this picture: decoding as " + to_string(note.pixels.encoding) +
      (has_bands ? " of " + std::to_string(rows) + " " + to_string(note.pixels.scale.kind) + " bands" : "") +
      ", n_fft " + std::to_string(n_fft) +
      (flags.n_fft ? ""
       : has_bands ? " (the default)"
                   : " (from the height)") +
      ", hop_length " + std::to_string(note.stft.hop_length) + (flags.hop_length ? "" : " (n_fft / 4)") + ", " +
      std::to_string(note.sample_rate) + " Hz" + (flags.sample_rate ? "" : " (from the file name)") +
      (p.has_level ? "" : "; its level is not known: normalised to full scale"));
  return p;
}

/// What the preset says of a picture; sizes in milliseconds are those at 44.1 kHz if nothing says another rate.
PresetValues values_of_preset(const ParameterFlags& flags, PixelLayout layout, const std::filesystem::path& path) {
  constexpr int kUsualRate = 44100;
  ParameterFlags given = flags;
  const Encoding implied = implied_encoding(layout);
  const bool is_colour = layout.channels == 3;
  if (!given.encoding) given.encoding = !is_colour ? implied : layout.bits == 16 ? Encoding::Gray16 : Encoding::Gray8;
  const int rate = flags.sample_rate.value_or(sample_rate_in_name(path).value_or(kUsualRate));
  PresetValues values = preset_values(*flags.preset, given, rate);
  if (depends_on_sample_rate(*flags.preset)) values.flags.sample_rate = rate;
  return values;
}

/// Without a note.
Parameters from_others(std::int64_t width, std::int64_t height, PixelLayout layout, const std::filesystem::path& path,
                       const ParameterFlags& flags) {
  std::optional<ForeignParameters> known = foreign_parameters(path, height, flags);
  if (!known && flags.preset) {
    known.emplace();
    known->values = values_of_preset(flags, layout, path);
    known->source = "the preset " + to_string(*flags.preset);
  }
  if (!known) return from_picture(width, height, layout, path, flags);
  const PresetValues& values = known->values;
  Parameters p = from_picture(width, height, layout, path, with_defaults(flags, values.flags));
  if (values.invert && !flags.invert) {
    p.prepare = [](Picture& picture) {
      Arrangement inverted;
      inverted.invert = true;
      image::rearrange(picture, inverted);
    };
  }
  if (known->prepare) {
    p.prepare = known->prepare;
    p.note.pixels.encoding = known->prepared;
  }
  p.note.stft.pad_mode = values.pad_mode.value_or(p.note.stft.pad_mode);
  p.note.stft.frames = values.frames.value_or(p.note.stft.frames);
  validate(p.note.stft);
  p.messages.insert(p.messages.begin(), "parameters are from " + known->source);
  return p;
}

/// Channels that were silent get the reference of the loudest other one. False if all of them were.
bool complete_references(PictureNote& note) {
  const double largest = *std::max_element(note.ref.begin(), note.ref.end());
  std::replace(note.ref.begin(), note.ref.end(), 0.0, largest > 0 ? largest : full_scale_magnitude(note.stft));
  return largest > 0;
}

std::string borrowed_text(const PictureNote& note, const std::string& owner) {
  return "no note in this picture: parameters are those of '" + owner + "': " + to_string(note.pixels.encoding) +
         ", n_fft " + std::to_string(note.stft.n_fft) + ", hop_length " + std::to_string(note.stft.hop_length) + ", " +
         std::to_string(note.channels) + " x " + std::to_string(note.sample_rate) + " Hz";
}

/// Without a note, by that of another picture.
Parameters from_borrowed(const BorrowedNote& borrowed, std::int64_t width, std::int64_t height, PixelLayout layout,
                         const ParameterFlags& flags) {
  PictureNote other = borrowed.note;
  // The law of adaptive-log depends on the depth, so pictures of another depth are other pictures.
  if (other.pixels.curve.kind != CurveKind::AdaptiveLog && layout.bits <= 16) {
    other.pixels.encoding = at_depth(other.pixels.encoding, layout.bits);
  }
  Parameters p = from_note(other, flags);
  PictureNote& note = p.note;
  validate(note.stft, note.pixels);
  validate(note.pixels.scale, note.stft.n_fft, note.sample_rate);
  const std::int64_t rows = picture_height(note.stft, note.pixels, note.channels);
  if (height != rows && !flags.resizes_to_note) {
    throw Error(ErrorCode::BadFormat, "the picture has " + std::to_string(height) +
                                          " rows, and by the parameters of '" + borrowed.owner + "' it should have " +
                                          std::to_string(rows) +
                                          "; is --channels another number, or was it resized (--resize-to-note)?");
  }
  if (!flags.n_samples && note.stft.n_frames(note.n_samples) != width) note.n_samples = samples_of(width, note.stft);
  p.has_level = complete_references(note) || flags.ref.has_value();
  p.messages.insert(p.messages.begin(),
                    borrowed_text(note, borrowed.owner) +
                        (p.has_level ? "" : "; that is silent, so the level is not known: normalised to full scale"));
  return p;
}

/// With a note, or by that of another picture, or without any.
Parameters from_best(const std::optional<PictureNote>& note, std::int64_t width, std::int64_t height,
                     PixelLayout layout, const std::filesystem::path& path, const ParameterFlags& flags) {
  if (!note && flags.params_from) return from_borrowed(*flags.params_from, width, height, layout, flags);
  if (!note) return from_others(width, height, layout, path, flags);
  Parameters p = from_note(*note, flags);
  if (flags.params_from) {
    p.messages.insert(p.messages.begin(), "the picture has a note of its own, which counts more than --params-from");
  }
  return p;
}

}  // namespace

Parameters decode_parameters(const std::optional<PictureNote>& note, std::int64_t width, std::int64_t height,
                             PixelLayout layout, const std::filesystem::path& path, const ParameterFlags& flags) {
  Parameters p = from_best(note, width, height, layout, path, flags);
  if (is_exact(p.note.pixels.encoding) && p.note.pixels.residual_bits == 0) {
    throw Error(ErrorCode::Usage, "--encoding " + to_string(p.note.pixels.encoding) +
                                      " is for pictures whose note says so: only it knows how many residual_bits there "
                                      "are; use hsv or hsv16");
  }
  validate_channels(p.note.pixels.encoding, p.note.channels);
  return p;
}

Arrangement arrangement_of(const std::optional<PictureNote>& note, const ParameterFlags& flags) {
  Arrangement arrangement;
  if (note) {
    arrangement = note->arrangement;
  } else if (flags.params_from) {
    arrangement = flags.params_from->note.arrangement;
  }
  arrangement.invert = flags.invert.value_or(arrangement.invert);
  arrangement.flip = flags.flip.value_or(arrangement.flip);
  arrangement.transpose = flags.transpose.value_or(arrangement.transpose);
  return arrangement;
}

void fill_scale(const ParameterFlags& flags, PixelSettings& pixels) {
  FrequencyScale& scale = pixels.scale;
  scale.kind = flags.freq_scale.value_or(scale.kind);
  scale.n_bands = flags.n_bands.value_or(scale.n_bands);
  scale.fmin = flags.fmin.value_or(scale.fmin);
  scale.fmax = flags.fmax.value_or(scale.fmax);
  scale.mel_scale = flags.mel_scale.value_or(scale.mel_scale);
  scale.norm = flags.band_norm.value_or(scale.norm);
  pixels.band_power = flags.band_power.value_or(pixels.band_power);
}

std::optional<int> sample_rate_in_name(const std::filesystem::path& path) {
  const std::string name = path.stem().string();
  const std::size_t tag = name.rfind("_SR");
  if (tag == std::string::npos) return std::nullopt;
  std::int64_t rate = 0;
  std::size_t i = tag + 3;
  for (; i < name.size() && i < tag + 12 && std::isdigit(static_cast<unsigned char>(name[i])) != 0; ++i) {
    rate = rate * 10 + (name[i] - '0');
  }
  const bool ends = i == name.size() || name[i] == '_' || name[i] == '.' || name[i] == '-';
  if (i == tag + 3 || !ends || rate < 1) return std::nullopt;
  return static_cast<int>(rate);
}

/// What a note says besides where it came from.
static Json settings_in(const PictureNote& note) {
  Json json = Json::parse(image::to_json(note));
  for (const char* of_its_making : {"tool", "source_name", "refine"}) json.erase(of_its_making);
  return json;
}

std::string to_json(const EncodeSettings& settings) {
  PictureNote note;
  note.stft = settings.stft;
  note.pixels = settings.pixels;
  note.colours = settings.colours;
  note.arrangement = settings.arrangement;
  Json json = Json::parse(image::to_json(note));
  for (const char* of_a_sound : {"tool", "sample_rate", "n_samples", "channels", "subtype", "source_name"}) {
    json.erase(of_a_sound);
  }
  switch (settings.channels.kind) {
    case ChannelChoice::Kind::Keep: break;
    case ChannelChoice::Kind::Mono: json["channels"] = "mono"; break;
    case ChannelChoice::Kind::One: json["channels"] = settings.channels.index + 1; break;
    case ChannelChoice::Kind::MidSide: json["channels"] = "mid-side"; break;
  }
  switch (settings.ref.kind) {
    case Reference::Kind::Peak: json["ref"] = "peak"; break;
    case Reference::Kind::FullScale: json["ref"] = "full-scale"; break;
    case Reference::Kind::Fixed: json["ref"] = settings.ref.value; break;
  }
  return json.dump();
}

std::string to_json(const ParameterFlags& flags) {
  Json json = Json::object();
  const auto put = [&](const char* key, const auto& value) {
    if (value) json[key] = *value;
  };
  const auto put_name = [&](const char* key, const auto& value) {
    if (value) json[key] = to_string(*value);
  };
  put_name("preset", flags.preset);
  put("n_fft", flags.n_fft);
  put("hop_length", flags.hop_length);
  put("win_length", flags.win_length);
  put_name("window", flags.window);
  put("window_parameter", flags.window_parameter);
  put("center", flags.center);
  put_name("encoding", flags.encoding);
  put_name("curve", flags.curve);
  put("gamma", flags.gamma);
  put("top_db", flags.top_db);
  put("ref", flags.ref);
  put("drop_top", flags.drop_top);
  put_name("freq_scale", flags.freq_scale);
  put("n_bands", flags.n_bands);
  put("fmin", flags.fmin);
  put("fmax", flags.fmax);
  put_name("mel_scale", flags.mel_scale);
  put_name("band_norm", flags.band_norm);
  put("band_power", flags.band_power);
  if (flags.colours) json["colormap"] = flags.colours->name;
  put("invert", flags.invert);
  put("flip", flags.flip);
  put("transpose", flags.transpose);
  if (flags.resizes_to_note) json["resize_to_note"] = true;
  const RetrievalSettings defaults;
  const RetrievalSettings& retrieval = flags.retrieval;
  if (retrieval.method != defaults.method) json["phase_method"] = to_string(retrieval.method);
  if (retrieval.start != defaults.start) json["init"] = to_string(retrieval.start);
  if (retrieval.n_iter != defaults.n_iter) json["n_iter"] = retrieval.n_iter;
  if (retrieval.momentum != defaults.momentum) json["momentum"] = retrieval.momentum;
  if (retrieval.seed != defaults.seed) json["seed"] = retrieval.seed;
  if (retrieval.replaces_phases) json["replaces_phases"] = true;
  if (retrieval.band_inverse != defaults.band_inverse) json["mel_inverse"] = to_string(retrieval.band_inverse);
  put("sample_rate", flags.sample_rate);
  put("channels", flags.channels);
  put("n_samples", flags.n_samples);
  put_name("pair", flags.half);
  if (flags.params_from) json["params_from"] = settings_in(flags.params_from->note);
  const ForeignFlags& foreign = flags.foreign;
  put_name("from", foreign.from);
  put("crop", foreign.crop);
  put_name("axis", foreign.axis);
  put("duration", foreign.duration_s);
  if (foreign.colormap && *foreign.colormap != "auto") json["colormap"] = *foreign.colormap;
  return json.dump();
}

}  // namespace spectrohue::batch
