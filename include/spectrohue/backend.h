// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "spectrohue/projector.h"
#include "spectrohue/settings.h"
#include "spectrohue/signal.h"
#include "spectrohue/visibility.h"

namespace SPECTROHUE_API spectrohue {

/// The pixels of one audio channel inside a picture: n_rows() rows of n_frames RGB pixels, row 0 = the highest bin.
/// `Byte` is std::uint8_t or const std::uint8_t; 16-bit values are in native byte order.
template <class Byte>
struct BasicPlane {
  Byte* data = nullptr;        ///< the first frame of row 0
  std::int64_t row_bytes = 0;  ///< from a row to the next; what is behind n_frames pixels is left alone
  std::int64_t n_frames = 0;
};
/// Pixels to be written.
using Plane = BasicPlane<std::uint8_t>;
/// Pixels to be read.
using ConstPlane = BasicPlane<const std::uint8_t>;

/// A spectrum, [n_frames, n_bins], unscaled forward transform, phase measured at the frame's centre: librosa's value
/// of bin k times exp(2 pi i k floor(n_fft / 2) / n_fft), which for even n_fft is (-1)^k. DC, and Nyquist where
/// n_fft is even, are real.
using Complex = std::complex<float>;

/// For analyse(): as many frames as the spectrum has room for, from first_frame on; of the signal no more need be there
/// than they see.
struct AnalyseItem {
  Signal signal;
  std::span<Complex> spectrum;  ///< [frames, n_bins], up to n_frames(signal.size()) frames
  std::int64_t first_frame = 0;
};
/// For synthesise(): a whole signal from all its frames.
struct SynthesiseItem {
  std::span<const Complex> spectrum;  ///< [n_frames, n_bins]
  std::span<float> signal;            ///< spectrum holds n_frames(signal.size()) frames
};
/// For encode_pixels().
struct EncodePixelsItem {
  std::span<const Complex> spectrum;  ///< [plane.n_frames, n_bins]
  float ref = 0.0F;                   ///< magnitude of value 1; 0 = silence, all pixels black
  Plane plane;
};
/// For decode_pixels().
struct DecodePixelsItem {
  ConstPlane plane;
  float ref = 0.0F;             ///< as in EncodePixelsItem; 0: all bins are 0
  std::span<Complex> spectrum;  ///< [plane.n_frames, n_bins]
};
/// For peak(): frames first_frame .. first_frame + n_frames - 1 of a signal; of the signal no more need be there than
/// they see.
struct PeakItem {
  Signal signal;
  std::int64_t first_frame = 0;
  std::int64_t n_frames = 0;
};
/// For encode(); of the signal no more need be there than the plane's frames see.
struct EncodeItem {
  Signal signal;
  float ref = 0.0F;  ///< as in EncodePixelsItem
  Plane plane;       ///< its frames are first_frame .. first_frame + plane.n_frames - 1 of the signal
  std::int64_t first_frame = 0;
};
/// For decode(): a whole signal from all its pixels.
struct DecodeItem {
  ConstPlane plane;
  float ref = 0.0F;         ///< as in EncodePixelsItem; 0: the signal is zeros
  std::span<float> signal;  ///< plane holds n_frames(signal.size()) frames
};

/// For integrate_phases().
struct PhaseItem {
  std::span<const float> magnitudes;  ///< [n_frames, n_bins]; |value| counts
  std::span<float> phases;            ///< [the same] turns, [-0.5, 0.5], measured at the frames' centres
};

class PngEncoder;

/// The arithmetic of both directions over a ragged batch: every call takes any number of items of any lengths.
/// Memory handed in and out is host memory; settings must have passed validate(); every call returns when its results
/// are there. A backend keeps tables and scratch memory between calls, so one object serves one thread at a time.
///
/// Parity (tests/support/contract.h): given the same input bits, encode_pixels and decode_pixels return the same bits
/// on every backend; what holds an FFT agrees between CPU and device to the FFT's tolerance. All instruction sets of
/// the CPU return the same bits in everything, and no result depends on what else is in a batch. Throws
/// Error(OutOfMemory) and, for a device backend, Error(Device).
class Backend {
 public:
  virtual ~Backend() = default;

  /// For people, for example "cpu (avx2)" or "cuda:0 (NVIDIA H200)".
  virtual std::string name() const = 0;

  /// How many threads a call may use for one long item (>= 1; 1 at first). The results are the same. A device
  /// backend has no use for it.
  virtual void set_threads(int /*threads*/) {}

