// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Every format with every layout that it takes.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <time.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "fuzz/memory_file.h"
#include "image/format.h"
#include "image/note.h"
#include "image/picture_file.h"
#include "image/rgb.h"
#include "image/sidecar.h"
#include "image/tiff.h"
#include "spectrohue/error.h"
#include "support/data.h"
#include "support/file_bytes.h"
#include "support/outcome.h"
#include "support/pictures.h"
#include "support/png_chunks.h"
#include "support/temp_folder.h"

namespace spectrohue::image {
namespace {

using fuzz::MemoryFile;
using test::bytes_of;
using test::expect_same;
using test::Outcome;
using test::outcome_of;
using test::put_bytes;
using test::TempFolder;

/// How pixels are made.
struct Kind {
  const char* name;
  PixelLayout layout;
  int n_colours = 0;  ///< of a palette
};

constexpr Kind kKinds[] = {
    {"gray8", {1, 8}}, {"gray16", {1, 16}}, {"indexed", {1, 8}, 256}, {"few_colours", {1, 8}, 5},
    {"rgb8", {3, 8}},  {"rgb16", {3, 16}},  {"float", {1, 32}},       {"complex", {2, 32}},
};

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

std::vector<Kind> whole_numbers() {
  std::vector<Kind> kinds;
  std::copy_if(std::begin(kKinds), std::end(kKinds), std::back_inserter(kinds),
               [](const Kind& kind) { return kind.layout.bits <= 16; });
  return kinds;
}

class Random {
 public:
  std::uint8_t byte() {
    state_ = state_ * 1664525U + 1013904223U;
    return static_cast<std::uint8_t>(state_ >> 24);
  }

