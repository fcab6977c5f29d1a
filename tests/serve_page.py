#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Uses the page of `spectrohue serve` in a headless browser: serve_page.py BIN_FOLDER [SCREENSHOT_FOLDER]

Files are put into the page's own file chooser, so its script does all the rest. Exit code 77: there is no Chromium.
With SCREENSHOT_FOLDER the page is painted there, light and dark, wide and narrow.
"""
import base64
import json
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib

PATIENCE_S = 60
WIDE = 1280
NARROW = 420


class Browser:
    """Chromium over its debugging pipe: JSON messages that end in a zero byte."""

    def __init__(self, program, profile):
        command_read, self.command = os.pipe()
        self.answers, answer_write = os.pipe()
        # The browser reads commands from 3 and writes answers to 4.
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
                   f"--user-data-dir={profile}", "--remote-debugging-pipe"]
        shell = f'exec 3<&{command_read} 4>&{answer_write}; exec "$@"'
        self.process = subprocess.Popen(["bash", "-c", shell, "bash", program, *options, "about:blank"],
                                        pass_fds=(command_read, answer_write), stderr=subprocess.DEVNULL)
        os.close(command_read)
        os.close(answer_write)
        self.buffer = b""
        self.last_id = 0
        self.events = []
        target = self.call("Target.getTargets")["targetInfos"]
        page = next(info for info in target if info["type"] == "page")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "DOM", "Network", "Log"):
            self.call(f"{domain}.enable")

    def receive(self):
        while b"\0" not in self.buffer:
            block = os.read(self.answers, 1 << 20)
            if not block:
                raise RuntimeError("the browser ended")
            self.buffer += block
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.last_id += 1
        message = {"id": self.last_id, "method": method, "params": parameters}
        if hasattr(self, "session"):
            message["sessionId"] = self.session
        os.write(self.command, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.last_id:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait(self, expression):
        """Until the expression is true in the page. Returns its value."""
        end = time.monotonic() + PATIENCE_S
        while True:
            value = self.value(expression)
            if value:
                return value
            if time.monotonic() > end:
                raise RuntimeError(f"never true: {expression}\n{self.value('document.body.innerText')}")
            time.sleep(0.05)

    def choose(self, *paths):
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector="#choose")["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=[str(path) for path in paths])

    def look(self, width, scheme):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def screenshot(self, path):
        image = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        pathlib.Path(path).write_bytes(base64.b64decode(image["data"]))

    def end(self):
        self.process.kill()
        self.process.wait()


def expect(what, actual, expected):
    if actual != expected:
        raise RuntimeError(f"{what}: {actual!r} instead of {expected!r}")


CARD = "document.querySelector('article')"
TEXT = f"{CARD}.innerText"


def set_option(browser, name, value):
    browser.value(f"""(() => {{
      const input = {CARD}.querySelector('[name="{name}"]');
      input.value = '{value}';
      input.dispatchEvent(new Event('input', {{bubbles: true}}));
    }})()""")


def gray_png(width, height):
    """Stripes, and nothing that says where they come from."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes((20 * y + x) % 256 for x in range(width)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def click(browser, label):
    browser.value(f"[...{CARD}.querySelectorAll('button')].find((button) => button.textContent === '{label}').click()")


def check_page(browser, what):
    """Names for everything that wants one, nothing beyond the edge, nothing from elsewhere, no faults."""
    unnamed = browser.value("""[...document.querySelectorAll('input, select, audio, img, button, article')]
      .filter((element) => !(element.labels?.length || element.ariaLabel || element.alt || element.textContent.trim() ||
        element.getAttribute('aria-labelledby'))).length""")
    expect(f"{what}: elements without a name", unnamed, 0)
    for width in (WIDE, NARROW):
        browser.look(width, "light")
        wide = browser.value(f"""[...document.querySelectorAll('main *')]
          .filter((element) => !element.closest('.unseen, .plot') && element.getBoundingClientRect().right > {width} + 1)
          .map((element) => element.outerHTML.slice(0, 80))""")
        expect(f"{what}: elements beyond the edge at {width}", wide, [])


def check_events(browser, url):
    origin = url.split("/", 3)[:3]
    for event in browser.events:
        if event["method"] == "Network.requestWillBeSent":
            address = event["params"]["request"]["url"]
            # about:blank, blobs and data come from nowhere.
            if address.startswith("http"):
                expect("requests go to", address.split("/", 3)[:3], origin)
        if event["method"] == "Runtime.exceptionThrown":
            raise RuntimeError(f"a fault in the script: {event['params']}")
        if event["method"] == "Log.entryAdded":
            entry = event["params"]["entry"]
            # The browser notes each refusal that the page shows, and that there is no icon at the top of the server.
            if entry["level"] == "error" and entry["source"] != "network":
                raise RuntimeError(f"a fault in the page: {entry}")


