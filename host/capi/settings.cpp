// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "capi/settings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <vector>

#include "batch/borrowed_note.h"
#include "batch/presets.h"
#include "capi/status.h"
#include "core/foreign_colormaps.h"
#include "image/axes_box.h"

namespace spectrohue::capi {

namespace {

using Settings = spectrohue_settings;

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::Usage, why); }

template <class Number>
Number number_of(const std::string& text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_finite = !std::is_floating_point_v<Number> || std::isfinite(static_cast<double>(value));
  if (error != std::errc() || end != text.data() + text.size() || !is_finite) {
    refuse("'" + text + "' is not a " + (std::is_integral_v<Number> ? "whole number of its range" : "number"));
  }
  return value;
}

template <class Number>
Number number_in(const std::string& text, Number least, Number most) {
  const auto value = number_of<Number>(text);
  if (value >= least && value <= most) return value;
  refuse("'" + text + "' is not in " + std::to_string(least) + " .. " + std::to_string(most));
}

double positive(const std::string& text) {
  const auto value = number_of<double>(text);
  if (value > 0) return value;
  refuse("'" + text + "' is not above 0");
}

bool is_on(const std::string& text) {
  if (text == "on" || text == "true" || text == "1") return true;
  if (text == "off" || text == "false" || text == "0") return false;
  refuse("'" + text + "' is neither on nor off");
}

std::string one_of(const std::string& text, const std::vector<std::string>& names) {
  if (std::ranges::find(names, text) != names.end()) return text;
  std::string known;
  for (const std::string& name : names) known += (known.empty() ? "" : ", ") + name;
  refuse("'" + text + "' is none of " + known);
}

constexpr int kMostInt = std::numeric_limits<int>::max();

// Directions as a mask.
constexpr unsigned kEncode = 1U << SPECTROHUE_ENCODE;
constexpr unsigned kDecode = 1U << SPECTROHUE_DECODE;
constexpr unsigned kTransform = 1U << SPECTROHUE_TRANSFORM;
constexpr unsigned kPictures = kEncode | kDecode;
constexpr unsigned kRetrieval = kDecode | kTransform;
constexpr unsigned kAll = kPictures | kTransform;

struct Key {
  const char* name;
  unsigned directions;
  void (*set)(Settings& s, const std::string& value);
  bool is_about_files = false;
};

using S = Settings&;
using Text = const std::string&;

batch::ParameterFlags& given(S s) { return s.encode.given; }

void set_colormap(S s, Text text) {
  if (given(s).foreign.from && (text == "auto" || foreign_colormap_by_name(text) != nullptr)) {
    given(s).foreign.colormap = text;
  } else {
    given(s).colours = batch::colours_from_string(text);
  }
}

void set_crop(S s, Text text) {
  if (text != "auto" && text != "none") image::box_from_string(text);
  given(s).foreign.crop = text;
}