 private:
  std::uint32_t state_ = 1;
};

/// Noise; as floats, numbers of both signs and all sizes, NaN and infinities left out.
Picture make_picture(const Kind& kind, std::int64_t width, std::int64_t height) {
  Picture picture;
  picture.resize(width, height, kind.layout);
  Random random;
  for (int i = 0; i < kind.n_colours; ++i) picture.palette.push_back({random.byte(), random.byte(), random.byte()});
  for (std::uint8_t& byte : picture.pixels) {
    byte = random.byte();
    if (kind.n_colours > 0) byte = static_cast<std::uint8_t>(byte % kind.n_colours);
  }
  if (kind.layout.bits == 32) {
    for (std::size_t i = 3; i < picture.pixels.size(); i += 4) picture.pixels[i] &= 0xBF;  // of exponents below 128
  }
  return picture;
}

struct Size {
  std::int64_t width;
  std::int64_t height;
};
constexpr Size kSizes[] = {{1, 1}, {200, 1}, {1, 200}, {37, 23}, {640, 500}};

// --- PNG.

class Png : public testing::TestWithParam<Kind> {};

TEST_P(Png, ComesBack) {
  const TempFolder folder;
  for (const Size size : kSizes) {
    const Picture picture = make_picture(GetParam(), size.width, size.height);
    for (const Compression compression : {Compression::Fast, Compression::Level1, Compression::Small}) {
      SCOPED_TRACE(std::to_string(size.width) + " x " + std::to_string(size.height) + " " + to_string(compression));
      write_png(folder / "a.png", picture, nullptr, {compression, 1});
      PictureFile file;
      read(folder / "a.png", file);
      expect_same(file.picture, picture);
      EXPECT_EQ(inspect(folder / "a.png").layout, picture.layout);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Png, testing::ValuesIn(whole_numbers()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(PngOfFloats, IsRefused) {
  const TempFolder folder;
  for (const PixelLayout layout : {PixelLayout{1, 32}, PixelLayout{2, 32}}) {
    const Picture picture = make_picture({"", layout}, 3, 3);
    EXPECT_REFUSED(outcome_of([&] { write_png(folder / "a.png", picture, nullptr); }), ErrorCode::Unsupported, "tiff");
  }
}

TEST(PngWithTooFewColours, MissingOnesAreBlack) {
  const TempFolder folder;
  Picture picture = make_picture({"", {1, 8}, 200}, 300, 400);  // in stripes
  write_png(folder / "a.png", picture, nullptr);
  std::vector<test::PngChunk> chunks = test::png_chunks(bytes_of(folder / "a.png"));
  ASSERT_EQ(chunks[1].type, "PLTE");
  chunks[1].data.resize(30);
  const bool is_striped = chunks[2].type == "shSZ";
  EXPECT_TRUE(is_striped);
  picture.palette.resize(10);
  picture.palette.resize(200);
  for (const bool by_libpng : {false, true}) {
    if (by_libpng) chunks.erase(chunks.begin() + 2);
    put_bytes(folder / "b.png", test::png_of(chunks));
    PictureFile file;
    read(folder / "b.png", file);
    expect_same(file.picture, picture);
  }
}

TEST(ExpandToRgb, RepeatsGrayAndLooksColoursUp) {
  for (const Kind& kind : kKinds) {
    SCOPED_TRACE(kind.name);
    const Picture picture = make_picture(kind, 7, 5);
    Picture rgb = make_picture(kind, 7, 5);
    if (kind.layout.channels == 2) {
      EXPECT_REFUSED(outcome_of([&] { expand_to_rgb(rgb); }), ErrorCode::Unsupported, "imaginary");
      continue;
    }
    expand_to_rgb(rgb);
    EXPECT_EQ(rgb.layout, (PixelLayout{3, kind.layout.bits}));
    EXPECT_TRUE(rgb.palette.empty());
    if (kind.layout.channels == 3) {
      expect_same(rgb, picture);
      continue;
    }
    const std::size_t n = static_cast<std::size_t>(kind.layout.bits) / 8;
    for (std::size_t i = 0; i < picture.pixels.size(); ++i) {
      for (std::size_t c = 0; c < 3; ++c) {
        const int expected = kind.n_colours > 0 ? picture.palette[picture.pixels[i]][c] : picture.pixels[i];
        ASSERT_EQ(rgb.pixels[3 * (i / n) * n + c * n + i % n], expected) << i << ' ' << c;
      }
    }
  }
}

// --- Every format.

/// A note of two channels with `rows` rows each.
PictureNote make_note(int rows) {
  PictureNote note;
  note.tool = "test";
  note.stft = StftSettings::for_n_fft(2 * (rows - 1));
  note.pixels.encoding = Encoding::Hsv;
  note.ref = {1.0 / 3, 17};
  note.sample_rate = 44100;
  note.n_samples = 12345;
  note.channels = 2;
  note.source_name = "L\xC3\xA4rm.wav";
  return note;
}

void write_as(const std::filesystem::path& path, Format format, const Picture& picture,
              const PictureNote* note = nullptr, const WriteOptions& options = {}) {
  Workspace workspace;
  write_picture(path, format, picture, note, options, workspace);
}

Outcome read_outcome(const std::filesystem::path& path) {
  return outcome_of([&] {
    PictureFile file;
    read(path, file);
  });
}

struct FormatAndKind {
  Format format;
  Kind kind;
};

void PrintTo(const FormatAndKind& pair, std::ostream* out) { *out << to_string(pair.format) << '_' << pair.kind.name; }

std::vector<FormatAndKind> lossless_pairs() {
  std::vector<FormatAndKind> pairs;
  for (const Format format : {Format::Png, Format::Tiff, Format::Npy, Format::Npz}) {
    for (const Kind& kind : kKinds) {
      if (format != Format::Png || kind.layout.bits <= 16) pairs.push_back({format, kind});
    }
  }
  return pairs;
}

class Lossless : public testing::TestWithParam<FormatAndKind> {
 protected:
  /// What comes back of a palette: a TIFF's has 256 colours, an array none.
  static Picture expected(const Picture& picture) {
    Picture copy;
    copy.resize(picture.width, picture.height, picture.layout);
    std::copy(picture.pixels.begin(), picture.pixels.end(), copy.pixels.begin());
    const Format format = GetParam().format;
    if (format == Format::Png || format == Format::Tiff) copy.palette = picture.palette;
    if (format == Format::Tiff && !copy.palette.empty()) copy.palette.resize(256);
    return copy;
  }
};

TEST_P(Lossless, ComesBackToTheBit) {
  const auto& [format, kind] = GetParam();
  const TempFolder folder;
  for (const Size size : kSizes) {
    SCOPED_TRACE(std::to_string(size.width) + " x " + std::to_string(size.height));
    const Picture picture = make_picture(kind, size.width, size.height);
    write_as(folder / "a", format, picture);
    PictureFile file;
    file.note = make_note(3);
    read(folder / "a", file);
    expect_same(file.picture, expected(picture));
    EXPECT_FALSE(file.note.has_value());
    EXPECT_EQ(file.note_source, NoteSource::None);
    EXPECT_FALSE(file.lossy);
    const FileInfo info = inspect(folder / "a");
    EXPECT_EQ(info.width, size.width);
    EXPECT_EQ(info.height, size.height);
    EXPECT_EQ(info.layout, picture.layout);
    EXPECT_EQ(info.description, file.description);
  }
}

TEST_P(Lossless, ComesBackWithItsNote) {
  const auto& [format, kind] = GetParam();
  const TempFolder folder;
  const PictureNote note = make_note(9);
  const Picture picture = make_picture(kind, 13, 18);
  const std::filesystem::path path = folder / ("song" + extension_of(format));
  write_as(path, format, picture, &note);
  if (!holds_note(format)) write_sidecar(path, note);
  PictureFile file;
  read(path, file);
  expect_same(file.picture, expected(picture));
  EXPECT_EQ(file.note, note);
  EXPECT_EQ(file.note_source, holds_note(format) ? NoteSource::File : NoteSource::Sidecar);
  const FileInfo info = inspect(path);
  EXPECT_EQ(info.note, note);
  EXPECT_EQ(info.note_source, file.note_source);
}

TEST_P(Lossless, EveryPrefixIsRefused) {
  const auto& [format, kind] = GetParam();
  const TempFolder folder;
  write_as(folder / "a", format, make_picture(kind, 5, 4));
  const std::string bytes = bytes_of(folder / "a");
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    const MemoryFile cut(std::string_view(bytes).substr(0, n));
    const Outcome outcome = read_outcome(cut.path());
    const bool is_refused = outcome.threw && outcome.code == ErrorCode::BadFormat;
    EXPECT_TRUE(is_refused) << n << " of " << bytes.size() << " bytes: " << outcome.message;
  }
}

/// Whatever a byte is changed to, the file is read or refused.
TEST_P(Lossless, ChangedBytesDoNoHarm) {
  const auto& [format, kind] = GetParam();
  const TempFolder folder;
  const PictureNote note = make_note(9);
  write_as(folder / "a", format, make_picture(kind, 3, 18), &note);
  const std::string bytes = bytes_of(folder / "a");
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const char change : {'\xFF', '\x80', '\x01'}) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ change);
      const Outcome outcome = read_outcome(MemoryFile(changed).path());
      const bool is_fair =
          !outcome.threw || outcome.code == ErrorCode::BadFormat || outcome.code == ErrorCode::Unsupported;
      EXPECT_TRUE(is_fair) << "byte " << i << ": " << outcome.message;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Pairs, Lossless, testing::ValuesIn(lossless_pairs()),
                         [](const auto& info) { return testing::PrintToString(info.param); });

TEST(Formats, TheSamePictureMakesTheSameBytes) {
  const TempFolder folder;
  const Picture picture = make_picture(kKinds[6], 40, 18);
  const PictureNote note = make_note(9);
  for (const Format format : {Format::Png, Format::Tiff, Format::Npy, Format::Npz}) {
    if (format == Format::Png) continue;
    std::vector<std::string> files;
    for (const char* zone : {"UTC", "America/Los_Angeles", "Asia/Tokyo"}) {
      setenv("TZ", zone, 1);
      tzset();
      write_as(folder / "a", format, picture, &note);
      files.push_back(bytes_of(folder / "a"));
    }
    unsetenv("TZ");
    tzset();
    EXPECT_EQ(files[0], files[1]) << to_string(format);
    EXPECT_EQ(files[0], files[2]) << to_string(format);
  }
}

TEST(Formats, FullDisksAndMissingFolders) {
  const TempFolder folder;
  const Picture picture = make_picture(kKinds[0], 300, 300);
  for (const Format format : {Format::Png, Format::Tiff, Format::Npy, Format::Npz, Format::Jpeg, Format::WebP}) {
    SCOPED_TRACE(to_string(format));
    EXPECT_REFUSED(outcome_of([&] { write_as(folder / "none/a", format, picture); }), ErrorCode::Write, "No such");
    if (!std::filesystem::exists("/dev/full")) continue;
    EXPECT_REFUSED(outcome_of([&] { write_as("/dev/full", format, picture); }), ErrorCode::Write, "No space left");
  }
}

TEST(Formats, HaveNames) {
  for (const Format format : {Format::Png, Format::Tiff, Format::Npy, Format::Npz, Format::Jpeg, Format::WebP}) {
    EXPECT_EQ(format_from_string(to_string(format)), format);
    EXPECT_EQ(format_of_extension("a/b.c" + extension_of(format)), format);
  }
  EXPECT_EQ(format_from_string("jpg"), Format::Jpeg);
  EXPECT_EQ(format_of_extension("a.TIF"), Format::Tiff);
  EXPECT_EQ(format_of_extension("a.JpEg"), Format::Jpeg);
  EXPECT_EQ(format_of_extension("a.bmp"), std::nullopt);
  EXPECT_EQ(format_of_extension("png"), std::nullopt);
  EXPECT_EQ(format_of_extension("a."), std::nullopt);
  EXPECT_REFUSED(outcome_of([] { format_from_string("gif"); }), ErrorCode::Usage, "'gif'");
}

struct Misfit {
  Format format;
  PixelLayout layout;
  std::int64_t width;
  std::int64_t height;
  const char* piece;
};

TEST(Formats, WhatDoesNotFitIsRefused) {
  constexpr Misfit kMisfits[] = {
      {Format::Png, {1, 32}, 1, 1, "floats"},   {Format::Png, {1, 8}, std::int64_t{1} << 31, 1, "2147483647"},
      {Format::Jpeg, {1, 16}, 1, 1, "16 bits"}, {Format::Jpeg, {3, 8}, 65501, 1, "65500"},
      {Format::Jpeg, {2, 32}, 1, 1, "floats"},  {Format::WebP, {3, 8}, 1, 16384, "16383"},
      {Format::WebP, {3, 16}, 1, 1, "16 bits"}, {Format::Npy, {1, 32}, 0, 1, "0 x 1"},
      {Format::Tiff, {1, 32}, 1, 0, "1 x 0"},
  };
  for (const Misfit& misfit : kMisfits) {
    Picture picture;
    picture.width = misfit.width;
    picture.height = misfit.height;
    picture.layout = misfit.layout;
    EXPECT_REFUSED(outcome_of([&] { write_as("/nowhere/a", misfit.format, picture); }), ErrorCode::Unsupported,
                   misfit.piece);
  }
  check_fits(Format::Jpeg, {3, 8}, 65500, 65500);
  check_fits(Format::WebP, {1, 8}, 16383, 1);
}

// --- TIFF.

TEST(Tiff, MoreThanFourGibibytesAreRefused) {
  Picture picture;  // its pixels are not there, and not looked at
  picture.width = 40000;
  picture.height = 30000;
  picture.layout = {1, 32};
  EXPECT_REFUSED(outcome_of([&] { tiff::write(picture, nullptr, [](Pieces) {}); }), ErrorCode::Unsupported, "npy");
}

TEST(Tiff, TextOfOthersIsNoNote) {
  const TempFolder folder;
  const Picture picture = make_picture(kKinds[0], 4, 4);
  for (const std::string text : {"a photograph", "{\"shape\": [4, 4]}", ""}) {
    std::string file;
    tiff::write(picture, &text, [&](Pieces pieces) {
      for (const auto& piece : pieces) file.append(piece.begin(), piece.end());
    });
    put_bytes(folder / "a.tiff", file);
    PictureFile read_back;
    read(folder / "a.tiff", read_back);
    EXPECT_FALSE(read_back.note.has_value()) << text;
  }
}

TEST(Tiff, BrokenNoteIsRefused) {
  const TempFolder folder;
  const std::string text = R"({"spectrohue":1})";
  std::string file;
  tiff::write(make_picture(kKinds[0], 4, 4), &text, [&](Pieces pieces) {
    for (const auto& piece : pieces) file.append(piece.begin(), piece.end());
  });
  put_bytes(folder / "a.tiff", file);
  EXPECT_REFUSED(read_outcome(folder / "a.tiff"), ErrorCode::BadFormat, "note");
}

void put_little(std::string& to, std::uint32_t value, int n) {
  for (int i = 0; i < n; ++i) to += static_cast<char>(value >> (8 * i));
}

struct TiffField {
  std::uint32_t tag;
  std::uint32_t type;
  std::uint32_t count;
  std::uint32_t value;
};

/// A little-endian TIFF of those fields, and a few bytes behind them.
std::string tiff_of(const std::vector<TiffField>& fields) {
  std::string file = "II*";
  file += '\0';
  put_little(file, 8, 4);
  put_little(file, static_cast<std::uint32_t>(fields.size()), 2);
  for (const TiffField& field : fields) {
    put_little(file, field.tag, 2);
    put_little(file, field.type, 2);
    put_little(file, field.count, 4);
    put_little(file, field.value, 4);
  }
  return file + std::string(100, '\7');
}

TEST(Tiff, HostileFields) {
  const TempFolder folder;
  const std::vector<TiffField> good{{256, 4, 1, 4}, {257, 4, 1, 5},   {258, 3, 1, 8}, {259, 3, 1, 1},
                                    {262, 3, 1, 1}, {273, 4, 1, 120}, {278, 4, 1, 5}, {279, 4, 1, 20}};
  put_bytes(folder / "a.tiff", tiff_of(good));
  PictureFile file;
  read(folder / "a.tiff", file);
  ASSERT_EQ(file.picture.width, 4);
  EXPECT_EQ(file.picture.pixels[7], 7);

  constexpr std::uint32_t kMost = 0xFFFFFFFF;
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const std::uint32_t value : {0U, 3U, 0x7FFFFFFFU, 0x80000000U, kMost}) {
      for (const bool is_count : {false, true}) {
        std::vector<TiffField> fields = good;
        (is_count ? fields[i].count : fields[i].value) = value;
        fields[i].type = 4;
        const Outcome outcome = read_outcome(MemoryFile(tiff_of(fields)).path());
        const bool is_fair =
            !outcome.threw || outcome.code == ErrorCode::BadFormat || outcome.code == ErrorCode::Unsupported;
        EXPECT_TRUE(is_fair) << fields[i].tag << ' ' << value << ": " << outcome.message;
        const bool is_size = fields[i].tag == 256 || fields[i].tag == 257 || fields[i].tag == 273;
        if (is_size && !is_count && value > 200) {
          EXPECT_REFUSED(outcome, ErrorCode::BadFormat, "truncated");
        }
      }
    }
  }
  std::vector<TiffField> fields = good;
  fields[6].value = 1;  // five strips, of which there is one
  put_bytes(folder / "b.tiff", tiff_of(fields));
  EXPECT_REFUSED(read_outcome(folder / "b.tiff"), ErrorCode::BadFormat, "strips");
}

// --- Arrays.

/// An NPY as a reader written for this test only sees it.
struct Array {
  std::string type;
  std::vector<std::size_t> shape;
  std::string items;
};

Array parse_npy(const std::string& file) {
  Array array;
  EXPECT_EQ(file.substr(0, 8), std::string("\x93NUMPY\1\0", 8));
  const std::size_t n = static_cast<std::uint8_t>(file[8]) + 256U * static_cast<std::uint8_t>(file[9]);
  EXPECT_EQ((10 + n) % 64, 0U);
  const std::string header = file.substr(10, n);
  EXPECT_EQ(header.back(), '\n');
  EXPECT_NE(header.find("'fortran_order': False"), std::string::npos);
  const std::size_t type = header.find("'descr': '") + 10;
  array.type = header.substr(type, header.find('\'', type) - type);
  std::size_t at = header.find("'shape': (") + 10;
  while (header[at] != ')') {
    char* end = nullptr;
    array.shape.push_back(std::strtoul(header.c_str() + at, &end, 10));
    at = header.find_first_not_of(", ", static_cast<std::size_t>(end - header.c_str()));
  }
  array.items = file.substr(10 + n);
  return array;
}

/// The members of a ZIP that are stored, by its central directory.
std::vector<std::pair<std::string, std::string>> stored_members(const std::string& zip) {
  const auto number = [&](std::size_t at, int n) {
    std::size_t value = 0;
    for (int i = n; i-- > 0;) value = value << 8 | static_cast<std::uint8_t>(zip.at(at + static_cast<std::size_t>(i)));
    return value;
  };
  std::vector<std::pair<std::string, std::string>> members;
  const std::size_t end = zip.rfind("PK\5\6");
  std::size_t at = number(end + 16, 4);
  for (std::size_t i = 0; i < number(end + 10, 2); ++i) {
    EXPECT_EQ(number(at + 10, 2), 0U) << "not stored";
    const std::size_t size = number(at + 20, 4);
    const std::size_t n_name = number(at + 28, 2);
    const std::size_t local = number(at + 42, 4);
    const std::size_t data = local + 30 + number(local + 26, 2) + number(local + 28, 2);
    members.emplace_back(zip.substr(at + 46, n_name), zip.substr(data, size));
    at += 46 + n_name + number(at + 30, 2) + number(at + 32, 2);
  }
  return members;
}

struct ArrayOfKind {
  Kind kind;
  const char* type;
  std::size_t colours;
};
const ArrayOfKind kArrays[] = {{kKinds[0], "|u1", 1}, {kKinds[1], "<u2", 1}, {kKinds[2], "|u1", 1},
                               {kKinds[4], "|u1", 3}, {kKinds[5], "<u2", 3}, {kKinds[6], "<f4", 1},
                               {kKinds[7], "<c8", 1}};

/// The array is of that kind and holds n_channels of the picture's from `first` on, of each 9 bins from the lowest up.
void expect_channels(const Array& array, const ArrayOfKind& expected, const Picture& picture, std::int64_t first,
                     std::int64_t n_channels) {
  EXPECT_EQ(array.type, expected.type);
  std::vector<std::size_t> shape{9, 13};
  if (n_channels > 1) shape.insert(shape.begin(), static_cast<std::size_t>(n_channels));
  if (expected.colours == 3) shape.push_back(3);
  EXPECT_EQ(array.shape, shape);
  const auto n = static_cast<std::size_t>(picture.row_bytes());
  ASSERT_EQ(array.items.size(), static_cast<std::size_t>(n_channels) * 9 * n);
  const auto* item = array.items.data();
  for (std::int64_t channel = first; channel < first + n_channels; ++channel) {
    for (std::int64_t bin = 0; bin < 9; ++bin, item += n) {
      EXPECT_EQ(std::memcmp(item, picture.row(channel * 9 + 8 - bin), n), 0) << channel << ' ' << bin;
    }
  }
}

/// check(expected, picture) for a picture of every kind, which is in the file.
template <class Check>
void for_each_array(const std::filesystem::path& file, Format format, const Check& check) {
  const PictureNote note = make_note(9);
  for (const ArrayOfKind& expected : kArrays) {
    SCOPED_TRACE(expected.kind.name);
    const Picture picture = make_picture(expected.kind, 13, 18);
    write_as(file, format, picture, &note);
    check(expected, picture);
  }
}

TEST(Npy, HasTheDocumentedShape) {
  if constexpr (std::endian::native != std::endian::little) GTEST_SKIP() << "the types are those of little-endian";
  const TempFolder folder;
  for_each_array(folder / "a.npy", Format::Npy, [&](const ArrayOfKind& expected, const Picture& picture) {
    expect_channels(parse_npy(bytes_of(folder / "a.npy")), expected, picture, 0, 2);
  });
}

TEST(Npz, HoldsAnArrayForEachChannel) {
  if constexpr (std::endian::native != std::endian::little) GTEST_SKIP() << "the types are those of little-endian";
  const TempFolder folder;
  for_each_array(folder / "a.npz", Format::Npz, [&](const ArrayOfKind& expected, const Picture& picture) {
    const auto members = stored_members(bytes_of(folder / "a.npz"));
    ASSERT_EQ(members.size(), 2U);
    for (std::size_t channel = 0; channel < 2; ++channel) {
      EXPECT_EQ(members[channel].first, "ch" + std::to_string(channel) + ".npy");
      expect_channels(parse_npy(members[channel].second), expected, picture, static_cast<std::int64_t>(channel), 1);
    }
  });
}

TEST(Npz, CompressesIfAsked) {
  const TempFolder folder;
  Picture picture = make_picture(kKinds[6], 100, 100);
  std::fill(picture.pixels.begin(), picture.pixels.end(), std::uint8_t{3});
  for (const Compression compression : {Compression::Level1, Compression::Level12, Compression::Small}) {
    write_as(folder / "a.npz", Format::Npz, picture, nullptr, {compression, 1});
    EXPECT_LT(std::filesystem::file_size(folder / "a.npz"), 2000U);
    PictureFile file;
    read(folder / "a.npz", file);
    expect_same(file.picture, picture);
  }
}

TEST(Npz, ManyChannelsKeepTheirOrder) {
  const TempFolder folder;
  PictureNote note = make_note(9);
  note.channels = 12;
  note.ref.assign(12, 1);
  const Picture picture = make_picture(kKinds[0], 5, 12 * 9);
  write_as(folder / "a.npz", Format::Npz, picture, &note);
  PictureFile file;
  read(folder / "a.npz", file);
  expect_same(file.picture, picture);
}

TEST(Npz, ChecksumsAreCompared) {
  const TempFolder folder;
  write_as(folder / "a.npz", Format::Npz, make_picture(kKinds[0], 50, 50));
  std::string bytes = bytes_of(folder / "a.npz");
  bytes[bytes.size() / 2] ^= 1;
  put_bytes(folder / "a.npz", bytes);
  EXPECT_REFUSED(read_outcome(folder / "a.npz"), ErrorCode::BadFormat, "ch0.npy");
}

TEST(Arrays, HeightAndNoteMustAgree) {
  const PictureNote note = make_note(9);
  for (const Format format : {Format::Npy, Format::Npz}) {
    EXPECT_REFUSED(outcome_of([&] { write_as("/nowhere/a", format, make_picture(kKinds[0], 5, 17), &note); }),
                   ErrorCode::BadFormat, "17 rows");
  }
}

std::string npy_of(const std::string& header, std::size_t n_items = 100) {
  std::string file("\x93NUMPY\1\0", 8);
  put_little(file, static_cast<std::uint32_t>(header.size()), 2);
  return file + header + std::string(n_items, '\1');
}

struct HostileArray {
  const char* header;
  ErrorCode code;
  const char* piece;
};

TEST(Npy, HostileHeaders) {
  constexpr auto kBad = ErrorCode::BadFormat;
  constexpr HostileArray kHostile[] = {
      {"", kBad, "'{'"},
      {"{", kBad, "damaged"},
      {"{}", kBad, "lacks"},
      {"{'descr': '|u1', 'fortran_order': False}", kBad, "lacks"},
      {"{'descr': '|u1', 'fortran_order': Maybe, 'shape': (2, 2)}", kBad, "fortran_order"},
      {"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), 'x': 1}", kBad, "unknown key"},
      {"{'descr': '|u1', 'fortran_order': False, 'shape': (2, -2)}", kBad, "shape"},
      {"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2", kBad, "damaged"},
      {"{'descr': '|u1', 'fortran_order': False, 'shape': ()}", kBad, "no picture"},
      {"{'descr': '|u1', 'fortran_order': False, 'shape': (4,)}", kBad, "no picture"},
      {"{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1, 2)}", kBad, "no picture"},
      {"{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1)}", kBad, "no picture"},
      {"{'descr': '|u1', 'fortran_order': False, 'shape': (0, 5)}", kBad, "empty"},
      {"{'descr': '|u1', 'fortran_order': False, 'shape': (11, 11)}", kBad, "truncated"},
      {"{'descr': '<f4', 'fortran_order': True, 'shape': (5, 6)}", kBad, "truncated"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296, 2)}", kBad, "truncated"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 1)}", kBad, "shape"},
      {"{'descr': '|O', 'fortran_order': False, 'shape': (2, 2)}", ErrorCode::Unsupported, "'|O'"},
      {"{'descr': '<i2', 'fortran_order': False, 'shape': (2, 2)}", ErrorCode::Unsupported, "'<i2'"},
      {"{'descr': '\x1B[2J', 'fortran_order': False, 'shape': (2, 2)}", ErrorCode::Unsupported, "'?[2J'"},
      {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2, 2)}", kBad, "lacks"},
  };
  const TempFolder folder;
  for (const HostileArray& hostile : kHostile) {
    SCOPED_TRACE(hostile.header);
    put_bytes(folder / "a.npy", npy_of(hostile.header));
    EXPECT_REFUSED(read_outcome(folder / "a.npy"), hostile.code, hostile.piece);
    EXPECT_REFUSED(outcome_of([&] { inspect(folder / "a.npy"); }), hostile.code, hostile.piece);
  }
  put_bytes(folder / "a.npy", npy_of("{\"shape\":(2,5),\n'fortran_order':False,'descr':'|u1',}"));
  EXPECT_FALSE(read_outcome(folder / "a.npy").threw);
  std::string later = npy_of("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2)}");
  later[6] = 9;
  put_bytes(folder / "a.npy", later);
  EXPECT_REFUSED(read_outcome(folder / "a.npy"), ErrorCode::Unsupported, "9.0");
}

