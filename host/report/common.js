'use strict';

// Stands before the page.js of each page.

// --- numbers and names as text

const plain = (value, digits = 0) =>
  value.toLocaleString('en', {minimumFractionDigits: digits, maximumFractionDigits: digits});

/** Stands between a number and its unit. */
const NB = '\u00a0';

/** Three figures or so: 0.123, 1.23, 12.3, 123, 1,234. */
const short = (value) => plain(value, value >= 100 || value === 0 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3);

const duration = (seconds) => {
  if (seconds < 120) return `${short(seconds)}${NB}s`;
  if (seconds < 7200) return `${short(seconds / 60)}${NB}min`;
  return `${short(seconds / 3600)}${NB}h`;
};

const bytes = (count) => {
  if (count < 1e6) return `${short(count / 1e3)}${NB}kB`;
  if (count < 1e9) return `${short(count / 1e6)}${NB}MB`;
  return `${short(count / 1e9)}${NB}GB`;
};

const decibels = (db) => (db === null ? 'exact' : `${plain(db, 1)}${NB}dB`);
const hertz = (rate) => (rate % 100 === 0 ? `${rate / 1000}${NB}kHz` : `${plain(rate)}${NB}Hz`);
const channels = (n) => (n === 1 ? 'mono' : n === 2 ? 'stereo' : `${n} channels`);

/** Names of files may hold anything: what cannot be seen gets a sign. */
const visible = (name) => name.replace(/[\u0000-\u001f]/g, (c) => String.fromCharCode(0x2400 + c.charCodeAt(0)));

// --- elements. Text only ever becomes text: nothing that comes from a file is parsed as HTML.

/** An attribute that is true is there without a value; false and null ones, and children that are null, are left out. */
const append = (element, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== null) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
};
const make = (tag, attributes = {}, ...children) => append(document.createElement(tag), attributes, children);
