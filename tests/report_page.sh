#!/usr/bin/env bash
# Opens the page of --report in a headless browser: report_page.sh BIN_FOLDER [SCREENSHOT]
#
# The page is copied with a probe in it, which waits for pictures and players, uses the table, and writes down what it
# saw. Exit code 77: there is no Chromium here. With SCREENSHOT, the page is also painted there.
set -euo pipefail
bin=$(cd "$1" && pwd)
screenshot=${2:+$(realpath "$2")}

browser=$(command -v chromium chromium-browser google-chrome | head -n 1 || true)
if [[ -z $browser ]]; then
  echo 'skipped: there is no chromium here'
  exit 77
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

# browse WIDTH OPTION...: opens probed.html
browse() {
  timeout 120 "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$scratch/profile" \
    --window-size="$1,1500" "${@:2}" "file://$scratch/probed.html" 2>/dev/null
}

# What the probe saw in PAGE, a line each.
probe() {
  sed "0,/<style>/s#<style>#<script>$(tr '\n' ' ' <before.js)</script>&#" "$1" >probed.html
  printf '<script>\n%s\n</script>\n' "$(cat after.js)" >>probed.html
  browse "$2" --dump-dom | sed -n 's|.*<pre id="probe">||; /^saw /p; /^saw end/q'
}

cat >before.js <<'END'
window.faults = [];
window.alert = (text) => faults.push(`alert ${text}`);
addEventListener("error", (event) => faults.push(event.message || `error of ${event.target.tagName}`), true);
addEventListener("securitypolicyviolation", (event) => faults.push(`blocked ${event.blockedURI}`));
END

cat >after.js <<'END'
const all = (selector) => [...document.querySelectorAll(selector)];
const decodes = (image) => image.decode().then(() => image.naturalWidth > 0, () => false);
const plays = (audio) => new Promise((resolve) => {
  audio.addEventListener('loadeddata', () => resolve(audio.duration > 0));
  audio.addEventListener('error', () => resolve(false));
  audio.preload = 'auto';
  audio.load();
});
const good = (results) => `${results.filter(Boolean).length} of ${results.length}`;
const rows = () => all('.failures tbody tr').filter((row) => !row.hidden).map((row) => row.cells[0].textContent);
const search = (text) => {
  document.querySelector('input').value = text;
  document.querySelector('input').dispatchEvent(new Event('input'));
  return rows().length;
};
// The browser writes the page down when it is loaded, and that waits for a frame that is not finished.
const frame = document.body.appendChild(document.createElement('iframe'));
frame.contentDocument.open();
(async () => {
  const lines = [`title ${document.querySelector('h1').textContent}`];
  lines.push(`thumbnails ${good(await Promise.all(all('.sheet img').map(decodes)))}`);
  lines.push(`players ${good(await Promise.all(all('audio').map(plays)))}`);
  lines.push(`names ${all('.sheet .name').map((name) => name.textContent).join(' | ')}`);
  lines.push(`failures ${rows().join(' | ') || 'none'}`);
  if (rows().length > 0) {
    const button = document.querySelector('.failures button');
    button.click();
    button.click();
    lines.push(`sorted ${rows().join(' | ')}`);
    lines.push(`found ${search('LOOKS LIKE TEXT')} ${search('bad')} ${search('nothing')} ${search('')}`);
  }
  lines.push(`unnamed ${all('img:not([alt]), audio:not([aria-label]), svg:not([aria-label])').length}`);
  lines.push(`foreign ${all('main b, main script, img:not([src^="data:"]), audio:not([src^="data:"])').length}`);
  lines.push(`requests ${performance.getEntriesByType('resource').filter(({name}) => !name.startsWith('data:')).length}`);
  lines.push(`too wide ${all('main *').filter((element) => element.getBoundingClientRect().right > innerWidth).length}`);
  lines.push(`faults ${faults.join(' | ') || 'none'}`);
  const result = document.createElement('pre');
  result.id = 'probe';
  result.textContent = [...lines, 'end'].map((line) => `saw ${line}\n`).join('');
  document.body.prepend(result);
  frame.contentDocument.close();
})();
END

# How every probe ends: nothing without a label, nothing made of a file's markup, nothing fetched, nothing out of sight.
page_in_order='saw unnamed 0
saw foreign 0
saw requests 0
saw too wide 0
saw faults none
saw end'

# expect TEXT: probe's output is that.
failed=''
expect() {
  diff <(printf '%s\n' "$1") seen || failed=1
}

"$bin/make_sound" in/1.wav 60000 2 44100
"$bin/make_sound" in/2.flac 4000 6 96000
"$bin/make_sound" 'in/<b>3<b>.wav' 30000 1 8000
"$bin/make_sound" 'in/4</script><img src=x onerror=alert(1)>.wav'
: >$'in/bad\n<img src=x onerror=alert(2)>.wav'
echo text >$'in/"\xff\'.wav'
"$bin/spectrohue" encode in -o out --report encode.html --device cpu -q 2>/dev/null && exit 1
"$bin/spectrohue" decode out -o back --report decode.html --device cpu -q

for width in 1280 500; do
  probe encode.html $width >seen
  expect 'saw title 4 files encoded, 2 failed
saw thumbnails 4 of 4
saw players 4 of 4
saw names 1.wav | 2.flac | 4&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;.wav | &lt;b&gt;3&lt;b&gt;.wav
saw failures "�'"'"'.wav | bad␊&lt;img src=x onerror=alert(2)&gt;.wav
saw sorted bad␊&lt;img src=x onerror=alert(2)&gt;.wav | "�'"'"'.wav
saw found 1 1 0 2
'"$page_in_order"
done

probe decode.html 800 >seen
expect 'saw title 4 files decoded
saw thumbnails 4 of 4
saw players 4 of 4
saw names 1.png | 2.png | 4&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;.png | &lt;b&gt;3&lt;b&gt;.png
saw failures none
'"$page_in_order"

[[ -z $screenshot ]] || browse 1280 --screenshot="$screenshot"
[[ -z $failed ]]
