// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/npy.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstring>
#include <optional>
#include <span>

#include "image/byte_order.h"
#include "spectrohue/buffer.h"
#include "spectrohue/error.h"

namespace spectrohue::image::npy {

namespace {

constexpr char kNativeOrder = kIsLittleEndian ? '<' : '>';
constexpr std::size_t kMaxHeaderBytes = 1 << 16;
constexpr std::size_t kMaxDimensions = 4;
constexpr std::int64_t kMaxSide = 0x7FFFFFFF;

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::BadFormat, "damaged NPY: " + why); }

/// The header's text: a dictionary in Python's notation, of which only what numpy writes is taken.
class Literal {
 public:
  explicit Literal(std::string_view text) : text_(text) {}

  Header parse() {
    Header header;
    bool has_type = false;
    bool has_order = false;
    bool has_shape = false;
    expect('{');
    while (!take('}')) {
      const std::string_view key = string();
      expect(':');
      if (key == "descr") {
        set_type(string(), header);
        has_type = true;
      } else if (key == "fortran_order") {
        header.is_fortran = flag();
        has_order = true;
      } else if (key == "shape") {
        header.shape = tuple();
        has_shape = true;
      } else {
        refuse("its header has an unknown key");
      }
      if (!take(',')) {
        expect('}');
        break;
      }
    }
    if (!has_type || !has_order || !has_shape) refuse("its header lacks descr, fortran_order or shape");
    return header;
  }

 private:
  void skip_spaces() {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\n')) text_.remove_prefix(1);
  }
  bool take(char c) {
    skip_spaces();
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!take(c)) refuse(std::string("its header lacks a '") + c + "'");
  }
  std::string_view string() {
    const char quote = take('"') ? '"' : '\'';
    if (quote == '\'') expect('\'');
    const std::size_t end = text_.find(quote);
    if (end == std::string_view::npos) refuse("its header ends within a string");
    const std::string_view value = text_.substr(0, end);
    text_.remove_prefix(end + 1);
    return value;
  }
  bool flag() {
    skip_spaces();
    for (const std::string_view word : {"False", "True"}) {
      if (!text_.starts_with(word)) continue;
      text_.remove_prefix(word.size());
      return word == "True";
    }
    refuse("its fortran_order is neither True nor False");
  }
  std::vector<std::int64_t> tuple() {
    std::vector<std::int64_t> values;
    expect('(');
    while (!take(')')) {
      skip_spaces();
      std::int64_t value = 0;
      const auto [end, problem] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
      if (problem != std::errc() || value < 0) refuse("its shape holds something else than numbers");
      text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
      values.push_back(value);
      if (values.size() > 64) refuse("its shape has too many dimensions");
      if (!take(',')) {
        expect(')');
        break;
      }
    }
    return values;
  }
  static void set_type(std::string_view type, Header& header) {
    constexpr std::array<std::string_view, 6> kKnown{"u1", "u2", "f4", "f8", "c8", "c16"};
    const bool has_order = !type.empty() && std::string_view("<>|=").find(type.front()) != std::string_view::npos;
    if (!has_order || std::find(kKnown.begin(), kKnown.end(), type.substr(1)) == kKnown.end()) {
      std::string shown(type.substr(0, 16));
      std::replace_if(
          shown.begin(), shown.end(), [](unsigned char c) { return c < 0x20 || c > 0x7E; }, '?');
      throw Error(ErrorCode::Unsupported, "the NPY holds items of type '" + shown +
                                              "'; only uint8, uint16, float32, float64, complex64 and complex128 can "
                                              "be read: convert it with astype");
    }
    header.kind = type[1];
    header.item_bytes = type.substr(2) == "16" ? 16 : type[2] - '0';
    header.is_swapped = (type.front() == '<' || type.front() == '>') && type.front() != kNativeOrder;
  }

  std::string_view text_;
};

std::string shape_text(const Header& header) {
  std::string text = "(";
  for (std::size_t i = 0; i < header.shape.size(); ++i) {
    text += (i > 0 ? ", " : "") + std::to_string(header.shape[i]);
  }
  return text + ")";
}

/// Of one number: complex items have two.
int number_bytes(const Header& header) { return header.kind == 'c' ? header.item_bytes / 2 : header.item_bytes; }

