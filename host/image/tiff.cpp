// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/tiff.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <map>

#include "image/byte_order.h"
#include "spectrohue/error.h"

namespace spectrohue::image::tiff {

namespace {

enum Tag : std::uint16_t {
  kWidth = 256,
  kHeight = 257,
  kBitsPerSample = 258,
  kCompression = 259,
  kPhotometric = 262,
  kDescription = 270,
  kStripOffsets = 273,
  kOrientation = 274,
  kSamplesPerPixel = 277,
  kRowsPerStrip = 278,
  kStripBytes = 279,
  kPlanarConfiguration = 284,
  kColorMap = 320,
  kTileWidth = 322,
  kExtraSamples = 338,
  kSampleFormat = 339,
};
enum Type : std::uint16_t { kAscii = 2, kShort = 3, kLong = 4 };
enum Photometric : std::uint32_t { kBlackIsZero = 1, kRgb = 2, kPalette = 3 };
enum NumberFormat : std::uint32_t { kUnsigned = 1, kFloat = 3, kComplexFloat = 6 };

constexpr int kEntryBytes = 12;
constexpr std::uint16_t kMagic = 42;
constexpr std::int64_t kHeadBytes = 8;
constexpr std::uint32_t kColours = 256;
/// No longer text is a note, and none is read.
constexpr std::uint32_t kMaxTextBytes = 2 << 20;
constexpr std::int64_t kStripTargetBytes = 1 << 20;

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::BadFormat, "damaged TIFF: " + why); }

// --- Reading.

struct Entry {
  std::uint16_t type = 0;
  std::uint32_t count = 0;
  std::int64_t at = 0;  ///< of its values in the file
};

/// The entries of the first directory.
class Directory {
 public:
  explicit Directory(const FileBytes& file) : file_(file) {
    std::uint8_t head[kHeadBytes];
    file.read(0, sizeof head, head, "in its head");
    is_swapped_ = (head[0] == 'I') != kIsLittleEndian;
    const std::int64_t at = get<std::uint32_t>(head + 4);
    std::uint8_t counter[2];
    file.read(at, sizeof counter, counter, "before its directory");
    const int n = get<std::uint16_t>(counter);
    std::vector<std::uint8_t> entries(static_cast<std::size_t>(n) * kEntryBytes);
    file.read(at + 2, entries.size(), entries.data(), "in its directory");
    for (int i = 0; i < n; ++i) add(entries.data() + std::ptrdiff_t{i} * kEntryBytes, at + 2 + i * kEntryBytes);
  }

  bool is_swapped() const { return is_swapped_; }
  bool has(Tag tag) const { return entries_.contains(tag); }

  /// The values of a tag; none if it is missing or its values are no whole numbers of 16 or 32 bits.
  std::vector<std::uint32_t> numbers(Tag tag) const {
    const auto found = entries_.find(tag);
    if (found == entries_.end()) return {};
    const Entry& entry = found->second;
    if (entry.type != kShort && entry.type != kLong) return {};
    const std::int64_t value_bytes = entry.type == kShort ? 2 : 4;
    const std::int64_t n_bytes = value_bytes * entry.count;
    // Before memory is taken for them.
    if (!file_.holds(entry.at, n_bytes)) refuse("values of tag " + std::to_string(tag) + " are not in the file");
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(n_bytes));
    file_.read(entry.at, bytes.size(), bytes.data(), "in its directory");
    std::vector<std::uint32_t> values(entry.count);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] =
          entry.type == kShort ? get<std::uint16_t>(bytes.data() + 2 * i) : get<std::uint32_t>(bytes.data() + 4 * i);
    }
    return values;
  }

  /// The only, or first, value of a tag.
  std::uint32_t number(Tag tag, std::uint32_t if_missing) const {
    if (!has(tag)) return if_missing;
    const std::vector<std::uint32_t> values = numbers(tag);
    return values.empty() ? 0 : values.front();
  }

  std::optional<std::string> text(Tag tag) const {
    const auto found = entries_.find(tag);
    if (found == entries_.end() || found->second.type != kAscii) return std::nullopt;
    const Entry& entry = found->second;
    if (entry.count > kMaxTextBytes || !file_.holds(entry.at, entry.count)) return std::nullopt;
    std::string text(entry.count, '\0');
    file_.read(entry.at, text.size(), reinterpret_cast<std::uint8_t*>(text.data()), "in its description");
    return text.substr(0, text.find('\0'));
  }

 private:
  template <class T>
  T get(const std::uint8_t* from) const {
    std::array<std::uint8_t, sizeof(T)> bytes;
    std::copy_n(from, sizeof(T), bytes.begin());
    if (is_swapped_) std::reverse(bytes.begin(), bytes.end());
    return std::bit_cast<T>(bytes);
  }

  void add(const std::uint8_t* bytes, std::int64_t at) {
    constexpr std::int64_t kValueAt = 8;
    constexpr std::int64_t kInlineBytes = 4;
    Entry entry{get<std::uint16_t>(bytes + 2), get<std::uint32_t>(bytes + 4), at + kValueAt};
    const std::int64_t value_bytes = entry.type == kLong ? 4 : entry.type == kShort ? 2 : 1;
    if (value_bytes * entry.count > kInlineBytes) entry.at = get<std::uint32_t>(bytes + kValueAt);
    entries_.emplace(get<std::uint16_t>(bytes), entry);
  }

  const FileBytes& file_;
  bool is_swapped_ = false;
  std::map<std::uint16_t, Entry> entries_;
};

