// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The PNG writer and its reader. The judges are zlib, libpng, OpenCV and pngcheck; bytes of files are compared with
// each other only, never with a record.
#include "image/png_stripes.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <numeric>
#include <opencv2/imgcodecs.hpp>
#include <queue>
#include <random>
#include <string>
#include <vector>

#include "image/picture_file.h"
#include "image/png.h"
#include "image/write_options.h"
#include "math/deflate.h"
#include "spectrohue/error.h"
#include "support/libpng_reader.h"
#include "support/temp_folder.h"

namespace spectrohue::image::png {

void PrintTo(const Pixels& p, std::ostream* out) {
  *out << p.width << " x " << p.height << ", " << p.channels << " x " << p.bits << " bits";
}

namespace {

using Bytes = std::vector<std::uint8_t>;
using math::kStripeBytes;

// --- Codes.

/// Bits of an optimal code without a limit.
std::uint64_t optimal_bits(const std::vector<std::uint32_t>& counts) {
  std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>> queue;
  for (const std::uint32_t count : counts) {
    if (count != 0) queue.push(count);
  }
  std::uint64_t bits = queue.size() == 1 ? queue.top() : 0;
  while (queue.size() > 1) {
    std::uint64_t sum = queue.top();
    queue.pop();
    sum += queue.top();
    queue.pop();
    bits += sum;
    queue.push(sum);
  }
  return bits;
}

std::vector<std::uint8_t> lengths_of(const std::vector<std::uint32_t>& counts, int limit) {
  std::vector<std::uint8_t> lengths(counts.size());
  math::HuffmanWork work;
  math::huffman_lengths(counts.data(), static_cast<int>(counts.size()), limit, lengths.data(), work);
  return lengths;
}

void expect_good_code(const std::vector<std::uint32_t>& counts, int limit) {
  const std::vector<std::uint8_t> lengths = lengths_of(counts, limit);
  double kraft = 0;
  std::uint64_t bits = 0;
  int longest = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    ASSERT_EQ(counts[i] == 0, lengths[i] == 0) << i;
    if (counts[i] == 0) continue;
    kraft += std::ldexp(1.0, -lengths[i]);
    bits += std::uint64_t{counts[i]} * lengths[i];
    longest = std::max<int>(longest, lengths[i]);
    for (std::size_t j = 0; j < i; ++j) {
      if (counts[j] == 0) continue;
      const bool earlier_is_rarer = counts[j] <= counts[i];
      EXPECT_TRUE(earlier_is_rarer ? lengths[j] >= lengths[i] : lengths[j] <= lengths[i]) << j << ' ' << i;
    }
  }
  EXPECT_EQ(kraft, 1.0);
  EXPECT_LE(longest, limit);
  const std::uint64_t best = optimal_bits(counts);
  EXPECT_GE(bits, best);
  if (longest < limit) {
    EXPECT_EQ(bits, best);
  }
}

TEST(Huffman, IsOptimalAndComplete) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    const std::size_t n = 2 + random() % 285;
    std::vector<std::uint32_t> counts(n);
    const unsigned spread = random() % 12;
    for (std::uint32_t& count : counts) count = random() % 4 == 0 ? 0 : random() % 3 + (random() % 8192 >> spread);
    counts[0] += 1;
    counts[n - 1] += 1;
    SCOPED_TRACE(round);
    expect_good_code(counts, 15);
    expect_good_code(counts, 12);
    if (n <= 100) expect_good_code(counts, 7);
  }
}

TEST(Huffman, FibonacciCountsAreCutToTheLimit) {
  std::vector<std::uint32_t> counts{1, 1};
  while (counts.size() < 23) counts.push_back(counts[counts.size() - 1] + counts[counts.size() - 2]);
  ASSERT_LT(counts.back(), 65536U);
  for (const int limit : {15, 12, 7, 5}) {
    SCOPED_TRACE(limit);
    expect_good_code(counts, limit);
    const std::vector<std::uint8_t> lengths = lengths_of(counts, limit);
    EXPECT_EQ(*std::max_element(lengths.begin(), lengths.end()), limit);
  }
}

TEST(Huffman, EdgeCases) {
  EXPECT_EQ(lengths_of({0, 0, 0}, 12), (std::vector<std::uint8_t>{0, 0, 0}));
  EXPECT_EQ(lengths_of({0, 7, 0}, 12), (std::vector<std::uint8_t>{0, 1, 0}));
  EXPECT_EQ(lengths_of({0, 7, 1}, 12), (std::vector<std::uint8_t>{0, 1, 1}));
  EXPECT_EQ(lengths_of(std::vector<std::uint32_t>(256, 254), 12), std::vector<std::uint8_t>(256, 8));
}

TEST(Deflate, LengthCodes) {
  // RFC 1951, section 3.2.5.
  const int base[] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                      31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
  const int extra[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
  for (int length = math::kMinMatch; length <= math::kMaxMatch; ++length) {
    const auto i = std::upper_bound(std::begin(base), std::end(base), length) - std::begin(base) - 1;
    const math::LengthCode code = math::length_code(length);
    EXPECT_EQ(code.symbol, 257 + i) << length;
    EXPECT_EQ(code.n_extra, extra[i]) << length;
    EXPECT_EQ(code.extra, length - base[i]) << length;
    int back = 0;
    int n_extra = 0;
    math::length_of_symbol(code.symbol, back, n_extra);
    EXPECT_EQ(back, base[i]) << length;
    EXPECT_EQ(n_extra, extra[i]) << length;
  }
}

TEST(Deflate, CombinedAdler32) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    Bytes bytes(random() % 200000 + 1, 0xFF);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random() | (round % 2 == 0 ? 0xF0 : 0));
    const std::size_t cut = random() % bytes.size();
    const auto adler = [&](std::size_t from, std::size_t to) {
      return static_cast<std::uint32_t>(adler32(1, bytes.data() + from, static_cast<uInt>(to - from)));
    };
    EXPECT_EQ(math::combine_adler32(adler(0, cut), adler(cut, bytes.size()), bytes.size() - cut),
              adler(0, bytes.size()));
  }
  const Bytes zeros(300000);
  EXPECT_EQ(math::adler32_of_zeros(zeros.size()), adler32(1, zeros.data(), static_cast<uInt>(zeros.size())));
}

