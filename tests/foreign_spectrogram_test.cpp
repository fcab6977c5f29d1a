// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Pictures that librosa with matplotlib, SoX and ffmpeg drew, against the magnitudes that they were drawn from
// (tests/data/make_foreign_spectrograms.py).
#include "batch/foreign_spectrogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/colormap.h"
#include "support/data.h"
#include "support/outcome.h"

namespace spectrohue::batch {
namespace {

using image::AxisKind;
using test::outcome_of;

image::PictureFile load(const std::string& name) {
  image::PictureFile file;
  image::Workspace workspace;
  image::read(test::data_folder() / "foreign" / name, file, workspace);
  return file;
}

/// Floats of a stored array, its rows from the lowest bin: [row][frame].
std::vector<std::vector<float>> stored(const std::string& name) {
  const Picture picture = load(name).picture;
  std::vector<std::vector<float>> rows;
  for (std::int64_t y = picture.height - 1; y >= 0; --y) {
    rows.emplace_back(static_cast<std::size_t>(picture.width));
    std::memcpy(rows.back().data(), picture.row(y), static_cast<std::size_t>(picture.row_bytes()));
  }
  return rows;
}

ParameterFlags flags_for(PictureMaker maker) {
  ParameterFlags flags;
  flags.foreign.from = maker;
  flags.sample_rate = 8000;
  flags.foreign.duration_s = 0.5;
  return flags;
}

ParameterFlags specshow(AxisKind axis) {
  ParameterFlags flags = flags_for(PictureMaker::Specshow);
  flags.n_fft = 256;
  flags.foreign.axis = axis;
  return flags;
}

ForeignSpectrogram read(const std::string& name, const ParameterFlags& flags) {
  return read_foreign_spectrogram(load(name), name, flags);
}

bool says(const ForeignSpectrogram& spectrogram, const std::string& piece) {
  for (const std::string& message : spectrogram.messages) {
    if (message.find(piece) != std::string::npos) return true;
  }
  return false;
}

std::string all_messages(const ForeignSpectrogram& spectrogram) {
  std::string text;
  for (const std::string& message : spectrogram.messages) text += message + "\n";
  return text;
}

/// How magnitudes that were read compare with the true ones.
struct Agreement {
  double worst_db = 0;  ///< of cells that were read, above the floor, the error that 95 % of them do not exceed
  double read_share = 0;
  double convergence_db = 0;  ///< 20 log10(||read - true|| / ||true||), guesses among them
};

Agreement compare(const ForeignSpectrogram& got, const std::vector<std::vector<float>>& truth, double floor_db) {
  const auto n_bins = static_cast<std::size_t>(got.shape.stft.n_bins());
  const std::size_t n_frames = got.magnitudes.size() / n_bins;
  EXPECT_EQ(truth.size(), n_bins);
  const std::size_t n_true = truth.front().size();
  EXPECT_GE(n_frames, n_true) << "there may be one more behind the sound's end";
  EXPECT_LE(n_frames, n_true + 1);
  const double scale = full_scale_magnitude(got.shape.stft);
  Agreement agreement;
  double error = 0;
  double all = 0;
  std::vector<double> errors;
  for (std::size_t frame = 0; frame < std::min(n_frames, n_true); ++frame) {
    for (std::size_t bin = 0; bin < n_bins; ++bin) {
      const double x = got.magnitudes[frame * n_bins + bin] / scale;
      const double y = truth[bin][frame];
      error += std::pow(std::fabs(x) - y, 2);
      all += y * y;
      if (x < 0 || std::signbit(x)) continue;
      agreement.read_share += 1.0 / static_cast<double>(n_bins * n_true);
      const double db = 20 * std::log10(std::max(y, 1e-9));
      if (db < floor_db + 0.4) continue;
      errors.push_back(std::fabs(20 * std::log10(std::max(x, 1e-9)) - db));
    }
  }
  if (!errors.empty()) {
    std::ranges::sort(errors);
    agreement.worst_db = errors[errors.size() * 95 / 100];
  }
  agreement.convergence_db = 10 * std::log10(error / all);
  return agreement;
}

/// Half a colour of 256 that span 80 dB.
constexpr double kHalfColour = 80 / 256.0 / 2 + 1e-3;

TEST(Specshow, CellsAreReadWithinHalfAColour) {
  struct Case {
    const char* name;
    AxisKind axis;
    bool is_inverted;
    double least_share;
  };
  const auto truth = stored("spectrogram.npy");
  for (const Case& c :
       {Case{"specshow_bare.png", AxisKind::Symlog, false, 0.8}, Case{"specshow_log.png", AxisKind::Symlog, false, 0.7},
        Case{"specshow_linear.png", AxisKind::Linear, false, 0.95},
        Case{"specshow_thin.png", AxisKind::Linear, false, 0.95},
        Case{"specshow_150.png", AxisKind::Symlog, true, 0.8}}) {
    ParameterFlags flags = specshow(c.axis);
    if (c.is_inverted) flags.invert = true;
    const ForeignSpectrogram got = read(c.name, flags);
    const Agreement agreement = compare(got, truth, -80);
    // viridis has colours that two codes share.
    const double limit = std::string(c.name) == "specshow_linear.png" ? 3 * kHalfColour : kHalfColour;
    EXPECT_LE(agreement.worst_db, limit) << c.name << "\n" << all_messages(got);
    EXPECT_GE(agreement.read_share, c.least_share) << c.name;
    EXPECT_LE(agreement.convergence_db, -18) << c.name;
    EXPECT_FALSE(got.has_level);
    EXPECT_FALSE(says(got, "changes")) << all_messages(got);
    EXPECT_EQ(got.shape.n_samples, 4000);
    EXPECT_EQ(got.shape.stft.hop_length, 64);
  }
}

TEST(Specshow, SurvivesJpeg) {
  const ForeignSpectrogram got = read("specshow_log.jpg", specshow(AxisKind::Symlog));
  EXPECT_TRUE(says(got, "within the frame")) << all_messages(got);
  EXPECT_TRUE(says(got, "colormap magma: "));
  EXPECT_LE(compare(got, stored("spectrogram.npy"), -80).convergence_db, -12) << all_messages(got);
}

TEST(Specshow, BandsOfMelAreReadWithinHalfAColour) {
  ParameterFlags flags = specshow(AxisKind::Mel);
  flags.n_bands = 32;
  const ForeignSpectrogram got = read("specshow_mel.png", flags);
  EXPECT_TRUE(says(got, "read 32 of 32 bands and 63 of 63 frames")) << all_messages(got);
  ASSERT_TRUE(got.bands);
  EXPECT_EQ(got.bands->note.pixels.scale.n_bands, 32);
  EXPECT_EQ(got.bands->note.n_samples, 4000);
  const Picture& picture = got.bands->picture;
  const auto truth = stored("mel.npy");
  ASSERT_EQ(picture.height, 32);
  ASSERT_EQ(picture.width, 63);
  for (int band = 0; band < 32; ++band) {
    for (int frame = 0; frame < 63; ++frame) {
      float x = 0;
      std::memcpy(&x, picture.row(31 - band) + 4 * frame, sizeof x);
      const double true_db = 20 * std::log10(std::max(truth[band][frame], 1e-9F));
      if (true_db < -79.6) {
        EXPECT_LT(x, 2e-4);
      } else {
        EXPECT_NEAR(20 * std::log10(x), true_db, kHalfColour) << "band " << band << ", frame " << frame;
      }
    }
  }
}

TEST(Specshow, AsksForAllThatIsMissingAtOnce) {
  ParameterFlags flags;
  flags.foreign.from = PictureMaker::Specshow;
  const auto outcome = outcome_of([&] { read("specshow_log.png", flags); });
  for (const char* flag : {"--sample-rate", "--n-fft", "--duration", "--axis"}) {
    EXPECT_REFUSED(outcome, ErrorCode::Usage, flag);
  }
  flags = specshow(AxisKind::Mel);
  EXPECT_REFUSED(outcome_of([&] { read("specshow_mel.png", flags); }), ErrorCode::Usage, "--n-mels");
  flags = specshow(AxisKind::Log);
  EXPECT_REFUSED(outcome_of([&] { read("specshow_log.png", flags); }), ErrorCode::Usage, "--fmin");
}

TEST(Specshow, SaysWhatItAssumes) {
  const ForeignSpectrogram got = read("specshow_log.png", specshow(AxisKind::Symlog));
  for (const char* piece :
       {"the plot is 51,37,298,267, within the frame", "colormap magma: all of its pixels", "80 dB (assumed; --top-db)",
        "hop_length 64 (a quarter of the window, assumed; --hop-length)", "symlog axis",
        "hann window (assumed; --window)", "0.5 s", "its level is not known"}) {
    EXPECT_TRUE(says(got, piece)) << piece << " is not in\n" << all_messages(got);
  }
}

TEST(Specshow, SaysThatThePictureContradictsTheParameters) {
  ParameterFlags wrong = specshow(AxisKind::Linear);
  EXPECT_TRUE(says(read("specshow_log.png", wrong), "are --n-fft, --sample-rate, --axis and --crop right?"));
  wrong = specshow(AxisKind::Symlog);
  wrong.n_fft = 210;
  EXPECT_TRUE(says(read("specshow_log.png", wrong), "are --n-fft"));
  wrong = specshow(AxisKind::Symlog);
  wrong.foreign.duration_s = 0.4;
  EXPECT_TRUE(says(read("specshow_log.png", wrong), "are --duration"));
}

TEST(Specshow, TakesACropFromTheUser) {
  ParameterFlags flags = specshow(AxisKind::Symlog);
  flags.foreign.crop = "51,37,298,267";
  const Agreement agreement = compare(read("specshow_log.png", flags), stored("spectrogram.npy"), -80);
  EXPECT_LE(agreement.convergence_db, -18);
  flags.foreign.crop = "51,37,500,267";
  EXPECT_REFUSED(outcome_of([&] { read("specshow_log.png", flags); }), ErrorCode::Usage, "400 x 300");
  flags.foreign.crop = "none";
  EXPECT_REFUSED(outcome_of([&] { read("specshow_log.png", flags); }), ErrorCode::BadFormat, "--colormap");
}

TEST(Specshow, IsArrangedFirst) {
  image::PictureFile file = load("specshow_bare.png");
  Picture turned;
  const Picture& upright = file.picture;
  turned.resize(upright.height, upright.width, upright.layout);
  // Low frequencies left, time down: each row turned upside down, then transposed.
  for (std::int64_t y = 0; y < upright.height; ++y) {
    for (std::int64_t x = 0; x < upright.width; ++x) {
      std::memcpy(turned.row(x) + 3 * (upright.height - 1 - y), upright.row(y) + 3 * x, 3);
    }
  }
  const ForeignSpectrogram expected = read("specshow_bare.png", specshow(AxisKind::Symlog));
  std::swap(file.picture, turned);
  ParameterFlags flags = specshow(AxisKind::Symlog);
  flags.transpose = true;
  flags.flip = true;
  const ForeignSpectrogram got = read_foreign_spectrogram(file, "x.png", flags);
  ASSERT_EQ(got.magnitudes.size(), expected.magnitudes.size());
  for (std::size_t i = 0; i < got.magnitudes.size(); ++i) ASSERT_EQ(got.magnitudes[i], expected.magnitudes[i]) << i;
}

/// The root of the power in all frames' bins, over full scale, and where it is: frequencies and times weighed by it.
struct Centre {
  double power = 0;
  double hz = 0;
  double seconds = 0;
};

Centre centre_of(const ForeignSpectrogram& got) {
  const auto n_bins = static_cast<std::size_t>(got.shape.stft.n_bins());
  Centre centre;
  for (std::size_t i = 0; i < got.magnitudes.size(); ++i) {
    const double power = std::pow(got.magnitudes[i] / full_scale_magnitude(got.shape.stft), 2);
    const std::size_t frame = i / n_bins;
    centre.power += power;
    centre.hz += power * static_cast<double>(i % n_bins) * got.shape.sample_rate / got.shape.stft.n_fft;
    centre.seconds += power * static_cast<double>(frame) * got.shape.stft.hop_length / got.shape.sample_rate;
  }
  centre.hz /= centre.power;
  centre.seconds /= centre.power;
  return centre;
}

Centre true_centre() {
  const auto truth = stored("spectrogram.npy");
  Centre centre;
  for (std::size_t bin = 0; bin < truth.size(); ++bin) {
    for (std::size_t frame = 0; frame < truth[bin].size(); ++frame) {
      const double power = std::pow(truth[bin][frame], 2);
      centre.power += power;
      centre.hz += power * static_cast<double>(bin) * 8000 / 256;
      centre.seconds += power * static_cast<double>(frame) * 64 / 8000;
    }
  }
  centre.hz /= centre.power;
  centre.seconds /= centre.power;
  return centre;
}

TEST(Sox, IsReadWithItsLevel) {
  for (const char* name : {"sox.png", "sox_raw_light.png"}) {
    const ForeignSpectrogram got = read(name, flags_for(PictureMaker::Auto));
    EXPECT_TRUE(says(got, "taken for a picture of sox")) << all_messages(got);
    EXPECT_TRUE(got.has_level);
    EXPECT_EQ(got.shape.stft.n_fft, 256);
    EXPECT_EQ(got.shape.n_samples, 4000);
    EXPECT_TRUE(says(got, "120 dB (assumed; --top-db)"));
    const Centre centre = centre_of(got);
    EXPECT_NEAR(centre.hz, true_centre().hz, 20) << name;
    EXPECT_NEAR(centre.seconds, true_centre().seconds, 0.003) << name;
  }
}

// The sound's peak is 0.5 of full scale, and librosa's magnitudes are of the same window.
TEST(Sox, HasTheMagnitudesOfFrames) {
  ParameterFlags flags = flags_for(PictureMaker::Sox);
  flags.hop_length = 64;
  ForeignSpectrogram got = read("sox.png", flags);
  double peak = 0;
  for (const float x : got.magnitudes) peak = std::max(peak, double(x));
  const double full_scale = full_scale_magnitude(got.shape.stft);
  EXPECT_LT(peak, full_scale);
  EXPECT_GT(peak, 0.02 * full_scale);
  for (float& x : got.magnitudes) x = static_cast<float>(x / peak * full_scale);
  EXPECT_LE(compare(got, stored("spectrogram.npy"), -120).convergence_db, -15);
}

TEST(Sox, AsksForWhatIsMissing) {
  ParameterFlags flags;
  flags.foreign.from = PictureMaker::Sox;
  const auto outcome = outcome_of([&] { read("sox.png", flags); });
  EXPECT_REFUSED(outcome, ErrorCode::Usage, "--sample-rate");
  EXPECT_REFUSED(outcome, ErrorCode::Usage, "--duration (seconds of sound) or --hop-length");
  flags.sample_rate = 8000;
  flags.hop_length = 20;
  EXPECT_EQ(read("sox.png", flags).shape.n_samples, 200 * 20);
  flags.foreign.axis = AxisKind::Symlog;
  EXPECT_REFUSED(outcome_of([&] { read("sox.png", flags); }), ErrorCode::Usage, "linear axes only");
}

TEST(Ffmpeg, IsRead) {
  const ForeignSpectrogram got = read("ffmpeg.png", flags_for(PictureMaker::Auto));
  EXPECT_TRUE(says(got, "taken for a picture of ffmpeg: its frame is ffmpeg's")) << all_messages(got);
  EXPECT_FALSE(got.has_level);
  EXPECT_EQ(got.shape.stft.n_fft, 64);
  EXPECT_TRUE(says(got, "linear axis (assumed; --axis)"));
  EXPECT_EQ(got.shape.n_samples, 4000);
  const auto truth = stored("ffmpeg.npy");
  const double scale = full_scale_magnitude(got.shape.stft);
  const int n_bins = got.shape.stft.n_bins();
  std::vector<double> off_db;
  for (std::size_t i = 0; i < got.magnitudes.size(); ++i) {
    const std::size_t column = i / n_bins * got.shape.stft.hop_length / 63;
    if (got.magnitudes[i] <= 0 || column >= 63) continue;
    const double true_db = 20 * std::log10(truth.at(i % n_bins).at(column) + 1e-9);
    if (true_db > -50) off_db.push_back(20 * std::log10(got.magnitudes[i] / scale) - true_db);
  }
  ASSERT_GT(off_db.size(), 500U);
  std::ranges::sort(off_db);
  EXPECT_LT(off_db[off_db.size() * 9 / 10] - off_db[off_db.size() / 10], 2);
}

TEST(Ffmpeg, IsReadOnItsLogarithmicAxis) {
  ParameterFlags flags = flags_for(PictureMaker::Ffmpeg);
  flags.foreign.crop = "none";
  flags.foreign.axis = AxisKind::Log;
  const ForeignSpectrogram got = read("ffmpeg_raw_log.png", flags);
  EXPECT_TRUE(says(got, "colormap ffmpeg-fire: ")) << all_messages(got);
  flags.foreign.from = PictureMaker::Auto;
  EXPECT_TRUE(says(read("ffmpeg_raw_log.png", flags), "picture of ffmpeg: its colours are those of ffmpeg-fire"));
  EXPECT_NEAR(centre_of(got).hz, true_centre().hz, 100);
  flags.fmin = 50;
  EXPECT_REFUSED(outcome_of([&] { read("ffmpeg_raw_log.png", flags); }), ErrorCode::Usage, "--fmin");
  flags.foreign.axis = AxisKind::Mel;
  EXPECT_REFUSED(outcome_of([&] { read("ffmpeg_raw_log.png", flags); }), ErrorCode::Usage, "--axis");
}

/// Gray pixels, values 0 to 1 from the lowest row: value(row, column).
template <class Value>
image::PictureFile gray_picture(int width, int height, Value value) {
  image::PictureFile file;
  file.picture.resize(width, height, {1, 16});
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto code = static_cast<std::uint16_t>(std::lround(65535 * value(height - 1 - y, x)));
      std::memcpy(file.picture.row(y) + 2 * x, &code, 2);
    }
  }
  return file;
}

