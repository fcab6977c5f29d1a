// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Exact encodings: every sample comes back, whatever the sound, the settings, the tiles and the two backends.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstring>
#include <memory>
#include <numbers>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/double_fft.h"
#include "cpu/cpu_backend.h"
#include "spectro/pages.h"
#include "spectro/residual.h"
#include "spectrohue/convert.h"
#include "spectrohue/error.h"
#include "support/backends.h"
#include "support/contract.h"
#include "support/emulated_device.h"
#include "support/reference.h"
#include "support/signals.h"
#include "support/sounds.h"

namespace spectrohue::test {
namespace {

using Channels = std::vector<std::vector<float>>;

/// Rounded to integers of so many bits.
std::vector<float> rounded(std::vector<float> x, int bits) {
  const double full = std::ldexp(1.0, bits - 1);
  for (float& v : x) v = static_cast<float>(std::clamp(std::nearbyint(v * full), -full, full - 1) / full);
  return x;
}

Audio sound_of(const Channels& channels, SampleFormat format) {
  Audio audio = test::sound_of(channels, 44100);
  audio.format = format;
  return audio;
}

std::vector<float> chirp(std::int64_t n) {
  std::vector<float> x(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) {
    const double t = static_cast<double>(i) / static_cast<double>(n);
    x[i] = static_cast<float>(0.5 * std::sin(0.003 * static_cast<double>(n) * (std::pow(1000.0, t) - 1)));
  }
  return x;
}
std::vector<float> square(std::int64_t n) {
  std::vector<float> x(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) x[i] = i / 37 % 2 == 0 ? 1.0F : -1.0F;
  return x;
}
std::vector<float> impulses(std::int64_t n) {
  std::vector<float> x(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; i += 1499) x[i] = i % 2 == 0 ? 0.99F : -1.0F;
  return x;
}

/// What sounds can be, rounded to integers.
std::vector<std::pair<std::string, std::vector<float>>> kinds(std::int64_t n, int bits) {
  std::vector<std::pair<std::string, std::vector<float>>> all;
  all.emplace_back("noise", rounded(noise(n, 3, 0.99F), bits));
  all.emplace_back("full-scale noise", rounded(noise(n, 4, 1.0F), bits));
  all.emplace_back("square", rounded(square(n), bits));
  all.emplace_back("chirp", rounded(chirp(n), bits));
  all.emplace_back("voice", rounded(voice(n), bits));
  all.emplace_back("soft sine", rounded(sine(n, 0.0226, 0.001F), bits));
  all.emplace_back("impulses", rounded(impulses(n), bits));
  all.emplace_back("silence", std::vector<float>(static_cast<std::size_t>(n)));
  all.emplace_back("one step", std::vector<float>(static_cast<std::size_t>(n), std::ldexp(1.0F, 1 - bits)));
  return all;
}

EncodeSettings settings_of(Encoding encoding, int n_fft = 512, int hop = 128) {
  EncodeSettings s;
  s.stft = StftSettings::for_n_fft(n_fft);
  s.stft.hop_length = hop;
  s.pixels.encoding = encoding;
  s.pixels.refine = 4;
  return s;
}

Audio back_of(Backend& encoder, Backend& decoder, const Audio& audio, const EncodeSettings& s,
              PixelSettings* used = nullptr) {
  Picture picture;
  const PictureNote note = to_picture(encoder, audio, s, picture);
  if (used != nullptr) *used = note.pixels;
  Audio back;
  to_audio(decoder, picture, note, back);
  return back;
}

class Exact : public BackendTest {
 protected:
  void expect_exact(const Audio& audio, const EncodeSettings& s) {
    const Comparison c = compare(audio, back_of(*backend_, *backend_, audio, s));
    EXPECT_EQ(c.differing, 0) << "of " << audio.n_samples << ", by up to " << c.max_error;
  }
};
SPECTROHUE_FOR_ALL_BACKENDS(Exact);

TEST_P(Exact, SixteenBitsOfAnySound) {
  for (const auto& [n_fft, hop] :
       {std::pair{512, 128}, {512, 64}, {1000, 250}, {1000, 125}, {2048, 512}, {2048, 256}}) {
    for (const auto& [name, x] : kinds(12345, 16)) {
      SCOPED_TRACE(name + ", n_fft " + std::to_string(n_fft) + ", hop " + std::to_string(hop));
      expect_exact(sound_of({x}, SampleFormat::Pcm16), settings_of(Encoding::Hsvx, n_fft, hop));
    }
  }
}

TEST_P(Exact, AnyLength) {
  for (const Encoding encoding : {Encoding::Hsvx, Encoding::Hsv16x}) {
    for (const int n_fft : {512, 2048}) {
      for (const std::int64_t n : {0, 1, 2, 511, 512, 513, 2049, 12345}) {
        SCOPED_TRACE(to_string(encoding) + ", " + std::to_string(n) + " samples, n_fft " + std::to_string(n_fft));
        expect_exact(sound_of({rounded(noise(n, 5, 0.6F), 16)}, SampleFormat::Pcm16),
                     settings_of(encoding, n_fft, n_fft / 4));
      }
    }
  }
}

TEST_P(Exact, ChannelsOfTheirOwnLevels) {
  const std::int64_t n = 9000;
  const Audio audio = sound_of(
      {rounded(voice(n), 16), std::vector<float>(n), rounded(noise(n, 8, 0.001F), 16), rounded(noise(n, 9, 0.9F), 16)},
      SampleFormat::Pcm16);
  for (const Encoding encoding : {Encoding::Hsvx, Encoding::Hsv16x}) expect_exact(audio, settings_of(encoding));
}

TEST_P(Exact, OtherWindowsCurvesEndsAndSizes) {
  const Audio audio = sound_of({rounded(voice(9001), 16), rounded(noise(9001, 2, 0.5F), 16)}, SampleFormat::Pcm16);
  for (const Encoding encoding : {Encoding::Hsvx, Encoding::Hsv16x}) {
    std::vector<EncodeSettings> all(7, settings_of(encoding));
    all[0].stft.pad_mode = PadMode::Reflect;
    all[1].stft.window = Window::Hamming;
    all[1].pixels.curve.gamma = 0.4;
    all[2].pixels.drop_top = true;
    all[2].pixels.refine = encoding == Encoding::Hsvx ? 8 : 4;
    all[3].pixels.tilt = 3;
    all[4].stft = StftSettings::for_n_fft(225);
    all[4].stft.hop_length = 45;
    all[5].stft.win_length = 400;
    all[5].stft.hop_length = 100;
    all[6].pixels.refine = PixelSettings::kOpenLoop;
    for (std::size_t i = 0; i < all.size(); ++i) {
      SCOPED_TRACE(to_string(encoding) + " " + std::to_string(i));
      if (i == 2) {
        // Without the highest bin noise is far off: fewer samples a digit, or more bits.
        const Audio soft = sound_of({rounded(voice(9001), 16)}, SampleFormat::Pcm16);
        expect_exact(soft, all[i]);
      } else {
        expect_exact(audio, all[i]);
      }
    }
  }
}

TEST_P(Exact, EightBits) {
  const Audio audio = sound_of({rounded(voice(8000), 8), rounded(noise(8000, 2, 1.0F), 8)}, SampleFormat::Pcm8);
  for (const Encoding encoding : {Encoding::Hsvx, Encoding::Hsv16x}) expect_exact(audio, settings_of(encoding));
}

TEST_P(Exact, TwentyFourBitsOfAnySound) {
  for (const auto& [n_fft, hop] : {std::pair{512, 128}, {1000, 250}, {2048, 512}, {2048, 256}}) {
    for (const auto& [name, x] : kinds(12345, 24)) {
      SCOPED_TRACE(name + ", n_fft " + std::to_string(n_fft) + ", hop " + std::to_string(hop));
      expect_exact(sound_of({x}, SampleFormat::Pcm24), settings_of(Encoding::Hsv16x, n_fft, hop));
    }
  }
}

/// Whatever loses bits is rounded to those that are kept.
TEST_P(Exact, FloatsAndLossyFormatsAreRounded) {
  for (const auto& [format, encoding, bits] : {std::tuple{SampleFormat::Lossy, Encoding::Hsvx, 16},
                                               {SampleFormat::Lossy, Encoding::Hsv16x, 24},
                                               {SampleFormat::Float32, Encoding::Hsv16x, 24},
                                               {SampleFormat::Float64, Encoding::Hsv16x, 24},
                                               {SampleFormat::Pcm32, Encoding::Hsv16x, 24}}) {
    Audio audio = sound_of({noise(5000, 6, 0.9F)}, format);
    if (format == SampleFormat::Lossy) audio.samples[77] = 1.25F;  // decoders do that
    const Audio back = back_of(*backend_, *backend_, audio, settings_of(encoding));
    std::vector<float> wanted(audio.samples.begin(), audio.samples.end());
    wanted = rounded(wanted, bits);
    EXPECT_TRUE(std::equal(wanted.begin(), wanted.end(), back.samples.begin())) << to_string(format) << bits;
  }
}

// ------------------------------------------------------------------------------------------ two backends

/// Every instruction set, and the kernels of the CUDA backend.
std::vector<std::unique_ptr<Backend>> many_backends() {
  std::vector<std::unique_ptr<Backend>> all;
  for (const std::string& set : cpu::usable_instruction_sets()) all.push_back(cpu::make_cpu_backend(set));
  all.push_back(std::make_unique<EmulatedBackend>());
  return all;
}

TEST(ExactBackends, AnyOneReadsWhatAnyOtherWrote) {
  for (const auto& [encoding, step] : {std::pair{Encoding::Hsvx, 0}, {Encoding::Hsv16x, 0}, {Encoding::Hsv16x, 1}}) {
    const int depth = encoding == Encoding::Hsvx ? 16 : 24;
    const Audio audio = sound_of({rounded(noise(6001, 3, 0.99F), depth), rounded(voice(6001), depth)},
                                 encoding == Encoding::Hsvx ? SampleFormat::Pcm16 : SampleFormat::Pcm24);
    EncodeSettings s = settings_of(encoding);
    s.pixels.code_step = step;
    for (const auto& encoder : many_backends()) {
      for (const auto& decoder : many_backends()) {
        const Comparison c = compare(audio, back_of(*encoder, *decoder, audio, s));
        EXPECT_EQ(c.differing, 0) << encoder->name() << " to " << decoder->name();
      }
    }
  }
}

/// The step of the residual leaves 1/16 bit for a transform that rounds otherwise, on either side.
TEST(ExactBackends, AnotherTransformMakesNoDifference) {
  const auto cpu = cpu::make_cpu_backend();
  const auto blurred = [] {
    return EmulatedBackend({}, Order::Reluctant, 1, static_cast<float>(contract::kFftRelativeError));
  };
  for (const auto& [name, x] : kinds(9000, 16)) {
    SCOPED_TRACE(name);
    const Audio audio = sound_of({x}, SampleFormat::Pcm16);
    const EncodeSettings s = settings_of(Encoding::Hsvx, 2048, 512);
    EmulatedBackend encoder = blurred();
    EmulatedBackend decoder = blurred();
    EXPECT_EQ(compare(audio, back_of(*cpu, decoder, audio, s)).differing, 0);
    EXPECT_EQ(compare(audio, back_of(encoder, *cpu, audio, s)).differing, 0);
    EXPECT_EQ(compare(audio, back_of(encoder, decoder, audio, s)).differing, 0);
  }
  for (const auto& [name, x] : kinds(5000, 24)) {
    SCOPED_TRACE(name);
    const Audio audio = sound_of({x}, SampleFormat::Pcm24);
    EmulatedBackend encoder = blurred();
    EXPECT_EQ(compare(audio, back_of(encoder, *cpu, audio, settings_of(Encoding::Hsv16x))).differing, 0);
  }
}

// ------------------------------------------------------------------------------------------ the format

int code_at(const Picture& picture, std::int64_t x, std::int64_t y, int channel) {
  const std::uint8_t* pixel = picture.row(y) + x * picture.layout.bytes();
  if (picture.layout.bits == 8) return pixel[channel];
  std::uint16_t code = 0;
  std::memcpy(&code, pixel + 2 * channel, 2);
  return code;
}

/// docs/format.md step by step, with a transform by its definition. Gamma only.
std::vector<double> read_by_the_book(const Picture& picture, const PictureNote& note, int c) {
  const StftSettings& s = note.stft;
  const double full = note.pixels.encoding == Encoding::Hsvx ? 32768 : 8388608;
  const int step = note.pixels.code_step;
  const int m = ((1 << note.pixels.residual_bits) - 1 + step - 1) / step * step;
  const int k = ((picture.layout.bits == 8 ? 255 : 65535) - m) / step;
  Spectrum spectrum(static_cast<std::size_t>(picture.width * s.n_bins()));
  std::vector<std::int64_t> payload(spectrum.size());
  for (std::int64_t t = 0; t < picture.width; ++t) {
    for (int bin = 0; bin < s.n_bins(); ++bin) {
      std::array<std::pair<int, int>, 3> codes;  // code, channel: smallest first
      for (int i = 0; i < 3; ++i) codes[i] = {code_at(picture, t, (c + 1) * s.n_bins() - 1 - bin, i), i};
      std::stable_sort(codes.begin(), codes.end(), [](auto x, auto y) { return x.first < y.first; });
      // Untouched pictures have whole steps.
      EXPECT_TRUE(note.ref[c] == 0 || ((codes[2].first - m) % step == 0 && (codes[1].first - m) % step == 0));
      const int a = std::clamp((codes[2].first - m) / step, 0, k);
      const int b = std::clamp((codes[1].first - m) / step, 0, a);
      constexpr int kSextant[3][3] = {{-1, 0, 5}, {1, -1, 2}, {4, 3, -1}};  // [largest][middle]
      const int sextant = kSextant[codes[2].second][codes[1].second];
      const double u = static_cast<double>(b) / std::max(a, 1);
      const double hue = sextant + (sextant % 2 == 0 ? u : 1 - u);
      spectrum[t * s.n_bins() + bin] = std::polar(note.ref[c] * std::pow(static_cast<double>(a) / k, 1 / 0.3),
                                                  hue * std::numbers::pi / 3 - std::numbers::pi);
      payload[t * s.n_bins() + bin] = codes[0].first;
    }
  }
  std::vector<double> samples = inverse(spectrum, s, make_window(s), note.n_samples);
  for (std::int64_t i = 0; i < note.n_samples; ++i) {
    std::int64_t z = 0;
    for (int j = s.n_fft / 2 / s.hop_length - 1; j >= 0; --j) {
      z = z << note.pixels.residual_bits | payload[i / s.hop_length * s.n_bins() + j * s.hop_length + i % s.hop_length];
    }
    const std::int64_t half = (z + 1) / 2;
    const auto q = static_cast<double>(z % 2 == 0 ? half : -half);
    samples[i] = std::clamp(std::nearbyint(samples[i] * full + 0.875 * q), -full, full - 1) / full;
  }
  return samples;
}

TEST_P(Exact, AsDocumented) {
  for (const auto& [encoding, step] : {std::pair{Encoding::Hsvx, 1}, {Encoding::Hsv16x, 256}, {Encoding::Hsv16x, 1}}) {
    for (const auto& [n_fft, hop] : {std::pair{64, 16}, {60, 9}, {45, 9}}) {
      const int depth = encoding == Encoding::Hsvx ? 16 : 24;
      const Audio audio = sound_of({rounded(noise(700, 1, 0.7F), depth), rounded(voice(700), depth)},
                                   depth == 16 ? SampleFormat::Pcm16 : SampleFormat::Pcm24);
      Picture picture;
      EncodeSettings s = settings_of(encoding, n_fft, hop);
      s.pixels.code_step = step == own_code_step(encoding) ? 0 : step;
      const PictureNote note = to_picture(*backend_, audio, s, picture);
      ASSERT_EQ(note.pixels.code_step, step);
      for (int c = 0; c < 2; ++c) {
        const std::vector<double> samples = read_by_the_book(picture, note, c);
        EXPECT_TRUE(std::equal(samples.begin(), samples.end(), audio.channel(c).begin()))
            << to_string(encoding) << ", code_step " << step << ", n_fft " << n_fft << ", channel " << c;
      }
    }
  }
}

TEST_P(Exact, UsesAsFewBitsAsDo) {
  EncodeSettings s = settings_of(Encoding::Hsvx);
  const Audio audio = sound_of({rounded(noise(9000, 3, 1.0F), 16)}, SampleFormat::Pcm16);
  PixelSettings used;
  back_of(*backend_, *backend_, audio, s, &used);
  const int fewest = used.residual_bits;
  ASSERT_GT(fewest, 3);
  s.pixels.residual_bits = fewest - 1;
  EXPECT_THROW(back_of(*backend_, *backend_, audio, s), Error);
  s.pixels.residual_bits = fewest + 1;
  expect_exact(audio, s);
}

/// One digit a sample is too little for what coarse codes leave of a loud sound.
TEST_P(Exact, CodesAreFineWhereCoarseOnesLeaveTooMuch) {
  const Audio loud = sound_of({rounded(noise(9000, 3, 0.99F), 24)}, SampleFormat::Pcm24);
  const Audio soft = sound_of({rounded(noise(9000, 3, 0.001F), 24)}, SampleFormat::Pcm24);
  EncodeSettings s = settings_of(Encoding::Hsv16x, 512, 256);
  PixelSettings used;
  EXPECT_EQ(compare(loud, back_of(*backend_, *backend_, loud, s, &used)).differing, 0);
  EXPECT_EQ(used.code_step, 1);
  EXPECT_EQ(compare(soft, back_of(*backend_, *backend_, soft, s, &used)).differing, 0);
  EXPECT_EQ(used.code_step, 256);
  s.pixels.code_step = 256;
  EXPECT_THROW(back_of(*backend_, *backend_, loud, s), Error);
  s.pixels.code_step = 1;
  EXPECT_EQ(compare(soft, back_of(*backend_, *backend_, soft, s, &used)).differing, 0);
  EXPECT_EQ(used.code_step, 1);
}

// ------------------------------------------------------------------------------------------ edited pictures, tiles

TEST_P(Exact, EditedColoursAreReadAsTheNearestCodes) {
  const Audio audio = sound_of({rounded(voice(20000), 24)}, SampleFormat::Pcm24);
  Picture picture;
  const PictureNote note = to_picture(*backend_, audio, settings_of(Encoding::Hsv16x), picture);
  ASSERT_EQ(note.pixels.code_step, 256);
  Audio back;
  to_audio(*backend_, picture, note, back, {}, false);
  const std::vector<float> change = noise(picture.height * picture.width * 3, 12, 1.0F);
  std::int64_t i = 0;
  for (std::int64_t y = 0; y < picture.height; ++y) {
    auto* const row = reinterpret_cast<std::uint16_t*>(picture.row(y));
    for (std::int64_t x = 0; x < picture.width; ++x) {
      std::uint16_t* const codes = row + 3 * x;
      *std::min_element(codes, codes + 3) = 0;
      for (int c = 0; c < 3; ++c, ++i) {
        const int moved = codes[c] == 0 ? 0 : codes[c] + static_cast<int>(change[i] * 127.9F);
        codes[c] = static_cast<std::uint16_t>(std::min(moved, 65535));
      }
    }
  }
  Audio again;
  to_audio(*backend_, picture, note, again, {}, false);
  EXPECT_TRUE(std::equal(back.samples.begin(), back.samples.end(), again.samples.begin()));
}

TEST_P(Exact, EditedPicturesAreReadWithoutTheirResidual) {
  for (const Encoding encoding : {Encoding::Hsvx, Encoding::Hsv16x}) {
    const Audio audio = sound_of({rounded(voice(20000), 16)}, SampleFormat::Pcm16);
    Picture picture;
    const PictureNote note = to_picture(*backend_, audio, settings_of(encoding), picture);
    Audio back;
    to_audio(*backend_, picture, note, back, {}, false);
    const Comparison c = compare(audio, back);
    EXPECT_GT(c.differing, 0);
    EXPECT_GT(c.snr_db, 55) << to_string(encoding);
    // What is in the smallest channels makes no difference then.
    for (std::int64_t y = 0; y < picture.height; ++y) {
      for (std::int64_t x = 0; x < picture.width; ++x) {
        std::uint8_t* const pixel = picture.row(y) + x * picture.layout.bytes();
        const auto clear = [](auto* codes) { *std::min_element(codes, codes + 3) = 0; };
        picture.layout.bits == 8 ? clear(pixel) : clear(reinterpret_cast<std::uint16_t*>(pixel));
      }
    }
    Audio again;
    to_audio(*backend_, picture, note, again, {}, false);
    EXPECT_TRUE(std::equal(back.samples.begin(), back.samples.end(), again.samples.begin()));
  }
}

/// A sound coded in pages, cut into tiles, some of which are edited or missing, and joined.
class ExactTiles {
 public:
  ExactTiles(Backend& backend, const Audio& audio, const EncodeSettings& s, const Cut& cut)
      : backend_(backend), audio_(audio), settings_(s), cut_(cut), n_frames_(s.stft.n_frames(audio.n_samples)) {
    Sound sound{audio.sample_rate, audio.format, audio.n_samples, {}};
    for (int c = 0; c < audio.channels; ++c) sound.channels.emplace_back(audio.channel(c));
    std::vector<float> peaks(sound.channels.size());
    raise_peaks(backend, s, sound, {0, n_frames_}, peaks);
    note_ = make_note(sound, s, references(s, peaks));
    for (ResidualBits bits(s.stft, s.pixels); !encode(sound, bits.pixels());) bits.raise(largest_);
  }

