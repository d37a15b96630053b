// Nodes, words and the browser's memory. No text is ever taken for HTML: it becomes text nodes, and nothing else.

// Without what objects inherit: a source may name something `constructor`.
const settings = JSON.parse(document.getElementById("settings").textContent, (_, value) =>
  value === null || typeof value !== "object" || Array.isArray(value) ? value : Object.assign(Object.create(null), value),
);
const words = settings.words;
const SIGNS = {error: "✖", warning: "▲", info: "●", ok: "✓"};
const SEVERITIES = ["error", "warning", "info"];
const LONG = 1200;

// Controls, direction and other invisible marks, private use, lone surrogates; line ends and tabs aside.
const UNSEEN = /(?![\t\n])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/u;

const byId = (id) => document.getElementById(id);

function t(key, places = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (all, name) => (name in places ? String(places[name]) : all));
}

/** An element with properties and children; texts among these are shown as they are. */
function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "class") node.className = value;
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "title") node.title = plain(value);
    else if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  add(node, children);
  return node;
}

function add(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : text(String(child)));
  }
  return node;
}

function fill(node, ...children) {
  node.replaceChildren();
  return add(node, children);
}

function numbered(character) {
  return `⟨${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

/** What `text` shows, for attributes. */
function plain(content) {
  return UNSEEN.test(content) ? [...content].map((one) => (UNSEEN.test(one) ? numbered(one) : one)).join("") : content;
}

/** A text with what would not show, or would turn the writing around, as its number. */
function text(content) {
  if (!UNSEEN.test(content)) return document.createTextNode(content);
  const found = document.createDocumentFragment();
  let before = "";
  for (const character of content) {
    if (!UNSEEN.test(character)) {
      before += character;
      continue;
    }
    if (before) found.append(before);
    before = "";
    const mark = document.createElement("span");
    mark.className = "unseen";
    mark.append(numbered(character));
    found.append(mark);
  }
  if (before) found.append(before);
  return found;
}

/** A text of a source, of which only the beginning is shown where it is long. */
function cut(content, most = LONG) {
  if (content.length <= most) return el("bdi", {}, content);
  const end = /[\uD800-\uDBFF]$/.test(content.slice(0, most)) ? most - 1 : most;
  return el("bdi", {}, content.slice(0, end), el("span", {class: "left-out"}, t("cut", {count: grouped(content.length)})));
}

function grouped(number) {
  return number.toLocaleString("en-US");
}

/** A decimal with its thousands parted; no digit is lost, as it would be in a number. */
function withThousands(content) {
  const match = /^(-?)(\d+)(\.\d+)?$/.exec(content);
  if (!match) return content;
  return match[1] + match[2].replace(/\B(?=(\d{3})+$)/g, ",") + (match[3] || "");
}

function sign(severity, title = words[`severity_${severity}`]) {
  return el("i", {class: `sign s-${severity}`, title: title || ""});
}

function toast(message) {
  const node = byId("toast");
  fill(node, message);
  node.hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { node.hidden = true; }, 3500);
}

/** What the browser keeps; where it keeps nothing, that is lost with the page. */
const memory = {
  get(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(key, value);
      return true;
    } catch {
      return false;
    }
  },
};

// Only these scripts, of data, are ever loaded.
const LOADED = /^(?:forms\/\d{3,}\/\d{3}|lists\/\d+)\.js$/;
const policy = window.trustedTypes
  ? window.trustedTypes.createPolicy("pifubiao", {createScriptURL: checked})
  : {createScriptURL: checked};

function checked(url) {
  if (!LOADED.test(url)) throw new TypeError(url);
  return url;
}

const waiting = {form: null, list: null};
window.pifubiao = {form: (data) => waiting.form(data), list: (data) => waiting.list(data)};

/** Loads a script of data; what it holds goes to `take`. */
function load(url, kind, take) {
  return new Promise((done, failed) => {
    waiting[kind] = take;
    const script = document.createElement("script");
    script.onload = () => { script.remove(); done(); };
    script.onerror = () => { script.remove(); failed(new Error(url)); };
    script.src = policy.createScriptURL(url);
    document.head.append(script);
  });
}