TEST(Gray, BrightnessIsMagnitude) {
  const auto value = [](int row, int column) { return (3 + (7 * row + 5 * column) % 60) / 63.0; };
  const image::PictureFile file = gray_picture(10, 33, value);
  ParameterFlags flags;
  flags.foreign.from = PictureMaker::Gray;
  flags.sample_rate = 8000;
  flags.hop_length = 16;
  const ForeignSpectrogram got = read_foreign_spectrogram(file, "x.png", flags);
  ASSERT_EQ(got.shape.stft.n_fft, 64);
  ASSERT_EQ(got.shape.n_samples, 9 * 16);
  const double scale = full_scale_magnitude(got.shape.stft);
  for (int frame = 0; frame < 10; ++frame) {
    for (int bin = 0; bin < 33; ++bin) {
      EXPECT_NEAR(got.magnitudes[frame * 33 + bin] / scale, value(bin, frame), 1e-4);
    }
  }
  flags.top_db = 60;
  flags.invert = true;
  const ForeignSpectrogram in_db = read_foreign_spectrogram(file, "x.png", flags);
  EXPECT_NEAR(in_db.magnitudes[33 + 5] / scale, std::pow(10, (1 - value(5, 1) - 1) * 60 / 20), 1e-3);
}

TEST(Gray, AsksForWhatIsMissing) {
  const image::PictureFile file = gray_picture(10, 24, [](int, int) { return 0.5; });
  ParameterFlags flags;
  flags.foreign.from = PictureMaker::Gray;
  const auto outcome = outcome_of([&] { read_foreign_spectrogram(file, "x.png", flags); });
  for (const char* flag : {"--sample-rate", "--n-fft", "--hop-length"}) EXPECT_REFUSED(outcome, ErrorCode::Usage, flag);
  flags.sample_rate = 8000;
  flags.foreign.duration_s = 1;
  flags.n_fft = 64;
  EXPECT_EQ(read_foreign_spectrogram(file, "x.png", flags).shape.n_samples, 8000);
  flags.foreign.duration_s = 1e14;
  EXPECT_REFUSED(outcome_of([&] { read_foreign_spectrogram(file, "x.png", flags); }), ErrorCode::Usage, "--duration");
}

