// A table of thousands of rows: filtered and sorted as data, and made into elements as far as somebody scrolls.
const data = JSON.parse($("data").textContent);
const BATCH = 100;
const levels = new Map(data.kinds.map((kind) => [kind.state, kind.level]));
const ranks = new Map(data.kinds.map((kind, at) => [kind.state, at]));
const texts = data.rows.map((row) => [row.state, row.what, row.name, row.why, row.owner, row.where].join("\n").toLowerCase());
const order = data.rows.map((_, at) => at);
const state = { kind: "", words: [], column: "state", down: false };
let shown = [], drawn = 0;

const byText = (field) => (one, other) => one[field].localeCompare(other[field], "en", { numeric: true });
// What nobody knows stands at the end, whichever way the rest is sorted.
const byNumber = (field) => (one, other, sign) =>
  one[field] === null || other[field] === null
    ? sign * ((one[field] === null) - (other[field] === null))
    : one[field] - other[field];

const COLUMNS = [
  { id: "state", head: "State", style: "state", compare: (one, other) => ranks.get(one.state) - ranks.get(other.state) },
  { id: "name", head: "What", style: "thing", compare: byText("name") },
  { id: "why", head: "Why", style: "why", compare: byText("why") },
  { id: "waiting", head: "Waiting", style: "num", compare: byNumber("waiting"), down: true },
  { id: "arriving", head: "Arriving", style: "num", compare: byNumber("arriving"), down: true },
  { id: "delay", head: "Behind", style: "num", compare: byNumber("delay"), down: true },
  { id: "consumers", head: "Readers", style: "num", compare: byNumber("consumers"), down: true },
  { id: "owner", head: "Owner", style: "owner", compare: byText("owner") },
  { id: "backlog", head: "Backlog", style: "line", compare: (one, other) => slope(one) - slope(other), down: true },
];

function slope(row) {
  const known = row.backlog.filter((value) => value !== null);
  return known.length > 1 ? known[known.length - 1] - known[0] : 0;
}

function perSecond(value) {
  if (value === null) return "";
  if (value === 0) return "0/s";
  return value >= 10 ? `${number(Math.round(value))}/s` : value >= 0.1 ? `${value.toFixed(1)}/s` : `${(value * 60).toFixed(1)}/min`;
}

function spark(row) {
  const points = row.backlog.map((value, at) => [at, value]).filter(([, value]) => value !== null);
  if (points.length < 2) return "";
  const values = points.map(([, value]) => value);
  const least = Math.min(...values), most = Math.max(...values), last = row.backlog.length - 1;
  if (most === 0) return el("span", { class: "flat" }, "empty");
  const x = (at) => 2 + (at / last) * 104, y = (value) => (most === least ? 13 : 23 - ((value - least) / (most - least)) * 20);
  const line = points.map(([at, value], index) => `${index ? "L" : "M"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  const said = `${number(values[0])}, then ${number(values[values.length - 1])}`;
  return draw("svg", { class: "spark", viewBox: "0 0 108 26", role: "img", "aria-label": said },
    draw("title", {}, said),
    draw("path", { class: "under-line", d: `${line}L${x(points[points.length - 1][0]).toFixed(1)} 26L${x(points[0][0]).toFixed(1)} 26Z` }),
    draw("path", { d: line }),
    draw("circle", { cx: x(points[points.length - 1][0]), cy: y(values[values.length - 1]), r: 2 }));
}

function rowOf(at) {
  const row = data.rows[at], level = levels.get(row.state), words = state.words;
  const further = row.further
    ? el("span", { class: "further" }, el("code", {}, row.further), copier(row.further, "command")) : "";
  const cell = (style, head, ...children) => el("td", { class: style, "data-head": head || false }, ...children);
  return el("tr", { class: level },
    cell("", "", el("span", { class: `badge ${level}` }, row.state)),
    cell("", "", el("span", { class: "name" }, marked(row.name, words)), el("span", { class: "kind" }, row.what),
      el("span", { class: "where" }, row.where)),
    cell("", "", el("span", { class: "why" }, marked(row.why, words)), row.since ? el("span", { class: "since" }, row.since) : "", further),
    cell("num", "waiting", row.waiting === null ? "" : number(row.waiting)),
    cell("num", "arriving", perSecond(row.arriving)),
    cell("num", "behind", row.behind),
    cell("num", "readers", row.consumers === null ? "" : number(row.consumers)),
    cell("owner", "owner", marked(row.owner, words)),
    cell("line", "", spark(row)));
}

function drawMore() {
  const next = Math.min(shown.length, drawn + BATCH);
  $("rows").append(...shown.slice(drawn, next).map(rowOf));
  drawn = next;
  $("more").hidden = drawn >= shown.length;
  $("more").textContent = `${plural(shown.length - drawn, "more row")}: show`;
}

function show() {
  const column = COLUMNS.find((one) => one.id === state.column), sign = state.down ? -1 : 1;
  shown = order.filter((at) => (!state.kind || data.rows[at].state === state.kind) && state.words.every((word) => texts[at].includes(word)));
  shown.sort((one, other) => sign * column.compare(data.rows[one], data.rows[other], sign) || one - other);
  $("rows").replaceChildren();
  drawn = 0;
  drawMore();
  $("none").hidden = shown.length > 0;
  for (const head of $("heads").children) {
    if (head.dataset.column === state.column) head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  }
  for (const button of $("tally").children) button.setAttribute("aria-pressed", String(button.dataset.kind === state.kind));
}

$("tally").append(...data.kinds.map((kind) =>
  el("button", { type: "button", class: kind.level, "data-kind": kind.state, "aria-pressed": "false", onclick: () => {
    state.kind = state.kind === kind.state ? "" : kind.state;
    show();
  } }, el("b", {}, number(kind.number)), el("span", {}, kind.state), el("small", {}, kind.meaning))));
$("heads").append(...COLUMNS.map((column) =>
  el("th", { scope: "col", class: column.style, "data-column": column.id },
    el("button", { type: "button", onclick: () => {
      state.down = state.column === column.id ? !state.down : Boolean(column.down);
      state.column = column.id;
      show();
    } }, column.head))));
$("search").addEventListener("input", debounced(() => {
  state.words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  show();
}, 80));
$("more").addEventListener("click", drawMore);
new IntersectionObserver((seen) => {
  if (seen.some((one) => one.isIntersecting) && drawn < shown.length) drawMore();
}, { rootMargin: "600px" }).observe($("more"));
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== $("search")) {
    event.preventDefault();
    $("search").focus();
  }
});
show();
document.documentElement.dataset.ready = "true";
