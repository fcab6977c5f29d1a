const report = JSON.parse(document.getElementById('report').textContent);
const main = document.getElementById('main');

const counted = (n, one, many) => `${plain(n)} ${n === 1 ? one : many}`;

// --- elements

const draw = (tag, attributes = {}, ...children) =>
  append(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
/** A name keeps its writing direction to itself. */
const nameOf = (name) => make('bdi', {class: 'name'}, visible(name));

let sections = 0;
const section = (title, ...children) => {
  const id = `section-${++sections}`;
  main.append(make('section', {'aria-labelledby': id}, make('h2', {id}, title), ...children));
};

// --- the parts of the page

const totals = report.totals;
const converted = totals.done - totals.failed;
const speed = totals.seconds > 0 ? totals.audio_seconds / totals.seconds : 0;

function showTitle() {
  const done = {plot: 'plotted', synth: 'synthesised'}[report.command] ?? `${report.command}d`;
  const title = `${counted(converted, 'file', 'files')} ${done}`;
  const failed = totals.failed > 0 ? `, ${plain(totals.failed)} failed` : '';
  document.title = `${title}${failed} \u2013 spectrohue report`;
  document.getElementById('title').textContent = title + failed;
  const shard = report.shard ? `, shard ${report.shard}` : '';
  document.getElementById('subtitle').append(
    `spectrohue ${report.command}${shard} \u00b7 begun `,
    make('time', {datetime: report.started}, report.started.replace('T', ' ').replace('Z', ' UTC')),
    ` \u00b7 ${report.tool}`);
}

function showTotals() {
  const tile = (term, value, detail, kind = '') =>
    make('div', {class: 'card'}, make('dt', {}, term), make('dd', {class: `value ${kind}`}, value),
         make('dd', {class: 'detail'}, detail));
  main.append(make('dl', {class: 'tiles'},
    tile('Converted', plain(converted),
         `of ${counted(totals.files, 'file', 'files')}` + (totals.skipped ? `, ${plain(totals.skipped)} skipped` : '')),
    tile('Failed', plain(totals.failed), totals.failed === 0 ? 'none' : 'listed below', totals.failed > 0 ? 'bad' : ''),
    tile('Audio', duration(totals.audio_seconds), `${plain(totals.audio_seconds / 3600, 2)} hours`),
    tile('Speed', `${short(speed)}\u00d7`, `real time, in ${duration(totals.seconds)}`),
    tile('Written', bytes(totals.output_bytes), `from ${bytes(totals.source_bytes)}`),
    tile('Backend', report.backend || '\u2013', counted(report.threads, 'thread', 'threads'), 'text')));
  if (totals.interrupted) {
    const left = counted(totals.files - totals.done, 'file was', 'files were');
    main.append(make('p', {class: 'note', role: 'status'}, `The run was stopped early: ${left} not begun or not finished.`));
  }
}

const stages = ['read', 'compute', 'write'].map((name) => ({name, seconds: totals[`${name}_seconds`]}));

function stageChart() {
  const all = stages.reduce((sum, stage) => sum + stage.seconds, 0);
  const share = (stage) => (all > 0 ? stage.seconds / all : 0);
  const percent = (stage) => `${plain(100 * share(stage), 1)}${NB}%`;
  const width = 600;
  let x = 0;
  const bars = stages.map((stage) => {
    const bar = draw('rect', {class: stage.name, x, y: 0, width: width * share(stage), height: 28});
    x += width * share(stage);
    return bar;
  });
  const label = `Time by stage: ${stages.map((stage) => `${stage.name} ${percent(stage)}`).join(', ')}`;
  const rate = (stage) => (stage.seconds > 0 ? `${short(totals.audio_seconds / stage.seconds)}` : '\u2013');
  return make('div', {class: 'card'},
    make('h2', {}, 'Time by stage'),
    draw('svg', {class: 'stages', viewBox: `0 0 ${width} 28`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label},
         ...bars),
    make('table', {},
      make('thead', {}, make('tr', {}, make('th', {scope: 'col'}, 'Stage'),
        ...['Seconds', 'Share', '\u00d7 real time'].map((head) => make('th', {scope: 'col', class: 'number'}, head)))),
      make('tbody', {}, ...stages.map((stage) => make('tr', {},
        make('th', {scope: 'row'}, make('span', {class: `swatch ${stage.name}`}), stage.name),
        ...[short(stage.seconds), percent(stage), rate(stage)].map((text) => make('td', {class: 'number'}, text)))))),
    make('p', {class: 'quiet'}, 'Sums over all threads.'));
}

function snrChart() {
  const snr = report.snr;
  const facts = make('p', {}, `${counted(snr.files, 'file', 'files')}; median ${decibels(snr.median_db)}`);
  if (snr.exact > 0) facts.append(`, ${plain(snr.exact)} exact`);
  const card = make('div', {class: 'card'}, make('h2', {}, 'SNR of the way back'), facts);
  if (!snr.bins) return card;
  facts.append(`, worst ${decibels(snr.worst_db)}: `, nameOf(snr.worst_source));
  const width = 440;
  const height = 116;
  const most = Math.max(...snr.bins);
  const step = width / snr.bins.length;
  const edge = (i) => snr.first_bin_db + i * snr.bin_width_db;
  const digits = snr.bin_width_db < 1 ? 1 : 0;
  const bars = snr.bins.map((count, i) => {
    const range = `${plain(edge(i), digits)} to ${plain(edge(i + 1), digits)} dB`;
    const tall = (height * count) / most;
    return draw('rect', {class: 'bar', x: i * step + 1, y: height - tall, width: Math.max(1, step - 2), height: tall},
                draw('title', {}, `${range}: ${counted(count, 'file', 'files')}`));
  });
  const mark = (x, text, anchor) => draw('text', {x, y: height + 18, 'text-anchor': anchor}, text);
  card.append(draw('svg', {class: 'histogram', viewBox: `0 0 ${width} ${height + 24}`, role: 'img',
      'aria-label': `Histogram of SNR from ${plain(edge(0), digits)} to ${plain(edge(snr.bins.length), digits)} dB`},
    ...bars,
    draw('line', {class: 'axis', x1: 0, x2: width, y1: height, y2: height}),
    mark(0, `${plain(edge(0), digits)} dB`, 'start'),
    mark(width / 2, `${plain(edge(snr.bins.length / 2), 1)} dB`, 'middle'),
    mark(width, `${plain(edge(snr.bins.length), digits)} dB`, 'end')));
  return card;
}

function showCharts() {
  main.append(make('section', {'aria-label': 'Charts'},
    make('div', {class: 'charts'}, stageChart(), report.snr ? snrChart() : null)));
}

function failureTable(failures) {
  const columns = [['source', 'Source'], ['class', 'Class'], ['reason', 'Reason']];
  const rows = failures.map((failure) => ({
    failure,
    text: columns.map(([key]) => failure[key]).join('\n').toLowerCase(),
    element: make('tr', {}, make('th', {scope: 'row'}, nameOf(failure.source)), make('td', {}, failure.class),
                  make('td', {class: 'name'}, visible(failure.reason))),
  }));
  const body = make('tbody', {}, ...rows.map((row) => row.element));
  const heads = columns.map(([key, title]) => {
    const button = make('button', {type: 'button'}, title);
    const head = make('th', {scope: 'col', 'aria-sort': 'none'}, button);
    button.addEventListener('click', () => {
      const direction = head.getAttribute('aria-sort') === 'ascending' ? 'descending' : 'ascending';
      for (const other of heads) other.setAttribute('aria-sort', 'none');
      head.setAttribute('aria-sort', direction);
      const sign = direction === 'ascending' ? 1 : -1;
      rows.sort((a, b) => sign * a.failure[key].localeCompare(b.failure[key], 'en', {numeric: true}));
      body.append(...rows.map((row) => row.element));
    });
    return head;
  });
  const search = make('input', {type: 'search', placeholder: 'name, class or reason'});
  const found = make('span', {class: 'quiet', role: 'status'});
  search.addEventListener('input', () => {
    const wanted = search.value.toLowerCase();
    for (const row of rows) row.element.hidden = !row.text.includes(wanted);
    found.textContent = wanted ? `${plain(rows.filter((row) => !row.element.hidden).length)} found` : '';
  });
  return {
    toolbar: [make('label', {}, 'Search', search), found],
    table: make('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Failures'},
                make('table', {class: 'failures'}, make('thead', {}, make('tr', {}, ...heads)), body)),
  };
}