  std::int64_t size() const { return std::ssize(tiles_); }

  Audio joined(const std::vector<bool>& is_there, const std::vector<bool>& is_untouched) {
    TileLayout layout;
    for (std::int64_t i = 0; i < size(); ++i) {
      if (is_there[i]) layout.add(note_of(i), tiles_[i].width, tiles_[i].height, tiles_[i].layout);
    }
    TileJoiner joiner(backend_, layout);
    Audio out;
    out.channels = audio_.channels;
    out.n_samples = audio_.n_samples;
    out.samples.resize(audio_.samples.size());
    std::int64_t done = 0;
    for (std::int64_t i = 0; i < size(); ++i) {
      if (!is_there[i]) continue;
      const auto take = [&](const float* samples, std::int64_t stride, std::int64_t n) {
        for (int c = 0; c < out.channels; ++c) std::copy_n(samples + c * stride, n, out.channel(c).data() + done);
        done += n;
      };
      joiner.add(tiles_[i], take, is_untouched[i]);
    }
    EXPECT_EQ(done, out.n_samples);
    return out;
  }

  /// Whether a sample has a frame in a tile that is not as it was.
  bool depends_on_others(std::int64_t sample, const std::vector<bool>& is_good) const {
    const StftSettings& s = settings_.stft;
    for (std::int64_t t = 0; t < n_frames_; ++t) {
      const std::int64_t start = t * s.hop_length - s.n_fft / 2;
      if (sample >= start && sample < start + s.n_fft && !is_good[std::min(t / cut_.width, size() - 1)]) return true;
    }
    return false;
  }

