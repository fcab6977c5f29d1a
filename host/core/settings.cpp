// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "spectrohue/settings.h"

#include <cmath>

#include "core/names.h"
#include "core/stft_tables.h"
#include "spectrohue/error.h"
#include "spectrohue/types.h"

namespace spectrohue {

namespace {

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorCode::Usage, message); }

constexpr Names<Window, 7> kWindows{{{Window::Hann, "hann"},
                                     {Window::Hamming, "hamming"},
                                     {Window::Blackman, "blackman"},
                                     {Window::BlackmanHarris, "blackmanharris"},
                                     {Window::Gaussian, "gaussian"},
                                     {Window::Kaiser, "kaiser"},
                                     {Window::Rectangular, "rectangular"}}};
constexpr Names<PadMode, 2> kPadModes{{{PadMode::Constant, "constant"}, {PadMode::Reflect, "reflect"}}};
constexpr Names<FrameCount, 2> kFrameCounts{{{FrameCount::Cover, "cover"}, {FrameCount::Floor, "floor"}}};
constexpr Names<Encoding, 14> kEncodings{{{Encoding::Hsv, "hsv"},
                                          {Encoding::Hsv16, "hsv16"},
                                          {Encoding::Hsvx, "hsvx"},
                                          {Encoding::Hsv16x, "hsv16x"},
                                          {Encoding::Gray8, "gray8"},
                                          {Encoding::Gray16, "gray16"},
                                          {Encoding::Gray32f, "gray32f"},
                                          {Encoding::Rgb24, "rgb24"},
                                          {Encoding::Colormap, "colormap"},
                                          {Encoding::Stereo, "stereo"},
                                          {Encoding::Stereo3, "stereo3"},
                                          {Encoding::Magphase, "magphase"},
                                          {Encoding::Magphase16, "magphase16"},
                                          {Encoding::Complex, "complex"}}};
constexpr Names<CurveKind, 5> kCurves{{{CurveKind::Gamma, "gamma"},
                                       {CurveKind::Db, "db"},
                                       {CurveKind::Linear, "linear"},
                                       {CurveKind::AdaptiveLog, "adaptive-log"},
                                       {CurveKind::DoubleLog, "double-log"}}};
constexpr Names<PhaseMethod, 3> kPhaseMethods{
    {{PhaseMethod::Hybrid, "hybrid"}, {PhaseMethod::GriffinLim, "griffinlim"}, {PhaseMethod::None, "none"}}};
constexpr Names<PhaseStart, 7> kPhaseStarts{{{PhaseStart::Pghi, "pghi"},
                                             {PhaseStart::Forest, "forest"},
                                             {PhaseStart::Rtpghi, "rtpghi"},
                                             {PhaseStart::Spsi, "spsi"},
                                             {PhaseStart::Zero, "zero"},
                                             {PhaseStart::Random, "random"},
                                             {PhaseStart::Stored, "stored"}}};
constexpr Names<BandInverse, 3> kBandInverses{
    {{BandInverse::Kl, "kl"}, {BandInverse::Nnls, "nnls"}, {BandInverse::Pinv, "pinv"}}};
constexpr Names<SampleFormat, 7> kFormats{{{SampleFormat::Pcm8, "pcm8"},
                                           {SampleFormat::Pcm16, "pcm16"},
                                           {SampleFormat::Pcm24, "pcm24"},
                                           {SampleFormat::Pcm32, "pcm32"},
                                           {SampleFormat::Float32, "float"},
                                           {SampleFormat::Float64, "double"},
                                           {SampleFormat::Lossy, "lossy"}}};

/// The nearest sizes below and above that are legal, for the error message.
std::string nearest_sizes(int n) {
  int below = n;
  while (below >= 16 && !is_fast_size(below)) --below;
  std::int64_t above = n;
  while (!is_fast_size(above)) ++above;
  return below >= 16 ? std::to_string(below) + " or " + std::to_string(above) : std::to_string(above);
}

}  // namespace

StftSettings StftSettings::for_n_fft(int n_fft) {
  StftSettings s;
  s.n_fft = n_fft;
  s.win_length = n_fft;
  s.hop_length = n_fft >= 4 ? n_fft / 4 : 1;
  return s;
}

std::int64_t StftSettings::n_frames(std::int64_t n_samples) const {
  const std::int64_t reach = center ? n_samples : std::max<std::int64_t>(0, n_samples - n_fft);
  const bool rounds_up = !center || frames == FrameCount::Cover;
  return 1 + (reach + (rounds_up ? hop_length - 1 : 0)) / hop_length;
}

std::int64_t StftSettings::most_samples(std::int64_t n_frames) const {
  const std::int64_t last = (n_frames - 1) * hop_length;
  if (!center) return last + n_fft;
  return frames == FrameCount::Cover ? last : last + hop_length - 1;
}

