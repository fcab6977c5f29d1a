// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/parameters.h"

#include <cctype>
#include <nlohmann/json.hpp>

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

Parameters from_picture(std::int64_t width, std::int64_t height, PixelLayout layout, const std::filesystem::path& path,
                        const ParameterFlags& flags) {
  constexpr std::int64_t kMinBins = 9;  // n_fft 16
  Parameters p;
  const int channels = flags.channels.value_or(1);
  if (channels < 1 || height % channels != 0) {
    throw Error(ErrorCode::Usage, "--channels " + std::to_string(channels) + " does not divide the picture's height " +
                                      std::to_string(height));
  }
  const bool drop_top = flags.drop_top.value_or(false);
  const std::int64_t bins = height / channels + (drop_top ? 1 : 0);
  if (bins < kMinBins || width < 2) {
    throw Error(ErrorCode::BadFormat, "the picture is too small for a spectrogram: " + std::to_string(width) + " x " +
                                          std::to_string(height) + " pixels; without a note it needs at least 2 x " +
                                          std::to_string(kMinBins));
  }
  const std::int64_t n_fft = flags.n_fft ? *flags.n_fft : 2 * (bins - 1);
  if (!flags.n_fft && (n_fft > (1 << 20) || !is_fast_size(n_fft))) {
    throw Error(ErrorCode::Usage, "the picture has no note, and its " + std::to_string(height) + " rows imply n_fft " +
                                      std::to_string(n_fft) +
                                      ", which is not allowed (factors 2, 3, 5, 7 only); is it a spectrogram of one "
                                      "row a bin? Stacked channels are said with --channels, and that the row of the "
                                      "highest bin is missing with --drop-top");
  }
  PictureNote& note = p.note;
  note.stft = StftSettings::for_n_fft(static_cast<int>(n_fft));
  note.stft.hop_length = flags.hop_length.value_or(note.stft.hop_length);
  note.stft.win_length = flags.win_length.value_or(note.stft.win_length);
  note.stft.window = flags.window.value_or(note.stft.window);
  note.stft.window_parameter = flags.window_parameter.value_or(note.stft.window_parameter);
  note.stft.center = flags.center.value_or(note.stft.center);
  validate(note.stft);
  note.pixels.encoding = flags.encoding.value_or(layout.bits == 16 ? Encoding::Hsv16 : Encoding::Hsv);
  fill_pixels(flags, note.pixels);
  note.pixels.drop_top = drop_top;
  note.channels = channels;
  const std::int64_t implied = (width - 1) * note.stft.hop_length + (note.stft.center ? 0 : n_fft);
  note.n_samples = flags.n_samples.value_or(implied);
  note.ref.assign(static_cast<std::size_t>(channels), flags.ref.value_or(full_scale_magnitude(note.stft)));
  p.has_level = flags.ref.has_value();

  const std::optional<int> named = sample_rate_in_name(path);
  if (flags.sample_rate) {
    note.sample_rate = *flags.sample_rate;
  } else if (named) {
    note.sample_rate = *named;
  } else {
    throw Error(ErrorCode::Usage,
                "the picture has no note, so its sample rate is not known; give --sample-rate (and --hop-length unless "
                "it is n_fft / 4)");
  }
  p.messages.push_back("no note in this picture: decoding as " + to_string(note.pixels.encoding) + ", n_fft " +
                       std::to_string(n_fft) + (flags.n_fft ? "" : " (from the height)") + ", hop_length " +
                       std::to_string(note.stft.hop_length) + (flags.hop_length ? "" : " (n_fft / 4)") + ", " +
                       std::to_string(note.sample_rate) + " Hz" + (flags.sample_rate ? "" : " (from the file name)") +
                       (p.has_level ? "" : "; its level is not known: normalised to full scale"));
  return p;
}

}  // namespace

Parameters decode_parameters(const std::optional<PictureNote>& note, std::int64_t width, std::int64_t height,
                             PixelLayout layout, const std::filesystem::path& path, const ParameterFlags& flags) {
  return note ? from_note(*note, flags) : from_picture(width, height, layout, path, flags);
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

std::string to_json(const EncodeSettings& settings) {
  PictureNote note;
  note.stft = settings.stft;
  note.pixels = settings.pixels;
  Json json = Json::parse(image::to_json(note));
  for (const char* of_a_sound : {"tool", "sample_rate", "n_samples", "channels", "subtype", "source_name"}) {
    json.erase(of_a_sound);
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
  put("sample_rate", flags.sample_rate);
  put("channels", flags.channels);
  put("n_samples", flags.n_samples);
  return json.dump();
}

}  // namespace spectrohue::batch
