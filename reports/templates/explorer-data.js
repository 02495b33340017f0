// The data of the explorer: unpacking, filtering, adding up, printing figures. Knows nothing of the page.
"use strict";

// Text of a data block: base64 of deflated JSON.
async function unpack(id) {
  const letters = atob(document.getElementById(id).textContent.trim());
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(await new Response(stream).text());
}

// A word of the page, with {0}, {1} filled in.
const fill = (text, ...values) => text.replace(/\{(\d)\}/g, (_, i) => String(values[i]));

const DAY_MS = 86400000;
const AGES = [[0, 7], [8, 15], [16, 30], [31, 60], [61, null]];

// The list as columns. Amounts are integers of minor units: numbers while every sum of them is exact, else BigInt.
class Book {
  constructor(head) {
    Object.assign(this, head);
    const exact = head.exact;
    this.zero = exact ? 0 : 0n;
    const amounts = (column) => (exact ? column : column.map((text) => (text === null ? null : BigInt(text))));
    for (const name of ["left", "right", "delta"]) this[name] = amounts(head[name]);
    this.size = head.id.length;
    this.magnitude = this.delta.map((minor) => (minor < this.zero ? -minor : minor));
    // Only compared, to put rows of different currencies in one order.
    this.major = this.magnitude.map((minor, i) => Number(minor) / 10 ** head.currencies[head.currency[i]][1]);
    this.age = head.day.map((day) => Math.max(head.today - day, 0));
    this.legOf = head.causes.map(([leg]) => head.legs.findIndex(([name]) => name === leg));
    this.leg = head.cause.map((cause) => this.legOf[cause]);
    this.text = head.id.map((id, i) =>
      [id, head.order[i], head.reference[i], head.batches[head.batch[i]]].join("\n").toLowerCase());
    this.first = Date.parse(head.first + "T00:00:00Z");
    this.keys = {
      kind: head.kinds.map(([key]) => key),
      leg: head.legs.map(([key]) => key),
      channel: head.channels.map(([key]) => key),
      cause: head.causes.map(([leg, code]) => `${leg}.${code}`),
      currency: head.currencies.map(([key]) => key),
      severity: head.severities.map(([key]) => key),
      state: head.states.map(([key]) => key),
    };
  }

  date(days) {
    return days === null ? "" : new Date(this.first + days * DAY_MS).toISOString().slice(0, 10);
  }

  // "1234.5" as minor units of a currency with that many decimals; null where it is no amount. Never rounds: a bound
  // with more decimals than the currency lies between two amounts, and `up` says which of them counts.
  minor(text, decimals, up) {
    const found = /^(\d*)(?:\.(\d*))?$/.exec(text.replace(/[,，\s]/g, ""));
    if (!found || !(found[1] || found[2])) return null;
    const part = (found[2] || "").padEnd(decimals, "0");
    const whole = BigInt((found[1] || "0") + part.slice(0, decimals));
    const rest = /[1-9]/.test(part.slice(decimals)) && up ? 1n : 0n;
    return this.exact ? Number(whole + rest) : whole + rest;
  }

  // Minor units as printed: 1234567 -> 12,345.67 with a true minus sign.
  show(minor, currency) {
    const decimals = this.currencies[currency][1];
    return showMinor(minor, decimals);
  }

  // Shorter where every digit does not fit: 1,234.5 万, 1.2m. Half up, from the digits.
  short(minor, currency) {
    const text = this.show(minor, currency);
    if (text.length <= 10) return text;
    const decimals = this.currencies[currency][1];
    const zh = this.language === "zh";
    const whole = String(minor).replace("-", "").length - decimals;
    const [power, unit] = zh ? (whole > 9 ? [8, " 亿"] : [4, " 万"]) : (whole > 7 ? [6, "m"] : [3, "k"]);
    const step = 10n ** BigInt(decimals + power - 1);
    const tenths = (BigInt(minor) + (minor < this.zero ? -step : step) / 2n) / step;
    return showMinor(tenths, 1) + unit;
  }
}

function showMinor(minor, decimals) {
  const digits = String(minor).replace("-", "").padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/g, ",");
  return (minor < 0 ? "−" : "") + whole + (decimals ? "." + digits.slice(-decimals) : "");
}

const FACETS = ["kind", "leg", "channel", "cause", "currency", "severity", "state"];
const RANGES = ["min", "max", "young", "old"];