TEST(Specshow, TakesAColormapFromTheUser) {
  ParameterFlags flags = specshow(AxisKind::Symlog);
  Colours colours{"gray_r", {}};
  for (int i = 255; i >= 0; --i) colours.palette.push_back(colormap_by_name("gray").colours[i]);
  flags.colours = colours;
  const ForeignSpectrogram got = read("specshow_150.png", flags);
  EXPECT_TRUE(says(got, "colormap gray_r: all of its pixels")) << all_messages(got);
  EXPECT_LE(compare(got, stored("spectrogram.npy"), -80).worst_db, kHalfColour);
  colours.name = "a_file";
  flags.colours = colours;
  EXPECT_LE(compare(read("specshow_150.png", flags), stored("spectrogram.npy"), -80).worst_db, 3 * kHalfColour);
}

TEST(Auto, TellsWhoDrewAPicture) {
  ParameterFlags flags = flags_for(PictureMaker::Auto);
  flags.n_fft = 256;
  flags.foreign.axis = AxisKind::Symlog;
  EXPECT_TRUE(says(read("specshow_log.png", flags), "taken for a picture of specshow: its colours are those of magma"));
  EXPECT_TRUE(says(read("specshow_150.png", flags), "taken for a picture of specshow: there is a frame"));
  flags.foreign.axis.reset();
  const image::PictureFile gray = gray_picture(10, 33, [](int row, int column) { return (row + column) / 43.0; });
  EXPECT_TRUE(says(read_foreign_spectrogram(gray, "x.png", flags), "taken for a picture of gray"));
}

