// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The manual page and what shells complete, made of the same tables as --help. The build runs this for what it
// installs.
#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string_view>

#include "cli/options.h"
#include "spectrohue/version.h"

namespace spectrohue::cli {

namespace {

struct OptionText {
  std::vector<std::string> names;    ///< "--n-fft"; spellings with underscores are left out
  std::string short_name;            ///< "-o", or empty
  std::string value;                 ///< "INT"; empty: a flag
  std::vector<std::string> choices;  ///< of the value, where there are few
  std::string help;
  std::string group;
};

/// CLI11 writes a choice among names as "TEXT:{a,b}".
std::vector<std::string> choices_in(const std::string& type) {
  const std::size_t open = type.find('{');
  const std::size_t close = type.find('}');
  if (open == std::string::npos || close == std::string::npos) return {};
  return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

OptionText text_of(const CLI::Option& option) {
  OptionText text;
  for (const std::string& name : option.get_lnames()) {
    if (name.find('_') == std::string::npos) text.names.push_back("--" + name);
  }
  if (!option.get_snames().empty()) text.short_name = "-" + option.get_snames().front();
  if (option.get_items_expected_max() != 0) {
    const std::string type = option.get_type_name();
    text.value = type.substr(0, type.find(':'));
    text.choices = choices_in(type);
  }
  text.help = option.get_description();
  const std::string usual = option.get_default_str();
  if (!usual.empty() && !text.value.empty()) text.help += " (default: " + usual + ")";
  text.group = option.get_group();
  return text;
}

std::vector<OptionText> options_of(const CLI::App& command) {
  std::vector<OptionText> texts;
  for (const CLI::Option* option : command.get_options({})) {
    if (!option->get_positional() && !option->get_group().empty()) texts.push_back(text_of(*option));
  }
  return texts;
}

/// "INPUT..."
std::string arguments_of(const CLI::App& command) {
  std::string names;
  for (const CLI::Option* option : command.get_options({})) {
    if (!option->get_positional()) continue;
    names += " " + option->get_name(true) + (option->get_items_expected_max() > 1 ? "..." : "");
  }
  return names;
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) { return app.get_subcommands({}); }

std::string joined(const std::vector<std::string>& words, const char* between) {
  return CLI::detail::join(words, between);
}

std::string replaced(const std::string& text, const std::map<char, std::string>& by) {
  std::string out;
  for (const char c : text) {
    const auto found = by.find(c);
    found == by.end() ? out.push_back(c) : (void)out.append(found->second);
  }
  return out;
}

// --- the manual page -------------------------------------------------------------------------------------------------

/// Text that roff prints as it is.
std::string roff(const std::string& text) {
  const std::string escaped = replaced(text, {{'\\', "\\e"}, {'-', "\\-"}, {'\n', "\n.br\n"}});
  const bool is_request = !escaped.empty() && (escaped.front() == '.' || escaped.front() == '\'');
  return (is_request ? "\\&" : "") + escaped;
}

std::string bold(const std::string& text) { return "\\fB" + roff(text) + "\\fR"; }
std::string italic(const std::string& text) { return "\\fI" + roff(text) + "\\fR"; }

std::string manual_of(const OptionText& option) {
  std::string heading = option.short_name.empty() ? "" : bold(option.short_name) + ", ";
  for (const std::string& name : option.names) heading += (name == option.names.front() ? "" : ", ") + bold(name);
  if (!option.value.empty()) {
    heading += " " + italic(option.choices.empty() ? option.value : joined(option.choices, "|"));
  }
  return ".TP\n" + heading + "\n" + roff(option.help) + "\n";
}

std::string manual_of(const CLI::App& command, const std::string& program) {
  std::string text =
      ".SH \"" + program + " " + command.get_name() + "\"\n" + roff(command.get_description()) + ".\n.PP\n";
  text += bold(program + " " + command.get_name()) + " [" + italic("OPTION") + "...]" + italic(arguments_of(command)) +
          "\n";
  for (const CLI::Option* option : command.get_options({})) {
    if (!option->get_positional() || option->get_description().empty()) continue;
    text += ".TP\n" + italic(option->get_name(true)) + "\n" + roff(option->get_description()) + "\n";
  }
  std::string group = "Options";
  for (const OptionText& option : options_of(command)) {
    if (option.group != group) text += ".SS \"" + option.group + "\"\n";
    group = option.group;
    text += manual_of(option);
  }
  return text;
}

std::string manual(const CLI::App& app) {
  const std::string& program = app.get_name();
  std::string text = ".TH SPECTROHUE 1 \"\" \"spectrohue " + std::string(kVersion) + "\" \"User Commands\"\n";
  text += ".SH NAME\nspectrohue \\- " + roff(app.get_description()) + "\n.SH SYNOPSIS\n";
  for (const CLI::App* command : commands_of(app)) {
    text += bold(program + " " + command->get_name()) + " [" + italic("OPTION") + "...]" +
            italic(arguments_of(*command)) + "\n.br\n";
  }
  text += bold(program) + italic(" FILE...") + "\n.SH DESCRIPTION\n" + roff(app.get_footer()) + "\n";
  text += ".SH OPTIONS\n";
  for (const OptionText& option : options_of(app)) text += manual_of(option);
  for (const CLI::App* command : commands_of(app)) text += manual_of(*command, program);
  return text;
}

// --- completion ------------------------------------------------------------------------------------------------------

/// The first words of a help text: as much as fits beside a name.
std::string brief(const std::string& help) {
  const std::size_t end = std::min({help.find(" ("), help.find("; "), help.find(": "), help.find('\n')});
  return help.substr(0, end);
}

/// Within '...' of a POSIX shell.
std::string shell_quoted(const std::string& text) { return "'" + replaced(text, {{'\'', "'\\''"}}) + "'"; }
/// Within '...' of fish.
std::string fish_quoted(const std::string& text) { return "'" + replaced(text, {{'\'', "\\'"}, {'\\', "\\\\"}}) + "'"; }

std::vector<std::string> names_of(const std::vector<OptionText>& options) {
  std::vector<std::string> names;
  for (const OptionText& option : options) names.insert(names.end(), option.names.begin(), option.names.end());
  return names;
}

/// A branch of a case in bash that sets `words`.
std::string bash_case(const std::string& pattern, const std::vector<std::string>& words) {
  return "    " + pattern + ") words=" + shell_quoted(joined(words, " ")) + " ;;\n";
}

std::string bash_completion(const CLI::App& app) {
  std::vector<std::string> commands;
  std::string values;
  std::string options;
  for (const CLI::App* command : commands_of(app)) {
    const std::string& name = command->get_name();
    commands.push_back(name);
    options += bash_case(name, names_of(options_of(*command)));
    for (const OptionText& option : options_of(*command)) {
      if (option.choices.empty()) continue;
      for (const std::string& of : option.names) {
        std::string pattern = name;
        values += bash_case(pattern.append(":").append(of), option.choices);
      }
    }
  }
  // Where nothing matches, bash goes on with names of files.
  return "# bash completion for spectrohue\n"
         "_spectrohue() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} words=\n"
         "  COMPREPLY=()\n"
         "  if ((COMP_CWORD == 1)); then\n"
         "    words=" +
         shell_quoted(joined(commands, " ") + " " + joined(names_of(options_of(app)), " ")) +
         "\n    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
         "    return\n"
         "  fi\n"
         "  case $command:$before in\n" +
         values +
         "  esac\n"
         "  if [[ -z $words && $word == -* ]]; then\n"
         "    case $command in\n" +
         options +
         "    esac\n"
         "  fi\n"
         "  [[ -z $words ]] || mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
         "}\n"
         "complete -o bashdefault -o default -F _spectrohue spectrohue\n";
}

/// What _arguments takes, one for each name.
std::string zsh_specs(const OptionText& option) {
  const std::map<char, std::string> escapes{{'[', "\\["}, {']', "\\]"}, {':', "\\:"}, {'\\', "\\\\"}};
  std::string what = (option.value.empty() ? "[" : "=[") + replaced(brief(option.help), escapes) + "]";
  if (!option.value.empty()) {
    const bool is_path = option.value == "PATH" || option.value == "FOLDER" || option.value == "FILE";
    what += ":" + replaced(option.value, escapes) + ":";
    what += option.choices.empty() ? (is_path ? "_files" : " ") : "(" + joined(option.choices, " ") + ")";
  }
  std::string specs;
  for (const std::string& name : option.names) specs += " \\\n        " + shell_quoted(name + what);
  return specs;
}

std::string zsh_completion(const CLI::App& app) {
  std::string commands;
  std::string cases;
  for (const CLI::App* command : commands_of(app)) {
    commands += "    " + shell_quoted(command->get_name() + ":" + brief(command->get_description())) + "\n";
    cases += "    " + command->get_name() + ")\n      _arguments -s";
    for (const OptionText& option : options_of(*command)) cases += zsh_specs(option);
    cases += " \\\n        '*:file:_files'\n      ;;\n";
  }
  return "#compdef spectrohue\n"
         "local -a commands\n"
         "commands=(\n" +
         commands +
         ")\n"
         "if ((CURRENT == 2)); then\n"
         "  _describe command commands\n"
         "  compadd -- " +
         joined(names_of(options_of(app)), " ") +
         "\n  _files\n"
         "else\n"
         "  local command=$words[2]\n"
         "  shift words\n"
         "  ((CURRENT--))\n"
         "  case $command in\n" +
         cases +
         "  esac\n"
         "fi\n";
}

std::string fish_line(const std::string& condition, const OptionText& option) {
  std::string line = "complete -c spectrohue -n " + shell_quoted(condition);
  for (const std::string& name : option.names) line += " -l " + name.substr(2);
  if (!option.short_name.empty()) line += " -s " + option.short_name.substr(1);
  if (!option.value.empty()) {
    line += option.choices.empty() ? " -r" : " -x -a " + fish_quoted(joined(option.choices, " "));
  }
  return line + " -d " + fish_quoted(brief(option.help)) + "\n";
}

std::string fish_completion(const CLI::App& app) {
  std::string text = "# fish completion for spectrohue\n";
  for (const OptionText& option : options_of(app)) text += fish_line("__fish_use_subcommand", option);
  for (const CLI::App* command : commands_of(app)) {
    text += "complete -c spectrohue -n '__fish_use_subcommand' -a " + command->get_name() + " -d " +
            fish_quoted(brief(command->get_description())) + "\n";
    for (const OptionText& option : options_of(*command)) {
      text += fish_line("__fish_seen_subcommand_from " + command->get_name(), option);
    }
  }
  return text;
}

const std::map<std::string, std::function<std::string(const CLI::App&)>>& descriptions() {
  static const std::map<std::string, std::function<std::string(const CLI::App&)>> all{
      {"man", manual}, {"bash", bash_completion}, {"zsh", zsh_completion}, {"fish", fish_completion}};
  return all;
}

}  // namespace

void add_describe(CLI::App& app, Exit& result) {
  CLI::App* command = app.add_subcommand("describe", "The manual page, or what a shell completes, on standard output");
  auto what = std::make_shared<std::string>();
  command->add_option("WHAT", *what, "man (man -l FILE shows it), bash, zsh or fish")
      ->required()
      ->type_name("")
      ->check(CLI::IsMember({"man", "bash", "zsh", "fish"}));
  command->callback([&app, what, &result] {
    std::fputs(descriptions().at(*what)(app).c_str(), stdout);
    result = Exit::Ok;
  });
}

}  // namespace spectrohue::cli