  // The stages, each on its own.

  /// Signals to spectra: frames, windowed, through the forward transform.
  virtual void analyse(const StftSettings& stft, std::span<const AnalyseItem> items) = 0;
  /// Spectra to signals: the inverse transform, and weighted overlap-add (Griffin & Lim 1984): the sum of windowed
  /// frames over the sum of squared windows.
  virtual void synthesise(const StftSettings& stft, std::span<const SynthesiseItem> items) = 0;
  /// Spectra to pixels of an encoding that is_hue(), each pixel rounded on its own (docs/format.md).
  virtual void encode_pixels(const StftSettings& stft, const PixelSettings& pixels,
                             std::span<const EncodePixelsItem> items) = 0;
  /// Pixels to spectra; any colour is legal.
  virtual void decode_pixels(const StftSettings& stft, const PixelSettings& pixels,
                             std::span<const DecodePixelsItem> items) = 0;

  // The whole ways, with nothing but a tile (CPU) or a slot (device) of spectrum in memory at a time. They return what
  // the stages one after the other return, to the bit.

  /// The largest magnitude of each item's frames, [items.size()], weighed by the tilt of the pixels.
  virtual void peak(const StftSettings& stft, const PixelSettings& pixels, std::span<const PeakItem> items,
                    std::span<float> peaks) = 0;
  /// The same, not weighed.
  void peak(const StftSettings& stft, std::span<const PeakItem> items, std::span<float> peaks) {
    peak(stft, PixelSettings{}, items, peaks);
  }
  /// Signals to pixels of an encoding that is_hue(): analyse(), then encode_pixels(), or the closed loop where
  /// pixels.refine asks for it.
  virtual void encode(const StftSettings& stft, const PixelSettings& pixels, std::span<const EncodeItem> items) = 0;
  /// Pixels to signals: decode_pixels(), then synthesise().
  virtual void decode(const StftSettings& stft, const PixelSettings& pixels, std::span<const DecodeItem> items) = 0;

  /// Phases from the gradients that follow from magnitudes (Prusa, Balazs & Sondergaard 2017), along the spanning
  /// forest of the loudest edges (kernels/math/phase_gradient.h): PhaseStart::Forest. Bins that have no phase to be
  /// found get a random one of `seed` and their place in the item. The same bits on every backend. Throws
  /// Error(Unsupported) for items of 2^32 bins and more.
  virtual void integrate_phases(const StftSettings& stft, std::uint64_t seed, std::span<const PhaseItem> items) = 0;

  /// What phase retrieval is a loop over. bands: what items' bands are sums of, null for items without; it and the
  /// backend must outlive the projector, of which a backend has one at a time. Items' spans are read before this
  /// returns.
  virtual std::unique_ptr<Projector> make_projector(const StftSettings& stft, const BandSums* bands,
                                                    std::span<const ProjectorItem> items) = 0;

  /// How many samples, all channels counted, are best handed over in a call where sounds are short, as what is called
  /// costs more than what is done. 0: one sound at a time is as good.
  virtual std::int64_t batch_samples() const { return 0; }

  /// The backend, as one that codes what it encodes (encode_png.h); null if it cannot.
  virtual PngEncoder* png_encoder() { return nullptr; }
};

/// One entry a backend that this build knows, usable or not.
struct BackendInfo {
  std::string device;       ///< what --device takes: "cpu", "cuda:0"
  std::string description;  ///< for people
  bool usable = false;
  std::string reason;  ///< why not, when it is not usable
};

/// Every CUDA device, or an entry that says why there is none; the CPU last.
std::vector<BackendInfo> list_backends();

/// How much of a device's memory a backend may take; nothing to a CPU. The results do not depend on it.
struct MemoryShare {
  std::int64_t device_bytes = 0;  ///< for all backends on the device; 0: half of what is free when they are made
  int backends = 1;               ///< that share it
};

/// What make_backend() takes for each of the devices that `device` means: all usable CUDA devices for "all", else one.
/// Throws Error(Device), which says why, if "all" means none.
std::vector<std::string> devices_of(const std::string& device);

/// device: "auto" (the first CUDA device if there is one, else the CPU), "cpu", "cpu:avx2" (an instruction set by name;
/// they differ in speed alone), "cuda" or "cuda:N".
/// An explicit cuda never falls back: it throws Error(Device) that says what is missing. Error(Usage) for other names.
std::unique_ptr<Backend> make_backend(const std::string& device, const MemoryShare& memory = {});

}  // namespace spectrohue