TEST(Auto, SaysThatItCannotTell) {
  image::PictureFile file = gray_picture(64, 64, [](int, int) { return 0.5; });
  file.picture.resize(64, 64, {3, 8});
  for (std::size_t i = 0; i < file.picture.pixels.size(); ++i) {
    file.picture.pixels[i] = static_cast<std::uint8_t>(i * 2654435761U >> 13);
  }
  EXPECT_REFUSED(outcome_of([&] { read_foreign_spectrogram(file, "x.png", flags_for(PictureMaker::Auto)); }),
                 ErrorCode::BadFormat, "--from specshow, sox, ffmpeg or gray");
}

TEST(Foreign, RefusesPicturesWithANote) {
  image::PictureFile file = load("specshow_log.png");
  file.note.emplace();
  EXPECT_REFUSED(outcome_of([&] { read_foreign_spectrogram(file, "x.png", specshow(AxisKind::Symlog)); }),
                 ErrorCode::Usage, "leave --from out");
  EXPECT_FALSE(is_foreign(true, flags_for(PictureMaker::Auto)));
  EXPECT_TRUE(is_foreign(false, flags_for(PictureMaker::Auto)));
  EXPECT_TRUE(is_foreign(true, flags_for(PictureMaker::Sox)));
  EXPECT_FALSE(is_foreign(false, {}));
}

