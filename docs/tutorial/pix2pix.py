#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""A small pix2pix for the pairs of `spectrohue encode --pair`, and the way its pictures are made (docs/tutorial.md).

    pix2pix.py train AB/train model.pt --test AB/test      learns B (right) from A (left)
    pix2pix.py generate model.pt pictures/ generated/      paints a B for every gray picture A

Isola et al., "Image-to-image translation with conditional adversarial networks" (2017): a U-Net paints, a PatchGAN
judges patches of it beside the input, and the mean absolute difference (L1) ties it to the picture that was wanted.
Unlike the paper's, this U-Net has no dropout, as there is one right answer to a noisy sound, and its weights are a
running mean. Needs PyTorch, numpy and Pillow.
"""

import argparse
import pathlib
import time

import numpy as np
import torch
from PIL import Image, PngImagePlugin
from torch import nn
from torch.optim import swa_utils

LEVELS = 5  # How often the U-Net halves its picture: both sides have to be multiples of 2 ** LEVELS.
L1_WEIGHT = 100
BATCH = 8
LEARNING_RATE = 4e-4
AVERAGING = 0.99  # The weights that are kept are a running mean: adversarial training swings, the mean does not.


# --- networks --------------------------------------------------------------------------------------------------------


class Generator(nn.Module):
    """U-Net: [n, 1, height, width] in -1 to 1 to the same shape. It is convolutions alone, so the width is free."""

    def __init__(self, width):
        super().__init__()
        channels = [1] + [width * min(2**level, 8) for level in range(LEVELS)]
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        for level, (outside, inside) in enumerate(zip(channels, channels[1:])):
            normalized = 0 < level < LEVELS - 1
            self.down.append(
                nn.Sequential(
                    nn.Identity() if level == 0 else nn.LeakyReLU(0.2),
                    nn.Conv2d(outside, inside, 4, stride=2, padding=1),
                    nn.BatchNorm2d(inside) if normalized else nn.Identity(),
                )
            )
            self.up.append(
                nn.Sequential(
                    nn.ReLU(),
                    nn.ConvTranspose2d(inside if level == LEVELS - 1 else 2 * inside, outside, 4, stride=2, padding=1),
                    nn.Tanh() if level == 0 else nn.BatchNorm2d(outside),
                )
            )

    def forward(self, x):
        skipped = []
        for down in self.down:
            x = down(x)
            skipped.append(x)
        for level in reversed(range(LEVELS)):
            x = self.up[level](x if level == LEVELS - 1 else torch.cat([x, skipped[level]], dim=1))
        return x


def discriminator(width):
    """PatchGAN: [n, 2, height, width], A and B, to one number a patch of 34 x 34, above 0 where it looks genuine."""
    layers = [nn.Conv2d(2, width, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
    for inside, outside, stride in ((width, 2 * width, 2), (2 * width, 4 * width, 1)):
        layers += [nn.Conv2d(inside, outside, 4, stride, padding=1), nn.BatchNorm2d(outside), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.Conv2d(4 * width, 1, 4, padding=1))


# --- training --------------------------------------------------------------------------------------------------------


def to_network(pixels):
    return pixels.float() / 127.5 - 1


def load_pairs(folder):
    """All pairs below the folder, uint8 [n, 1, height, 2 * width]."""
    pictures = [np.asarray(Image.open(path)) for path in sorted(pathlib.Path(folder).rglob("*.png"))]
    return torch.from_numpy(np.stack(pictures))[:, None]


def l1_of(generator, pairs):
    """Mean absolute error in gray values of 255."""
    generator.eval()
    with torch.no_grad():
        halves = [to_network(part).chunk(2, dim=3) for part in pairs.split(64)]
        errors = [(generator(a) - b).abs().mean() for a, b in halves]
    generator.train()
    return 127.5 * torch.stack(errors).mean().item()


def rate_of(epochs):
    """What the learning rate is multiplied by in an epoch: 1 in the first half, then in a straight line to 0."""
    return lambda epoch: min(1.0, 2 - 2 * epoch / epochs)


def train(options):
    torch.manual_seed(options.seed)
    pairs, test = load_pairs(options.pairs), load_pairs(options.test) if options.test else None
    painter, judge = Generator(options.width), discriminator(options.width)
    averaged = swa_utils.AveragedModel(
        painter, multi_avg_fn=swa_utils.get_ema_multi_avg_fn(AVERAGING), use_buffers=True
    )
    optimizers = [torch.optim.Adam(net.parameters(), LEARNING_RATE, betas=(0.5, 0.999)) for net in (painter, judge)]
    schedules = [torch.optim.lr_scheduler.LambdaLR(optimizer, rate_of(options.epochs)) for optimizer in optimizers]
    judged = nn.BCEWithLogitsLoss()
    print(f"{len(pairs)} pairs of {pairs.shape[3] // 2} x {pairs.shape[2]}, "
          f"{sum(p.numel() for p in painter.parameters()) / 1e6:.2f} million weights")

    for epoch in range(options.epochs):
        began, l1_sum = time.monotonic(), 0.0
        batches = torch.randperm(len(pairs)).split(BATCH)
        for batch in batches:
            a, b = to_network(pairs[batch]).chunk(2, dim=3)
            painted = painter(a)

            genuine, fake = judge(torch.cat([a, b], 1)), judge(torch.cat([a, painted.detach()], 1))
            loss = (judged(genuine, torch.ones_like(genuine)) + judged(fake, torch.zeros_like(fake))) / 2
            optimizers[1].zero_grad()
            loss.backward()
            optimizers[1].step()

            fake, l1 = judge(torch.cat([a, painted], 1)), (painted - b).abs().mean()
            loss = judged(fake, torch.ones_like(fake)) + L1_WEIGHT * l1
            optimizers[0].zero_grad()
            loss.backward()
            optimizers[0].step()
            averaged.update_parameters(painter)
            l1_sum += l1.item()
        for schedule in schedules:
            schedule.step()
        line = f"epoch {epoch + 1:2}: L1 {127.5 * l1_sum / len(batches):.2f}"
        line += f", test {l1_of(averaged.module, test):.2f}" if test is not None else ""
        print(f"{line}, {time.monotonic() - began:.0f} s", flush=True)
    torch.save({"width": options.width, "weights": averaged.module.state_dict()}, options.model)


# --- generating ------------------------------------------------------------------------------------------------------


def paint(generator, pixels):
    """B for a gray picture A of any size, uint8 [height, width]. Made larger for the U-Net by black, and cut again."""
    height, width = pixels.shape
    multiple = 2**LEVELS
    a = to_network(torch.from_numpy(pixels)[None, None])
    a = nn.functional.pad(a, (0, -width % multiple, 0, -height % multiple), value=-1.0)
    with torch.no_grad():
        b = generator(a)[0, 0, :height, :width]
    return ((b + 1) * 127.5).round().to(torch.uint8).numpy()


def note_of(picture):
    """What spectrohue reads from a PNG, for Pillow to write again: Pillow alone would leave it out."""
    info = PngImagePlugin.PngInfo()
    info.add_itxt("spectrohue", picture.text["spectrohue"])
    return info


def generate(options):
    saved = torch.load(options.model)
    generator = Generator(saved["width"])
    generator.load_state_dict(saved["weights"])
    generator.eval()
    options.output.mkdir(parents=True, exist_ok=True)
    for path in sorted(options.pictures.glob("*.png")):
        with Image.open(path) as picture:
            if path.name.endswith(".phase.png"):
                painted, note = np.array(picture), note_of(picture)
            else:
                painted = paint(generator, np.array(picture))
                note = note_of(picture) if options.keep_notes else None
        Image.fromarray(painted).save(options.output / path.name, pnginfo=note)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=1)
    commands = parser.add_subparsers(required=True)
    training = commands.add_parser("train")
    training.add_argument("pairs", type=pathlib.Path)
    training.add_argument("model", type=pathlib.Path)
    training.add_argument("--test", type=pathlib.Path, help="pairs to measure only")
    training.add_argument("--epochs", type=int, default=10)
    training.add_argument("--width", type=int, default=16, help="channels of the first layers")
    training.add_argument("--seed", type=int, default=0)
    training.set_defaults(run=train)
    generating = commands.add_parser("generate")
    generating.add_argument("model", type=pathlib.Path)
    generating.add_argument("pictures", type=pathlib.Path, help="a folder of 8-bit gray PNGs")
    generating.add_argument("output", type=pathlib.Path)
    generating.add_argument("--keep-notes", action="store_true", help="write every picture's note again")
    generating.set_defaults(run=generate)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    options.run(options)


if __name__ == "__main__":
    main()
