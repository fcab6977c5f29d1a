// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Plots in figures that are drawn here, and in those of tests/data/make_foreign_spectrograms.py, which says where the
// axes of matplotlib's are.
#include "image/axes_box.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "image/picture_file.h"
#include "image/rgb.h"
#include "support/data.h"
#include "support/outcome.h"

namespace spectrohue::image {
namespace {

using test::outcome_of;

constexpr Colour kWhite{255, 255, 255};
constexpr Colour kBlack{0, 0, 0};

Picture page(int width, int height, const Colour& colour) {
  Picture picture;
  picture.resize(width, height, {3, 8});
  for (int i = 0; i < width * height; ++i) std::copy_n(colour.data(), 3, picture.pixels.data() + 3 * i);
  return picture;
}

void fill(Picture& picture, const Box& box, const Colour& colour) {
  for (std::int64_t y = box.top; y < box.bottom; ++y) {
    for (std::int64_t x = box.left; x < box.right; ++x) std::copy_n(colour.data(), 3, picture.row(y) + 3 * x);
  }
}

/// Colours that no two neighbours share.
void paint(Picture& picture, const Box& box) {
  for (std::int64_t y = box.top; y < box.bottom; ++y) {
    for (std::int64_t x = box.left; x < box.right; ++x) {
      const auto code = static_cast<std::uint8_t>((37 * x + 91 * y) % 200 + 20);
      const Colour colour{code, static_cast<std::uint8_t>(code / 2), static_cast<std::uint8_t>(250 - code)};
      std::copy_n(colour.data(), 3, picture.row(y) + 3 * x);
    }
  }
}

/// Lines of some pixels just outside a box.
void frame(Picture& picture, const Box& inside, const Colour& colour, int line_width) {
  const int w = line_width;
  fill(picture, {inside.left - w, inside.top - w, inside.right + w, inside.top}, colour);
  fill(picture, {inside.left - w, inside.bottom, inside.right + w, inside.bottom + w}, colour);
  fill(picture, {inside.left - w, inside.top, inside.left, inside.bottom}, colour);
  fill(picture, {inside.right, inside.top, inside.right + w, inside.bottom}, colour);
}

void ticks(Picture& picture, const Box& inside, const Colour& colour) {
  for (std::int64_t x = inside.left; x < inside.right; x += 31) {
    fill(picture, {x, inside.bottom, x + 1, inside.bottom + 5}, colour);
  }
  for (std::int64_t y = inside.bottom; y > inside.top; y -= 23) {
    fill(picture, {inside.left - 5, y, inside.left, y + 1}, colour);
  }
}

struct FrameCase {
  const char* name;
  Colour page;
  Colour line;
  int line_width;
};

TEST(AxesBox, FindsAFrameOfAnyWidthOnAnyPage) {
  const Box inside{40, 30, 200, 130};
  for (const FrameCase& c : {FrameCase{"matplotlib", kWhite, kBlack, 1}, FrameCase{"wide", kWhite, kBlack, 3},
                             FrameCase{"dark", kBlack, kWhite, 1}, FrameCase{"sox", kBlack, {127, 127, 127}, 1},
                             FrameCase{"gray page", {220, 220, 220}, {60, 60, 60}, 2}}) {
    Picture picture = page(300, 180, c.page);
    paint(picture, inside);
    frame(picture, inside, c.line, c.line_width);
    ticks(picture, inside, c.line);
    EXPECT_EQ(find_axes_box(picture), (AxesBox{inside, BoxSign::Frame, c.line_width})) << c.name;
  }
}

TEST(AxesBox, TakesTheLargestOfSeveralFrames) {
  Picture picture = page(300, 180, kWhite);
  const Box plot{40, 30, 200, 130};
  const Box colourbar{220, 30, 232, 130};
  for (const Box& box : {plot, colourbar}) {
    paint(picture, box);
    frame(picture, box, kBlack, 1);
  }
  EXPECT_EQ(find_axes_box(picture).inside, plot);
}

TEST(AxesBox, AsksWhichOfTwoLikeFrames) {
  Picture picture = page(300, 180, kWhite);
  for (const Box& box : {Box{40, 20, 200, 80}, Box{40, 100, 200, 160}}) {
    paint(picture, box);
    frame(picture, box, kBlack, 1);
  }
  EXPECT_REFUSED(outcome_of([&] { find_axes_box(picture); }), ErrorCode::BadFormat, "40,20,200,80 and 40,100,200,160");
}

TEST(AxesBox, IsNotTakenInByBlackSilence) {
  Picture picture = page(300, 180, kWhite);
  const Box inside{40, 30, 200, 130};
  paint(picture, inside);
  fill(picture, {40, 30, 200, 60}, kBlack);
  fill(picture, {40, 110, 200, 130}, kBlack);
  fill(picture, {40, 30, 60, 130}, kBlack);
  fill(picture, {190, 30, 200, 130}, {0, 0, 3});
  frame(picture, inside, kBlack, 1);
  // All that is black touches the frame; a row less or more of silence cannot be told from its line.
  const Box found = find_axes_box(picture).inside;
  EXPECT_EQ(found.right, inside.right);
  EXPECT_LE(found.left, 41);
  EXPECT_LE(found.top, 31);
}

TEST(AxesBox, FindsWhatIsPaintedOfALightPage) {
  Picture picture = page(300, 180, kWhite);
  const Box plot{40, 30, 200, 130};
  paint(picture, plot);
  fill(picture, {90, 10, 150, 18}, kBlack);   // a title
  paint(picture, {220, 30, 232, 130});        // a colourbar
  fill(picture, {60, 150, 62, 170}, kBlack);  // a letter
  EXPECT_EQ(find_axes_box(picture), (AxesBox{plot, BoxSign::Margin, 0}));
}

TEST(AxesBox, IsTheWholePictureWhereThereIsNoPage) {
  Picture picture = page(120, 90, kWhite);
  paint(picture, {0, 0, 120, 90});
  EXPECT_EQ(find_axes_box(picture), (AxesBox{{0, 0, 120, 90}, BoxSign::Whole, 0}));
  // magma's silence all around
  Picture silent = page(120, 90, {0, 0, 4});
  paint(silent, {20, 20, 100, 70});
  EXPECT_EQ(find_axes_box(silent).sign, BoxSign::Whole);
}

TEST(AxesBox, AsksWhereADarkPageEnds) {
  Picture picture = page(120, 90, kBlack);
  paint(picture, {20, 20, 100, 70});
  EXPECT_REFUSED(outcome_of([&] { find_axes_box(picture); }), ErrorCode::BadFormat, "--crop");
  const Picture empty = page(120, 90, kWhite);
  EXPECT_REFUSED(outcome_of([&] { find_axes_box(empty); }), ErrorCode::BadFormat, "--crop");
  const Picture tiny = page(2, 2, kWhite);
  EXPECT_REFUSED(outcome_of([&] { find_axes_box(tiny); }), ErrorCode::BadFormat, "3 x 3");
}

/// The picture as 8-bit RGB.
Picture load(const std::string& name) {
  PictureFile file;
  Workspace workspace;
  read(test::data_folder() / "foreign" / name, file, workspace);
  expand_to_rgb(file.picture);
  return std::move(file.picture);
}

TEST(AxesBox, IsWithinAPixelOfMatplotlibs) {
  std::ifstream lines(test::data_folder() / "foreign" / "boxes.txt");
  std::string name;
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
  int n = 0;
  for (; lines >> name >> left >> top >> right >> bottom; ++n) {
    const AxesBox found = find_axes_box(load(name + ".png"));
    EXPECT_EQ(found.sign, name == "specshow_bare" ? BoxSign::Whole : BoxSign::Frame) << name;
    const double line = found.line_width;
    EXPECT_NEAR(static_cast<double>(found.inside.left), left + line / 2, 1.2) << name;
    EXPECT_NEAR(static_cast<double>(found.inside.top), top + line / 2, 1.2) << name;
    EXPECT_NEAR(static_cast<double>(found.inside.right), right - line / 2, 1.2) << name;
    EXPECT_NEAR(static_cast<double>(found.inside.bottom), bottom - line / 2, 1.2) << name;
  }
  EXPECT_EQ(n, 6);
}

TEST(AxesBox, IsExactInPicturesOfSoxAndFfmpeg) {
  EXPECT_EQ(find_axes_box(load("sox.png")), (AxesBox{{58, 30, 258, 159}, BoxSign::Frame, 1}));
  const AxesBox ffmpeg = find_axes_box(load("ffmpeg.png"));
  EXPECT_EQ(ffmpeg.inside.width(), 63);
  EXPECT_EQ(ffmpeg.inside.height(), 32);
  EXPECT_REFUSED(outcome_of([] { find_axes_box(load("specshow_two.png")); }), ErrorCode::BadFormat, "two boxes");
}

TEST(AxesBox, IsText) {
  EXPECT_EQ(box_from_string("80,58,477,427"), (Box{80, 58, 477, 427}));
  EXPECT_EQ(to_string(Box{80, 58, 477, 427}), "80,58,477,427");
  for (const char* wrong :
       {"", "1,2,3", "1,2,3,4,5", "5,0,5,9", "0,9,9,9", "-1,0,9,9", "a,b,c,d", "1, 2,3,4", "1,2,3,4x"}) {
    EXPECT_REFUSED(outcome_of([&] { box_from_string(wrong); }), ErrorCode::Usage, "LEFT,TOP,RIGHT,BOTTOM");
  }
}

TEST(AxesBox, CutsItsPixelsOut) {
  Picture picture = page(20, 10, kWhite);
  paint(picture, {0, 0, 20, 10});
  const Picture part = cropped(picture, {3, 2, 9, 7});
  ASSERT_EQ(part.width, 6);
  ASSERT_EQ(part.height, 5);
  for (int y = 0; y < 5; ++y) {
    for (int i = 0; i < 18; ++i) ASSERT_EQ(part.row(y)[i], picture.row(y + 2)[9 + i]);
  }
  EXPECT_REFUSED(outcome_of([&] { cropped(picture, {3, 2, 21, 7}); }), ErrorCode::Usage, "20 x 10");
}

}  // namespace
}  // namespace spectrohue::image