// What is asked for: a set of keys a facet (empty: all), four bounds and a text; and the way to and from a link.
class Wanted {
  constructor(hash = "") {
    const given = new URLSearchParams(hash.replace(/^#/, ""));
    for (const facet of FACETS) this[facet] = new Set((given.get(facet) ?? "").split("~").filter(Boolean));
    if (given.has("channel") && given.get("channel") === "~") this.channel.add("");
    for (const name of [...RANGES, "q", "open"]) this[name] = given.get(name) ?? "";
    const [column, way] = (given.get("sort") ?? "").split(".");
    this.sort = SORTS[column] ? column : "severity";
    this.down = SORTS[column] ? way !== "up" : true;
  }

  hash() {
    const said = new URLSearchParams();
    for (const facet of FACETS) if (this[facet].size) said.set(facet, [...this[facet]].sort().join("~") || "~");
    for (const name of [...RANGES, "q"]) if (this[name]) said.set(name, this[name]);
    if (this.sort !== "severity" || !this.down) said.set("sort", this.sort + (this.down ? ".down" : ".up"));
    if (this.open) said.set("open", this.open);
    return String(said);
  }

  isNarrowed() {
    return FACETS.some((facet) => this[facet].size) || [...RANGES, "q"].some((name) => this[name] !== "");
  }
}

// How rows are put in order; the list's own order (by day) decides between equals.
const SORTS = {
  severity: (book) => (a, b) => book.severity[b] - book.severity[a] || book.major[a] - book.major[b],
  cause: (book) => (a, b) => book.cause[a] - book.cause[b],
  channel: (book) => (a, b) => book.channel[a] - book.channel[b],
  number: (book) => (a, b) => compare(book.order[a] || book.reference[a], book.order[b] || book.reference[b]),
  amount: (book) => (a, b) => book.major[a] - book.major[b],
  currency: (book) => (a, b) => book.currency[a] - book.currency[b],
  day: (book) => (a, b) => book.day[a] - book.day[b],
  age: (book) => (a, b) => book.age[a] - book.age[b],
  state: (book) => (a, b) => book.state[a] - book.state[b],
};
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

// Rows that fit, and for each facet how many would fit if it alone were open. A row may miss one filter and still
// count for the facet of that filter.
function sift(book, wanted) {
  const tests = FACETS.map((facet) => {
    if (!wanted[facet].size) return null;
    return Uint8Array.from(book.keys[facet], (key) => (wanted[facet].has(key) ? 1 : 0));
  });
  const bounds = book.currencies.map(([, decimals]) =>
    [book.minor(wanted.min, decimals, true), book.minor(wanted.max, decimals, false)]);
  const young = wanted.young === "" ? -Infinity : Number(wanted.young);
  const old = wanted.old === "" ? Infinity : Number(wanted.old);
  const words = wanted.q.toLowerCase().split(/\s+/).filter(Boolean);
  const counts = Object.fromEntries(FACETS.map((facet) => [facet, new Uint32Array(book.keys[facet].length)]));
  const ages = new Uint32Array(AGES.length);
  const columns = FACETS.map((facet) => book[facet]);
  const fits = [];
  const cells = new Map(); // cause and channel: as if neither of these two were asked for
  for (let i = 0; i < book.size; i++) {
    let missed = 0;
    let which = -1;
    for (let f = 0; f < tests.length; f++) {
      if (tests[f] && !tests[f][columns[f][i]]) {
        missed++;
        which = which < 0 ? f : which === CHANNEL && f === CAUSE ? BOTH : MANY;
        if (which === MANY) break;
      }
    }
    if (which === MANY) continue;
    const [low, high] = bounds[book.currency[i]];
    const magnitude = book.magnitude[i];
    if ((low !== null && magnitude < low) || (high !== null && magnitude > high)) continue;
    if (!words.every((word) => book.text[i].includes(word))) continue;
    const isAged = book.age[i] >= young && book.age[i] <= old;
    if (!missed) ages[AGES.findIndex(([, last]) => last === null || book.age[i] <= last)]++;
    if (!isAged) continue;
    if (!missed) {
      fits.push(i);
      for (let f = 0; f < FACETS.length; f++) counts[FACETS[f]][columns[f][i]]++;
    } else if (which >= 0) {
      counts[FACETS[which]][columns[which][i]]++;
    }
    if (!missed || which === CHANNEL || which === CAUSE || which === BOTH) {
      const key = book.cause[i] * book.channels.length + book.channel[i];
      let cell = cells.get(key);
      if (!cell) cells.set(key, (cell = new Sum(book)));
      cell.add(i);
    }
  }
  return { fits, counts, ages, cells };
}
const CHANNEL = FACETS.indexOf("channel");
const CAUSE = FACETS.indexOf("cause");
const BOTH = -2;
const MANY = -3;

// A number of differences and, a currency at a time, their net and absolute amounts.
class Sum {
  constructor(book) {
    this.book = book;
    this.count = 0;
    this.net = new Map();
    this.abs = new Map();
  }

  add(i) {
    const currency = this.book.currency[i];
    this.count++;
    this.net.set(currency, (this.net.get(currency) ?? this.book.zero) + this.book.delta[i]);
    this.abs.set(currency, (this.abs.get(currency) ?? this.book.zero) + this.book.magnitude[i]);
  }

  take(other) {
    this.count += other.count;
    for (const [mine, theirs] of [[this.net, other.net], [this.abs, other.abs]])
      for (const [currency, minor] of theirs) mine.set(currency, (mine.get(currency) ?? this.book.zero) + minor);
  }

  currencies() {
    return [...this.abs.keys()].sort((a, b) => a - b);
  }
}

function sorted(book, fits, wanted) {
  const order = SORTS[wanted.sort](book);
  const way = wanted.down ? -1 : 1;
  return fits.slice().sort((a, b) => way * order(a, b) || a - b);
}
