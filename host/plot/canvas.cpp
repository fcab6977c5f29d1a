// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "plot/canvas.h"

#include <cairo-pdf.h>
#include <cairo.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <span>

#include "spectrohue/error.h"

namespace spectrohue::plot {

namespace {

/// Points of PDF, 1/72 inch, a CSS pixel.
constexpr double kPoint = 0.75;

void check(cairo_status_t status) {
  if (status == CAIRO_STATUS_SUCCESS) return;
  const bool is_memory = status == CAIRO_STATUS_NO_MEMORY;
  throw Error(is_memory ? ErrorCode::OutOfMemory : ErrorCode::Internal,
              std::string("drawing the figure failed in Cairo: ") + cairo_status_to_string(status));
}

struct Surface {
  explicit Surface(cairo_surface_t* made) : surface(made) { check(cairo_surface_status(made)); }
  Surface(const Surface&) = delete;
  Surface& operator=(const Surface&) = delete;
  ~Surface() { cairo_surface_destroy(surface); }
  cairo_surface_t* surface;
};

struct Context {
  explicit Context(const Surface& on) : context(cairo_create(on.surface)) { check(cairo_status(context)); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { cairo_destroy(context); }
  cairo_t* context;
};

/// The same shapes and widths at every scale: glyphs are not fitted to the pixels.
void choose_font(cairo_t* context, const std::string& font) {
  cairo_select_font_face(context, font.c_str(), CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_font_options_t* const options = cairo_font_options_create();
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_set_font_options(context, options);
  cairo_font_options_destroy(options);
}

/// Indices to Cairo's 32-bit words.
void copy_pixels(const Picture& from, std::span<std::uint32_t> to, std::int64_t stride) {
  std::array<std::uint32_t, 256> words{};
  for (std::size_t i = 0; i < from.palette.size(); ++i) {
    const Colour& colour = from.palette[i];
    words[i] = std::uint32_t{colour[0]} << 16 | std::uint32_t{colour[1]} << 8 | colour[2];
  }
  for (std::int64_t y = 0; y < from.height; ++y) {
    std::transform(from.row(y), from.row(y) + from.width, to.data() + y * stride,
                   [&](std::uint8_t index) { return words[index]; });
  }
}

class Painter {
 public:
  Painter(cairo_t* context, const Drawing& drawing) : context_(context), drawing_(drawing) {
    choose_font(context, drawing.font);
  }

  void paint() {
    use(drawing_.background);
    cairo_paint(context_);
    for (const auto& shape : drawing_.shapes) std::visit([this](const auto& s) { draw(s); }, shape);
    check(cairo_status(context_));
  }

 private:
  void use(const Colour& colour) const {
    cairo_set_source_rgb(context_, colour[0] / 255.0, colour[1] / 255.0, colour[2] / 255.0);
  }

  void draw(const Image& image) const {
    const Picture& picture = image.picture;
    const std::int64_t stride = cairo_format_stride_for_width(CAIRO_FORMAT_RGB24, static_cast<int>(picture.width)) / 4;
    std::vector<std::uint32_t> words(static_cast<std::size_t>(stride * picture.height));
    copy_pixels(picture, words, stride);
    const Surface surface(cairo_image_surface_create_for_data(
        reinterpret_cast<unsigned char*>(words.data()), CAIRO_FORMAT_RGB24, static_cast<int>(picture.width),
        static_cast<int>(picture.height), static_cast<int>(stride * 4)));
    cairo_save(context_);
    cairo_translate(context_, image.box.x, image.box.y);
    cairo_scale(context_, image.box.width / static_cast<double>(picture.width),
                image.box.height / static_cast<double>(picture.height));
    cairo_set_source_surface(context_, surface.surface, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(context_), CAIRO_FILTER_NEAREST);
    cairo_rectangle(context_, 0, 0, static_cast<double>(picture.width), static_cast<double>(picture.height));
    cairo_fill(context_);
    cairo_restore(context_);
    cairo_surface_finish(surface.surface);  // a PDF has its copy now
  }

  void draw(const Polygon& polygon) const {
    if (polygon.points.empty()) return;
    use(polygon.colour);
    for (const Point& point : polygon.points) cairo_line_to(context_, point.x, point.y);
    cairo_close_path(context_);
    cairo_set_line_width(context_, polygon.stroke_width);
    cairo_set_line_join(context_, CAIRO_LINE_JOIN_BEVEL);
    cairo_fill_preserve(context_);
    cairo_stroke(context_);
  }

  void draw(const Line& line) const {
    use(line.colour);
    cairo_set_line_width(context_, line.width);
    cairo_move_to(context_, line.from.x, line.from.y);
    cairo_line_to(context_, line.to.x, line.to.y);
    cairo_stroke(context_);
  }

  void draw(const Text& text) const {
    use(drawing_.ink);
    cairo_save(context_);
    cairo_translate(context_, text.origin.x, text.origin.y);
    if (text.is_upwards) cairo_rotate(context_, -std::numbers::pi / 2);
    cairo_set_font_size(context_, text.size);
    cairo_move_to(context_, 0, 0);
    cairo_show_text(context_, text.text.c_str());
    cairo_restore(context_);
  }

  cairo_t* context_;
  const Drawing& drawing_;
};

cairo_status_t append(void* bytes, const unsigned char* data, unsigned int size) {
  auto& to = *static_cast<std::vector<std::uint8_t>*>(bytes);
  to.insert(to.end(), data, data + size);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace

struct TextRuler::State {
  explicit State(const std::string& font)
      : surface(cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1)), context(surface) {
    choose_font(context.context, font);
  }
  Surface surface;
  Context context;
};

TextRuler::TextRuler(const std::string& font) : state_(std::make_unique<State>(font)) {}
TextRuler::~TextRuler() = default;

TextRuler::Extents TextRuler::measure(const std::string& text, double size) const {
  cairo_t* const context = state_->context.context;
  cairo_set_font_size(context, size);
  cairo_text_extents_t extents;
  cairo_text_extents(context, text.c_str(), &extents);
  check(cairo_status(context));
  return {extents.x_advance, -extents.y_bearing, extents.height + extents.y_bearing};
}

Picture rasterise(const Drawing& drawing) {
  const auto width = static_cast<std::int64_t>(std::lround(drawing.width * drawing.scale));
  const auto height = static_cast<std::int64_t>(std::lround(drawing.height * drawing.scale));
  if (std::max(width, height) > kMaxSide) {
    throw Error(ErrorCode::Unsupported, "the figure would be " + std::to_string(width) + " x " +
                                            std::to_string(height) + " pixels, and a side has at most " +
                                            std::to_string(kMaxSide) + "; make it smaller");
  }
  const Surface surface(
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width), static_cast<int>(height)));
  const Context context(surface);
  cairo_scale(context.context, drawing.scale, drawing.scale);
  Painter(context.context, drawing).paint();
  cairo_surface_flush(surface.surface);

