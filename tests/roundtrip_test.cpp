// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Sound to picture and back, in memory: quality, exact length, and the cases at the edges.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "spectrohue/convert.h"
#include "spectrohue/error.h"
#include "support/backends.h"
#include "support/reference.h"
#include "support/signals.h"
#include "support/sounds.h"

namespace spectrohue::test {
namespace {

Audio mono(const std::vector<float>& x) { return test::mono_sound(x, 44100); }

EncodeSettings settings(Encoding encoding, int n_fft = 2048, int hop = 512) {
  EncodeSettings s;
  s.stft = StftSettings::for_n_fft(n_fft);
  s.stft.hop_length = hop;
  s.pixels.encoding = encoding;
  return s;
}

class RoundTrip : public BackendTest {
 protected:
  Audio back(const Audio& audio, const EncodeSettings& s) {
    const PictureNote note = to_picture(*backend_, audio, s, picture_);
    EXPECT_EQ(picture_.width, s.stft.n_frames(audio.n_samples));
    EXPECT_EQ(picture_.height, static_cast<std::int64_t>(audio.channels) * n_rows(s.stft, s.pixels));
    Audio out;
    to_audio(*backend_, picture_, note, out);
    EXPECT_EQ(out.n_samples, audio.n_samples);
    EXPECT_EQ(out.channels, audio.channels);
    EXPECT_EQ(out.sample_rate, audio.sample_rate);
    return out;
  }
  double snr(const Audio& audio, const EncodeSettings& s) { return compare(audio, back(audio, s)).snr_db; }

  Picture picture_;
};
SPECTROHUE_FOR_ALL_BACKENDS(RoundTrip);

TEST_P(RoundTrip, QualityAtTheDefaults) {
  for (const auto& x : {voice(60000), noise(60000, 5, 0.9F), sine(60000, 0.0123)}) {
    EXPECT_GT(snr(mono(x), settings(Encoding::Hsv)), 48);
    EXPECT_GT(snr(mono(x), settings(Encoding::Hsv16)), 95);
  }
}

TEST_P(RoundTrip, EveryLengthAroundAFrame) {
  for (const int n : {1, 2, 511, 512, 513, 2047, 2048, 2049, 10000}) {
    EXPECT_GT(snr(mono(noise(n, 40 + n)), settings(Encoding::Hsv)), 46) << n;
    EXPECT_GT(snr(mono(noise(n, 40 + n)), settings(Encoding::Hsv16)), 93) << n;
  }
}

TEST_P(RoundTrip, FewerFramesCostTheLastSamplesOnly) {
  for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
    const double least = encoding == Encoding::Hsv ? 46 : 93;
    for (const auto& [n_fft, hop] : {std::pair{2048, 512}, {400, 200}}) {
      for (const int n : {1, hop - 1, hop, hop + 1, 10 * hop, 11 * hop - 1}) {
        SCOPED_TRACE(to_string(encoding) + " " + std::to_string(n_fft) + " " + std::to_string(n));
        EncodeSettings s = settings(encoding, n_fft, hop);
        s.stft.frames = FrameCount::Floor;
        const Audio x = mono(noise(n, 40 + n));
        const Audio y = back(x, s);
        EXPECT_EQ(picture_.width, 1 + n / hop);
        if (n < 2 * hop) continue;
        Comparer inside;
        inside.add(x.samples.data(), y.samples.data(), n / hop * hop);
        EXPECT_GT(inside.result().snr_db, least - (hop * 2 == n_fft ? 5 : 0));
        for (std::int64_t i = 0; i < n; ++i) ASSERT_LT(std::fabs(y.samples[i]), 4.0F) << i << ": no blow-up at the end";
      }
    }
  }
  EncodeSettings s = settings(Encoding::Hsv16);
  s.stft.frames = FrameCount::Floor;
  EXPECT_GT(snr(mono(noise(11 * 512 - 1)), s), 80) << "the last 511 samples have two frames of four";
}

TEST_P(RoundTrip, OtherSizesAndHops) {
  const Audio x = mono(noise(20000, 3));
  for (const auto& [n_fft, hop, least] : {std::tuple{2048, 1024, 44.0},
                                          {2048, 256, 49.0},
                                          {400, 100, 47.0},
                                          {400, 160, 45.0},
                                          {1000, 250, 47.0},
                                          {225, 75, 45.0},
                                          {512, 64, 49.0},
                                          {16, 4, 46.0}}) {
    EXPECT_GT(snr(x, settings(Encoding::Hsv, n_fft, hop)), least) << n_fft << "/" << hop;
    EXPECT_GT(snr(x, settings(Encoding::Hsv16, n_fft, hop)), least + 46) << n_fft << "/" << hop;
  }
}

TEST_P(RoundTrip, AllCurves) {
  const Audio x = mono(voice(30000));
  const std::pair<CurveKind, double> least[] = {{CurveKind::Gamma, 48},
                                                {CurveKind::Db, 40},
                                                {CurveKind::Linear, 20},
                                                {CurveKind::AdaptiveLog, 35},
                                                {CurveKind::DoubleLog, 30}};
  for (const auto& [kind, db] : least) {
    EncodeSettings s = settings(Encoding::Hsv);
    s.pixels.curve.kind = kind;
    EXPECT_GT(snr(x, s), db) << to_string(kind);
  }
}

TEST_P(RoundTrip, NoSamplesMakeOneBlackColumn) {
  const Audio out = back(mono({}), settings(Encoding::Hsv));
  EXPECT_EQ(out.n_samples, 0);
  EXPECT_EQ(picture_.width, 1);
  EXPECT_TRUE(std::all_of(picture_.pixels.begin(), picture_.pixels.end(), [](auto b) { return b == 0; }));
}

TEST_P(RoundTrip, SilenceStaysExactlySilent) {
  for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
    const Audio x = mono(std::vector<float>(5000, 0.0F));
    EXPECT_EQ(compare(x, back(x, settings(encoding))).differing, 0);
    EXPECT_TRUE(std::all_of(picture_.pixels.begin(), picture_.pixels.end(), [](auto b) { return b == 0; }));
  }
}

