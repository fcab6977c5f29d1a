// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Closed-loop quantisation: what it gains, that it does not run away, and that the picture stays an ordinary one.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include "spectrohue/convert.h"
#include "spectrohue/error.h"
#include "support/backends.h"
#include "support/reference.h"
#include "support/signals.h"
#include "support/sounds.h"

namespace spectrohue::test {
namespace {

constexpr int kOpen = PixelSettings::kOpenLoop;

Audio mono(const std::vector<float>& x) { return test::mono_sound(x, 44100); }

std::vector<float> made_by(std::int64_t n, const std::function<double(double)>& f) {
  std::vector<float> x(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) x[i] = static_cast<float>(f(static_cast<double>(i)));
  return x;
}

EncodeSettings settings(int refine, Encoding encoding = Encoding::Hsv, int n_fft = 2048, int hop = 512) {
  EncodeSettings s;
  s.stft = StftSettings::for_n_fft(n_fft);
  s.stft.hop_length = hop;
  s.pixels.encoding = encoding;
  s.pixels.refine = refine;
  return s;
}

class ClosedLoop : public BackendTest {
 protected:
  double snr(const std::vector<float>& x, const EncodeSettings& s) {
    const Audio audio = mono(x);
    const PictureNote note = to_picture(*backend_, audio, s, picture_);
    Audio back;
    to_audio(*backend_, picture_, note, back);
    return compare(audio, back).snr_db;
  }
  Picture picture_;
};
SPECTROHUE_FOR_ALL_BACKENDS(ClosedLoop);

TEST_P(ClosedLoop, GainsOverPlainRounding) {
  for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
    for (const auto& x : {voice(90000), noise(90000, 5, 0.9F)}) {
      const double open = snr(x, settings(kOpen, encoding));
      const double fed_back = snr(x, settings(0, encoding));
      const double swept = snr(x, settings(4, encoding));
      EXPECT_GT(fed_back, open + 8.5);
      EXPECT_GT(swept, open + 12.5);
      EXPECT_GT(snr(x, settings(8, encoding)), swept);
    }
  }
}

TEST_P(ClosedLoop, DoesNotRunAwayOnStationaryAndExtremeSignals) {
  constexpr double kTurn = 2 * std::numbers::pi;
  constexpr std::int64_t kLength = 100000;
  const std::pair<const char*, std::function<double(double)>> signals[] = {
      {"sine on a bin", [](double i) { return 0.9 * std::sin(kTurn * i * 20 / 2048); }},
      {"sine between bins", [](double i) { return 0.9 * std::sin(kTurn * i * 20.5 / 2048); }},
      {"sine near a bin", [](double i) { return 0.9 * std::sin(kTurn * i * 20.03 / 2048); }},
      {"low sine", [](double i) { return 0.9 * std::sin(kTurn * i * 0.7 / 2048); }},
      {"high sine", [](double i) { return 0.9 * std::sin(kTurn * i * 1023.2 / 2048); }},
      {"two sines", [](double i) { return 0.45 * (std::sin(kTurn * i * 0.01) + std::sin(kTurn * i * 0.0104)); }},
      {"square", [](double i) { return std::fmod(i, 100) < 50 ? 1.0 : -1.0; }},
      {"constant", [](double) { return 1.0; }},
      {"Nyquist", [](double i) { return std::fmod(i, 2) == 0 ? 0.9 : -0.9; }},
      {"tremolo", [](double i) { return 0.5 * std::sin(0.05 * i) * (1 + std::sin(0.0005 * i)); }},
      {"fade", [](double i) { return std::sin(0.05 * i) * std::exp(-i / 8000); }},
      {"pulses", [](double i) { return std::fmod(i, 3000) == 0 ? 1.0 : 0.0; }},
      {"one click", [](double i) { return i == 50000 ? 1.0 : 0.0; }},
      {"sweep", [](double i) { return 0.9 * std::sin(1.5e-5 * i * i); }},
  };
  for (const auto& [name, f] : signals) {
    const std::vector<float> x = made_by(kLength, f);
    const double open = snr(x, settings(kOpen));
    const double fed_back = snr(x, settings(0));
    const double swept = snr(x, settings(4));
    std::printf("%-18s open %6.1f  feedback %6.1f  and 4 sweeps %6.1f dB\n", name, open, fed_back, swept);
    EXPECT_GE(fed_back, open) << name;
    EXPECT_GE(swept, open + 4) << name;
  }
}

TEST_P(ClosedLoop, IsNeverWorseThanPlainRoundingEvenWhenTheReferenceClips) {
  for (const double ref : {2.0, 20.0, 100.0}) {
    EncodeSettings s = settings(kOpen);
    s.ref = {Reference::Kind::Fixed, ref};
    const std::vector<float> x = voice(40000);
    const double open = snr(x, s);
    for (const int sweeps : {0, 2}) {
      s.pixels.refine = sweeps;
      EXPECT_GE(snr(x, s), open - 1e-6) << "ref " << ref << ", " << sweeps << " sweeps";
    }
  }
}

TEST_P(ClosedLoop, OtherSizesHopsWindowsAndEnds) {
  const std::vector<float> x = noise(20000, 3);
  for (const auto& [n_fft, hop] :
       {std::pair{2048, 1024}, {2048, 256}, {400, 100}, {400, 160}, {1000, 250}, {225, 75}, {512, 64}, {16, 4}}) {
    EXPECT_GT(snr(x, settings(4, Encoding::Hsv, n_fft, hop)), snr(x, settings(kOpen, Encoding::Hsv, n_fft, hop)) + 4)
        << n_fft << "/" << hop;
  }
  EncodeSettings s = settings(4, Encoding::Hsv, 512, 128);
  s.stft.window = Window::Hamming;
  EXPECT_GT(snr(x, s), 60);
  s.stft.pad_mode = PadMode::Reflect;
  EXPECT_GT(snr(x, s), 60);
  s.stft.win_length = 400;
  s.stft.hop_length = 100;
  EXPECT_GT(snr(x, s), 60);
  // Where samples are held by little window, sweeps must not undo what feedback reached.
  const std::vector<float> longer = voice(30000);
  s = settings(0);
  s.stft.center = false;
  double fed_back = snr(longer, s);
  s.pixels.refine = 4;
  EXPECT_GE(snr(longer, s), fed_back) << "uncentred";
  s = settings(0, Encoding::Hsv, 2048, 1400);
  fed_back = snr(longer, s);
  s.pixels.refine = 4;
  EXPECT_GE(snr(longer, s), fed_back) << "hop 1400";
  s = settings(4);
  for (const int n : {0, 1, 2, 511, 2047, 2048, 2049}) EXPECT_GT(snr(noise(n, 8), s), 55) << n;
}

TEST_P(ClosedLoop, MakesUpForADroppedTop) {
  const auto dropped = [&](const std::vector<float>& x, int refine, Encoding encoding = Encoding::Hsv) {
    EncodeSettings s = settings(refine, encoding);
    s.pixels.drop_top = true;
    return snr(x, s);
  };
  // Where there is nothing at half the rate, nothing is lost.
  const std::vector<float> quiet_top = made_by(90000, [](double i) {
    const double fade = std::pow(std::sin(std::numbers::pi * i / 90000), 2);
    return fade * (0.4 * std::sin(0.01 * i) + 0.2 * std::sin(0.3 * i + std::sin(1e-3 * i)) + 0.1 * std::sin(1.7 * i));
  });
  for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
    for (const int refine : {kOpen, 0, 4}) {
      EXPECT_GT(dropped(quiet_top, refine, encoding), snr(quiet_top, settings(refine, encoding)) - 0.5) << refine;
    }
  }
  // Of white noise it takes 1 / 2048 of the energy, which the other bins of overlapping frames can carry.
  const std::vector<float> white = noise(90000, 5, 0.9F);
  const double open = dropped(white, kOpen);
  EXPECT_GT(open, 33);
  EXPECT_GE(dropped(white, 0), open);
  EXPECT_GT(dropped(white, 4), open + 12);
  EXPECT_GT(dropped(white, 16), snr(white, settings(16)) - 1);
}