// --- Stripes.

using Runs = StripeCoder::Runs;

Bytes padded(Bytes bytes) {
  bytes.resize(bytes.size() + kSlackBytes, bytes.back());
  return bytes;
}

Bytes code_stripe(const Bytes& bytes, Runs runs = Runs::Cells) {
  Bytes out(kMaxCodedBytes + kSlackBytes);
  const auto coder = std::make_unique<StripeCoder>();
  const std::size_t said = coder->coded_size(padded(bytes).data(), bytes.size(), runs);
  out.resize(coder->code(padded(bytes).data(), bytes.size(), runs, out.data()));
  EXPECT_EQ(out.size(), said);
  return out;
}

/// With zlib; the stripe must end on a byte and must not be the last block.
Bytes inflate_stripe(const Bytes& coded, std::size_t most) {
  Bytes out(most + 1);
  z_stream z{};
  EXPECT_EQ(inflateInit2(&z, -15), Z_OK);
  z.next_in = const_cast<Bytef*>(coded.data());
  z.avail_in = static_cast<uInt>(coded.size());
  z.next_out = out.data();
  z.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&z, Z_SYNC_FLUSH), Z_OK);
  EXPECT_EQ(z.avail_in, 0U);
  EXPECT_EQ(z.data_type & 63, 0) << "bits are left";
  out.resize(z.total_out);
  inflateEnd(&z);
  return out;
}

bool decodes(const Bytes& coded, std::size_t n, Bytes* out = nullptr) {
  Bytes padded = coded;
  padded.resize(coded.size() + kSlackBytes, 0xA5);
  Bytes back(n + kSlackBytes);
  const auto decoder = std::make_unique<StripeDecoder>();
  const CodedStripe stripe{padded.data(), coded.size(), back.data(), n};
  const bool is_good = decoder->decode(stripe);
  Bytes twin(n + kSlackBytes);
  EXPECT_EQ(decoder->decode(stripe, {padded.data(), coded.size(), twin.data(), n}), is_good);
  if (!is_good) return false;
  back.resize(n);
  twin.resize(n);
  EXPECT_TRUE(twin == back);
  if (out != nullptr) *out = back;
  return true;
}

void expect_stripe(const Bytes& bytes) {
  for (const Runs runs : {Runs::Cells, Runs::Short, Runs::All}) {
    const Bytes coded = code_stripe(bytes, runs);
    EXPECT_LE(coded.size(), bytes.size() + math::kStoredHeaderBytes);
    EXPECT_TRUE(inflate_stripe(coded, bytes.size()) == bytes);
    Bytes back;
    EXPECT_TRUE(decodes(coded, bytes.size(), &back));
    EXPECT_TRUE(back == bytes);
  }
}

TEST(Stripe, EverySize) {
  std::mt19937 random(5);
  for (const std::size_t n : {1,   2,   3,   4,   5,   15,  16,  17,  31,  32,   33,    255,   256,   257,
                              258, 259, 260, 261, 262, 517, 518, 519, 520, 1000, 65000, 65014, 65015, 65016}) {
    SCOPED_TRACE(n);
    Bytes bytes(n);
    expect_stripe(bytes);
    bytes[n - 1] = 1;
    expect_stripe(bytes);
    std::fill(bytes.begin(), bytes.end(), 255);
    expect_stripe(bytes);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    expect_stripe(bytes);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random() % 7 * (random() % 3));
    expect_stripe(bytes);
  }
}

TEST(Stripe, EqualCountsAndFibonacci) {
  Bytes all(65016);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint8_t>(i % 256);
  expect_stripe(all);
  EXPECT_EQ(code_stripe(all)[0], 0) << "stored: eight bits a byte cannot be beaten";

  Bytes fibonacci;
  std::uint32_t a = 1;
  std::uint32_t b = 1;
  for (int symbol = 0; fibonacci.size() + a <= kStripeBytes; ++symbol) {
    fibonacci.insert(fibonacci.end(), a, static_cast<std::uint8_t>(symbol));
    b += std::exchange(a, b);
  }
  std::shuffle(fibonacci.begin(), fibonacci.end(), std::mt19937(7));
  expect_stripe(fibonacci);
  EXPECT_LT(code_stripe(fibonacci).size(), fibonacci.size() / 2);
}

TEST(Stripe, Runs) {
  std::mt19937 random(9);
  for (const int longest : {20, 40, 300, 1500}) {
    for (int round = 0; round < 60; ++round) {
      SCOPED_TRACE(longest);
      Bytes bytes;
      while (bytes.size() < 1 + random() % kStripeBytes) {
        const auto value = static_cast<std::uint8_t>(random() % 4 == 0 ? random() : 0);
        const std::size_t left = kStripeBytes - bytes.size();
        bytes.insert(bytes.end(), std::min<std::size_t>(1 + random() % static_cast<unsigned>(longest), left), value);
        for (unsigned k = random() % 3; k > 0 && bytes.size() < kStripeBytes; --k) {
          bytes.push_back(static_cast<std::uint8_t>(random()));
        }
      }
      expect_stripe(bytes);
    }
  }
}

TEST(Stripe, Silence) {
  for (const int n : {1, 2, 3, 63, 64}) {
    Bytes coded(kMaxCodedBytes + kSlackBytes);
    const auto coder = std::make_unique<StripeCoder>();
    coded.resize(coder->code_silence(n, coded.data()));
    const std::size_t bytes = static_cast<std::size_t>(n) * kStripeBytes;
    EXPECT_TRUE(inflate_stripe(coded, bytes) == Bytes(bytes));
    EXPECT_EQ(coded.size(), static_cast<std::size_t>(n * math::kZerosBytes + math::kZerosEndBytes));
    EXPECT_EQ(coded.size(), code_stripe(Bytes(kStripeBytes)).size() + 63 * static_cast<std::size_t>(n - 1));
    if (n == 1) {
      EXPECT_TRUE(coded == code_stripe(Bytes(kStripeBytes)));
    }
  }
}