function showFailures() {
  if (totals.failed === 0) return;
  const {toolbar, table} = failureTable(report.failures.files);
  const chips = Object.entries(report.failures.classes).map(([name, n]) => make('span', {class: 'chip'}, `${name}: ${plain(n)}`));
  const shown = report.failures.files.length;
  section(`Failures (${plain(totals.failed)})`, make('div', {class: 'card'},
    make('div', {class: 'toolbar'}, ...chips, ...toolbar), table,
    shown < totals.failed ? make('p', {class: 'quiet'},
      `The first ${plain(shown)} by name; the manifest has all ${plain(totals.failed)}.`) : null));
}

function player(file) {
  const {excerpt} = file;
  if (!excerpt) return null;
  const audio = make('audio', {controls: '', preload: 'metadata', src: excerpt.audio,
                               'aria-label': `Listen to ${visible(file.source)}`});
  audio.addEventListener('play', () => {
    for (const other of document.querySelectorAll('audio')) if (other !== audio) other.pause();
  });
  const part = [];
  if (excerpt.seconds < file.audio_seconds * 0.999) part.push(`first ${duration(excerpt.seconds)}`);
  if (excerpt.channels < file.channels) part.push(`channels 1 and 2`);
  return make('div', {class: 'player'}, audio, part.length > 0 ? make('span', {class: 'quiet'}, part.join(', ')) : null);
}

