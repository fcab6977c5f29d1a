// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/picture_file.h"

#include <gtest/gtest.h>
#include <png.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "image/note.h"
#include "image/rgb.h"
#include "spectrohue/error.h"
#include "support/file_bytes.h"
#include "support/outcome.h"
#include "support/pictures.h"
#include "support/png_chunks.h"
#include "support/temp_folder.h"

namespace spectrohue::image {
namespace {

using test::big_endian;
using test::bytes_of;
using test::expect_same;
using test::Outcome;
using test::outcome_of;
using test::png_chunks;
using test::png_of;
using test::put_bytes;
using test::TempFolder;
using Chunk = test::PngChunk;

using Bytes = std::string;

Picture make_picture(std::int64_t width, std::int64_t height, int bits, std::uint32_t seed = 1) {
  Picture picture;
  picture.width = width;
  picture.height = height;
  picture.layout.bits = bits;
  picture.pixels.resize(static_cast<std::size_t>(picture.row_bytes() * height));
  for (std::uint8_t& byte : picture.pixels) {
    seed = seed * 1664525U + 1013904223U;
    byte = static_cast<std::uint8_t>(seed >> 24);
  }
  return picture;
}

/// Value of channel c of a pixel, whatever the depth.
int value_at(const Picture& picture, std::int64_t x, std::int64_t y, int c) {
  const std::uint8_t* const row = picture.row(y);
  if (picture.layout.bits == 8) return row[3 * x + c];
  std::uint16_t value = 0;
  std::memcpy(&value, row + 2 * (3 * x + c), 2);
  return value;
}

/// Value of a pixel of one channel.
int sample_of(const Picture& picture, std::int64_t x, std::int64_t y) {
  const std::uint8_t* const row = picture.row(y);
  if (picture.layout.bits == 8) return row[x];
  std::uint16_t value = 0;
  std::memcpy(&value, row + 2 * x, 2);
  return value;
}

PictureNote make_note() {
  PictureNote note;
  note.tool = "test";
  note.ref = {1.0 / 3, 17};
  note.sample_rate = 44100;
  note.n_samples = 12345;
  note.channels = 2;
  note.source_name = "Lärm.wav";
  note.pixels_crc32 = 1;
  return note;
}

Outcome read_outcome(const std::filesystem::path& path) {
  return outcome_of([&] {
    PictureFile file;
    read(path, file);
  });
}

// --- Our PNG.

struct Shape {
  std::int64_t width;
  std::int64_t height;
  int bits;
};

class WrittenPng : public testing::TestWithParam<Shape> {};

TEST_P(WrittenPng, ReturnsWithItsNote) {
  const auto [width, height, bits] = GetParam();
  const TempFolder folder;
  const Picture picture = make_picture(width, height, bits);
  const PictureNote note = make_note();
  write_png(folder / "a.png", picture, &note);

  PictureFile back;
  read(folder / "a.png", back);
  expect_same(back.picture, picture);
  ASSERT_TRUE(back.note.has_value());
  EXPECT_EQ(to_json(*back.note), to_json(note));
  EXPECT_FALSE(back.lossy);
  EXPECT_EQ(back.description, "PNG, " + std::to_string(bits) + "-bit RGB");

  const FileInfo info = inspect(folder / "a.png");
  EXPECT_EQ(info.width, width);
  EXPECT_EQ(info.height, height);
  EXPECT_EQ(info.layout.bits, bits);
  ASSERT_TRUE(info.note.has_value());
  EXPECT_EQ(to_json(*info.note), to_json(note));

  write_png(folder / "b.png", picture, nullptr);
  read(folder / "b.png", back);
  expect_same(back.picture, picture);
  EXPECT_FALSE(back.note.has_value());
}

TEST_P(WrittenPng, IsWhatOpenCvReads) {
  const auto [width, height, bits] = GetParam();
  const TempFolder folder;
  const Picture picture = make_picture(width, height, bits);
  write_png(folder / "a.png", picture, nullptr);
  const cv::Mat mat = cv::imread((folder / "a.png").string(), cv::IMREAD_UNCHANGED);
  ASSERT_EQ(mat.cols, width);
  ASSERT_EQ(mat.rows, height);
  ASSERT_EQ(mat.type(), bits == 16 ? CV_16UC3 : CV_8UC3);
  for (int y = 0; y < mat.rows; ++y) {
    for (int x = 0; x < mat.cols; ++x) {
      for (int c = 0; c < 3; ++c) {  // OpenCV: blue first
        const int value =
            bits == 16 ? mat.ptr<std::uint16_t>(y)[3 * x + 2 - c] : mat.ptr<std::uint8_t>(y)[3 * x + 2 - c];
        ASSERT_EQ(value, value_at(picture, x, y, c)) << x << ' ' << y << ' ' << c;
      }
    }
  }
}

TEST_P(WrittenPng, IsWhatTheSpecificationSays) {
  const auto [width, height, bits] = GetParam();
  const TempFolder folder;
  const Picture picture = make_picture(width, height, bits);
  const PictureNote note = make_note();
  write_png(folder / "a.png", picture, &note);
  const Bytes png = bytes_of(folder / "a.png");
  const std::vector<Chunk> chunks = png_chunks(png);
  EXPECT_EQ(png_of(chunks), png) << "checksums";

  ASSERT_GE(chunks.size(), 4U);
  EXPECT_EQ(chunks.front().type, "IHDR");
  EXPECT_EQ(chunks.front().data, big_endian(static_cast<std::uint32_t>(width)) +
                                     big_endian(static_cast<std::uint32_t>(height)) +
                                     Bytes(1, static_cast<char>(bits)) + Bytes("\2\0\0\0", 4));
  EXPECT_EQ(chunks[1].type, "iTXt") << "before the pixels";
  EXPECT_EQ(chunks[1].data, Bytes("spectrohue\0\0\0\0\0", 15) + to_json(note));
  const std::size_t first_idat = chunks[2].type == "shSZ" ? 3 : 2;  // docs/png.md: not in small files
  EXPECT_EQ(chunks.back().type, "IEND");
  Bytes deflated;
  for (std::size_t i = first_idat; i + 1 < chunks.size(); ++i) {
    EXPECT_EQ(chunks[i].type, "IDAT");
    deflated += chunks[i].data;
  }
  std::vector<Bytef> raw(static_cast<std::size_t>((picture.row_bytes() + 1) * height + 1));
  uLongf size = raw.size();
  ASSERT_EQ(uncompress(raw.data(), &size, reinterpret_cast<const Bytef*>(deflated.data()), deflated.size()), Z_OK);
  ASSERT_EQ(size, raw.size() - 1);
  const Bytef* at = raw.data();
  for (std::int64_t y = 0; y < height; ++y) {
    ASSERT_EQ(*at++, 0) << "filter None";
    for (std::int64_t i = 0; i < 3 * width; ++i) {
      int value = *at++;
      if (bits == 16) value = value << 8 | *at++;
      ASSERT_EQ(value, value_at(picture, i / 3, y, static_cast<int>(i % 3)));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Table, WrittenPng,
                         testing::Values(Shape{1, 1, 8}, Shape{1, 1, 16}, Shape{1, 300, 8}, Shape{300, 1, 16},
                                         Shape{7, 5, 8}, Shape{257, 513, 8}, Shape{130, 1025, 16}),
                         [](const auto& info) {
                           return std::to_string(info.param.width) + "x" + std::to_string(info.param.height) + "_" +
                                  std::to_string(info.param.bits);
                         });

TEST(WritePng, BytesDependOnTheArgumentsAlone) {
  const TempFolder folder;
  const PictureNote note = make_note();
  write_png(folder / "a.png", make_picture(100, 50, 8), &note);
  write_png(folder / "b.png", make_picture(100, 50, 8), &note);
  EXPECT_EQ(bytes_of(folder / "a.png"), bytes_of(folder / "b.png"));
}

TEST(WritePng, ErrorsSayWhatTheSystemSaid) {
  const TempFolder folder;
  const Picture picture = make_picture(500, 700, 8);
  if (std::filesystem::exists("/dev/full")) {
    EXPECT_REFUSED(outcome_of([&] { write_png("/dev/full", picture, nullptr); }), ErrorCode::Write, "No space left");
    EXPECT_REFUSED(outcome_of([&] { write_png("/dev/full", make_picture(1, 1, 8), nullptr); }), ErrorCode::Write,
                   "No space left");
  }
  EXPECT_REFUSED(outcome_of([&] { write_png(folder / "none/a.png", picture, nullptr); }), ErrorCode::Write,
                 "No such file or directory");
  EXPECT_REFUSED(outcome_of([&] { write_png(folder.path(), picture, nullptr); }), ErrorCode::Write, "directory");
  Picture huge;
  huge.width = std::int64_t{1} << 31;
  huge.height = 1;
  EXPECT_REFUSED(outcome_of([&] { write_png(folder / "a.png", huge, nullptr); }), ErrorCode::Unsupported, "2147483648");
  EXPECT_REFUSED(outcome_of([&] { write_png(folder / "a.png", Picture(), nullptr); }), ErrorCode::Unsupported, "0 x 0");
}

TEST(ReadPng, ReusesMemory) {
  const TempFolder folder;
  write_png(folder / "large.png", make_picture(300, 300, 16), nullptr);
  write_png(folder / "small.png", make_picture(200, 200, 16), nullptr);
  PictureFile file;
  read(folder / "large.png", file);
  const std::uint8_t* const before = file.picture.pixels.data();
  read(folder / "small.png", file);
  EXPECT_EQ(file.picture.pixels.data(), before);
}

TEST(ReadPng, TheNoteMayStandElsewhere) {
  const TempFolder folder;
  const PictureNote note = make_note();
  write_png(folder / "a.png", make_picture(90, 90, 8), &note);
  const std::vector<Chunk> chunks = png_chunks(bytes_of(folder / "a.png"));
  ASSERT_EQ(chunks.size(), 7U) << "striped";
  ASSERT_EQ(chunks[1].type, "iTXt");
  const Chunk other{"tEXt", Bytes("Comment\0{\"spectrohue\":9}", 24)};
  const Chunk plain{"tEXt", Bytes("spectrohue\0", 11) + to_json(note)};
  std::vector<std::vector<Chunk>> layouts(3, chunks);
  std::rotate(layouts[0].begin() + 1, layouts[0].begin() + 2, layouts[0].end() - 1);  // behind the pixels
  ASSERT_EQ(layouts[0][5].type, "iTXt");
  layouts[1][1] = plain;                             // as another kind of text
  layouts[2].insert(layouts[2].begin() + 1, other);  // among others
  for (const std::vector<Chunk>& layout : layouts) {
    put_bytes(folder / "b.png", png_of(layout));
    PictureFile file;
    read(folder / "b.png", file);
    ASSERT_TRUE(file.note.has_value());
    EXPECT_EQ(to_json(*file.note), to_json(note));
  }
}

Chunk international_text(const Bytes& text, bool is_packed) {
  return {"iTXt", Bytes("spectrohue\0", 11) + (is_packed ? '\1' : '\0') + Bytes("\0en\0note\0", 9) + text};
}

Chunk packed_text(const Bytes& keyword, const Bytes& text) {
  return {"zTXt", keyword + Bytes("\0\0", 2) + test::zlib_of(text)};
}

/// A PNG of 9 x 9 pixels with one more chunk, before the pixels.
Bytes png_with(const Chunk& chunk, int times = 1) {
  const TempFolder folder;
  write_png(folder / "a.png", make_picture(9, 9, 8), nullptr);
  std::vector<Chunk> chunks = png_chunks(bytes_of(folder / "a.png"));
  chunks.insert(chunks.begin() + 1, static_cast<std::size_t>(times), chunk);
  return png_of(chunks);
}

Outcome read_outcome(const TempFolder& folder, const Bytes& png, PictureFile& file) {
  put_bytes(folder / "b.png", png);
  return outcome_of([&] { read(folder / "b.png", file); });
}

TEST(ReadPng, TheNoteMayBePacked) {
  const TempFolder folder;
  const PictureNote note = make_note();
  const Bytes json = to_json(note);
  for (const Chunk& chunk : {packed_text("spectrohue", json), international_text(test::zlib_of(json), true),
                             international_text(json, false)}) {
    PictureFile file;
    const Outcome outcome = read_outcome(folder, png_with(chunk), file);
    EXPECT_FALSE(outcome.threw) << outcome.message;
    EXPECT_EQ(file.note, note) << chunk.type;
  }
}

TEST(ReadPng, ANoteThatCannotBeUnpackedIsRefused) {
  const TempFolder folder;
  const Bytes json = to_json(make_note());
  const Bytes packed = test::zlib_of(json);
  const Bytes keyword("spectrohue\0", 11);
  for (const Chunk& chunk : {Chunk{"zTXt", keyword}, Chunk{"zTXt", keyword + '\0' + packed.substr(0, 50)},
                             Chunk{"iTXt", keyword}, Chunk{"iTXt", keyword + Bytes("\0\0en", 4)},
                             international_text(packed.substr(0, 50), true), international_text(json, true)}) {
    PictureFile file;
    EXPECT_REFUSED(read_outcome(folder, png_with(chunk), file), ErrorCode::BadFormat, "note");
  }
}

TEST(ReadPng, ALongNoteIsRefused) {
  const TempFolder folder;
  const Bytes longest = to_json(make_note()) + Bytes(kMaxNoteBytes - to_json(make_note()).size(), ' ');
  PictureFile file;
  EXPECT_FALSE(read_outcome(folder, png_with(packed_text("spectrohue", longest)), file).threw);
  for (const Chunk& chunk : {packed_text("spectrohue", longest + ' '), packed_text("spectrohue", Bytes(100 << 20, ' ')),
                             international_text(longest + ' ', false)}) {
    EXPECT_REFUSED(read_outcome(folder, png_with(chunk), file), ErrorCode::BadFormat, "more than 1048576 bytes");
  }
}

std::int64_t peak_memory_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

TEST(ReadPng, OtherTextTakesNoMemory) {
  const TempFolder folder;
  const Bytes png = png_with(packed_text("Comment", Bytes(15 << 20, ' ')), 200);  // 3 GB of text
  const std::int64_t before = peak_memory_mb();
  PictureFile file;
  const Outcome outcome = read_outcome(folder, png, file);
  EXPECT_FALSE(outcome.threw) << outcome.message;
  EXPECT_LT(peak_memory_mb() - before, 200);
}

TEST(ReadPng, WhatPixelsDoNotDependOnIsSkipped) {
  const TempFolder folder;
  PictureFile file;
  EXPECT_FALSE(read_outcome(folder, png_with({"teSt", "x"}, 20000), file).threw);
  EXPECT_FALSE(read_outcome(folder, png_with({"teSt", Bytes(17 << 20, 'x')}), file).threw);
  EXPECT_FALSE(read_outcome(folder, png_with({"iCCP", "x"}), file).threw);
  EXPECT_REFUSED(read_outcome(folder, png_with({"TEST", "x"}), file), ErrorCode::BadFormat, "critical chunk");
}

TEST(ReadPng, ABadNoteIsRefused) {
  const TempFolder folder;
  write_png(folder / "a.png", make_picture(9, 9, 8), nullptr);
  std::vector<Chunk> chunks = png_chunks(bytes_of(folder / "a.png"));
  for (const Bytes& text : {Bytes("{}"), Bytes("hello"), Bytes(200000, '[')}) {
    std::vector<Chunk> changed = chunks;
    changed.insert(changed.begin() + 1, {"iTXt", Bytes("spectrohue\0\0\0\0\0", 15) + text});
    put_bytes(folder / "b.png", png_of(changed));
    EXPECT_REFUSED(read_outcome(folder / "b.png"), ErrorCode::BadFormat, "note");
    EXPECT_REFUSED(outcome_of([&] { inspect(folder / "b.png"); }), ErrorCode::BadFormat, "note");
  }
}

// --- Damage.

TEST(DamagedPng, IsRefusedWhereverItIsCut) {
  const TempFolder folder;
  const PictureNote note = make_note();
  for (const int bits : {8, 16}) {
    write_png(folder / "a.png", make_picture(20, 15, bits), &note);
    const Bytes png = bytes_of(folder / "a.png");
    for (std::size_t n = 0; n < png.size(); ++n) {
      put_bytes(folder / "b.png", png.substr(0, n));
      EXPECT_REFUSED(read_outcome(folder / "b.png"), ErrorCode::BadFormat, n == 0 ? "empty" : "the file ends early");
      const Outcome inspected = outcome_of([&] { inspect(folder / "b.png"); });
      EXPECT_TRUE(!inspected.threw || inspected.code == ErrorCode::BadFormat) << inspected.message;
    }
  }
}

TEST(DamagedPng, NamesTheRow) {
  const TempFolder folder;
  write_png(folder / "a.png", make_picture(1000, 800, 8), nullptr);
  const Bytes png = bytes_of(folder / "a.png");
  put_bytes(folder / "b.png", png.substr(0, png.size() / 2));
  const Outcome o = read_outcome(folder / "b.png");
  ASSERT_TRUE(o.threw);
  int row = 0;
  int rows = 0;
  const std::size_t at = o.message.find("at row ");
  ASSERT_NE(at, std::string::npos) << o.message;
  ASSERT_EQ(std::sscanf(o.message.c_str() + at, "at row %d of %d", &row, &rows), 2) << o.message;
  EXPECT_EQ(rows, 800);
  EXPECT_NEAR(row, 400, 40);
}

TEST(DamagedPng, EveryChangedByteIsNoticed) {
  const TempFolder folder;
  const PictureNote note = make_note();
  write_png(folder / "a.png", make_picture(12, 9, 8), &note);
  const Bytes png = bytes_of(folder / "a.png");
  for (std::size_t at = 0; at < png.size(); ++at) {
    for (const int flip : {0xFF, 0x01, 0x20}) {
      Bytes changed = png;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      put_bytes(folder / "b.png", changed);
      const Outcome o = read_outcome(folder / "b.png");
      EXPECT_TRUE(o.threw) << "byte " << at << " flipped by " << flip;
      EXPECT_EQ(o.code, ErrorCode::BadFormat) << o.message;
    }
  }
}

TEST(DamagedPng, BombsAreRefusedBeforeMemoryIsTaken) {
  const TempFolder folder;
  write_png(folder / "a.png", make_picture(4, 4, 8), nullptr);
  const auto claim = [&](std::uint32_t width, std::uint32_t height) {
    std::vector<Chunk> chunks = png_chunks(bytes_of(folder / "a.png"));
    chunks[0].data.replace(0, 8, big_endian(width) + big_endian(height));
    put_bytes(folder / "b.png", png_of(chunks));
    return read_outcome(folder / "b.png");
  };
  EXPECT_REFUSED(claim(0x7FFFFFFF, 0x7FFFFFFF), ErrorCode::BadFormat, "limit");
  EXPECT_REFUSED(claim(100000, 100000), ErrorCode::BadFormat, "limit");
  EXPECT_REFUSED(claim(40000, 40000), ErrorCode::BadFormat, "cannot hold");
  EXPECT_REFUSED(claim(0, 5), ErrorCode::BadFormat, "PNG");
  EXPECT_REFUSED(claim(0x80000000, 5), ErrorCode::BadFormat, "PNG");
  EXPECT_REFUSED(claim(4, 5), ErrorCode::BadFormat, "PNG");
}

TEST(NoPicture, IsToldApart) {
  const TempFolder folder;
  EXPECT_REFUSED(read_outcome(folder / "none.png"), ErrorCode::Read, "No such file");
  EXPECT_REFUSED(read_outcome(folder.path()), ErrorCode::Read, "folder");
  EXPECT_REFUSED(read_outcome("/dev/null"), ErrorCode::Read, "not a regular file");
  put_bytes(folder / "empty.png", "");
  EXPECT_REFUSED(read_outcome(folder / "empty.png"), ErrorCode::BadFormat, "empty");
  put_bytes(folder / "text.png", "This is not a picture.\n");
  EXPECT_REFUSED(read_outcome(folder / "text.png"), ErrorCode::BadFormat, "text");
  put_bytes(folder / "sound.png", Bytes("RIFF\x24\0\0\0WAVEfmt ", 16));
  EXPECT_REFUSED(read_outcome(folder / "sound.png"), ErrorCode::BadFormat, "WAV");
  put_bytes(folder / "noise.png", Bytes("\x01\x02\x03\x00\x91\x07", 6));
  EXPECT_REFUSED(read_outcome(folder / "noise.png"), ErrorCode::BadFormat, "unknown type");
  put_bytes(folder / "a.gif", Bytes("GIF89a\1\0\1\0\0\0\0;", 14));
  EXPECT_TRUE(read_outcome(folder / "a.gif").threw);
  EXPECT_REFUSED(outcome_of([&] { inspect(folder / "text.png"); }), ErrorCode::BadFormat, "text");
}

TEST(NoPicture, NoPermission) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const TempFolder folder;
  write_png(folder / "a.png", make_picture(2, 2, 8), nullptr);
  std::filesystem::permissions(folder / "a.png", std::filesystem::perms::none);
  EXPECT_REFUSED(read_outcome(folder / "a.png"), ErrorCode::Read, "Permission denied");
}

// --- PNG files of other programs.

struct ForeignPng {
  const char* name;
  int bits;
  int color_type;
  bool interlaced;
};

class ReadForeignPng : public testing::TestWithParam<ForeignPng> {};

/// What counts as transparent where there is no alpha: this gray, and this red without green and blue.
constexpr int kGrayKey = 1;
constexpr int kRedKey = 77;

/// Writes rows of packed samples as they stand; the palette has entry i = (i, 255 - i, 7 i mod 256), entry 0
/// transparent.
void write_foreign(const std::filesystem::path& path, const ForeignPng& kind, int width, std::vector<Bytes>& rows) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  ASSERT_NE(file, nullptr);
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_init_io(png, file);
  png_set_IHDR(png, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(rows.size()), kind.bits,
               kind.color_type, kind.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_gAMA(png, info, 1.0);  // linear: would change the pixels of a reader that heeds it
  std::vector<png_color> palette(std::size_t{1} << std::min(kind.bits, 8));
  for (std::size_t i = 0; i < palette.size(); ++i) {
    palette[i] = {static_cast<png_byte>(i), static_cast<png_byte>(255 - i), static_cast<png_byte>(7 * i)};
  }
  png_byte transparent = 0;
  if (kind.color_type == PNG_COLOR_TYPE_PALETTE) {
    png_set_PLTE(png, info, palette.data(), static_cast<int>(palette.size()));
    png_set_tRNS(png, info, &transparent, 1, nullptr);
  }
  const png_color_16 key{0, kRedKey, 0, 0, kGrayKey};
  if (kind.color_type == PNG_COLOR_TYPE_GRAY) png_set_tRNS(png, info, nullptr, 0, &key);
  if (kind.color_type == PNG_COLOR_TYPE_RGB) png_set_tRNS(png, info, nullptr, 0, &key);
  png_write_info(png, info);
  std::vector<png_bytep> pointers;
  for (Bytes& row : rows) pointers.push_back(reinterpret_cast<png_bytep>(row.data()));
  png_write_image(png, pointers.data());
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  std::fclose(file);
}

TEST_P(ReadForeignPng, KeepsGrayAndPalettes) {
  const ForeignPng& kind = GetParam();
  const int width = 19;
  const int height = 13;
  int samples = 1;
  if (kind.color_type == PNG_COLOR_TYPE_GRAY_ALPHA) samples = 2;
  if (kind.color_type == PNG_COLOR_TYPE_RGB) samples = 3;
  if (kind.color_type == PNG_COLOR_TYPE_RGB_ALPHA) samples = 4;
  std::vector<Bytes> rows;
  std::uint32_t state = 11;
  for (int y = 0; y < height; ++y) {
    Bytes row;
    for (int i = 0; i < (width * samples * kind.bits + 7) / 8; ++i) {
      state = state * 1664525U + 1013904223U;
      row += static_cast<char>(state >> 24);
    }
    rows.push_back(row);
  }
  // A pixel of the key colour.
  for (int i = 0; i < 3 * kind.bits / 8 && kind.color_type == PNG_COLOR_TYPE_RGB; ++i) {
    rows[0][i] = static_cast<char>(i == kind.bits / 8 - 1 ? kRedKey : 0);
  }
  if (kind.color_type == PNG_COLOR_TYPE_GRAY && kind.bits == 16) rows[0].replace(0, 2, {'\0', '\1'});
  const TempFolder folder;
  write_foreign(folder / "a.png", kind, width, rows);

  PictureFile file;
  read(folder / "a.png", file);
  ASSERT_EQ(file.picture.width, width);
  ASSERT_EQ(file.picture.height, height);
  const PixelLayout layout{samples >= 3 ? 3 : 1, kind.bits == 16 ? 16 : 8};
  ASSERT_EQ(file.picture.layout, layout);
  EXPECT_EQ(inspect(folder / "a.png").layout, layout);
  const bool has_palette = kind.color_type == PNG_COLOR_TYPE_PALETTE;
  ASSERT_EQ(file.picture.palette.size(), has_palette ? std::size_t{1} << kind.bits : 0);
  EXPECT_FALSE(file.note.has_value());
  EXPECT_EQ(file.description.find("interlaced") != std::string::npos, kind.interlaced) << file.description;
  const auto sample_at = [&](int y, int index) {
    const auto byte = [&](int i) { return static_cast<int>(static_cast<std::uint8_t>(rows[y][i])); };
    if (kind.bits == 16) return byte(2 * index) << 8 | byte(2 * index + 1);
    const int bit = index * kind.bits;
    return byte(bit / 8) >> (8 - kind.bits - bit % 8) & ((1 << kind.bits) - 1);
  };
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      if (layout.channels == 1) {
        const int most = (1 << kind.bits) - 1;
        const int sample = sample_at(y, x * samples);
        const int expected = !has_palette && kind.bits < 8 ? sample * 255 / most : sample;
        ASSERT_EQ(sample_of(file.picture, x, y), expected) << "at " << x << ", " << y;
      }
    }
  }
  expand_to_rgb(file.picture);
  EXPECT_TRUE(file.picture.palette.empty());
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      int expected[3];
      for (int c = 0; c < 3; ++c) {
        if (has_palette) {
          const int i = sample_at(y, x);
          const int entry[3] = {i, 255 - i, 7 * i % 256};
          expected[c] = entry[c];
        } else if (samples >= 3) {
          expected[c] = sample_at(y, x * samples + c);
        } else {
          const int most = (1 << kind.bits) - 1;
          const int gray = sample_at(y, x * samples);
          expected[c] = kind.bits < 8 ? gray * 255 / most : gray;
        }
        ASSERT_EQ(value_at(file.picture, x, y, c), expected[c]) << "at " << x << ", " << y << " channel " << c;
      }
    }
  }

  // Over black: colours times alpha. Of palettes entry 0 is transparent.
  PictureFile over_black;
  Workspace workspace;
  read(folder / "a.png", over_black, workspace, 1, Alpha::OverBlack);
  expand_to_rgb(over_black.picture);
  ASSERT_EQ(over_black.picture.layout, file.picture.layout);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      double seen = 1;
      if (has_palette && sample_at(y, x) == 0) seen = 0;
      if (kind.color_type == PNG_COLOR_TYPE_GRAY && sample_at(y, x) == kGrayKey) seen = 0;
      if (samples == 3 && sample_at(y, 3 * x) == kRedKey && sample_at(y, 3 * x + 1) == 0 &&
          sample_at(y, 3 * x + 2) == 0) {
        seen = 0;
      }
      if (samples % 2 == 0) seen = sample_at(y, x * samples + samples - 1) / (kind.bits == 16 ? 65535.0 : 255.0);
      for (int c = 0; c < 3; ++c) {
        ASSERT_NEAR(value_at(over_black.picture, x, y, c), seen * value_at(file.picture, x, y, c), 0.51)
            << "at " << x << ", " << y << " channel " << c;
      }
    }
  }

  // Interlaced or not, cut files are refused.
  const Bytes png = bytes_of(folder / "a.png");
  for (std::size_t n = 0; n < png.size(); n += 7) {
    put_bytes(folder / "b.png", png.substr(0, n));
    EXPECT_REFUSED(read_outcome(folder / "b.png"), ErrorCode::BadFormat, "");
  }
}