TEST(Stripe, ShortRunsPayWhereLiteralsAreDear) {
  std::mt19937 random(19);
  Bytes bytes;
  while (bytes.size() < 60000) bytes.insert(bytes.end(), 4 + random() % 8, static_cast<std::uint8_t>(random()));
  expect_stripe(bytes);
  EXPECT_LT(code_stripe(bytes, Runs::All).size(), code_stripe(bytes, Runs::Cells).size() / 3);
}

TEST(Stripe, PartsThatDifferHaveCodesOfTheirOwn) {
  std::mt19937 random(21);
  Bytes alike(kStripeBytes);
  for (std::uint8_t& byte : alike) byte = static_cast<std::uint8_t>(random() % 64);
  Bytes parts = alike;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i] = static_cast<std::uint8_t>(parts[i] % 16 + 16 * (i / math::kPartBytes));
  }
  std::fill_n(parts.begin() + math::kPartBytes - 1000, 3000, 7);  // a run across the border
  expect_stripe(alike);
  expect_stripe(parts);
  EXPECT_GT(code_stripe(alike).size(), kStripeBytes * 6 / 8) << "six bits each";
  EXPECT_LT(code_stripe(parts).size(), kStripeBytes * 4 / 8) << "four bits each";
  for (const std::size_t n : {math::kPartBytes + 1, 2 * math::kPartBytes, 3 * math::kPartBytes - 1}) {
    expect_stripe(Bytes(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(n)));
  }
}

TEST(Stripe, SparseOnesTogether) {
  std::mt19937 random(23);
  const auto coder = std::make_unique<StripeCoder>();
  for (int round = 0; round < 40; ++round) {
    const int n_stripes = 2 + static_cast<int>(random() % 63);
    const std::size_t cut = n_stripes % 2 == 0 ? 0 : random() % kStripeBytes;
    Bytes bytes(static_cast<std::size_t>(n_stripes) * kStripeBytes - cut);
    for (unsigned k = random() % 2000; k > 0; --k) bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    Bytes coded(kMaxCodedBytes + kSlackBytes);
    EXPECT_EQ(coder->code_merged(n_stripes, padded(bytes).data(), bytes.size(), 10, coded.data()), 0U);
    coded.resize(coder->code_merged(n_stripes, padded(bytes).data(), bytes.size(), kMaxCodedBytes, coded.data()));
    EXPECT_TRUE(inflate_stripe(coded, bytes.size()) == bytes) << round;
    ASSERT_GT(coded.size(), static_cast<std::size_t>(math::kMergedHeadBytes));
    EXPECT_EQ(math::merged_stripes(coded[0]), (n_stripes + 1) / 2 * 2);
    Bytes back;
    EXPECT_TRUE(decodes(Bytes(coded.begin() + math::kMergedHeadBytes, coded.end()), bytes.size(), &back));
    EXPECT_TRUE(back == bytes) << round;
  }
}

TEST(Stripe, TwoDifferentOnesAtOnce) {
  std::mt19937 random(17);
  const auto decoder = std::make_unique<StripeDecoder>();
  for (int round = 0; round < 200; ++round) {
    Bytes raw[2];
    Bytes coded[2];
    Bytes out[2];
    CodedStripe stripes[2];
    for (int i = 0; i < 2; ++i) {
      raw[i].resize(round % 4 == 0 ? random() % 40 + 1 : random() % kStripeBytes + 1);
      const unsigned range = 1U << random() % 9;
      for (std::uint8_t& byte : raw[i]) byte = static_cast<std::uint8_t>(random() % range * (random() % 2));
      if (raw[i].size() > 3000) std::fill_n(raw[i].begin() + 1000, random() % 2000, 5);
      coded[i] = code_stripe(raw[i]);
      const std::size_t n_coded = coded[i].size();
      coded[i].resize(n_coded + kSlackBytes, 0x5A);
      out[i].resize(raw[i].size() + kSlackBytes);
      stripes[i] = {coded[i].data(), n_coded, out[i].data(), raw[i].size()};
    }
    ASSERT_TRUE(decoder->decode(stripes[0], stripes[1])) << round;
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(std::equal(raw[i].begin(), raw[i].end(), out[i].begin())) << round;
  }
}

TEST(Stripe, TheDecoderTakesNothingElse) {
  std::mt19937 random(11);
  Bytes bytes(3000);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random() % 9);
  std::fill_n(bytes.begin() + 500, 400, 3);
  const Bytes good = code_stripe(bytes);
  ASSERT_NE(good[0], 0);
  for (std::size_t n = 0; n < good.size(); ++n) {
    EXPECT_FALSE(decodes(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(n)), bytes.size())) << n;
  }
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_FALSE(decodes(longer, bytes.size()));
  for (const std::size_t n : {bytes.size() - 1, bytes.size() + 1, std::size_t{1}, std::size_t{kStripeBytes}}) {
    EXPECT_FALSE(decodes(good, n)) << n;
  }
  // Whatever a changed stripe is taken for, zlib takes it for the same.
  int taken = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes changed = good;
      changed[at] = static_cast<std::uint8_t>(changed[at] ^ 1 << bit);
      Bytes out;
      if (!decodes(changed, bytes.size(), &out)) continue;
      ++taken;
      EXPECT_TRUE(inflate_stripe(changed, bytes.size()) == out);
    }
  }
  EXPECT_GT(taken, 100) << "a changed code may still be one of as many literals";
  for (int round = 0; round < 20000; ++round) {  // noise behind the first bits of a dynamic block
    Bytes noise(random() % 400 + 1);
    for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>(random());
    noise[0] = static_cast<std::uint8_t>((noise[0] & 0xF8) | 4);
    decodes(noise, random() % 2000 + 1);
  }
}

// --- Whole files.

