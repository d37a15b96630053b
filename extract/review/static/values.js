// The tables of a form: every value can be chosen, findings stand at what they mean.

const HIDDEN = {
  funding: ["amount_raw"],
  goals: [],
  tasks: ["content_truncated", "content_recovered", "recovery_source", "name_truncated"],
  indicators: ["level1_raw", "level2_raw", "level1_basis", "level2_basis", "operator_basis", "value_number", "scale", "name_truncated"],
};
// Columns that are shown only where some row has a value in them.
const SCARCE = ["direction", "achieved", "score", "unit", "weight", "level1", "level2"];
const ABOUT = [
  "source_path", "source_sha256", "form_index", "media_type", "encoding", "form_profile", "status", "form_kind", "funding_check", "weight_check",
  "region_code", "region_name", "region_level", "region_basis", "unit_kind", "unit_key",
];
// A table with more columns is drawn closer.
const MANY = 7;
const CHIEF = {documents: "title", funding: "amount", goals: "text", tasks: "name", indicators: "name"};

const values = {
  form: null,
  chosen: null,
  cells: new Map(),
  rows: new Map(),
  heads: new Map(),
  notes: new Map(),
  at: -1,

  show(form) {
    this.form = form;
    this.chosen = null;
    this.at = -1;
    for (const known of [this.cells, this.rows, this.heads, this.notes]) known.clear();
    corrections.tell(form);
    this.marks = new Map();
    form.marks.forEach(([table, seq, field], number) => {
      const key = keyOf(table, seq, field);
      if (!this.marks.has(key)) this.marks.set(key, []);
      this.marks.get(key).push(number);
    });
    this.told = new Map();
    form.findings.forEach(([table, seq, field], number) => {
      const key = keyOf(table, seq, field);
      if (!this.told.has(key)) this.told.set(key, []);
      this.told.get(key).push(number);
    });
    const box = byId("values");
    fill(box, this.whole(), TABLES.map((table) => this.table(table)));
    box.scrollTop = 0;
    for (const key of this.cells.keys()) this.mark(key);
  },

  /** The findings on the form as a whole. */
  whole() {
    const found = (this.told.get(keyOf(null, null, null)) || []).map((number) => this.note(number));
    return found.length ? el("section", {class: "whole"}, found) : null;
  },

  table(table) {
    const {columns, rows} = this.form.tables[table];
    const notes = this.ofTable(table).map((number) => this.note(number));
    const head = el("h2", {}, settings.tables[table], el("small", {}, table === "documents" ? "" : grouped(rows.length)));
    this.heads.set(table, head);
    const body = table === "documents" ? this.documents() : rows.length ? this.grid(table) : el("p", {class: "none"}, t("no_rows"));
    return el("section", {class: `table t-${table}`}, head, notes, body, table === "indicators" ? this.sum(columns, rows) : null);
  },

  /** Findings on a table that mean none of its rows. */
  ofTable(table) {
    const {rows} = this.form.tables[table];
    const found = [];
    this.form.findings.forEach(([own, seq, field], number) => {
      const ofValue = table === "documents" ? field !== null : seq !== null && seq < rows.length;
      if (own === table && !ofValue) found.push(number);
    });
    return found;
  },

  documents() {
    const {columns, rows} = this.form.tables.documents;
    const shown = columns.filter((name) => !ABOUT.includes(name) && (value(this.form, "documents", null, name) !== null || this.told.has(keyOf("documents", null, name)) || ["title", "fiscal_year", "unit_name"].includes(name)));
    return el(
      "table",
      {class: "fields"},
      el("tbody", {}, shown.map((name) => {
        const row = el("tr", {}, el("th", {scope: "row", title: columnOf("documents", name)[1]}, columnOf("documents", name)[0]), this.cell("documents", null, name, rows[0][columns.indexOf(name)]));
        return [row, ...this.notesAt("documents", null, name, 2)];
      })),
    );
  },

  grid(table) {
    const {columns, rows} = this.form.tables[table];
    const some = (name) => rows.some((row) => row[columns.indexOf(name)] !== null);
    const told = (name) => (name === "basis" ? rows.some((row) => row[columns.indexOf(name)] !== "stated") : !SCARCE.includes(name) || some(name));
    const shown = columns.filter((name) => !HIDDEN[table].includes(name) && told(name));
    const sure = this.form.confidence[table];
    const withSure = sure.some((one) => one !== null && one !== undefined);
    const heads = shown.map((name) => el("th", {scope: "col", class: `v-${name}`, title: columnOf(table, name)[1]}, columnOf(table, name)[0]));
    const body = rows.map((row, seq) => {
      const line = el(
        "tr",
        {data: {seq}},
        el("th", {scope: "row", class: "seq"}, String(seq + 1)),
        shown.map((name) => this.cell(table, seq, name, row[columns.indexOf(name)], seq ? rows[seq - 1][columns.indexOf(name)] : null)),
        withSure ? this.sure(sure[seq]) : null,
      );
      this.rows.set(keyOf(table, seq, null), line);
      const width = shown.length + 1 + Number(withSure);
      const notes = [null, ...columns].flatMap((name) => this.notesAt(table, seq, name, width));
      return [line, ...notes];
    });
    return el("table", {class: shown.length + Number(withSure) > MANY ? "grid many" : "grid"}, el("thead", {}, el("tr", {}, el("th", {class: "seq"}), heads, withSure ? el("th", {class: "sure", title: t("confidence_long")}, t("confidence")) : null)), el("tbody", {}, body));
  },

  sure(one) {
    if (one === null || one === undefined) return el("td", {class: "sure"});
    return el("td", {class: one < settings.doubtful ? "sure low" : "sure"}, one < settings.doubtful ? `${SIGNS.warning} ` : "", percent(one));
  },

  cell(table, seq, name, content, above = null) {
    const key = keyOf(table, seq, name);
    const cell = el("td", {class: `v v-${name}`, tabIndex: -1, data: {table, seq: seq === null ? "" : seq, field: name}});
    cell.onclick = () => this.select(table, seq, name);
    if (name.startsWith("level") && content !== null && content === above) cell.classList.add("again");
    if (content !== null && this.isInferred(key, name)) cell.classList.add("inferred");
    this.cells.set(key, cell);
    return cell;
  },

  /** Whether a value does not stand in the source, but was worked out. */
  isInferred(key, name) {
    const marks = this.marks.get(key) || [];
    return name !== "basis" && (!marks.length || marks.some((mark) => this.form.marks[mark][10] === "inferred"));
  },

  /** What is written in a cell: the value, and what a person said of it. */
  mark(key) {
    const cell = this.cells.get(key);
    const [table, seq, field] = JSON.parse(key);
    const content = value(this.form, table, seq, field);
    const {entry, state} = saidOf(this.form, table, seq, field);
    const severity = this.own(table, seq, field);
    cell.classList.toggle("accepted", state === "accepted");
    cell.classList.toggle("corrected", state === "corrected");
    for (const one of SEVERITIES) cell.classList.toggle(`d-${one}`, one === severity);
    fill(
      cell,
      severity ? sign(severity) : null,
      state === "corrected" ? [el("del", {}, written(table, field, content)), " ", el("ins", {}, written(table, field, entry.new))] : written(table, field, content),
      state ? el("i", {class: `state st-${state}`, title: t(`state_${state}`)}) : null,
    );
  },

  sum(columns, rows) {
    const at = columns.indexOf("weight");
    const known = rows.map((row) => row[at]).filter((one) => one !== null);
    if (!known.length) return null;
    const total = Math.round(known.reduce((sum, one) => sum + Number(one), 0) * 1e6) / 1e6;
    return el("p", {class: "sum"}, t("weight_sum", {sum: total}), [90, 100].includes(total) ? "" : ` ${SIGNS.warning}`);
  },

  note(number) {
    const [table, seq, field, code, severity, message, page, line] = this.form.findings[number];
    const where = [page === null ? "" : t("page", {number: page}), line === null || this.form.source.pages.length ? "" : t("line", {number: line})].filter(Boolean).join(" ");
    const node = el(
      "div",
      {class: `finding f-${severity}`, data: {code}},
      sign(severity),
      el("span", {}, el("b", {}, settings.findings[code] || code), " ", cut(message), " ", el("code", {}, code), where ? el("span", {class: "where"}, ` ${where}`) : null),
    );
    node.onclick = () => {
      if (field !== null && this.form.tables[table].columns.includes(field)) this.select(table, seq, field);
      else if (line !== null) source.lightLine(line);
    };
    this.notes.set(number, node);
    return node;
  },

  notesAt(table, seq, field, width) {
    const found = this.told.get(keyOf(table, seq, field)) || [];
    if (table === "documents" && field === null) return [];
    return found.map((number) => el("tr", {class: "noted"}, el("td", {colSpan: width}, this.note(number))));
  },

  /** The gravest finding on a value. */
  own(table, seq, field) {
    const found = (this.told.get(keyOf(table, seq, field)) || []).map((number) => this.form.findings[number][4]);
    return SEVERITIES.find((severity) => found.includes(severity)) || "";
  },

  /** The gravest finding on a value or on its row. */
  severity(table, seq, field) {
    const found = [this.own(table, seq, field), seq === null ? "" : this.own(table, seq, null)];
    return SEVERITIES.find((severity) => found.includes(severity)) || "";
  },

  /** The values of places that were clicked; one after another where they are several. */
  choose(marks) {
    const all = [...new Set(marks.map((mark) => keyOf(...this.form.marks[mark].slice(0, 3))))];
    const seen = all.filter((key) => this.cells.has(key));
    const keys = seen.length ? seen : all;
    const next = keys[(keys.indexOf(this.chosen) + 1) % keys.length];
    this.select(...JSON.parse(next), {scroll: false});
    for (const key of keys) this.cells.get(key)?.classList.add("also");
  },

  select(table, seq, field, {scroll = true} = {}) {
    this.clear();
    const key = keyOf(table, seq, field);
    this.chosen = key;
    const cell = this.cells.get(key);
    const shown = cell || this.rows.get(keyOf(table, seq, null));
    if (shown) {
      shown.classList.add("chosen");
      shown.scrollIntoView({block: "nearest", inline: "nearest"});
    }
    const at = this.form.doubts.findIndex(([own, row, name]) => keyOf(own, row, name) === key);
    if (at >= 0) this.at = at;
    source.light(this.marks.get(key) || [], scroll);
    detail.show(table, seq, field);
    // What is told of the value takes room from the tables.
    if (shown) shown.scrollIntoView({block: "nearest", inline: "nearest"});
  },

  /** Chooses the cell beside the chosen one; whether there is one. */
  move(across, down) {
    const cell = this.chosen && this.cells.get(this.chosen);
    if (!cell) return false;
    let next = null;
    if (across) {
      next = across > 0 ? cell.nextElementSibling : cell.previousElementSibling;
    } else {
      const {table, field} = cell.dataset;
      const column = [...byId("values").querySelectorAll("td.v")].filter((one) => one.dataset.table === table && (table === "documents" || one.dataset.field === field));
      next = column[column.indexOf(cell) + down];
    }
    if (!next || !next.classList.contains("v")) return false;
    const {table, seq, field} = next.dataset;
    this.select(table, seq === "" ? null : Number(seq), field);
    return true;
  },

  clear() {
    for (const node of byId("values").querySelectorAll(".chosen, .also")) node.classList.remove("chosen", "also");
    this.chosen = null;
  },

  /**
   * The next doubtful value of which nothing was said yet, or the doubtful one before; after the last of a form the
   * first of the next form.
   */
  step(by) {
    const doubts = this.form.doubts;
    let next = this.at + by;
    while (by > 0 && next < doubts.length && this.isSettled(doubts[next])) next += 1;
    if (next >= 0 && next < doubts.length) {
      this.at = next;
      this.goTo(doubts[next]);
      return;
    }
    const other = list.beside(this.form.number, by, (row) => row.doubts > 0);
    if (!other) toast(t(by > 0 ? "no_more" : "none_before"));
    else main.open(other.number, by > 0 ? "first" : "last");
  },

  /** The value that stands for something doubtful; null where that is a table or the form. */
  valueOf([table, seq, field]) {
    if (table === null || (seq === null && (table !== "documents" || field === null))) return null;
    return [table, seq, this.form.tables[table].columns.includes(field) ? field : CHIEF[table]];
  },

  isSettled(doubt) {
    const place = this.valueOf(doubt);
    return place !== null && ["accepted", "corrected", "applied"].includes(saidOf(this.form, ...place).state);
  },

  goTo(doubt) {
    const place = this.valueOf(doubt);
    const findings = doubt[3];
    if (place) {
      const at = this.at;
      this.select(...place);
      this.at = at;
    } else {
      this.clear();
      detail.hint();
      const line = findings.length ? this.form.findings[findings[0]][7] : null;
      if (line === null) source.light([], false);
      else source.lightLine(line);
    }
    const note = findings.length ? this.notes.get(findings[0]) : null;
    for (const node of byId("values").querySelectorAll(".finding.now")) node.classList.remove("now");
    if (note) {
      note.classList.add("now");
      note.scrollIntoView({block: "nearest"});
    }
    main.count();
  },
};

