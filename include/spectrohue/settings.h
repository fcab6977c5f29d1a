// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "spectrohue/frequency_scale.h"
#include "spectrohue/visibility.h"

namespace SPECTROHUE_API spectrohue {

/// Analysis and synthesis windows, all in their periodic (DFT-even) form, largest value 1 (Harris, Proc.
/// IEEE 66, 1978); docs/format.md has their formulas.
enum class Window { Hann, Hamming, Blackman, BlackmanHarris, Gaussian, Kaiser, Rectangular };

/// What centred frames see past either end of the signal: zeros, or the signal mirrored without repeating
/// its end sample (numpy's "reflect").
enum class PadMode { Constant, Reflect };

/// How many centred frames a sound has.
enum class FrameCount {
  Cover,  ///< the last is centred at or after the last sample, so that every sample is recovered as well as any other
  Floor,  ///< librosa's and torchaudio's: the last is centred at most hop_length - 1 samples before the sound's end
};

/// The short-time Fourier transform. Conventions and names are librosa's, except the default frame count.
struct StftSettings {
  int n_fft = 2048;       ///< samples a frame; >= 16, factors 2, 3, 5 and 7 only
  int hop_length = 512;   ///< samples from one frame to the next; 1 .. win_length
  int win_length = 2048;  ///< samples of the window, zero-padded on both sides to n_fft; 1 .. n_fft
  Window window = Window::Hann;
  /// Gaussian: standard deviation as a share of win_length (> 0). Kaiser: beta (> 0). Others ignore it.
  double window_parameter = 0.0;
  bool center = true;  ///< frame t is centred on sample t * hop_length; otherwise it starts there
  PadMode pad_mode = PadMode::Constant;
  FrameCount frames = FrameCount::Cover;  ///< Floor: centred frames only

  /// The defaults for a size: hop_length n_fft / 4 (at least 1), win_length n_fft, Hann.
  static StftSettings for_n_fft(int n_fft);

  /// From 0 Hz to half the sample rate, which is a bin itself if n_fft is even.
  int n_bins() const { return n_fft / 2 + 1; }
  /// Samples before the signal's first that frame 0 begins at.
  int padding() const { return center ? n_fft / 2 : 0; }
  /// center: 1 + ceil(n_samples / hop_length), with Floor 1 + floor(n_samples / hop_length). Otherwise as many frames
  /// as it takes to reach the last sample.
  std::int64_t n_frames(std::int64_t n_samples) const;
  /// Samples of the longest sound that has no more frames than these.
  std::int64_t most_samples(std::int64_t n_frames) const;

  bool operator==(const StftSettings&) const = default;
};

/// How a pixel holds a bin. See docs/format.md for the exact arithmetic.
enum class Encoding {
  Hsv,         ///< 8-bit RGB: hue = phase at the frame's centre, value = magnitude, saturation 1
  Hsv16,       ///< the same at 16 bits a channel
  Hsvx,        ///< Hsv with what it misses of 16-bit samples in the smallest channel: bit-exact
  Hsv16x,      ///< Hsv16 with what it misses of 24-bit samples: bit-exact
  Gray8,       ///< magnitude
  Gray16,      ///< magnitude
  Gray32f,     ///< magnitude, a float
  Rgb24,       ///< magnitude of 24 bits: red is the high byte, blue the low one
  Colormap,    ///< magnitude, 8 bits through a table of colours
  Stereo,      ///< magnitudes of the left channel in green, of the right one in blue; 8 bits, red is 0
  Stereo3,     ///< magnitudes of left, right and (left + right) / sqrt 2 in red, green and blue; 8 bits
  Magphase,    ///< magnitudes and, in a picture of their own, phases; 8-bit gray both
  Magphase16,  ///< the same at 16 bits
  Complex,     ///< real and imaginary part, two floats
};

/// What a pixel is made of.
struct PixelLayout {
  int channels = 3;  ///< 1: gray, or an index; 2: real and imaginary part; 3: red, green, blue
  int bits = 8;      ///< of a channel: 8 or 16, whole numbers; 32, a float
  /// Of a pixel.
  int bytes() const { return channels * bits / 8; }
  bool operator==(const PixelLayout&) const = default;
};
/// Of a picture of this encoding; of Magphase's one that holds magnitudes and phases.
PixelLayout pixel_layout(Encoding encoding);
/// The largest code of a magnitude. Floats count as 24 bits, what they hold.
double top_code(Encoding encoding);

/// Hue is phase and value is magnitude: what Backend::encode() and decode() take.
bool is_hue(Encoding encoding);
/// The way back needs no phase retrieval.
bool holds_phase(Encoding encoding);
/// An untouched picture gives back every sample.
bool is_exact(Encoding encoding);
/// All channels are in the same rows, one a colour. Colours compare them, so they have one reference.
bool has_channels_as_colours(Encoding encoding);
/// Throws Error(BadFormat), which says what would help, if pictures cannot show sounds of so many channels: Stereo
/// shows one or two, Stereo3 two.
void validate_channels(Encoding encoding, int channels);
/// Of PixelSettings::residual_bits; 0 where an encoding has none.
int max_residual_bits(Encoding encoding);
/// Of PixelSettings::code_step; 1 where codes are stored as they are.
int own_code_step(Encoding encoding);

/// The law from a magnitude relative to the reference, m in [0, 1], to a value v in [0, 1]. Code 0 is exactly 0 in
/// all of them; each has a closed-form inverse.
enum class CurveKind {
  Gamma,        ///< v = m^gamma
  Db,           ///< v = 1 + 20 log10(m) / top_db, 0 below
  Linear,       ///< v = m
  AdaptiveLog,  ///< v = log(1 + b m) / log(1 + b); b is chosen so that code 1 stands for -top_db
  DoubleLog,    ///< v = log(1 + a log(1 + b m) / log(1 + b)) / log(1 + a), a = 20, b = 1e4
};

/// A law with its parameters.
struct Curve {
  CurveKind kind = CurveKind::Gamma;
  double gamma = 0.3;     ///< (0, 1]; Gamma only. 0.3 is the measured optimum for the round trip.
  double top_db = 100.0;  ///< (0, 400]; Db and AdaptiveLog only

