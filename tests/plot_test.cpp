// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Figures: what is measured, where it is drawn, and the texts around it. tests/cli/cases/plot parses the SVGs.
#include "batch/plot.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <fstream>
#include <iterator>
#include <numbers>

#include "audio/audio_file.h"
#include "image/picture_file.h"
#include "plot/canvas.h"
#include "plot/figure.h"
#include "plot/meter.h"
#include "plot/svg.h"
#include "spectrohue/convert.h"
#include "support/outcome.h"
#include "support/signals.h"
#include "support/sounds.h"
#include "support/temp_folder.h"

namespace spectrohue::plot {
namespace {

namespace fs = std::filesystem;

constexpr FrequencyScaleKind kKinds[] = {FrequencyScaleKind::Linear, FrequencyScaleKind::Log, FrequencyScaleKind::Mel,
                                         FrequencyScaleKind::Bark, FrequencyScaleKind::Erb};

/// Of a sound, with all that goes round it.
Figure figure_of(int rate, int channels, std::int64_t n_samples, FrequencyScaleKind kind = FrequencyScaleKind::Linear) {
  Figure figure;
  figure.title = "a title";
  figure.frequency.kind = kind;
  const FrequencyRange range = frequency_range(figure.frequency, rate);
  figure.frequency.fmin = range.fmin;
  figure.frequency.fmax = range.fmax;
  figure.end_s = static_cast<double>(std::max<std::int64_t>(1, n_samples)) / rate;
  figure.colormap = colormap_by_name("magma");
  figure.channels = channels;
  return figure;
}

/// Of the spectrogram alone, a pixel a column and row.
Figure bare_figure(int rate, std::int64_t n_samples, int width, int height) {
  Figure figure = figure_of(rate, 1, n_samples);
  figure.title.clear();
  figure.style.width = width;
  figure.style.height = height;
  figure.style.axes = figure.style.colour_bar = figure.style.waveform = false;
  return figure;
}

/// Measures one channel, handed over in pieces.
Panel measure(const Figure& figure, const Layout& layout, const MeterSettings& settings, int rate,
              const std::vector<float>& x, std::int64_t piece = 1000) {
  const std::unique_ptr<Backend> backend = make_backend("cpu");
  const std::int64_t n = std::ssize(x);
  Meter meter(*backend, settings, {rate, 1, n}, figure, layout);
  for (std::int64_t i = meter.first_sample(); i < meter.end_sample(); i += piece) {
    meter.add(x.data() + i, n, i, std::min(piece, meter.end_sample() - i));
  }
  return meter.finish().front();
}

std::int64_t brightest_row(const Panel& panel, const Layout& layout, std::int64_t column) {
  std::int64_t best = 0;
  const auto level = [&](std::int64_t y) {
    return panel.levels[static_cast<std::size_t>(y * layout.columns + column)];
  };
  for (std::int64_t y = 0; y < layout.rows; ++y) {
    if (level(y) > level(best)) best = y;
  }
  return best;
}

StftSettings stft_of(int n_fft, int hop_length) {
  StftSettings stft = StftSettings::for_n_fft(n_fft);
  stft.hop_length = hop_length;
  return stft;
}

TEST(PlotCells, TakeWhatFallsInAndElseInterpolate) {
  const std::vector<double> positions{0, 1, 2, 3, 4};
  const std::vector<double> edges{-1, -0.5, 0, 0.25, 0.75, 1, 3, 4, 5};
  const std::vector<Cell> cells = cells_of(positions, edges);
  ASSERT_EQ(cells.size(), 8U);
  const auto expect = [&](std::size_t i, std::int64_t first, std::int64_t count, float weight) {
    EXPECT_EQ(cells[i].first, first) << i;
    EXPECT_EQ(cells[i].count, count) << i;
    EXPECT_FLOAT_EQ(cells[i].weight, weight) << i;
  };
  expect(0, 0, 1, 0);  // before all: like the first
  expect(1, 0, 1, 0);
  expect(2, 0, 1, 0);
  expect(3, 0, 0, 0.5);
  expect(4, 0, 0, 0.875);
  expect(5, 1, 2, 0);  // 1 and 2; 3 is the next cell's
  expect(6, 3, 1, 0);
  expect(7, 4, 1, 0);
  EXPECT_EQ(cells_of(positions, std::vector<double>{3, 4})[0].count, 2) << "the last edge belongs to it";
}

/// Levels of a figure from the definition, in double: a naive transform of each frame, then the largest or the mean
/// power of all frames centred in a column and bins in a row. Rows and columns must hold some.
double naive_level(const std::vector<float>& x, const StftSettings& stft, Reduce reduce, double first, double end,
                   double low_hz, double high_hz, int rate) {
  double sum = 0;
  double largest = 0;
  int count = 0;
  double window_sum = 0;
  std::vector<double> window(static_cast<std::size_t>(stft.n_fft));
  for (int i = 0; i < stft.n_fft; ++i) {
    window[i] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * i / stft.n_fft);
    window_sum += window[i];
  }
  const auto n = static_cast<std::int64_t>(x.size());
  for (std::int64_t centre = 0; centre < n + stft.hop_length; centre += stft.hop_length) {
    if (centre < first || centre >= end) continue;
    for (int k = 0; k <= stft.n_fft / 2; ++k) {
      const double hz = static_cast<double>(k) * rate / stft.n_fft;
      if (hz < low_hz || hz >= high_hz) continue;
      std::complex<double> bin = 0;
      for (int i = 0; i < stft.n_fft; ++i) {
        const std::int64_t at = centre - stft.n_fft / 2 + i;
        if (at >= 0 && at < n) bin += window[i] * x[at] * std::polar(1.0, -2 * std::numbers::pi * k * i / stft.n_fft);
      }
      sum += std::norm(bin);
      largest = std::max(largest, std::norm(bin));
      ++count;
    }
  }
  EXPECT_GT(count, 0);
  const double power = reduce == Reduce::Max ? largest : sum / count;
  return 10 * std::log10(power / (window_sum * window_sum / 4));
}

TEST(PlotMeter, IsTheDefinition) {
  constexpr int kRate = 1000;
  const std::vector<float> x = test::noise(1003);
  const StftSettings stft = stft_of(64, 16);
  for (const Reduce reduce : {Reduce::Max, Reduce::Mean}) {
    const Figure figure = bare_figure(kRate, std::ssize(x), 41, 10);
    const Layout layout = lay_out(figure);
    ASSERT_EQ(layout.columns, 41);
    ASSERT_EQ(layout.rows, 10);
    const Panel panel = measure(figure, layout, {stft, reduce}, kRate, x);
    double worst = 0;
    for (int row = 0; row < 10; ++row) {
      for (int column = 0; column < 41; ++column) {
        const double width = 1003.0 / 41;
        const double top = row == 0 ? 1e9 : 500.0 - 50.0 * row;
        const double expected =
            naive_level(x, stft, reduce, column * width, (column + 1) * width, 450 - 50 * row, top, kRate);
        worst = std::max(
            worst,
            std::fabs(expected - panel.levels[static_cast<std::size_t>(row) * 41 + static_cast<std::size_t>(column)]));
      }
    }
    EXPECT_LT(worst, 1e-3) << to_string(reduce);
  }
}

TEST(PlotMeter, DoesNotDependOnThePieces) {
  const std::vector<float> x = test::voice(30000);
  for (const double end_s : {1.875, 0.05, 0.002}) {  // fewer columns than frames, more, and more than samples
    Figure figure = figure_of(16000, 1, std::ssize(x), FrequencyScaleKind::Mel);
    figure.end_s = end_s;
    figure.style.width = 400;
    const Layout layout = lay_out(figure);
    const MeterSettings settings{stft_of(512, 128)};
    const Panel whole = measure(figure, layout, settings, 16000, x, 30000);
    const Panel pieces = measure(figure, layout, settings, 16000, x, 77);
    EXPECT_EQ(whole.levels, pieces.levels) << end_s;
    EXPECT_EQ(whole.low, pieces.low) << end_s;
    EXPECT_EQ(whole.high, pieces.high) << end_s;
    EXPECT_EQ(std::ssize(whole.high), layout.columns);
  }
}

/// A part is what the whole shows there.
TEST(PlotMeter, APartIsThatOfTheWhole) {
  const std::vector<float> x = test::noise(40000);
  Figure figure = bare_figure(8000, 40000, 250, 65);
  const MeterSettings settings{stft_of(256, 100)};
  const Panel whole = measure(figure, lay_out(figure), settings, 8000, x);
  figure.start_s = 2;
  figure.end_s = 3;
  figure.style.width = 50;
  const Panel part = measure(figure, lay_out(figure), settings, 8000, x);
  for (std::size_t row = 0; row < 65; ++row) {
    for (std::size_t column = 0; column < 50; ++column) {
      ASSERT_EQ(part.levels[row * 50 + column], whole.levels[row * 250 + 100 + column]) << row << " " << column;
    }
  }
}

/// A full-scale sine is 0 dB, and as high as the axis says.
TEST(PlotMeter, ASineIsWhereTheAxisSaysIt) {
  constexpr int kRate = 16000;
  const StftSettings stft = stft_of(2048, 512);
  for (const FrequencyScaleKind kind : kKinds) {
    for (const int bin : {16, 60, 200, 555, 900}) {
      const double hz = static_cast<double>(bin) * kRate / stft.n_fft;
      const std::vector<float> x = test::sine(kRate, hz / kRate, 1);
      const Figure figure = figure_of(kRate, 1, kRate, kind);
      const Layout layout = lay_out(figure);
      const Panel panel = measure(figure, layout, {stft}, kRate, x);
      const std::int64_t column = layout.columns / 2;
      const std::int64_t row = brightest_row(panel, layout, column);
      const Box& box = layout.channels[0].spectrogram;
      const double expected = y_of_hz(figure, box, hz) - box.y;
      EXPECT_NEAR(static_cast<double>(row) + 0.5, expected, 1.0) << to_string(kind) << " " << hz;
      EXPECT_NEAR(panel.levels[static_cast<std::size_t>(row * layout.columns + column)], 0, 0.2)
          << to_string(kind) << " " << hz;
    }
  }
}

TEST(PlotMeter, AClickIsWhereTheAxisSaysIt) {
  constexpr int kRate = 8000;
  const StftSettings stft = stft_of(64, 16);
  for (const std::int64_t n : {3200, 80000}) {  // frames wider, and narrower than columns
    for (const std::int64_t click : {n / 5, n / 2, n - 160}) {
      std::vector<float> x(static_cast<std::size_t>(n));
      x[static_cast<std::size_t>(click)] = 1;
      const Figure figure = figure_of(kRate, 1, n);
      const Layout layout = lay_out(figure);
      const Panel panel = measure(figure, layout, {stft}, kRate, x);
      const auto row = panel.levels.begin() + layout.rows / 2 * layout.columns;
      const auto column = std::max_element(row, row + layout.columns) - row;
      const Box& box = layout.channels[0].spectrogram;
      const double expected = x_of_time(figure, box, static_cast<double>(click) / kRate) - box.x;
      EXPECT_NEAR(static_cast<double>(column) + 0.5, expected, 1.0) << n << " " << click;
      const auto highest = std::max_element(panel.high.begin(), panel.high.end()) - panel.high.begin();
      EXPECT_NEAR(static_cast<double>(highest) + 0.5, expected, 1.0) << n << " " << click;
      EXPECT_GT(panel.high[static_cast<std::size_t>(highest)], 0.5);
    }
  }
}

TEST(PlotMeter, TakesSoundsOfAnyLength) {
  for (const std::int64_t n : {0, 1, 2, 500, 2047}) {
    for (const bool center : {true, false}) {
      const Figure figure = figure_of(44100, 1, n);
      const Layout layout = lay_out(figure);
      StftSettings stft = stft_of(2048, 512);
      stft.center = center;
      const Panel panel = measure(figure, layout, {stft}, 44100, test::noise(n));
      ASSERT_EQ(std::ssize(panel.levels), layout.rows * layout.columns);
      for (const float level : panel.levels) ASSERT_LT(level, 1) << n;
      for (const float sample : panel.low) ASSERT_LE(std::fabs(sample), 0.5) << n;
      if (n == 0) {
        EXPECT_LT(*std::max_element(panel.levels.begin(), panel.levels.end()), -300);
      }
    }
  }
}

std::vector<Text> texts_of(const Drawing& drawing) {
  std::vector<Text> texts;
  for (const auto& shape : drawing.shapes) {
    if (const Text* text = std::get_if<Text>(&shape)) texts.push_back(*text);
  }
  return texts;
}

bool has_text(const std::vector<Text>& texts, const std::string& wanted) {
  return std::any_of(texts.begin(), texts.end(), [&](const Text& text) { return text.text == wanted; });
}

void expect_tidy(const Drawing& drawing, const std::string& what) {
  const std::vector<Text> texts = texts_of(drawing);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Box& box = texts[i].box;
    EXPECT_GE(box.x, 0) << what << ": " << texts[i].text;
    EXPECT_GE(box.y, 0) << what << ": " << texts[i].text;
    EXPECT_LE(box.right(), drawing.width) << what << ": " << texts[i].text;
    EXPECT_LE(box.bottom(), drawing.height) << what << ": " << texts[i].text;
    for (std::size_t k = 0; k < i; ++k) {
      EXPECT_FALSE(touch(box, texts[k].box)) << what << ": '" << texts[i].text << "' on '" << texts[k].text << "'";
    }
    for (const auto& shape : drawing.shapes) {
      if (const Image* image = std::get_if<Image>(&shape)) {
        EXPECT_FALSE(touch(box, image->box)) << what << ": " << texts[i].text;
      }
    }
  }
}