struct Kind {
  const char* name;
  int channels;
  int bits;
  bool is_indexed;
};
constexpr Kind kKinds[] = {{"rgb8", 3, 8, false},
                           {"rgb16", 3, 16, false},
                           {"gray8", 1, 8, false},
                           {"gray16", 1, 16, false},
                           {"indexed", 1, 8, true}};

enum class Content {
  Noise,
  Silence,
  Phases,
  Magnitudes,
  Gradient,
  Clicks,
  HalfSilent,
  Pauses,
  Dots,
  Runs,
  Board,
  Band,
  Tiny
};
constexpr Content kContents[] = {Content::Noise,    Content::Silence, Content::Phases, Content::Magnitudes,
                                 Content::Gradient, Content::Clicks,  Content::Dots,   Content::HalfSilent,
                                 Content::Pauses,   Content::Runs,    Content::Board,  Content::Band,
                                 Content::Tiny};

struct TestPicture {
  TestPicture(const Kind& kind, std::int64_t width, std::int64_t height, Content content, std::int64_t padding = 0);
  Pixels pixels() const;

  Kind kind;
  std::int64_t width;
  std::int64_t height;
  std::int64_t row_bytes;  ///< of pixels
  std::int64_t stride;
  Bytes data;
  std::vector<std::array<std::uint8_t, 3>> palette;
};

/// A pixel whose value is v and whose hue is anything: the largest channel v, the smallest 0.
void put_hue(std::mt19937& random, int v, int* rgb) {
  rgb[0] = v;
  rgb[1] = static_cast<int>(random() % static_cast<unsigned>(v + 1));
  rgb[2] = 0;
  std::shuffle(rgb, rgb + 3, random);
}

TestPicture::TestPicture(const Kind& k, std::int64_t w, std::int64_t h, Content content, std::int64_t padding)
    : kind(k), width(w), height(h), row_bytes(w * k.channels * (k.bits / 8)), stride(row_bytes + padding) {
  data.assign(static_cast<std::size_t>(stride * height), 0xEE);
  if (kind.is_indexed) {
    for (int i = 0; i < 256; ++i) {
      palette.push_back({static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i * 3), static_cast<std::uint8_t>(9)});
    }
  }
  std::mt19937 random(static_cast<unsigned>(w * 31 + h));
  const int most = kind.bits == 16 ? 65535 : 255;
  unsigned left = 0;
  int color[3] = {};
  for (std::int64_t y = 0; y < h; ++y) {
    for (std::int64_t x = 0; x < w; ++x) {
      int value[3] = {};
      switch (content) {
        case Content::Noise:
          for (int& v : value) v = static_cast<int>(random()) & most;
          break;
        case Content::Silence: break;
        case Content::HalfSilent:
          if (y >= h / 2) put_hue(random, most / 8, value);
          break;
        case Content::Phases:
          put_hue(random, static_cast<int>(most * (0.1 + 0.5 * static_cast<double>(y) / static_cast<double>(h))),
                  value);
          break;
        case Content::Gradient:
          for (int& v : value) v = static_cast<int>((x + y) * most / (w + h));
          break;
        case Content::Pauses:  // bands, and a tenth of a second now and then
          if (y % 300 > 60 && x % 90 > 20) put_hue(random, most / 3, value);
          break;
        case Content::Magnitudes: {
          const double wave =
              0.3 + 0.15 * std::sin(0.07 * static_cast<double>(x)) + 0.15 * std::cos(0.11 * static_cast<double>(y));
          const auto noise = [&] { return 0.06 * static_cast<double>(random() % 1000) / 1000; };
          for (int& v : value) v = static_cast<int>(most * (wave + noise()));
          break;
        }
        case Content::Clicks:
          if (random() % 5000 == 0) put_hue(random, most / 2, value);
          break;
        case Content::Dots:
          if (random() % 200000 == 0) put_hue(random, most / 2, value);
          break;
        case Content::Runs:  // a drawing
          if (left-- == 0) {
            left = random() % 25;
            put_hue(random, most, color);
          }
          std::copy_n(color, 3, value);
          break;
        case Content::Board:
          for (int& v : value) v = (x / 6 + y / 6) % 2 == 0 ? 0 : most;
          break;
        case Content::Band:  // a tone
          if (std::abs(y - h / 3) <= 8) put_hue(random, most >> std::abs(y - h / 3), value);
          break;
        case Content::Tiny:  // real and imaginary parts
          for (int& v : value) v = most / 2 + static_cast<int>(random() % 8 * (random() % 8) / 16);
          break;
      }
      for (int c = 0; c < kind.channels; ++c) {
        std::uint8_t* const to = data.data() + y * stride + (x * kind.channels + c) * (kind.bits / 8);
        const auto wide = static_cast<std::uint16_t>(value[c]);
        if (kind.bits == 16) {
          std::memcpy(to, &wide, 2);
        } else {
          *to = static_cast<std::uint8_t>(wide);
        }
      }
    }
  }
}

Pixels TestPicture::pixels() const {
  Pixels p;
  p.data = data.data();
  p.row_bytes = stride;
  p.width = width;
  p.height = height;
  p.channels = kind.channels;
  p.bits = kind.bits;
  p.palette = palette;
  return p;
}

Bytes write_bytes(Coder& coder, const TestPicture& picture, const WriteOptions& options,
                  const std::string* note = nullptr) {
  Bytes out;
  coder.write(picture.pixels(), note, options, [&](Pieces pieces) {
    for (const auto& piece : pieces) out.insert(out.end(), piece.begin(), piece.end());
  });
  return out;
}

struct Chunk {
  std::string type;
  Bytes data;
};

std::uint32_t read_big_endian(const Bytes& bytes, std::size_t at) {
  return std::uint32_t{bytes.at(at)} << 24 | std::uint32_t{bytes.at(at + 1)} << 16 |
         std::uint32_t{bytes.at(at + 2)} << 8 | bytes.at(at + 3);
}

