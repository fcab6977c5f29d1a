// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Where an axis has its ticks, and what stands beside them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "spectrohue/frequency_scale.h"

namespace spectrohue::plot {

struct Tick {
  double value = 0;
  std::string label;  ///< empty: a minor tick
};

/// The ticks of an axis, rising, and what the axis is called.
struct Ticks {
  std::string name;  ///< with the unit of the labels: "Time (s)"
  std::vector<Tick> ticks;
};

/// Room along an axis, in whatever a figure measures its lengths in.
struct Room {
  double length = 0;     ///< of the axis
  double label_gap = 1;  ///< from one label's tick to the next at least
  double tick_gap = 3;   ///< from one tick to the next at least
};

/// 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30 s, 1, 2, 5, 10 ... min, 1, 2, 6 ... h apart: the smallest step that makes at most
/// `most` of it (>= 1). Labels are ms where all of them lie below 0.1 s, and otherwise s, from one minute on m:ss, from
/// one hour on h:mm:ss. 0 <= start_s < end_s.
Ticks time_ticks(double start_s, double end_s, int most);

/// Of a scale whose fmin and fmax have been filled in (frequency_range()). Linear: 1, 2 or 5 times a power of ten
/// apart, in Hz, or in kHz where fmax is above 2 kHz. All others: 1, 2 and 5 times powers of ten, decades first, as far
/// as they have room, other multiples where there is plenty of it or as minor ticks; below three labels the linear
/// steps take their place. Labels are Hz, "2k" is 2,000 of them.
Ticks frequency_ticks(const FrequencyScale& scale, const Room& room);

/// 1, 2, 5, 10, 20, 50 ... dB apart. The name is left empty.
Ticks level_ticks(double low_db, double high_db, const Room& room);

/// -x, 0 and x of an axis from -limit to limit, x being the largest of 1, 2 and 5 times a power of ten that is not too
/// close to its end; just 0 where there is no room for more.
Ticks amplitude_ticks(double limit, const Room& room);

/// The least of 1, 2 and 5 times a power of ten that is not below x > 0.
double nice_step(double x);

}  // namespace spectrohue::plot
