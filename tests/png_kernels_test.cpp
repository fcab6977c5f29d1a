// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The PNG coder of the device against the one of the CPU, byte for byte: its kernels by way of
// support/emulated_device.h and, where there is one, on a CUDA device. libpng reads the files.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <numeric>
#include <ostream>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "cpu/cpu_backend.h"
#include "image/png.h"
#include "image/png_rows.h"
#include "image/png_stripes.h"
#include "kernels/png/coder.h"
#include "spectrohue/convert.h"
#include "spectrohue/error.h"
#include "support/cuda_device.h"
#include "support/emulated_device.h"
#include "support/libpng_reader.h"
#include "support/reference.h"
#include "support/signals.h"
#include "support/sounds.h"
#ifdef SPECTROHUE_HAVE_CUDA
#include "kernels/png/cuda_png.h"
#endif

namespace spectrohue {
namespace {

using image::png::CodedPixels;
using image::png::Coder;
using image::png::Pixels;
using math::kStripeBytes;
using test::EmulatedQueue;
using test::Order;
using test::ThreadOrder;
using Bytes = std::vector<std::uint8_t>;

// --------------------------------------------------------------------------------------------- pictures

struct Raster {
  std::int64_t width = 0;
  std::int64_t height = 0;
  int bits = 8;
  std::int64_t row_bytes = 0;  ///< from row to row; the last one ends with its pixels
  Bytes data{};

  std::int64_t pixel_row_bytes() const { return 3 * width * (bits / 8); }
  cuda::DevicePicture on_device() const { return {data.data(), row_bytes, width, height, bits}; }
  Pixels pixels() const {
    Pixels pixels;
    pixels.data = data.data();
    pixels.row_bytes = row_bytes;
    pixels.width = width;
    pixels.height = height;
    pixels.bits = bits;
    return pixels;
  }
};

/// value(row, byte of the row) in the order of the file.
template <class Value>
Raster raster(std::int64_t width, std::int64_t height, int bits, std::int64_t padding, Value&& value) {
  Raster out{width, height, bits};
  const std::int64_t row = out.pixel_row_bytes();
  out.row_bytes = row + padding;
  out.data.assign(static_cast<std::size_t>(out.row_bytes * (height - 1) + row), 0xEE);
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t i = 0; i < row; ++i) {
      out.data[static_cast<std::size_t>(y * out.row_bytes + (bits == 16 ? i ^ 1 : i))] =
          static_cast<std::uint8_t>(value(y, i));
    }
  }
  return out;
}

/// One row that holds the given bytes, and zeros up to a whole pixel.
Raster row_of(const Bytes& bytes, int bits = 8) {
  const auto pixel = 3 * bits / 8;
  return raster((std::ssize(bytes) + pixel - 1) / pixel, 1, bits, 0, [&](std::int64_t, std::int64_t i) {
    return i < std::ssize(bytes) ? bytes[static_cast<std::size_t>(i)] : 0;
  });
}

struct Size {
  std::int64_t width;
  std::int64_t height;
};
/// A pixel; rows shorter than a cell; stripes that end with a row, in one, in a pixel, and with one byte.
const Size kSizes[] = {{1, 1},     {1, 3},     {2, 1},     {5, 3},     {6, 2},    {7, 5},    {86, 257},
                       {21671, 4}, {21672, 3}, {32507, 3}, {65015, 2}, {1, 9000}, {4063, 64}};

template <class Value>
std::vector<Raster> all_sizes(Value&& value) {
  std::vector<Raster> out;
  for (const int bits : {8, 16}) {
    for (const Size size : kSizes) {
      out.push_back(raster(size.width, size.height, bits, size.width % 3 * bits / 8 * 2, value));
    }
  }
  return out;
}

std::vector<Raster> noise() {
  std::mt19937 random(1);
  return all_sizes([&](auto, auto) { return random(); });
}

/// As phases are to a coder: some bytes more frequent than others.
std::vector<Raster> skewed() {
  std::mt19937 random(2);
  return all_sizes([&](auto, auto) { return random() % 256 & random() & random(); });
}

std::vector<Raster> silence() {
  auto out = all_sizes([](auto, auto) { return 0; });
  out.push_back(raster(2583, 1025, 8, 0, [](auto, auto) { return 0; }));
  return out;
}

