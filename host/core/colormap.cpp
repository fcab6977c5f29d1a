// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "core/colormap.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <optional>

#include "core/colormap_tables.h"
#include "spectrohue/error.h"

namespace spectrohue {

namespace {

constexpr std::size_t kCodes = 256;
constexpr std::size_t kMaxFileBytes = 64 * 1024;

/// Red, green and blue, each 0 to 255.
using ExactColour = std::array<double, 3>;

int hex_digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

Colormap colormap_of_table(const ColormapTable& table) {
  Colormap map{table.name, {}};
  const char* digit = table.colours;
  for (Colour& colour : map.colours) {
    for (std::uint8_t& channel : colour) {
      channel = static_cast<std::uint8_t>(hex_digit(digit[0]) * 16 + hex_digit(digit[1]));
      digit += 2;
    }
  }
  return map;
}

const std::vector<Colormap>& all_colormaps() {
  static const std::vector<Colormap> maps = [] {
    std::vector<Colormap> made;
    for (const ColormapTable& table : kColormapTables) made.push_back(colormap_of_table(table));
    return made;
  }();
  return maps;
}

/// 2 to 256 colours.
Colormap spread(std::string name, const std::vector<ExactColour>& colours) {
  Colormap map{std::move(name), {}};
  const std::size_t intervals = colours.size() - 1;
  for (std::size_t code = 0; code < kCodes; ++code) {
    const std::size_t before = std::min(code * intervals / (kCodes - 1), intervals - 1);
    const double share = static_cast<double>(code * intervals) / (kCodes - 1) - static_cast<double>(before);
    for (std::size_t c = 0; c < 3; ++c) {
      const double value = colours[before][c] + share * (colours[before + 1][c] - colours[before][c]);
      map.colours[code][c] = static_cast<std::uint8_t>(std::lround(value));
    }
  }
  return map;
}

[[noreturn]] void refuse_line(std::size_t line, const std::string& problem) {
  throw Error(ErrorCode::BadFormat, "line " + std::to_string(line) + " of the colormap " + problem);
}

std::string read_text(const std::filesystem::path& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxFileBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  // At the end of the file a read that asks for more fails, but is not bad.
  if (!file.is_open() || file.bad()) {
    throw Error(ErrorCode::Read, std::string("cannot read the colormap: ") + std::strerror(errno));
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxFileBytes) {
    throw Error(ErrorCode::BadFormat, "the colormap has more than " + std::to_string(kMaxFileBytes) +
                                          " bytes; it must be a text file of 2 to 256 lines R G B");
  }
  return text;
}

/// The numbers of a file's line.
struct Row {
  std::size_t line;
  ExactColour values;
};

/// The start of a word for a message: the file may be anything, a picture say.
std::string quoted(std::string_view word) {
  constexpr std::size_t kMost = 24;
  std::string text;
  for (const char c : word.substr(0, kMost)) text += c > ' ' && c <= '~' ? c : '?';
  return "'" + text + (word.size() > kMost ? "...'" : "'");
}

double number_of(std::string_view word, std::size_t line) {
  double value = 0;
  const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (problem != std::errc() || end != word.data() + word.size()) {
    refuse_line(line, "holds " + quoted(word) + ", which is not a number");
  }
  if (!(value >= 0 && value <= 255)) {
    refuse_line(line, "holds " + quoted(word) + "; numbers must be 0 to 255, or 0 to 1");
  }
  return value;
}

std::vector<std::string_view> words_of(std::string_view text) {
  constexpr std::string_view kSeparators = " \t\r,";
  std::vector<std::string_view> words;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(kSeparators), text.size()));
    if (text.empty()) return words;
    const std::size_t length = std::min(text.find_first_of(kSeparators), text.size());
    words.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
}

/// Nothing for a line without a colour.
std::optional<Row> parse_line(std::string_view text, std::size_t line) {
  const std::vector<std::string_view> words = words_of(text.substr(0, text.find('#')));
  if (words.empty()) return std::nullopt;
  if (words.size() != 3) {
    refuse_line(line, "has " + std::to_string(words.size()) + " numbers; a colour is three: R G B");
  }
  return Row{line, {number_of(words[0], line), number_of(words[1], line), number_of(words[2], line)}};
}

std::vector<Row> parse_rows(std::string_view text) {
  std::vector<Row> rows;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t length = std::min(text.find('\n'), text.size());
    if (const std::optional<Row> row = parse_line(text.substr(0, length), line)) {
      if (rows.size() == kCodes) refuse_line(line, "is the 257th colour; there may be 256");
      rows.push_back(*row);
    }
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  if (rows.size() < 2) {
    throw Error(ErrorCode::BadFormat, "the colormap has " + std::to_string(rows.size()) +
                                          " colours; it must have 2 to 256, a line R G B each");
  }
  return rows;
}