/// The figure, its panels all floor.
Drawing drawn(Figure figure) {
  const Layout layout = lay_out(figure);
  Panel panel;
  panel.levels.assign(static_cast<std::size_t>(layout.columns * layout.rows), -200);
  figure.panels.assign(static_cast<std::size_t>(figure.channels), panel);
  return draw(figure, layout);
}

TEST(PlotLayout, TextsKeepApart) {
  for (const int channels : {1, 2, 3, 8, 9, 33, 300, 1024}) {
    for (const int rate : {8000, 44100, 192000}) {
      for (const FrequencyScaleKind kind : kKinds) {
        Figure figure = figure_of(rate, channels, rate * std::int64_t{100}, kind);
        const std::string what = std::to_string(channels) + " x " + std::to_string(rate) + " " + to_string(kind);
        const Drawing drawing = drawn(figure);
        expect_tidy(drawing, what);
        const std::vector<Text> texts = texts_of(drawing);
        for (const char* wanted : {"a title", "Time (m:ss)", "0:00", "1:40", "dBFS", "0", "\u2212100"}) {
          EXPECT_TRUE(has_text(texts, wanted)) << what << ": " << wanted;
        }
        if (channels > 32) continue;
        EXPECT_TRUE(has_text(texts, kind == FrequencyScaleKind::Linear ? "Frequency (kHz)" : "Frequency (Hz)")) << what;
        if (channels > 2) {
          EXPECT_TRUE(has_text(texts, "Channel " + std::to_string(channels))) << what;
        }
      }
    }
  }
}

