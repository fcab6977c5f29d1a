// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What the user says of a spectrogram that another program drew.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "image/axes_box.h"
#include "image/plot_axis.h"

namespace spectrohue::batch {

/// Who drew a picture.
enum class PictureMaker {
  Specshow,  ///< librosa.display.specshow, that is matplotlib's pcolormesh
  Sox,       ///< SoX's effect spectrogram
  Ffmpeg,    ///< ffmpeg's filter showspectrumpic
  Gray,      ///< anybody: brightness is magnitude, rows and columns are spaced evenly
  Auto,      ///< one of them, by its colours and frame
};

std::string to_string(PictureMaker maker);  ///< "specshow" "sox" "ffmpeg" "gray" "auto"
/// Throws Error(Usage) that lists the legal ones.
PictureMaker picture_maker_from_string(std::string_view name);

struct ForeignFlags {
  std::optional<PictureMaker> from;  ///< empty: the picture is one of spectrohue's, or like them
  std::optional<std::string> crop;   ///< "auto" (default), "none" or image::Box
  std::optional<image::AxisKind> axis;
  std::optional<double> duration_s;     ///< > 0
  std::optional<std::string> colormap;  ///< a name that ParameterFlags::colours has no table for, "auto" among them

  bool operator==(const ForeignFlags&) const = default;
};

}  // namespace spectrohue::batch
