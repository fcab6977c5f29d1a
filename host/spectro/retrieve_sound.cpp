// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "spectro/retrieve_sound.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <numbers>
#include <vector>

#include "core/filter_bank.h"
#include "spectro/magnitude_pictures.h"
#include "spectro/retrieval.h"
#include "spectrohue/error.h"

namespace spectrohue {

namespace {

/// Columns that are read at a time.
constexpr std::int64_t kBlockFrames = 1024;

/// The bands of a picture as a constraint on bins.
class BandConstraint {
 public:
  BandConstraint(const StftSettings& stft, const PixelSettings& pixels, int sample_rate)
      : bank_(make_filter_bank(pixels.scale, stft.n_fft, sample_rate)), of_squares_(pixels.band_power == 2) {
    if (pixels.tilt != 0) weigh(bin_gains(stft, pixels).gain);
    std::vector<double> sums(static_cast<std::size_t>(stft.n_bins()), 0.0);
    for_each_weight([&](float weight, std::int32_t bin) { sums[bin] += weight; });
    for (const double sum : sums) inverse_columns_.push_back(sum > 0 ? static_cast<float>(1 / sum) : 0.0F);
  }

  BandSums sums() const { return {bank_.first_bin, bank_.offset, bank_.weights, inverse_columns_, of_squares_}; }

 private:
  template <class Use>
  void for_each_weight(Use&& use) {
    for (int band = 0; band < bank_.n_bands(); ++band) {
      for (int j = 0; j < bank_.count(band); ++j) use(bank_.weights[bank_.offset[band] + j], bank_.first_bin[band] + j);
    }
  }
  void weigh(const std::vector<float>& gain) {
    for_each_weight(
        [&](float& weight, std::int32_t bin) { weight *= of_squares_ ? gain[bin] * gain[bin] : gain[bin]; });
  }

  FilterBank bank_;
  bool of_squares_;
  std::vector<float> inverse_columns_;
};

/// What is known of one channel.
struct Known {
  Buffer<float> magnitudes;  // [n_frames, n_bins]
  Buffer<float> bands;       // [n_frames, n_rows] where there are bands
  Buffer<float> phases;      // [n_frames, n_bins] turns, where they are to be begun with
};

class Reader {
 public:
  Reader(Backend& backend, const Picture& picture, const PictureNote& note, const RetrievalSettings& settings)
      : backend_(backend),
        picture_(picture),
        note_(note),
        with_phases_(settings.start == PhaseStart::Stored),
        inverse_(settings.band_inverse),
        n_frames_(note.stft.n_frames(note.n_samples)),
        n_bins_(note.stft.n_bins()) {
    if (!is_hue(note.pixels.encoding)) magnitudes_.emplace(picture, note);
  }

  void read(int plane, Known& known) {
    known.magnitudes.resize(static_cast<std::size_t>(n_frames_ * n_bins_));
    if (holds_phase(note_.pixels.encoding)) {
      read_spectrum(plane, known);
    } else {
      read_rows(plane, known);
    }
  }

 private:
  template <class Use>
  void for_each_block(Use&& use) const {
    for (std::int64_t first = 0; first < n_frames_; first += kBlockFrames) {
      use(Columns{first, std::min(kBlockFrames, n_frames_ - first)});
    }
  }

  void read_rows(int plane, Known& known) {
    RowMap map = row_map(note_.stft, note_.pixels, note_.sample_rate, inverse_);
    const auto n_rows = static_cast<std::size_t>(map.n_rows());
    if (map.has_bands()) known.bands.resize(n_frames_ * n_rows);
    for_each_block([&](Columns columns) {
      Buffer<float>& memory = map.has_bands() ? known.bands : rows_;
      if (!map.has_bands()) rows_.resize(columns.count * n_rows);
      const std::size_t first = map.has_bands() ? columns.first * n_rows : 0;
      const std::span<float> rows = memory.span().subspan(first, columns.count * n_rows);
      magnitudes_->read_rows(plane, columns, rows);
      map.invert(rows, known.magnitudes.span().subspan(columns.first * n_bins_, columns.count * n_bins_));
    });
  }

  void read_spectrum(int channel, Known& known) {
    if (with_phases_) known.phases.resize(known.magnitudes.size());
    for_each_block([&](Columns columns) {
      spectrum_.resize(static_cast<std::size_t>(columns.count * n_bins_));
      read_bins(channel, columns);
      const std::int64_t first = columns.first * n_bins_;
      for (std::size_t i = 0; i < spectrum_.size(); ++i) {
        known.magnitudes[first + i] = std::abs(spectrum_[i]);
        if (with_phases_) known.phases[first + i] = turns_of(spectrum_[i]);
      }
    });
  }

  void read_bins(int channel, Columns columns) {
    if (magnitudes_) {
      magnitudes_->read_spectrum(channel, columns, spectrum_.span());
      return;
    }
    const ConstPlane plane = plane_of(picture_, note_, channel, columns);
    const DecodePixelsItem item{plane, static_cast<float>(note_.ref[channel]), spectrum_.span()};
    backend_.decode_pixels(note_.stft, note_.pixels, {&item, 1});
  }

