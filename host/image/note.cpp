// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/note.h"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>
#include <vector>

#include "core/colormap.h"
#include "core/stft_tables.h"
#include "image/json_bounds.h"
#include "image/threads.h"
#include "math/crc32.h"
#include "spectrohue/error.h"

namespace spectrohue::image {

namespace {

using Json = nlohmann::ordered_json;

[[noreturn]] void refuse(const std::string& problem) {
  throw Error(ErrorCode::BadFormat, "bad spectrohue note: " + problem);
}

[[noreturn]] void refuse_unknown(const std::string& problem) {
  throw Error(ErrorCode::Unsupported, "cannot read this spectrohue note: " + problem);
}

/// A value as it stands in the note, cut to a length that fits a message.
std::string shown(const Json& value) {
  constexpr std::size_t kMaxShown = 40;
  if (value.is_structured()) return value.is_array() ? "an array" : "an object";
  std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  if (text.size() > kMaxShown) text = text.substr(0, kMaxShown) + "...";
  return text;
}

/// The object that the note is, or one inside it. Every accessor names the key it fails on.
class Fields {
 public:
  Fields(const Json& object, std::string prefix) : object_(object), prefix_(std::move(prefix)) {}

  bool has(const char* key) const { return object_.contains(key); }

  const Json& at(const char* key) const {
    const auto found = object_.find(key);
    if (found == object_.end()) refuse("the key '" + prefix_ + key + "' is missing");
    return *found;
  }

  std::string text(const char* key) const {
    const Json& value = at(key);
    if (!value.is_string()) refuse_type(key, value, "a string");
    return value.get<std::string>();
  }

  bool flag(const char* key) const {
    const Json& value = at(key);
    if (!value.is_boolean()) refuse_type(key, value, "true or false");
    return value.get<bool>();
  }

  double number(const char* key) const { return number_of(key, at(key)); }

  double number_of(const char* key, const Json& value) const {
    if (!value.is_number()) refuse_type(key, value, "a number");
    return value.get<double>();
  }

  /// JSON has one type of number only, so 2048.0 is as good as 2048.
  std::int64_t integer(const char* key, std::int64_t least, std::int64_t most) const {
    const Json& value = at(key);
    const std::string wanted = "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    if (!value.is_number()) refuse_type(key, value, wanted);
    if (value.is_number_float()) {
      const double x = value.get<double>();
      const bool fits = x >= static_cast<double>(least) && x <= static_cast<double>(most);
      if (!fits || x != std::floor(x)) refuse_type(key, value, wanted);
      return static_cast<std::int64_t>(x);
    }
    // What JSON holds as unsigned may be more than the signed type can.
    const bool too_large = value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(most);
    if (too_large || value.get<std::int64_t>() < least || value.get<std::int64_t>() > most) {
      refuse_type(key, value, wanted);
    }
    return value.get<std::int64_t>();
  }

  int small_integer(const char* key) const {
    return static_cast<int>(integer(key, 0, std::numeric_limits<std::int32_t>::max()));
  }

  [[noreturn]] void refuse_type(const char* key, const Json& value, const std::string& wanted) const {
    refuse("the key '" + prefix_ + key + "' is " + shown(value) + ", but should be " + wanted);
  }