function card(file) {
  const name = visible(file.source);
  const tiles = file.tiles ? `, tile 1 of ${plain(file.tiles)}` : '';
  const picture = file.thumbnail
    ? make('img', {src: file.thumbnail, alt: `Spectrogram of ${name}${tiles}`})
    : make('span', {}, 'no thumbnail');
  const line = (...parts) => {
    const text = parts.filter(Boolean).join(' \u00b7 ');
    return text ? make('div', {class: 'quiet'}, text) : null;
  };
  return make('li', {class: 'card'},
    make('div', {class: 'picture'}, picture),
    make('div', {class: 'about'},
      nameOf(file.source),
      line(duration(file.audio_seconds), file.sample_rate && hertz(file.sample_rate), file.channels && channels(file.channels)),
      line(file.picture && `${plain(file.picture.width)} \u00d7 ${plain(file.picture.height)} pixels${tiles}`),
      line(`${bytes(file.source_bytes)} \u2192 ${bytes(file.output_bytes)}`, 'snr_db' in file && `SNR ${decibels(file.snr_db)}`,
        'convergence_db' in file && `phases found: magnitudes within ${decibels(file.convergence_db)}`),
      ...(file.problems ?? []).map((problem) => make('div', {class: 'warn'}, visible(problem))),
      player(file)));
}

function showFiles() {
  if (report.files.length === 0) return;
  const rest = converted - report.files.length;
  section('Files', make('ul', {class: 'sheet'}, ...report.files.map(card)),
    rest > 0 ? make('p', {class: 'quiet'}, `The first ${plain(report.files.length)} by name; ${plain(rest)} more were converted.`) : null);
}

function showParameters() {
  const rows = [];
  const collect = (value, prefix) => {
    for (const [key, item] of Object.entries(value)) {
      if (item !== null && typeof item === 'object' && !Array.isArray(item)) collect(item, `${prefix}${key}.`);
      else rows.push(make('tr', {}, make('th', {scope: 'row'}, prefix + key),
                          make('td', {class: 'name'}, typeof item === 'string' ? visible(item) : JSON.stringify(item))));
    }
  };
  collect(report.parameters, '');
  section('Parameters', make('div', {class: 'card'}, rows.length === 0
    ? make('p', {class: 'quiet'}, 'All as each picture says.')
    : make('table', {class: 'parameters'}, make('tbody', {}, ...rows))));
}

showTitle();
showTotals();
showCharts();
showFailures();
showFiles();
showParameters();
