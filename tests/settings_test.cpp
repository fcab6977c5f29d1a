// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "spectrohue/settings.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/stft_tables.h"
#include "spectrohue/error.h"

namespace spectrohue {
namespace {

std::string refusal(const StftSettings& s) {
  try {
    validate(s);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Usage);
    return error.what();
  }
  return {};
}

TEST(Settings, FrameCounts) {
  StftSettings s;
  EXPECT_EQ(s.n_frames(0), 1);
  EXPECT_EQ(s.n_frames(1), 2);
  EXPECT_EQ(s.n_frames(512), 2);
  EXPECT_EQ(s.n_frames(513), 3);
  s.frames = FrameCount::Floor;
  for (const auto& [n_samples, n_frames] :
       {std::pair{0, 1}, {1, 1}, {511, 1}, {512, 2}, {513, 2}, {1023, 2}, {1024, 3}}) {
    EXPECT_EQ(s.n_frames(n_samples), n_frames) << n_samples;
  }
  s.frames = FrameCount::Cover;
  s.center = false;
  EXPECT_EQ(s.n_frames(0), 1);
  EXPECT_EQ(s.n_frames(2048), 1);
  EXPECT_EQ(s.n_frames(2049), 2);
  EXPECT_EQ(s.n_frames(2560), 2);
  EXPECT_EQ(s.n_frames(2561), 3);
}

TEST(Settings, MostSamplesAreTheLastWithAsManyFrames) {
  for (const bool center : {true, false}) {
    for (const FrameCount frames : {FrameCount::Cover, FrameCount::Floor}) {
      StftSettings s = StftSettings::for_n_fft(20);
      s.center = center;
      s.frames = frames;
      for (int n_frames = 1; n_frames < 9; ++n_frames) {
        const std::int64_t most = s.most_samples(n_frames);
        EXPECT_EQ(s.n_frames(most), n_frames);
        EXPECT_EQ(s.n_frames(most + 1), n_frames + 1);
      }
    }
  }
}

TEST(Settings, FramesFloorNeedsAWindowOverTheEnd) {
  StftSettings s = StftSettings::for_n_fft(400);
  s.frames = FrameCount::Floor;
  s.hop_length = 200;
  EXPECT_EQ(refusal(s), "");
  s.center = false;
  EXPECT_NE(refusal(s).find("centred"), std::string::npos);
  s.center = true;
  s.window = Window::Rectangular;
  s.hop_length = 201;
  EXPECT_EQ(refusal(s), "") << "the last sample is 199 behind the centre";
  s.hop_length = 202;
  EXPECT_NE(refusal(s).find("hop_length 202"), std::string::npos) << refusal(s);
  s.frames = FrameCount::Cover;
  EXPECT_EQ(refusal(s), "");
}

TEST(Settings, LegalOnesPass) {
  for (const int n : {16, 21, 25, 105, 225, 400, 1000, 2048, 2187, 65536}) {
    EXPECT_EQ(refusal(StftSettings::for_n_fft(n)), "") << n;
  }
  StftSettings s;
  s.window = Window::Rectangular;
  s.hop_length = 2048;
  EXPECT_EQ(refusal(s), "");
}

TEST(Settings, EveryRefusalNamesTheSettingAndAWayOut) {
  EXPECT_NE(refusal(StftSettings::for_n_fft(2047)).find("2025 or 2048"), std::string::npos)
      << refusal(StftSettings::for_n_fft(2047));
  EXPECT_NE(refusal(StftSettings::for_n_fft(17)).find("16 or 18"), std::string::npos);
  EXPECT_NE(refusal(StftSettings::for_n_fft(8)).find("n_fft 8"), std::string::npos);
  EXPECT_NE(refusal(StftSettings::for_n_fft(0)).find("n_fft 0"), std::string::npos);
  EXPECT_NE(refusal(StftSettings::for_n_fft(-5)).find("n_fft -5"), std::string::npos);
  EXPECT_NE(refusal(StftSettings::for_n_fft(1 << 21)).find("n_fft"), std::string::npos);

  StftSettings s;
  s.hop_length = 0;
  EXPECT_NE(refusal(s).find("hop_length 0"), std::string::npos);
  s.hop_length = 2049;
  EXPECT_NE(refusal(s).find("hop_length 2049"), std::string::npos);
  s.hop_length = 2048;  // a Hann window is 0 at its first sample, which no other frame holds
  EXPECT_NE(refusal(s).find("NOLA"), std::string::npos);
  s = {};
  s.win_length = 2049;
  EXPECT_NE(refusal(s).find("win_length 2049"), std::string::npos);
  s = {};
  s.window = Window::Gaussian;
  EXPECT_NE(refusal(s).find("standard deviation"), std::string::npos);
  s.window_parameter = NAN;
  EXPECT_NE(refusal(s).find("not a number"), std::string::npos);
}

TEST(Settings, PixelSettingsAreChecked) {
  PixelSettings p;
  EXPECT_NO_THROW(validate(p));
  p.curve.gamma = 0;
  EXPECT_THROW(validate(p), Error);
  p.curve.gamma = NAN;
  EXPECT_THROW(validate(p), Error);
  p = {};
  p.curve.top_db = -3;
  EXPECT_THROW(validate(p), Error);
  p = {};
  p.curve.kind = CurveKind::AdaptiveLog;
  p.curve.top_db = 40;  // 8 bits reach 48 dB without any help
  EXPECT_THROW(validate(p), Error);
  p = {};
  for (const double tilt : {24.1, -24.1, static_cast<double>(NAN)}) {
    p.tilt = tilt;
    EXPECT_THROW(validate(p), Error) << tilt;
  }
  p.tilt = 3;
  EXPECT_NO_THROW(validate(p));
  p.encoding = Encoding::Gray16;
  EXPECT_NO_THROW(validate(p));
  p.encoding = Encoding::Complex;
  EXPECT_THROW(validate(p), Error);
}

TEST(Settings, ExactEncodingsKeepPixelsAndChannels) {
  EncodeSettings s;
  s.pixels.encoding = Encoding::Hsvx;
  s.channels.kind = ChannelChoice::Kind::One;
  s.arrangement.invert = s.arrangement.flip = s.arrangement.transpose = true;
  EXPECT_NO_THROW(validate(s));
  for (const auto kind : {ChannelChoice::Kind::Mono, ChannelChoice::Kind::MidSide}) {
    s.channels.kind = kind;
    EXPECT_THROW(validate(s), Error);
  }
  s.channels.kind = ChannelChoice::Kind::Keep;
  s.arrangement.width = s.arrangement.height = 100;
  EXPECT_THROW(validate(s), Error);
}

TEST(Settings, OnlyKnownCodeSteps) {
  PixelSettings p;
  for (const auto& [encoding, own] : {std::pair{Encoding::Hsv, 1}, {Encoding::Hsvx, 1}, {Encoding::Hsv16x, 256}}) {
    p.encoding = encoding;
    EXPECT_EQ(own_code_step(encoding), own);
    for (const int step : {-256, -1, 0, 1, 2, 16, 128, 255, 256, 512, 65536}) {
      p.code_step = step;
      const bool is_known = step == 0 || step == 1 || step == own;
      if (is_known) {
        EXPECT_NO_THROW(validate(p));
      } else {
        EXPECT_THROW(validate(p), Error);
      }
    }
  }
}

TEST(Settings, ExactEncodingsNeedRoomForTheirResidual) {
  PixelSettings p;
  for (const auto& [encoding, most] : {std::pair{Encoding::Hsvx, 7}, {Encoding::Hsv16x, 12}}) {
    p.encoding = encoding;
    p.residual_bits = most;
    EXPECT_EQ(max_residual_bits(encoding), most);
    EXPECT_NO_THROW(validate(p));
    p.residual_bits = most + 1;
    EXPECT_THROW(validate(p), Error);
    p.residual_bits = 3;
    StftSettings s = StftSettings::for_n_fft(1000);
    s.hop_length = 500;
    EXPECT_NO_THROW(validate(s, p));
    s.hop_length = 501;
    EXPECT_THROW(validate(s, p), Error);
    s.hop_length = 250;
    s.center = false;
    EXPECT_THROW(validate(s, p), Error);
  }
}

TEST(Settings, OnlyEvenSizesHaveATopToDrop) {
  PixelSettings p;
  EXPECT_EQ(n_rows(StftSettings::for_n_fft(2048), p), 1025);
  EXPECT_EQ(n_rows(StftSettings::for_n_fft(225), p), 113);
  EXPECT_NO_THROW(validate(StftSettings::for_n_fft(225), p));
  p.drop_top = true;
  EXPECT_EQ(n_rows(StftSettings::for_n_fft(2048), p), 1024);
  EXPECT_NO_THROW(validate(StftSettings::for_n_fft(400), p));
  EXPECT_THROW(validate(StftSettings::for_n_fft(225), p), Error);
  EncodeSettings s;
  s.stft = StftSettings::for_n_fft(225);
  s.pixels.drop_top = true;
  EXPECT_THROW(validate(s), Error);
}

TEST(Settings, NamesGoBothWays) {
  for (const Window w : {Window::Hann, Window::Hamming, Window::Blackman, Window::BlackmanHarris, Window::Gaussian,
                         Window::Kaiser, Window::Rectangular}) {
    EXPECT_EQ(window_from_string(to_string(w)), w);
  }
  for (const CurveKind c :
       {CurveKind::Gamma, CurveKind::Db, CurveKind::Linear, CurveKind::AdaptiveLog, CurveKind::DoubleLog}) {
    EXPECT_EQ(curve_from_string(to_string(c)), c);
  }
  try {
    encoding_from_string("hvs");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "unknown encoding 'hvs'; known: hsv, hsv16, hsvx, hsv16x, gray8, gray16, gray32f, rgb24, colormap, "
                 "stereo, stereo3, magphase, magphase16, complex");
  }
}