int n_rows(const StftSettings& stft, const PixelSettings& pixels) {
  if (pixels.scale.kind != FrequencyScaleKind::Linear) return pixels.scale.n_bands;
  return stft.n_bins() - (pixels.drop_top ? 1 : 0);
}

std::int64_t picture_height(const StftSettings& stft, const PixelSettings& pixels, int channels) {
  const Encoding encoding = pixels.encoding;
  const bool has_phases = encoding == Encoding::Magphase || encoding == Encoding::Magphase16;
  const std::int64_t planes = has_channels_as_colours(encoding) ? 1 : channels * (has_phases ? 2 : 1);
  return planes * n_rows(stft, pixels);
}

PixelLayout pixel_layout(Encoding encoding) {
  switch (encoding) {
    case Encoding::Hsv:
    case Encoding::Hsvx:
    case Encoding::Rgb24:
    case Encoding::Stereo:
    case Encoding::Stereo3: return {3, 8};
    case Encoding::Hsv16:
    case Encoding::Hsv16x: return {3, 16};
    case Encoding::Gray8:
    case Encoding::Colormap:
    case Encoding::Magphase: return {1, 8};
    case Encoding::Gray16:
    case Encoding::Magphase16: return {1, 16};
    case Encoding::Gray32f: return {1, 32};
    case Encoding::Complex: return {2, 32};
  }
  throw Error(ErrorCode::Internal, "an encoding without a layout");
}

double top_code(Encoding encoding) {
  if (encoding == Encoding::Rgb24) return 0xFFFFFF;
  const int bits = pixel_layout(encoding).bits;
  return bits == 8 ? 0xFF : bits == 16 ? 0xFFFF : 0xFFFFFF;
}

bool is_hue(Encoding encoding) {
  return encoding == Encoding::Hsv || encoding == Encoding::Hsv16 || is_exact(encoding);
}

bool holds_phase(Encoding encoding) {
  return is_hue(encoding) || encoding == Encoding::Magphase || encoding == Encoding::Magphase16 ||
         encoding == Encoding::Complex;
}

bool is_exact(Encoding encoding) { return encoding == Encoding::Hsvx || encoding == Encoding::Hsv16x; }

bool has_channels_as_colours(Encoding encoding) {
  return encoding == Encoding::Stereo || encoding == Encoding::Stereo3;
}

void validate_channels(Encoding encoding, int channels) {
  if (!has_channels_as_colours(encoding)) return;
  const auto refuse_sound = [&](const std::string& what, const std::string& help) {
    throw Error(ErrorCode::BadFormat, "the encoding " + to_string(encoding) + " shows two channels" + what +
                                          ", and the sound has " + std::to_string(channels) + "; " + help);
  };
  if (encoding == Encoding::Stereo) {
    if (channels > 2) refuse_sound("", "choose some with --channels");
    return;
  }
  const std::string what = " and their middle";
  if (channels < 2) refuse_sound(what, "use gray8, which shows any number");
  if (channels > 2) refuse_sound(what, "use gray8, which shows all of them or, with --channels, one");
}

int max_residual_bits(Encoding encoding) {
  if (!is_exact(encoding)) return 0;
  return pixel_layout(encoding).bits == 8 ? 7 : PixelSettings::kMaxResidualBits;
}

int own_code_step(Encoding encoding) { return encoding == Encoding::Hsv16x ? 256 : 1; }

bool is_fast_size(std::int64_t n) {
  if (n < 1) return false;
  for (const int factor : {2, 3, 5, 7}) {
    while (n % factor == 0) n /= factor;
  }
  return n == 1;
}

static void validate_frame_count(const StftSettings& s) {
  if (s.frames != FrameCount::Floor) return;
  if (!s.center) refuse("frames floor is for centred frames; leave it out, or leave out center off");
  // The last sample lies up to hop_length - 2 behind the centre of the last frame.
  const int window_end = (s.n_fft - s.win_length) / 2 + s.win_length;
  if (s.n_fft / 2 + s.hop_length - 2 >= window_end) {
    refuse("frames floor with hop_length " + std::to_string(s.hop_length) + " and win_length " +
           std::to_string(s.win_length) +
           " leaves the end of a sound without a frame; use a hop_length of at most half the win_length, or frames "
           "cover");
  }
}

