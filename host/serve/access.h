// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Who may talk to the server. Every request needs the token, which is the first part of every path, and a Host that
// the server is meant to be called by: a page of another site can neither guess the one nor, by pointing its own name
// at this machine (DNS rebinding), choose the other.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace spectrohue::serve {

/// "localhost", 127.0.0.0/8 and ::1.
bool is_loopback(std::string_view host);

/// 128 bits of the system's randomness, in 32 hexadecimal digits. Throws Error(Internal) if there is none.
std::string make_token();

/// Throws Error(Usage) unless it has at least 16 characters, all of A-Z, a-z, 0-9, - and _.
void check_token(std::string_view token);

/// The name or address in a Host header, in small letters, without its port and brackets. Empty: it is no such header.
std::string host_of(std::string_view header);

class Access {
 public:
  /// host: what the server listens at, empty for loopback. "0.0.0.0" and "::" may be called by this machine's name and
  /// by every address.
  Access(const std::string& host, std::string token);

  const std::string& token() const { return token_; }
  /// The token at the start of "/TOKEN/...". Takes the same time however much of it is right.
  bool has_token(std::string_view path) const;
  bool knows_host(std::string_view header) const;
  /// Of an Origin header; none is fine, other programs than browsers send none.
  bool knows_origin(std::string_view header) const;

 private:
  std::string token_;
  std::vector<std::string> names_;
  bool takes_addresses_ = false;
};

}  // namespace spectrohue::serve
