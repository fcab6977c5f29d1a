// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The C interface for Python, arrays as they lie: __init__.py makes it comfortable. Nothing here holds the
// interpreter's lock while it computes.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "spectrohue/spectrohue.h"

namespace nb = nanobind;

namespace {

/// What a call failed with.
class Failure : public std::exception {
 public:
  explicit Failure(spectrohue_status status) : status_(status), message_(spectrohue_last_error()) {}
  const char* what() const noexcept override { return message_.c_str(); }
  spectrohue_status status() const { return status_; }

 private:
  spectrohue_status status_;
  std::string message_;
};

PyObject* exception_of(spectrohue_status status) {
  switch (status) {
    case SPECTROHUE_ERROR_USAGE:
    case SPECTROHUE_ERROR_FORMAT: return PyExc_ValueError;
    case SPECTROHUE_ERROR_READ:
    case SPECTROHUE_ERROR_WRITE: return PyExc_OSError;
    case SPECTROHUE_ERROR_MEMORY: return PyExc_MemoryError;
    default: return PyExc_RuntimeError;
  }
}

void check(spectrohue_status status) {
  if (status != SPECTROHUE_OK) throw Failure(status);
}

template <class Thing, void (*free)(Thing*)>
struct Free {
  void operator()(Thing* thing) const { free(thing); }
};
using PictureOwner = std::unique_ptr<spectrohue_picture, Free<spectrohue_picture, spectrohue_picture_free>>;
using SoundOwner = std::unique_ptr<spectrohue_sound, Free<spectrohue_sound, spectrohue_sound_free>>;
using SettingsOwner = std::unique_ptr<spectrohue_settings, Free<spectrohue_settings, spectrohue_settings_free>>;

struct Context {
  Context(const std::string& device, int threads) {
    nb::gil_scoped_release unlocked;
    check(spectrohue_context_create(device.c_str(), threads, &context));
  }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { spectrohue_context_free(context); }
  spectrohue_context* context = nullptr;
};

using Pairs = std::vector<std::pair<std::string, std::string>>;

SettingsOwner settings_of(spectrohue_direction direction, const nb::list& pairs) {
  spectrohue_settings* settings = nullptr;
  check(spectrohue_settings_create(direction, &settings));
  SettingsOwner owner(settings);
  for (const nb::handle pair : pairs) {
    const auto key = nb::cast<std::string>(pair[0]);
    const auto value = nb::cast<std::string>(pair[1]);
    check(spectrohue_settings_set(settings, key.c_str(), value.c_str()));
  }
  return owner;
}

/// In host memory, any strides.
using AnyArray = nb::ndarray<nb::ro, nb::device::cpu>;

/// [channels, n_samples] floats or 16-bit integers.
spectrohue_samples samples_of(const AnyArray& array, int sample_rate) {
  spectrohue_samples samples{};
  samples.size_bytes = sizeof samples;
  samples.data = array.data();
  samples.type = array.dtype() == nb::dtype<float>() ? SPECTROHUE_FLOAT32 : SPECTROHUE_INT16;
  samples.channels = static_cast<std::int32_t>(array.shape(0));
  samples.n_samples = static_cast<std::int64_t>(array.shape(1));
  samples.sample_rate = sample_rate;
  samples.channel_stride = samples.channels > 1 ? array.stride(0) : 0;
  samples.sample_stride = samples.n_samples > 1 ? array.stride(1) : 1;
  return samples;
}

using PaletteArray = nb::ndarray<nb::ro, std::uint8_t, nb::shape<-1, 3>, nb::c_contig, nb::device::cpu>;

/// [height, width, channels], each row without gaps.
spectrohue_pixels pixels_of(const AnyArray& array, const std::optional<PaletteArray>& palette) {
  spectrohue_pixels pixels{};
  pixels.size_bytes = sizeof pixels;
  pixels.data = array.data();
  pixels.height = static_cast<std::int64_t>(array.shape(0));
  pixels.width = static_cast<std::int64_t>(array.shape(1));
  pixels.channels = static_cast<std::int32_t>(array.shape(2));
  pixels.bits = static_cast<std::int32_t>(8 * array.itemsize());
  pixels.row_bytes = pixels.height > 1 ? array.stride(0) * static_cast<std::int64_t>(array.itemsize()) : 0;
  if (palette) {
    pixels.palette = palette->data();
    pixels.n_colours = static_cast<std::int32_t>(palette->shape(0));
  }
  return pixels;
}

template <class Number>
nb::object numpy_array(const void* data, std::initializer_list<std::size_t> shape, const nb::handle& owner) {
  return nb::cast(nb::ndarray<nb::numpy, Number>(const_cast<void*>(data), shape, owner));
}

/// (pixels [height, width, channels], note or None, palette [n, 3] or None): views of memory that they keep.
nb::tuple picture_tuple(PictureOwner&& picture) {
  spectrohue_pixels p{};
  p.size_bytes = sizeof p;
  check(spectrohue_picture_pixels(picture.get(), &p));
  const char* note = spectrohue_picture_note(picture.get());
  nb::object text = note == nullptr ? nb::none() : nb::object(nb::str(note));
  const nb::capsule owner(picture.release(), [](void* thing) noexcept {
    spectrohue_picture_free(static_cast<spectrohue_picture*>(thing));
  });
  const auto height = static_cast<std::size_t>(p.height);
  const auto width = static_cast<std::size_t>(p.width);
  const auto channels = static_cast<std::size_t>(p.channels);
  nb::object pixels = p.bits == 8    ? numpy_array<std::uint8_t>(p.data, {height, width, channels}, owner)
                      : p.bits == 16 ? numpy_array<std::uint16_t>(p.data, {height, width, channels}, owner)
                                     : numpy_array<float>(p.data, {height, width, channels}, owner);
  nb::object palette = nb::none();
  if (p.palette != nullptr) {
    palette = numpy_array<std::uint8_t>(p.palette, {static_cast<std::size_t>(p.n_colours), 3}, owner);
  }
  return nb::make_tuple(pixels, text, palette);
}

nb::tuple encode(Context& context, const AnyArray& array, int sample_rate, const nb::list& given) {
  const SettingsOwner settings = settings_of(SPECTROHUE_ENCODE, given);
  const spectrohue_samples samples = samples_of(array, sample_rate);
  PictureOwner owner;
  {
    nb::gil_scoped_release unlocked;
    spectrohue_picture* picture = nullptr;
    check(spectrohue_encode(context.context, &samples, settings.get(), &picture));
    owner.reset(picture);
  }
  return picture_tuple(std::move(owner));
}

nb::tuple load(const std::string& path) {
  PictureOwner owner;
  {
    nb::gil_scoped_release unlocked;
    spectrohue_picture* picture = nullptr;
    check(spectrohue_load(path.c_str(), &picture));
    owner.reset(picture);
  }
  return picture_tuple(std::move(owner));
}

void save(const std::string& path, const AnyArray& array, const std::optional<std::string>& note,
          const std::optional<PaletteArray>& palette, const nb::list& given) {
  const SettingsOwner settings = settings_of(SPECTROHUE_ENCODE, given);
  const spectrohue_pixels pixels = pixels_of(array, palette);
  nb::gil_scoped_release unlocked;
  check(spectrohue_save(path.c_str(), &pixels, note ? note->c_str() : nullptr, settings.get()));
}

/// (samples [channels, n_samples], rate in Hz, subtype, convergence in dB, messages)
nb::tuple decode(Context& context, const AnyArray& array, const std::optional<std::string>& note,
                 const std::optional<PaletteArray>& palette, const nb::list& given) {
  const SettingsOwner settings = settings_of(SPECTROHUE_DECODE, given);
  const spectrohue_pixels pixels = pixels_of(array, palette);
  SoundOwner owner;
  {
    nb::gil_scoped_release unlocked;
    spectrohue_sound* sound = nullptr;
    check(spectrohue_decode(context.context, &pixels, note ? note->c_str() : nullptr, settings.get(), &sound));
    owner.reset(sound);
  }
  spectrohue_samples s{};
  s.size_bytes = sizeof s;
  check(spectrohue_sound_samples(owner.get(), &s));
  nb::list messages;
  for (std::size_t i = 0; spectrohue_sound_message(owner.get(), i) != nullptr; ++i) {
    messages.append(nb::str(spectrohue_sound_message(owner.get(), i)));
  }
  const nb::str subtype(spectrohue_sound_subtype(owner.get()));
  const double convergence_db = spectrohue_sound_convergence_db(owner.get());
  const nb::capsule capsule(owner.release(),
                            [](void* thing) noexcept { spectrohue_sound_free(static_cast<spectrohue_sound*>(thing)); });
  const nb::object samples = numpy_array<float>(
      s.data, {static_cast<std::size_t>(s.channels), static_cast<std::size_t>(s.n_samples)}, capsule);
  return nb::make_tuple(samples, s.sample_rate, subtype, convergence_db, messages);
}

nb::tuple stft_size(std::int64_t n_samples, const nb::list& given) {
  std::int64_t n_frames = 0;
  std::int64_t n_bins = 0;
  check(spectrohue_stft_size(settings_of(SPECTROHUE_TRANSFORM, given).get(), n_samples, &n_frames, &n_bins));
  return nb::make_tuple(n_frames, n_bins);
}

using FloatsOut = nb::ndarray<float, nb::c_contig, nb::device::cpu>;
using FloatsIn = nb::ndarray<nb::ro, const float, nb::ndim<3>, nb::c_contig, nb::device::cpu>;

/// Into magnitudes, [channels, n_frames, n_bins].
void stft_magnitudes(Context& context, const AnyArray& array, const nb::list& given, FloatsOut magnitudes) {
  const SettingsOwner settings = settings_of(SPECTROHUE_TRANSFORM, given);
  const spectrohue_samples samples = samples_of(array, 1);
  nb::gil_scoped_release unlocked;
  check(spectrohue_stft_magnitudes(context.context, &samples, settings.get(), magnitudes.data(),
                                   static_cast<std::int64_t>(magnitudes.size())));
}

/// Into samples, [channels, n_samples]; returns the convergence in dB.
double retrieve(Context& context, const FloatsIn& magnitudes, const nb::list& given, FloatsOut samples) {
  const SettingsOwner settings = settings_of(SPECTROHUE_TRANSFORM, given);
  double convergence_db = 0;
  nb::gil_scoped_release unlocked;
  check(spectrohue_retrieve(context.context, magnitudes.data(), static_cast<std::int32_t>(magnitudes.shape(0)),
                            static_cast<std::int64_t>(magnitudes.shape(1)),
                            static_cast<std::int64_t>(magnitudes.shape(2)), settings.get(), samples.data(),
                            static_cast<std::int64_t>(samples.shape(1)), &convergence_db));
  return convergence_db;
}

/// What a run over files hands its results to.
struct Listener {
  nb::object finished;
  std::size_t n_seen = 0;
  std::optional<nb::python_error> error;
};

int hear(const spectrohue_file_result* r, void* user) {
  auto& listener = *static_cast<Listener*>(user);
  const nb::gil_scoped_acquire locked;
  ++listener.n_seen;
  try {
    nb::list messages;
    for (std::size_t i = 0; i < r->n_messages; ++i) messages.append(nb::str(r->messages[i]));
    nb::object error = nb::none();
    if (r->status != SPECTROHUE_OK) error = nb::handle(exception_of(r->status))(r->error);
    listener.finished(r->index, error, messages, r->audio_seconds, r->n_outputs, r->bytes_written, r->snr_db,
                      r->convergence_db);
    if (PyErr_CheckSignals() != 0) throw nb::python_error();
  } catch (nb::python_error& caught) {
    if (!listener.error) listener.error.emplace(std::move(caught));
    return 1;
  } catch (...) {  // none may pass through C
    return 1;
  }
  return 0;
}

/// Calls finished(index, exception or None, messages, audio_seconds, n_outputs, bytes_written, snr_db, convergence_db)
/// for every file. Raises what it raises, and what concerns all files.
void convert_files(Context& context, bool encodes, const std::vector<std::string>& sources,
                   const std::vector<std::string>& destinations, const nb::list& given, nb::object finished) {
  const SettingsOwner settings = settings_of(encodes ? SPECTROHUE_ENCODE : SPECTROHUE_DECODE, given);
  std::vector<const char*> from;
  std::vector<const char*> to;
  for (const std::string& path : sources) from.push_back(path.c_str());
  for (const std::string& path : destinations) to.push_back(path.c_str());
  Listener listener{std::move(finished), 0, {}};
  spectrohue_status status = SPECTROHUE_OK;
  std::optional<Failure> failure;
  {
    nb::gil_scoped_release unlocked;
    const auto convert = encodes ? spectrohue_encode_files : spectrohue_decode_files;
    status = convert(context.context, from.data(), to.data(), from.size(), settings.get(), hear, &listener);
    if (status != SPECTROHUE_OK) failure.emplace(status);
  }
  if (listener.error) throw std::move(*listener.error);
  if (failure && listener.n_seen < sources.size()) throw std::move(*failure);
}

std::vector<std::string> keys(int direction) {
  std::vector<std::string> names;
  const auto of = static_cast<spectrohue_direction>(direction);
  for (std::size_t i = 0; spectrohue_settings_key(of, i) != nullptr; ++i) {
    names.emplace_back(spectrohue_settings_key(of, i));
  }
  return names;
}

}  // namespace