INSTANTIATE_TEST_SUITE_P(Table, ReadForeignPng,
                         testing::Values(ForeignPng{"gray1", 1, PNG_COLOR_TYPE_GRAY, false},
                                         ForeignPng{"gray2", 2, PNG_COLOR_TYPE_GRAY, true},
                                         ForeignPng{"gray4", 4, PNG_COLOR_TYPE_GRAY, false},
                                         ForeignPng{"gray8", 8, PNG_COLOR_TYPE_GRAY, false},
                                         ForeignPng{"gray16", 16, PNG_COLOR_TYPE_GRAY, true},
                                         ForeignPng{"palette1", 1, PNG_COLOR_TYPE_PALETTE, false},
                                         ForeignPng{"palette4", 4, PNG_COLOR_TYPE_PALETTE, true},
                                         ForeignPng{"palette8", 8, PNG_COLOR_TYPE_PALETTE, false},
                                         ForeignPng{"gray_alpha8", 8, PNG_COLOR_TYPE_GRAY_ALPHA, false},
                                         ForeignPng{"gray_alpha16", 16, PNG_COLOR_TYPE_GRAY_ALPHA, false},
                                         ForeignPng{"rgb8", 8, PNG_COLOR_TYPE_RGB, true},
                                         ForeignPng{"rgb16", 16, PNG_COLOR_TYPE_RGB, true},
                                         ForeignPng{"rgba8", 8, PNG_COLOR_TYPE_RGB_ALPHA, false},
                                         ForeignPng{"rgba16", 16, PNG_COLOR_TYPE_RGB_ALPHA, true}),
                         [](const auto& info) { return std::string(info.param.name); });