 private:
  const Json& object_;
  std::string prefix_;
};

/// Looks a name up; one that this build does not know is a matter of its age, not of the file.
template <class FromString>
auto named(const Fields& fields, const char* key, FromString&& from_string) {
  const std::string name = fields.text(key);
  try {
    return from_string(name);
  } catch (const Error& e) {
    refuse_unknown(e.what());
  }
}

void expect(const Fields& fields, const char* key, const char* known) {
  const std::string name = fields.text(key);
  if (name != known) {
    refuse_unknown(std::string("its ") + key + " is " + shown(name) + ", and this build only knows \"" + known + "\"");
  }
}

/// Parses, and names the key last met if that fails.
Json parse(std::string_view text) {
  if (text.size() > kMaxNoteBytes) {
    refuse("it has more than " + std::to_string(kMaxNoteBytes) + " bytes, and no real one is so long");
  }
  std::string last_key;
  JsonBounds bounds(kMaxNoteValues);
  const auto watch = [&](int level, Json::parse_event_t event, Json& value) {
    if (const std::optional<std::string> excess = bounds.excess(level)) {
      refuse(*excess + (last_key.empty() ? "" : " at the key " + last_key));
    }
    if (event == Json::parse_event_t::key) last_key = shown(value);
    return true;
  };
  try {
    return Json::parse(text, watch);
  } catch (const Json::out_of_range&) {
    refuse("a number is out of range" + (last_key.empty() ? "" : " at the key " + last_key));
  } catch (const Json::exception&) {
    refuse("it is not JSON" + (last_key.empty() ? "" : "; the last key that could be read is " + last_key));
  }
}

/// Whoever makes a path of this must not be led elsewhere, and whoever shows it must not steer a terminal with it.
std::string harmless(const std::string& name) {
  std::string last = name.substr(name.find_last_of("/\\") + 1);
  for (char& c : last) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '_';
  }
  return last == "." || last == ".." ? "" : last;
}

std::string hex(std::uint32_t value) {
  char text[9];
  std::snprintf(text, sizeof(text), "%08x", static_cast<unsigned>(value));
  return text;
}

std::uint32_t checksum_of(const Fields& fields) {
  const char* const key = "pixels_crc32";
  const std::string text = fields.text(key);
  std::uint32_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (text.size() != 8 || problem != std::errc() || end != text.data() + text.size()) {
    fields.refuse_type(key, fields.at(key), "8 hexadecimal digits");
  }
  return value;
}

std::vector<double> refs_of(const Fields& fields, int channels) {
  const char* const key = "ref";
  const Json& array = fields.at(key);
  if (!array.is_array()) fields.refuse_type(key, array, "an array of numbers");
  if (array.size() != static_cast<std::size_t>(channels)) {
    refuse("the key 'ref' holds " + std::to_string(array.size()) + " numbers, but there are " +
           std::to_string(channels) + " channels");
  }
  std::vector<double> refs;
  for (const Json& element : array) {
    const double ref = fields.number_of(key, element);
    // Backends compute in single precision.
    if (!(ref >= 0 && ref <= std::numeric_limits<float>::max())) {
      fields.refuse_type(key, element, "magnitudes from 0 to 3.4e38");
    }
    refs.push_back(ref);
  }
  return refs;
}

PictureNote::Tile tile_of(const Fields& note) {
  const Json& json = note.at("tile");
  if (!json.is_object()) note.refuse_type("tile", json, "an object");
  const Fields fields(json, "tile.");
  PictureNote::Tile tile;
  tile.count = fields.integer("count", 1, PictureNote::kMaxSamples);
  tile.index = fields.integer("index", 0, tile.count - 1);
  tile.first_frame = fields.integer("first_frame", 0, PictureNote::kMaxSamples);
  if (fields.has("overlap")) tile.overlap = fields.integer("overlap", 0, PictureNote::kMaxSamples);
  if (fields.has("padding")) tile.padding = fields.integer("padding", 0, PictureNote::kMaxSamples);
  return tile;
}

/// A file a channel, or a plane (magnitudes, phases), or both; of a picture that is not cut into tiles.
PictureNote::Part part_of(const Fields& fields_of_note, const PictureNote& note) {
  const Json& json = fields_of_note.at("part");
  if (!json.is_object()) fields_of_note.refuse_type("part", json, "an object");
  const Fields fields(json, "part.");
  PictureNote::Part part;
  part.count = static_cast<int>(fields.integer("count", 1, 2 * PictureNote::kMaxChannels));
  part.index = static_cast<int>(fields.integer("index", 0, part.count - 1));
  const Encoding encoding = note.pixels.encoding;
  const int planes = encoding == Encoding::Magphase || encoding == Encoding::Magphase16 ? 2 : 1;
  const bool is_split = !has_channels_as_colours(encoding) && part.count == planes * note.channels;
  if (part.count != 1 && part.count != planes && !is_split) {
    refuse("the key 'part.count' is " + std::to_string(part.count) + ", and no " + to_string(encoding) + " of " +
           std::to_string(note.channels) + " channels is in so many files");
  }
  if (part.count > 1 && note.tile.count > 1) refuse("it has the keys 'part' and 'tile': parts are not cut into tiles");
  return part;
}

Json json_of(const PictureNote::Tile& tile) {
  Json json;
  json["index"] = tile.index;
  json["count"] = tile.count;
  json["first_frame"] = tile.first_frame;
  if (tile.overlap > 0) json["overlap"] = tile.overlap;
  if (tile.padding > 0) json["padding"] = tile.padding;
  return json;
}

/// Sizes are those of pictures: nobody resizes to more.
constexpr std::int64_t kMaxSide = 1 << 24;

Json json_of(const Arrangement& a) {
  Json json = Json::object();
  if (a.is_resized()) {
    json["size"] = {a.width, a.height};
    json["from_size"] = {a.from_width, a.from_height};
  }
  if (a.invert) json["invert"] = true;
  if (a.flip) json["flip"] = true;
  if (a.transpose) json["transpose"] = true;
  return json;
}

/// Width and height.
std::pair<std::int64_t, std::int64_t> size_of(const Fields& fields, const char* key) {
  const Json& array = fields.at(key);
  const bool is_pair = array.is_array() && array.size() == 2 && array[0].is_number() && array[1].is_number();
  if (!is_pair) fields.refuse_type(key, array, "two numbers");
  const auto width = array[0].get<double>();
  const auto height = array[1].get<double>();
  const auto is_side = [](double x) { return x >= 1 && x <= kMaxSide && x == std::floor(x); };
  if (!is_side(width) || !is_side(height)) fields.refuse_type(key, array, "a width and a height");
  return {static_cast<std::int64_t>(width), static_cast<std::int64_t>(height)};
}

Arrangement arrangement_of(const Fields& note) {
  const Json& json = note.at("arrangement");
  if (!json.is_object()) note.refuse_type("arrangement", json, "an object");
  const Fields fields(json, "arrangement.");
  Arrangement a;
  if (fields.has("size")) {
    const auto [width, height] = size_of(fields, "size");
    a.width = static_cast<int>(width);
    a.height = static_cast<int>(height);
    std::tie(a.from_width, a.from_height) = size_of(fields, "from_size");
  }
  if (fields.has("invert")) a.invert = fields.flag("invert");
  if (fields.has("flip")) a.flip = fields.flag("flip");
  if (fields.has("transpose")) a.transpose = fields.flag("transpose");
  return a;
}

/// The oldest version whose readers take the picture for what it is.
int version_of(const PictureNote& note) {
  const bool is_arranged = note.arrangement != Arrangement{};
  const bool is_pair = !note.right.empty();
  const bool is_floor = note.stft.frames != FrameCount::Cover;
  const bool is_other = is_pair || is_arranged || is_floor || note.is_mid_side;
  if (is_other || note.pixels.tilt != 0 || note.part.count > 1) return 3;
  return note.pixels.drop_top || note.tile.overlap > 0 || note.tile.padding > 0 ? 2 : 1;
}

bool has_parameter(Window window) { return window == Window::Gaussian || window == Window::Kaiser; }

Json json_of(const Curve& curve) {
  Json json;
  json["kind"] = to_string(curve.kind);
  if (curve.kind == CurveKind::Gamma) json["gamma"] = curve.gamma;
  if (curve.kind == CurveKind::Db || curve.kind == CurveKind::AdaptiveLog) json["top_db"] = curve.top_db;
  return json;
}

Curve curve_of(const Fields& note) {
  const Json& json = note.at("curve");
  if (!json.is_object()) note.refuse_type("curve", json, "an object");
  const Fields fields(json, "curve.");
  Curve curve;
  curve.kind = named(fields, "kind", curve_from_string);
  if (curve.kind == CurveKind::Gamma) curve.gamma = fields.number("gamma");
  if (curve.kind == CurveKind::Db || curve.kind == CurveKind::AdaptiveLog) curve.top_db = fields.number("top_db");
  return curve;
}

/// What the phases in a picture are measured at.
const char* phase_name(Encoding encoding) {
  if (encoding == Encoding::Complex) return "start";
  return holds_phase(encoding) ? "centre" : "none";
}

const char* layout_name(Encoding encoding) { return has_channels_as_colours(encoding) ? "colours" : "stacked"; }

void put_scale(const PixelSettings& pixels, Json& json) {
  const FrequencyScale& scale = pixels.scale;
  json["freq_scale"] = to_string(scale.kind);
  if (scale.kind == FrequencyScaleKind::Linear) return;
  json["n_bands"] = scale.n_bands;
  json["fmin"] = scale.fmin;
  json["fmax"] = scale.fmax;
  if (scale.kind == FrequencyScaleKind::Mel) json["mel_scale"] = to_string(scale.mel_scale);
  json["band_norm"] = to_string(scale.norm);
  json["band_power"] = pixels.band_power;
}

void take_scale(const Fields& fields, PixelSettings& pixels) {
  FrequencyScale& scale = pixels.scale;
  scale.kind = named(fields, "freq_scale", frequency_scale_from_string);
  if (scale.kind == FrequencyScaleKind::Linear) return;
  scale.n_bands = static_cast<int>(fields.integer("n_bands", 1, FrequencyScale::kMaxBands));
  scale.fmin = fields.number("fmin");
  scale.fmax = fields.number("fmax");
  if (scale.kind == FrequencyScaleKind::Mel) scale.mel_scale = named(fields, "mel_scale", mel_scale_from_string);
  scale.norm = named(fields, "band_norm", band_norm_from_string);
  pixels.band_power = static_cast<int>(fields.integer("band_power", 1, 2));
}

std::optional<std::vector<Colour>> palette_of_name(const std::string& name) {
  for (const std::string& known : colormap_names()) {
    if (name != known && name != known + "_r") continue;
    const Colormap& map = colormap_by_name(known);
    std::vector<Colour> palette(map.colours.begin(), map.colours.end());
    if (name != known) std::reverse(palette.begin(), palette.end());
    return palette;
  }
  return std::nullopt;
}

/// Of maps that every build knows, the name says it all.
void put_colours(const Colours& colours, Json& json) {
  json["colormap"] = colours.name;
  if (palette_of_name(colours.name) == colours.palette) return;
  std::string digits;
  for (const Colour& c : colours.palette) digits += hex(std::uint32_t{c[0]} << 16 | c[1] << 8 | c[2]).substr(2);
  json["colours"] = digits;
}

Colours colours_of(const Fields& fields) {
  constexpr std::size_t kColours = 256;
  constexpr std::size_t kDigits = 6;
  Colours colours;
  colours.name = fields.text("colormap");
  if (!fields.has("colours")) {
    std::optional<std::vector<Colour>> palette = palette_of_name(colours.name);
    if (!palette) refuse_unknown("its colormap " + shown(fields.at("colormap")) + " is not one that this build knows");
    colours.palette = std::move(*palette);
    return colours;
  }
  const std::string digits = fields.text("colours");
  if (digits.size() != kColours * kDigits) refuse("the key 'colours' should be 256 times 6 hexadecimal digits");
  for (std::size_t i = 0; i < kColours; ++i) {
    std::uint32_t rgb = 0;
    const char* const first = digits.data() + i * kDigits;
    const auto [end, problem] = std::from_chars(first, first + kDigits, rgb, 16);
    if (problem != std::errc() || end != first + kDigits) {
      refuse("the key 'colours' should be 256 times 6 hexadecimal digits");
    }
    colours.palette.push_back(
        {static_cast<std::uint8_t>(rgb >> 16), static_cast<std::uint8_t>(rgb >> 8), static_cast<std::uint8_t>(rgb)});
  }
  return colours;
}

StftSettings stft_of(const Fields& fields) {
  StftSettings stft;
  stft.n_fft = fields.small_integer("n_fft");
  stft.hop_length = fields.small_integer("hop_length");
  stft.win_length = fields.small_integer("win_length");
  stft.window = named(fields, "window", window_from_string);
  if (has_parameter(stft.window)) stft.window_parameter = fields.number("window_parameter");
  stft.center = fields.flag("center");
  stft.pad_mode = named(fields, "pad_mode", pad_mode_from_string);
  if (fields.has("frames")) stft.frames = named(fields, "frames", frame_count_from_string);
  return stft;
}

/// Goes on with `crc`, with the bytes of each sample in the reverse order.
template <int SampleBytes>
std::uint32_t swapped_crc32(std::uint32_t crc, const std::uint8_t* bytes, std::int64_t count) {
  std::array<std::uint8_t, 16384> swapped;
  for (std::int64_t first = 0; first < count; first += std::ssize(swapped)) {
    const std::int64_t n = std::min(std::ssize(swapped), count - first);
    for (std::int64_t i = 0; i < n; i += SampleBytes) {
      for (int b = 0; b < SampleBytes; ++b) {
        swapped[static_cast<std::size_t>(i + b)] = bytes[first + i + SampleBytes - 1 - b];
      }
    }
    crc = libdeflate_crc32(crc, swapped.data(), static_cast<std::size_t>(n));
  }
  return crc;
}

/// Whole numbers have the high byte first, as in PNG; floats the low one, as nearly everywhere.
bool is_swapped(int bits) {
  constexpr bool kIsLittle = std::endian::native == std::endian::little;
  return bits == 32 ? !kIsLittle : bits == 16 && kIsLittle;
}

/// Of n_rows rows of n bytes, row_bytes apart.
std::uint32_t rows_crc32(const std::uint8_t* rows, std::int64_t row_bytes, std::int64_t n, std::int64_t n_rows,
                         int bits, int threads) {
  constexpr std::int64_t kPartBytes = std::int64_t{4} << 20;
  const std::int64_t part_rows = std::max<std::int64_t>(1, kPartBytes / std::max<std::int64_t>(n, 1));
  const auto rows_of = [&](std::int64_t part) { return std::min(part_rows, n_rows - part * part_rows); };
  const auto crc_of = [&](std::uint32_t crc, const std::uint8_t* bytes, std::int64_t count) {
    if (!is_swapped(bits)) return libdeflate_crc32(crc, bytes, static_cast<std::size_t>(count));
    return bits == 16 ? swapped_crc32<2>(crc, bytes, count) : swapped_crc32<4>(crc, bytes, count);
  };
  std::vector<std::uint32_t> parts(static_cast<std::size_t>((n_rows + part_rows - 1) / part_rows));
  run_on_threads(std::ssize(parts), threads, [&](std::int64_t part, int) {
    const std::uint8_t* const first = rows + part * part_rows * row_bytes;
    std::uint32_t& crc = parts[static_cast<std::size_t>(part)];
    if (row_bytes == n) {
      crc = crc_of(0, first, rows_of(part) * n);
    } else {
      for (std::int64_t y = 0; y < rows_of(part); ++y) crc = crc_of(crc, first + y * row_bytes, n);
    }
  });
  std::uint32_t crc = 0;
  for (std::int64_t part = 0; part < std::ssize(parts); ++part) {
    crc =
        math::combine_crc32(crc, parts[static_cast<std::size_t>(part)], static_cast<std::uint64_t>(rows_of(part) * n));
  }
  return crc;
}

}  // namespace