std::vector<Raster> half_silence() {
  std::mt19937 random(3);
  std::vector<Raster> out;
  for (const int bits : {8, 16}) {
    out.push_back(raster(1300, 700, bits, 0, [&](auto y, auto) { return y < 350 ? 0 : random() % 100; }));
    out.push_back(raster(1300, 700, bits, 4, [&](auto, auto i) { return i < 1000 ? random() % 100 : 0; }));
  }
  return out;
}

std::vector<Raster> dots() {
  std::mt19937 random(4);
  std::vector<Raster> out;
  for (const unsigned rarity : {10000, 100000, 1000000}) {
    out.push_back(raster(5000, 400, 8, 0, [&](auto, auto) { return random() % rarity == 0 ? random() : 0; }));
  }
  return out;
}

/// Runs of all lengths at all places of a cell, and all that come near to two and more matches.
std::vector<Raster> runs() {
  std::mt19937 random(5);
  std::vector<Raster> out;
  std::vector<int> lengths(60);
  std::iota(lengths.begin(), lengths.end(), 1);
  for (const int n :
       {256, 257, 258, 259, 260, 261, 262, 263, 515, 516, 517, 518, 519, 520, 5000, 16254, 20000, 40000}) {
    lengths.push_back(n);
  }
  Bytes bytes;
  for (int round = 0; round < 24; ++round) {
    std::shuffle(lengths.begin(), lengths.end(), random);
    for (const int length : lengths) {
      for (unsigned i = random() % 19; i > 0; --i) bytes.push_back(static_cast<std::uint8_t>(random() % 50 + 60));
      const auto value = static_cast<std::uint8_t>(random() % 3 == 0 ? 0 : random() % 50);
      bytes.insert(bytes.end(), static_cast<std::size_t>(length), value);
    }
  }
  out.push_back(row_of(bytes));
  out.push_back(row_of(bytes, 16));
  for (const int width : {5, 9, 31, 1000}) {
    out.push_back(raster(width, 60000 / width, 8, 0,
                         [&](auto y, auto i) { return (y * 3 * width + i) / (1 + y % 90) % 5 == 0 ? random() : 0; }));
  }
  return out;
}

/// A lone byte that is not zero, anywhere in a stripe, also as the last of all.
std::vector<Raster> lone_bytes() {
  std::vector<Raster> out;
  for (const int at : {0, 1, 14, 15, 16, 31, 32, 16252, 16253, 16254, 40000, 65000, 65013, 65014, 65015, 70000}) {
    Bytes bytes(2 * kStripeBytes);
    bytes[static_cast<std::size_t>(at)] = 200;
    out.push_back(row_of(bytes));
    bytes.resize(static_cast<std::size_t>(at) + 1);
    out.push_back(row_of(bytes));
  }
  return out;
}

/// Quarters of a stripe that are worth a code each, with runs over the borders between them, and over whole quarters.
std::vector<Raster> quarters() {
  std::mt19937 random(6);
  std::vector<Raster> out;
  for (int round = 0; round < 40; ++round) {
    Bytes bytes(static_cast<std::size_t>(round % 4 == 3 ? random() % kStripeBytes + 1 : kStripeBytes - 1));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<std::uint8_t>(random() % 16 + 32 * (i / math::kPartBytes));
    }
    for (std::size_t part = 1; part < 4; ++part) {
      if (round % 2 == 0 && part != 2) continue;
      const std::size_t border = part * math::kPartBytes;
      const std::size_t from = border - 1 - random() % 40;
      const std::size_t to = border + (random() % 3 == 0 ? random() % 30000 : random() % 40);
      std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(std::min(from, bytes.size())),
                bytes.begin() + static_cast<std::ptrdiff_t>(std::min(to, bytes.size())), std::uint8_t{7});
    }
    out.push_back(row_of(bytes, round % 5 == 4 ? 16 : 8));
  }
  // Somewhere between alike and different there is a limit.
  for (unsigned share = 0; share <= 100; share += 4) {
    Bytes bytes(kStripeBytes - 1);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] =
          static_cast<std::uint8_t>(random() % 16 + (random() % 100 < share ? 32 * (i / math::kPartBytes) : 128));
    }
    out.push_back(row_of(bytes));
  }
  return out;
}

