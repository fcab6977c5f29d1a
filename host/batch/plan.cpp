// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/plan.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "audio/audio_file.h"
#include "batch/claims.h"
#include "batch/hash.h"
#include "batch/resolver.h"
#include "batch/tiles.h"
#include "image/picture_file.h"
#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorCode::Usage, message); }

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

bool is_inside(const fs::path& path, const fs::path& folder) {
  const auto [end, rest] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end() && rest != path.end();
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

fs::path without_trailing_slash(const fs::path& path) { return path.has_filename() ? path : path.parent_path(); }

bool has_extension(const fs::path& path, const std::string& extension) {
  return lower(path.extension().string()) == extension;
}

/// The same type of file, if perhaps spelt differently.
bool is_of_type(const fs::path& path, const std::string& extension) {
  const fs::path usual = "file" + extension;
  const auto format = image::format_of_extension(path);
  const auto container = audio::container_of_extension(path);
  return has_extension(path, extension) || (format && format == image::format_of_extension(usual)) ||
         (container && container == audio::container_of_extension(usual));
}

/// What nobody calls a folder.
bool is_named_as_media(const fs::path& path) {
  return audio::has_audio_extension(path) || audio::has_unread_audio_extension(path) ||
         image::has_picture_extension(path) || image::has_unread_picture_extension(path);
}

bool is_one_named_file(const WalkResult& found) { return found.sources.size() == 1 && found.folders.empty(); }

fs::path name_for(const fs::path& name, const std::string& extension, bool keep_extension) {
  if (keep_extension) return name.native() + extension;
  fs::path stem = name.stem();
  // song.wav.png -> song.wav: the extension that encode kept.
  if (has_extension(stem, extension) && stem.has_stem()) return stem;
  return stem.native() + extension;
}

fs::path free_name(const fs::path& wanted) {
  fs::path path = wanted;
  for (int i = 1; fs::exists(path); ++i) {
    path = wanted.parent_path() / (wanted.stem().string() + "-" + std::to_string(i) + wanted.extension().string());
  }
  return path;
}

/// Whether "A" and "a" are one file in this folder, or in the one that is there above it.
bool folds_case(fs::path folder) {
  std::error_code error;
  while (!folder.empty() && !fs::is_directory(folder, error)) folder = folder.parent_path();
  const std::string own = std::to_string(getpid());
  const fs::path probe = folder / (".spectrohue-Case-" + own);
  const int file = open(probe.c_str(), O_CREAT | O_EXCL | O_CLOEXEC | O_WRONLY, 0600);
  if (file < 0) return false;  // nothing will be written there either
  close(file);
  const bool folds = fs::exists(folder / (".spectrohue-case-" + own), error);
  fs::remove(probe, error);
  return folds;
}

}  // namespace

Shard shard_from_string(std::string_view text) {
  Shard shard;
  const std::size_t slash = text.find('/');
  const auto number = [](std::string_view digits, int& value) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size();
  };
  const bool is_pair = slash != std::string_view::npos && number(text.substr(0, slash), shard.index) &&
                       number(text.substr(slash + 1), shard.count);
  if (!is_pair || shard.count < 1 || shard.index < 0 || shard.index >= shard.count) {
    refuse("--shard '" + std::string(text) +
           "' is not I/N with 0 <= I < N: of 7 shards the first is 0/7, the last 6/7");
  }
  return shard;
}

/// Makes a plan step by step.
class Planner {
 public:
  Planner(WalkResult&& found, const PlanSettings& settings) : settings_(settings) {
    is_to_file_ = output_is_file(found, settings);
    if (!is_to_file_ && is_one_named_file(found)) refuse_file_of_other_type();
    folders_ = std::move(found.folders);
    plan_.sources_ = std::move(found.sources);
    plan_.output_ = settings.output;
    plan_.extension_ = settings.extension;
  }

  Plan make() {
    check_folders();
    choose_names();
    refuse_clashes();
    take_shard();
    look_at_existing();
    return std::move(plan_);
  }

 private:
  void refuse_file_of_other_type() const {
    const fs::path& output = settings_.output;
    if (!is_named_as_media(output) || fs::exists(output)) return;
    refuse("the output " + quoted(output) + " is named as a " + output.extension().string() + " file, but would be " +
           settings_.extension + (settings_.formats.empty() ? "" : "; what can be written is " + settings_.formats) +
           " (if a folder is meant, make it first)");
  }

