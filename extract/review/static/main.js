// What is shown, and the keys.

const main = {
  wanted: null,
  shown: null,

  route() {
    const match = /^#form=(\d+)$/.exec(location.hash);
    const view = match ? "form" : location.hash === "#forms" ? "list" : "overview";
    for (const name of ["overview", "list", "form"]) byId(name).hidden = name !== view;
    byId("to-overview").classList.toggle("now", view === "overview");
    byId("to-list").classList.toggle("now", view === "list");
    if (view === "list") list.draw();
    if (match) this.load(Number(match[1]));
    else document.title = words.title;
  },

  /** Opens a form; `at`: which of its doubtful values is chosen then, "first" or "last". */
  open(number, at = "") {
    this.wanted = at;
    if (location.hash === `#form=${number}`) this.route();
    else location.hash = `#form=${number}`;
  },

  async load(number) {
    const at = this.wanted;
    this.wanted = null;
    this.shown = number;
    const part = String(Math.floor(number / 1000)).padStart(3, "0");
    const name = String(number % 1000).padStart(3, "0");
    let found = null;
    try {
      await load(`forms/${part}/${name}.js`, "form", (data) => {
        if (data.number === number) found = data;
      });
    } catch {
      found = null;
    }
    if (this.shown !== number) return;
    if (!found) {
      fill(byId("about"), t("no_form"));
      return;
    }
    this.show(found, at);
  },

  show(form, at) {
    values.form = form;
    values.show(form);
    source.show(form);
    detail.hint();
    this.about(form);
    if (at === "first" && form.doubts.length) values.step(1);
    if (at === "last" && form.doubts.length) {
      values.at = form.doubts.length;
      values.step(-1);
    }
    byId("values").focus({preventScroll: true});
  },

  about(form) {
    const get = (name) => value(form, "documents", null, name);
    const name = get("project_name") || get("unit_name") || get("title") || t("no_name");
    document.title = plain(`${name} · ${words.title}`);
    const checks = ["funding_check", "weight_check"].map((one) => {
      const state = get(one);
      return el("span", {class: `check k-${state}`}, columnOf("documents", one)[0], " ", t(`check_${state}`));
    });
    fill(
      byId("about"),
      button("‹", "[", () => this.beside(-1)),
      button("›", "]", () => this.beside(1)),
      el("span", {class: `pill p-${form.about.status}`}, `${SIGNS[form.about.status]} ${t(`status_${form.about.status}`)}`),
      el("h1", {}, cut(name, 80)),
      get("fiscal_year") ? el("span", {class: "year"}, get("fiscal_year")) : null,
      el("span", {class: "kind"}, t(get("form_kind"))),
      form.index ? el("span", {class: "kind"}, t("form_of", {number: form.index + 1})) : null,
      checks,
      el("span", {id: "doubt-count"}),
      button("p", t("previous_doubt"), () => values.step(-1)),
      button("n", t("next_doubt"), () => values.step(1)),
    );
    this.count();
  },

  count() {
    const {doubts} = values.form;
    const told = doubts.length ? t("doubts", {at: values.at < 0 ? "–" : values.at + 1, all: doubts.length}) : t("no_doubts");
    fill(byId("doubt-count"), told);
  },

  beside(by) {
    const other = list.beside(values.form.number, by);
    if (other) this.open(other.number);
    else toast(t(by > 0 ? "last_form" : "first_form"));
  },

  counted() {
    const {size: count} = corrections.entries;
    fill(byId("counted"), count ? t("counted", {count}) : "", count && !corrections.kept ? ` ${SIGNS.warning} ${t("not_kept")}` : "");
    byId("save").disabled = !count;
  },

  help() {
    const keys = [["n", "next_doubt"], ["p", "previous_doubt"], ["← → ↑ ↓", "move"], ["a", "accept_long"], ["c", "correct_long"], ["x", "undo_long"], ["]", "next_form"], ["[", "previous_form"], ["l", "to_list"], ["/", "to_search"], ["s", "save_long"], ["?", "help"]];
    fill(
      byId("help"),
      el("h2", {}, t("help")),
      el("table", {class: "plain"}, el("tbody", {}, keys.map(([key, said]) => el("tr", {}, el("td", {}, el("kbd", {}, key)), el("td", {}, t(said)))))),
      el("p", {class: "note"}, t("help_signs")),
      el("p", {class: "note"}, t("help_keep")),
      button(t("close"), "Esc", () => byId("help").close()),
    );
    byId("help").showModal();
  },

  key(event) {
    const {target} = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (target.closest("input:not([type=checkbox]), textarea, select, dialog")) {
      if (event.key === "Escape") target.blur();
      return;
    }
    const onForm = !byId("form").hidden && values.form;
    const always = {
      "?": () => this.help(),
      l: () => { location.hash = "#forms"; },
      s: () => corrections.entries.size && saveFile(),
      "/": () => { location.hash = "#forms"; this.route(); byId("search").focus(); },
    };
    const ofForm = {
      n: () => values.step(1),
      p: () => values.step(-1),
      a: () => detail.accept(),
      c: () => detail.edit(),
      x: () => detail.undo(),
      "]": () => this.beside(1),
      "[": () => this.beside(-1),
      Escape: () => { values.clear(); source.light([], false); detail.hint(); },
    };
    const step = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[event.key];
    if (onForm && step && values.move(...step)) event.preventDefault();
    const action = (onForm && ofForm[event.key]) || always[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  },

  start() {
    list.take(JSON.parse(byId("listed").textContent));
    byId("listed").remove();
    corrections.listeners.push(() => this.counted());
    corrections.recall();
    list.build();
    byId("who").value = memory.get(`pifubiao:${settings.run}:who`) ?? settings.who;
    byId("who").onchange = () => memory.set(`pifubiao:${settings.run}:who`, byId("who").value.trim());
    byId("save").onclick = saveFile;
    byId("load").onclick = () => byId("file").click();
    byId("file").onchange = () => {
      if (byId("file").files.length) loadFile(byId("file").files[0]);
      byId("file").value = "";
    };
    byId("ask").onclick = () => this.help();
    for (const bar of document.querySelectorAll(".bars tr.link")) {
      const open = () => list.only(bar.dataset.chart, bar.dataset.code);
      bar.onclick = open;
      bar.onkeydown = (event) => event.key === "Enter" && open();
    }
    corrections.listeners.push(() => {
      if (!values.form) return;
      for (const key of values.cells.keys()) values.mark(key);
      if (detail.at && !detail.editing) detail.draw();
    });
    document.addEventListener("keydown", (event) => this.key(event));
    window.addEventListener("hashchange", () => this.route());
    window.addEventListener("beforeunload", (event) => {
      if (corrections.entries.size && !corrections.saved && !corrections.kept) event.preventDefault();
    });
    this.route();
    list.takeRest();
  },
};

main.start();
