// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include "batch/encode.h"
#include "batch/run.h"

namespace spectrohue::batch {

/// The reference that the pictures of all sources share (--ref dataset): kPeakHeadroom times the largest magnitude that
/// one of them has in its picture's rows. Sources that cannot be read do not count; they will be said to fail when
/// their turn comes. 0 if all are silent, or the run was stopped. Throws what run() throws.
double dataset_reference(const SourceList& sources, const RunSettings& run, const EncodeSettings& settings,
                         const TileSettings& tiles);

}  // namespace spectrohue::batch
