// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "spectro/retrieval.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "spectro/phase_start.h"
#include "spectrohue/buffer.h"

namespace spectrohue {

namespace {

// Signals of the projector: what a step made; what it began from; and what acceleration remembers.
constexpr int kFound = 0;
constexpr int kTrial = 1;
constexpr int kBefore = 2;
constexpr int kLagging = 3;

/// Which the steps of AGLA are measured best with, and RAAR's: see docs/phase.md.
constexpr Acceleration kAccelerated{1.25F, 0.99F, 0.99F};
constexpr float kBeta = 0.9F;
constexpr float kBetaOfManySteps = 0.95F;
constexpr float kBetaOfGuesses = 0.99F;
constexpr int kManySteps = 200;
/// Of all steps, where only bands are known: the magnitudes that reflections need are no more than a guess.
constexpr int kShareOfReflectionsWithBands = 8;

/// The search ends early where this many steps bring less than that, so many times running.
constexpr int kStepsBetweenChecks = 16;
constexpr double kLeastGainDb = 0.05;
constexpr int kMostStalled = 2;

double energy(std::span<const float> values) {
  double sum = 0;
  for (const float v : values) sum += static_cast<double>(v) * v;
  return sum;
}

/// Magnitudes whose phases three coupled items begin with.
void join_magnitudes(std::span<const RetrievalItem> items, std::span<float> joint) {
  for (std::size_t k = 0; k < joint.size(); ++k) {
    float power = 0.0F;
    for (const RetrievalItem& item : items) power += item.magnitudes[k] * item.magnitudes[k];
    joint[k] = std::sqrt(power);
  }
}

class Search {
 public:
  Search(Backend& backend, const StftSettings& stft, const RetrievalSettings& settings,
         std::span<const RetrievalItem> items, const RetrievalLinks& links)
      : settings_(settings),
        items_(items),
        links_(links),
        results_(items.size()),
        last_db_(items.size(), 0.0),
        stalled_(items.size(), 0),
        final_errors_(items.size(), 0.0) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      const RetrievalItem& item = items[i];
      results_[i].energy = energy(links.bands == nullptr ? item.magnitudes : item.bands);
      has_guesses_ |= std::any_of(item.magnitudes.begin(), item.magnitudes.end(), [](float m) { return m < 0; });
    }
    make_projector(backend, stft);
  }

  std::vector<RetrievalResult> run() {
    projector_->synthesise(kFound);
    couple(kFound);
    switch (settings_.method) {
      case PhaseMethod::Hybrid:
        keep_found();
        hybrid();
        take_found();
        break;
      case PhaseMethod::GriffinLim:
        accelerated(0, {1.0F, static_cast<float>(settings_.momentum), 0.0F}, false);
        keep_found();
        break;
      case PhaseMethod::None: keep_found(); break;
    }
    return results_;
  }

 private:
  /// Takes what is found so far.
  void keep_found() {
    const std::vector<double> errors = projector_->errors(kFound);
    for (std::size_t i = 0; i < items_.size(); ++i) {
      results_[i].error = errors[i];
      projector_->read(kFound, i, items_[i].signal);
    }
  }

  /// Takes what was found where it is nearer than the start, which was kept: of sounds that a start describes nearly
  /// perfectly, the first steps lead away from it.
  void take_found() {
    const std::vector<double> errors = projector_->errors(kFound);
    const std::size_t group = group_size();
    for (std::size_t first = 0; first < items_.size(); first += group) {
      double before = 0;
      double after = 0;
      for (std::size_t i = first; i < first + group; ++i) {
        if (!is_done(first)) final_errors_[i] = errors[i];
        before += results_[i].error;
        after += final_errors_[i];
      }
      if (after > before) continue;
      for (std::size_t i = first; i < first + group; ++i) {
        results_[i].error = final_errors_[i];
        projector_->read(kFound, i, items_[i].signal);
      }
    }
  }

  bool is_done(std::size_t item) const { return stalled_[item] >= kMostStalled; }
  std::size_t group_size() const { return links_.are_coupled ? 3 : 1; }

