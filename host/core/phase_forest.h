// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "spectrohue/backend.h"

namespace spectrohue {

/// Phases of one item, as Backend::integrate_phases() finds them; on the host. kernels/phase_forest.h finds the same on
/// a device. Throws Error(Unsupported) from 2^32 bins on.
void integrate_by_forest(const StftSettings& stft, std::uint64_t seed, const PhaseItem& item);

}  // namespace spectrohue