TEST_P(RoundTrip, SilenceBesideSoundStaysExactlySilent) {
  std::vector<float> x = noise(40000, 9);
  std::fill(x.begin() + 10000, x.begin() + 30000, 0.0F);
  const Audio out = back(mono(x), settings(Encoding::Hsv));
  for (int i = 10000 + 2048; i < 30000 - 2048; ++i) ASSERT_EQ(out.samples[i], 0.0F) << i;
}

TEST_P(RoundTrip, LoudSignals) {
  std::vector<float> square(30000);
  for (std::size_t i = 0; i < square.size(); ++i) square[i] = i / 50 % 2 == 0 ? 1.0F : -1.0F;
  EXPECT_GT(snr(mono(square), settings(Encoding::Hsv)), 46);
  EXPECT_GT(snr(mono(square), settings(Encoding::Hsv16)), 92);
  EXPECT_GT(snr(mono(std::vector<float>(30000, 1.0F)), settings(Encoding::Hsv)), 46);  // DC
  std::vector<float> nyquist(30000);
  for (std::size_t i = 0; i < nyquist.size(); ++i) nyquist[i] = i % 2 == 0 ? 0.9F : -0.9F;
  EXPECT_GT(snr(mono(nyquist), settings(Encoding::Hsv)), 46);
}

TEST_P(RoundTrip, LevelComesBackOverTheWholeFloatRange) {
  for (const float amplitude : {1e-20F, 1e-6F, 1e-3F, 1.0F, 100.0F, 1e9F}) {
    EXPECT_GT(snr(mono(noise(8000, 2, amplitude)), settings(Encoding::Hsv)), 47) << amplitude;
  }
}

TEST_P(RoundTrip, ChannelsStayApart) {
  for (int channels = 1; channels <= 8; ++channels) {
    std::vector<std::vector<float>> levels;
    for (int c = 0; c < channels; ++c) {
      // Each its own level, one of them silent.
      levels.push_back(noise(3000, 60 + c, c == 2 ? 0.0F : std::pow(10.0F, static_cast<float>(-c) / 2)));
    }
    const Audio audio = test::sound_of(levels, 8000);
    const Audio out = back(audio, settings(Encoding::Hsv));
    for (int c = 0; c < channels; ++c) {
      if (c == 2) {
        for (const float v : out.channel(c)) ASSERT_EQ(v, 0.0F);
      } else {
        EXPECT_GT(snr_db(audio.channel(c), out.channel(c)), 46) << channels << " channels, channel " << c;
      }
    }
  }
}