TEST(Foreign, HasAShapeWithoutReading) {
  const ForeignShape shape = foreign_shape(load("specshow_log.png"), "x.png", specshow(AxisKind::Symlog));
  EXPECT_EQ(shape.n_samples, 4000);
  EXPECT_EQ(shape.sample_rate, 8000);
  ParameterFlags flags = specshow(AxisKind::Symlog);
  flags.sample_rate.reset();
  EXPECT_EQ(foreign_shape(load("specshow_log.png"), "a_SR16000.png", flags).sample_rate, 16000);
}

TEST(Foreign, RefusesWhatCannotBe) {
  ParameterFlags flags = specshow(AxisKind::Symlog);
  flags.n_fft = 254;
  EXPECT_REFUSED(outcome_of([&] { read("specshow_log.png", flags); }), ErrorCode::Usage, "254");
  flags = specshow(AxisKind::Symlog);
  flags.curve = CurveKind::DoubleLog;
  EXPECT_REFUSED(outcome_of([&] { read("specshow_log.png", flags); }), ErrorCode::Usage, "--curve");
  flags = specshow(AxisKind::Symlog);
  flags.top_db = 1000;
  EXPECT_REFUSED(outcome_of([&] { read("specshow_log.png", flags); }), ErrorCode::Usage, "--top-db");
  flags = specshow(AxisKind::Symlog);
  flags.channels = 2;
  flags.encoding = Encoding::Gray8;
  EXPECT_REFUSED(outcome_of([&] { read("specshow_log.png", flags); }), ErrorCode::Usage, "--encoding, --channels");
  flags = flags_for(PictureMaker::Sox);
  flags.center = false;
  EXPECT_REFUSED(outcome_of([&] { read("sox.png", flags); }), ErrorCode::Usage, "--center");
  EXPECT_EQ(picture_maker_from_string("ffmpeg"), PictureMaker::Ffmpeg);
  EXPECT_REFUSED(outcome_of([] { picture_maker_from_string("audacity"); }), ErrorCode::Usage, "specshow");
}

}  // namespace
}  // namespace spectrohue::batch