TEST(PlotLayout, TextsKeepApartInAnySize) {
  for (const int width : {250, 400, 3000}) {
    for (const int height : {0, 150, 300, 2000}) {
      for (const double end_s : {1e-5, 0.004, 7.0, 3599.0, 1e5}) {
        Figure figure = figure_of(44100, 2, 0);
        figure.style.width = width;
        figure.style.height = height;
        figure.style.scale = 1.3;
        figure.end_s = end_s;
        const Drawing drawing = drawn(figure);
        EXPECT_EQ(drawing.width, width);
        if (height > 0) {
          EXPECT_EQ(drawing.height, height);
        }
        expect_tidy(drawing, std::to_string(width) + " x " + std::to_string(height) + ", " + std::to_string(end_s));
      }
    }
  }
}

TEST(PlotLayout, RefusesWhatHasNoRoom) {
  Figure figure = figure_of(44100, 2, 44100);
  figure.style.width = 100;
  EXPECT_REFUSED(test::outcome_of([&] { lay_out(figure); }), ErrorCode::Usage, "--width 100 leaves no room");
  figure.style.width = 600;
  figure.style.height = 90;
  EXPECT_REFUSED(test::outcome_of([&] { lay_out(figure); }), ErrorCode::Usage, "no room for 2 channels");
}

