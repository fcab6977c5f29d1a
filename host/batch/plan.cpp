// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/plan.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

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
    std::map<fs::path, int> claims;
    for (const Source& source : found.sources) ++claims[destination(source, settings.keep_extension)];
    // song.0001.wav keeps its extension beside song.wav, whose second tile may become song.0001.png.
    const auto may_be_tile = [&](const fs::path& path) {
      const std::optional<fs::path> whole = settings.makes_tiles ? whole_path(path) : std::nullopt;
      return whole && claims.contains(*whole);
    };
    for (const Source& source : found.sources) {
      const fs::path plain = destination(source, settings.keep_extension);
      const bool keep = claims[plain] > 1 || may_be_tile(plain);
      plan.tasks.push_back({source.path, keep ? destination(source, true) : plain, source.tiles});
    }
  }

  std::set<fs::path> sources;
  for (const Task& task : plan.tasks) sources.insert(resolved(task.source));
  std::map<fs::path, fs::path> taken;
  std::vector<Task> kept;
  std::vector<fs::path> existing;
  for (Task& task : plan.tasks) {
    if (settings.existing == Existing::Rename) task.destination = free_name(task.destination);
    const fs::path key = resolved(task.destination);
    const auto [other, is_new] = taken.emplace(key, task.source);
    if (!is_new && resolved(other->second) == resolved(task.source)) continue;  // named twice
    if (!is_new) {
      refuse("'" + other->second.string() + "' and '" + task.source.string() + "' would both become '" +
             task.destination.string() + "'; convert them into different folders");
    }
    if (sources.contains(key)) {
      refuse("'" + task.source.string() + "' would be written over the input '" + task.destination.string() +
             "'; choose another output folder with -o");
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