std::vector<Chunk> chunks_of(const Bytes& png) {
  std::vector<Chunk> chunks;
  std::size_t at = 8;
  while (at + 12 <= png.size()) {
    const std::size_t n = read_big_endian(png, at);
    const auto type = png.begin() + static_cast<std::ptrdiff_t>(at) + 4;
    const auto end = type + 4 + static_cast<std::ptrdiff_t>(n);
    chunks.push_back({std::string(type, type + 4), Bytes(type + 4, end)});
    EXPECT_EQ(read_big_endian(png, at + 8 + n), crc32(0, &*type, static_cast<uInt>(n + 4)));
    at += 12 + n;
  }
  EXPECT_EQ(at, png.size());
  return chunks;
}

Bytes png_of(const std::vector<Chunk>& chunks) {
  Bytes png(kSignature.begin(), kSignature.end());
  for (const Chunk& chunk : chunks) {
    const auto put = [&](std::uint32_t value) {
      for (int i = 3; i >= 0; --i) png.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    };
    put(static_cast<std::uint32_t>(chunk.data.size()));
    const std::size_t at = png.size();
    png.insert(png.end(), chunk.type.begin(), chunk.type.end());
    png.insert(png.end(), chunk.data.begin(), chunk.data.end());
    put(static_cast<std::uint32_t>(crc32(0, png.data() + at, static_cast<uInt>(png.size() - at))));
  }
  return png;
}

/// Rows back to back in native byte order, by zlib and the specification's filters.
Bytes rows_by_zlib(const Bytes& png, const TestPicture& picture) {
  Bytes deflated;
  for (const Chunk& chunk : chunks_of(png)) {
    if (chunk.type == "IDAT") deflated.insert(deflated.end(), chunk.data.begin(), chunk.data.end());
  }
  const auto row_bytes = static_cast<std::size_t>(picture.row_bytes);
  const auto height = static_cast<std::size_t>(picture.height);
  Bytes raw((row_bytes + 1) * height + 1);
  uLongf n = raw.size();
  uLong n_in = deflated.size();
  EXPECT_EQ(uncompress2(raw.data(), &n, deflated.data(), &n_in), Z_OK);
  EXPECT_EQ(n, raw.size() - 1);
  EXPECT_EQ(n_in, deflated.size());

  Bytes rows(row_bytes * height);
  const std::size_t pixel = static_cast<std::size_t>(picture.kind.channels * picture.kind.bits / 8);
  for (std::size_t y = 0; y < height; ++y) {
    const std::uint8_t* const in = raw.data() + y * (row_bytes + 1);
    EXPECT_LE(in[0], 4);
    for (std::size_t i = 0; i < row_bytes; ++i) {
      std::uint8_t* const to = rows.data() + y * row_bytes + i;
      const int a = i >= pixel ? to[-static_cast<std::ptrdiff_t>(pixel)] : 0;
      const int b = y > 0 ? to[-static_cast<std::ptrdiff_t>(row_bytes)] : 0;
      const int c = y > 0 && i >= pixel ? to[-static_cast<std::ptrdiff_t>(row_bytes + pixel)] : 0;
      int expected = 0;
      if (in[0] == 1) expected = a;
      if (in[0] == 2) expected = b;
      if (in[0] == 3) expected = (a + b) / 2;
      if (in[0] == 4) {
        const int p = a + b - c;
        const int da = std::abs(p - a);
        const int db = std::abs(p - b);
        const int dc = std::abs(p - c);
        expected = da <= db && da <= dc ? a : (db <= dc ? b : c);
      }
      *to = static_cast<std::uint8_t>(in[1 + i] + expected);
    }
  }
  if (picture.kind.bits == 16) {
    for (std::size_t i = 0; i + 1 < rows.size(); i += 2) std::swap(rows[i], rows[i + 1]);
  }
  return rows;
}

/// Rows by libpng, as they are stored.
Bytes rows_by_libpng(const Bytes& file, const TestPicture& picture) {
  test::LibpngReader reader(file);
  EXPECT_EQ(png_get_image_width(reader.png, reader.info), picture.width);
  EXPECT_EQ(png_get_image_height(reader.png, reader.info), picture.height);
  EXPECT_EQ(png_get_bit_depth(reader.png, reader.info), picture.kind.bits);
  EXPECT_EQ(png_get_channels(reader.png, reader.info), picture.kind.channels);
  if (picture.kind.is_indexed) {
    png_colorp colors = nullptr;
    int n = 0;
    EXPECT_NE(png_get_PLTE(reader.png, reader.info, &colors, &n), 0U);
    EXPECT_EQ(static_cast<std::size_t>(n), picture.palette.size());
    for (std::size_t i = 0; i < picture.palette.size(); ++i) {
      EXPECT_EQ((std::array<std::uint8_t, 3>{colors[i].red, colors[i].green, colors[i].blue}), picture.palette[i]);
    }
  }
  return reader.rows(picture.row_bytes);
}

Bytes rows_of(const TestPicture& picture) {
  Bytes rows;
  for (std::int64_t y = 0; y < picture.height; ++y) {
    const auto row = picture.data.begin() + y * picture.stride;
    rows.insert(rows.end(), row, row + picture.row_bytes);
  }
  return rows;
}

/// As RGB.
Bytes rgb_of(const TestPicture& picture) {
  const Bytes rows = rows_of(picture);
  if (picture.kind.channels == 3) return rows;
  Bytes rgb;
  const std::size_t n = static_cast<std::size_t>(picture.kind.bits) / 8;
  for (std::size_t i = 0; i < rows.size(); i += n) {
    for (std::size_t c = 0; c < 3; ++c) {
      if (picture.kind.is_indexed) {
        rgb.push_back(picture.palette[rows[i]][c]);
      } else {
        rgb.insert(rgb.end(), rows.begin() + static_cast<std::ptrdiff_t>(i),
                   rows.begin() + static_cast<std::ptrdiff_t>(i + n));
      }
    }
  }
  return rgb;
}