TEST(PlotLayout, LongTitlesAreCutShort) {
  Figure figure = figure_of(44100, 1, 44100);
  figure.title.clear();
  for (int i = 0; i < 500; ++i) figure.title += "é<&";
  const Drawing drawing = drawn(figure);
  expect_tidy(drawing, "long title");
  const std::string title = texts_of(drawing).front().text;
  EXPECT_TRUE(title.starts_with("é<&é<&é<&"));
  EXPECT_TRUE(title.ends_with("\u2026"));
  EXPECT_GT(texts_of(drawing).front().box.width, 0.9 * drawing.width);
  EXPECT_EQ(printable_utf8(title), title) << "cut between characters";
}

TEST(PlotLayout, BareFiguresAreTheSpectrogram) {
  const Figure figure = bare_figure(8000, 8000, 300, 200);
  const Layout layout = lay_out(figure);
  EXPECT_EQ(layout.columns, 300);
  EXPECT_EQ(layout.rows, 200);
  EXPECT_TRUE(texts_of(drawn(figure)).empty());
}

TEST(PlotTexts, BecomePrintable) {
  EXPECT_EQ(printable_utf8("tön 音 🎵"), "tön 音 🎵");
  EXPECT_EQ(printable_utf8("a\nb\x7f"), "a\uFFFDb\uFFFD");
  EXPECT_EQ(printable_utf8("caf\xe9.wav"), "caf\uFFFD.wav");
  std::string replaced;
  for (int i = 0; i < 9; ++i) replaced += "\uFFFD";
  EXPECT_EQ(printable_utf8("\xc0\xaf\xed\xa0\x80\xef\xbf\xbf\xe9"), replaced) << "too long, a surrogate, none, cut";
}