// --- Other types, through OpenCV.

cv::Mat make_mat(int type, int width = 37, int height = 23) {
  cv::Mat mat(height, width, type);
  std::uint32_t state = 3;
  for (int y = 0; y < height; ++y) {
    std::uint8_t* row = mat.ptr(y);
    for (std::size_t i = 0; i < static_cast<std::size_t>(width) * mat.elemSize(); ++i) {
      state = state * 1664525U + 1013904223U;
      row[i] = static_cast<std::uint8_t>(state >> 24);
    }
  }
  return mat;
}

struct OtherType {
  const char* extension;
  int type;
  const char* description;
};

class ReadOther : public testing::TestWithParam<OtherType> {};

TEST_P(ReadOther, GivesTheSamePixels) {
  const OtherType& kind = GetParam();
  const TempFolder folder;
  const cv::Mat mat = make_mat(kind.type);
  const std::filesystem::path path = folder / (std::string("a") + kind.extension);
  std::vector<int> parameters;
  if (std::string(kind.extension) == ".webp") parameters = {cv::IMWRITE_WEBP_QUALITY, 101};  // lossless
  ASSERT_TRUE(cv::imwrite(path.string(), mat, parameters));
  // The type is in the content, not in the name.
  std::filesystem::rename(path, folder / "a.png");

  PictureFile file;
  read(folder / "a.png", file);
  EXPECT_EQ(file.description, kind.description);
  EXPECT_FALSE(file.lossy);
  EXPECT_FALSE(file.note.has_value());
  ASSERT_EQ(file.picture.width, mat.cols);
  ASSERT_EQ(file.picture.height, mat.rows);
  const int channels = mat.channels();
  const PixelLayout layout{channels == 1 ? 1 : 3, mat.depth() == CV_16U ? 16 : 8};
  ASSERT_EQ(file.picture.layout, layout);
  EXPECT_EQ(inspect(folder / "a.png").layout, layout);
  expand_to_rgb(file.picture);
  for (int y = 0; y < mat.rows; ++y) {
    for (int x = 0; x < mat.cols; ++x) {
      for (int c = 0; c < 3; ++c) {
        const int from = channels == 1 ? 0 : 2 - c;
        const int expected = mat.depth() == CV_16U ? mat.ptr<std::uint16_t>(y)[x * channels + from]
                                                   : mat.ptr<std::uint8_t>(y)[x * channels + from];
        ASSERT_EQ(value_at(file.picture, x, y, c), expected) << x << ' ' << y << ' ' << c;
      }
    }
  }
  PictureFile over_black;
  Workspace workspace;
  read(folder / "a.png", over_black, workspace, 1, Alpha::OverBlack);
  expand_to_rgb(over_black.picture);
  for (int y = 0; y < mat.rows; ++y) {
    for (int x = 0; x < mat.cols; ++x) {
      const double seen = channels == 4 ? mat.ptr<std::uint8_t>(y)[x * 4 + 3] / 255.0 : 1;
      for (int c = 0; c < 3; ++c) {
        ASSERT_NEAR(value_at(over_black.picture, x, y, c), seen * value_at(file.picture, x, y, c), 0.51);
      }
    }
  }
  const FileInfo info = inspect(folder / "a.png");
  EXPECT_EQ(info.width, mat.cols);
  EXPECT_EQ(info.height, mat.rows);
  EXPECT_EQ(info.layout.bits, file.picture.layout.bits);

  // Cut short it is refused, or at least does no harm.
  const Bytes bytes = bytes_of(folder / "a.png");
  for (std::size_t n = 0; n < bytes.size(); n += n < 64 ? 1 : 113) {
    put_bytes(folder / "b.png", bytes.substr(0, n));
    const Outcome o = read_outcome(folder / "b.png");
    EXPECT_TRUE(!o.threw || o.code == ErrorCode::BadFormat || o.code == ErrorCode::Unsupported) << o.message;
    EXPECT_TRUE(o.threw || n > bytes.size() / 2) << "taken with " << n << " of " << bytes.size() << " bytes";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, ReadOther,
    testing::Values(OtherType{".tiff", CV_8UC3, "TIFF, 8-bit RGB"}, OtherType{".tiff", CV_16UC3, "TIFF, 16-bit RGB"},
                    OtherType{".tiff", CV_8UC1, "TIFF, 8-bit gray"}, OtherType{".tiff", CV_16UC1, "TIFF, 16-bit gray"},
                    OtherType{".tiff", CV_8UC4, "TIFF, 8-bit RGB with alpha"},
                    OtherType{".bmp", CV_8UC3, "BMP, 8-bit RGB"}, OtherType{".ppm", CV_8UC3, "PNM, 8-bit RGB"},
                    OtherType{".ppm", CV_16UC3, "PNM, 16-bit RGB"}, OtherType{".webp", CV_8UC3, "WebP, 8-bit RGB"}));

TEST(ReadLossy, IsFlagged) {
  const TempFolder folder;
  cv::Mat mat(64, 96, CV_8UC3, cv::Scalar(30, 90, 200));  // blue, green, red
  for (const char* name : {"a.jpg", "a.webp"}) {
    ASSERT_TRUE(cv::imwrite((folder / name).string(), mat, {cv::IMWRITE_WEBP_QUALITY, 90}));
    PictureFile file;
    read(folder / name, file);
    EXPECT_TRUE(file.lossy) << name;
    EXPECT_NEAR(value_at(file.picture, 50, 30, 0), 200, 4) << name;
    EXPECT_NEAR(value_at(file.picture, 50, 30, 1), 90, 4) << name;
    EXPECT_NEAR(value_at(file.picture, 50, 30, 2), 30, 4) << name;
    const Bytes bytes = bytes_of(folder / name);
    for (std::size_t n = 0; n < bytes.size() - 1; ++n) {
      put_bytes(folder / "cut", bytes.substr(0, n));
      EXPECT_REFUSED(read_outcome(folder / "cut"), ErrorCode::BadFormat, "");
    }
  }
}

TEST(ReadOtherTypes, ColoursOfFloatsAreRefused) {
  const TempFolder folder;
  cv::Mat mat(8, 8, CV_32FC3, cv::Scalar(0.1, 0.2, 0.3));
  ASSERT_TRUE(cv::imwrite((folder / "a.tiff").string(), mat));
  EXPECT_REFUSED(read_outcome(folder / "a.tiff"), ErrorCode::Unsupported, "floating point");
}

TEST(Names, PictureExtensions) {
  for (const char* name : {"a.png", "a.PNG", "b/c.d.tiff", "a.jpeg", "a.JPG", "a.webp", "a.bmp", "a.npy", "a.NPZ"}) {
    EXPECT_TRUE(has_picture_extension(name)) << name;
  }
  for (const char* name : {"a.wav", "a", "png", ".png", "a.png.json"})
    EXPECT_FALSE(has_picture_extension(name)) << name;
  for (const char* name : {"a.gif", "b/c.HEIC", "a.svg"}) {
    EXPECT_TRUE(has_unread_picture_extension(name)) << name;
    EXPECT_FALSE(has_picture_extension(name)) << name;
  }
  for (const char* name : {"a.png", "a.m4a", "a.txt"}) EXPECT_FALSE(has_unread_picture_extension(name)) << name;
}

}  // namespace
}  // namespace spectrohue::image
