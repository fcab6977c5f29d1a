// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/foreign_spectrogram.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "batch/foreign_plot.h"
#include "core/names.h"
#include "spectrohue/error.h"
#include "spectrohue/frequency_scale.h"

namespace spectrohue::batch {

namespace {

using image::AxisEnds;
using image::AxisKind;
using image::CellAt;

constexpr Names<PictureMaker, 5> kMakers{{{PictureMaker::Specshow, "specshow"},
                                          {PictureMaker::Sox, "sox"},
                                          {PictureMaker::Ffmpeg, "ffmpeg"},
                                          {PictureMaker::Gray, "gray"},
                                          {PictureMaker::Auto, "auto"}}};

/// A frame's magnitudes in memory, all of them: 4 bytes each, and retrieval needs several times that.
constexpr double kMostMagnitudes = 1 << 30;

template <class... Values>
std::string format(const char* pattern, Values... values) {
  char text[240];
  std::snprintf(text, sizeof text, pattern, values...);
  return text;
}

std::string hz_text(double hz) { return format("%.6g Hz", hz); }

/// Cells under a line of pixels, and where the line's ends are.
struct Ruler {
  int n_cells = 0;
  AxisEnds ends;
  bool has_flat_cells = false;  ///< pixels within a cell are alike: what they show can correct the ends
  std::function<CellAt(const AxisEnds&)> cells_of;
};

/// All that the parameters say of a plot.
struct Geometry {
  ForeignShape shape;
  PixelSettings bands;  ///< AxisKind::Mel: the rows are its bands
  bool has_bands = false;
  Curve curve;
  Ruler rows;     ///< upwards
  Ruler columns;  ///< to the right
  bool has_level = false;
  std::vector<std::string> said;  ///< parameters, and where each is from
};

/// Flags that are needed and not there.
class Missing {
 public:
  void need(bool is_there, const char* flag) {
    if (!is_there) flags_.emplace_back(flag);
  }
  void check(PictureMaker maker) const {
    if (flags_.empty()) return;
    std::string list;
    for (std::size_t i = 0; i < flags_.size(); ++i) {
      list += (i == 0 ? "" : i + 1 == flags_.size() ? " and " : ", ") + flags_[i];
    }
    throw Error(ErrorCode::Usage, "what a picture of " + to_string(maker) +
                                      " does not say must be given, and guesses would make another sound: add " + list);
  }

