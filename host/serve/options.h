// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The options that the page offers: some of the command line's, by the same names. Nothing else that a request says
// becomes an argument, so that none can name a file of this machine.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace spectrohue::serve {

enum class OptionKind { Choice, Whole, Number, Flag };

struct Option {
  std::string name;   ///< on the command line, without its dashes
  std::string label;  ///< for people
  OptionKind kind = OptionKind::Choice;
  std::string usual;                      ///< what it is when it is not given, for people
  std::vector<std::string> choices = {};  ///< OptionKind::Choice
  bool is_main = false;                   ///< is to be seen without being asked for
};

const std::vector<Option>& encode_options();
const std::vector<Option>& decode_options();

/// A JSON object of names and values, {"n-fft": 4096, "encoding": "hsv16", "verify": true}, as arguments of the command
/// line, in the order of the options. Numbers may be text; what is empty, null or false was not given. Throws
/// Error(Usage) for what is no such object, an option that is not among these, and a value that is none for it.
std::vector<std::string> arguments_of(const std::vector<Option>& options, std::string_view json);

/// The options as a JSON array, for the page.
std::string to_json(const std::vector<Option>& options);

/// A command to be typed into a shell.
std::string command_text(const std::string& command, const std::string& file,
                         const std::vector<std::string>& arguments);

}  // namespace spectrohue::serve
