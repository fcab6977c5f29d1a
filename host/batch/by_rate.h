// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "batch/conversion.h"

namespace spectrohue::batch {

/// Converts sounds with settings that follow from their sample rate: each by the conversion for its own.
class ByRate final : public Conversion {
 public:
  /// Called once for a rate. What it throws ends the file.
  using Make = std::function<std::unique_ptr<Conversion>(int sample_rate)>;

  /// parameters: what parameters() is to return, which says how settings follow from rates.
  ByRate(Make make, std::string parameters) : make_(std::move(make)), parameters_(std::move(parameters)) {}

  std::string parameters() const override { return parameters_; }
  void read(Job& job) const override;
  void compute(Worker& worker, Job& job) const override;
  void write(Job& job) const override;

 private:
  const Conversion& of_rate(int sample_rate) const;

  Make make_;
  std::string parameters_;
  mutable std::mutex mutex_;
  mutable std::map<int, std::unique_ptr<Conversion>> made_;
};

}  // namespace spectrohue::batch