/// Every sample has the same value of a tag: that one; 0 if not.
std::uint32_t common_number(const Directory& directory, Tag tag, std::uint32_t if_missing) {
  if (!directory.has(tag)) return if_missing;
  const std::vector<std::uint32_t> values = directory.numbers(tag);
  const bool is_common = !values.empty() && std::equal(values.begin() + 1, values.end(), values.begin());
  return is_common ? values.front() : 0;
}

/// The layout of the pixels, if they are of a kind that is read here.
std::optional<PixelLayout> layout_of(const Directory& directory) {
  const std::uint32_t samples = directory.number(kSamplesPerPixel, 1);
  const std::uint32_t bits = common_number(directory, kBitsPerSample, 1);
  const std::uint32_t photometric = directory.number(kPhotometric, 0);
  const std::uint32_t format = common_number(directory, kSampleFormat, kUnsigned);
  const bool is_whole = format == kUnsigned && (bits == 8 || bits == 16);
  if (is_whole && samples == 1 && photometric == kBlackIsZero) return PixelLayout{1, static_cast<int>(bits)};
  if (is_whole && samples == 3 && photometric == kRgb) return PixelLayout{3, static_cast<int>(bits)};
  if (is_whole && samples == 1 && photometric == kPalette && bits == 8) return PixelLayout{1, 8};
  if (photometric != kBlackIsZero) return std::nullopt;
  if (format == kFloat && bits == 32 && samples <= 2 && samples > 0) return PixelLayout{static_cast<int>(samples), 32};
  if (format == kComplexFloat && bits == 64 && samples == 1) return PixelLayout{2, 32};
  return std::nullopt;
}

bool has_simple_strips(const Directory& directory) {
  constexpr std::uint32_t kNone = 1;
  constexpr std::uint32_t kContiguous = 1;
  constexpr std::uint32_t kTopLeft = 1;
  const bool is_contiguous =
      directory.number(kPlanarConfiguration, kContiguous) == kContiguous || directory.number(kSamplesPerPixel, 1) == 1;
  return directory.number(kCompression, kNone) == kNone && is_contiguous && !directory.has(kTileWidth) &&
         directory.number(kOrientation, kTopLeft) == kTopLeft && directory.has(kStripOffsets);
}

std::vector<Colour> palette_of(const Directory& directory) {
  const std::vector<std::uint32_t> values = directory.numbers(kColorMap);
  if (values.size() < 3 * kColours) refuse("its palette is too short");
  std::vector<Colour> palette(kColours);
  for (std::size_t i = 0; i < palette.size(); ++i) {
    for (std::size_t c = 0; c < 3; ++c) palette[i][c] = static_cast<std::uint8_t>(values[c * kColours + i] >> 8);
  }
  return palette;
}

std::int64_t row_bytes_of(const Header& header) { return header.width * header.layout.bytes(); }

/// All pixels are bytes of the file, so they cannot be many more than it has.
void check_size(const Header& header, std::int64_t file_bytes) {
  const std::string size = std::to_string(header.width) + " x " + std::to_string(header.height);
  if (header.width < 1 || header.height < 1) refuse("a picture of " + size + " pixels");
  const std::int64_t row_bytes = row_bytes_of(header);
  if (row_bytes > file_bytes || header.height > file_bytes / row_bytes) {
    throw Error(ErrorCode::BadFormat, "truncated TIFF: the file ends early, its " + std::to_string(file_bytes) +
                                          " bytes cannot hold " + size + " pixels");
  }
}

