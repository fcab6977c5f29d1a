const settings = JSON.parse(document.getElementById('settings').textContent);
const list = document.getElementById('files');

/** Files up to these are converted as soon as they are here. */
const SOON_SECONDS = 600;
const SOON_BYTES = 100e6;
const POLL_MS = 250;
const PLAN_DELAY_MS = 250;
/** The largest preview: a larger picture was scaled down. */
const PREVIEW = {width: 1600, height: 800};

// --- numbers and names as text

/** As the command line counts: 512M is 512 MiB. */
const binaryBytes = (count) => {
  const exponent = Math.min(3, Math.max(0, Math.floor(Math.log2(count) / 10)));
  return `${short(count / 1024 ** exponent)}${NB}${['bytes', 'KiB', 'MiB', 'GiB'][exponent]}`;
};
const announce = (text) => { document.getElementById('announce').textContent = text; };

// --- the server. All addresses are relative to the page's own, which holds the token.

async function ask(method, path, body) {
  let response;
  try {
    response = await fetch(path, {method, body});
  } catch {
    throw new Error('spectrohue does not answer. Was it ended?');
  }
  const answer = await response.json().catch(() => ({error: `the server answered ${response.status}`}));
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// --- which options make sense

/** What matters of a picture that does not say how it was made. */
const MORE_WITHOUT_NOTE =
  ['sample-rate', 'from', 'encoding', 'n-fft', 'hop-length', 'curve', 'freq-scale', 'duration', 'axis'];

/** Whether an option means something beside the others; values: by name. */
function applies(name, values, file) {
  const isSound = file.kind === 'sound';
  switch (name) {
    case 'colormap': return values.encoding === 'colormap' || Boolean(values.from);
    case 'gamma': return !values.curve || values.curve === 'gamma';
    case 'top-db': return values.curve === 'db' || values.curve === 'adaptive-log' || Boolean(values.from);
    case 'n-mels': return values.axis === 'mel' || Boolean(values['freq-scale'] && values['freq-scale'] !== 'linear');
    case 'fmin':
    case 'fmax': return Boolean(values.from) || Boolean(values['freq-scale'] && values['freq-scale'] !== 'linear');
    case 'duration':
    case 'axis': return Boolean(values.from);
    case 'from': return !file.has_note;
    case 'preset':
    case 'drop-top':
    case 'invert':
    case 'flip':
    case 'transpose': return isSound || !file.has_note;
    case 'phase-method':
    case 'n-iter': return !file.has_phases;
    default: return true;
  }
}

const isUnknown = (file) => file.kind === 'picture' && !file.has_note;
/** The options of a file to be seen at once, and the others. What an unknown picture has to be asked comes first. */
function sorted(file) {
  const options = settings[file.kind === 'sound' ? 'encode' : 'decode'];
  const asked = isUnknown(file) ? MORE_WITHOUT_NOTE.map((name) => options.find((option) => option.name === name)) : [];
  const others = options.filter((option) => !asked.includes(option));
  return {main: [...asked, ...others.filter((option) => option.main)], more: others.filter((option) => !option.main)};
}

// --- a file on the page

class Card {
  constructor(name) {
    this.file = {kind: 'unknown'};
    this.fields = new Map();
    this.busy = false;
    this.title = make('h2', {}, make('bdi', {}, visible(name)));
    this.about = make('p', {class: 'quiet'}, 'arriving \u2026');
    this.remove = make('button', {type: 'button', 'aria-label': `Remove ${visible(name)}`}, 'Remove');
    this.remove.addEventListener('click', () => this.leave());
    this.body = make('div', {style: 'display: contents'});
    const id = `file-${++Card.count}`;
    this.title.id = id;
    this.element = make('article', {class: 'card', 'aria-labelledby': id},
      make('div', {class: 'head'}, make('div', {}, this.title, this.about), this.remove), this.body);
    this.name = name;
  }

  static count = 0;

  leave() {
    this.gone = true;
    if (this.file.id) ask('DELETE', `files/${this.file.id}`).catch(() => {});
    if (this.local) URL.revokeObjectURL(this.local);
    this.element.remove();
    document.getElementById('choose').focus();
  }

  fail(error) {
    this.about.textContent = '';
    this.body.replaceChildren(make('p', {class: 'note article-note', role: 'alert'}, visible(error.message)));
  }

  /** file: what the server knows of it. local: an address of the sound itself, if the browser has it. */
  arrive(file, local) {
    this.file = file;
    this.local = local;
    this.showFacts();
    this.plot = make('div', {class: 'plot', hidden: true});
    this.caption = make('figcaption', {hidden: true});
    this.players = make('div', {class: 'players'});
    this.plan = make('p', {class: 'plan', role: 'status'});
    this.problem = make('p', {class: 'note article-note', role: 'alert', hidden: true});
    this.convert = make('button', {type: 'submit', class: 'convert primary', disabled: true}, 'Convert');
    this.state = make('p', {class: 'state', role: 'status', hidden: true});
    this.result = make('div', {class: 'result', hidden: true});
    this.command = make('code');
    this.body.replaceChildren(make('figure', {}, this.plot, this.caption), this.players, this.form(), this.result);
    if (local) this.addPlayer('The sound', local, false);
    if (file.kind === 'picture') this.showPicture(`files/${file.id}/preview`, file);
    this.update();
  }

  showFacts() {
    const {file} = this;
    const facts = [file.description];
    if (file.kind === 'picture') facts.push(`${plain(file.width)} \u00d7 ${plain(file.height)} pixels`);
    if (file.encoding) facts.push(file.encoding);
    if (file.seconds !== undefined) facts.push(duration(file.seconds));
    if (file.sample_rate) facts.push(hertz(file.sample_rate), channels(file.channels));
    facts.push(bytes(file.bytes));
    if (isUnknown(file)) facts.push('it does not say how it was made');
    this.about.textContent = facts.join(' \u00b7 ');
  }

  form() {
    const options = sorted(this.file);
    const main = make('div', {class: 'fields'}, ...options.main.map((option) => this.field(option)));
    const more = make('div', {class: 'fields'}, ...options.more.map((option) => this.field(option)));
    this.more = make('details', {}, make('summary', {}, 'More options'), more);
    const hint = isUnknown(this.file)
      ? make('p', {class: 'quiet'}, 'What it does not say has to be chosen. Of a figure with axes, or of another ' +
             'program, choose who drew it; “spectrohue synth” on the command line plays any picture.')
      : null;
    const form = make('form', {class: 'form', autocomplete: 'off'}, hint,
      make('fieldset', {'aria-label': 'Options'}, main), this.more, this.problem,
      make('div', {class: 'actions'}, this.plan, this.convert), this.state,
      make('details', {}, make('summary', {}, 'The same on the command line'), this.command));
    form.addEventListener('input', () => this.update());
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.run();
    });
    return form;
  }

  field(option) {
    let input;
    if (option.kind === 'choice') {
      input = make('select', {},
        make('option', {value: ''}, `default: ${option.usual}`),
        ...option.choices.map((choice) => make('option', {value: choice}, choice)));
    } else if (option.kind === 'flag') {
      input = make('input', {type: 'checkbox'});
    } else {
      const step = option.kind === 'whole' ? '1' : 'any';
      input = make('input', {type: 'number', step, placeholder: this.usual(option)});
    }
    input.name = option.name;
    const parts = [make('span', {}, option.label), input];
    const element = make('label', {class: option.kind === 'flag' ? 'field flag' : 'field'},
      ...(option.kind === 'flag' ? parts.reverse() : parts));
    this.fields.set(option.name, {option, input, element});
    return element;
  }

  usual(option) {
    return option.name === 'sample-rate' && isUnknown(this.file) ? 'needed' : option.usual;
  }

  /** A message of the command line, with the names that options have here. */
  worded(message) {
    const label = (flag, name) => (this.fields.has(name) ? `“${this.fields.get(name).option.label}”` : flag);
    return visible(message).replace(/--([a-z][a-z-]*)/g, label);
  }

  /** What was chosen, of the options that mean something. Hides the others. */
  chosen() {
    const all = {};
    for (const [name, {option, input}] of this.fields) all[name] = option.kind === 'flag' ? input.checked : input.value;
    const values = {};
    for (const [name, {option, input, element}] of this.fields) {
      element.hidden = !applies(name, all, this.file);
      const byPreset = all.preset && name !== 'preset';
      if (option.kind === 'choice') {
        input.options[0].textContent = byPreset ? 'by the preset' : `default: ${option.usual}`;
      } else if (option.kind !== 'flag') {
        input.placeholder = byPreset ? 'by the preset' : this.usual(option);
      }
      if (!element.hidden && all[name]) values[name] = all[name];
    }
    return values;
  }

  /** Options changed: asks what would become of the file. */
  async update() {
    const options = JSON.stringify(this.chosen());
    this.wanted = options;
    const isFirst = this.planned === undefined;
    if (!isFirst) await pause(PLAN_DELAY_MS);
    if (this.wanted !== options || this.gone) return;
    let plan = null;
    let problem = null;
    try {
      plan = await ask('POST', `files/${this.file.id}/plan`, options);
    } catch (error) {
      problem = error.message;
    }
    if (this.wanted !== options || this.gone) return;
    this.planned = plan;
    this.showPlan(plan, problem);
    const isShort = !(this.file.seconds > SOON_SECONDS) && this.file.bytes <= SOON_BYTES;
    if (isFirst && plan && isShort) this.run();
  }

  showPlan(plan, problem) {
    this.problem.hidden = problem === null;
    this.problem.textContent = problem === null ? '' : this.worded(problem);
    const asked = new Set([...(problem ?? '').matchAll(/--([a-z][a-z-]*)/g)].map((match) => match[1]));
    for (const [name, {input, element}] of this.fields) {
      const isAsked = asked.has(name);
      input.setAttribute('aria-invalid', String(isAsked));
      if (isAsked && this.more.contains(element)) this.more.open = true;
    }
    this.command.textContent = plan ? plan.command : '\u2013';
    this.plan.replaceChildren();
    if (plan) {
      this.plan.append('will export to ', make('strong', {}, make('bdi', {}, visible(plan.destination))),
        make('span', {class: 'quiet'}, ` \u00b7 ${plan.forecast}`));
    }
    this.showWhetherDone();
  }

  /** Whether what is shown was made with what is chosen. */
  showWhetherDone() {
    const isDone = this.done !== undefined;
    const isCurrent = this.done === this.wanted;
    this.convert.disabled = !this.planned || this.busy;
    this.convert.textContent = isDone ? 'Convert again' : 'Convert';
    this.convert.classList.toggle('primary', !isCurrent);
    this.plot.classList.toggle('old', isDone && !isCurrent && this.file.kind === 'sound');
  }

  async run() {
    if (this.busy || !this.planned) return;
    this.busy = true;
    this.convert.disabled = true;
    this.problem.hidden = true;
    const options = this.wanted;
    try {
      let job = await ask('POST', `files/${this.file.id}/jobs`, options);
      while (job.state === 'waiting' || job.state === 'running') {
        this.showState(job);
        await pause(POLL_MS);
        if (this.gone) return;
        job = await ask('GET', `jobs/${job.id}`);
      }
      if (job.state === 'failed') throw new Error(job.error);
      this.done = options;
      this.showResult(job);
      announce(`${this.name} is converted`);
    } catch (error) {
      this.problem.hidden = false;
      this.problem.textContent = this.worded(error.message);
    }
    this.state.hidden = true;
    this.busy = false;
    this.showWhetherDone();
  }

  showState(job) {
    const text = job.state === 'running' ? 'converting \u2026' :
      job.waits_for > 0 ? `waiting for ${job.waits_for} before it \u2026` : 'about to begin \u2026';
    this.state.hidden = false;
    if (this.state.dataset.text === text) return;
    this.state.dataset.text = text;
    this.state.replaceChildren(make('span', {class: 'spinner'}), text);
  }

  /** picture: width, height, and of a note encoding, seconds, sample_rate. */
  showPicture(address, picture, isOfTiles = false) {
    const isSpectrogram = picture.encoding !== undefined;
    const isScaled = picture.width > PREVIEW.width || picture.height > PREVIEW.height;
    const what = isSpectrogram ? 'Spectrogram' : 'Picture';
    const image = make('img', {src: address, alt: `${what}: ${visible(this.name)}`});
    image.addEventListener('error', () => {
      this.plot.hidden = true;
      this.caption.hidden = true;
    });
    this.cursor = make('div', {class: 'cursor', hidden: true});
    this.plot.className = 'plot';
    this.plot.classList.toggle('whole', !isSpectrogram);
    this.plot.classList.toggle('dim', isScaled && /^(hsv|hsvx)/.test(picture.encoding ?? ''));
    this.plot.replaceChildren(image, this.cursor);
    this.plot.hidden = false;
    this.caption.hidden = !isSpectrogram;
    if (!isSpectrogram) return;
    this.showsTime = !isOfTiles;
    this.caption.replaceChildren(
      make('span', {}, isOfTiles ? 'the first of several' : `0${NB}s`),
      make('span', {}, `${plain(picture.width)} \u00d7 ${plain(picture.height)} pixels, ${picture.encoding}`),
      make('span', {}, isOfTiles ? '' : duration(picture.seconds)));
  }

  addPlayer(label, address, isResult) {
    const name = `${label}: ${visible(this.name)}`;
    const audio = make('audio', {controls: '', preload: 'metadata', src: address, 'aria-label': name});
    const text = make('span', {}, label);
    const player = make('div', {class: 'field'}, text, audio);
    audio.addEventListener('play', () => {
      for (const other of document.querySelectorAll('audio')) if (other !== audio) other.pause();
      this.follow(audio);
    });
    audio.addEventListener('seeked', () => this.follow(audio));
    audio.addEventListener('error', () => { text.textContent = `${label}: this browser cannot play it`; });
    if (isResult) this.players.replaceChildren(player); else this.players.append(player);
  }

  /** Shows in the picture what is to be heard. */
  follow(audio) {
    if (!this.showsTime || !this.cursor) return;
    this.cursor.hidden = !(audio.duration > 0);
    this.cursor.style.left = `${(100 * audio.currentTime) / audio.duration}%`;
    if (!audio.paused && audio.isConnected) requestAnimationFrame(() => this.follow(audio));
  }

  showResult(job) {
    const isPicture = job.picture !== undefined;
    if (isPicture) this.showPicture(`jobs/${job.id}/preview`, job.picture, job.outputs.length > 1);
    if (!isPicture && this.file.kind === 'sound') this.plot.hidden = true;
    if (this.file.kind === 'picture') this.addPlayer('What the picture sounds like', `jobs/${job.id}/outputs/0`, true);
    const saved = make('p', {class: 'quiet', role: 'status'});
    const buttons = job.outputs.map((output, i) => make('a', {
      class: 'button', href: `jobs/${job.id}/outputs/${i}?download=1`, download: output.name,
    }, `Download ${visible(output.name)} (${bytes(output.bytes)})`));
    if (settings.folder) buttons.push(this.action('Save to folder', saved, () => this.save(job, saved)));
    if (isPicture) buttons.push(this.action('Turn back into sound', saved, () => this.turnBack(job)));
    const facts = [`done in ${duration(job.seconds)}`];
    if ('snr_db' in job) facts.push(`SNR of the way back ${decibels(job.snr_db)}`);
    if ('convergence_db' in job) facts.push(`phases found: magnitudes within ${decibels(job.convergence_db)}`);
    const messages = job.messages.map((text) => make('li', {}, visible(text)));
    this.result.replaceChildren(
      make('p', {class: 'good'}, facts.join(' \u00b7 ')),
      messages.length > 0 ? make('ul', {class: 'messages'}, ...messages) : '',
      make('div', {class: 'outputs'}, ...buttons), saved);
    this.result.hidden = false;
  }

  action(label, status, act) {
    const button = make('button', {type: 'button'}, label);
    button.addEventListener('click', async () => {
      button.disabled = true;
      try {
        await act();
      } catch (error) {
        status.textContent = visible(error.message);
      }
      button.disabled = false;
    });
    return button;
  }

  async save(job, status) {
    const {saved} = await ask('POST', `jobs/${job.id}/save`);
    status.textContent = `saved: ${saved.map(visible).join(', ')}`;
    this.update();  // the next name is another
  }

  async turnBack(job) {
    const file = await ask('POST', `jobs/${job.id}/back`);
    const card = new Card(file.name);
    this.element.after(card.element);
    card.arrive(file);
    card.element.scrollIntoView({block: 'nearest'});
  }
}