 private:
  bool encode(const Sound& sound, const PixelSettings& pixels) {
    tiles_.clear();
    EncodeSettings s = settings_;
    s.pixels = note_.pixels = pixels;
    ExactPages pages(backend_, note_, cut_);
    for (std::int64_t i = 0; i < cut_.count(n_frames_); ++i) {
      Picture page;
      encode_columns(backend_, sound, s, note_.ref, cut_.piece(i, n_frames_), page);
      const auto keep = [&](const Picture& picture, Columns columns) {
        EXPECT_EQ(columns.first, std::ssize(tiles_) * cut_.width);
        copy_columns(picture, {0, columns.count}, tiles_.emplace_back());
      };
      if (!pages.add(sound, page, keep)) {
        largest_ = pages.largest();
        return false;
      }
    }
    return true;
  }
  PictureNote note_of(std::int64_t i) const {
    PictureNote note = note_;
    note.tile = {i, size(), i * cut_.width};
    return note;
  }

  Backend& backend_;
  const Audio& audio_;
  EncodeSettings settings_;
  Cut cut_;
  std::int64_t n_frames_;
  PictureNote note_;
  std::uint64_t largest_ = 0;
  std::vector<Picture> tiles_;
};

TEST_P(Exact, InTilesOfAnyWidth) {
  for (const Encoding encoding : {Encoding::Hsvx, Encoding::Hsv16x}) {
    for (const auto& [n_fft, hop] : {std::pair{64, 16}, {64, 32}, {60, 9}}) {
      EncodeSettings s = settings_of(encoding, n_fft, hop);
      if (hop == n_fft / 2) s.pixels.encoding = Encoding::Hsv16x;  // one digit holds little
      const std::int64_t n = 1500;
      const Audio audio = sound_of({rounded(noise(n, 1, 0.3F), 16), rounded(voice(n), 16)}, SampleFormat::Pcm16);
      const std::int64_t n_frames = s.stft.n_frames(n);
      const std::int64_t least = std::max<std::int64_t>(2, (n_fft + hop - 1) / hop - 1);
      for (const std::int64_t width : {least, least + 1, least + 17, n_frames - 1, n_frames, n_frames + 5}) {
        SCOPED_TRACE(to_string(s.pixels.encoding) + ", n_fft " + std::to_string(n_fft) + ", hop " +
                     std::to_string(hop) + ", width " + std::to_string(width));
        ExactTiles tiles(*backend_, audio, s, {width, 0});
        const std::vector<bool> all(static_cast<std::size_t>(tiles.size()), true);
        EXPECT_EQ(compare(audio, tiles.joined(all, all)).differing, 0);
        // An edited or a missing tile spoils the samples that depend on it and no others.
        for (const bool is_missing : {false, true}) {
          for (std::int64_t bad = 0; bad < tiles.size(); bad += 1 + tiles.size() / 3) {
            std::vector<bool> good = all;
            good[bad] = false;
            if (is_missing && tiles.size() == 1) continue;
            const Audio back = tiles.joined(is_missing ? good : all, good);
            std::int64_t off = 0;
            for (std::int64_t i = 0; i < n; ++i) {
              const bool differs =
                  back.channel(0)[i] != audio.channel(0)[i] || back.channel(1)[i] != audio.channel(1)[i];
              if (tiles.depends_on_others(i, good)) {
                off += differs ? 1 : 0;
              } else {
                ASSERT_FALSE(differs) << "sample " << i << ", tile " << bad << (is_missing ? " missing" : " edited");
              }
            }
            EXPECT_GT(off, 0) << "tile " << bad;
          }
        }
      }
    }
  }
}

// ------------------------------------------------------------------------------------------ refusals

std::string refusal(const Audio& audio, const EncodeSettings& s) {
  const auto cpu = cpu::make_cpu_backend();
  Picture picture;
  try {
    to_picture(*cpu, audio, s, picture);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

TEST(ExactRefusals, SayWhatToDo) {
  const auto x = rounded(noise(4000, 2, 0.5F), 16);
  for (const SampleFormat format :
       {SampleFormat::Pcm24, SampleFormat::Pcm32, SampleFormat::Float32, SampleFormat::Float64}) {
    EXPECT_NE(refusal(sound_of({x}, format), settings_of(Encoding::Hsvx)).find("hsv16x"), std::string::npos);
    EXPECT_EQ(refusal(sound_of({x}, format), settings_of(Encoding::Hsv16x)), "");
    EXPECT_EQ(lost_bits(format, Encoding::Hsv16x).has_value(), format != SampleFormat::Pcm24);
  }
  for (const SampleFormat format : {SampleFormat::Pcm8, SampleFormat::Pcm16}) {
    EXPECT_FALSE(lost_bits(format, Encoding::Hsv16x).has_value());
    EXPECT_FALSE(lost_bits(format, Encoding::Hsvx).has_value());
  }
  EXPECT_NE(lost_bits(SampleFormat::Lossy, Encoding::Hsv16x)->find("rounded to them"), std::string::npos);
  EXPECT_NE(lost_bits(SampleFormat::Lossy, Encoding::Hsvx)->find("keeps 16 bits"), std::string::npos);
  EXPECT_FALSE(lost_bits(SampleFormat::Lossy, Encoding::Hsv).has_value());
  const std::string of_floats = refusal(sound_of({x}, SampleFormat::Float32), settings_of(Encoding::Hsvx));
  EXPECT_NE(of_floats.find("hsv16x, which rounds them to 24"), std::string::npos);
  const std::string of_24 = refusal(sound_of({x}, SampleFormat::Pcm24), settings_of(Encoding::Hsvx));
  EXPECT_NE(of_24.find("hsv16x, which keeps 24"), std::string::npos);
  Audio loud = sound_of({x}, SampleFormat::Float32);
  loud.samples[1234] = -1.001F;
  EXPECT_NE(refusal(loud, settings_of(Encoding::Hsv16x)).find("sample 1234"), std::string::npos);
  loud.samples[1234] = 1.0F;
  EXPECT_EQ(refusal(loud, settings_of(Encoding::Hsv16x)), "");

  EncodeSettings s = settings_of(Encoding::Hsvx, 2048, 1024);
  EXPECT_NE(refusal(sound_of({rounded(noise(30000, 2, 1.0F), 16)}, SampleFormat::Pcm16), s).find("hop_length"),
            std::string::npos);
  s.stft.center = false;
  EXPECT_NE(refusal(sound_of({x}, SampleFormat::Pcm16), s).find("center"), std::string::npos);
  EXPECT_THROW(make_tiling({100, 3, false}, 1, settings_of(Encoding::Hsvx)), Error);
  EXPECT_NO_THROW(make_tiling({100, 0, true}, 1, settings_of(Encoding::Hsvx)));
}

TEST(ExactRefusals, ANoteWithoutResidualBits) {
  const auto cpu = cpu::make_cpu_backend();
  const Audio audio = sound_of({rounded(noise(4000, 2, 0.5F), 16)}, SampleFormat::Pcm16);
  Picture picture;
  PictureNote note = to_picture(*cpu, audio, settings_of(Encoding::Hsvx), picture);
  note.pixels.residual_bits = 0;
  Audio back;
  EXPECT_THROW(to_audio(*cpu, picture, note, back), Error);
}

// ------------------------------------------------------------------------------------------ the parts

TEST(Residual, ReturnsIntegersWhereDecodersDifferByASixteenth) {
  for (const double decoded : {-70000.3, -32768.49, -0.5, 0.0, 0.5, 1.0 / 3, 1234.56, 32767.9, 40000.0}) {
    for (const std::int64_t sample : {-32768, -32767, -1, 0, 1, 1235, 20000, 32767}) {
      const std::uint64_t z = residual_of(sample, decoded);
      for (const double error : {-0.0624, 0.0, 0.0624}) EXPECT_EQ(add_residual(z, decoded + error, 32768), sample);
    }
  }
  EXPECT_EQ(residual_of(0, 0.0), 0U);
  EXPECT_EQ(residual_of(-1, 0.0), 1U);
  EXPECT_EQ(residual_of(1, 0.0), 2U);
  EXPECT_EQ(add_residual(std::uint64_t{1} << 63, 0, 32768), 32767);
  EXPECT_EQ(add_residual(1, NAN, 32768), -32768);
  EXPECT_EQ(add_residual(1, INFINITY, 32768), 32767);
}

TEST(DoubleFft, IsTheInverseTransformToTheLastBits) {
  for (const int n : {16, 18, 20, 21, 25, 28, 35, 45, 49, 60, 64, 105, 128, 210, 343, 400, 1000, 1470, 2048, 2187}) {
    std::vector<DoubleBin> bins(static_cast<std::size_t>(n / 2 + 1));
    const std::vector<float> u = noise(2 * std::ssize(bins), static_cast<std::uint32_t>(n), 1.0F);
    for (std::size_t k = 0; k < bins.size(); ++k) bins[k] = {u[2 * k], u[2 * k + 1]};
    std::vector<double> x(static_cast<std::size_t>(n));
    DoubleFft(n).inverse(bins.data(), x.data());
    const auto circle = unit_circle(n);
    for (int m = 0; m < n; ++m) {
      double sum = bins[0].re;
      for (std::int64_t k = 1; k < n; ++k) {
        const DoubleBin bin = bins[static_cast<std::size_t>(std::min(k, n - k))];
        const double im = 2 * k == n ? 0 : 2 * k < n ? bin.im : -bin.im;
        sum += (std::complex<double>(bin.re, im) * circle[static_cast<std::size_t>(k * m % n)]).real();
      }
      ASSERT_NEAR(x[m], sum, 1e-12) << "n " << n << ", sample " << m;
    }
  }
}

}  // namespace
}  // namespace spectrohue::test