void read_strips(const Directory& directory, const FileBytes& file, Header& header) {
  const std::uint32_t rows = directory.number(kRowsPerStrip, std::numeric_limits<std::uint32_t>::max());
  if (rows == 0) refuse("its strips have no rows");
  header.strip_rows = std::min<std::int64_t>(rows, header.height);
  const std::int64_t n = (header.height + header.strip_rows - 1) / header.strip_rows;
  header.offsets = directory.numbers(kStripOffsets);
  const std::vector<std::uint32_t> sizes = directory.numbers(kStripBytes);
  const bool has_sizes = directory.has(kStripBytes);
  if (std::ssize(header.offsets) < n || (has_sizes && std::ssize(sizes) < n)) {
    refuse("it has fewer strips than the " + std::to_string(n) + " that its rows need");
  }
  header.offsets.resize(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t strip_rows = std::min(header.strip_rows, header.height - i * header.strip_rows);
    const std::int64_t wanted = strip_rows * row_bytes_of(header);
    const auto strip = static_cast<std::size_t>(i);
    if (has_sizes && sizes[strip] < wanted) refuse("strip " + std::to_string(i) + " is shorter than its rows");
    if (!file.holds(header.offsets[strip], wanted)) {
      throw Error(ErrorCode::BadFormat, "truncated TIFF: the file ends early, in strip " + std::to_string(i));
    }
  }
}

}  // namespace

Header read_header(const FileBytes& file) {
  const Directory directory(file);
  Header header;
  header.text = directory.text(kDescription);
  const std::optional<PixelLayout> layout = layout_of(directory);
  header.is_simple = layout && has_simple_strips(directory);
  if (!header.is_simple) return header;
  header.layout = *layout;
  header.width = directory.number(kWidth, 0);
  header.height = directory.number(kHeight, 0);
  header.is_swapped = directory.is_swapped();
  check_size(header, file.size());
  if (directory.number(kPhotometric, 0) == kPalette) header.palette = palette_of(directory);
  read_strips(directory, file, header);
  return header;
}

void read_pixels(const FileBytes& file, const Header& header, Picture& out) {
  out.resize(header.width, header.height, header.layout);
  out.palette = header.palette;
  for (std::size_t i = 0; i < header.offsets.size(); ++i) {
    const std::int64_t y = static_cast<std::int64_t>(i) * header.strip_rows;
    const std::int64_t n = std::min(header.strip_rows, header.height - y) * out.row_bytes();
    file.read(header.offsets[i], static_cast<std::size_t>(n), out.row(y), "in its pixels");
  }
  if (header.is_swapped) swap_values(out.pixels.data(), out.pixels.size(), header.layout.bits / 8);
}

// --- Writing.

namespace {

/// Puts a directory together, in the machine's byte order.
class DirectoryWriter {
 public:
  void add(Tag tag, Type type, const std::vector<std::uint32_t>& values) {
    std::vector<std::uint8_t> bytes;
    for (const std::uint32_t value : values) {
      type == kShort ? put(bytes, static_cast<std::uint16_t>(value)) : put(bytes, value);
    }
    entries_[tag] = {type, static_cast<std::uint32_t>(values.size()), std::move(bytes)};
  }
  void add(Tag tag, const std::string& text) {
    std::vector<std::uint8_t> bytes(text.begin(), text.end());
    bytes.push_back(0);
    entries_[tag] = {kAscii, static_cast<std::uint32_t>(bytes.size()), bytes};
  }

  /// The file's head, the directory and its values, to a multiple of 16 bytes.
  std::vector<std::uint8_t> front() const {
    std::vector<std::uint8_t> out(2, kIsLittleEndian ? 'I' : 'M');
    put(out, kMagic);
    put(out, static_cast<std::uint32_t>(kHeadBytes));
    put(out, static_cast<std::uint16_t>(entries_.size()));
    std::vector<std::uint8_t> values;
    const std::size_t values_at = out.size() + entries_.size() * kEntryBytes + sizeof(std::uint32_t);
    for (const auto& [tag, entry] : entries_) {
      put(out, static_cast<std::uint16_t>(tag));
      put(out, static_cast<std::uint16_t>(entry.type));
      put(out, entry.count);
      if (entry.bytes.size() <= sizeof(std::uint32_t)) {
        std::vector<std::uint8_t> padded = entry.bytes;
        padded.resize(sizeof(std::uint32_t));
        out.insert(out.end(), padded.begin(), padded.end());
        continue;
      }
      put(out, static_cast<std::uint32_t>(values_at + values.size()));
      values.insert(values.end(), entry.bytes.begin(), entry.bytes.end());
      values.resize((values.size() + 1) / 2 * 2);
    }
    put(out, std::uint32_t{0});  // no other directory
    out.insert(out.end(), values.begin(), values.end());
    out.resize((out.size() + 15) / 16 * 16);
    return out;
  }