TEST(Settings, ColoursHoldTwoChannels) {
  const auto refusal = [](Encoding encoding, int channels) -> std::string {
    try {
      validate_channels(encoding, channels);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  for (const int channels : {1, 2, 3, 1024}) {
    EXPECT_EQ(refusal(Encoding::Gray8, channels), "");
    EXPECT_EQ(refusal(Encoding::Hsv, channels), "");
    EXPECT_EQ(refusal(Encoding::Stereo, channels).empty(), channels <= 2);
    EXPECT_EQ(refusal(Encoding::Stereo3, channels).empty(), channels == 2);
  }
  EXPECT_NE(refusal(Encoding::Stereo3, 1).find("use gray8"), std::string::npos);
  EXPECT_NE(refusal(Encoding::Stereo3, 6).find("the sound has 6; use gray8"), std::string::npos);

  EncodeSettings s;
  s.pixels.encoding = Encoding::Stereo3;
  EXPECT_NO_THROW(validate(s));
  s.channels.kind = ChannelChoice::Kind::MidSide;
  EXPECT_NO_THROW(validate(s));
  for (const auto kind : {ChannelChoice::Kind::Mono, ChannelChoice::Kind::One}) {
    s.channels.kind = kind;
    EXPECT_THROW(validate(s), Error);
  }
}

TEST(Settings, FullScaleSineIsZeroDb) { EXPECT_NEAR(full_scale_magnitude(StftSettings{}), 512, 1e-9); }

TEST(Tables, WindowSumIsTheSumOfTheSquares) {
  StftSettings s = StftSettings::for_n_fft(400);
  s.hop_length = 160;  // does not divide n_fft
  const StftTables tables(s);
  const std::vector<double> w = make_window(s);
  for (int p = 0; p < s.hop_length; ++p) {
    double sum = 0;
    for (int i = p; i < s.n_fft; i += s.hop_length) sum += w[i] * w[i];
    EXPECT_NEAR(tables.window_sum[p], sum, 1e-6) << p;
  }
  // Near the ends fewer frames hold a sample.
  EXPECT_NEAR(tables.window_sum_at(200, 5), 1 + w[40] * w[40], 1e-6);
}

TEST(Tables, GainsOfBinsRiseOrFallBySoManyDbAnOctave) {
  for (const int n_fft : {64, 225, 2048}) {
    const StftSettings s = StftSettings::for_n_fft(n_fft);
    PixelSettings p;
    EXPECT_TRUE(bin_gains(s, p).gain.empty() && bin_gains(s, p).inverse.empty());
    for (const double tilt : {3.0, -3.0, 0.01, 24.0, -24.0}) {
      p.tilt = tilt;
      const BinGains gains = bin_gains(s, p);
      ASSERT_EQ(std::ssize(gains.gain), s.n_bins());
      EXPECT_EQ(*std::max_element(gains.gain.begin(), gains.gain.end()), 1.0F);
      EXPECT_EQ(gains.gain[0], gains.gain[1]);
      EXPECT_EQ(tilt > 0 ? gains.gain.back() : gains.gain[1], 1.0F);
      for (int k = 1; k < s.n_bins(); ++k) {
        EXPECT_NEAR(gains.gain[k] * gains.inverse[k], 1.0, 2e-7);
        if (2 * k < s.n_bins()) {
          EXPECT_NEAR(20 * std::log10(gains.gain[2 * k] / static_cast<double>(gains.gain[k])), tilt, 2e-6) << k;
        }
      }
    }
  }
}

TEST(Tables, AdaptiveLogReachesExactlyTopDb) {
  for (const double top : {255.0, 65535.0}) {
    const double b = adaptive_log_strength(120, top);
    EXPECT_NEAR(20 * std::log10(std::expm1(std::log1p(b) / top) / b), -120, 1e-6) << top;
  }
}

}  // namespace
}  // namespace spectrohue