NB_MODULE(_native, m) {
  nb::register_exception_translator([](const std::exception_ptr& error, void*) {
    try {
      std::rethrow_exception(error);
    } catch (const Failure& failure) {
      PyErr_SetString(exception_of(failure.status()), failure.what());
    }
  });
  nb::class_<Context>(m, "Context")
      .def(nb::init<const std::string&, int>(), nb::arg("device"), nb::arg("threads"))
      .def_prop_ro("name", [](const Context& c) { return std::string(spectrohue_context_name(c.context)); });
  m.attr("ENCODE") = static_cast<int>(SPECTROHUE_ENCODE);
  m.attr("DECODE") = static_cast<int>(SPECTROHUE_DECODE);
  m.attr("TRANSFORM") = static_cast<int>(SPECTROHUE_TRANSFORM);
  m.def("version", [] { return std::string(spectrohue_version()); });
  m.def("keys", keys, nb::arg("direction"));
  m.def("encode", encode, nb::arg("context"), nb::arg("samples"), nb::arg("sample_rate"), nb::arg("settings"));
  m.def("load", load, nb::arg("path"));
  m.def("save", save, nb::arg("path"), nb::arg("pixels"), nb::arg("note").none(), nb::arg("palette").none(),
        nb::arg("settings"));
  m.def("decode", decode, nb::arg("context"), nb::arg("pixels"), nb::arg("note").none(), nb::arg("palette").none(),
        nb::arg("settings"));
  m.def("stft_size", stft_size, nb::arg("n_samples"), nb::arg("settings"));
  m.def("stft_magnitudes", stft_magnitudes, nb::arg("context"), nb::arg("samples"), nb::arg("settings"),
        nb::arg("magnitudes"));
  m.def("retrieve", retrieve, nb::arg("context"), nb::arg("magnitudes"), nb::arg("settings"), nb::arg("samples"));
  m.def("convert_files", convert_files, nb::arg("context"), nb::arg("encodes"), nb::arg("sources"),
        nb::arg("destinations"), nb::arg("settings"), nb::arg("finished"));
}
