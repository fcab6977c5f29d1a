// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Tables that cost more than a short file, kept for the next one.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace spectrohue {

/// The value that was made last: a batch's files mostly ask for the same one. Several threads may call get() at once;
/// while one of them makes a value, the others wait.
template <class Key, class Value>
class LastMade {
 public:
  /// What make() returns for this key, then or before. Throws what make() throws.
  template <class Make>
  std::shared_ptr<const Value> get(const Key& key, Make&& make) {
    const std::lock_guard lock(mutex_);
    if (!value_ || !(key_ == key)) {
      value_ = std::make_shared<const Value>(std::forward<Make>(make)());
      key_ = key;
    }
    return value_;
  }

 private:
  std::mutex mutex_;
  Key key_;  // where there is a value
  std::shared_ptr<const Value> value_;
};

}  // namespace spectrohue