/// Items in the machine's byte order become samples.
void convert(const Header& header, std::uint8_t* items, std::size_t n_bytes, std::uint8_t* out) {
  if (header.is_swapped) swap_values(items, n_bytes, number_bytes(header));
  if (number_bytes(header) != sizeof(double)) {
    if (items != out) std::memcpy(out, items, n_bytes);
    return;
  }
  for (std::size_t i = 0; i < n_bytes; i += sizeof(double), out += sizeof(float)) {
    double value = 0;
    std::memcpy(&value, items + i, sizeof value);
    const auto sample = static_cast<float>(value);
    std::memcpy(out, &sample, sizeof sample);
  }
}

/// The row of the picture for a row of a plane, which begins with the lowest bin.
std::uint8_t* row_of(const Geometry& geometry, Picture& out, std::int64_t first_row, std::int64_t plane,
                     std::int64_t row) {
  return out.row(first_row + plane * geometry.n_rows + geometry.n_rows - 1 - row);
}

void read_in_order(const Header& header, const Geometry& geometry, const Source& source, Picture& out,
                   std::int64_t first_row) {
  const auto n_bytes = static_cast<std::size_t>(geometry.source_bytes / (geometry.n_planes * geometry.n_rows));
  const bool has_place = static_cast<std::int64_t>(n_bytes) == out.row_bytes();
  Buffer<std::uint8_t> items(has_place ? 0 : n_bytes);
  for (std::int64_t plane = 0; plane < geometry.n_planes; ++plane) {
    for (std::int64_t row = 0; row < geometry.n_rows; ++row) {
      std::uint8_t* const to = row_of(geometry, out, first_row, plane, row);
      std::uint8_t* const from = has_place ? to : items.data();
      source(from, n_bytes);
      convert(header, from, n_bytes, to);
    }
  }
}

/// The first index runs fastest: a row is gathered from all over the array.
void read_fortran(const Header& header, const Geometry& geometry, const Source& source, Picture& out,
                  std::int64_t first_row) {
  Buffer<std::uint8_t> items(static_cast<std::size_t>(geometry.source_bytes));
  source(items.data(), items.size());
  const std::int64_t n_columns = geometry.n_planes * geometry.n_rows;  // items of a frame
  const std::int64_t colours = geometry.layout.channels == 3 ? 3 : 1;
  const auto item_bytes = static_cast<std::size_t>(header.item_bytes);
  Buffer<std::uint8_t> line(static_cast<std::size_t>(geometry.width * colours) * item_bytes);
  for (std::int64_t plane = 0; plane < geometry.n_planes; ++plane) {
    for (std::int64_t row = 0; row < geometry.n_rows; ++row) {
      std::uint8_t* to = line.data();
      for (std::int64_t frame = 0; frame < geometry.width; ++frame) {
        for (std::int64_t c = 0; c < colours; ++c, to += item_bytes) {
          const std::int64_t at = plane + geometry.n_planes * row + n_columns * (frame + geometry.width * c);
          std::memcpy(to, items.data() + static_cast<std::size_t>(at) * item_bytes, item_bytes);
        }
      }
      convert(header, line.data(), line.size(), row_of(geometry, out, first_row, plane, row));
    }
  }
}

}  // namespace

Header read_header(const Source& source) {
  std::uint8_t front[12] = {};
  constexpr std::size_t kShortFront = 10;
  source(front, kShortFront);
  if (std::memcmp(front, kSignature.data(), kSignature.size()) != 0) refuse("its signature is wrong");
  const int version = front[6];
  if (version < 1 || version > 3 || front[7] != 0) {
    throw Error(ErrorCode::Unsupported, "the NPY has version " + std::to_string(version) + "." +
                                            std::to_string(front[7]) + "; 1.0, 2.0 and 3.0 can be read");
  }
  std::size_t n_text = front[8] | static_cast<std::size_t>(front[9]) << 8;
  std::size_t n_front = kShortFront;
  if (version > 1) {
    source(front + kShortFront, sizeof front - kShortFront);
    n_text |= static_cast<std::size_t>(front[10]) << 16 | static_cast<std::size_t>(front[11]) << 24;
    n_front = sizeof front;
  }
  if (n_text > kMaxHeaderBytes) refuse("its header has " + std::to_string(n_text) + " bytes");
  std::string text(n_text, '\0');
  source(reinterpret_cast<std::uint8_t*>(text.data()), text.size());
  Header header = Literal(text).parse();
  header.header_bytes = static_cast<std::int64_t>(n_front + n_text);
  return header;
}