Colour pixel(const Picture& picture, double x, double y) {
  const std::uint8_t* at = picture.row(static_cast<std::int64_t>(y)) + 3 * static_cast<std::int64_t>(x);
  return {at[0], at[1], at[2]};
}

TEST(PlotPixels, FloorAndTopAreTheMapsEnds) {
  for (const double scale : {1.0, 1.7, 2.0}) {
    Figure figure = figure_of(8000, 1, 8000);
    figure.style.scale = scale;
    const Layout layout = lay_out(figure);
    Panel panel;
    panel.levels.assign(static_cast<std::size_t>(layout.columns * layout.rows), -100.0F);
    panel.levels[0] = 0;              // the first pixel
    panel.levels[1] = 25;             // beyond the top
    panel.levels[2] = -200;           // beyond the floor
    panel.levels[3] = std::nanf("");  // no number
    panel.levels.back() = 0;          // the last pixel
    panel.levels[panel.levels.size() - 2] = -50;
    figure.panels = {panel};
    const Picture picture = rasterise(draw(figure, layout));
    EXPECT_EQ(picture.width, std::lround(1200 * scale));
    const Colour& floor = figure.colormap.colours.front();
    const Colour& top = figure.colormap.colours.back();
    const Box& box = layout.channels[0].spectrogram;
    const double x = std::round(box.x * scale);
    const double y = std::round(box.y * scale);
    EXPECT_EQ(pixel(picture, x, y), top);
    EXPECT_EQ(pixel(picture, x + 1, y), top);
    EXPECT_EQ(pixel(picture, x + 2, y), floor);
    EXPECT_EQ(pixel(picture, x + 3, y), floor);
    EXPECT_EQ(pixel(picture, x + 4, y), floor);
    const double right = x + static_cast<double>(layout.columns) - 1;
    const double bottom = y + static_cast<double>(layout.rows) - 1;
    EXPECT_EQ(pixel(picture, right, bottom), top);
    EXPECT_EQ(pixel(picture, right - 1, bottom), figure.colormap.colours[128]);
    EXPECT_EQ(pixel(picture, 2, 2), (Colour{255, 255, 255}));
    const Box& bar = layout.colour_bar;
    EXPECT_EQ(pixel(picture, (bar.x + 5) * scale, std::round(bar.y * scale)), top);
    EXPECT_EQ(pixel(picture, (bar.x + 5) * scale, std::round(bar.bottom() * scale) - 1), floor);
  }
}

