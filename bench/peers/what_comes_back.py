# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""What rate, channels and length come back from the pictures of programs that go both ways, for docs/comparison.md.

    python3 bench/peers/what_comes_back.py build/bin/spectrohue

One sound, 3.7 s in two channels at 32 kHz and 16 bits, goes to a picture and back. Each program is called as its own
documentation says; what is not installed is listed as that. ffmpeg and arss are looked for on PATH, phase-spectrogram
in the Python that runs this (pip install numpy phase-spectrogram). Fails if spectrohue does not keep its promise.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import wave

import numpy as np

RATE = 32000
N_SAMPLES = 118400


def write_sound(path):
    """Two harmonic tones that fade, with different noise in left and right."""
    seconds = np.arange(N_SAMPLES) / RATE
    tone = sum(np.sin(2 * np.pi * 220 * harmonic * seconds) / harmonic for harmonic in range(1, 20))
    noise = np.random.default_rng(1).standard_normal((N_SAMPLES, 2))
    sound = 0.1 * tone[:, None] * np.exp(-seconds)[:, None] + 0.02 * noise
    with wave.open(path, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.round(np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())


def described(path):
    with wave.open(path, "rb") as file:
        return f"{file.getframerate()} Hz, {file.getnchannels()} channels, {file.getnframes()} samples"


def samples_of(path):
    with wave.open(path, "rb") as file:
        return file.readframes(file.getnframes())


def run(*command, home=None):
    environment = {**os.environ, "HOME": home} if home else None
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def by_spectrohue(program, encoding, sound, folder):
    back = os.path.join(folder, f"{encoding}.wav")
    picture = os.path.join(folder, f"{encoding}.png")
    run(program, "encode", sound, "-o", picture, "--encoding", encoding)
    run(program, "decode", picture, "-o", back)
    same = samples_of(back) == samples_of(sound)
    if described(back) != described(sound) or (encoding == "hsvx" and not same):
        sys.exit(f"spectrohue, {encoding}: {described(sound)} came back as {described(back)}, samples equal: {same}")
    return f"{described(back)}; {'every sample' if same else 'samples differ'}"


def by_ffmpeg(sound, folder):
    """The example of https://ffmpeg.org/ffmpeg-filters.html#spectrumsynth, with this sound's rate and channels."""
    back = os.path.join(folder, "ffmpeg.wav")
    videos = [os.path.join(folder, f"{data}.nut") for data in ("magnitude", "phase")]
    for data, video in zip(("magnitude", "phase"), videos):
        show = f"showspectrum=mode=separate:scale=log:overlap=0.875:color=channel:slide=fullframe:data={data}"
        run("ffmpeg", "-i", sound, "-lavfi", show, "-an", "-c:v", "rawvideo", video)
    synth = f"spectrumsynth=channels=2:sample_rate={RATE}:win_func=hann:overlap=0.875:slide=fullframe"
    run("ffmpeg", "-i", videos[0], "-i", videos[1], "-lavfi", synth, "-c:a", "pcm_s16le", back)
    return described(back)


def by_phase_spectrogram(sound, folder):
    from phase import Phase

    picture, back = os.path.join(folder, "phase.png"), os.path.join(folder, "phase.wav")
    Phase(sample_rate=RATE).to_phase_wav(sound, picture)
    Phase(sample_rate=RATE).to_wav_png(picture, back)
    return described(back)


def by_arss(sound, folder):
    """Twice from one picture, to see whether the sounds are the same. It keeps its settings in the home folder."""
    picture = os.path.join(folder, "arss.bmp")
    settings = ["--min-freq", "55", "--bpo", "12", "--pps", "100", "--per-dB", "0"]
    run("arss", "--quiet", sound, picture, "--analysis", "--max-freq", "15000", *settings, home=folder)
    backs = [os.path.join(folder, f"arss{number}.wav") for number in (1, 2)]
    for back in backs:
        run("arss", "--quiet", picture, back, "--sine", *settings, "-r", str(RATE), "-f", "16", home=folder)
        # Its random numbers are seeded with the second of the clock.
        time.sleep(1.1)
    same = "the same" if samples_of(backs[0]) == samples_of(backs[1]) else "not the same"
    return f"{described(backs[0])}; a second run gives samples that are {same}"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if not shutil.which(sys.argv[1]):
        sys.exit(f"{sys.argv[1]}: no such program; build it first")
    with tempfile.TemporaryDirectory() as folder:
        sound = os.path.join(folder, "sound.wav")
        write_sound(sound)
        print(f"{'sound':<18} {described(sound)}")
        ways = {
            "spectrohue hsv": lambda: by_spectrohue(sys.argv[1], "hsv", sound, folder),
            "spectrohue hsvx": lambda: by_spectrohue(sys.argv[1], "hsvx", sound, folder),
            "spectrohue gray8": lambda: by_spectrohue(sys.argv[1], "gray8", sound, folder),
            "ffmpeg": lambda: by_ffmpeg(sound, folder),
            "phase-spectrogram": lambda: by_phase_spectrogram(sound, folder),
            "ARSS": lambda: by_arss(sound, folder),
        }
        for name, way in ways.items():
            try:
                result = way()
            except (FileNotFoundError, ModuleNotFoundError) as error:
                result = f"not installed: {error}"
            except subprocess.CalledProcessError as error:
                result = f"failed with {error.returncode}: {' '.join(error.cmd)}"
            print(f"{name:<18} {result}", flush=True)


if __name__ == "__main__":
    main()