void validate(const StftSettings& s) {
  constexpr int kMinFft = 16;
  constexpr int kMaxFft = 1 << 20;
  if (s.n_fft < kMinFft || s.n_fft > kMaxFft) {
    refuse("n_fft " + std::to_string(s.n_fft) + " is out of range; it must be " + std::to_string(kMinFft) + " to " +
           std::to_string(kMaxFft));
  }
  if (!is_fast_size(s.n_fft)) {
    refuse("n_fft " + std::to_string(s.n_fft) + " has a prime factor above 7; the nearest allowed sizes are " +
           nearest_sizes(s.n_fft));
  }
  if (s.win_length < 1 || s.win_length > s.n_fft) {
    refuse("win_length " + std::to_string(s.win_length) + " is out of range; it must be 1 to n_fft (" +
           std::to_string(s.n_fft) + ")");
  }
  if (s.hop_length < 1 || s.hop_length > s.win_length) {
    refuse("hop_length " + std::to_string(s.hop_length) + " is out of range; it must be 1 to win_length (" +
           std::to_string(s.win_length) + ")");
  }
  if (!std::isfinite(s.window_parameter)) refuse("the window parameter is not a number");
  if (s.window == Window::Gaussian && s.window_parameter <= 0) {
    refuse("a gaussian window needs its standard deviation, a share of win_length above 0 (for example 0.125)");
  }
  if (s.window == Window::Kaiser && (s.window_parameter <= 0 || s.window_parameter > 500)) {
    refuse("a kaiser window needs its beta, above 0 and at most 500 (for example 8.6)");
  }

  validate_frame_count(s);

  // NOLA: far from the ends, the squared windows over one hop.
  const std::vector<double> window = make_window(s);
  double least = INFINITY;
  double most = 0;
  for (int offset = 0; offset < s.hop_length; ++offset) {
    double sum = 0;
    for (int i = offset; i < s.n_fft; i += s.hop_length) sum += window[i] * window[i];
    least = std::min(least, sum);
    most = std::max(most, sum);
  }
  if (!(least > kNolaFloor * most)) {
    refuse("a " + to_string(s.window) + " window of " + std::to_string(s.win_length) + " samples every " +
           std::to_string(s.hop_length) +
           " leaves samples that no frame holds (NOLA), so the way back is lost; use a smaller hop_length, at most " +
           std::to_string(std::max(1, s.win_length / 2)));
  }
}

void validate(const PixelSettings& p) {
  const Curve& c = p.curve;
  if (!(c.gamma > 0 && c.gamma <= 1)) refuse("gamma must be above 0 and at most 1");
  if (!(c.top_db > 0 && c.top_db <= 400)) refuse("top_db must be above 0 and at most 400");
  if (p.refine < PixelSettings::kOpenLoop || p.refine > PixelSettings::kMaxRefine) {
    refuse("refine must be 0 to " + std::to_string(PixelSettings::kMaxRefine) + " sweeps");
  }
  const int most_bits = is_exact(p.encoding) ? max_residual_bits(p.encoding) : PixelSettings::kMaxResidualBits;
  if (p.residual_bits < 0 || p.residual_bits > most_bits) {
    refuse("residual_bits must be 0 to " + std::to_string(most_bits) + " with " + to_string(p.encoding));
  }
  if (p.code_step != 0 && p.code_step != 1 && p.code_step != own_code_step(p.encoding)) {
    const int own = own_code_step(p.encoding);
    refuse("code_step " + std::to_string(p.code_step) + " is none that this build knows; with " +
           to_string(p.encoding) + " it must be 1" + (own == 1 ? "" : " or " + std::to_string(own)));
  }
  if (p.band_power != 1 && p.band_power != 2) refuse("bands add up magnitudes (1) or their squares (2)");
  const bool has_bands = p.scale.kind != FrequencyScaleKind::Linear;
  if (has_bands && (holds_phase(p.encoding) || p.drop_top)) {
    refuse("the scale " + to_string(p.scale.kind) + " has bands, and " +
           (p.drop_top ? std::string("drop_top leaves out a bin") : to_string(p.encoding) + " holds phases of bins") +
           "; use an encoding of magnitudes, such as gray16, without drop_top");
  }
  if (has_bands && (p.scale.n_bands < 1 || p.scale.n_bands > FrequencyScale::kMaxBands)) {
    refuse("n_bands " + std::to_string(p.scale.n_bands) + " is out of range; it must be 1 to " +
           std::to_string(FrequencyScale::kMaxBands));
  }
  if (!has_bands && (p.scale.fmin != 0 || p.scale.fmax != 0)) {
    refuse("fmin and fmax need a freq_scale of bands: mel, log, bark or erb");
  }
  if (!(std::fabs(p.tilt) <= PixelSettings::kMaxTilt)) refuse("tilt must be -24 to 24 dB per octave");
  if (p.tilt != 0 && p.encoding == Encoding::Complex) {
    refuse("tilt weighs magnitudes, and complex has none of its own; use another encoding, or no tilt");
  }
  if (c.kind == CurveKind::AdaptiveLog) {
    const double linear_db = 20 * std::log10(top_magnitude_code(p));
    if (c.top_db <= linear_db * 1.01) {
      refuse("adaptive-log needs a top_db above " + std::to_string(static_cast<int>(linear_db * 1.01) + 1) + " with " +
             to_string(p.encoding) + ": the linear curve reaches that already");
    }
  }
}