/// A file without a disk.
class MemoryFile {
 public:
  explicit MemoryFile(const Bytes& bytes) : file_(fdopen(memfd_create("png", 0), "w+b")) {
    EXPECT_EQ(std::fwrite(bytes.data(), 1, bytes.size(), file_), bytes.size());
    std::rewind(file_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { std::fclose(file_); }
  std::FILE* get() const { return file_; }

 private:
  std::FILE* file_;
};

struct Outcome {
  bool threw = false;
  ErrorCode code = ErrorCode::Internal;
  std::string message;
  bool was_fast = false;
  Header header;
  Picture picture;
};

Outcome read_bytes(Decoder& decoder, const Bytes& png, int threads = 1) {
  Outcome outcome;
  try {
    outcome.header = decoder.read(MemoryFile(png).get(), outcome.picture, threads);
    outcome.was_fast = decoder.was_fast();
  } catch (const Error& e) {
    outcome.threw = true;
    outcome.code = e.code();
    outcome.message = e.what();
  }
  return outcome;
}

void expect_reads(Decoder& decoder, const Bytes& png, const TestPicture& picture, bool is_fast) {
  const Bytes expected = rows_of(picture);
  for (const int threads : {1, 3}) {
    const Outcome read = read_bytes(decoder, png, threads);
    ASSERT_FALSE(read.threw) << read.message;
    EXPECT_EQ(read.was_fast, is_fast);
    EXPECT_EQ(read.picture.width, picture.width);
    EXPECT_EQ(read.picture.height, picture.height);
    EXPECT_EQ(read.picture.layout, (PixelLayout{picture.kind.channels, picture.kind.bits}));
    EXPECT_EQ(read.header.layout, read.picture.layout);
    const std::vector<Colour> palette(picture.palette.begin(), picture.palette.end());
    EXPECT_EQ(read.picture.palette, picture.kind.is_indexed ? palette : std::vector<Colour>());
    EXPECT_TRUE(std::equal(read.picture.pixels.begin(), read.picture.pixels.end(), expected.begin(), expected.end()));
  }
}

class Written : public testing::TestWithParam<Kind> {};

TEST_P(Written, EveryReaderGetsThePixels) {
  struct Size {
    std::int64_t width;
    std::int64_t height;
  };
  Coder coder;
  Decoder decoder;
  for (const Size size :
       {Size{1, 1}, Size{1, 3}, Size{2, 1}, Size{7, 5}, Size{86, 1025}, Size{21671, 4}, Size{21672, 3}, Size{32507, 3},
        Size{32508, 5}, Size{65015, 2}, Size{65016, 3}, Size{1, 33000}}) {
    for (const Content content : kContents) {
      const TestPicture picture(GetParam(), size.width, size.height, content, size.width % 3);
      const Bytes rows = rows_of(picture);
      for (const Compression compression : {Compression::Fast, Compression::Small, Compression::Level1}) {
        const bool is_slow = compression != Compression::Fast && picture.data.size() > 100000;
        if (is_slow && content != Content::Magnitudes && content != Content::Clicks) continue;
        SCOPED_TRACE(std::to_string(size.width) + " x " + std::to_string(size.height) + ", content " +
                     std::to_string(static_cast<int>(content)) + ", " + to_string(compression));
        const std::string note = "a note";
        const Bytes png = write_bytes(coder, picture, {compression, 1}, &note);
        EXPECT_TRUE(rows_by_zlib(png, picture) == rows);
        EXPECT_TRUE(rows_by_libpng(png, picture) == rows);
        const std::vector<Chunk> chunks = chunks_of(png);
        const bool is_striped =
            std::any_of(chunks.begin(), chunks.end(), [](const Chunk& c) { return c.type == "shSZ"; });
        EXPECT_TRUE(is_striped || compression != Compression::Fast || png.size() < 9500);
        expect_reads(decoder, png, picture, is_striped);
        EXPECT_EQ(read_bytes(decoder, png).header.note_json, note);
      }
    }
  }
}

TEST_P(Written, EveryLevel) {
  Coder coder;
  const TestPicture picture(GetParam(), 300, 200, Content::Phases);
  for (int i = static_cast<int>(Compression::Fast); i <= static_cast<int>(Compression::Small); ++i) {
    const Bytes png = write_bytes(coder, picture, {static_cast<Compression>(i), 1});
    EXPECT_TRUE(rows_by_libpng(png, picture) == rows_of(picture)) << i;
    EXPECT_TRUE(write_bytes(coder, picture, {static_cast<Compression>(i), 1}) == png) << i;
  }
}

TEST_P(Written, BytesDoNotDependOnThreadsOrHistory) {
  Coder used;
  for (const Content content : {Content::Phases, Content::Magnitudes, Content::Silence, Content::HalfSilent,
                                Content::Clicks, Content::Dots, Content::Runs, Content::Band}) {
    const TestPicture picture(GetParam(), 3001, (GetParam().channels == 3 ? 1200 : 3600) / (GetParam().bits / 8),
                              content);
    Coder fresh;
    const Bytes png = write_bytes(fresh, picture, {Compression::Fast, 1});
    for (const int threads : {1, 2, 8}) {
      EXPECT_TRUE(write_bytes(used, picture, {Compression::Fast, threads}) == png) << threads;
    }
    Decoder decoder;
    expect_reads(decoder, png, picture, true);
  }
}

TEST_P(Written, OpenCvReadsIt) {
  Coder coder;
  const TestPicture picture(GetParam(), 333, 222, Content::Phases);
  const cv::Mat mat = cv::imdecode(write_bytes(coder, picture, {}), cv::IMREAD_UNCHANGED);
  ASSERT_EQ(mat.cols, picture.width);
  ASSERT_EQ(mat.rows, picture.height);
  ASSERT_EQ(mat.depth(), picture.kind.bits == 16 ? CV_16U : CV_8U);
  const Bytes rgb = rgb_of(picture);
  const std::size_t n = mat.elemSize1();
  const auto channels = static_cast<std::size_t>(mat.channels());
  for (std::size_t i = 0; i < rgb.size() / (3 * n); ++i) {
    const auto width = static_cast<std::size_t>(picture.width);
    const std::uint8_t* const pixel = mat.ptr(static_cast<int>(i / width)) + i % width * channels * n;
    for (std::size_t c = 0; c < 3; ++c) {
      const std::uint8_t* const value = pixel + (channels == 3 ? (2 - c) * n : 0);
      ASSERT_TRUE(std::equal(value, value + n, rgb.begin() + static_cast<std::ptrdiff_t>((3 * i + c) * n))) << i;
    }
  }
}

TEST_P(Written, PngcheckIsContent) {
  if (std::system("pngcheck -h >/dev/null 2>&1") == 127 * 256) GTEST_SKIP() << "pngcheck is not installed";
  const test::TempFolder folder;
  Coder coder;
  for (const Content content : kContents) {
    for (const Compression compression : {Compression::Fast, Compression::Small, Compression::Level6}) {
      const TestPicture picture(GetParam(), 500, 700, content);
      const Bytes png = write_bytes(coder, picture, {compression, 1});
      std::ofstream(folder / "a.png", std::ios::binary)
          .write(reinterpret_cast<const char*>(png.data()), static_cast<std::streamsize>(png.size()));
      const std::string command =
          "pngcheck -v '" + (folder / "a.png").string() + "' >'" + (folder / "said").string() + "'";
      EXPECT_EQ(std::system(command.c_str()), 0)
          << std::ifstream(folder / "said").rdbuf() << static_cast<int>(content) << to_string(compression);
    }
  }
}

Bytes write_with_opencv(const TestPicture& picture) {
  const int depth = picture.kind.bits == 16 ? CV_16U : CV_8U;
  const cv::Mat mat(static_cast<int>(picture.height), static_cast<int>(picture.width),
                    CV_MAKETYPE(depth, picture.kind.channels), const_cast<std::uint8_t*>(picture.data.data()));
  Bytes theirs;
  EXPECT_TRUE(cv::imencode(".png", mat, theirs));
  return theirs;
}

TEST_P(Written, IsNeverLargerThanOpenCvsDefault) {
  // OpenCV writes no palettes: indices are gray to it.
  const double palette_bytes = GetParam().is_indexed ? 12 + 3 * 256 : 0;
  // libdeflate stores fewer than 8 bytes, which costs as many.
  constexpr double kFewBytes = 8;
  struct Size {
    std::int64_t width;
    std::int64_t height;
  };
  Coder coder;
  for (const Content content : kContents) {
    for (const Size size : {Size{400, 1025}, Size{3000, 600}, Size{1, 1}, Size{2, 2}, Size{1, 100}, Size{100, 1},
                            Size{30, 30}, Size{100, 200}, Size{1, 30000}, Size{30000, 1}, Size{65500, 16}}) {
      const TestPicture picture(GetParam(), size.width, size.height, content);
      const double theirs = static_cast<double>(write_with_opencv(picture).size()) + palette_bytes;
      const auto ours = [&](Compression compression) {
        return static_cast<double>(write_bytes(coder, picture, {compression, 1}).size());
      };
      SCOPED_TRACE("content " + std::to_string(static_cast<int>(content)) + ", " + std::to_string(size.width) + " x " +
                   std::to_string(size.height));
      const double fast = ours(Compression::Fast);
      EXPECT_LE(fast, 1.02 * theirs + kFewBytes);
      if (size.width <= 400) {
        EXPECT_LE(ours(Compression::Small), fast);
      }
      if (size.width >= 400 && size.height >= 600 && content == Content::Phases && picture.kind.channels == 3) {
        EXPECT_LE(fast, (picture.kind.bits == 8 ? 0.8 : 0.82) * theirs);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Table, Written, testing::ValuesIn(kKinds),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Sizes, SilenceIsNotWorseThanZlib) {
  Coder coder;
  for (const Kind& kind : kKinds) {
    const TestPicture picture(kind, 2584, 1025, Content::Silence);
    const std::size_t n = static_cast<std::size_t>((picture.row_bytes + 1) * picture.height);
    uLongf theirs = compressBound(n);
    Bytes zlib(theirs);
    ASSERT_EQ(compress2(zlib.data(), &theirs, Bytes(n).data(), n, 1), Z_OK);
    EXPECT_LE(static_cast<double>(write_bytes(coder, picture, {}).size()), 1.1 * static_cast<double>(theirs))
        << kind.name;
  }
}

TEST(Sink, IsCalledAFewTimesWithAFewPieces) {
  Coder coder;
  const TestPicture picture(kKinds[0], 2584, 1025, Content::Phases);  // 30 s, 8 MB
  int calls = 0;
  coder.write(picture.pixels(), nullptr, {}, [&](Pieces pieces) {
    ++calls;
    EXPECT_LE(pieces.size(), 70U);
  });
  EXPECT_LE(calls, 2);
}

TEST(Sink, WhatItThrowsComesOut) {
  Coder coder;
  const TestPicture picture(kKinds[0], 10, 10, Content::Phases);
  const Bytes before = write_bytes(coder, picture, {});
  EXPECT_THROW(coder.write(picture.pixels(), nullptr, {}, [](Pieces) { throw Error(ErrorCode::Write, "full"); }),
               Error);
  EXPECT_TRUE(write_bytes(coder, picture, {}) == before) << "the coder is still good";
}

TEST(CompressionNames, Return) {
  for (int i = static_cast<int>(Compression::Fast); i <= static_cast<int>(Compression::Small); ++i) {
    EXPECT_EQ(compression_from_string(to_string(static_cast<Compression>(i))), static_cast<Compression>(i));
  }
  EXPECT_EQ(compression_from_string("12"), Compression::Level12);
  for (const char* name : {"", "0", "13", "Fast", " 1", "best"}) EXPECT_THROW(compression_from_string(name), Error);
}

// --- Damage.

/// The same file, but libpng has to read it.
Bytes without_fast_path(const Bytes& png) {
  std::vector<Chunk> chunks = chunks_of(png);
  for (Chunk& chunk : chunks) {
    if (chunk.type == "shSZ") chunk.type = "shSY";
  }
  return png_of(chunks);
}

void expect_same_outcome(Decoder& decoder, const Bytes& png) {
  const Outcome ours = read_bytes(decoder, png);
  const Outcome theirs = read_bytes(decoder, without_fast_path(png));
  ASSERT_FALSE(theirs.was_fast);
  ASSERT_EQ(ours.threw, theirs.threw) << ours.message << theirs.message;
  EXPECT_EQ(ours.message, theirs.message);
  if (ours.threw) return;
  EXPECT_EQ(ours.header.description, theirs.header.description);
  EXPECT_EQ(ours.header.note_json, theirs.header.note_json);
  EXPECT_TRUE(std::equal(ours.picture.pixels.begin(), ours.picture.pixels.end(), theirs.picture.pixels.begin(),
                         theirs.picture.pixels.end()));
}

class Damaged : public testing::TestWithParam<Kind> {};

TEST_P(Damaged, CutsAndChangedBytesAreRefused) {
  Coder coder;
  Decoder decoder;
  for (const Content content : {Content::Phases, Content::Silence, Content::Noise}) {
    const TestPicture picture(GetParam(), 9, 11, content);
    const Bytes png = write_bytes(coder, picture, {});
    for (std::size_t n = 8; n < png.size(); ++n) {
      const Outcome o = read_bytes(decoder, Bytes(png.begin(), png.begin() + static_cast<std::ptrdiff_t>(n)));
      EXPECT_TRUE(o.threw && o.code == ErrorCode::BadFormat) << n << o.message;
    }
    for (std::size_t at = 0; at < png.size(); ++at) {
      for (const int flip : {0xFF, 0x01, 0x20, 0x80}) {
        Bytes changed = png;
        changed[at] = static_cast<std::uint8_t>(changed[at] ^ flip);
        const Outcome o = read_bytes(decoder, changed);
        EXPECT_TRUE(o.threw && o.code == ErrorCode::BadFormat) << at << ' ' << flip << o.message;
      }
    }
  }
}

TEST_P(Damaged, LibpngDecidesWhatAnUnusualFileIs) {
  Coder coder;
  Decoder decoder;
  std::mt19937 random(13);
  // Several stripes, some of them silent or together; then what a stripe holds is changed, and its checksum made right
  // again.
  for (const Content content :
       {Content::Phases, Content::Magnitudes, Content::HalfSilent, Content::Runs, Content::Clicks}) {
    const std::int64_t width = content == Content::Clicks ? 3000 : 300;  // sparse: several stripes in a chunk
    const TestPicture picture(GetParam(), width, 1400 * 8 / GetParam().bits / GetParam().channels, content);
    const std::vector<Chunk> chunks = chunks_of(write_bytes(coder, picture, {}));
    std::vector<std::size_t> idats;
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      if (chunks[i].type == "IDAT") idats.push_back(i);
    }
    ASSERT_GE(idats.size(), 4U);
    for (int round = 0; round < 80; ++round) {
      std::vector<Chunk> changed = chunks;
      Chunk& chunk = changed[idats[random() % idats.size()]];
      Bytes& data = chunk.data;
      const std::size_t at = random() % (round % 3 == 0 ? std::min<std::size_t>(data.size(), 40) : data.size());
      const auto here = data.begin() + static_cast<std::ptrdiff_t>(at);
      switch (round % 8) {
        case 0: data.erase(here); break;
        case 1: data.insert(here, static_cast<std::uint8_t>(random())); break;
        case 2: data.resize(at); break;
        case 3: data.insert(data.end(), 63, 0); break;
        default: *here = static_cast<std::uint8_t>(*here ^ 1 << random() % 8); break;
      }
      SCOPED_TRACE(round);
      expect_same_outcome(decoder, png_of(changed));
    }
    // Chunks that come in another order, twice, not at all, cut in two, or behind the pixels.
    for (const std::size_t i : idats) {
      std::vector<Chunk> changed = chunks;
      std::swap(changed[i], changed[idats[random() % idats.size()]]);
      expect_same_outcome(decoder, png_of(changed));
      changed = chunks;
      changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(i), chunks[i]);
      expect_same_outcome(decoder, png_of(changed));
      changed = chunks;
      changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
      expect_same_outcome(decoder, png_of(changed));
      changed = chunks;
      const auto middle = static_cast<std::ptrdiff_t>(chunks[i].data.size() / 2);
      changed[i].data.erase(changed[i].data.begin() + middle, changed[i].data.end());
      changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                     {"IDAT", Bytes(chunks[i].data.begin() + middle, chunks[i].data.end())});
      expect_same_outcome(decoder, png_of(changed));
    }
    std::vector<Chunk> changed = chunks;
    changed.insert(changed.end() - 1, {"tEXt", Bytes{'s', 'p', 'e', 'c', 't', 'r', 'o', 'h', 'u', 'e', 0, 'x'}});
    expect_same_outcome(decoder, png_of(changed));
    // Another header than the stripes were made for.
    for (const std::size_t at : {3, 7, 8, 9, 12}) {
      changed = chunks;
      changed[0].data[at] = static_cast<std::uint8_t>(changed[0].data[at] ^ (at == 8 ? 24 : 1));
      expect_same_outcome(decoder, png_of(changed));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Table, Damaged, testing::ValuesIn(kKinds),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Files, OfSeveralPicturesWithOneWorkspace) {
  const test::TempFolder folder;
  Workspace workspace;
  PictureFile file;
  for (const Content content : {Content::Phases, Content::Silence, Content::Noise}) {
    const TestPicture made(kKinds[1], 900, 700, content);
    Picture picture;
    picture.width = made.width;
    picture.height = made.height;
    picture.layout.bits = 16;
    picture.pixels.resize(made.data.size());
    std::copy(made.data.begin(), made.data.end(), picture.pixels.begin());
    write_png(folder / "a.png", picture, nullptr, {Compression::Fast, 2}, workspace);
    read(folder / "a.png", file, workspace, 2);
    EXPECT_TRUE(std::equal(file.picture.pixels.begin(), file.picture.pixels.end(), made.data.begin(), made.data.end()));
  }
}

}  // namespace
}  // namespace spectrohue::image::png