/// Named as on the command line, and in its order.
const std::vector<Key>& all_keys() {
  static const std::vector<Key> keys{
      {"preset", kPictures, [](S s, Text t) { given(s).preset = batch::preset_from_string(t); }},
      {"n_fft", kAll, [](S s, Text t) { given(s).n_fft = number_of<int>(t); }},
      {"hop_length", kAll, [](S s, Text t) { given(s).hop_length = number_of<int>(t); }},
      {"win_length", kAll, [](S s, Text t) { given(s).win_length = number_of<int>(t); }},
      {"window", kAll, [](S s, Text t) { given(s).window = window_from_string(t); }},
      {"window_parameter", kAll, [](S s, Text t) { given(s).window_parameter = number_of<double>(t); }},
      {"center", kAll, [](S s, Text t) { given(s).center = is_on(t); }},
      {"encoding", kPictures, [](S s, Text t) { batch::set_encoding(t, given(s)); }},
      {"curve", kPictures, [](S s, Text t) { given(s).curve = curve_from_string(t); }},
      {"gamma", kPictures, [](S s, Text t) { given(s).gamma = number_of<double>(t); }},
      {"top_db", kPictures, [](S s, Text t) { given(s).top_db = number_of<double>(t); }},
      {"colormap", kPictures, set_colormap},
      {"freq_scale", kPictures, [](S s, Text t) { given(s).freq_scale = frequency_scale_from_string(t); }},
      {"n_mels", kPictures, [](S s, Text t) { given(s).n_bands = number_of<int>(t); }},
      {"n_bands", kPictures, [](S s, Text t) { given(s).n_bands = number_of<int>(t); }},
      {"fmin", kPictures, [](S s, Text t) { given(s).fmin = number_of<double>(t); }},
      {"fmax", kPictures, [](S s, Text t) { given(s).fmax = number_of<double>(t); }},
      {"mel_scale", kPictures, [](S s, Text t) { given(s).mel_scale = mel_scale_from_string(t); }},
      {"mel_norm", kPictures, [](S s, Text t) { given(s).band_norm = band_norm_from_string(t); }},
      {"power", kPictures, [](S s, Text t) { given(s).band_power = number_in(t, 1, 2); }},

      {"quality", kEncode,
       [](S s, Text t) {
         s.encode.quality = one_of(t, {"fast", "standard", "high"});
       }},
      {"refine", kEncode, [](S s, Text t) { s.encode.refine = number_in(t, 0, PixelSettings::kMaxRefine); }},
      {"pad_mode", kEncode | kTransform, [](S s, Text t) { s.encode.pad_mode = pad_mode_from_string(t); }},
      {"frames", kEncode | kTransform, [](S s, Text t) { s.encode.frames = frame_count_from_string(t); }},
      {"ref", kEncode,
       [](S s, Text t) {
         if (t == "dataset") refuse("'dataset' is for the command line, which reads all files twice");
         batch::reference_from_string(t);
         s.encode.ref = t;
       }},
      {"tilt", kEncode, [](S s, Text t) { s.encode.tilt = number_of<double>(t); }},
      {"drop_top", kEncode, [](S s, Text t) { s.encode.drop_top = is_on(t); }},
      {"channels", kEncode,
       [](S s, Text t) {
         batch::channel_choice_from_string(t);
         s.encode.channels = t;
         s.output.splits_channels = t == "split";
       }},
      {"invert", kEncode, [](S s, Text t) { s.encode.arrangement.invert = is_on(t); }},
      {"flip", kEncode, [](S s, Text t) { s.encode.arrangement.flip = is_on(t); }},
      {"transpose", kEncode, [](S s, Text t) { s.encode.arrangement.transpose = is_on(t); }},
      {"resize", kEncode,
       [](S s, Text t) {
         Arrangement ignored;
         batch::take_size(t, ignored);
         s.encode.resize = t;
       }},
      {"subtype", kEncode, [](S s, Text t) { s.subtype = sample_format_from_string(t); }},

      {"sample_rate", kDecode, [](S s, Text t) { given(s).sample_rate = number_in(t, 1, kMostInt); }},
      {"channels", kDecode, [](S s, Text t) { given(s).channels = number_in(t, 1, PictureNote::kMaxChannels); }},
      {"n_samples", kDecode,
       [](S s, Text t) { given(s).n_samples = number_in(t, std::int64_t{0}, PictureNote::kMaxSamples); }},
      {"ref", kDecode, [](S s, Text t) { given(s).ref = positive(t); }},
      {"drop_top", kDecode, [](S s, Text t) { given(s).drop_top = is_on(t); }},
      {"invert", kDecode, [](S s, Text t) { given(s).invert = is_on(t); }},
      {"flip", kDecode, [](S s, Text t) { given(s).flip = is_on(t); }},
      {"transpose", kDecode, [](S s, Text t) { given(s).transpose = is_on(t); }},
      {"resize_to_note", kDecode, [](S s, Text t) { given(s).resizes_to_note = is_on(t); }},
      {"normalize", kDecode,
       [](S s, Text t) {
         s.normalize = one_of(t, {"none", "peak"}) == "peak";
       }},
      {"pair", kDecode, [](S s, Text t) { given(s).half = batch::half_from_string(t); }},
      {"params_from", kDecode, [](S s, Text t) { given(s).params_from = batch::borrow_note(t, given(s).half); }},
      {"from", kDecode, [](S s, Text t) { given(s).foreign.from = batch::picture_maker_from_string(t); }},
      {"crop", kDecode, set_crop},
      {"axis", kDecode, [](S s, Text t) { given(s).foreign.axis = image::axis_kind_from_string(t); }},
      {"duration", kDecode, [](S s, Text t) { given(s).foreign.duration_s = positive(t); }},
      {"mel_inverse", kDecode,
       [](S s, Text t) {
         band_inverse_from_string(t);
         s.retrieval.mel_inverse = t;
       }},

      {"phase_method", kRetrieval, [](S s, Text t) { s.retrieval.method = one_of(t, batch::phase_methods()); }},
      {"phase_quality", kRetrieval, [](S s, Text t) { s.retrieval.quality = one_of(t, batch::phase_qualities()); }},
      {"n_iter", kRetrieval, [](S s, Text t) { s.retrieval.n_iter = number_in(t, 0, 100000); }},
      {"init", kRetrieval, [](S s, Text t) { s.retrieval.start = one_of(t, batch::phase_starts()); }},
      {"momentum", kRetrieval, [](S s, Text t) { s.retrieval.momentum = number_in(t, 0.0, 0.9999); }},
      {"seed", kRetrieval, [](S s, Text t) { s.retrieval.seed = number_of<std::uint64_t>(t); }},

      {"compression", kEncode, [](S s, Text t) { s.compression = image::compression_from_string(t); }, true},
      {"picture_quality", kEncode, [](S s, Text t) { s.output.quality = number_in(t, 1, 100); }, true},
      {"sidecar", kEncode, [](S s, Text t) { s.output.has_sidecar = is_on(t); }, true},
      {"force", kEncode, [](S s, Text t) { s.force = is_on(t); }, true},
      {"verify", kEncode, [](S s, Text t) { s.verify = is_on(t); }, true},
      {"tile_width", kEncode,
       [](S s, Text t) { s.tiles.width = number_in(t, std::int64_t{0}, PictureNote::kMaxSamples); }, true},
      {"tile_overlap", kEncode,
       [](S s, Text t) { s.tiles.overlap = number_in(t, std::int64_t{0}, PictureNote::kMaxSamples); }, true},
      {"pad_last", kEncode, [](S s, Text t) { s.tiles.pad_last = is_on(t); }, true},
      {"overwrite", kPictures, [](S s, Text t) { s.overwrite = is_on(t); }, true},
      {"subtype", kDecode,
       [](S s, Text t) {
         s.subtype = sample_format_from_string(t);
         if (s.subtype == SampleFormat::Lossy) refuse("'lossy' cannot be written");
       },
       true},
      {"missing_tiles", kDecode,
       [](S s, Text t) {
         const bool is_silence = one_of(t, {"error", "silence"}) == "silence";
         s.missing_tiles = is_silence ? batch::MissingTiles::Silence : batch::MissingTiles::Error;
       },
       true},
  };
  return keys;
}

