// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/autotel.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "image/rgb.h"
#include "spectrohue/error.h"

namespace spectrohue::image {

namespace {

constexpr double kRangeDb = 80;
constexpr double kBoostFromHz = 1000;
constexpr double kBoostDbPerOctave = 6;
constexpr double kLogAxisFromHz = 20;
constexpr double kTop16 = 65535;

/// From brightness to codes of 16 bits, for each row of bins.
class Values {
 public:
  /// hz: of the row.
  explicit Values(double hz) : boost_db_(hz > kBoostFromHz ? kBoostDbPerOctave * std::log2(hz / kBoostFromHz) : 0) {}

  /// value: 0 to 1.
  double code(double value) const {
    if (value <= 0) return 0;
    const double db = (value - 1) * kRangeDb - boost_db_;
    return kTop16 * std::max(0.0, 1 + db / kAutotelTopDb);
  }

 private:
  double boost_db_;
};

std::uint16_t rounded(double code) { return static_cast<std::uint16_t>(std::lrint(code)); }

/// Rows, counted from the lowest, between which a bin lies, and how far it is from the first.
struct Place {
  std::int64_t row = 0;
  double beyond = 0;
};

Place place_of(const AutotelName& name, std::int64_t bin, std::int64_t height) {
  if (!name.has_log_axis) return {bin, 0};
  const double nyquist = name.sample_rate / 2.0;
  const double hz = nyquist * static_cast<double>(bin) / static_cast<double>(height - 1);
  if (hz <= kLogAxisFromHz || nyquist <= kLogAxisFromHz) return {0, 0};
  const double row =
      std::log(hz / kLogAxisFromHz) / std::log(nyquist / kLogAxisFromHz) * static_cast<double>(height - 1);
  const auto whole = std::min(static_cast<std::int64_t>(row), height - 2);
  return {whole, std::clamp(row - static_cast<double>(whole), 0.0, 1.0)};
}

double brightness(const std::uint8_t* rgb) { return std::max({rgb[0], rgb[1], rgb[2]}) / 255.0; }

/// The same hue, or the opposite one, at another brightness and full saturation as far as it was.
void store_hue(const std::uint8_t* rgb, const Values& values, bool is_turned, std::uint8_t* to) {
  const int largest = std::max({rgb[0], rgb[1], rgb[2]});
  const int smallest = std::min({rgb[0], rgb[1], rgb[2]});
  const double scale = largest > 0 ? values.code(largest / 255.0) / largest : 0;
  std::array<std::uint16_t, 3> out{};
  for (int c = 0; c < 3; ++c) out[c] = rounded(scale * (is_turned ? largest + smallest - rgb[c] : rgb[c]));
  std::memcpy(to, out.data(), sizeof out);
}

}  // namespace

std::optional<AutotelName> autotel_name(const std::filesystem::path& path) {
  constexpr std::string_view kRate = "_SR";
  const std::string stem = path.stem().string();
  const std::size_t tag = stem.rfind(kRate);
  if (tag == std::string::npos) return std::nullopt;
  std::string_view rest = std::string_view(stem).substr(tag + kRate.size());
  AutotelName name;
  const auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), name.sample_rate);
  if (problem != std::errc() || name.sample_rate < 1) return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  name.has_log_axis = rest.starts_with("_LOG");
  if (!name.has_log_axis && !rest.starts_with("_LIN")) return std::nullopt;
  rest.remove_prefix(4);
  name.has_phases = rest == "_PHASE";
  if (!name.has_phases && rest != "_MAG") return std::nullopt;
  return name;
}

void import_autotel(Picture& picture, const AutotelName& name, bool with_phases) {
  if (picture.layout.bits != 8) {
    throw Error(ErrorCode::BadFormat,
                "its name says that it is a picture of autotel/spectrogram-decoder-encoder's, "
                "which have 8 bits, but its pixels have " +
                    std::to_string(picture.layout.bits));
  }
  if (picture.layout.channels == 1) expand_to_rgb(picture);
  const std::int64_t height = picture.height;
  Picture made;
  made.resize(picture.width, height, {with_phases ? 3 : 1, 16});
  for (std::int64_t bin = 0; bin < height; ++bin) {
    const double hz =
        name.sample_rate / 2.0 * static_cast<double>(bin) / static_cast<double>(std::max<std::int64_t>(1, height - 1));
    const Values values(hz);
    const Place place = place_of(name, bin, height);
    const std::uint8_t* from = picture.row(height - 1 - place.row);
    const std::uint8_t* above = picture.row(std::max<std::int64_t>(0, height - 2 - place.row));
    std::uint8_t* to = made.row(height - 1 - bin);
    for (std::int64_t x = 0; x < picture.width; ++x, from += 3, above += 3, to += made.layout.bytes()) {
      if (with_phases) {
        store_hue(from, values, bin % 2 == 1, to);
      } else {
        const double value = brightness(from) + place.beyond * (brightness(above) - brightness(from));
        const std::uint16_t code = rounded(values.code(value));
        std::memcpy(to, &code, sizeof code);
      }
    }
  }
  std::swap(picture, made);
}

}  // namespace spectrohue::image
