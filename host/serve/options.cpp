// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "serve/options.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/colormap.h"
#include "spectrohue/error.h"

namespace spectrohue::serve {

namespace {

using Json = nlohmann::ordered_json;
using Strings = std::vector<std::string>;

const Strings kPresets{"librosa", "torchaudio", "riffusion", "archive", "edit"};
const Strings kEncodings{"hsv",   "hsv16",    "hsvx",   "hsv16x",  "gray8",    "gray16",     "gray32f",
                         "rgb24", "colormap", "stereo", "stereo3", "magphase", "magphase16", "complex"};
const Strings kCurves{"gamma", "db", "linear", "adaptive-log", "double-log"};
const Strings kScales{"linear", "mel", "log", "bark", "erb"};
const Strings kWindows{"hann", "hamming", "blackman", "blackmanharris", "rectangular"};

std::vector<Option> make_encode_options() {
  return {
      {"preset", "Preset", OptionKind::Choice, "none", kPresets, true},
      {"encoding", "Encoding", OptionKind::Choice, "hsv", kEncodings, true},
      {"colormap", "Colormap", OptionKind::Choice, "viridis", colormap_names(), true},
      {"n-fft", "Frame, n_fft (samples)", OptionKind::Whole, "2048", {}, true},
      {"hop-length", "Hop (samples)", OptionKind::Whole, "n_fft / 4", {}, true},
      {"curve", "Brightness curve", OptionKind::Choice, "gamma", kCurves, true},
      {"freq-scale", "Frequency scale", OptionKind::Choice, "linear", kScales, true},
      {"window", "Window", OptionKind::Choice, "hann", kWindows},
      {"gamma", "Exponent of gamma", OptionKind::Number, "0.3"},
      {"top-db", "Range of db (dB)", OptionKind::Number, "100"},
      {"n-mels", "Bands", OptionKind::Whole, "128"},
      {"fmin", "Bands from (Hz)", OptionKind::Number, "0"},
      {"fmax", "Bands to (Hz)", OptionKind::Number, "half the rate"},
      {"channels", "Channels", OptionKind::Choice, "keep", {"keep", "mono", "left", "right", "mid-side", "split"}},
      {"quality", "Quality", OptionKind::Choice, "high", {"fast", "standard", "high"}},
      {"format", "File format", OptionKind::Choice, "png", {"png", "tiff", "npy", "npz"}},
      {"verify", "Measure the way back (SNR)", OptionKind::Flag, "no"},
  };
}

std::vector<Option> make_decode_options() {
  return {
      {"phase-method",
       "Phase method",
       OptionKind::Choice,
       "hybrid",
       {"hybrid", "griffinlim", "fgla", "pghi", "forest", "rtpghi", "spsi", "zero", "random", "stored"},
       true},
      {"n-iter", "Phase steps", OptionKind::Whole, "by the method", {}, true},
      {"format", "Sound file", OptionKind::Choice, "wav", {"wav", "flac", "ogg"}, true},
      {"normalize", "Level", OptionKind::Choice, "as it was", {"none", "peak"}, true},
      {"sample-rate", "Sample rate (Hz)", OptionKind::Whole, "as the note says"},
      {"from", "Drawn by", OptionKind::Choice, "spectrohue", {"auto", "specshow", "sox", "ffmpeg", "gray"}},
      {"duration", "Duration shown (s)", OptionKind::Number, "not known"},
      {"axis", "Frequency axis", OptionKind::Choice, "linear", {"linear", "log", "symlog", "mel"}},
      {"preset", "Preset", OptionKind::Choice, "none", kPresets},
      {"encoding", "Encoding", OptionKind::Choice, "by its colours", kEncodings},
      {"colormap", "Colormap", OptionKind::Choice, "viridis", colormap_names()},
      {"n-fft", "Frame, n_fft (samples)", OptionKind::Whole, "by its height"},
      {"hop-length", "Hop (samples)", OptionKind::Whole, "n_fft / 4"},
      {"window", "Window", OptionKind::Choice, "hann", kWindows},
      {"curve", "Brightness curve", OptionKind::Choice, "gamma", kCurves},
      {"gamma", "Exponent of gamma", OptionKind::Number, "0.3"},
      {"top-db", "Range of db (dB)", OptionKind::Number, "100"},
      {"freq-scale", "Frequency scale", OptionKind::Choice, "linear", kScales},
      {"n-mels", "Bands", OptionKind::Whole, "128"},
      {"fmin", "From (Hz)", OptionKind::Number, "0"},
      {"fmax", "To (Hz)", OptionKind::Number, "half the rate"},
      {"channels", "Channels", OptionKind::Whole, "1"},
      {"n-samples", "Length (samples)", OptionKind::Whole, "by its width"},
      {"drop-top", "No row for the highest bin", OptionKind::Flag, "no"},
      {"invert", "Dark is loud", OptionKind::Flag, "no"},
      {"flip", "Low frequencies on top", OptionKind::Flag, "no"},
      {"transpose", "Time runs down", OptionKind::Flag, "no"},
  };
}

[[noreturn]] void refuse(const Option& option, const std::string& what) {
  throw Error(ErrorCode::Usage, option.label + " (--" + option.name + "): " + what);
}

void check_choice(const Option& option, const std::string& text) {
  if (std::ranges::find(option.choices, text) != option.choices.end()) return;
  std::string known;
  for (const std::string& choice : option.choices) known += (known.empty() ? "" : ", ") + choice;
  refuse(option, "'" + text + "' is none of " + known);
}

template <class Value>
void check_number(const Option& option, const std::string& text, const char* what) {
  Value value{};
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  if (error != std::errc() || end != last || !std::isfinite(static_cast<double>(value))) {
    refuse(option, "'" + text + "' is not " + what);
  }
}

/// A value of a request as text; nothing if it says that there is none.
std::string text_of(const Option& option, const Json& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number()) return value.dump();
  refuse(option, "neither a text nor a number");
}

void add_argument(const Option& option, const Json& value, std::vector<std::string>& arguments) {
  if (option.kind == OptionKind::Flag) {
    if (!value.is_boolean()) refuse(option, "neither true nor false");
    if (value.get<bool>()) arguments.push_back("--" + option.name);
    return;
  }
  const std::string text = text_of(option, value);
  if (text.empty()) return;
  if (option.kind == OptionKind::Choice) check_choice(option, text);
  if (option.kind == OptionKind::Whole) check_number<std::int64_t>(option, text, "a whole number");
  if (option.kind == OptionKind::Number) check_number<double>(option, text, "a number");
  // In one word, so that a number below 0 is no option.
  arguments.push_back("--" + option.name + "=" + text);
}

/// As a shell reads it back.
std::string quoted(const std::string& text) {
  const bool is_plain = std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("-_./=+,:").find(c) != std::string_view::npos;
  });
  if (is_plain && !text.empty()) return text;
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string to_string(OptionKind kind) {
  switch (kind) {
    case OptionKind::Choice: return "choice";
    case OptionKind::Whole: return "whole";
    case OptionKind::Number: return "number";
    case OptionKind::Flag: return "flag";
  }
  throw Error(ErrorCode::Internal, "a kind of option without a name");
}

}  // namespace