/// To 0 .. 255.
std::vector<ExactColour> colours_of(const std::vector<Row>& rows) {
  double largest = 0;
  for (const Row& row : rows) largest = std::max({largest, row.values[0], row.values[1], row.values[2]});
  std::vector<ExactColour> colours;
  for (const Row& row : rows) {
    ExactColour colour = row.values;
    for (double& value : colour) {
      if (largest <= 1) {
        value *= 255;
      } else if (value != std::floor(value)) {
        refuse_line(row.line, "holds a fraction, but there is a number above 1 in the file; use 0 to 1 or 0 to 255");
      }
    }
    colours.push_back(colour);
  }
  return colours;
}

std::uint32_t packed(const Colour& colour) {
  return static_cast<std::uint32_t>(colour[0]) << 16 | static_cast<std::uint32_t>(colour[1]) << 8 | colour[2];
}

double square(double x) { return x * x; }

/// IEC 61966-2-1.
double linear_of_srgb(double value) {
  return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

/// f of CIELAB (ISO/CIE 11664-4), of a share of white.
double lab_f(double share) {
  constexpr double kEdge = 6.0 / 29;
  return share > kEdge * kEdge * kEdge ? std::cbrt(share) : share / (3 * kEdge * kEdge) + 4.0 / 29;
}

}  // namespace

const Colormap& colormap_by_name(std::string_view name) {
  std::string known;
  for (const Colormap& map : all_colormaps()) {
    if (map.name == name) return map;
    known += known.empty() ? map.name : ", " + map.name;
  }
  throw Error(ErrorCode::Usage, "unknown colormap '" + std::string(name) + "'; known: " + known);
}

std::vector<std::string> colormap_names() {
  std::vector<std::string> names;
  for (const Colormap& map : all_colormaps()) names.push_back(map.name);
  return names;
}

Colormap colormap_of_colours(std::string name, std::span<const Colour> colours) {
  if (colours.size() < 2 || colours.size() > kCodes) {
    throw Error(ErrorCode::Usage,
                "a colormap of " + std::to_string(colours.size()) + " colours cannot be made; it must have 2 to 256");
  }
  std::vector<ExactColour> exact;
  for (const Colour& c : colours) exact.push_back({double(c[0]), double(c[1]), double(c[2])});
  return spread(std::move(name), exact);
}

Colormap load_colormap(const std::filesystem::path& path) {
  return spread(path.stem().string(), colours_of(parse_rows(read_text(path))));
}

ColormapInverse::ColormapInverse(const Colormap& colormap) {
  for (std::size_t i = 0; i < kCodes; ++i) linear_[i] = linear_of_srgb(static_cast<double>(i) / 255);
  for (std::size_t i = 0; i < kCodes; ++i) {
    const int index = static_cast<int>(i);
    if (exact_.try_emplace(packed(colormap.colours[i]), index).second) {
      by_lightness_.push_back({lab_of(colormap.colours[i]), index});
    }
  }
  std::sort(by_lightness_.begin(), by_lightness_.end(),
            [](const Entry& x, const Entry& y) { return x.lab.lightness < y.lab.lightness; });
}

ColormapInverse::Lab ColormapInverse::lab_of(const Colour& colour) const {
  const double r = linear_[colour[0]];
  const double g = linear_[colour[1]];
  const double b = linear_[colour[2]];
  // IEC 61966-2-1's matrix, each row divided by its sum: white is (1, 1, 1).
  const double x = lab_f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const double y = lab_f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const double z = lab_f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.0890);
  return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

// Outwards from the colour's lightness, until the difference of lightness alone is larger than the nearest distance.
ColormapInverse::Match ColormapInverse::nearest(const Lab& lab) const {
  double best = std::numeric_limits<double>::infinity();
  int index = 0;
  const auto look_at = [&](const Entry& entry) {
    const double lightness = square(entry.lab.lightness - lab.lightness);
    if (lightness > best) return false;
    const double distance = lightness + square(entry.lab.a - lab.a) + square(entry.lab.b - lab.b);
    if (distance < best || (distance == best && entry.index < index)) {
      best = distance;
      index = entry.index;
    }
    return true;
  };
  const auto start = std::lower_bound(by_lightness_.begin(), by_lightness_.end(), lab.lightness,
                                      [](const Entry& entry, double value) { return entry.lab.lightness < value; });
  auto up = start;
  auto down = start;
  bool more_above = true;
  bool more_below = true;
  while (more_above || more_below) {
    more_above = more_above && up != by_lightness_.end() && look_at(*up++);
    more_below = more_below && down != by_lightness_.begin() && look_at(*--down);
  }
  return {index, std::sqrt(best)};
}

ColormapInverse::Match ColormapInverse::find(std::uint8_t r, std::uint8_t g, std::uint8_t b) const {
  const Colour colour{r, g, b};
  const auto exact = exact_.find(packed(colour));
  if (exact != exact_.end()) return {exact->second, 0.0};
  return nearest(lab_of(colour));
}

}  // namespace spectrohue