TEST_P(RoundTrip, FixedReferencesClipOnlyWhatIsLouder) {
  EncodeSettings s = settings(Encoding::Hsv);
  s.ref = {Reference::Kind::FullScale, 0};
  const PictureNote note = to_picture(*backend_, mono(sine(9000, 0.01, 0.5F)), s, picture_);
  ASSERT_EQ(note.ref.size(), 1U);
  EXPECT_NEAR(note.ref[0], 512, 1e-9);
  EXPECT_GT(snr(mono(sine(9000, 0.01, 0.5F)), s), 44);
  s.ref = {Reference::Kind::Fixed, 1000};
  EXPECT_GT(snr(mono(sine(9000, 0.01, 0.5F)), s), 43);
}

TEST_P(RoundTrip, TheNoteSaysTheReference) {
  const std::vector<float> x = noise(5000, 77);
  const EncodeSettings s = settings(Encoding::Hsv, 256, 64);
  const PictureNote note = to_picture(*backend_, mono(x), s, picture_);
  const std::vector<double> window = make_window(s.stft);
  double peak = 0;
  for (std::int64_t t = 0; t < s.stft.n_frames(5000); ++t) {
    for (const auto& bin : frame_spectrum(x, s.stft, window, t)) peak = std::max(peak, std::abs(bin));
  }
  EXPECT_NEAR(note.ref.at(0) / (1.03 * peak), 1, 1e-6);
}

TEST_P(RoundTrip, NotANumberIsRefusedByPlace) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    std::vector<float> x = noise(9000);
    x[8191] = bad;
    try {
      to_picture(*backend_, mono(x), settings(Encoding::Hsv), picture_);
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::BadFormat);
      EXPECT_NE(std::string(error.what()).find("sample 8191 of channel 1"), std::string::npos) << error.what();
    }
  }
}

TEST_P(RoundTrip, APictureThatContradictsItsNoteIsRefused) {
  PictureNote note = to_picture(*backend_, mono(noise(9000)), settings(Encoding::Hsv), picture_);
  Audio out;
  --picture_.width;
  EXPECT_THROW(to_audio(*backend_, picture_, note, out), Error);
  ++picture_.width;
  note.stft.n_fft = 1024;
  note.stft.win_length = 1024;
  EXPECT_THROW(to_audio(*backend_, picture_, note, out), Error);
  note.stft = settings(Encoding::Hsv).stft;
  note.pixels.encoding = Encoding::Hsv16;
  EXPECT_THROW(to_audio(*backend_, picture_, note, out), Error);
  note.pixels.encoding = Encoding::Hsv;
  note.n_samples = -1;
  EXPECT_THROW(to_audio(*backend_, picture_, note, out), Error);
  note.n_samples = 9000;
  EXPECT_NO_THROW(to_audio(*backend_, picture_, note, out));
}

/// Both channels of a picture without the row of their highest bin, or with that row black.
Picture without_top(const Picture& picture, bool black) {
  const std::int64_t rows = picture.height / 2;
  Picture out;
  out.resize(picture.width, 2 * (black ? rows : rows - 1), picture.layout);
  std::uint8_t* to = out.pixels.data();
  for (std::int64_t y = 0; y < picture.height; ++y) {
    if (y % rows == 0 && !black) continue;
    std::copy_n(picture.row(y), out.row_bytes(), to);
    if (y % rows == 0) std::fill_n(to, out.row_bytes(), std::uint8_t{0});
    to += out.row_bytes();
  }
  return out;
}