 private:
  struct Values {
    Type type;
    std::uint32_t count;
    std::vector<std::uint8_t> bytes;
  };
  template <class T>
  static void put(std::vector<std::uint8_t>& to, T value) {
    const auto bytes = std::bit_cast<std::array<std::uint8_t, sizeof(T)>>(value);
    for (const std::uint8_t byte : bytes) to.push_back(byte);
  }
  std::map<Tag, Values> entries_;
};

void add_palette(const std::vector<Colour>& palette, DirectoryWriter& directory) {
  constexpr std::uint32_t kToSixteenBits = 257;
  std::vector<std::uint32_t> values(3 * kColours);
  for (std::size_t i = 0; i < std::min<std::size_t>(palette.size(), kColours); ++i) {
    for (std::size_t c = 0; c < 3; ++c) values[c * kColours + i] = palette[i][c] * kToSixteenBits;
  }
  directory.add(kColorMap, kShort, values);
}

}  // namespace

void write(const Picture& picture, const std::string* text, const Sink& sink) {
  constexpr std::int64_t kMaxBytes = std::numeric_limits<std::uint32_t>::max();
  constexpr std::int64_t kMaxFrontBytes = 16 << 20;
  const std::int64_t row_bytes = picture.row_bytes();
  const std::int64_t n_bytes = row_bytes * picture.height;
  if (n_bytes > kMaxBytes - kMaxFrontBytes) {
    throw Error(ErrorCode::Unsupported, "a TIFF cannot hold more than 4 GiB, and this picture has " +
                                            std::to_string(n_bytes) + " bytes; take npy, or cut it into tiles");
  }
  if (n_bytes == 0) throw Error(ErrorCode::Unsupported, "a TIFF cannot hold a picture without pixels");
  const auto samples = static_cast<std::size_t>(picture.layout.channels);
  const bool is_float = picture.layout.bits == 32;
  const std::int64_t strip_rows = std::clamp<std::int64_t>(kStripTargetBytes / row_bytes, 1, picture.height);
  const auto n_strips = static_cast<std::size_t>((picture.height + strip_rows - 1) / strip_rows);
  std::vector<std::uint32_t> offsets(n_strips);
  std::vector<std::uint32_t> sizes(n_strips, static_cast<std::uint32_t>(strip_rows * row_bytes));
  sizes.back() = static_cast<std::uint32_t>(n_bytes - (std::ssize(sizes) - 1) * strip_rows * row_bytes);

  DirectoryWriter directory;
  directory.add(kWidth, kLong, {static_cast<std::uint32_t>(picture.width)});
  directory.add(kHeight, kLong, {static_cast<std::uint32_t>(picture.height)});
  directory.add(kBitsPerSample, kShort,
                std::vector<std::uint32_t>(samples, static_cast<std::uint32_t>(picture.layout.bits)));
  directory.add(kCompression, kShort, {1});
  directory.add(kPhotometric, kShort, {samples == 3 ? kRgb : picture.palette.empty() ? kBlackIsZero : kPalette});
  if (text != nullptr) directory.add(kDescription, *text);
  directory.add(kStripOffsets, kLong, offsets);
  directory.add(kSamplesPerPixel, kShort, {static_cast<std::uint32_t>(samples)});
  directory.add(kRowsPerStrip, kLong, {static_cast<std::uint32_t>(strip_rows)});
  directory.add(kStripBytes, kLong, sizes);
  directory.add(kPlanarConfiguration, kShort, {1});
  if (!picture.palette.empty()) add_palette(picture.palette, directory);
  if (samples == 2) directory.add(kExtraSamples, kShort, {0});  // of no meaning that TIFF knows
  directory.add(kSampleFormat, kShort, std::vector<std::uint32_t>(samples, is_float ? kFloat : kUnsigned));

  auto at = static_cast<std::uint32_t>(directory.front().size());
  for (std::size_t i = 0; i < n_strips; ++i) {
    offsets[i] = at;
    at += sizes[i];
  }
  directory.add(kStripOffsets, kLong, offsets);
  const std::vector<std::uint8_t> front = directory.front();
  const std::array<std::span<const std::uint8_t>, 2> pieces{front, picture.pixels.span()};
  sink(pieces);
}

}  // namespace spectrohue::image::tiff
