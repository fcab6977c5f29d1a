// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "audio/audio_file.h"
#include "cli/options.h"
#include "image/adapt.h"
#include "image/arrange.h"
#include "image/note.h"
#include "image/picture_file.h"
#include "spectro/pages.h"

namespace spectrohue::cli {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::ordered_json;

struct InfoOptions {
  std::vector<std::string> files;
  TransformOptions transform;
  std::string params_from;
  bool json = false;
};

Json describe_sound(const fs::path& path) {
  const audio::FileInfo info = audio::inspect(path);
  Json out = {{"kind", "sound"},
              {"description", info.description},
              {"sample_rate", info.sample_rate},
              {"channels", info.channels},
              {"n_samples", info.n_samples},
              {"seconds", static_cast<double>(info.n_samples) / info.sample_rate},
              {"subtype", to_string(info.format)}};
  if (info.missing_bytes > 0) out["missing_bytes"] = info.missing_bytes;
  return out;
}

bool is_untouched(const fs::path& path, const PictureNote& note) {
  bool is_own = true;
  std::vector<std::optional<batch::Half>> halves{std::nullopt};
  if (!note.right.empty()) halves = {batch::Half::Left, batch::Half::Right};
  for (const std::optional<batch::Half>& half : halves) {
    image::PictureFile file;
    image::read(path, file);
    batch::take_half(file, half);
    image::rearrange(file.picture, file.note->arrangement);
    image::adapt(file.picture, *file.note);
    is_own = is_own && file.note->pixels_crc32 && image::pixels_crc32(file.picture) == *file.note->pixels_crc32;
  }
  return is_own;
}

/// The pixels are read only where there is a checksum to compare them with.
Json describe_picture(const fs::path& path, const batch::ParameterFlags& flags) {
  image::FileInfo info = image::inspect(path);
  Json out = {{"kind", "picture"},     {"description", info.description}, {"width", info.width},
              {"height", info.height}, {"bits", info.layout.bits},        {"has_note", info.note.has_value()}};
  if (info.note) {
    if (info.note->pixels_crc32 && info.note->part.count == 1) {
      out["untouched"] = is_untouched(path, *info.note);
    }
    out["note"] = Json::parse(image::to_json(*info.note));
  }
  try {
    batch::take_half(info, flags.half);
    const image::Size size = image::rearranged({info.width, info.height}, arrangement_of(info.note, flags));
    const batch::Parameters used =
        batch::decode_parameters(info.note, size.width, size.height, info.layout, path, flags);
    const bool is_whole = used.note.tile.count == 1 && used.note.part.count == 1;
    if (is_whole && !used.prepare) check_size(used.note, size.width, size.height);
    out["decodes_to"] = {{"sample_rate", used.note.sample_rate},
                         {"channels", used.note.channels},
                         {"n_samples", used.note.n_samples},
                         {"seconds", static_cast<double>(used.note.n_samples) / used.note.sample_rate},
                         {"subtype", to_string(used.note.format)},
                         {"level_known", used.has_level}};
    if (!used.messages.empty()) out["messages"] = used.messages;
  } catch (const Error& error) {
    out["cannot_decode"] = error.what();
  }
  return out;
}

void print_flat(const Json& value, const std::string& prefix) {
  for (const auto& [key, item] : value.items()) {
    if (item.is_object()) {
      print_flat(item, prefix + key + ".");
    } else {
      const std::string text = item.is_string() ? item.get<std::string>() : item.dump();
      std::printf("  %-24s %s\n", (prefix + key).c_str(), printable(text).c_str());
    }
  }
}

Exit info(const InfoOptions& chosen) {
  batch::ParameterFlags flags = chosen.transform.given;
  take_parameters_from(chosen.params_from, flags);
  Exit exit = Exit::Ok;
  Json all = Json::array();
  for (const std::string& file : chosen.files) {
    try {
      Json about = image::has_picture_extension(file) ? describe_picture(file, flags) : describe_sound(file);
      if (chosen.json) {
        Json entry = {{"file", file}};
        entry.update(about);
        all.push_back(std::move(entry));
      } else {
        std::printf("%s\n", printable(file).c_str());
        print_flat(about, "");
      }
    } catch (const std::exception& error) {
      say(file, error.what());
      exit = Exit::SomeFailed;
    }
  }
  if (chosen.json) std::printf("%s\n", all.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
  return exit;
}

}  // namespace

void add_info(CLI::App& app, Exit& result) {
  auto chosen = std::make_shared<InfoOptions>();
  CLI::App* command =
      app.add_subcommand("info", "What a picture or sound holds, and what a picture would be decoded with");
  command->add_option("FILE", chosen->files, "Pictures and sounds")->required()->type_name("");
  command->add_flag("--json", chosen->json, "One JSON array");
  auto& given = chosen->transform.given;
  add_params_from(*command, chosen->params_from);
  command->add_option(both_spellings("--sample-rate"), given.sample_rate, "Hz; overrides the note");
  command->add_option("--channels", given.channels, "Sounds stacked in a picture without a note");
  chosen->transform.add_to(*command, false);
  command->callback([chosen, &result] { result = info(*chosen); });
}

}  // namespace spectrohue::cli