  static float turns_of(Complex x) {
    const float turns = std::atan2(x.imag(), x.real()) / (2 * std::numbers::pi_v<float>);
    return std::clamp(turns, -0.5F, 0.5F);
  }

  Backend& backend_;
  const Picture& picture_;
  const PictureNote& note_;
  std::optional<MagnitudeReader> magnitudes_;  // encodings that are not hue and value
  bool with_phases_;
  BandInverse inverse_;
  std::int64_t n_frames_;
  std::int64_t n_bins_;
  Buffer<float> rows_;
  Buffer<Complex> spectrum_;
};

RetrievalItem item_of(const Known& known, std::span<float> signal) {
  return {known.magnitudes.span(), signal, known.bands.span(), known.phases.span()};
}

/// Finds the planes of some pictures, some of them at a time.
class SoundSearch {
 public:
  SoundSearch(Backend& backend, const PictureNote& first, const RetrievalSettings& settings)
      : backend_(backend), stft_(first.stft), settings_(settings) {
    links_.are_coupled = first.pixels.encoding == Encoding::Stereo3;
    // Griffin & Lim's method knows no bands: it is given bins.
    if (first.pixels.scale.kind == FrequencyScaleKind::Linear || settings.method != PhaseMethod::Hybrid) return;
    bands_.emplace(first.stft, first.pixels, first.sample_rate);
    sums_ = bands_->sums();
    links_.bands = &sums_;
  }
  SoundSearch(const SoundSearch&) = delete;
  SoundSearch& operator=(const SoundSearch&) = delete;

  /// Reads all planes of a picture; they are sought once there are enough.
  void add(PictureToAudio& sound, const MagnitudeTaker& taker) {
    const PictureNote& note = *sound.note;
    Reader reader(backend_, *sound.picture, note, settings_);
    const int n_planes = links_.are_coupled ? 3 : note.channels;
    for (int plane = 0; plane < n_planes; ++plane) {
      Plane& next = planes_.emplace_back();
      next.sound = &sound;
      reader.read(plane, next.known);
      if (taker) taker(plane, next.known.magnitudes.span());
      const bool is_between = plane >= note.channels;  // it has no channel
      if (is_between) next.unheard.resize(static_cast<std::size_t>(note.n_samples));
      next.item = item_of(next.known, is_between ? next.unheard.span() : sound.audio->channel(plane));
      n_samples_ += note.n_samples;
      if (!links_.are_coupled || plane + 1 == n_planes) find_if_many();
    }
  }

  /// Seeks what was not yet sought.
  void finish() {
    std::vector<RetrievalItem> items;
    for (const Plane& plane : planes_) items.push_back(plane.item);
    const std::vector<RetrievalResult> results = retrieve(backend_, stft_, settings_, items, links_);
    for (std::size_t i = 0; i < planes_.size(); ++i) {
      RetrievalResult& sum = sums_of_[planes_[i].sound];
      sum.n_iter = std::max(sum.n_iter, results[i].n_iter);
      sum.error += results[i].error;
      sum.energy += results[i].energy;
    }
    planes_.clear();
    n_samples_ = 0;
  }

  Convergence convergence(const PictureToAudio& sound) const {
    const auto found = sums_of_.find(&sound);
    if (found == sums_of_.end()) return {};
    return {convergence_db(found->second.error, found->second.energy), found->second.n_iter};
  }

 private:
  struct Plane {
    const PictureToAudio* sound = nullptr;
    Known known;
    Buffer<float> unheard;  // what becomes of a plane that is no channel
    RetrievalItem item;
  };

  void find_if_many() {
    if (n_samples_ >= backend_.batch_samples()) finish();
  }

  Backend& backend_;
  StftSettings stft_;
  const RetrievalSettings& settings_;
  std::optional<BandConstraint> bands_;
  BandSums sums_;
  RetrievalLinks links_;
  std::deque<Plane> planes_;
  std::int64_t n_samples_ = 0;
  std::map<const PictureToAudio*, RetrievalResult> sums_of_;
};

}  // namespace

void retrieve_sounds(Backend& backend, std::span<PictureToAudio> items, const RetrievalSettings& settings,
                     const MagnitudeTaker& taker) {
  if (items.empty()) return;
  const PictureNote& first = *items.front().note;
  if (settings.start == PhaseStart::Stored && !holds_phase(first.pixels.encoding)) {
    throw Error(ErrorCode::Usage, "a picture in " + to_string(first.pixels.encoding) +
                                      " holds no phases to begin with; leave --init (or --phase-method) stored out");
  }
  SoundSearch search(backend, first, settings);
  for (PictureToAudio& item : items) search.add(item, taker);
  search.finish();
  for (PictureToAudio& item : items) item.convergence = search.convergence(item);
}

}  // namespace spectrohue
