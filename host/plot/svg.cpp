// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "plot/svg.h"

#include <charconv>
#include <cmath>
#include <cstdint>

#include "core/base64.h"
#include "image/png.h"

namespace spectrohue::plot {

namespace {

constexpr std::string_view kReplacement = "\uFFFD";

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

/// At most three digits behind the point.
std::string number(double value) {
  char digits[32];
  const double rounded = std::round(value * 1000) / 1000 + 0.0;  // no "-0"
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, rounded, std::chars_format::fixed);
  return {digits, end};
}

std::string attribute(const char* name, const std::string& value) {
  return std::string(" ") + name + "=\"" + value + "\"";
}
std::string attribute(const char* name, double value) { return attribute(name, number(value)); }

std::string hex(const Colour& colour) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "#";
  for (const std::uint8_t channel : colour) {
    text += kDigits[channel >> 4];
    text += kDigits[channel & 15];
  }
  return text;
}

std::string png_of(const Picture& picture) {
  std::vector<std::uint8_t> file;
  image::png::Coder().write(image::png::pixels_of(picture), nullptr, {image::Compression::Level6, 1},
                            [&](image::png::Pieces pieces) {
                              for (const auto& piece : pieces) file.insert(file.end(), piece.begin(), piece.end());
                            });
  return data_uri("image/png", file);
}

class Writer {
 public:
  explicit Writer(const Drawing& drawing) : drawing_(drawing) {}

  std::string write(const std::string& title) {
    out_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"" +
           std::string(" xmlns:xlink=\"http://www.w3.org/1999/xlink\" version=\"1.1\"") +
           attribute("width", drawing_.width) + attribute("height", drawing_.height) +
           attribute("viewBox", "0 0 " + number(drawing_.width) + " " + number(drawing_.height)) + ">\n";
    if (!title.empty()) out_ += "<title>" + escaped(title) + "</title>\n";
    out_ += "<rect" + attribute("width", drawing_.width) + attribute("height", drawing_.height) +
            attribute("fill", hex(drawing_.background)) + "/>\n";
    for (const auto& shape : drawing_.shapes) std::visit([this](const auto& s) { add(s); }, shape);
    return std::move(out_) + "</svg>\n";
  }

 private:
  void add(const Image& image) {
    out_ += "<image" + attribute("x", image.box.x) + attribute("y", image.box.y) + attribute("width", image.box.width) +
            attribute("height", image.box.height) + attribute("preserveAspectRatio", "none") +
            attribute("style", "image-rendering:pixelated") + attribute("xlink:href", png_of(image.picture)) + "/>\n";
  }

  void add(const Polygon& polygon) {
    std::string points;
    for (const Point& point : polygon.points) {
      points += (points.empty() ? "" : " ") + number(point.x) + "," + number(point.y);
    }
    out_ += "<polygon" + attribute("points", points) + attribute("fill", hex(polygon.colour)) +
            attribute("stroke", hex(polygon.colour)) + attribute("stroke-width", polygon.stroke_width) +
            attribute("stroke-linejoin", "bevel") + "/>\n";
  }

  void add(const Line& line) {
    out_ += "<line" + attribute("x1", line.from.x) + attribute("y1", line.from.y) + attribute("x2", line.to.x) +
            attribute("y2", line.to.y) + attribute("stroke", hex(line.colour)) + attribute("stroke-width", line.width) +
            "/>\n";
  }

  void add(const Text& text) {
    const std::string where = number(text.origin.x) + " " + number(text.origin.y);
    out_ += "<text" + attribute("transform", "translate(" + where + ")" + (text.is_upwards ? " rotate(-90)" : "")) +
            attribute("font-family", escaped(drawing_.font)) + attribute("font-size", text.size) +
            attribute("textLength", text.length) + attribute("lengthAdjust", "spacingAndGlyphs") +
            attribute("fill", hex(drawing_.ink)) + attribute("xml:space", "preserve") + ">" + escaped(text.text) +
            "</text>\n";
  }

  const Drawing& drawing_;
  std::string out_;
};

/// Bytes of the character at `at`, 0 if it is none that XML can hold.
std::size_t character_length(const std::string& text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned first = byte(at);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return 0;
  std::uint32_t code = first & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xc0U) != 0x80U) return 0;
    code = code << 6 | (byte(at + i) & 0x3fU);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = code >= 0xd800 && code < 0xe000;
  const bool is_none = code == 0xfffe || code == 0xffff || (code >= 0x80 && code < 0xa0);
  return code < kLeast[length] || code > 0x10ffff || is_surrogate || is_none ? 0 : length;
}

}  // namespace

std::string to_svg(const Drawing& drawing, const std::string& title) { return Writer(drawing).write(title); }

std::string printable_utf8(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = character_length(text, i);
    if (length == 0) {
      out += kReplacement;
    } else {
      out.append(text, i, length);
    }
    i += std::max<std::size_t>(1, length);
  }
  return out;
}

}  // namespace spectrohue::plot