const std::vector<Option>& encode_options() {
  static const std::vector<Option> options = make_encode_options();
  return options;
}

const std::vector<Option>& decode_options() {
  static const std::vector<Option> options = make_decode_options();
  return options;
}

std::vector<std::string> arguments_of(const std::vector<Option>& options, std::string_view json) {
  const Json given = Json::parse(json, nullptr, false);
  if (!given.is_object()) throw Error(ErrorCode::Usage, "the options are not a JSON object");
  for (const auto& [name, value] : given.items()) {
    const auto is_it = [&name = name](const Option& option) { return option.name == name; };
    if (std::ranges::none_of(options, is_it)) throw Error(ErrorCode::Usage, "there is no option '" + name + "' here");
  }
  std::vector<std::string> arguments;
  for (const Option& option : options) {
    if (given.contains(option.name)) add_argument(option, given[option.name], arguments);
  }
  return arguments;
}

std::string to_json(const std::vector<Option>& options) {
  Json list = Json::array();
  for (const Option& option : options) {
    list.push_back({{"name", option.name},
                    {"label", option.label},
                    {"kind", to_string(option.kind)},
                    {"usual", option.usual},
                    {"choices", option.choices},
                    {"main", option.is_main}});
  }
  return list.dump();
}

std::string command_text(const std::string& command, const std::string& file,
                         const std::vector<std::string>& arguments) {
  std::string text = "spectrohue " + command + " " + quoted(file.starts_with('-') ? "./" + file : file);
  for (const std::string& argument : arguments) {
    const std::size_t equals = argument.find('=');
    text += " " + argument.substr(0, equals);
    if (equals != std::string::npos) text += " " + quoted(argument.substr(equals + 1));
  }
  return text;
}

}  // namespace spectrohue::serve