TEST(PlotSvg, HoldsItsTextsEscaped) {
  Figure figure = figure_of(8000, 1, 8000);
  figure.title = "<b>\"Tom\" & 音\x01.wav</b>";
  const std::string svg = to_svg(drawn(figure), printable_utf8(figure.title));
  EXPECT_NE(svg.find(">&lt;b&gt;&quot;Tom&quot; &amp; 音\uFFFD.wav&lt;/b&gt;</text>"), std::string::npos);
  EXPECT_NE(svg.find("<title>&lt;b&gt;"), std::string::npos);
  EXPECT_NE(svg.find(">Frequency (kHz)</text>"), std::string::npos);
  EXPECT_NE(svg.find("data:image/png;base64,iVBORw0KGgo"), std::string::npos);
}

TEST(PlotPdf, HasNoDate) {
  const std::vector<std::uint8_t> pdf = to_pdf(drawn(figure_of(8000, 1, 8000)), "a title");
  const std::string text(pdf.begin(), pdf.end());
  EXPECT_TRUE(text.starts_with("%PDF-1."));
  EXPECT_NE(text.find("/Title (a title)"), std::string::npos);
  EXPECT_EQ(text.find("Date"), std::string::npos);
}

// The conversion of files.

class PlotFiles : public testing::Test {
 protected:
  static batch::PlotSettings settings() {
    batch::PlotSettings settings;
    settings.stft = stft_of(512, 128);
    settings.colormap = colormap_by_name("viridis");
    settings.title = "the same";
    return settings;
  }
  fs::path sound(const std::string& name, std::int64_t n, audio::Container container = audio::Container::Wav) {
    audio::write(folder_ / name, test::mono_sound(test::voice(n), 16000), {container, SampleFormat::Pcm16});
    return folder_ / name;
  }
  Picture plot(const fs::path& source, const batch::PlotSettings& settings) {
    const batch::Plotter plotter(settings);
    batch::Job job;
    job.restart({source, folder_ / "figure.png"});
    batch::Worker worker(make_backend("cpu"));
    plotter.read(job);
    plotter.compute(worker, job);
    plotter.write(job);
    converted_ = job.converted;
    image::PictureFile file;
    image::read(folder_ / "figure.png", file);
    return std::move(file.picture);
  }
  static double mean_difference(const Picture& a, const Picture& b) {
    EXPECT_EQ(a.width, b.width);
    EXPECT_EQ(a.height, b.height);
    double sum = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i) sum += std::abs(a.pixels.data()[i] - b.pixels.data()[i]);
    return sum / static_cast<double>(a.pixels.size());
  }
  test::TempFolder folder_;
  batch::Converted converted_;
};