bool is_direction(int direction) {
  return direction == SPECTROHUE_ENCODE || direction == SPECTROHUE_DECODE || direction == SPECTROHUE_TRANSFORM;
}

const char* name_of(spectrohue_direction direction) {
  return direction == SPECTROHUE_ENCODE ? "encoding" : direction == SPECTROHUE_DECODE ? "decoding" : "transforms";
}

std::vector<const Key*> keys_of(spectrohue_direction direction) {
  std::vector<const Key*> keys;
  for (const Key& key : all_keys()) {
    if ((key.directions & (1U << direction)) != 0) keys.push_back(&key);
  }
  return keys;
}

const Key& find(spectrohue_direction direction, const std::string& name) {
  std::string known;
  for (const Key* key : keys_of(direction)) {
    if (name == key->name) return *key;
    known += (known.empty() ? "" : ", ") + std::string(key->name);
  }
  refuse("unknown setting '" + name + "' of " + name_of(direction) + "; known: " + known);
}

}  // namespace

const spectrohue_settings& settings_or_default(const spectrohue_settings* settings, spectrohue_direction direction) {
  static const spectrohue_settings encode(SPECTROHUE_ENCODE);
  static const spectrohue_settings decode(SPECTROHUE_DECODE);
  static const spectrohue_settings transform(SPECTROHUE_TRANSFORM);
  if (settings == nullptr) {
    return direction == SPECTROHUE_ENCODE ? encode : direction == SPECTROHUE_DECODE ? decode : transform;
  }
  if (settings->direction == direction) return *settings;
  refuse(std::string("these settings are of ") + name_of(settings->direction) + ", and this is " + name_of(direction));
}

