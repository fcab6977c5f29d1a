// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "serve/access.h"

#include <arpa/inet.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

#include "spectrohue/error.h"

namespace spectrohue::serve {

namespace {

constexpr std::size_t kTokenBytes = 16;
constexpr std::size_t kLeastTokenLength = 16;
constexpr std::uint32_t kLoopbackNetwork = 127;

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> any{};
  return inet_pton(AF_INET, host.c_str(), any.data()) == 1 || inet_pton(AF_INET6, host.c_str(), any.data()) == 1;
}

bool is_port(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::string name_of_machine() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "";
  return lower(name.data());
}

}  // namespace

bool is_loopback(std::string_view host) {
  const std::string name = lower(host);
  if (name == "localhost") return true;
  in_addr four{};
  if (inet_pton(AF_INET, name.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24 == kLoopbackNetwork;
  in6_addr six{};
  return inet_pton(AF_INET6, name.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

std::string make_token() {
  std::array<unsigned char, kTokenBytes> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw Error(ErrorCode::Internal, "the system gives no random numbers for a token; give one with --token");
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string token;
  for (const unsigned char byte : bytes) {
    token += kDigits[byte >> 4];
    token += kDigits[byte & 15];
  }
  return token;
}

void check_token(std::string_view token) {
  const bool is_plain = std::ranges::all_of(
      token, [](unsigned char c) { return c < 0x80 && (std::isalnum(c) != 0 || c == '-' || c == '_'); });
  if (token.size() >= kLeastTokenLength && is_plain) return;
  throw Error(ErrorCode::Usage, "--token must have at least " + std::to_string(kLeastTokenLength) +
                                    " characters, letters, digits, - and _ only, because it stands in the address");
}

std::string host_of(std::string_view header) {
  if (header.starts_with('[')) {
    const std::size_t end = header.find(']');
    if (end == std::string_view::npos) return "";
    const std::string_view rest = header.substr(end + 1);
    if (!rest.empty() && !(rest.front() == ':' && is_port(rest.substr(1)))) return "";
    return lower(header.substr(1, end - 1));
  }
  const std::size_t colon = header.find(':');
  if (colon != std::string_view::npos && !is_port(header.substr(colon + 1))) return "";
  return lower(header.substr(0, colon));
}

Access::Access(const std::string& host, std::string token)
    : token_(std::move(token)), names_{"localhost", "127.0.0.1", "::1"} {
  if (host.empty() || is_loopback(host)) return;
  takes_addresses_ = host == "0.0.0.0" || host == "::";
  names_.push_back(takes_addresses_ ? name_of_machine() : lower(host));
}

bool Access::has_token(std::string_view path) const {
  if (path.size() < token_.size() + 2 || path.front() != '/' || path[token_.size() + 1] != '/') return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < token_.size(); ++i) {
    difference |= static_cast<unsigned char>(path[i + 1]) ^ static_cast<unsigned char>(token_[i]);
  }
  return difference == 0;
}

bool Access::knows_host(std::string_view header) const {
  const std::string host = host_of(header);
  if (host.empty()) return false;
  return std::ranges::find(names_, host) != names_.end() || (takes_addresses_ && is_address(host));
}

bool Access::knows_origin(std::string_view header) const {
  if (header.empty()) return true;
  constexpr std::string_view kScheme = "http://";
  return header.starts_with(kScheme) && knows_host(header.substr(kScheme.size()));
}

}  // namespace spectrohue::serve