function keyOf(table, seq, field) {
  return JSON.stringify([table, seq, field]);
}

function columnOf(table, name) {
  return settings.columns[table][name] || [name.replaceAll("_", " "), "", null];
}

/** A value as the table holds it; null where it holds none. */
function value(form, table, seq, field) {
  const {columns, rows} = form.tables[table];
  return rows[table === "documents" ? 0 : seq][columns.indexOf(field)] ?? null;
}

/** What a person said of a value, and what has become of that. */
function saidOf(form, table, seq, field) {
  const content = value(form, table, seq, field);
  const before = corrections.before(table, seq, field);
  const own = corrections.of(form, table, seq, field);
  const entry = own || before;
  if (!entry) return {entry: null, state: "", own: false};
  const read = before && before.new === content ? before.old : content;
  let state = entry.new === content ? "applied" : "stale";
  if (entry.source_sha256 !== form.sha) {
    state = "stale";
  } else if (entry.old === read || entry.old === content) {
    if (entry.new !== content) state = "corrected";
    else if (entry.old === content) state = "accepted";
  }
  return {entry, state, own: Boolean(own)};
}

/** A value as people want to read it. */
function written(table, field, content) {
  if (content === null) return el("span", {class: "null"}, "–");
  if (table === "funding" && ["category", "source"].includes(field)) return text(settings.terms[field][content] || content);
  if (table === "funding" && field === "amount") return text(withThousands(content));
  if (field.endsWith("basis")) return text(words[`basis_${content}`] || content);
  return cut(content);
}

function percent(one) {
  const found = 100 * one;
  return found > 99 && found < 100 ? `${(Math.floor(found * 10) / 10).toFixed(1)} %` : `${Math.floor(found)} %`;
}