/// Counts whose codes would be longer than they may.
std::vector<Raster> fibonacci() {
  Bytes bytes;
  std::uint32_t a = 1;
  std::uint32_t b = 1;
  for (int symbol = 0; bytes.size() + a < kStripeBytes; ++symbol) {
    bytes.insert(bytes.end(), a, static_cast<std::uint8_t>(5 * symbol + 1));
    b += std::exchange(a, b);
  }
  std::shuffle(bytes.begin(), bytes.end(), std::mt19937(7));
  EXPECT_GE(std::set<std::uint8_t>(bytes.begin(), bytes.end()).size(), 20U) << "a code of more than 12 bits";
  Bytes sorted = bytes;
  std::sort(sorted.begin(), sorted.end());
  return {row_of(bytes), row_of(sorted), row_of(bytes, 16)};
}

/// Stored; one byte more often than others, and it is not.
std::vector<Raster> incompressible() {
  std::mt19937 random(8);
  std::vector<Raster> out;
  for (const int favoured : {0, 100, 200, 300, 400, 500, 1000, 4000}) {
    Bytes bytes(kStripeBytes - 1);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 181);
    for (int i = 0; i < favoured; ++i) bytes[static_cast<std::size_t>(i) * 16] = 9;
    std::shuffle(bytes.begin(), bytes.end(), random);
    out.push_back(row_of(bytes));
  }
  return out;
}

std::vector<Raster> spectrograms() {
  std::vector<Raster> out;
  const auto backend = cpu::make_cpu_backend();
  for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
    for (const bool is_voice : {false, true}) {
      const Audio audio = test::mono_sound(is_voice ? test::voice(150000) : test::noise(150000), 44100);
      EncodeSettings settings;
      settings.pixels.encoding = encoding;
      settings.pixels.refine = PixelSettings::kOpenLoop;
      Picture picture;
      to_picture(*backend, audio, settings, picture);
      Raster r{picture.width, picture.height, picture.layout.bits, picture.row_bytes()};
      r.data.assign(picture.pixels.begin(), picture.pixels.end());
      out.push_back(std::move(r));
    }
  }
  return out;
}

struct Case {
  const char* name;
  std::vector<Raster> (*make)();
  bool writer_agrees;  ///< it would choose filter None and runs of cells as well
};

/// For the names of the tests.
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }  // NOLINT: GoogleTest looks for this name

const Case kCases[] = {
    {"noise", noise, true},
    {"skewed", skewed, true},
    {"silence", silence, true},
    {"half_silence", half_silence, true},
    {"dots", dots, false},
    {"runs", runs, false},
    {"lone_bytes", lone_bytes, false},
    {"quarters", quarters, false},
    {"fibonacci", fibonacci, false},
    {"incompressible", incompressible, true},
    {"spectrograms", spectrograms, true},
};

// ------------------------------------------------------------------------------------------ comparisons

struct Coded {
  std::vector<StripeChunk> stripes;
  Bytes chunks;
  std::uint32_t pixels_crc32 = 0;
  std::array<Bytes, 4> samples{};

  CodedPixels pixels() const { return {stripes, chunks}; }
};

using EmulatedCoder = cuda::PngCoder<EmulatedQueue>;

/// Queues whose work runs in a bad order.
struct Queues {
  explicit Queues(ThreadOrder threads = ThreadOrder::Rising, Order order = Order::Reluctant, std::uint32_t seed = 1) {
    const auto schedule = std::make_shared<test::Schedule>(order, seed);
    for (auto& queue : queues) queue = std::make_unique<EmulatedQueue>(schedule, 0.0F, threads);
  }
  std::array<EmulatedQueue*, cuda::kSlotsInFlight> all() const {
    return {queues[0].get(), queues[1].get(), queues[2].get()};
  }
  std::array<std::unique_ptr<EmulatedQueue>, cuda::kSlotsInFlight> queues;
};

Coded result(const EmulatedCoder& coder, std::size_t i) {
  const auto stripes = coder.stripes(i);
  const auto chunks = coder.chunks(i);
  Coded coded{{stripes.begin(), stripes.end()}, {chunks.begin(), chunks.end()}, coder.pixels_crc32(i)};
  const FilterSamples samples = coder.samples(i);
  for (std::size_t k = 0; k < samples.size(); ++k) coded.samples[k].assign(samples[k].begin(), samples[k].end());
  return coded;
}