def use_sound(browser, folder, bin_folder):
    sound = folder / "high <b>tone.wav"
    subprocess.run([bin_folder / "make_sound", sound, "60000", "2", "44100"], check=True)
    browser.choose(sound)
    browser.wait(f"{TEXT}?.includes('Download')")
    expect("heading", browser.value(f"{CARD}.querySelector('h2').textContent"), sound.name)
    expect("destination", browser.value(f"{CARD}.querySelector('.plan strong').textContent"),
           str(folder / "results" / "high <b>tone.png"))
    image = f"{CARD}.querySelector('img')"
    expect("width of the picture", browser.value(f"{image}.decode().then(() => {image}.naturalWidth)"), 119)
    browser.wait(f"{CARD}.querySelector('audio').duration > 1.3")
    set_option(browser, "encoding", "colormap")
    set_option(browser, "n-fft", "1024")
    browser.wait(f"{TEXT}.includes('513 pixels') || {TEXT}.includes('x 1026 pixels')")
    browser.value(f"{CARD}.querySelector('button.convert').click()")
    browser.wait(f"{CARD}.querySelector('figcaption').innerText.includes('colormap')")
    # A size that no transform has: said before anything is converted.
    set_option(browser, "n-fft", "1021")
    browser.wait(f"!{CARD}.querySelector('.note').hidden && {TEXT}.includes('1021')")
    expect("button", browser.value(f"{CARD}.querySelector('button.convert').disabled"), True)
    set_option(browser, "n-fft", "")
    set_option(browser, "encoding", "")
    browser.wait(f"!{CARD}.querySelector('button.convert').disabled")
    browser.value(f"{CARD}.querySelector('button.convert').click()")
    browser.wait(f"{CARD}.querySelector('figcaption').innerText.includes('hsv')")
    click(browser, "Save to folder")
    browser.wait(f"{TEXT}.includes('saved:')")
    if not (folder / "results" / "high <b>tone.png").is_file():
        raise RuntimeError("nothing was saved")
    click(browser, "Turn back into sound")
    second = "document.querySelectorAll('article')[1]"
    browser.wait(f"{second}?.innerText.includes('Download')")
    browser.wait(f"{second}.querySelector('audio').duration > 1.3")
    check_page(browser, "a sound")


def use_picture(browser, folder):
    """A picture that does not say how it was made: what is missing is asked for."""
    picture = folder / "unknown.png"
    picture.write_bytes(gray_png(200, 129))
    browser.choose(picture)
    browser.wait(f"{CARD}.querySelector('.note')?.innerText.includes('Sample rate (Hz)')")
    expect("asked for", browser.value(f"{CARD}.querySelector('[name=sample-rate]').ariaInvalid"), "true")
    set_option(browser, "sample-rate", "8000")
    browser.wait(f"!{CARD}.querySelector('button.convert').disabled")
    browser.value(f"{CARD}.querySelector('button.convert').click()")
    browser.wait(f"{TEXT}.includes('Download unknown.wav')")
    browser.wait(f"{CARD}.querySelector('audio').duration > 0")
    check_page(browser, "a picture without a note")


def use_broken_file(browser, folder):
    broken = folder / "broken.wav"
    broken.write_text("<script>alert(1)</script>")
    browser.choose(broken)
    browser.wait(f"{CARD}.querySelector('[role=alert]')?.innerText.length > 10")
    expect("cards", browser.value("document.querySelectorAll('article').length"), 4)
    browser.value(f"{CARD}.querySelector('button').click()")
    expect("cards", browser.value("document.querySelectorAll('article').length"), 3)


def paint(browser, folder, name):
    for width in (WIDE, NARROW):
        for scheme in ("light", "dark"):
            browser.look(width, scheme)
            time.sleep(0.3)
            browser.screenshot(folder / f"{name}-{scheme}-{width}.png")


def use(browser, url, folder, bin_folder, screenshots):
    browser.look(WIDE, "light")
    browser.call("Page.navigate", url=url)
    browser.wait("document.readyState === 'complete' && document.querySelector('#drop') !== null")
    check_page(browser, "an empty page")
    if screenshots:
        paint(browser, screenshots, "empty")
    use_sound(browser, folder, bin_folder)
    if screenshots:
        paint(browser, screenshots, "sound")
    use_picture(browser, folder)
    if screenshots:
        paint(browser, screenshots, "picture")
    use_broken_file(browser, folder)
    check_events(browser, url)


def main():
    bin_folder = pathlib.Path(sys.argv[1]).resolve()
    screenshots = pathlib.Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else None
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        print("skipped: there is no chromium here")
        return 77
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = pathlib.Path(name)
        (folder / "results").mkdir()
        command = [bin_folder / "spectrohue", "serve", "--folder", folder / "results", "--device", "cpu"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL)
        browser = None
        try:
            url = server.stdout.readline().strip()
            browser = Browser(program, folder / "profile")
            use(browser, url, folder, bin_folder, screenshots)
        finally:
            if browser:
                browser.end()
            server.send_signal(signal.SIGINT)
            expect("exit code of the server", server.wait(PATIENCE_S), 0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