// --- Files of other programs: tests/data/make_pictures.py.

struct ForeignFile {
  const char* name;
  PixelLayout layout;
  std::int64_t n_planes = 2;
};

class ForeignFiles : public testing::TestWithParam<ForeignFile> {};

TEST_P(ForeignFiles, HoldWhatTheyWereMadeOf) {
  constexpr std::int64_t kRows = 5;
  constexpr std::int64_t kFrames = 7;
  const auto& [name, layout, n_planes] = GetParam();
  const std::filesystem::path path = test::data_folder() / "pictures" / name;
  PictureFile file;
  read(path, file);
  const Picture& picture = file.picture;
  ASSERT_EQ(picture.layout, layout);
  ASSERT_EQ(picture.width, kFrames);
  ASSERT_EQ(picture.height, n_planes * kRows);
  EXPECT_EQ(inspect(path).layout, layout);
  for (std::int64_t y = 0; y < picture.height; ++y) {
    for (std::int64_t x = 0; x < kFrames; ++x) {
      const auto code = static_cast<int>(41 * (y / kRows) + 7 * (kRows - 1 - y % kRows) + 3 * x);
      for (int c = 0; c < layout.channels; ++c) {
        const std::int64_t i = layout.channels * x + c;
        if (layout.bits == 8) {
          EXPECT_EQ(picture.row(y)[i], code + c) << x << ' ' << y;
        } else if (layout.bits == 16) {
          std::uint16_t value = 0;
          std::memcpy(&value, picture.row(y) + 2 * i, 2);
          EXPECT_EQ(value, 257 * code) << x << ' ' << y;
        } else {
          float value = 0;
          std::memcpy(&value, picture.row(y) + 4 * i, 4);
          const float real = static_cast<float>(code) / 4 - 20;
          EXPECT_EQ(value, c == 0 ? real : -real / 2) << x << ' ' << y;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Numpy, ForeignFiles,
                         testing::Values(ForeignFile{"u1.npy", {1, 8}}, ForeignFile{"u2.npy", {1, 16}},
                                         ForeignFile{"f4.npy", {1, 32}}, ForeignFile{"f8.npy", {1, 32}},
                                         ForeignFile{"c8.npy", {2, 32}}, ForeignFile{"c16.npy", {2, 32}},
                                         ForeignFile{"one_plane.npy", {1, 32}, 1}, ForeignFile{"fortran.npy", {1, 32}},
                                         ForeignFile{"big_endian.npy", {1, 16}},
                                         ForeignFile{"big_endian_complex.npy", {2, 32}}, ForeignFile{"rgb.npy", {3, 8}},
                                         ForeignFile{"rgb_fortran.npy", {3, 8}}, ForeignFile{"version2.npy", {1, 32}},
                                         ForeignFile{"stored.npz", {1, 32}}, ForeignFile{"reversed_names.npz", {1, 32}},
                                         ForeignFile{"deflated.npz", {1, 32}}, ForeignFile{"whole.npz", {1, 32}},
                                         ForeignFile{"rgb.npz", {3, 8}}));
INSTANTIATE_TEST_SUITE_P(Tiff, ForeignFiles,
                         testing::Values(ForeignFile{"little_u1.tiff", {1, 8}}, ForeignFile{"little_u2.tiff", {1, 16}},
                                         ForeignFile{"little_f4.tiff", {1, 32}}, ForeignFile{"little_c8.tiff", {2, 32}},
                                         ForeignFile{"little_rgb.tiff", {3, 8}}, ForeignFile{"big_u1.tiff", {1, 8}},
                                         ForeignFile{"big_u2.tiff", {1, 16}}, ForeignFile{"big_f4.tiff", {1, 32}},
                                         ForeignFile{"big_c8.tiff", {2, 32}}, ForeignFile{"big_rgb.tiff", {3, 8}},
                                         ForeignFile{"pillow_palette.tiff", {1, 8}},
                                         ForeignFile{"pillow_f4.tiff", {1, 32}}, ForeignFile{"lzw_u1.tiff", {1, 8}},
                                         ForeignFile{"deflate_f4.tiff", {1, 32}},
                                         ForeignFile{"tiled_f4.tiff", {1, 32}}));

TEST(ForeignFilesOfColours, KeepTheirPalette) {
  PictureFile file;
  read(test::data_folder() / "pictures" / "pillow_palette.tiff", file);
  ASSERT_EQ(file.picture.palette.size(), 256U);
  for (int i = 0; i < 256; ++i) {
    const Colour expected{static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(255 - i),
                          static_cast<std::uint8_t>(7 * i)};
    EXPECT_EQ(file.picture.palette[static_cast<std::size_t>(i)], expected) << i;
  }
}

/// The judge of what a NPY and a NPZ is.
TEST(Numpy, LoadsWhatIsWritten) {
  if (std::system("python3 -c 'import numpy' 2> /dev/null") != 0) GTEST_SKIP() << "python3 has no numpy here";
  const TempFolder folder;
  const PictureNote note = make_note(9);
  for (const auto& [kind, type, colours] : kArrays) {
    const std::string name = kind.name;
    const Picture picture = make_picture(kind, 13, 18);
    write_as(folder / (name + ".npy"), Format::Npy, picture, &note);
    write_as(folder / (name + ".npz"), Format::Npz, picture, &note);
    write_as(folder / (name + "-deflated.npz"), Format::Npz, picture, &note, {Compression::Level6, 1});
    const std::string raw(picture.pixels.begin(), picture.pixels.end());
    put_bytes(folder / (name + ".raw"), raw);
    const std::string shape = colours == 3 ? "(2, 9, 13, 3)" : "(2, 9, 13)";
    std::string script = "import numpy as np\nname, type, shape = ";
    script.append("'").append(name).append("', '").append(type).append("', ").append(shape);
    script +=
        "\n"
        "wanted = np.fromfile(name + '.raw', type).reshape(shape)[:, ::-1]\n"
        "whole = np.load(name + '.npy')\n"
        "assert whole.dtype == wanted.dtype and whole.tobytes() == wanted.tobytes()\n"
        "assert whole.shape == wanted.shape\n"
        "for end in '.npz', '-deflated.npz':\n"
        "    parts = np.load(name + end)\n"
        "    assert parts.files == ['ch0', 'ch1']\n"
        "    both = np.stack([parts['ch0'], parts['ch1']])\n"
        "    assert both.shape == wanted.shape and both.tobytes() == wanted.tobytes()\n";
    put_bytes(folder / "check.py", script);
    const std::string command = "cd '" + folder.path().string() + "' && python3 check.py";
    EXPECT_EQ(std::system(command.c_str()), 0) << name;
  }
}

// --- With loss.

/// A slow wave, which loss hardly changes.
Picture smooth_picture(PixelLayout layout, std::int64_t width, std::int64_t height) {
  Picture picture;
  picture.resize(width, height, layout);
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t i = 0; i < width * layout.channels; ++i) {
      const std::int64_t x = i / layout.channels;
      const std::int64_t c = i % layout.channels;
      picture.row(y)[i] = static_cast<std::uint8_t>(40 + (x + (c == 1 ? 0 : y)) % 150 + 10 * c);
    }
  }
  return picture;
}

double mean_difference(const Picture& a, const Picture& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) sum += std::abs(int{a.pixels[i]} - int{b.pixels[i]});
  return sum / static_cast<double>(a.pixels.size());
}

TEST(WithLoss, ComesBackNearly) {
  const TempFolder folder;
  for (const Format format : {Format::Jpeg, Format::WebP}) {
    for (const PixelLayout layout : {PixelLayout{1, 8}, PixelLayout{3, 8}}) {
      SCOPED_TRACE(to_string(format) + " " + std::to_string(layout.channels));
      const Picture picture = smooth_picture(layout, 120, 90);
      const std::filesystem::path path = folder / ("a" + extension_of(format));
      const PictureNote note = make_note(46);
      std::uintmax_t size = 0;
      for (const int quality : {20, 98}) {
        WriteOptions options;
        options.quality = quality;
        write_as(path, format, picture, &note, options);
        EXPECT_GT(std::filesystem::file_size(path), size);
        size = std::filesystem::file_size(path);
      }
      PictureFile file;
      read(path, file);
      EXPECT_TRUE(file.lossy);
      EXPECT_TRUE(inspect(path).lossy);
      EXPECT_FALSE(file.note.has_value());
      if (layout.channels == 3) expand_to_rgb(file.picture);  // WebP has no gray
      if (layout.channels == 1 && format == Format::WebP) {
        EXPECT_EQ(file.picture.layout.channels, 3);
        continue;
      }
      ASSERT_EQ(file.picture.layout, layout);
      EXPECT_LT(mean_difference(file.picture, picture), 3);
    }
  }
}

TEST(WithLoss, PalettesBecomeColours) {
  const TempFolder folder;
  Picture picture = make_picture(kKinds[2], 64, 64);
  std::fill(picture.pixels.begin(), picture.pixels.end(), std::uint8_t{9});
  for (const Format format : {Format::Jpeg, Format::WebP}) {
    write_as(folder / "a", format, picture);
    PictureFile file;
    read(folder / "a", file);
    ASSERT_EQ(file.picture.layout, (PixelLayout{3, 8}));
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(file.picture.pixels[300 + c], picture.palette[9][c], 6) << c;
  }
}

// --- Sidecars.

TEST(Sidecar, LiesBesideThePicture) {
  const PictureNote note = make_note(9);
  const Sidecar sidecar = make_sidecar("a/song.0003.jpg", note);
  EXPECT_EQ(sidecar.path, "a/song.0003.json");
  EXPECT_EQ(sidecar.text, to_json(note) + "\n");
}

TEST(Sidecar, IsOnlyReadWhereTheFileHasNoNote) {
  const TempFolder folder;
  PictureNote own = make_note(9);
  PictureNote beside = make_note(9);
  beside.n_samples = 5;
  const Picture picture = make_picture(kKinds[4], 4, 18);
  write_png(folder / "song.png", picture, &own);
  write_sidecar(folder / "song.png", beside);
  PictureFile file;
  read(folder / "song.png", file);
  EXPECT_EQ(file.note, own);
  EXPECT_EQ(file.note_source, NoteSource::File);
  write_png(folder / "song.png", picture, nullptr);
  read(folder / "song.png", file);
  EXPECT_EQ(file.note, beside);
  EXPECT_EQ(file.note_source, NoteSource::Sidecar);
  EXPECT_EQ(inspect(folder / "song.png").note, beside);
}

TEST(Sidecar, OtherJsonIsLeftAlone) {
  const TempFolder folder;
  write_png(folder / "song.png", make_picture(kKinds[4], 4, 4), nullptr);
  for (const char* text : {R"({"artist":"somebody"})", "", "[\"spectrohue\"]", "spectrohue"}) {
    put_bytes(folder / "song.json", text);
    PictureFile file;
    read(folder / "song.png", file);
    EXPECT_FALSE(file.note.has_value()) << text;
  }
  put_bytes(folder / "song.json", R"({"spectrohue": 1, "n_fft": "many"})");
  EXPECT_REFUSED(read_outcome(folder / "song.png"), ErrorCode::BadFormat, "song.json");
  std::filesystem::remove(folder / "song.json");
  std::filesystem::create_directory(folder / "song.json");
  EXPECT_FALSE(read_outcome(folder / "song.png").threw);
  EXPECT_REFUSED(outcome_of([&] { write_sidecar(folder / "song.png", make_note(9)); }), ErrorCode::Write, "directory");
}

}  // namespace
}  // namespace spectrohue::image