TEST_F(PlotFiles, APictureIsPlottedLikeItsSound) {
  const fs::path wav = sound("a.wav", 40000);
  Audio audio;
  audio::read(wav, audio);
  EncodeSettings encode;
  encode.stft = stft_of(512, 128);
  encode.pixels.encoding = Encoding::Hsv16;
  const std::unique_ptr<Backend> backend = make_backend("cpu");
  Picture picture;
  const PictureNote note = to_picture(*backend, audio, encode, picture);
  image::write_png(folder_ / "a.png", picture, &note);

  batch::PlotSettings other = settings();
  const Picture expected = plot(wav, other);
  other.stft = stft_of(2048, 512);  // not looked at: the note's
  EXPECT_LT(mean_difference(expected, plot(folder_ / "a.png", other)), 0.5);
  other.keeps_stft_of_pictures = false;
  EXPECT_GT(mean_difference(expected, plot(folder_ / "a.png", other)), 1);
}

TEST_F(PlotFiles, LongFilesWhoseHeadersLieAreMeasuredAgain) {
  const fs::path flac = sound("a.flac", 5'000'000, audio::Container::Flac);
  const Picture expected = plot(flac, settings());
  EXPECT_DOUBLE_EQ(converted_.audio_seconds, 312.5);
  // The number of samples: the low half of byte 21 and the four behind it.
  std::fstream file(flac, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(23);
  file.put('\x60').put('\0').put('\0');
  file.close();
  ASSERT_EQ(audio::inspect(flac).n_samples, 0x600000);
  EXPECT_EQ(mean_difference(expected, plot(flac, settings())), 0);
  EXPECT_DOUBLE_EQ(converted_.audio_seconds, 312.5);
}

TEST_F(PlotFiles, NothingAndSilenceAreDrawn) {
  for (const std::int64_t n : {0, 1, 3}) {
    const fs::path wav = sound("short.wav", n);
    batch::PlotSettings relative = settings();
    relative.is_relative_to_peak = true;
    const Picture picture = plot(wav, relative);
    const std::int64_t middle = picture.height / 2;
    if (n <= 1) {
      EXPECT_EQ(pixel(picture, 600, static_cast<double>(middle)), relative.colormap.colours[0]) << n;
    }
  }
}

TEST_F(PlotFiles, RelativeLevelsReachTheTop) {
  const fs::path wav = sound("a.wav", 40000);
  batch::PlotSettings relative = settings();
  relative.is_relative_to_peak = true;
  relative.style.axes = relative.style.colour_bar = relative.style.waveform = false;
  relative.title = "";
  const auto count_top = [&](const Picture& picture) {
    std::int64_t count = 0;
    for (std::int64_t y = 0; y < picture.height; ++y) {
      for (std::int64_t x = 0; x < picture.width; ++x) {
        count += pixel(picture, static_cast<double>(x), static_cast<double>(y)) == relative.colormap.colours[255];
      }
    }
    return count;
  };
  EXPECT_GE(count_top(plot(wav, relative)), 1);
  relative.is_relative_to_peak = false;
  EXPECT_EQ(count_top(plot(wav, relative)), 0);
}

TEST_F(PlotFiles, RefusesWhatLiesBehindTheEnd) {
  const fs::path wav = sound("a.wav", 16000);
  batch::PlotSettings late = settings();
  late.start_s = 1;
  EXPECT_REFUSED(test::outcome_of([&] { plot(wav, late); }), ErrorCode::Usage, "lies behind the end of the sound");
  late.start_s = 0.9;
  late.duration_s = 5;
  plot(wav, late);
  EXPECT_NEAR(converted_.audio_seconds, 0.1, 1e-9);
}

TEST_F(PlotFiles, ParametersNameAllThatMatters) {
  const std::string usual = batch::Plotter(settings()).parameters();
  batch::PlotSettings other = settings();
  other.style.scale = 2;
  EXPECT_NE(batch::Plotter(other).parameters(), usual);
  other = settings();
  std::swap(other.colormap.colours[0], other.colormap.colours[255]);
  EXPECT_NE(batch::Plotter(other).parameters(), usual);
  other = settings();
  other.stft.hop_length = 64;
  EXPECT_NE(batch::Plotter(other).parameters(), usual);
  EXPECT_EQ(batch::Plotter(settings()).parameters(), usual);
}

}  // namespace
}  // namespace spectrohue::plot