  void check_folders() const {
    if (settings_.output.empty()) return;
    const fs::path output = resolved(without_trailing_slash(settings_.output));
    for (const fs::path& folder : folders_) {
      if (is_inside(output, resolved(without_trailing_slash(folder)))) {
        refuse("the output folder " + quoted(settings_.output) + " lies inside the input folder " + quoted(folder) +
               "; choose one outside of it");
      }
    }
  }

  void choose_names() {
    const SourceList& sources = plan_.sources_;
    if (!is_to_file_ && fs::is_regular_file(settings_.output)) {
      refuse("the output " + quoted(settings_.output) +
             " is a file; give a folder, or for one input a name that ends in " + settings_.extension);
    }
    plan_.items_.reserve(sources.size());
    for (std::uint32_t i = 0; i < sources.size(); ++i) plan_.items_.push_back({i, settings_.keep_extension});
    if (is_to_file_) {
      plan_.renamed_[0] = settings_.output;
      return;
    }
    if (!settings_.keep_extension) keep_extensions_where_names_clash();
    if (settings_.existing != Existing::Rename) return;
    for (const Plan::Item& item : plan_.items_) plan_.renamed_[item.source] = free_name(plan_.destination(item));
  }

  void keep_extensions_where_names_clash() {
    std::vector<Plan::Item>& items = plan_.items_;
    Claims claims;
    claims.reserve(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) claims.add(plan_.destination(items[i]).native(), i);
    claims.sort();
    std::vector<std::uint32_t> kept;
    claims.for_each_set([&](const std::vector<std::uint32_t>& set) {
      for (const std::uint32_t a : set) {
        const fs::path own = plan_.destination(items[a]);
        const bool clashes = std::any_of(set.begin(), set.end(),
                                         [&](std::uint32_t b) { return b != a && plan_.destination(items[b]) == own; });
        if (clashes) kept.push_back(a);
      }
    });
    // song.0001.wav keeps its extension beside song.wav, whose second tile may become song.0001.png.
    for (std::uint32_t i = 0; settings_.makes_tiles && i < items.size(); ++i) {
      const std::optional<fs::path> whole = whole_path(plan_.destination(items[i]));
      if (!whole) continue;
      claims.for_each_like(whole->native(), [&](std::uint32_t other) {
        if (plan_.destination(items[other]) == *whole) kept.push_back(i);
      });
    }
    for (const std::uint32_t i : kept) items[i].keep_extension = true;
  }

  void refuse_clashes() {
    std::vector<Plan::Item>& items = plan_.items_;
    Claims sources;
    Claims outputs;  // as a file system would see them that does not know A from a
    sources.reserve(items.size());
    outputs.reserve(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
      sources.add(source_key(i), i);
      outputs.add(lower(output_key(i)), i);
    }
    sources.sort();
    outputs.sort();
    for (std::size_t i = 0; i < items.size(); ++i) {
      const std::string key = output_key(i);
      sources.for_each_like(key, [&](std::uint32_t other) {
        if (source_key(other) != key) return;
        refuse(quoted(plan_[i].source) + " would be written over the input " + quoted(plan_[i].destination) +
               "; choose another output folder with -o");
      });
    }
    std::vector<bool> again(items.size());
    outputs.for_each_set([&](const std::vector<std::uint32_t>& set) { refuse_clash(set, again); });
    std::size_t at = 0;
    std::erase_if(items, [&](const Plan::Item&) { return again[at++]; });
  }

  /// `again` receives what was named before.
  void refuse_clash(const std::vector<std::uint32_t>& set, std::vector<bool>& again) {
    for (std::size_t b = 1; b < set.size(); ++b) {
      for (std::size_t a = 0; a < b && !again[set[b]]; ++a) {
        const std::string one = output_key(set[a]);
        const std::string other = output_key(set[b]);
        if (one == other && source_key(set[a]) == source_key(set[b])) {
          again[set[b]] = true;
        } else if (one == other) {
          refuse(clash(set[a], set[b]) + "; convert them into different folders");
        } else if (lower(one) == lower(other) && output_folds_case(plan_[set[b]].destination.parent_path())) {
          refuse(clash(set[a], set[b]) + " on this file system, which does not tell capitals from small letters; " +
                 "convert them into different folders");
        }
      }
    }
  }

  std::string clash(std::size_t a, std::size_t b) const {
    return quoted(plan_[a].source) + " and " + quoted(plan_[b].source) + " would both become " +
           quoted(plan_[b].destination);
  }

  bool output_folds_case(const fs::path& folder) {
    const fs::path real = resolved(folder.empty() ? "." : folder);
    return settings_.folds_case ? settings_.folds_case(real) : folds_case(real);
  }

