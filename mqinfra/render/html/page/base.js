// Elements and texts. Texts of the data become text nodes and nothing else: there is no `innerHTML` on this page.
const $ = (id) => document.getElementById(id);

function put(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(3).filter((child) => child !== undefined && child !== null && child !== ""));
  return element;
}

const el = (tag, attributes = {}, ...children) => put(document.createElement(tag), attributes, children);
const draw = (tag, attributes = {}, ...children) =>
  put(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

const number = (value) => value.toLocaleString("en-US");
const plural = (count, noun) => `${number(count)} ${count === 1 ? noun : many(noun)}`;
const many = (noun) => (/[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`);

function debounced(action, wait) {
  let timer, last;
  const later = (...given) => {
    clearTimeout(timer);
    last = given;
    timer = setTimeout(later.now, wait);
  };
  later.now = () => {
    clearTimeout(timer);
    if (last) action(...last);
    last = undefined;
  };
  return later;
}

function say(text) {
  const toast = $("toast");
  toast.textContent = text;
  toast.classList.add("shown");
  clearTimeout(say.timer);
  say.timer = setTimeout(() => toast.classList.remove("shown"), 1600);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = el("textarea", { class: "offscreen" });
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  say("Copied");
}

const copier = (text, what) =>
  el("button", { class: "copy", type: "button", title: `Copy ${what}`, "aria-label": `Copy ${what}`, onclick: () => copy(text) },
    draw("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" },
      draw("rect", { x: 7, y: 7, width: 9, height: 10, rx: 2 }), draw("path", { d: "M4 13V5a2 2 0 0 1 2-2h7" })));

// A text in which what was searched for is marked.
function marked(text, words) {
  const found = words.map((word) => [text.toLowerCase().indexOf(word), word.length]).filter(([at]) => at >= 0);
  if (!found.length) return text;
  const [at, length] = found.sort((one, other) => other[1] - one[1])[0];
  return [text.slice(0, at), el("mark", {}, text.slice(at, at + length)), text.slice(at + length)];
}

const SYMBOLS = { create: "+", update: "~", replace: "-/+", delete: "−", adopt: "=", forget: "×" };
const WORDS = {
  create: "created", update: "changed", replace: "replaced", delete: "deleted", adopt: "adopted", forget: "forgotten",
  unchanged: "stays as it is", declared: "declared; not compared", undeclared: "not declared here",
};
