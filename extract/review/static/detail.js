// What is known of the chosen value, and what a person says of it.

const detail = {
  at: null,
  editing: false,

  show(table, seq, field) {
    this.at = [table, seq, field];
    this.editing = false;
    this.draw();
  },

  hint() {
    this.at = null;
    this.editing = false;
    fill(byId("detail"), el("p", {class: "hint"}, t(values.form && values.form.doubts.length ? "hint_doubts" : "hint")));
  },

  draw() {
    const [table, seq, field] = this.at;
    const form = values.form;
    const content = value(form, table, seq, field);
    const {entry, state, own} = saidOf(form, table, seq, field);
    const path = [settings.tables[table], seq === null ? null : seq + 1, columnOf(table, field)[0]].filter((one) => one !== null).join(" › ");
    fill(
      byId("detail"),
      el(
        "div",
        {class: "what"},
        el("h3", {title: columnOf(table, field)[1]}, path),
        el(
          "div",
          {class: "actions"},
          this.rule() ? [button(t("accept"), "a", () => this.accept()), button(t("correct"), "c", () => this.edit())] : null,
          own ? button(t("undo"), "x", () => this.undo()) : null,
        ),
      ),
      this.editing ? this.editor(content, entry) : el("div", {class: "now"}, written(table, field, content)),
      state ? this.said(entry, state, content) : null,
      this.facts(table, seq, field),
      this.others(table, seq, field),
    );
  },

  /** What the chosen value may be corrected to; null where it may not. */
  rule() {
    return this.at && columnOf(this.at[0], this.at[2])[2];
  },

  said(entry, state, content) {
    const told = [entry.who, entry.why].filter(Boolean).join(" · ");
    const change = state === "accepted" ? null : [el("del", {}, (state === "corrected" ? content : entry.old) ?? "–"), " → ", el("ins", {}, entry.new ?? "–"), " "];
    return el("p", {class: `said st-${state}`}, el("i", {class: `state st-${state}`}), t(`state_${state}`), " ", change, told ? el("bdi", {}, told) : null);
  },

  facts(table, seq, field) {
    const form = values.form;
    const marks = values.marks.get(keyOf(table, seq, field)) || [];
    const places = marks.map((mark) => {
      const [, , , page, line, , locator, content, length, right] = form.marks[mark];
      const where = locator || [page === null ? "" : t("page", {number: page}), line === null || form.source.pages.length ? "" : t("line", {number: line})].filter(Boolean).join(" ");
      const hidden = !right && form.source.lines.length ? ` ${t("not_shown")}` : "";
      return el("li", {}, el("span", {class: "where"}, where), " ", el("q", {}, cut(content, 160)), length > 160 ? ` ${t("cut", {count: grouped(length)})}` : "", hidden);
    });
    const basis = value(form, table, seq, table === "funding" && field === "amount" ? "basis" : `${field}_basis`) || (marks.length ? form.marks[marks[0]][10] : null);
    const sure = seq === null ? null : form.confidence[table][seq];
    return el(
      "ul",
      {class: "facts"},
      places.length ? places : el("li", {class: "none"}, t(value(form, table, seq, field) === null ? "no_value" : "no_place")),
      basis && field !== "basis" ? el("li", {}, t("basis"), " ", words[`basis_${basis}`] || basis) : null,
      sure === null || sure === undefined ? null : el("li", {class: sure < settings.doubtful ? "low" : ""}, t("confidence"), " ", percent(sure)),
    );
  },

  /** The other values of the row, those that the table leaves out among them. */
  others(table, seq, chosen) {
    if (table === "documents") return null;
    const {columns} = values.form.tables[table];
    const found = columns.filter((name) => !values.cells.has(keyOf(table, seq, name)) && value(values.form, table, seq, name) !== null);
    if (!found.length) return null;
    return el(
      "dl",
      {class: "others"},
      found.map((name) => {
        const {entry, state} = saidOf(values.form, table, seq, name);
        const content = state === "corrected" ? entry.new : value(values.form, table, seq, name);
        const shown = el("dd", {class: name === chosen ? "chosen" : "", data: {field: name}}, written(table, name, content), state ? el("i", {class: `state st-${state}`, title: t(`state_${state}`)}) : null);
        shown.onclick = () => values.select(table, seq, name);
        return el("div", {}, el("dt", {title: columnOf(table, name)[1]}, columnOf(table, name)[0]), shown);
      }),
    );
  },

  editor(content, entry) {
    const rule = this.rule();
    const before = entry ? entry.new : content;
    const area = rule.oneOf.length ? this.choice(rule, before) : el("textarea", {id: "new", rows: (before || "").length > 60 ? 4 : 1, value: before ?? "", spellcheck: false, "aria-label": t("new_value")});
    const why = el("input", {id: "why", placeholder: t("why"), "aria-label": t("why"), value: entry ? entry.why : "", autocomplete: "off"});
    const wrong = el("p", {class: "wrong", role: "alert"});
    const keep = () => {
      const found = typed(area.value, rule);
      if (found.error) fill(wrong, found.error);
      else this.put(found.value, why.value.trim());
    };
    const key = (event) => {
      if (event.key === "Escape") this.stop();
      else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) keep();
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    area.onkeydown = why.onkeydown = key;
    return el("div", {class: "editor"}, area, why, button(t("keep"), "Enter", keep), button(t("cancel"), "Esc", () => this.stop()), el("small", {}, t(rule.empty ? "empty_is_none" : "not_empty")), wrong);
  },

  choice(rule, before) {
    const [table, , field] = this.at;
    const known = rule.empty ? ["", ...rule.oneOf] : rule.oneOf;
    const select = el("select", {id: "new", "aria-label": t("new_value")}, known.map((one) => el("option", {value: one}, one ? written(table, field, one) : "–")));
    select.value = before ?? "";
    return select;
  },

  accept() {
    if (!this.rule()) return;
    const content = value(values.form, ...this.at);
    this.put(content, "");
  },

  edit() {
    if (!this.rule()) return;
    this.editing = true;
    this.draw();
    byId("new").focus();
    if (byId("new").select) byId("new").select();
  },

  stop() {
    this.editing = false;
    this.draw();
    byId("values").focus();
  },

  undo() {
    if (!this.at) return;
    const {entry, own} = saidOf(values.form, ...this.at);
    if (!own) return;
    corrections.drop(entry);
    this.changed();
  },

  put(content, why) {
    const [table, seq, field] = this.at;
    const form = values.form;
    const now = value(form, table, seq, field);
    const before = corrections.before(table, seq, field);
    // A run begins with what it read: of a value that was corrected before, that is what is corrected anew.
    const old = before && before.new === now ? before.old : now;
    corrections.put(form, {
      source_sha256: form.sha,
      source_path: form.path,
      form_index: form.index,
      table,
      seq,
      field,
      old,
      new: content,
      who: byId("who").value.trim(),
      why,
      at: new Date().toISOString(),
    });
    this.changed();
  },

  changed() {
    this.editing = false;
    const key = keyOf(...this.at);
    if (values.cells.has(key)) values.mark(key);
    this.draw();
    byId("values").focus({preventScroll: true});
  },
};