// --- files come in, one after another

let arrivals = Promise.resolve();

async function bring(file, card) {
  if (card.gone) return;
  try {
    if (file.size > settings.max_upload_bytes) {
      const most = binaryBytes(settings.max_upload_bytes);
      throw new Error(`this file is larger than ${most}; start with a larger --max-upload`);
    }
    const known = await ask('POST', `files?name=${encodeURIComponent(file.name)}`, file);
    if (card.gone) {
      await ask('DELETE', `files/${known.id}`);
      return;
    }
    card.arrive(known, known.kind === 'sound' ? URL.createObjectURL(file) : undefined);
    announce(`${file.name} is here`);
  } catch (error) {
    card.fail(error);
  }
}

function take(files) {
  for (const file of files) {
    const card = new Card(file.name);
    list.prepend(card.element);
    arrivals = arrivals.then(() => bring(file, card));
  }
}

const drop = document.getElementById('drop');
const choose = document.getElementById('choose');
choose.addEventListener('change', () => {
  take(choose.files);
  choose.value = '';
});
let inside = 0;
addEventListener('dragenter', (event) => {
  event.preventDefault();
  drop.classList.toggle('over', ++inside > 0);
});
addEventListener('dragleave', () => drop.classList.toggle('over', --inside > 0));
addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', (event) => {
  event.preventDefault();
  inside = 0;
  drop.classList.remove('over');
  take(event.dataTransfer.files);
});

document.getElementById('limit').textContent = `(up to ${binaryBytes(settings.max_upload_bytes)} each)`;
document.getElementById('footer').textContent = `spectrohue ${settings.version}` +
  (settings.folder ? ` \u00b7 results may be saved to ${visible(settings.folder)}` : '');