  void make_projector(Backend& backend, const StftSettings& stft) {
    const std::vector<Buffer<float>> phases = begin_phases(backend, stft);
    std::vector<ProjectorItem> given;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const RetrievalItem& item = items_[i];
      const Buffer<float>& begin = phases[i - i % group_size()];
      const bool is_stored = settings_.start == PhaseStart::Stored;
      given.push_back({item.magnitudes, is_stored ? item.phases : begin.span(), item.bands, std::ssize(item.signal)});
    }
    projector_ = backend.make_projector(stft, links_.bands, given);
  }

  /// The phases that the items of a group begin with, for the first of each.
  std::vector<Buffer<float>> begin_phases(Backend& backend, const StftSettings& stft) {
    std::vector<Buffer<float>> phases(items_.size());
    if (settings_.start == PhaseStart::Stored) return phases;
    const bool is_backends = settings_.start == PhaseStart::Forest;
    std::vector<Buffer<float>> joint(is_backends ? items_.size() : 1);
    std::vector<PhaseItem> together;
    for (std::size_t i = 0; i < items_.size(); i += group_size()) {
      std::span<const float> magnitudes = items_[i].magnitudes;
      phases[i].resize(magnitudes.size());
      if (links_.are_coupled) {
        Buffer<float>& sum = joint[is_backends ? i : 0];
        sum.resize(magnitudes.size());
        join_magnitudes(items_.subspan(i, group_size()), sum.span());
        magnitudes = sum.span();
      }
      if (is_backends) {
        together.push_back({magnitudes, phases[i].span()});
      } else {
        start_phases(stft, magnitudes, settings_, phases[i].span());
      }
    }
    if (is_backends) backend.integrate_phases(stft, settings_.seed, together);
    return phases;
  }

  void couple(int signal) {
    if (links_.are_coupled) projector_->couple(signal);
  }

  void hybrid() {
    // Reflections escape from poor beginnings; what follows is faster near a good one, and can meet bands.
    const int reflections = settings_.n_iter / (links_.bands == nullptr ? 2 : kShareOfReflectionsWithBands);
    const float beta = has_guesses_ ? kBetaOfGuesses : settings_.n_iter >= kManySteps ? kBetaOfManySteps : kBeta;
    int from = kFound;
    int to = kTrial;
    for (int i = 0; i < reflections; ++i, std::swap(from, to)) {
      projector_->relax(from, to, beta);
      couple(to);
    }
    if (reflections > 0) {
      projector_->settle(kFound);
      couple(kFound);
    }
    accelerated(reflections, kAccelerated, true);
  }

  /// Steps `done` to n_iter of projections with momentum, from what was found so far.
  void accelerated(int done, const Acceleration& by, bool ends_early) {
    if (done == settings_.n_iter) return finish(done);
    projector_->copy(kFound, kTrial);
    projector_->copy(kFound, kBefore);
    projector_->copy(kFound, kLagging);
    for (int i = done; i < settings_.n_iter; ++i) {
      projector_->project(kTrial, kFound);
      couple(kFound);
      const int steps = i + 1 - done;
      if (ends_early && steps % kStepsBetweenChecks == 0 && i + 1 < settings_.n_iter && check(i + 1)) return;
      if (i + 1 < settings_.n_iter) projector_->accelerate(kFound, kTrial, kBefore, kLagging, by);
    }
    finish(settings_.n_iter);
  }

  void finish(int n_iter) {
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (!is_done(i)) results_[i].n_iter = n_iter;
    }
  }

  /// Ends the search for items that gain nothing any more; true if that is all.
  bool check(int n_iter) {
    const std::vector<double> errors = projector_->errors(kFound);
    bool all = true;
    const std::size_t group = group_size();
    for (std::size_t first = 0; first < items_.size(); first += group) {
      if (is_done(first)) continue;
      double error = 0;
      double energy = 0;
      for (std::size_t i = first; i < first + group; ++i) {
        error += errors[i];
        energy += results_[i].energy;
      }
      const double db = convergence_db(error, energy);
      const bool gains = db < last_db_[first] - kLeastGainDb;
      last_db_[first] = db;
      stalled_[first] = gains ? 0 : stalled_[first] + 1;
      if (error == 0) stalled_[first] = kMostStalled;
      if (!is_done(first)) {
        all = false;
        continue;
      }
      for (std::size_t i = first; i < first + group; ++i) {
        stalled_[i] = kMostStalled;
        results_[i].n_iter = n_iter;
        final_errors_[i] = errors[i];
        projector_->set_done(i);
      }
    }
    return all;
  }

  const RetrievalSettings& settings_;
  std::span<const RetrievalItem> items_;
  RetrievalLinks links_;
  std::unique_ptr<Projector> projector_;
  bool has_guesses_ = false;
  std::vector<RetrievalResult> results_;
  std::vector<double> last_db_;
  std::vector<int> stalled_;          // checks without a gain
  std::vector<double> final_errors_;  // [items]
};

}  // namespace

double convergence_db(double error, double energy) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return error == 0 ? -kInfinity : energy == 0 ? kInfinity : 10 * std::log10(error / energy);
}

std::vector<RetrievalResult> retrieve(Backend& backend, const StftSettings& stft, const RetrievalSettings& settings,
                                      std::span<const RetrievalItem> items, const RetrievalLinks& links) {
  return Search(backend, stft, settings, items, links).run();
}

}  // namespace spectrohue