  void take_shard() {
    if (settings_.shard.is_all()) return;
    std::erase_if(plan_.items_, [&](const Plan::Item& item) {
      const fs::path relative =
          fs::path(plan_.sources_.folder(item.source).relative) / plan_.sources_.name(item.source);
      return stable_hash(relative.native()) % settings_.shard.count != static_cast<unsigned>(settings_.shard.index);
    });
  }

  void look_at_existing() {
    if (!settings_.has_outputs_of_its_own) {
      const std::size_t n = plan_.items_.size();
      std::erase_if(plan_.items_, [&](const Plan::Item& item) {
        return settings_.is_done && settings_.is_done(plan_.task_of(item));
      });
      plan_.skipped = n - plan_.items_.size();
      return;
    }
    std::size_t n_existing = 0;
    fs::path first;
    std::vector<Plan::Item> kept;
    for (const Plan::Item& item : plan_.items_) {
      const fs::path destination = plan_.destination(item);
      const bool may_exist = resolver_.folder(destination.parent_path()).exists;
      const std::optional<fs::path> there = may_exist ? existing_output(item, destination) : std::nullopt;
      if (there) {
        std::error_code error;
        if (fs::is_directory(*there, error)) refuse("the output " + quoted(*there) + " is a folder");
        if (settings_.existing == Existing::Resume && is_done(plan_.task_of(item), *there)) {
          ++plan_.skipped;
          continue;
        }
        if (settings_.existing == Existing::Refuse && n_existing++ == 0) first = *there;
      }
      kept.push_back(item);
    }
    if (n_existing > 0) {
      refuse(std::to_string(n_existing) + (n_existing == 1 ? " output exists" : " outputs exist") +
             " already, the first " + quoted(first) + "; add --overwrite to replace or --resume to keep what is done");
    }
    plan_.items_ = std::move(kept);
  }

  /// The output if it is there, or its first tile or part: the last one to get its name.
  std::optional<fs::path> existing_output(const Plan::Item& item, const fs::path& destination) const {
    std::error_code error;
    if (fs::exists(destination, error)) return destination;
    if (!settings_.makes_tiles) return std::nullopt;
    fs::path tile = tile_path(destination, 0, settings_.piece_names);
    if (fs::exists(tile, error)) return tile;
    // What the new output would make stale is not removed unasked.
    if (settings_.existing != Existing::Refuse) return std::nullopt;
    return first_piece(destination, plan_.sources_.name(item.source));
  }

  bool is_done(const Task& task, const fs::path& there) const {
    if (settings_.is_done) return settings_.is_done(task);
    std::error_code error;
    return fs::last_write_time(there, error) >= fs::last_write_time(task.source, error);
  }

  std::string source_key(std::size_t i) {
    const Plan::Item& item = plan_.items_[i];
    return resolver_.file(plan_[i].source, plan_.sources_.is_link(item.source)).native();
  }
  std::string output_key(std::size_t i) { return resolver_.file(plan_.destination(plan_.items_[i])).native(); }

  const PlanSettings& settings_;
  std::vector<fs::path> folders_;
  bool is_to_file_ = false;
  Plan plan_;
  Resolver resolver_;
};

fs::path Plan::destination(const Item& item) const {
  if (const auto renamed = renamed_.find(item.source); renamed != renamed_.end()) return renamed->second;
  const SourceList::Folder& folder = sources_.folder(item.source);
  const fs::path into = output_.empty() ? fs::path(folder.path) : output_ / folder.relative;
  return into / name_for(sources_.name(item.source), extension_, item.keep_extension);
}

Task Plan::task_of(const Item& item) const {
  Source source = sources_[item.source];
  return {std::move(source.path), destination(item), std::move(source.tiles), std::move(source.relative), source.stamp};
}

Task Plan::operator[](std::size_t i) const { return task_of(items_[i]); }

std::int64_t Plan::source_bytes() const {
  std::int64_t bytes = 0;
  for (const Item& item : items_) bytes += sources_.stamp(item.source).bytes;
  return bytes;
}

bool output_is_file(const WalkResult& found, const PlanSettings& settings) {
  return !settings.output.empty() && is_one_named_file(found) && is_of_type(settings.output, settings.extension) &&
         !fs::is_directory(settings.output);
}

Plan make_plan(WalkResult found, const PlanSettings& settings) { return Planner(std::move(found), settings).make(); }

}  // namespace spectrohue::batch