std::vector<cuda::DevicePicture> on_device(std::span<const Raster> rasters) {
  std::vector<cuda::DevicePicture> pictures;
  for (const Raster& raster : rasters) pictures.push_back(raster.on_device());
  return pictures;
}

constexpr std::int64_t kManyBytes = std::int64_t{1} << 40;

/// batch_bytes: of stripes that are coded together.
std::vector<Coded> code_emulated(const std::vector<Raster>& rasters, const Queues& queues = Queues(),
                                 std::int64_t batch_bytes = kManyBytes) {
  EmulatedCoder coder(queues.all());
  coder.look_at(on_device(rasters));
  coder.code(std::vector<bool>(rasters.size(), true), batch_bytes);
  std::vector<Coded> coded;
  for (std::size_t i = 0; i < rasters.size(); ++i) coded.push_back(result(coder, i));
  return coded;
}

/// As the note's CRC-32 is defined: rows of the file, without filters.
std::uint32_t pixels_crc32_of(const Raster& raster) {
  std::vector<std::uint8_t> bytes;
  for (std::int64_t y = 0; y < raster.height; ++y) {
    for (std::int64_t i = 0; i < raster.pixel_row_bytes(); ++i) {
      bytes.push_back(raster.data[static_cast<std::size_t>(y * raster.row_bytes + (raster.bits == 16 ? i ^ 1 : i))]);
    }
  }
  return test::naive_crc32(bytes);
}

Bytes samples_on_cpu(const Raster& raster, math::Filter filter) {
  const image::png::FilteredRows rows(raster.pixels(), filter);
  const math::SamplePlan plan = math::plan_samples(rows.bytes());
  Bytes out(static_cast<std::size_t>(plan.bytes()));
  for (std::int64_t i = 0; i < plan.n_pieces; ++i) {
    rows.copy(plan.offset(i), static_cast<std::size_t>(plan.piece_bytes), out.data() + i * plan.piece_bytes);
  }
  return out;
}

Coded code_on_cpu(const Raster& raster) {
  const image::png::FilteredRows rows(raster.pixels(), image::png::Filter::None);
  const auto coder = std::make_unique<image::png::StripeCoder>();
  Coded coded;
  Bytes filtered(kStripeBytes + image::png::kSlackBytes);
  Bytes chunk(math::kChunkBytes + image::png::kMaxCodedBytes + image::png::kSlackBytes);
  for (std::int64_t at = 0; at < rows.bytes(); at += kStripeBytes) {
    const auto n = static_cast<std::size_t>(std::min<std::int64_t>(kStripeBytes, rows.bytes() - at));
    rows.copy(at, n, filtered.data());
    std::size_t chunk_bytes = 0;
    if (n < kStripeBytes || !image::png::is_silent(filtered.data(), n)) {
      const std::size_t coded_bytes =
          coder->code(filtered.data(), n, image::png::StripeCoder::Runs::Cells, chunk.data() + math::kChunkHeadBytes);
      chunk_bytes = image::png::close_chunk(chunk.data(), "IDAT", coded_bytes);
    }
    coded.stripes.push_back({static_cast<std::uint32_t>(chunk_bytes), libdeflate_adler32(1, filtered.data(), n)});
    coded.chunks.insert(coded.chunks.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(chunk_bytes));
  }
  coded.pixels_crc32 = pixels_crc32_of(raster);
  for (std::size_t k = 0; k < coded.samples.size(); ++k) {
    coded.samples[k] = samples_on_cpu(raster, static_cast<math::Filter>(k));
  }
  return coded;
}

void expect_same(const std::vector<Raster>& rasters, const std::vector<Coded>& coded) {
  ASSERT_EQ(coded.size(), rasters.size());
  for (std::size_t i = 0; i < rasters.size(); ++i) {
    SCOPED_TRACE("picture " + std::to_string(i) + ": " + std::to_string(rasters[i].width) + " x " +
                 std::to_string(rasters[i].height) + ", " + std::to_string(rasters[i].bits) + " bits");
    const Coded expected = code_on_cpu(rasters[i]);
    ASSERT_EQ(coded[i].stripes.size(), expected.stripes.size());
    for (std::size_t k = 0; k < expected.stripes.size(); ++k) {
      ASSERT_EQ(coded[i].stripes[k].chunk_bytes, expected.stripes[k].chunk_bytes) << "stripe " << k;
      ASSERT_EQ(coded[i].stripes[k].adler, expected.stripes[k].adler) << "stripe " << k;
    }
    ASSERT_EQ(coded[i].chunks.size(), expected.chunks.size());
    const auto [at, other] = std::mismatch(coded[i].chunks.begin(), coded[i].chunks.end(), expected.chunks.begin());
    ASSERT_TRUE(at == coded[i].chunks.end()) << "byte " << at - coded[i].chunks.begin();
    EXPECT_EQ(coded[i].pixels_crc32, expected.pixels_crc32);
    for (std::size_t k = 0; k < expected.samples.size(); ++k) {
      EXPECT_TRUE(coded[i].samples[k] == expected.samples[k]) << "samples of filter " << k;
    }
  }
}