  bool operator==(const Curve&) const = default;
};

/// What becomes of a spectrum in a picture.
struct PixelSettings {
  Encoding encoding = Encoding::Hsv;
  Curve curve;
  /// How codes are chosen, when encoding; a decoder need not know. kOpenLoop: each pixel is rounded on its own. N >= 0:
  /// closed loop (docs/closed-loop.md), the feedback pass and then N descent sweeps: the same picture format, 11 dB
  /// better with 0, 15 dB with 4. At most kMaxRefine.
  int refine = kOpenLoop;
  /// Of refine.
  static constexpr int kOpenLoop = -1;
  /// The most sweeps.
  static constexpr int kMaxRefine = 64;
  /// Of the smallest channel, the low bits that hold the residual: exact encodings only. 0: as few as do, when
  /// encoding.
  int residual_bits = 0;
  /// Of any encoding; max_residual_bits() has each one's.
  static constexpr int kMaxResidualBits = 12;
  /// Codes are stored as multiples of this, above the residual: exact encodings only. 0: own_code_step() of the
  /// encoding; 1 is read and written too.
  int code_step = 0;
  /// What the rows are: bins, or bands of them. Other scales than Linear have magnitudes only; fmin and fmax are
  /// theirs.
  FrequencyScale scale = {};
  /// Bands add up magnitudes (1) or their squares (2, whose root is then the band's magnitude).
  int band_power = 2;
  /// dB per octave, -24 to 24: magnitudes are weighed with it before they become codes, and on the way back the weights
  /// are taken off. The largest weight, that of the highest bin if tilt > 0 and of bin 1 if tilt < 0, is 1; Reference
  /// is about weighed magnitudes.
  double tilt = 0.0;
  /// dB per octave, either way.
  static constexpr double kMaxTilt = 24.0;
  /// The picture has no row for the highest bin, Nyquist, which counts as 0: n_fft / 2 rows, a power of two as a rule.
  /// n_fft must be even.
  bool drop_top = false;

  bool operator==(const PixelSettings&) const = default;
};

/// Rows of a channel in a picture: one a bin, less the one that drop_top drops, or with another scale than Linear one a
/// band. Bin or band k is row n_rows - 1 - k.
int n_rows(const StftSettings& stft, const PixelSettings& pixels);
/// Rows of the picture of a sound of so many channels: n_rows() each, stacked, the first on top; Stereo and Stereo3
/// have them once for all, Magphase those of all phases below those of all magnitudes.
std::int64_t picture_height(const StftSettings& stft, const PixelSettings& pixels, int channels);

/// The magnitude that value 1 stands for.
struct Reference {
  /// Where it comes from.
  enum class Kind {
    Peak,       ///< the largest magnitude of the channel, each channel its own; is_hue: kPeakHeadroom times that;
                ///< has_channels_as_colours: the largest of all
    FullScale,  ///< the magnitude of a full-scale sine, sum(window) / 2; Stereo3: sqrt 2 times that, which it has in
                ///< the middle if both channels hold it
    Fixed,      ///< `value`
  };
  Kind kind = Kind::Peak;
  double value = 0.0;  ///< > 0; Fixed only
};

/// Room above the largest magnitude, so that closed-loop quantisation can overshoot without clipping.
inline constexpr double kPeakHeadroom = 1.03;

/// A channel whose largest magnitude is below this (-500 dB) counts as silence: black pixels, zeros on the way back.
inline constexpr double kSilence = 1e-25;

/// Red, green, blue; sRGB.
using Colour = std::array<std::uint8_t, 3>;

/// What Encoding::Colormap paints codes with.
struct Colours {
  std::string name;             ///< one that core/colormap.h knows, or another, with a table of its own
  std::vector<Colour> palette;  ///< [256]

