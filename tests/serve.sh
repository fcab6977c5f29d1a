#!/usr/bin/env bash
# spectrohue serve from outside: serve.sh BIN_FOLDER
#
# Who is let in, what is refused and with which words, and that what comes out is, byte for byte, what the command line
# makes. tests/serve_page.py uses the page itself.
set -euo pipefail
bin=$(cd "$1" && pwd)
scratch=$(mktemp -d)
pid=
end() {
  [[ -z $pid ]] || kill "$pid" 2>/dev/null || true
  rm -rf "$scratch"
}
trap end EXIT
cd "$scratch"
mkdir temporary results

failed=''
fail() {
  printf 'FAILED: %s\n' "$*"
  failed=1
}
expect() { [[ $2 == $3 ]] || fail "$1: expected $3, got $2"; }

# begin OPTION...: starts a server; its address is in $url.
begin() {
  : >address
  TMPDIR=$scratch/temporary "$bin/spectrohue" serve --device cpu "$@" >address 2>said &
  pid=$!
  for _ in {1..200}; do
    [[ ! -s address ]] || break
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.05
  done
  url=$(cat address)
  [[ -n $url ]] || { cat said; exit 1; }
}

# finish SIGNAL: ends it, and looks at what is left.
finish() {
  local code=0
  kill -s "$1" "$pid"
  wait "$pid" || code=$?
  pid=
  expect "exit code after $1" "$code" 0
  expect 'temporary files left' "$(ls -A temporary)" ''
}

# request CODE CURL_ARGUMENT...: the answer goes to the file answer.
request() {
  local code
  code=$(curl -s -o answer -w '%{http_code}' "${@:2}")
  expect "${*:2}" "$code" "$1"
}
said() { grep -qF -e "$1" answer || fail "expected '$1' in $(cat answer)"; }
field() { python3 -c 'import json, sys; print(json.load(open("answer"))[sys.argv[1]])' "$1"; }

# upload FILE [CODE]: its id is in $id.
upload() {
  request "${2:-201}" -X POST -T "$1" "${url}files?name=$(basename "$1")"
  id=$(grep -o '"id":"[0-9]*"' answer | tr -dc 0-9 || true)
}

# convert OPTIONS: the job of the file $id is in $job, when it has ended.
convert() {
  request 201 -d "$1" -H 'Content-Type: application/json' "${url}files/$id/jobs"
  job=$(field id)
  for _ in {1..400}; do
    request 200 "${url}jobs/$job"
    [[ $(field state) == waiting || $(field state) == running ]] || break
    sleep 0.05
  done
}

# --- what is refused before it begins

refuse() {
  local code=0
  timeout 10 "$bin/spectrohue" serve "${@:2}" >out 2>err </dev/null || code=$?
  expect "serve ${*:2}" "$code" 2
  expect "address of serve ${*:2}" "$(cat out)" ''
  grep -qF -e "$1" err || fail "expected '$1' in $(cat err)"
}
refuse 'needs a token' --host 0.0.0.0
refuse 'needs a token' --host ::
refuse 'needs a token' --host 192.0.2.1
refuse 'at least 16 characters' --host 0.0.0.0 --token short
refuse 'at least 16 characters' --token 'a/b/c/d/e/f/g/h/i'
refuse 'is no folder' --folder nowhere
refuse 'above 0' --max-upload 0
refuse 'cannot listen' --host 192.0.2.1 --token 0123456789abcdef

# --- who is let in

