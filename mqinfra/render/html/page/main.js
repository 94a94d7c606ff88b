// What happens when something is chosen, searched for or pressed.
function choose(address, { quiet = false } = {}) {
  state.chosen = address;
  state.lines = null;
  document.querySelectorAll(".block.chosen, .card.chosen").forEach((one) => one.classList.remove("chosen"));
  const block = blockOf.get(changeOf.get(address));
  if (block !== undefined) document.querySelector(`[data-block="${block}"]`)?.classList.add("chosen");
  renderDetails();
  shade();
  if (state.view === "topology") {
    document.querySelectorAll("#pictures .name").forEach((one) => one.setAttribute("aria-current", one.dataset.address === address));
  }
  if (!quiet && address && matchMedia("(max-width: 1080px)").matches) $("details").focus();
}

function chooseLines(numbers) {
  state.chosen = "";
  state.lines = numbers;
  renderDetails();
  shade();
}

// Go to a resource in the view that is shown: to its picture, or to its block.
function go(address) {
  if (state.view === "topology" && pictures) {
    const scene = sceneOf(address);
    if (scene !== undefined && scene !== current) openScene(scene);
    choose(address);
    if (scene !== undefined) reveal(address);
    return;
  }
  choose(address);
  revealBlock(address);
}

function revealBlock(address) {
  const block = blockOf.get(changeOf.get(address));
  if (block === undefined) return;
  while (waiting.length && !document.querySelector(`[data-block="${block}"]`)) more();
  const element = document.querySelector(`[data-block="${block}"]`);
  element?.classList.add("chosen");
  element?.scrollIntoView({ block: "center" });
  element?.focus({ preventScroll: true });
}

function show(name, address = "") {
  state.view = name;
  for (const one of ["changes", "topology"]) {
    $(`view-${one}`).hidden = one !== name;
    $(`tab-${one}`).setAttribute("aria-selected", one === name);
    $(`tab-${one}`).tabIndex = one === name ? 0 : -1;
  }
  document.body.dataset.view = name;
  if (name === "topology") renderTopology();
  else renderList();
  if (address) go(address);
}

function update() {
  if (state.view === "changes") renderList();
  else {
    renderPictures();
    if (typeof current === "string") openScene(current);
    shade();
    $("clear").hidden = !filtered();
    $("shown").textContent = "";
  }
}

const search = debounced((text) => {
  state.words = text.toLowerCase().split(/\s+/).filter(Boolean);
  update();
}, 90);

function step(by) {
  const blocks = [...document.querySelectorAll(".block")];
  if (!blocks.length) return;
  const at = blocks.findIndex((block) => block.classList.contains("chosen"));
  if (at + by >= blocks.length) more();
  const next = document.querySelectorAll(".block")[Math.min(Math.max(at + by, 0), document.querySelectorAll(".block").length - 1)];
  next.focus({ preventScroll: true });
  choose(next.querySelector("[data-address]").dataset.address, { quiet: true });
  next.scrollIntoView({ block: "nearest" });
}

function nearest(direction) {
  const chosen = view.boxes?.find((one) => one.classList.contains("chosen") || one === document.activeElement);
  const boxes = view.boxes ?? [];
  if (!boxes.length) return;
  const from = chosen?.boxed ?? { x: -1e6, y: view.scene.height / 2 };
  const along = (box) => ({ ArrowRight: box.x - from.x, ArrowLeft: from.x - box.x, ArrowDown: box.y - from.y, ArrowUp: from.y - box.y })[direction];
  const across = (box) => (direction.endsWith("t") ? Math.abs(box.y - from.y) : Math.abs(box.x - from.x));
  const far = (one) => along(one.boxed) + 2 * across(one.boxed);
  const ahead = boxes.filter((one) => one !== chosen && along(one.boxed) > 4);
  const next = ahead.length ? ahead.reduce((best, one) => (far(one) < far(best) ? one : best)) : undefined;
  if (!next) return;
  next.focus({ preventScroll: true });
  chooseBox(next.boxed);
  centre(next.boxed.x, next.boxed.y);
}

function switchTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
}

const KEYS = [
  ["/", "search"], ["Esc", "close, or clear the search"], ["j, k", "next and previous change"], ["Enter", "choose; the first that was found; open in the picture"],
  ["c, t", "changes, topology"], ["arrows", "go through the picture"], ["+, -, 0", "larger, smaller, fit"], ["d", "dark or light"], ["?", "this list"],
];

function press(event) {
  const typing = event.target.matches("input, select, textarea");
  if (event.key === "Escape") {
    if (typing && event.target.value && event.target.id === "search") {
      event.target.value = "";
      search("");
    } else if (typing) event.target.blur();
    else choose("");
    return;
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey || $("help").open) return;
  const inPicture = state.view === "topology" && view.svg;
  const actions = {
    "/": () => $("search").select(), j: () => step(1), k: () => step(-1), c: () => show("changes"), t: () => show("topology"), d: switchTheme,
    "?": () => $("help").showModal(),
    "+": () => inPicture && zoom(1.25), "-": () => inPicture && zoom(1 / 1.25), 0: () => inPicture && fit(true),
  };
  const tab = event.target.getAttribute?.("role") === "tab";
  if (event.key.startsWith("Arrow") && tab) {
    const other = state.view === "changes" ? "topology" : "changes";
    show(other);
    $(`tab-${other}`).focus();
  } else if (event.key.startsWith("Arrow") && inPicture) nearest(event.key);
  else if (event.key === "Enter" && event.target.boxed) {
    if (event.target.classList.contains("chosen")) openInside(event.target.boxed);
    else chooseBox(event.target.boxed);
  } else if (event.key === "Enter" && event.target.matches(".block")) choose(event.target.querySelector("[data-address]").dataset.address);
  else if (actions[event.key] && (state.view === "changes" || !"jk".includes(event.key))) actions[event.key]();
  else return;
  event.preventDefault();
}

if (pictures) indexPictures();
renderSummary();
renderFilters();
renderDetails();
show("changes");
put($("help"), {}, [el("h2", {}, "Keys"), el("dl", {}, KEYS.map(([key, what]) => [el("dt", {}, key.split(", ").map((one) => el("kbd", {}, one))), el("dd", {}, what)])),
  el("form", { method: "dialog" }, el("button", {}, "Close"))]);
$("search").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  search.now();
  const first = document.querySelector(state.view === "topology" ? "#pictures [data-address]" : "#list [data-address]");
  if (first) go(first.dataset.address);
});
$("search").addEventListener("input", (event) => search(event.target.value));
$("theme").addEventListener("click", switchTheme);
$("keys").addEventListener("click", () => $("help").showModal());
for (const name of ["changes", "topology"]) $(`tab-${name}`).addEventListener("click", () => show(name));
addEventListener("keydown", press);
addEventListener("resize", debounced(() => { if (state.view === "topology" && view.svg) fit(); }, 150));
addEventListener("beforeprint", () => more(true));
document.documentElement.dataset.ready = String(Math.round(performance.now()));
