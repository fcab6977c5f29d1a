// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// From a score to its sound.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "spectrohue/backend.h"
#include "spectrohue/types.h"
#include "synth/score.h"

namespace spectrohue::synth {

enum class Method {
  Sines,       ///< each row a sine
  Noise,       ///< each row a band of noise
  Hybrid,      ///< a sound whose spectrum has the rows' magnitudes, phases found by PhaseMethod::Hybrid
  GriffinLim,  ///< the same, by PhaseMethod::GriffinLim from random phases
};
std::string to_string(Method method);              ///< "sines" "noise" "hybrid" "griffinlim"
Method method_from_string(std::string_view name);  ///< throws Error(Usage) that lists the legal ones

struct RenderSettings {
  Method method = Method::Sines;
  StftSettings stft;          ///< all but Sines; centred
  std::uint64_t seed = 0;     ///< of phases and noise
  std::optional<int> n_iter;  ///< steps of Hybrid (64) and GriffinLim (32)
};

/// How long a sound takes to rise from nothing at its beginning and to fall at its end, where it is not shorter than
/// two of them: it does not click there.
inline constexpr double kFadeSeconds = 0.005;

/// Makes the sound: score.channels of score.n_samples, not normalised. The result does not depend on threads. Sines and
/// Noise need memory for their samples, the others 32 bytes a bin besides. Throws what the backend throws.
void render(Backend& backend, const Score& score, const RenderSettings& settings, Audio& audio);

/// Makes the largest sample of all channels +-peak; silence stays silence.
void normalize(Audio& audio, double peak);

}  // namespace spectrohue::synth
