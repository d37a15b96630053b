// The source of a form: its lines or its pages, with every place of a value in them.

const WIDE = 90;
const FAR = 260;
const SOME = 6;

const source = {
  form: null,
  // By the number of a place: the nodes that show it.
  nodes: new Map(),
  lit: [],
  zoom: 1,
  wrap: true,

  show(form) {
    this.form = form;
    this.nodes.clear();
    this.lit = [];
    const {missing, lines, pages} = form.source;
    const body = byId("source-body");
    body.className = pages.length ? "pages" : "lines";
    body.scrollTop = body.scrollLeft = 0;
    if (pages.length) fill(body, pages.map((page) => this.page(page)));
    else if (lines.length) fill(body, this.lines(lines));
    else fill(body, el("p", {class: "gone"}, t(missing || "no_place")), this.texts());
    this.bar();
  },

  bar() {
    const {form} = this;
    const paged = form.source.pages.length > 0;
    const buttons = paged
      ? [button("−", t("zoom_out"), () => this.scale(1 / 1.25)), button("+", t("zoom_in"), () => this.scale(1.25)), button("↔", t("zoom_fit"), () => this.scale(0))]
      : form.source.lines.length
        ? [button("⏎", t("wrap"), () => this.turnWrap())]
        : [];
    fill(
      byId("source-bar"),
      el("bdi", {class: "path", title: form.path}, form.path),
      el("span", {class: "kind"}, [form.about.media_type, form.about.encoding].filter(Boolean).join(" · ")),
      el("span", {class: "tools"}, buttons),
    );
    this.scale(1, true);
  },

  scale(factor, keep = false) {
    if (!keep) this.zoom = factor ? Math.min(Math.max(this.zoom * factor, 0.5), 4) : 1;
    byId("source-body").style.setProperty("--zoom", this.zoom);
  },

  turnWrap() {
    this.wrap = !this.wrap;
    byId("source-body").classList.toggle("unwrapped", !this.wrap);
  },

  lines(lines) {
    const widths = lines.map((line) => (Array.isArray(line) ? width(line[1]) : 0));
    const far = widths.filter((one) => one > WIDE).length;
    // A page whose layout was kept is of no use folded; paragraphs are of none unfolded.
    this.wrap = Math.max(...widths) > FAR || far < SOME;
    byId("source-body").classList.toggle("unwrapped", !this.wrap);
    const doubted = this.doubtedLines();
    return lines.map((line) => {
      if (!Array.isArray(line)) return el("div", {class: "gap"}, t("lines_left_out", {count: grouped(line)}));
      const [number, segments] = line;
      const found = doubted.get(number);
      return el(
        "div",
        {class: "line", data: {line: number}},
        el("span", {class: "number"}, found ? sign(found.severity, found.told) : null, String(number)),
        el("code", {}, segments.map((segment) => this.segment(segment))),
      );
    });
  },

  /** By the number of a line: the gravest finding that points at it, and what all of them say. */
  doubtedLines() {
    const found = new Map();
    for (const [, , , code, severity, message, , line] of this.form.findings) {
      if (line === null) continue;
      const known = found.get(line) || {severity, told: ""};
      if (SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(known.severity)) known.severity = severity;
      known.told += `${known.told ? "\n" : ""}${code}: ${message}`;
      found.set(line, known);
    }
    return found;
  },

  segment(segment) {
    if (!Array.isArray(segment)) return el("span", {class: "left-out"}, t("characters_left_out", {count: grouped(segment)}));
    const [content, marks] = segment;
    if (!marks) return this.form.about.media_type === "text/html" ? tags(content) : text(content);
    const node = el("span", {class: `mark ${this.tone(marks)}`}, content);
    this.know(node, marks);
    return node;
  },

  page([number, pageWidth, pageHeight, image]) {
    const boxes = new Map();
    this.form.marks.forEach(([, , , page, , box], mark) => {
      if (page !== number || !box) return;
      const key = box.join(" ");
      if (boxes.has(key)) boxes.get(key).marks.push(mark);
      else boxes.set(key, {box, marks: [mark]});
    });
    const nodes = [...boxes.values()].sort((a, b) => size(b.box) - size(a.box)).map(({box, marks}) => {
      const [left, top, right, bottom] = box;
      const node = el("span", {class: `box ${this.tone(marks)}`, title: this.form.marks[marks[0]][7]});
      const part = (value, whole) => `${(100 * value) / whole}%`;
      node.style.left = part(left - 1, pageWidth);
      node.style.top = part(top - 1, pageHeight);
      node.style.width = part(right - left + 2, pageWidth);
      node.style.height = part(bottom - top + 2, pageHeight);
      this.know(node, marks);
      return node;
    });
    const picture = el("img", {alt: t("page", {number}), decoding: "async", draggable: false});
    picture.style.aspectRatio = `${pageWidth} / ${pageHeight}`;
    picture.src = image;
    return el("figure", {class: "page", data: {page: number}}, el("figcaption", {}, t("page", {number})), el("div", {class: "sheet"}, picture, nodes));
  },

  /** What is known of a source that cannot be shown: the texts that stood at its places. */
  texts() {
    const rows = this.form.marks.map((mark, number) => {
      const [, , , page, line, , locator, content, length] = mark;
      const where = locator || (line === null ? "" : t("line", {number: line})) || (page === null ? "" : t("page", {number: page}));
      const shown = el("span", {class: `mark ${this.tone([number])}`}, cut(content), length > [...content].length ? el("span", {class: "left-out"}, t("cut", {count: grouped(length)})) : null);
      this.know(shown, [number]);
      return el("div", {class: "told"}, el("span", {class: "where"}, where), shown);
    });
    return el("div", {class: "texts"}, rows);
  },

  know(node, marks) {
    node.onclick = () => values.choose(marks);
    for (const mark of marks) {
      if (!this.nodes.has(mark)) this.nodes.set(mark, []);
      this.nodes.get(mark).push(node);
    }
  },

  tone(marks) {
    const found = marks.map((mark) => values.severity(...this.form.marks[mark].slice(0, 3)));
    return SEVERITIES.find((severity) => found.includes(severity)) || "";
  },

  /** Lights places, and scrolls to the first of them unless it was clicked itself. */
  light(marks, scroll) {
    for (const node of this.lit) node.classList.remove("lit");
    this.lit = marks.flatMap((mark) => this.nodes.get(mark) || []);
    for (const node of this.lit) node.classList.add("lit");
    if (scroll && this.lit.length) this.lit[0].scrollIntoView({block: "center", inline: "nearest"});
  },

  lightLine(number) {
    for (const node of this.lit) node.classList.remove("lit");
    const line = byId("source-body").querySelector(`[data-line="${Number(number)}"]`);
    this.lit = line ? [line] : [];
    for (const node of this.lit) {
      node.classList.add("lit");
      node.scrollIntoView({block: "center", inline: "nearest"});
    }
  },
};

/** A text in which tags stand back. */
function tags(content) {
  return content.split(/(<[^<>]{0,2000}>)/).map((part, at) => (at % 2 ? el("span", {class: "tag"}, part) : text(part)));
}

function size([left, top, right, bottom]) {
  return (right - left) * (bottom - top);
}

/** How many columns a line takes: a Chinese character counts two. */
function width(segments) {
  let found = 0;
  for (const segment of segments) {
    if (!Array.isArray(segment)) return Infinity;
    for (const character of segment[0]) found += character.codePointAt(0) > 0x2e80 ? 2 : 1;
  }
  return found;
}

function button(label, title, onclick) {
  return el("button", {type: "button", title, onclick}, label);
}
