// The list of forms: to search, filter and sort; only the rows that can be seen are there.

const ROW = 46;
const STATUSES = {e: "error", w: "warning", o: "ok"};
const KINDS = {d: "department", p: "project"};

const list = {
  rows: [],
  shown: [],
  sort: {by: "worst", down: false},
  complete: false,

  take(part) {
    for (const row of part.rows) {
      const [number, status, name, unit, year, kind, folder, file, index, errors, warnings, infos, doubts, risk, codes] = row;
      const path = part.folders[folder] + file;
      const own = codes.map((code) => part.codes[code]);
      this.rows.push({
        number, status: STATUSES[status], name, unit, year, kind: KINDS[kind] || "", path, index,
        errors, warnings, infos, doubts, risk, codes: own, place: this.rows.length,
        sought: `${name}\n${unit}\n${path}\n${year || ""}`.toLowerCase(),
      });
    }
  },

  /** What of the list does not stand in the first page. */
  async takeRest() {
    for (let part = 1; part < settings.parts; part += 1) {
      await load(`lists/${part}.js`, "list", (found) => this.take(found));
    }
    this.complete = true;
    this.fillFilters();
    this.filter();
  },

  build() {
    for (const id of ["by-status", "by-code", "by-kind", "by-year", "by-corrected"]) byId(id).onchange = () => this.filter();
    byId("search").oninput = () => this.filter();
    byId("rows").onscroll = () => this.draw();
    new ResizeObserver(() => this.draw()).observe(byId("rows"));
    byId("rows").onkeydown = (event) => this.key(event);
    corrections.listeners.push(() => (byId("by-corrected").checked ? this.filter() : this.draw()));
    this.fillFilters();
    this.heads();
    this.filter();
    document.body.classList.toggle("no-risk", this.rows.every((row) => row.risk === null));
    fill(byId("worst"), this.rows.length ? this.rows.slice(0, 7).map((row) => this.line(row)) : el("p", {class: "none"}, t("no_rows")));
  },

  fillFilters() {
    const some = (key) => [...new Set(this.rows.flatMap((row) => row[key]))].filter((value) => value !== null);
    options("by-status", t("any_status"), SEVERITIES.concat("ok").filter((s) => some("status").includes(s)), (s) => `${SIGNS[s]} ${t(`status_${s}`)}`);
    options("by-kind", t("any_kind"), some("kind"), (kind) => t(kind));
    options("by-year", t("any_year"), some("year").sort((a, b) => b - a), String);
    const codes = some("codes").sort((a, b) => compared(settings.findings[a] || a, settings.findings[b] || b));
    options("by-code", t("any_finding"), codes, (code) => settings.findings[code] || code);
  },

  heads() {
    const columns = [["worst", ""], ["name", t("name")], ["year", t("year")], ["findings", t("findings")], ["risk", t("risk")], ["corrected", t("corrected")]];
    fill(
      byId("heads"),
      columns.map(([by, label]) => {
        const own = this.sort.by === by;
        const arrow = own && by !== "worst" ? (this.sort.down ? " ▾" : " ▴") : "";
        return el("button", {type: "button", class: `c-${by}`, title: by === "worst" ? t("sort_worst") : t("sort"), onclick: () => this.order(by)}, (label || SIGNS.warning) + arrow);
      }),
    );
  },

  order(by) {
    const down = this.sort.by === by ? !this.sort.down : ["findings", "risk", "corrected", "year"].includes(by);
    this.sort = {by, down};
    this.heads();
    this.filter();
  },

  filter() {
    const wanted = byId("search").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const [status, code, kind, year] = ["by-status", "by-code", "by-kind", "by-year"].map((id) => byId(id).value);
    const corrected = byId("by-corrected").checked;
    this.shown = this.rows.filter(
      (row) =>
        wanted.every((word) => row.sought.includes(word)) &&
        (!status || row.status === status) &&
        (!code || row.codes.includes(code)) &&
        (!kind || row.kind === kind) &&
        (!year || String(row.year) === year) &&
        (!corrected || corrections.form(row.path, row.index) > 0),
    );
    this.arrange();
    const told = {count: grouped(this.shown.length), all: grouped(this.rows.length)};
    fill(byId("matches"), t(settings.parts > 1 && !this.complete ? "matches_so_far" : "matches", told));
    byId("rows").scrollTop = 0;
    this.draw();
  },

  arrange() {
    const {by, down} = this.sort;
    const keys = {
      worst: (row) => row.place,
      name: (row) => `${row.name}\n${row.path}`,
      year: (row) => row.year || 0,
      findings: (row) => row.errors * 1e6 + row.warnings * 1e3 + row.infos,
      risk: (row) => row.risk || 0,
      corrected: (row) => corrections.form(row.path, row.index),
    };
    const key = keys[by];
    this.shown.sort((a, b) => (down ? -1 : 1) * compared(key(a), key(b)) || a.place - b.place);
  },

  draw() {
    const box = byId("rows");
    byId("space").style.height = `${this.shown.length * ROW}px`;
    const first = Math.max(Math.floor(box.scrollTop / ROW) - 6, 0);
    const last = Math.min(first + Math.ceil(box.clientHeight / ROW) + 12, this.shown.length);
    const lines = [];
    for (let at = first; at < last; at += 1) {
      const line = this.line(this.shown[at]);
      line.style.top = `${at * ROW}px`;
      lines.push(line);
    }
    fill(byId("space"), this.shown.length ? lines : el("p", {class: "none"}, t("no_match")));
  },

  line(row) {
    const corrected = corrections.form(row.path, row.index);
    const counts = [["error", row.errors], ["warning", row.warnings], ["info", row.infos]];
    return el(
      "a",
      {class: "row", href: `#form=${row.number}`},
      el("span", {class: "c-worst"}, sign(row.status, t(`status_${row.status}`))),
      el(
        "span",
        {class: "c-name"},
        el("span", {class: "name"}, el("bdi", {}, row.name || t("no_name")), row.unit ? el("bdi", {class: "unit"}, row.unit) : null),
        el("span", {class: "path"}, el("bdi", {}, row.path), row.index ? ` · ${t("form_of", {number: row.index + 1})}` : null),
      ),
      el("span", {class: "c-year"}, row.year ?? "–", el("small", {}, t(row.kind))),
      el("span", {class: "c-findings"}, counts.map(([severity, count]) => (count ? el("span", {class: `pill p-${severity}`}, `${SIGNS[severity]} ${count}`) : null))),
      el("span", {class: "c-risk", title: t("risk_long")}, row.risk === null ? "" : row.risk.toFixed(1)),
      el("span", {class: "c-corrected"}, corrected ? `✎ ${corrected}` : ""),
    );
  },

  /** Where a form stands among those shown; the one beside it, by so many places. */
  beside(number, by, which = () => true) {
    const known = this.shown.some((row) => row.number === number) ? this.shown : this.rows;
    let at = known.findIndex((row) => row.number === number) + by;
    while (at >= 0 && at < known.length && !which(known[at])) at += by;
    return known[at] || null;
  },

  byNumber(number) {
    return this.rows.find((row) => row.number === number) || null;
  },

  key(event) {
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (!step) return;
    const lines = [...byId("space").querySelectorAll("a.row")];
    const at = lines.indexOf(document.activeElement);
    const next = lines[at < 0 ? 0 : at + step];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  },

  /** Shows the forms that a bar of a chart stands for. */
  only(chart, code) {
    for (const id of ["by-status", "by-code", "by-kind", "by-year"]) byId(id).value = "";
    byId("search").value = "";
    byId(chart === "status" ? "by-status" : "by-code").value = code;
    this.filter();
    location.hash = "#forms";
  },
};

function options(id, all, values, label) {
  const select = byId(id);
  const chosen = select.value;
  fill(select, el("option", {value: ""}, all), values.map((value) => el("option", {value: String(value)}, label(value))));
  select.value = chosen;
  select.hidden = values.length < 2;
}