begin --folder results
port=$(sed -E 's#.*:([0-9]+)/.*#\1#' <<<"$url")
token=$(sed -E 's#.*/([0-9a-f]+)/$#\1#' <<<"$url")
expect 'length of the token' ${#token} 32
base=http://127.0.0.1:$port
refuse 'cannot listen' --port "$port"

request 200 "$url"
grep -q '<title>spectrohue</title>' answer || fail 'the page is not the page'
! grep -qE 'https?://|src="|href="' answer || fail 'the page names other addresses'
request 200 "http://localhost:$port/$token/"
if curl -s -o /dev/null "http://[::1]:$port/"; then request 200 "http://[::1]:$port/$token/"; fi
for path in '' favicon.ico "${token%?}/" "${token%?}x/" "x$token/" "$token"; do
  request 403 "$base/$path"
  said 'lacks its token'
done
request 404 "${url}nothing"
said 'there is nothing here'
request 404 --path-as-is "$url../../etc/passwd"
for host in evil.example "evil.example:$port" "127.0.0.1.evil.example:$port" '' "localhost:x" "[::1"; do
  request 4?? -H "Host: $host" "$url"
  ! grep -q '<title>' answer || fail "the page was given to Host '$host'"
done
request 403 -H 'Origin: http://evil.example' -d '{}' "${url}files/1/plan"
said 'another site'
request 403 -H 'Origin: null' -d '{}' "${url}files/1/plan"
curl -s -D headers -o /dev/null "$url"
for header in 'Cache-Control: no-store' 'X-Content-Type-Options: nosniff' 'Referrer-Policy: no-referrer' \
  "Content-Security-Policy: default-src 'none'"; do
  grep -qF "$header" headers || fail "no header $header"
done
# Loopback alone: none of the machine's other addresses answers.
for address in $(hostname -I 2>/dev/null || true); do
  [[ $address != *:* ]] || address="[$address]"
  ! curl -s -m 2 -o /dev/null "http://$address:$port/$token/" || fail "it answers at $address"
done

# --- files that are no files

request 404 -d '{}' "${url}files/999/plan"
request 404 "${url}jobs/999"
request 404 -X DELETE "${url}files/999"
echo 'not a sound' >broken.wav
upload broken.wav 422
said '"error"'
echo 'not a picture' >broken.png
upload broken.png 422
echo neither >neither.xyz
upload neither.xyz 422
request 400 -X POST -T broken.wav "${url}files?name=.."
request 400 -X POST -T broken.wav "${url}files"
request 415 -F file=@broken.wav "${url}files?name=a.wav"
"$bin/make_sound" cut.flac 40000 1 44100
head -c 3000 cut.flac >broken.flac
upload broken.flac
convert '{}'
expect 'state of a broken file' "$(field state)" failed
[[ -n $(field error) ]] || fail 'no reason is given'

# --- the same bytes as on the command line

# same NAME OPTIONS ARGUMENT...: by the page and by the command line.
same() {
  local source=$1 options=$2 command=encode n=0 file
  [[ $source != *.png ]] || command=decode
  upload "$source"
  convert "$options"
  expect "state of $source $options" "$(field state)" done
  rm -rf expected
  "$bin/spectrohue" "$command" "$source" -o expected/ --device cpu -q "${@:3}" 2>/dev/null
  for file in expected/*; do
    request 200 "${url}jobs/$job/outputs/$n"
    cmp -s answer "$file" || fail "$source $options: $(basename "$file") differs"
    n=$((n + 1))
  done
  ((n > 0)) || fail "$source $options: nothing to compare"
  request 404 "${url}jobs/$job/outputs/$n"
}

"$bin/make_sound" tone.wav 60000 2 44100
"$bin/make_sound" 'a name & more_SR8000.flac' 30000 1 8000
same tone.wav '{}'
same tone.wav '{"encoding": "hsv16", "n-fft": 1024, "hop-length": "256", "verify": true}' \
  --encoding hsv16 --n-fft 1024 --hop-length 256 --verify
same tone.wav \
  '{"encoding": "colormap", "colormap": "magma", "curve": "db", "top-db": 80, "freq-scale": "mel", "n-mels": 64}' \
  --encoding colormap --colormap magma --curve db --top-db 80 --freq-scale mel --n-mels 64
same tone.wav '{"encoding": "magphase", "channels": "mono"}' --encoding magphase --channels mono
same tone.wav '{"encoding": "gray32f"}' --encoding gray32f
same tone.wav '{"preset": "librosa"}' --preset librosa
"$bin/spectrohue" encode tone.wav -o hue.png -q
"$bin/spectrohue" encode tone.wav -o gray.png --encoding gray8 --n-fft 512 -q
python3 - <<'END'
import struct, zlib
chunk = lambda kind, data: struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
rows = b''.join(b'\0' + bytes((9 * x + y * y) % 256 for x in range(90)) for y in range(65))
open('unknown.png', 'wb').write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 90, 65, 8, 0, 0, 0, 0)) +
                                chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
END
same hue.png '{}'
same hue.png '{"format": "flac", "normalize": "peak"}' --format flac --normalize peak
same gray.png '{"phase-method": "griffinlim", "n-iter": 8}' --phase-method griffinlim --n-iter 8
same unknown.png '{"sample-rate": 8000, "n-iter": "4"}' --sample-rate 8000 --n-iter 4
same unknown.png '{"from": "gray", "sample-rate": 8000, "duration": 0.5}' --from gray --sample-rate 8000 --duration 0.5

# What is missing is asked for, and what is none of the page's options is no option.
upload unknown.png
request 400 -d '{}' "${url}files/$id/plan"
said '--sample-rate'
upload tone.wav
request 200 -d '{}' "${url}files/$id/plan"
expect destination "$(field destination)" "$scratch/results/tone.png"
expect command "$(field command)" 'spectrohue encode tone.wav'
for options in '{"colormap": "/etc/passwd"}' '{"encoding": "colormap:/etc/passwd"}' '{"n-fft": "2048 --overwrite"}' \
  '{"output": "/tmp/x"}' '{"params-from": "hue.png"}' '{"verify": 1}' '[]' 'x' '{"n-fft": 1021}' '{"n-fft": {}}'; do
  request 400 -d "$options" "${url}files/$id/plan"
  request 400 -d "$options" "${url}files/$id/jobs"
done
head -c 70000 /dev/zero >long
request 400 --data-binary @long "${url}files/$id/plan"

# Each option of the page, and each choice, is one of the command line's: what is refused, is so for its meaning.
upload tone.wav
sound=$id
upload unknown.png
python3 - "$url" "$sound" "$id" <<'END' || fail 'options of the page that the command line does not know'
import json, re, sys, urllib.error, urllib.request
url, sound, picture = sys.argv[1:]
page = urllib.request.urlopen(url).read().decode()
settings = json.loads(re.search(r'<script id="settings" type="application/json">(.*?)</script>', page, re.S)[1])
strange = []
n_planned = 0
for command, file, beside in (("encode", sound, {}), ("decode", picture, {"sample-rate": 8000})):
    for option in settings[command]:
        values = {"choice": option["choices"], "flag": [True], "whole": [8], "number": [0.5]}[option["kind"]]
        for value in values:
            body = json.dumps({**beside, option["name"]: value}).encode()
            try:
                urllib.request.urlopen(url + f"files/{file}/plan", body).read()
                n_planned += 1
            except urllib.error.HTTPError as error:
                reason = json.load(error)["error"]
                if error.code not in (400, 422) or re.search("not expected|not in|unknown|is none of|argument", reason):
                    strange.append((command, option["name"], value, error.code, reason))
for line in strange:
    print(*line)
sys.exit(bool(strange) or n_planned < 80)
END

id=$sound

# --- results: seen, saved under free names, taken back, forgotten

convert '{}'
request 200 "${url}jobs/$job/preview"
[[ $(head -c 4 answer | tail -c 3) == PNG ]] || fail 'the preview is no PNG'
for name in tone tone-1 tone-2; do
  request 200 -d '' "${url}jobs/$job/save"
  said "results/$name.png"
done
request 200 "${url}jobs/$job/outputs/0"
cmp -s answer results/tone-2.png || fail 'what was saved differs'
expect 'files that were saved' "$(ls results | tr '\n' ' ')" 'tone-1.png tone-2.png tone.png '
request 206 -H 'Range: bytes=0-3' "${url}jobs/$job/outputs/0"
curl -s -D headers -o /dev/null "${url}jobs/$job/outputs/0?download=1"
grep -q "attachment; filename\*=UTF-8''tone%2Epng" headers || fail 'a download has no name'
request 201 -d '' "${url}jobs/$job/back"
source=$id
id=$(field id)
convert '{}'
rm -rf expected
"$bin/spectrohue" decode results/tone.png -o expected/ --device cpu -q
request 200 "${url}jobs/$job/outputs/0"
cmp -s answer expected/tone.wav || fail 'the way back differs'
request 200 -X DELETE "${url}files/$source"
request 404 -d '{}' "${url}files/$source/plan"
# Parts of one picture go back together.
upload tone.wav
convert '{"encoding": "magphase"}'
request 201 -d '' "${url}jobs/$job/back"
id=$(field id)
convert '{}'
expect 'state of the way back from parts' "$(field state)" done
finish INT

# --- limits, a token of one's own, other hosts

begin --token 0123456789-abcdef_X --max-upload 100K --workers 2 -j 2
expect address "$url" "http://127.0.0.1:*/0123456789-abcdef_X/"
upload tone.wav 413
said 'larger than 102400 bytes'
request 413 -X POST -H 'Transfer-Encoding: chunked' -T tone.wav "${url}files?name=tone.wav"
said 'larger than 102400 bytes'
"$bin/make_sound" small.wav 4000 1 8000
ids=()
for _ in 1 2 3 4 5 6; do
  upload small.wav
  ids+=("$id")
  request 201 -d '{"n-fft": 4096}' "${url}files/$id/jobs"
  last=$(field id)
done
for _ in {1..200}; do
  request 200 "${url}jobs/$last"
  [[ $(field state) != done ]] || break
  sleep 0.05
done
expect 'state of the last in line' "$(field state)" done
request 400 -d '' "${url}jobs/$last/save"
said 'no folder'
finish TERM

SPECTROHUE_TOKEN=fedcba9876543210 begin
expect address "$url" "http://127.0.0.1:*/fedcba9876543210/"
finish HUP

begin --host 0.0.0.0 --token 0123456789abcdef
port=$(sed -E 's#.*:([0-9]+)/.*#\1#' <<<"$url")
request 200 "http://127.0.0.1:$port/0123456789abcdef/"
request 200 -H "Host: 192.0.2.7:$port" "http://127.0.0.1:$port/0123456789abcdef/"
request 403 -H 'Host: evil.example' "http://127.0.0.1:$port/0123456789abcdef/"
request 403 "http://127.0.0.1:$port/0123456789abcdeg/"
finish INT

[[ -z $failed ]]
