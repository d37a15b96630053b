// What a person confirmed or corrected, by the source and the place of the value there: kept by the browser, saved to a
// file, loaded from one.

const TABLES = ["documents", "funding", "goals", "tasks", "indicators"];
const KEYS = ["source_sha256", "source_path", "form_index", "table", "seq", "field", "old", "new", "who", "why", "at"];

const corrections = {
  entries: new Map(),
  // The same by the path of the source, for what was said of a source that has changed since.
  byPath: new Map(),
  // What the run knew of the form that is shown.
  told: new Map(),
  // Of each form, by its path and index, how many there are.
  counts: new Map(),
  listeners: [],

  key(entry) {
    return JSON.stringify([entry.source_sha256, entry.form_index, entry.table, entry.seq, entry.field]);
  },

  form(path, index) {
    return this.counts.get(JSON.stringify([path, index])) || 0;
  },

  of(form, table, seq, field) {
    const place = [form.index, table, seq, field];
    return this.entries.get(JSON.stringify([form.sha, ...place])) || this.byPath.get(JSON.stringify([form.path, ...place]));
  },

  /** What the run knew of a value. */
  before(table, seq, field) {
    return this.told.get(JSON.stringify([table, seq, field]));
  },

  tell(form) {
    this.told = new Map(form.said.map((entry) => [JSON.stringify([entry.table, entry.seq, entry.field]), entry]));
  },

  put(form, entry) {
    const known = this.of(form, entry.table, entry.seq, entry.field);
    if (known) this.entries.delete(this.key(known));
    this.entries.set(this.key(entry), entry);
    this.changed();
  },

  drop(entry) {
    this.entries.delete(this.key(entry));
    this.changed();
  },

  changed() {
    this.kept = memory.set(`pifubiao:${settings.run}`, this.lines());
    this.saved = false;
    this.count();
  },

  count() {
    this.counts.clear();
    this.byPath.clear();
    for (const entry of this.entries.values()) {
      this.byPath.set(JSON.stringify([entry.source_path, entry.form_index, entry.table, entry.seq, entry.field]), entry);
      const form = JSON.stringify([entry.source_path, entry.form_index]);
      this.counts.set(form, (this.counts.get(form) || 0) + 1);
    }
    for (const listener of this.listeners) listener();
  },

  recall() {
    const kept = memory.get(`pifubiao:${settings.run}`);
    if (kept) this.take(kept);
    this.kept = this.saved = true;
    this.count();
  },

  /** The file: a line each, in the order of the forms and their tables. */
  lines() {
    const ordered = [...this.entries.values()].sort(
      (a, b) =>
        compared(a.source_path, b.source_path) ||
        a.form_index - b.form_index ||
        TABLES.indexOf(a.table) - TABLES.indexOf(b.table) ||
        (a.seq ?? -1) - (b.seq ?? -1) ||
        compared(a.field, b.field) ||
        compared(a.source_sha256, b.source_sha256),
    );
    return ordered.map((entry) => `${JSON.stringify(entry, KEYS)}\n`).join("");
  },

  /** Takes in the lines of a file, and tells how many were no corrections. */
  take(content) {
    let strange = 0;
    for (const line of content.split("\n")) {
      if (!line.trim()) continue;
      const entry = read(line);
      if (entry) this.entries.set(this.key(entry), entry);
      else strange += 1;
    }
    return strange;
  },
};

function compared(a, b) {
  return a < b ? -1 : Number(a > b);
}

/** The correction that a line of a file holds; null where it holds none. */
function read(line) {
  let found;
  try {
    found = JSON.parse(line);
  } catch {
    return null;
  }
  if (found === null || typeof found !== "object") return null;
  const entry = {};
  for (const key of KEYS) entry[key] = found[key] ?? (["who", "why", "at"].includes(key) ? "" : null);
  const texts = ["source_sha256", "source_path", "table", "field", "who", "why", "at"];
  const sound =
    texts.every((key) => typeof entry[key] === "string") &&
    Number.isInteger(entry.form_index) &&
    TABLES.includes(entry.table) &&
    (entry.seq === null ? entry.table === "documents" : Number.isInteger(entry.seq)) &&
    ["old", "new"].every((key) => entry[key] === null || typeof entry[key] === "string");
  return sound ? entry : null;
}

/** What was typed, as a table holds it: `{value}`, or `{error}`. Nothing typed is no value. */
function typed(content, rule) {
  const value = content.trim();
  if (!value) return rule.empty ? {value: null} : {error: t("bad_empty")};
  if (rule.oneOf.length) return rule.oneOf.includes(value) ? {value} : {error: rule.oneOf.join(", ")};
  if (rule.kind === "decimal" || rule.kind === "integer") return typedNumber(value, rule);
  return rule.pattern && !new RegExp(`^(?:${rule.pattern})$`, "u").test(value) ? {error: rule.pattern} : {value};
}

function typedNumber(value, rule) {
  const number = value.replace(/[,，\s]/g, "");
  if (rule.kind === "integer") return /^-?\d{1,9}$/.test(number) ? {value: String(Number(number))} : {error: t("bad_integer")};
  const match = /^(-?)0*(\d+)(?:\.(\d*?)0*)?$/.exec(number);
  if (!match || match[2].length > rule.digits || (match[3] || "").length > rule.places) return {error: t("bad_decimal", {places: rule.places})};
  const plainNumber = match[2] + (match[3] ? `.${match[3]}` : "");
  return {value: plainNumber === "0" ? "0" : match[1] + plainNumber};
}

function saveFile() {
  const blob = new Blob([corrections.lines()], {type: "application/x-ndjson"});
  const link = el("a", {href: URL.createObjectURL(blob), download: "corrections.jsonl"});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  corrections.saved = true;
  toast(t("saved", {count: corrections.entries.size}));
}

function loadFile(file) {
  const reader = new FileReader();
  reader.onload = () => {
    const before = corrections.entries.size;
    const strange = corrections.take(reader.result);
    corrections.changed();
    const told = t("loaded", {count: corrections.entries.size - before, all: corrections.entries.size});
    toast(strange ? `${told} ${t("strange", {count: strange})}` : told);
  };
  reader.onerror = () => toast(t("not_loaded"));
  reader.readAsText(file, "utf-8");
}