Bytes file_of(const Raster& raster, const Coded& coded) {
  Bytes file;
  Pixels pixels = raster.pixels();
  pixels.data = nullptr;
  Coder().write(pixels, coded.pixels(), nullptr, [&](image::png::Pieces pieces) {
    for (const auto& piece : pieces) file.insert(file.end(), piece.begin(), piece.end());
  });
  return file;
}

Bytes file_of(const Raster& raster) {
  Bytes file;
  Coder().write(raster.pixels(), nullptr, {}, [&](image::png::Pieces pieces) {
    for (const auto& piece : pieces) file.insert(file.end(), piece.begin(), piece.end());
  });
  return file;
}

/// What libpng makes of a file.
Bytes pixels_by_libpng(const Bytes& file, const Raster& raster) {
  test::LibpngReader reader(file);
  EXPECT_EQ(png_get_image_width(reader.png, reader.info), raster.width);
  EXPECT_EQ(png_get_image_height(reader.png, reader.info), raster.height);
  EXPECT_EQ(png_get_bit_depth(reader.png, reader.info), raster.bits);
  return reader.rows(raster.pixel_row_bytes());
}

class PngKernels : public testing::TestWithParam<Case> {};

TEST_P(PngKernels, ChunksAreTheCpus) {
  const std::vector<Raster> rasters = GetParam().make();
  expect_same(rasters, code_emulated(rasters));
}

TEST_P(PngKernels, FilesAreTheCpus) {
  const std::vector<Raster> rasters = GetParam().make();
  const std::vector<Coded> coded = code_emulated(rasters);
  for (std::size_t i = 0; i < rasters.size(); ++i) {
    SCOPED_TRACE("picture " + std::to_string(i) + ": " + std::to_string(rasters[i].width) + " x " +
                 std::to_string(rasters[i].height) + ", " + std::to_string(rasters[i].bits) + " bits");
    const Raster& raster = rasters[i];
    const Bytes file = file_of(raster, coded[i]);
    const Bytes pixels = pixels_by_libpng(file, raster);
    for (std::int64_t y = 0; y < raster.height; ++y) {
      ASSERT_EQ(std::memcmp(pixels.data() + y * raster.pixel_row_bytes(), raster.data.data() + y * raster.row_bytes,
                            static_cast<std::size_t>(raster.pixel_row_bytes())),
                0)
          << "row " << y;
    }
    if (GetParam().writer_agrees) {
      EXPECT_TRUE(file == file_of(raster));
    }
  }
}

TEST_P(PngKernels, ThreadsAndBlocksHaveNoOrder) {
  const std::vector<Raster> rasters = GetParam().make();
  for (const ThreadOrder order : {ThreadOrder::Falling, ThreadOrder::Mixed}) {
    expect_same(rasters, code_emulated(rasters, Queues(order)));
  }
}

/// Batches of one stripe and of a few, in bad orders.
TEST_P(PngKernels, BatchesAndQueuesDoNotMatter) {
  const std::vector<Raster> rasters = GetParam().make();
  for (const auto& [stripes, order] : {std::pair{1, Order::NewestFirst}, {3, Order::Reluctant}, {7, Order::Random}}) {
    const Queues queues(ThreadOrder::Rising, order);
    expect_same(rasters, code_emulated(rasters, queues, stripes * cuda::kStripeCodingBytes));
  }
}

INSTANTIATE_TEST_SUITE_P(Table, PngKernels, testing::ValuesIn(kCases),
                         [](const testing::TestParamInfo<Case>& info) { return info.param.name; });