TEST_P(ClosedLoop, SilenceStaysExact) {
  const Audio x = mono(std::vector<float>(5000, 0.0F));
  const PictureNote note = to_picture(*backend_, x, settings(4), picture_);
  EXPECT_TRUE(std::all_of(picture_.pixels.begin(), picture_.pixels.end(), [](auto b) { return b == 0; }));
}

TEST(ClosedLoopInstructionSets, WriteTheSamePicture) {
  const Audio x = mono(voice(70000));
  const std::vector<std::string> sets = cpu::usable_instruction_sets();
  const std::unique_ptr<Backend> reference = cpu::make_cpu_backend(sets.back());
  for (const std::string& isa : sets) {
    const std::unique_ptr<Backend> backend = cpu::make_cpu_backend(isa);
    for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
      for (const auto& [n_fft, hop] : {std::pair{2048, 512}, {225, 75}, {400, 160}}) {
        const EncodeSettings s = settings(3, encoding, n_fft, hop);
        Picture expected;
        Picture picture;
        to_picture(*reference, x, s, expected);
        to_picture(*backend, x, s, picture);
        EXPECT_TRUE(
            std::equal(picture.pixels.begin(), picture.pixels.end(), expected.pixels.begin(), expected.pixels.end()))
            << isa << " " << to_string(encoding) << " " << n_fft;
      }
    }
  }
}

TEST_P(ClosedLoop, SaturationStaysFull) {
  // The smallest channel of every pixel is 0: it is an ordinary hsv picture.
  const Audio x = mono(noise(9000, 4));
  to_picture(*backend_, x, settings(4), picture_);
  for (std::size_t i = 0; i < picture_.pixels.size(); i += 3) {
    ASSERT_EQ(std::min({picture_.pixels[i], picture_.pixels[i + 1], picture_.pixels[i + 2]}), 0) << i;
  }
}

TEST(ClosedLoopSettings, SweepsAreBounded) {
  EncodeSettings s = settings(PixelSettings::kMaxRefine + 1);
  EXPECT_THROW(validate(s), Error);
  s.pixels.refine = -2;
  EXPECT_THROW(validate(s), Error);
}

}  // namespace
}  // namespace spectrohue::test