  Picture picture;
  picture.resize(width, height, {3, 8});
  const unsigned char* const data = cairo_image_surface_get_data(surface.surface);
  const int stride = cairo_image_surface_get_stride(surface.surface);
  for (std::int64_t y = 0; y < height; ++y) {
    const auto* words = reinterpret_cast<const std::uint32_t*>(data + y * stride);
    std::uint8_t* rgb = picture.row(y);
    for (std::int64_t x = 0; x < width; ++x, rgb += 3) {
      rgb[0] = static_cast<std::uint8_t>(words[x] >> 16);
      rgb[1] = static_cast<std::uint8_t>(words[x] >> 8);
      rgb[2] = static_cast<std::uint8_t>(words[x]);
    }
  }
  return picture;
}

std::vector<std::uint8_t> to_pdf(const Drawing& drawing, const std::string& title) {
  std::vector<std::uint8_t> bytes;
  {
    const Surface surface(
        cairo_pdf_surface_create_for_stream(append, &bytes, drawing.width * kPoint, drawing.height * kPoint));
    cairo_pdf_surface_set_metadata(surface.surface, CAIRO_PDF_METADATA_CREATE_DATE, "");
    cairo_pdf_surface_set_metadata(surface.surface, CAIRO_PDF_METADATA_TITLE, title.c_str());
    const Context context(surface);
    cairo_scale(context.context, kPoint, kPoint);
    Painter(context.context, drawing).paint();
    cairo_surface_finish(surface.surface);
    check(cairo_surface_status(surface.surface));
  }
  return bytes;
}

}  // namespace spectrohue::plot
