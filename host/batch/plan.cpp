// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/plan.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "batch/tiles.h"
#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorCode::Usage, message); }

/// One spelling for every way to write a path, whether or not it exists.
fs::path resolved(const fs::path& path) {
  std::error_code error;
  fs::path result = fs::weakly_canonical(fs::absolute(path), error);
  return error ? fs::absolute(path).lexically_normal() : result;
}

/// The same for many paths in few folders: each folder is looked up once.
class Resolver {
 public:
  fs::path operator()(const fs::path& path) {
    std::error_code error;
    if (!path.has_filename() || path.filename() == "." || path.filename() == "..") return resolved(path);
    const Folder& folder = folder_of(path);
    if (folder.exists && fs::is_symlink(path, error)) return resolved(path);
    return folder.path / path.filename();
  }
  /// False if there is nothing at that path, nor beside it.
  bool folder_exists(const fs::path& path) { return folder_of(path).exists; }

 private:
  struct Folder {
    fs::path path;
    bool exists = false;
  };

  const Folder& folder_of(const fs::path& path) {
    const auto [known, is_new] = folders_.try_emplace(path.parent_path().native());
    if (is_new) {
      std::error_code error;
      const fs::path folder = path.has_parent_path() ? path.parent_path() : ".";
      known->second = {resolved(folder), fs::exists(folder, error)};
    }
    return known->second;
  }

  std::unordered_map<std::string, Folder> folders_;
};

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

bool output_is_file(const WalkResult& found, const PlanSettings& settings) {
  return found.sources.size() == 1 && found.folders.empty() && has_extension(settings.output, settings.extension) &&
         !fs::is_directory(settings.output);
}

fs::path name_for(const Source& source, const PlanSettings& settings, bool keep_extension) {
  const fs::path name = source.relative.filename();
  fs::path stem = name.stem();
  if (keep_extension) return name.string() + settings.extension;
  // song.wav.png -> song.wav: the extension that encode kept.
  if (has_extension(stem, settings.extension) && stem.has_stem()) return stem;
  return stem.string() + settings.extension;
}

fs::path free_name(const fs::path& wanted) {
  fs::path path = wanted;
  for (int i = 1; fs::exists(path); ++i) {
    path = wanted.parent_path() / (wanted.stem().string() + "-" + std::to_string(i) + wanted.extension().string());
  }
  return path;
}

/// The output if it is there, or its first tile: the last one to get its name.
std::optional<fs::path> existing_output(const Task& task, const PlanSettings& settings) {
  std::error_code error;
  if (fs::exists(task.destination, error)) return task.destination;
  const fs::path tile = tile_path(task.destination, 0);
  if (settings.makes_tiles && fs::exists(tile, error)) return tile;
  return std::nullopt;
}

void check_folders(const WalkResult& found, const PlanSettings& settings) {
  if (settings.output.empty()) return;
  const fs::path output = resolved(without_trailing_slash(settings.output));
  for (const fs::path& folder : found.folders) {
    if (is_inside(output, resolved(without_trailing_slash(folder)))) {
      refuse("the output folder '" + settings.output.string() + "' lies inside the input folder '" + folder.string() +
             "'; choose one outside of it");
    }
  }
}

}  // namespace

Plan make_plan(const WalkResult& found, const PlanSettings& settings) {
  check_folders(found, settings);

  Plan plan;
  const bool to_file = !settings.output.empty() && output_is_file(found, settings);
  if (!to_file && fs::is_regular_file(settings.output)) {
    refuse("the output '" + settings.output.string() +
           "' is a file; give a folder, or for one input a name that ends in " + settings.extension);
  }
  if (to_file) {
    plan.tasks.push_back({found.sources.front().path, settings.output, found.sources.front().tiles});
  } else {
    const auto destination = [&](const Source& source, bool keep) {
      const fs::path folder =
          settings.output.empty() ? source.path.parent_path() : settings.output / source.relative.parent_path();
      return folder / name_for(source, settings, keep);
    };
    std::unordered_map<std::string, int> claims;
    for (const Source& source : found.sources) ++claims[destination(source, settings.keep_extension).native()];
    // song.0001.wav keeps its extension beside song.wav, whose second tile may become song.0001.png.
    const auto may_be_tile = [&](const fs::path& path) {
      const std::optional<fs::path> whole = settings.makes_tiles ? whole_path(path) : std::nullopt;
      return whole && claims.contains(whole->native());
    };
    for (const Source& source : found.sources) {
      const fs::path plain = destination(source, settings.keep_extension);
      const bool keep = claims[plain.native()] > 1 || may_be_tile(plain);
      plan.tasks.push_back({source.path, keep ? destination(source, true) : plain, source.tiles});
    }
  }

  Resolver resolve;
  std::unordered_set<std::string> sources;
  for (const Task& task : plan.tasks) sources.insert(resolve(task.source).native());
  std::unordered_map<std::string, fs::path> taken;  // by a source
  std::vector<Task> kept;
  std::vector<fs::path> existing;
  for (Task& task : plan.tasks) {
    if (settings.existing == Existing::Rename) task.destination = free_name(task.destination);
    const std::string key = resolve(task.destination).native();
    const auto [other, is_new] = taken.emplace(key, task.source);
    if (!is_new && resolve(other->second) == resolve(task.source)) continue;  // named twice
    if (!is_new) {
      refuse("'" + other->second.string() + "' and '" + task.source.string() + "' would both become '" +
             task.destination.string() + "'; convert them into different folders");
    }
    if (sources.contains(key)) {
      refuse("'" + task.source.string() + "' would be written over the input '" + task.destination.string() +
             "'; choose another output folder with -o");
    }
    if (!resolve.folder_exists(task.destination)) {
      kept.push_back(std::move(task));
      continue;
    }
    if (const std::optional<fs::path> there = existing_output(task, settings)) {
      std::error_code error;
      if (fs::is_directory(*there, error)) refuse("the output '" + there->string() + "' is a folder");
      if (settings.existing == Existing::Refuse) existing.push_back(*there);
      if (settings.existing == Existing::Resume &&
          fs::last_write_time(*there, error) >= fs::last_write_time(task.source, error)) {
        ++plan.skipped;
        continue;
      }
    }
    kept.push_back(std::move(task));
  }
  if (!existing.empty()) {
    refuse(std::to_string(existing.size()) + (existing.size() == 1 ? " output exists" : " outputs exist") +
           " already, the first '" + existing.front().string() +
           "'; add --overwrite to replace or --resume to keep what is done");
  }
  plan.tasks = std::move(kept);
  return plan;
}

}  // namespace spectrohue::batch