TEST(PngCoder, TakesManyPicturesAndNone) {
  std::mt19937 random(11);
  std::vector<Raster> rasters;
  for (int i = 0; i < 1500; ++i) {
    const std::int64_t width = 1 + random() % 40;
    const unsigned mask = random() & 255;
    rasters.push_back(raster(width, 1 + random() % 20, i % 3 == 0 ? 16 : 8, random() % 3 * 2,
                             [&](auto, auto) { return random() & mask; }));
  }
  expect_same(rasters, code_emulated(rasters));

  const Queues queues;
  EmulatedCoder coder(queues.all());
  coder.look_at({});
  coder.code({}, kManyBytes);
  for (int round = 0; round < 3; ++round) {
    for (const std::size_t i : {0, 7, 3}) {
      coder.look_at(on_device(std::span(rasters).subspan(i, 1)));
      coder.code({true}, kManyBytes);
      expect_same({rasters[i]}, {result(coder, 0)});
    }
  }
}

TEST(PngCoder, CodesOnlyWhatItIsAskedFor) {
  const std::vector<Raster> rasters = skewed();
  const Queues queues;
  EmulatedCoder coder(queues.all());
  coder.look_at(on_device(rasters));
  std::vector<bool> which;
  for (std::size_t i = 0; i < rasters.size(); ++i) which.push_back(i % 3 == 1);
  coder.code(which, 2 * cuda::kStripeCodingBytes);
  for (std::size_t i = 0; i < rasters.size(); ++i) {
    if (which[i]) {
      expect_same({rasters[i]}, {result(coder, i)});
    } else {
      EXPECT_TRUE(coder.stripes(i).empty());
    }
  }
}

/// What has no more pixels takes no more memory.
TEST(PngCoder, AllocatesNothingInTheSteadyState) {
  const std::vector<Raster> rasters = half_silence();
  const Queues queues;
  EmulatedCoder coder(queues.all());
  const auto code = [&] {
    coder.look_at(on_device(rasters));
    coder.code(std::vector<bool>(rasters.size(), true), 10 * cuda::kStripeCodingBytes);
  };
  code();
  const std::int64_t growths = test::growths;
  for (int i = 0; i < 3; ++i) code();
  EXPECT_EQ(test::growths, growths);
}

TEST(PngCoder, RefusesRowsThatAreTooLong) {
  const Queues queues;
  EmulatedCoder coder(queues.all());
  const cuda::DevicePicture picture{nullptr, 0, 0x7FFFFFFF / 3 + 1, 1, 8};
  try {
    coder.look_at({&picture, 1});
    ADD_FAILURE() << "taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Unsupported);
  }
}

TEST(CodedPixels, OfAnotherPictureAreRefused) {
  const Raster one = raster(300, 100, 8, 0, [](auto y, auto i) { return y * i; });
  const Coded coded = code_on_cpu(one);
  Raster other = one;
  other.height = 30;
  EXPECT_THROW(file_of(other, coded), Error);
  Coded cut = coded;
  cut.chunks.pop_back();
  EXPECT_THROW(file_of(one, cut), Error);
  cut = coded;
  cut.stripes[0].chunk_bytes += 1;
  EXPECT_THROW(file_of(one, cut), Error);
  cut.stripes[0].chunk_bytes = 5;
  EXPECT_THROW(file_of(one, cut), Error);
}

// ------------------------------------------------------------------------------------------------- CUDA

class CudaPngKernels : public test::OnCuda<testing::TestWithParam<Case>> {};

TEST_P(CudaPngKernels, ChunksAreTheCpus) {
#ifdef SPECTROHUE_HAVE_CUDA
  const std::vector<Raster> rasters = GetParam().make();
  for (const std::int64_t batch_bytes : {7 * cuda::kStripeCodingBytes, kManyBytes}) {
    std::vector<Coded> coded;
    for (cuda::CodedPicture& picture : cuda::code_on_device(0, on_device(rasters), batch_bytes)) {
      coded.push_back(
          {std::move(picture.stripes), std::move(picture.chunks), picture.pixels_crc32, std::move(picture.samples)});
    }
    expect_same(rasters, coded);
  }
#endif
}

INSTANTIATE_TEST_SUITE_P(Table, CudaPngKernels, testing::ValuesIn(kCases),
                         [](const testing::TestParamInfo<Case>& info) { return info.param.name; });

}  // namespace
}  // namespace spectrohue