Geometry geometry_of(const Header& header, bool is_plane, std::int64_t most) {
  std::vector<std::int64_t> shape = header.shape;
  const std::string shown = shape_text(header);
  std::int64_t left = most / header.item_bytes;
  for (const std::int64_t n : shape) {
    if (n == 0) throw Error(ErrorCode::BadFormat, "the array is empty, of shape " + shown);
    left /= n;
  }
  if (left == 0) {
    throw Error(ErrorCode::BadFormat, "truncated NPY: the file ends early, it cannot hold an array of shape " + shown);
  }
  const bool has_colours = header.kind == 'u' && shape.size() >= (is_plane ? 3U : kMaxDimensions) && shape.back() == 3;
  if (has_colours) shape.pop_back();
  if (shape.size() == 2) shape.insert(shape.begin(), 1);
  if (shape.size() != 3 || *std::max_element(shape.begin(), shape.end()) > kMaxSide) {
    throw Error(ErrorCode::BadFormat, "an array of shape " + shown +
                                          " is no picture; that has (n_rows, n_frames), (channels, n_rows, n_frames) "
                                          "or, of colours, (channels, n_rows, n_frames, 3)");
  }
  Geometry geometry;
  geometry.n_planes = shape[0];
  geometry.n_rows = shape[1];
  geometry.width = shape[2];
  geometry.layout = {has_colours ? 3 : header.kind == 'c' ? 2 : 1, header.kind == 'u' ? 8 * header.item_bytes : 32};
  geometry.source_bytes = shape[0] * shape[1] * shape[2] * (has_colours ? 3 : 1) * header.item_bytes;
  return geometry;
}

void read_items(const Header& header, const Geometry& geometry, const Source& source, Picture& out,
                std::int64_t first_row) {
  header.is_fortran ? read_fortran(header, geometry, source, out, first_row)
                    : read_in_order(header, geometry, source, out, first_row);
}

std::string make_header(const Picture& picture, std::int64_t n_planes, bool is_plane) {
  constexpr std::size_t kAlignment = 64;
  constexpr std::size_t kFrontBytes = 10;
  const PixelLayout layout = picture.layout;
  std::string type{layout.bits == 8 ? '|' : kNativeOrder};
  type += layout.channels == 2 ? "c8" : (layout.bits == 32 ? "f" : "u") + std::to_string(layout.bits / 8);
  std::string shape = is_plane ? "" : std::to_string(n_planes) + ", ";
  shape += std::to_string(picture.height / n_planes) + ", " + std::to_string(picture.width);
  if (layout.channels == 3) shape += ", 3";
  std::string text = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  const std::size_t n = (kFrontBytes + text.size() + 1 + kAlignment - 1) / kAlignment * kAlignment - kFrontBytes;
  text.resize(n - 1, ' ');
  std::string front(kSignature);
  for (const std::size_t byte : {std::size_t{1}, std::size_t{0}, n & 0xFF, n >> 8}) front += static_cast<char>(byte);
  return front + text + "\n";
}

std::int64_t count_planes(const Picture& picture, const PictureNote* note) {
  if (note == nullptr) return 1;
  const std::int64_t rows = n_rows(note->stft, note->pixels);
  if (picture.height % rows != 0) {
    throw Error(ErrorCode::BadFormat, "the picture has " + std::to_string(picture.height) +
                                          " rows, which is no multiple of the " + std::to_string(rows) +
                                          " that its note has for a channel");
  }
  return picture.height / rows;
}

void write(const Picture& picture, std::int64_t n_planes, const Sink& sink) {
  constexpr std::size_t kPiecesAtOnce = 4096;
  const std::string header = make_header(picture, n_planes, false);
  std::vector<std::span<const std::uint8_t>> pieces;
  pieces.emplace_back(reinterpret_cast<const std::uint8_t*>(header.data()), header.size());
  const std::int64_t rows = picture.height / n_planes;
  for (std::int64_t i = 0; i < picture.height; ++i) {
    const std::int64_t y = i / rows * rows + rows - 1 - i % rows;
    pieces.emplace_back(picture.row(y), static_cast<std::size_t>(picture.row_bytes()));
    if (pieces.size() < kPiecesAtOnce && i + 1 < picture.height) continue;
    sink(pieces);
    pieces.clear();
  }
}

}  // namespace spectrohue::image::npy