  bool operator==(const Colours&) const = default;
};

/// How a picture, or each of its tiles, is changed once it is made, in this order. The way back undoes it.
struct Arrangement {
  int width = 0;  ///< columns and rows that it is resized to; 0: it is not. Loses what phases are.
  int height = 0;
  bool invert = false;          ///< dark is loud
  bool flip = false;            ///< the lowest frequency on top, the last channel first
  bool transpose = false;       ///< time runs down, the highest frequency to the left
  std::int64_t from_width = 0;  ///< in a note: what it was before it was resized
  std::int64_t from_height = 0;

  /// Whether width and height say so.
  bool is_resized() const { return width > 0 && height > 0; }
  bool operator==(const Arrangement&) const = default;
};

/// Which channels of a sound its picture shows.
struct ChannelChoice {
  /// What becomes of the channels.
  enum class Kind {
    Keep,     ///< all
    Mono,     ///< their mean
    One,      ///< that with the number `index`, from 0
    MidSide,  ///< of two, (left + right) / 2 and (left - right) / 2; the way back undoes it
  };
  Kind kind = Kind::Keep;
  int index = 0;

  bool operator==(const ChannelChoice&) const = default;
};

/// Everything the way from sound to picture needs.
struct EncodeSettings {
  StftSettings stft;
  PixelSettings pixels;
  Colours colours = {};  ///< Encoding::Colormap only
  Arrangement arrangement = {};
  ChannelChoice channels = {};
  Reference ref;
};

/// How magnitudes of bins are found from those of bands, of which there are fewer.
enum class BandInverse {
  Kl,    ///< 30 multiplicative updates towards the smallest Kullback-Leibler divergence
  Nnls,  ///< non-negative least squares, 200 accelerated projected gradient steps: about as close, slower
  Pinv,  ///< the pseudo-inverse, set to 0 where it is below: the fastest and least close
};

/// How phase retrieval goes on from its start; docs/phase.md compares them.
enum class PhaseMethod {
  Hybrid,      ///< relaxed reflections (Luke 2005), then accelerated Griffin-Lim (Nenov et al. 2023), half each
  GriffinLim,  ///< Griffin & Lim 1984 with the momentum of Perraudin et al. 2013, as librosa.griffinlim computes it
  None,        ///< the start is all
};

/// The phases it begins with.
enum class PhaseStart {
  Pghi,    ///< phase gradient heap integration (Prusa, Balazs & Sondergaard 2017)
  Forest,  ///< the same along a tree that many can find together, and so on a device (Backend::integrate_phases())
  Rtpghi,  ///< as Pghi, a frame at a time (Prusa & Rajmic 2017)
  Spsi,    ///< single pass spectrogram inversion (Beauregard, Harish & Wyse 2015)
  Zero,    ///< of all bins, at the frames' centres
  Random,  ///< even over the circle, from RetrievalSettings::seed
  Stored,  ///< what the picture holds
};

/// How phases are found for pictures that hold none.
struct RetrievalSettings {
  PhaseMethod method = PhaseMethod::Hybrid;
  PhaseStart start = PhaseStart::Pghi;
  int n_iter = 64;               ///< >= 0, each a transform and back
  double momentum = 0.99;        ///< of GriffinLim; 0 is the plain method; below 1
  std::uint64_t seed = 0;        ///< of random phases, here and where nothing else says one
  bool replaces_phases = false;  ///< also of pictures that hold phases, which are otherwise taken as they are
  BandInverse band_inverse = BandInverse::Kl;  ///< with Hybrid only where the search begins
};

/// Throws Error(Usage) that names the setting, its value and what would be legal: n_fft with other factors than
/// 2, 3, 5 and 7 (the message names the nearest sizes), hop or window lengths out of range, window/hop pairs that
/// cannot be inverted (NOLA: the sum of squared windows falls to zero somewhere), and FrameCount::Floor where it would
/// leave the end of a sound without a frame.
void validate(const StftSettings& settings);
void validate(const PixelSettings& settings);
void validate(const StftSettings& stft, const PixelSettings& pixels);  ///< both, and that they go together
void validate(const EncodeSettings& settings);

/// True for n >= 1 without prime factors above 7.
bool is_fast_size(std::int64_t n);

/// The window, zero-padded on both sides to n_fft. Double precision; the single source for every backend.
std::vector<double> make_window(const StftSettings& settings);

/// sum(window) / 2: the magnitude of a full-scale sine, 0 dB.
double full_scale_magnitude(const StftSettings& settings);

/// Names as they stand in the note and on the command line.
std::string to_string(Window window);
std::string to_string(PadMode mode);
std::string to_string(FrameCount frames);
std::string to_string(Encoding encoding);
std::string to_string(CurveKind kind);
std::string to_string(PhaseMethod method);
std::string to_string(PhaseStart start);
std::string to_string(BandInverse inverse);
/// What has this name. Throws Error(Usage) that lists the legal ones.
Window window_from_string(std::string_view name);
PadMode pad_mode_from_string(std::string_view name);
FrameCount frame_count_from_string(std::string_view name);
Encoding encoding_from_string(std::string_view name);
CurveKind curve_from_string(std::string_view name);
PhaseStart phase_start_from_string(std::string_view name);
BandInverse band_inverse_from_string(std::string_view name);

}  // namespace spectrohue