void validate(const StftSettings& stft, const PixelSettings& pixels) {
  validate(stft);
  validate(pixels);
  if (pixels.drop_top && stft.n_fft % 2 != 0) {
    refuse("drop_top drops the bin at half the sample rate, which n_fft " + std::to_string(stft.n_fft) +
           " does not have; it must be even");
  }
  if (!is_exact(pixels.encoding)) return;
  if (!stft.center) refuse(to_string(pixels.encoding) + " needs frames that are centred; leave center on");
  if (stft.hop_length > stft.n_fft / 2) {
    refuse("hop_length " + std::to_string(stft.hop_length) + " leaves " + to_string(pixels.encoding) +
           " no room for what its pixels miss; it must be at most n_fft / 2 (" + std::to_string(stft.n_fft / 2) + ")");
  }
}

void validate(const EncodeSettings& s) {
  validate(s.stft, s.pixels);
  if (s.ref.kind == Reference::Kind::Fixed && !(s.ref.value >= kSilence && std::isfinite(s.ref.value))) {
    refuse("a fixed ref must be a magnitude above 0");
  }
  if (s.ref.kind == Reference::Kind::FullScale && s.pixels.scale.kind != FrequencyScaleKind::Linear) {
    refuse("the ref full-scale is that of a bin; with bands, use peak or a number");
  }
  if (s.pixels.encoding == Encoding::Colormap && s.colours.palette.size() != 256) {
    refuse("a colormap has 256 colours, not " + std::to_string(s.colours.palette.size()));
  }
  const bool chooses_one = s.channels.kind == ChannelChoice::Kind::Mono || s.channels.kind == ChannelChoice::Kind::One;
  if (s.pixels.encoding == Encoding::Stereo3 && chooses_one) {
    refuse("stereo3 shows two channels and their middle, and --channels leaves one; use gray8, or --channels keep");
  }
  if (!is_exact(s.pixels.encoding)) return;
  const std::string name = to_string(s.pixels.encoding);
  if (s.arrangement.is_resized()) refuse("pictures of " + name + " cannot be resized: every pixel counts");
  if (s.channels.kind == ChannelChoice::Kind::Mono || s.channels.kind == ChannelChoice::Kind::MidSide) {
    refuse(name + " keeps channels as they are, or one of them: sums of integers have more bits than they have");
  }
}

std::string to_string(Window window) { return name_of(kWindows, window); }
std::string to_string(PadMode mode) { return name_of(kPadModes, mode); }
std::string to_string(FrameCount frames) { return name_of(kFrameCounts, frames); }
std::string to_string(Encoding encoding) { return name_of(kEncodings, encoding); }
std::string to_string(CurveKind kind) { return name_of(kCurves, kind); }
std::string to_string(BandInverse inverse) { return name_of(kBandInverses, inverse); }
std::string to_string(SampleFormat format) { return name_of(kFormats, format); }
std::string to_string(PhaseMethod method) { return name_of(kPhaseMethods, method); }
std::string to_string(PhaseStart start) { return name_of(kPhaseStarts, start); }
Window window_from_string(std::string_view name) { return value_of(kWindows, name, "window"); }
PadMode pad_mode_from_string(std::string_view name) { return value_of(kPadModes, name, "pad_mode"); }
FrameCount frame_count_from_string(std::string_view name) { return value_of(kFrameCounts, name, "frames"); }
Encoding encoding_from_string(std::string_view name) { return value_of(kEncodings, name, "encoding"); }
CurveKind curve_from_string(std::string_view name) { return value_of(kCurves, name, "curve"); }
PhaseStart phase_start_from_string(std::string_view name) { return value_of(kPhaseStarts, name, "phase start"); }
BandInverse band_inverse_from_string(std::string_view name) { return value_of(kBandInverses, name, "mel_inverse"); }
int bytes_of(SampleFormat format) {
  switch (format) {
    case SampleFormat::Pcm8: return 1;
    case SampleFormat::Pcm24: return 3;
    case SampleFormat::Pcm32:
    case SampleFormat::Float32: return 4;
    case SampleFormat::Float64: return 8;
    default: return 2;
  }
}
SampleFormat sample_format_from_string(std::string_view name) { return value_of(kFormats, name, "subtype"); }

}  // namespace spectrohue