TEST_P(RoundTrip, ADroppedTopIsARowOfZeros) {
  Audio x;
  x.sample_rate = 8000;
  x.channels = 2;
  x.n_samples = 7001;
  x.samples.resize(2 * 7001);
  const std::vector<float> samples = noise(2 * 7001);  // loud at half the rate too
  std::copy(samples.begin(), samples.end(), x.samples.begin());
  for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
    for (const auto& [n_fft, hop] : {std::pair{512, 128}, {400, 160}, {30, 5}}) {
      EncodeSettings s = settings(encoding, n_fft, hop);
      const PictureNote whole_note = to_picture(*backend_, x, s, picture_);
      s.pixels.drop_top = true;
      Picture dropped;
      const PictureNote note = to_picture(*backend_, x, s, dropped);
      EXPECT_EQ(note.ref, whole_note.ref);
      const Picture expected = without_top(picture_, false);
      ASSERT_EQ(dropped.height, n_fft);
      ASSERT_EQ(dropped.pixels.size(), expected.pixels.size());
      EXPECT_TRUE(std::equal(dropped.pixels.begin(), dropped.pixels.end(), expected.pixels.begin()));
      EXPECT_EQ(picture_size(x.n_samples, 2, s).height, n_fft);

      Audio back;
      Audio blackened;
      to_audio(*backend_, dropped, note, back);
      to_audio(*backend_, without_top(picture_, true), whole_note, blackened);
      EXPECT_EQ(compare(blackened, back).differing, 0);
    }
  }
}

TEST_P(RoundTrip, ADroppedTopLosesTheNyquistBinAndNothingElse) {
  EncodeSettings s = settings(Encoding::Hsv16, 64, 16);
  s.pixels.drop_top = true;
  const std::vector<float> x = noise(1000);
  const Audio came_back = back(mono(x), s);
  const std::vector<double> window = make_window(s.stft);
  Spectrum spectrum;
  for (std::int64_t frame = 0; frame < s.stft.n_frames(1000); ++frame) {
    Spectrum bins = frame_spectrum(x, s.stft, window, frame);
    bins.back() = 0;
    spectrum.insert(spectrum.end(), bins.begin(), bins.end());
  }
  const std::vector<double> expected = inverse(spectrum, s.stft, window, 1000);
  EXPECT_GT(snr_db(expected, came_back.channel(0)), 90);
  EXPECT_LT(snr_db(x, came_back.channel(0)), 30) << "there was something to lose";
}

TEST_P(RoundTrip, ThreadsDoNotMatter) {
  const Audio x = mono(voice(200003));
  for (const auto& [n_fft, hop] : {std::pair{256, 64}, {225, 50}, {64, 4}}) {
    for (const int refine : {PixelSettings::kOpenLoop, 3}) {
      if (refine >= 0 && GetParam() == "cuda") continue;
      EncodeSettings s = settings(Encoding::Hsv, n_fft, hop);
      s.pixels.refine = refine;
      backend_->set_threads(1);
      const PictureNote note = to_picture(*backend_, x, s, picture_);
      Audio sound;
      to_audio(*backend_, picture_, note, sound);
      for (const int threads : {2, 3, 8}) {
        backend_->set_threads(threads);
        Picture other;
        const PictureNote other_note = to_picture(*backend_, x, s, other);
        EXPECT_EQ(other_note.ref, note.ref);
        ASSERT_TRUE(
            std::equal(other.pixels.begin(), other.pixels.end(), picture_.pixels.begin(), picture_.pixels.end()))
            << n_fft << "/" << hop << " refine " << refine << ", " << threads << " threads";
        Audio other_sound;
        to_audio(*backend_, other, other_note, other_sound);
        ASSERT_EQ(compare(sound, other_sound).differing, 0) << n_fft << "/" << hop << ", " << threads << " threads";
      }
    }
  }
}

TEST(Compare, KnownValues) {
  const Audio a = mono({1.0F, -1.0F, 0.5F});
  EXPECT_EQ(compare(a, a).snr_db, INFINITY);
  const Comparison c = compare(a, mono({1.0F, -0.9F, 0.5F}));
  EXPECT_NEAR(c.snr_db, 10 * std::log10(2.25 / 0.01), 1e-5);
  EXPECT_NEAR(c.max_error, 0.1, 1e-7);
  EXPECT_EQ(c.differing, 1);
  EXPECT_EQ(compare(mono({0.0F}), mono({0.1F})).snr_db, -INFINITY);
  EXPECT_THROW(compare(a, mono({1.0F})), Error);
}

}  // namespace
}  // namespace spectrohue::test