namespace {

Json json_of(const PictureNote& note) {
  Json json;
  json["spectrohue"] = version_of(note);
  json["tool"] = note.tool;
  json["encoding"] = to_string(note.pixels.encoding);
  json["curve"] = json_of(note.pixels.curve);
  json["ref"] = note.ref;
  if (is_exact(note.pixels.encoding)) json["residual_bits"] = note.pixels.residual_bits;
  if (const int step = code_step(note.pixels); step != 1) json["code_step"] = step;
  if (note.pixels.tilt != 0) json["tilt"] = note.pixels.tilt;
  json["n_fft"] = note.stft.n_fft;
  json["hop_length"] = note.stft.hop_length;
  json["win_length"] = note.stft.win_length;
  json["window"] = to_string(note.stft.window);
  if (has_parameter(note.stft.window)) json["window_parameter"] = note.stft.window_parameter;
  json["center"] = note.stft.center;
  json["pad_mode"] = to_string(note.stft.pad_mode);
  if (note.stft.frames != FrameCount::Cover) json["frames"] = to_string(note.stft.frames);
  json["phase"] = phase_name(note.pixels.encoding);
  put_scale(note.pixels, json);
  if (note.pixels.encoding == Encoding::Colormap) put_colours(note.colours, json);
  json["sample_rate"] = note.sample_rate;
  json["n_samples"] = note.n_samples;
  json["channels"] = note.channels;
  json["layout"] = layout_name(note.pixels.encoding);
  if (note.pixels.drop_top) json["drop_top"] = true;
  if (note.is_mid_side) json["mid_side"] = true;
  if (note.arrangement != Arrangement{}) json["arrangement"] = json_of(note.arrangement);
  json["subtype"] = to_string(note.format);
  if (note.pixels.refine != PixelSettings::kOpenLoop) json["refine"] = note.pixels.refine;
  if (note.tile != PictureNote::Tile{}) json["tile"] = json_of(note.tile);
  if (note.part.count > 1) json["part"] = {{"index", note.part.index}, {"count", note.part.count}};
  json["source_name"] = note.source_name;
  if (note.pixels_crc32) json["pixels_crc32"] = hex(*note.pixels_crc32);
  if (!note.right.empty()) json["right"] = json_of(note.right.front());
  return json;
}

PictureNote note_of(const Json& json) {
  if (!json.is_object() || !json.contains("spectrohue")) {
    refuse("it is not a JSON object with the key 'spectrohue'");
  }
  const Fields fields(json, "");
  const std::int64_t version = fields.integer("spectrohue", 1, std::numeric_limits<std::int64_t>::max());
  if (version > PictureNote::kVersion) {
    refuse_unknown("it has version " + std::to_string(version) + ", and this build knows versions up to " +
                   std::to_string(PictureNote::kVersion) + "; use a newer spectrohue");
  }

  PictureNote note;
  note.pixels.encoding = named(fields, "encoding", encoding_from_string);
  note.pixels.curve = curve_of(fields);
  if (fields.has("drop_top")) note.pixels.drop_top = fields.flag("drop_top");
  if (is_exact(note.pixels.encoding)) {
    note.pixels.residual_bits =
        static_cast<int>(fields.integer("residual_bits", 1, max_residual_bits(note.pixels.encoding)));
    note.pixels.code_step = fields.has("code_step") ? static_cast<int>(fields.integer("code_step", 1, 1 << 15)) : 1;
  }
  if (fields.has("tilt")) note.pixels.tilt = fields.number("tilt");
  note.stft = stft_of(fields);
  take_scale(fields, note.pixels);
  if (note.pixels.encoding == Encoding::Colormap) note.colours = colours_of(fields);
  try {
    validate(note.stft, note.pixels);
  } catch (const Error& e) {
    refuse(e.what());
  }
  expect(fields, "phase", phase_name(note.pixels.encoding));
  expect(fields, "layout", layout_name(note.pixels.encoding));
  note.sample_rate = static_cast<int>(fields.integer("sample_rate", 1, std::numeric_limits<std::int32_t>::max()));
  note.n_samples = fields.integer("n_samples", 0, PictureNote::kMaxSamples);
  const int least_channels = note.pixels.encoding == Encoding::Stereo3 ? 2 : 1;
  const int most_channels = has_channels_as_colours(note.pixels.encoding) ? 2 : PictureNote::kMaxChannels;
  note.channels = static_cast<int>(fields.integer("channels", least_channels, most_channels));
  try {
    validate(note.pixels.scale, note.stft.n_fft, note.sample_rate);
  } catch (const Error& e) {
    refuse(e.what());
  }
  note.ref = refs_of(fields, note.channels);
  if (fields.has("arrangement")) note.arrangement = arrangement_of(fields);
  if (fields.has("mid_side")) note.is_mid_side = fields.flag("mid_side");
  if (note.is_mid_side && note.channels != 2) refuse("the key 'mid_side' is true, but there are not 2 channels");
  // What only informs may be missing.
  if (fields.has("tool")) note.tool = fields.text("tool");
  if (fields.has("subtype")) note.format = named(fields, "subtype", sample_format_from_string);
  if (fields.has("refine")) {
    note.pixels.refine = static_cast<int>(fields.integer("refine", 0, PixelSettings::kMaxRefine));
  }
  if (fields.has("tile")) note.tile = tile_of(fields);
  if (fields.has("part")) note.part = part_of(fields, note);
  if (fields.has("source_name")) note.source_name = harmless(fields.text("source_name"));
  if (fields.has("pixels_crc32")) note.pixels_crc32 = checksum_of(fields);
  if (fields.has("right")) {
    note.right.push_back(note_of(fields.at("right")));
    if (!note.right.front().right.empty()) refuse("the key 'right' holds a note with the key 'right'");
  }
  return note;
}

}  // namespace

std::string to_json(const PictureNote& note) {
  // Plain ASCII survives programs that copy the text as Latin-1. File names need not be UTF-8.
  return json_of(note).dump(-1, ' ', true, Json::error_handler_t::replace);
}

PictureNote note_from_json(std::string_view text) { return note_of(parse(text)); }

std::uint32_t pixels_crc32(const Picture& picture, int threads) {
  const std::int64_t row_bytes = picture.row_bytes();
  return rows_crc32(picture.pixels.data(), row_bytes, row_bytes, picture.height, picture.layout.bits, threads);
}

std::uint32_t pixels_crc32(const EncodedTile& tile, int threads) {
  if (tile.is_coded()) return tile.pixels_crc32;
  const std::int64_t n = tile.width * 3 * (tile.bits / 8);
  return rows_crc32(tile.pixels, tile.row_bytes, n, tile.height, tile.bits, threads);
}

}  // namespace spectrohue::image