 private:
  std::vector<std::string> flags_;
};

constexpr const char* kNeedRate = "--sample-rate (Hz)";
constexpr const char* kNeedDuration = "--duration (seconds of sound; or --n-samples)";
constexpr const char* kNeedDurationOrHop = "--duration (seconds of sound) or --hop-length (samples a column)";
constexpr const char* kNeedFmin = "--fmin (Hz at the lower end of a logarithmic axis)";

std::optional<int> rate_of(const std::filesystem::path& path, const ParameterFlags& flags) {
  return flags.sample_rate ? flags.sample_rate : sample_rate_in_name(path);
}

std::optional<std::int64_t> samples_of(const ParameterFlags& flags, int rate) {
  if (flags.n_samples) return flags.n_samples;
  if (!flags.foreign.duration_s) return std::nullopt;
  const double n_samples = *flags.foreign.duration_s * rate;
  if (!(n_samples < 1e15)) throw Error(ErrorCode::Usage, "--duration is longer than any sound that can be made");
  return static_cast<std::int64_t>(std::llround(n_samples));
}

/// The even size with factors 2, 3, 5 and 7 that is nearest to n, the smaller of two.
int nearest_fast_size(std::int64_t n) {
  for (std::int64_t off = 0;; ++off) {
    for (const std::int64_t size : {n - off, n + off}) {
      if (size >= 16 && size % 2 == 0 && is_fast_size(size)) return static_cast<int>(size);
    }
  }
}

/// Puts n_fft and what follows from it, or was given, into the settings.
StftSettings stft_of(const ParameterFlags& flags, int n_fft) {
  StftSettings stft = StftSettings::for_n_fft(n_fft);
  stft.win_length = flags.win_length.value_or(stft.win_length);
  stft.hop_length = flags.hop_length.value_or(std::max(1, stft.win_length / 4));
  stft.window = flags.window.value_or(stft.window);
  stft.window_parameter = flags.window_parameter.value_or(stft.window_parameter);
  return stft;
}

Curve curve_of(const ParameterFlags& flags, CurveKind usual, double usual_db, std::vector<std::string>& said) {
  Curve curve;
  curve.kind = flags.curve.value_or(flags.top_db ? CurveKind::Db : usual);
  if (curve.kind != CurveKind::Db && curve.kind != CurveKind::Gamma && curve.kind != CurveKind::Linear) {
    throw Error(ErrorCode::Usage, "with --from, --curve is db, gamma or linear");
  }
  curve.gamma = flags.gamma.value_or(curve.gamma);
  curve.top_db = flags.top_db.value_or(usual_db);
  if (!(curve.gamma > 0 && curve.gamma <= 1 && curve.top_db > 0 && curve.top_db <= 400)) {
    throw Error(ErrorCode::Usage, "--gamma must be above 0 and at most 1, --top-db above 0 and at most 400");
  }
  switch (curve.kind) {
    case CurveKind::Db:
      said.push_back(format("colours span %g dB", curve.top_db) + (flags.top_db ? "" : " (assumed; --top-db)"));
      break;
    case CurveKind::Gamma: said.push_back(format("colours are magnitudes to the power of %g", curve.gamma)); break;
    default: said.emplace_back(flags.curve ? "colours are magnitudes" : "brightness is magnitude (assumed; --curve)");
  }
  return curve;
}

/// why: behind what was not given.
void say_transform(const ParameterFlags& flags, const char* why_n_fft, const char* why_hop, Geometry& g) {
  const StftSettings& stft = g.shape.stft;
  g.said.push_back("n_fft " + std::to_string(stft.n_fft) + (flags.n_fft ? "" : why_n_fft));
  g.said.push_back("hop_length " + std::to_string(stft.hop_length) + (flags.hop_length ? "" : why_hop));
  g.said.push_back(to_string(stft.window) + " window" + (flags.window ? "" : " (assumed; --window)"));
  g.said.push_back(std::to_string(g.shape.sample_rate) + " Hz" + (flags.sample_rate ? "" : " (from the file name)"));
  g.said.push_back(format("%.6g s", static_cast<double>(g.shape.n_samples) / g.shape.sample_rate));
}

void check(const Geometry& g) {
  validate(g.shape.stft);
  if (g.shape.n_samples < 1) throw Error(ErrorCode::Usage, "the sound would have no samples; check --duration");
  const auto n_frames = static_cast<double>(g.shape.stft.n_frames(g.shape.n_samples));
  if (n_frames * g.shape.stft.n_bins() > kMostMagnitudes) {
    throw Error(ErrorCode::Usage, "the sound would have more than 2^30 magnitudes; check --duration and --hop-length");
  }
}

/// Frequencies at the ends of an axis that reaches half a cell beyond the outermost ones.
FrequencyRange specshow_range(const ParameterFlags& flags, double lowest, double highest, double half_low,
                              double half_high) {
  return {flags.fmin.value_or(lowest - half_low), flags.fmax.value_or(highest + half_high)};
}

std::function<CellAt(const AxisEnds&)> on_axis(AxisKind kind, FrequencyRange range,
                                               const std::function<double(double hz)>& cell_of_hz) {
  const double low = image::axis_position(kind, range.fmin);
  const double high = image::axis_position(kind, range.fmax);
  return [=](const AxisEnds& ends) -> CellAt {
    return [=](double position) {
      const double share = (position - ends.first) / (ends.last - ends.first);
      return cell_of_hz(image::axis_hz(kind, low + share * (high - low)));
    };
  };
}

/// Cells whose centres are at rising frequencies, and whose edges are midway between them.
double cell_among(const std::vector<double>& centres, double hz) {
  const auto n = static_cast<std::ptrdiff_t>(centres.size());
  const auto behind = std::ranges::upper_bound(centres, hz) - centres.begin();
  const std::ptrdiff_t before = std::clamp<std::ptrdiff_t>(behind - 1, 0, std::max<std::ptrdiff_t>(0, n - 2));
  if (n == 1) return 0;
  return static_cast<double>(before) + (hz - centres[before]) / (centres[before + 1] - centres[before]);
}

/// librosa's mel_frequencies(): evenly spaced, ends included.
std::vector<double> mel_centres(const FrequencyScale& scale, double fmax) {
  const double first = scale_of_hz(scale, scale.fmin);
  const double step = (scale_of_hz(scale, fmax) - first) / (scale.n_bands - 1);
  std::vector<double> centres;
  for (int i = 0; i < scale.n_bands; ++i) centres.push_back(hz_of_scale(scale, first + i * step));
  return centres;
}

void specshow_rows(const ParameterFlags& flags, AxisKind kind, Geometry& g) {
  const ForeignShape& shape = g.shape;
  Ruler& rows = g.rows;
  rows.has_flat_cells = true;
  if (kind == AxisKind::Mel) {
    g.has_bands = true;
    g.bands.encoding = Encoding::Gray32f;
    g.bands.curve.kind = CurveKind::Linear;
    fill_scale(flags, g.bands);
    g.bands.scale.kind = FrequencyScaleKind::Mel;
    validate(g.bands.scale, shape.stft.n_fft, shape.sample_rate);
    if (g.bands.scale.n_bands < 2) throw Error(ErrorCode::Usage, "--n-mels must be at least 2 here");
    rows.n_cells = g.bands.scale.n_bands;
    const std::vector<double> at = mel_centres(g.bands.scale, frequency_range(g.bands.scale, shape.sample_rate).fmax);
    const FrequencyRange range{at[0] - (at[1] - at[0]) / 2, at.back() + (at.back() - at[at.size() - 2]) / 2};
    rows.cells_of = on_axis(kind, range, [at](double hz) { return cell_among(at, hz); });
    g.said.push_back("mel axis of " + std::to_string(rows.n_cells) + " " + to_string(g.bands.scale.mel_scale) +
                     " bands, " + hz_text(at.front()) + " to " + hz_text(at.back()));
    return;
  }
  rows.n_cells = shape.stft.n_bins();
  const double bin_hz = static_cast<double>(shape.sample_rate) / shape.stft.n_fft;
  const FrequencyRange range = specshow_range(flags, 0, shape.sample_rate / 2.0, bin_hz / 2, bin_hz / 2);
  rows.cells_of = on_axis(kind, range, [bin_hz](double hz) { return hz / bin_hz; });
  g.said.push_back(to_string(kind) + " axis, " + hz_text(range.fmin) + " to " + hz_text(range.fmax));
}

Geometry specshow_geometry(const ForeignPlot& plot, const std::filesystem::path& path, const ParameterFlags& flags) {
  const std::optional<int> rate = rate_of(path, flags);
  const std::optional<AxisKind> kind = flags.foreign.axis;
  Missing missing;
  missing.need(rate.has_value(), kNeedRate);
  missing.need(flags.n_fft.has_value(), "--n-fft (samples a frame)");
  missing.need(flags.foreign.duration_s || flags.n_samples, kNeedDuration);
  missing.need(kind.has_value(), "--axis (symlog if y_axis was 'log', else linear, log or mel)");
  missing.need(kind != AxisKind::Mel || flags.n_bands, "--n-mels (bands)");
  missing.need(kind != AxisKind::Log || flags.fmin, kNeedFmin);
  missing.check(plot.maker);
  Geometry g;
  g.shape.sample_rate = *rate;
  g.shape.n_samples = *samples_of(flags, *rate);
  g.shape.stft = stft_of(flags, *flags.n_fft);
  g.shape.stft.center = flags.center.value_or(true);
  if (g.shape.stft.center) g.shape.stft.frames = FrameCount::Floor;
  check(g);
  specshow_rows(flags, *kind, g);
  const std::int64_t n_samples = g.shape.n_samples;
  const StftSettings& stft = g.shape.stft;
  // Uncentred, librosa has no frame that reaches beyond the sound.
  const std::int64_t n_frames =
      stft.center ? stft.n_frames(n_samples) : 1 + std::max<std::int64_t>(0, n_samples - stft.n_fft) / stft.hop_length;
  g.columns.n_cells = static_cast<int>(stft.n_frames(n_samples));
  g.columns.ends = plot.across;
  g.columns.has_flat_cells = true;
  g.columns.cells_of = [n_frames](const AxisEnds& ends) -> CellAt {
    return [=](double position) {
      return static_cast<double>(n_frames) * (position - ends.first) / (ends.last - ends.first) - 0.5;
    };
  };
  const auto height = static_cast<double>(plot.pixels.height);
  g.rows.ends = {height - plot.down.last, height - plot.down.first};
  g.curve = curve_of(flags, CurveKind::Db, 80, g.said);
  say_transform(flags, "", " (a quarter of the window, assumed; --hop-length)", g);
  return g;
}

/// Of columns that stand for stretches of the sound, side by side: how many samples each has.
struct Stretches {
  double samples = 0;
  std::int64_t n_samples = 0;
};

Stretches stretches_of(const ParameterFlags& flags, int rate, std::int64_t width) {
  if (const std::optional<std::int64_t> n_samples = samples_of(flags, rate)) {
    return {static_cast<double>(*n_samples) / static_cast<double>(width), *n_samples};
  }
  return {static_cast<double>(*flags.hop_length), width * *flags.hop_length};
}

/// Sets hop_length if it was not given: near the columns' distance, where that suits the window.
void choose_hop(const ParameterFlags& flags, double samples_a_column, StftSettings& stft) {
  if (flags.hop_length) return;
  constexpr int kMostOverlap = 16;
  const int least = std::max(1, stft.win_length / kMostOverlap);
  const int most = std::max(1, stft.win_length / 4);
  stft.hop_length = static_cast<int>(std::clamp<double>(std::round(samples_a_column), least, most));
}

/// Column c is about the middle of its stretch.
void set_stretches(const Stretches& stretches, std::int64_t width, Geometry& g) {
  g.columns.n_cells = static_cast<int>(g.shape.stft.n_frames(g.shape.n_samples));
  g.columns.ends = {0, static_cast<double>(width)};
  const double cells_a_column = stretches.samples / g.shape.stft.hop_length;
  g.columns.cells_of = [=](const AxisEnds&) -> CellAt {
    return [=](double position) { return position * cells_a_column; };
  };
  g.said.push_back(format("%.6g samples a column", stretches.samples));
}

/// Row r from the bottom shows one frequency, hz_of_row(r).
void set_rows(std::int64_t height, const std::function<double(double row)>& hz_of_row, Geometry& g) {
  g.rows.n_cells = g.shape.stft.n_bins();
  g.rows.ends = {0, static_cast<double>(height)};
  const double bins_a_hz = static_cast<double>(g.shape.stft.n_fft) / g.shape.sample_rate;
  g.rows.cells_of = [=](const AxisEnds&) -> CellAt {
    return [=](double position) { return hz_of_row(position - 0.5) * bins_a_hz; };
  };
}

Geometry sox_geometry(const ForeignPlot& plot, const std::filesystem::path& path, const ParameterFlags& flags) {
  const std::optional<int> rate = rate_of(path, flags);
  Missing missing;
  missing.need(rate.has_value(), kNeedRate);
  missing.need(flags.foreign.duration_s || flags.n_samples || flags.hop_length, kNeedDurationOrHop);
  missing.check(plot.maker);
  if (flags.foreign.axis && *flags.foreign.axis != AxisKind::Linear) {
    throw Error(ErrorCode::Usage, "SoX draws linear axes only; leave --axis out");
  }
  const std::int64_t width = plot.pixels.width;
  const std::int64_t height = plot.pixels.height;
  Geometry g;
  g.shape.sample_rate = *rate;
  const Stretches stretches = stretches_of(flags, *rate, width);
  g.shape.n_samples = stretches.n_samples;
  g.shape.stft = stft_of(flags, flags.n_fft ? *flags.n_fft : nearest_fast_size(2 * (height - 1)));
  choose_hop(flags, stretches.samples, g.shape.stft);
  check(g);
  const double row_hz = *rate / 2.0 / static_cast<double>(std::max<std::int64_t>(1, height - 1));
  set_rows(
      height, [row_hz](double row) { return row * row_hz; }, g);
  g.said.push_back("linear axis, 0 Hz to " + hz_text(*rate / 2.0));
  g.curve = curve_of(flags, CurveKind::Db, 120, g.said);
  g.has_level = g.curve.kind == CurveKind::Db;
  say_transform(flags, " (from the height; --n-fft)", " (chosen; --hop-length)", g);
  set_stretches(stretches, width, g);
  return g;
}

/// showspectrumpic's fscale=log: rows are spaced as its legend says, from 20 Hz, but show 20 Hz more than that.
double ffmpeg_log_hz(double row, double n_rows, double nyquist) {
  constexpr double kLowest = 20;
  return kLowest + kLowest * std::pow(nyquist / kLowest, row / n_rows);
}

/// Samples in a window of showspectrumpic's. Those of a column are cut into as few pieces of one size as windows hold;
/// windows do not overlap, and a column is the mean of its pieces.
std::int64_t ffmpeg_piece(std::int64_t samples_a_column, std::int64_t window) {
  const std::int64_t n_pieces = (samples_a_column + window - 1) / window;
  return samples_a_column / n_pieces;
}

Geometry ffmpeg_geometry(const ForeignPlot& plot, const std::filesystem::path& path, const ParameterFlags& flags) {
  const std::optional<int> rate = rate_of(path, flags);
  Missing missing;
  missing.need(rate.has_value(), kNeedRate);
  missing.need(flags.foreign.duration_s || flags.n_samples || flags.hop_length, kNeedDurationOrHop);
  missing.check(plot.maker);
  const AxisKind kind = flags.foreign.axis.value_or(AxisKind::Linear);
  const bool is_log = kind == AxisKind::Log;
  if (!is_log && kind != AxisKind::Linear) {
    throw Error(ErrorCode::Usage, "ffmpeg draws linear (fscale=lin) and logarithmic axes (fscale=log) only: --axis");
  }
  if (is_log && (flags.fmin || flags.fmax)) {
    throw Error(ErrorCode::Usage,
                "of ffmpeg's logarithmic axes only the usual one can be read; leave --fmin and --fmax out");
  }
  const std::int64_t width = plot.pixels.width;
  const auto n_rows = static_cast<double>(plot.pixels.height);
  Geometry g;
  g.shape.sample_rate = *rate;
  Stretches stretches = stretches_of(flags, *rate, width);
  stretches.samples = std::max(1.0, std::floor(stretches.samples));
  g.shape.n_samples = stretches.n_samples;
  const std::int64_t window = 2 * plot.pixels.height;
  const std::int64_t piece = ffmpeg_piece(static_cast<std::int64_t>(stretches.samples), window);
  g.shape.stft = stft_of(flags, flags.n_fft ? *flags.n_fft : nearest_fast_size(std::max<std::int64_t>(16, piece)));
  choose_hop(flags, stretches.samples, g.shape.stft);
  check(g);
  const double nyquist = *rate / 2.0;
  const double low = flags.fmin.value_or(0);
  const double high = flags.fmax.value_or(nyquist);
  set_rows(
      plot.pixels.height,
      [=](double row) { return is_log ? ffmpeg_log_hz(row, n_rows, nyquist) : low + (high - low) * row / n_rows; }, g);
  g.said.push_back(to_string(kind) + " axis" + (flags.foreign.axis ? "" : " (assumed; --axis)") + ", " +
                   hz_text(is_log ? 20 : low) + " to " + hz_text(high));
  g.curve = curve_of(flags, CurveKind::Db, 120, g.said);
  say_transform(flags, " (samples in a window; --n-fft)", " (chosen; --hop-length)", g);
  set_stretches(stretches, width, g);
  if (piece < window) {
    g.said.push_back(format("ffmpeg's windows of %lld samples had %lld, which blurs frequencies",
                            static_cast<long long>(window), static_cast<long long>(piece)));
  }
  return g;
}

int gray_n_fft(const ForeignPlot& plot, const ParameterFlags& flags) {
  return flags.n_fft ? *flags.n_fft : static_cast<int>(2 * (plot.pixels.height - 1));
}

void gray_rows(const ForeignPlot& plot, const ParameterFlags& flags, AxisKind kind, Geometry& g) {
  const FrequencyRange range{flags.fmin.value_or(0), flags.fmax.value_or(g.shape.sample_rate / 2.0)};
  if (!(range.fmin < range.fmax)) throw Error(ErrorCode::Usage, "--fmin must be below --fmax");
  const double low = image::axis_position(kind, range.fmin);
  const double step = (image::axis_position(kind, range.fmax) - low) /
                      static_cast<double>(std::max<std::int64_t>(1, plot.pixels.height - 1));
  set_rows(
      plot.pixels.height, [=](double row) { return image::axis_hz(kind, low + row * step); }, g);
  g.said.push_back(to_string(kind) + " axis" + (flags.foreign.axis ? "" : " (assumed; --axis)") + ", " +
                   hz_text(range.fmin) + " to " + hz_text(range.fmax));
}

/// The first column is the first frame, the last one the last.
void gray_columns(const ForeignPlot& plot, const ParameterFlags& flags, Geometry& g) {
  const std::int64_t width = plot.pixels.width;
  const bool is_frame_a_column = !flags.foreign.duration_s && !flags.n_samples;
  g.columns.n_cells = static_cast<int>(g.shape.stft.n_frames(g.shape.n_samples));
  g.columns.ends = {0, static_cast<double>(width)};
  const double frames_a_column = is_frame_a_column || width == 1
                                     ? 1.0
                                     : static_cast<double>(g.columns.n_cells - 1) / static_cast<double>(width - 1);
  g.columns.cells_of = [=](const AxisEnds&) -> CellAt {
    return [=](double position) { return (position - 0.5) * frames_a_column; };
  };
}

Geometry gray_geometry(const ForeignPlot& plot, const std::filesystem::path& path, const ParameterFlags& flags) {
  const std::optional<int> rate = rate_of(path, flags);
  const AxisKind kind = flags.foreign.axis.value_or(AxisKind::Linear);
  const bool is_n_fft_known = flags.n_fft || (kind == AxisKind::Linear && is_fast_size(gray_n_fft(plot, flags)));
  Missing missing;
  missing.need(rate.has_value(), kNeedRate);
  missing.need(is_n_fft_known, "--n-fft (samples a frame)");
  missing.need(flags.foreign.duration_s || flags.n_samples || flags.hop_length, kNeedDurationOrHop);
  missing.need(kind != AxisKind::Log || flags.fmin, kNeedFmin);
  missing.check(plot.maker);
  if (kind == AxisKind::Mel) {
    throw Error(ErrorCode::Usage,
                "a gray picture of mel bands is decoded without --from: --freq-scale mel --curve NAME --n-fft N "
                "--sample-rate HZ");
  }
  Geometry g;
  g.shape.sample_rate = *rate;
  g.shape.stft = stft_of(flags, gray_n_fft(plot, flags));
  const std::optional<std::int64_t> n_samples = samples_of(flags, *rate);
  if (n_samples) {
    choose_hop(flags, static_cast<double>(*n_samples) / static_cast<double>(plot.pixels.width), g.shape.stft);
  }
  g.shape.n_samples = n_samples ? *n_samples : (plot.pixels.width - 1) * g.shape.stft.hop_length;
  check(g);
  gray_rows(plot, flags, kind, g);
  gray_columns(plot, flags, g);
  g.curve = curve_of(flags, CurveKind::Linear, 80, g.said);
  say_transform(flags, " (from the height; --n-fft)", " (chosen; --hop-length)", g);
  return g;
}

/// Flags about pictures of spectrohue's own, which would do nothing here.
void refuse_others(PictureMaker maker, const ParameterFlags& flags) {
  std::string list;
  const auto refuse = [&](bool is_given, const char* flag) {
    if (is_given) list += (list.empty() ? "" : ", ") + std::string(flag);
  };
  refuse(flags.preset.has_value(), "--preset");
  refuse(flags.encoding.has_value(), "--encoding");
  refuse(flags.ref.has_value(), "--ref");
  refuse(flags.drop_top.has_value(), "--drop-top");
  refuse(flags.freq_scale.has_value(), "--freq-scale");
  refuse(flags.channels.has_value(), "--channels");
  refuse(flags.half.has_value(), "--pair");
  refuse(flags.resizes_to_note, "--resize-to-note");
  refuse(flags.retrieval.start == PhaseStart::Stored, "--init stored");
  refuse(flags.center && maker != PictureMaker::Specshow, "--center");
  if (list.empty()) return;
  throw Error(ErrorCode::Usage, list + " can say nothing of a picture of " + to_string(maker) + "; leave it out");
}

Geometry geometry_of(const ForeignPlot& plot, const std::filesystem::path& path, const ParameterFlags& flags) {
  refuse_others(plot.maker, flags);
  switch (plot.maker) {
    case PictureMaker::Specshow: return specshow_geometry(plot, path, flags);
    case PictureMaker::Sox: return sox_geometry(plot, path, flags);
    case PictureMaker::Ffmpeg: return ffmpeg_geometry(plot, path, flags);
    default: return gray_geometry(plot, path, flags);
  }
}

void refuse_note(const image::PictureFile& file) {
  if (!file.note) return;
  throw Error(ErrorCode::Usage,
              "the picture has a note of spectrohue's own, which says all that its sound needs; leave --from out");
}

/// Where axes' ends are as far as the pixels tell; says so if pixels contradict the parameters.
std::vector<int> pixels_of(const Ruler& ruler, const std::vector<double>& changes, bool is_lossy, const char* suspects,
                           std::vector<std::string>& messages) {
  /// Of changes that chance would put within cells, the share above which something is wrong; where it is right, 0.1 is
  /// usual of the thin lines of small figures, and 0.7 of JPEG, which blurs cells.
  constexpr double kMostStray = 0.25;
  AxisEnds ends = ruler.ends;
  if (ruler.has_flat_cells) {
    const image::CellAgreement fit = image::fit_ends(changes, ends, ruler.cells_of);
    ends = fit.ends;
    if (!is_lossy && fit.chance_share > 0.1 && fit.stray_share > kMostStray * fit.chance_share) {
      messages.push_back(
          format("%.0f %% of the plot's changes are where by the parameters there is one cell (%.0f %% if "
                 "cells were anywhere): are %s right?",
                 100 * fit.stray_share, 100 * fit.chance_share, suspects));
    }
  }
  return image::pixels_of_cells(ruler.cells_of(ends), static_cast<int>(changes.size()) + 1, ruler.n_cells);
}

/// Magnitudes of bands, guesses among them, as a picture of spectrohue's own.
ForeignBands bands_of(const Geometry& g, const image::CellMagnitudes& cells) {
  ForeignBands bands;
  PictureNote& note = bands.note;
  note.stft = g.shape.stft;
  note.pixels = g.bands;
  note.sample_rate = g.shape.sample_rate;
  note.n_samples = g.shape.n_samples;
  note.channels = 1;
  note.ref = {1};
  const int n_bands = g.rows.n_cells;
  bands.picture.resize(g.columns.n_cells, n_bands, pixel_layout(note.pixels.encoding));
  for (int band = 0; band < n_bands; ++band) {
    auto* const row = reinterpret_cast<float*>(bands.picture.row(n_bands - 1 - band));
    for (int frame = 0; frame < g.columns.n_cells; ++frame) {
      row[frame] = std::fabs(cells.magnitudes[static_cast<std::size_t>(frame) * n_bands + band]);
    }
  }
  return bands;
}

std::string read_text(const Geometry& g, const image::CellMagnitudes& cells) {
  const bool is_all = cells.n_bins_read == g.rows.n_cells && cells.n_frames_read == g.columns.n_cells;
  return "read " + std::to_string(cells.n_bins_read) + " of " + std::to_string(g.rows.n_cells) +
         (g.has_bands ? " bands" : " bins") + " and " + std::to_string(cells.n_frames_read) + " of " +
         std::to_string(g.columns.n_cells) + " frames" +
         (is_all ? "" : "; the others are between pixels, and were guessed");
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

}  // namespace

std::string to_string(PictureMaker maker) { return name_of(kMakers, maker); }
PictureMaker picture_maker_from_string(std::string_view name) { return value_of(kMakers, name, "program"); }

bool is_foreign(bool has_note, const ParameterFlags& flags) {
  return flags.foreign.from && !(has_note && *flags.foreign.from == PictureMaker::Auto);
}

ForeignSpectrogram read_foreign_spectrogram(const image::PictureFile& file, const std::filesystem::path& path,
                                            const ParameterFlags& flags) {
  refuse_note(file);
  ForeignPlot plot = find_plot(file, flags);
  const Geometry g = geometry_of(plot, path, flags);
  const image::Levels levels = levels_of(plot, g.curve, flags.invert.value_or(false));
  std::vector<double> upwards = image::changes_down(levels);
  std::ranges::reverse(upwards);
  ForeignSpectrogram made;
  made.messages = plot.messages;
  made.messages.push_back("decoding as " + to_string(plot.maker) + ": " + joined(g.said) +
                          (g.has_level ? "" : "; its level is not known: normalised to full scale"));
  const std::vector<int> rows =
      pixels_of(g.rows, upwards, file.lossy, "--n-fft, --sample-rate, --axis and --crop", made.messages);
  const std::vector<int> columns = pixels_of(g.columns, image::changes_across(levels), file.lossy,
                                             "--duration, --hop-length, --sample-rate and --crop", made.messages);
  image::CellMagnitudes cells = image::read_cells(levels, rows, columns, floor_db_of(g.curve));
  made.messages.push_back(read_text(g, cells));
  made.shape = g.shape;
  made.has_level = g.has_level;
  if (g.has_bands) {
    made.bands = bands_of(g, cells);
    return made;
  }
  made.magnitudes = std::move(cells.magnitudes);
  const auto full_scale = static_cast<float>(full_scale_magnitude(g.shape.stft));
  for (float& x : made.magnitudes) x *= full_scale;
  return made;
}

ForeignShape foreign_shape(const image::PictureFile& file, const std::filesystem::path& path,
                           const ParameterFlags& flags) {
  refuse_note(file);
  return geometry_of(find_plot(file, flags), path, flags).shape;
}

}  // namespace spectrohue::batch
