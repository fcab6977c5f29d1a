// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/export_row.h"

#include <nlohmann/json.hpp>

#include "image/note.h"
#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace {

using Json = nlohmann::ordered_json;

const PictureNote& note_of(const image::FileInfo& info) {
  if (!info.note) throw Error(ErrorCode::BadFormat, "the picture has no note; was it stored again by another program?");
  return *info.note;
}

double seconds_of(const PictureNote& note) { return static_cast<double>(note.n_samples) / note.sample_rate; }

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

bool is_utf8(std::string_view text) {
  const std::string dumped = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  return Json::parse(dumped).get<std::string>() == text;
}

std::string metadata_row(const std::string& file_name, const std::string& source, const image::FileInfo& info,
                         const std::optional<std::string>& text) {
  const PictureNote& note = note_of(info);
  Json row;
  row["file_name"] = file_name;
  if (text) row["text"] = *text;
  row["source"] = source;
  row["sample_rate"] = note.sample_rate;
  row["n_samples"] = note.n_samples;
  row["channels"] = note.channels;
  row["seconds"] = seconds_of(note);
  row["encoding"] = to_string(note.pixels.encoding);
  row["n_fft"] = note.stft.n_fft;
  row["hop_length"] = note.stft.hop_length;
  row["ref"] = note.ref;
  row["width"] = info.width;
  row["height"] = info.height;
  row["tile"] = note.tile.index;
  row["tiles"] = note.tile.count;
  row["part"] = note.part.index;
  row["parts"] = note.part.count;
  row["first_frame"] = note.tile.first_frame;
  row["padding"] = note.tile.padding;
  return dump(row);
}

std::string sample_json(const std::string& source, const image::FileInfo& info) {
  const PictureNote& note = note_of(info);
  Json json = Json::parse(image::to_json(note));
  json["tile"] = {{"index", note.tile.index},
                  {"count", note.tile.count},
                  {"first_frame", note.tile.first_frame},
                  {"overlap", note.tile.overlap},
                  {"padding", note.tile.padding}};
  json["source"] = source;
  json["seconds"] = seconds_of(note);
  json["width"] = info.width;
  json["height"] = info.height;
  return dump(json);
}

}  // namespace spectrohue::batch