void refuse_file_keys(const spectrohue_settings& settings) {
  for (const Key* key : keys_of(settings.direction)) {
    if (key->is_about_files && settings.has(key->name)) {
      refuse(std::string("the setting '") + key->name + "' is about files, and there are none here");
    }
  }
  if (settings.output.splits_channels) refuse("channels=split is about files, and there are none here");
}

void refuse_other_keys(const spectrohue_settings& settings, std::initializer_list<std::string_view> legal) {
  for (const std::string& key : settings.keys) {
    if (std::ranges::find(legal, key) == legal.end()) {
      refuse("the setting '" + key + "' is about how a picture is made, and this one is made already");
    }
  }
}

batch::DecodeSettings decode_settings(const spectrohue_settings& settings) {
  batch::DecodeSettings decode;
  decode.flags = settings.encode.given;
  decode.flags.retrieval =
      batch::retrieval_settings(settings.retrieval, decode.flags.foreign.from ? "high" : "default");
  decode.format = settings.subtype;
  decode.normalize = settings.normalize;
  decode.missing_tiles = settings.missing_tiles;
  if (decode.flags.preset && decode.flags.params_from) {
    refuse("--params-from says all that --preset does; leave one of them out");
  }
  return decode;
}

}  // namespace spectrohue::capi

namespace capi = spectrohue::capi;

spectrohue_status spectrohue_settings_create(spectrohue_direction direction, spectrohue_settings** settings) {
  return capi::guarded([&] {
    capi::require(settings, "settings");
    if (!capi::is_direction(direction)) capi::refuse("there is no direction " + std::to_string(direction));
    *settings = new spectrohue_settings(direction);
  });
}

void spectrohue_settings_free(spectrohue_settings* settings) { delete settings; }

spectrohue_status spectrohue_settings_set(spectrohue_settings* settings, const char* key, const char* value) {
  return capi::guarded([&] {
    capi::require(settings, "settings");
    capi::require(key, "key");
    capi::require(value, "value");
    std::string name = key;
    std::ranges::replace(name, '-', '_');
    const capi::Key& found = capi::find(settings->direction, name);
    spectrohue_settings changed = *settings;  // an error leaves the settings as they were
    try {
      found.set(changed, value);
    } catch (const spectrohue::Error& error) {
      throw spectrohue::Error(error.code(), "setting " + name + ": " + error.what());
    }
    changed.keys.insert(name);
    *settings = std::move(changed);
  });
}

const char* spectrohue_settings_key(spectrohue_direction direction, size_t index) {
  const char* name = nullptr;
  capi::guarded([&] {
    if (!capi::is_direction(direction)) return;
    const auto keys = capi::keys_of(direction);
    if (index < keys.size()) name = keys[index]->name;
  });
  return name;
}
