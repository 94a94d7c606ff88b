// Which pictures there are, what a search finds in them, and which one is shown.
const home = new Map(); // number of a node -> number of the picture that it is at home in
const aloneOf = new Map(); // number of a node -> number of the list that it stands in
let current; // number of a picture, or `alone:` and the number of a list

function indexPictures() {
  pictures.scenes.forEach((scene, at) => {
    for (const box of scene.boxes) {
      const own = scene.inside < 0 && !box.guest;
      for (const node of box.nodes) if (own || !home.has(node)) home.set(node, own || box.nodes.length === 1 ? at : home.get(node) ?? at);
    }
  });
  pictures.scenes.forEach((scene, at) => {
    for (const box of scene.boxes) for (const node of box.parts) if (!home.has(node)) home.set(node, at);
  });
  pictures.alone.forEach((list, at) => list.nodes.forEach((node) => { if (!home.has(node)) aloneOf.set(node, at); }));
  pictures.alone.forEach((list, at) => list.nodes.forEach((node) => aloneOf.set(node, at)));
}

// Where a resource is drawn: a picture, a list of what hangs on nothing, or undefined.
function sceneOf(address) {
  if (!pictures) return undefined;
  const node = nodeOf.get(address);
  if (node !== undefined) {
    if (aloneOf.has(node)) return `alone:${aloneOf.get(node)}`;
    return home.get(node);
  }
  const lines = linesBy.get(address);
  if (!lines) return undefined;
  const found = pictures.scenes.findIndex((scene) => scene.arrows.some((arrow) => arrow.lines.some((of) => lines.includes(of))));
  return found >= 0 ? found : undefined;
}

function renderPictures() {
  const nav = $("pictures");
  if (!pictures) {
    nav.replaceChildren(el("p", { class: "empty" }, data.hint));
    return;
  }
  const found = filtered() ? pictures.nodes.map((_, at) => at).filter(nodeShown) : [];
  const lines = state.words.length ? [...linesBy.keys()].filter((by) => !nodeOf.has(by) && changeOf.has(by) && changeShown(changeOf.get(by))) : [];
  nav.replaceChildren(...(filtered() ? results(found, lines) : pictureList()));
}

function results(found, lines) {
  const item = (address, status, label, title) => el("li", { class: `line-item st-${status}` },
    el("span", { class: "dir" }, SYMBOLS[status] ?? "·"),
    el("button", { class: "name", type: "button", "data-address": address, "aria-current": state.chosen === address, onclick: () => go(address) }, marked(label, state.words)),
    el("span", { class: "word" }, title));
  const order = [...found].sort((one, other) => Boolean(SYMBOLS[pictures.nodes[other].status]) - Boolean(SYMBOLS[pictures.nodes[one].status]));
  const shown = order.slice(0, 300).map((at) => pictures.nodes[at]).map((node) => item(node.address, node.status, node.label, node.title));
  const more = lines.slice(0, 100).map((by) => data.changes[changeOf.get(by)]).map((change) => item(change.address, change.action, change.label, change.title));
  return [el("h3", {}, plural(found.length + lines.length, "resource"), " found"),
    el("ul", { class: "lines" }, shown, more),
    found.length > shown.length ? el("p", { class: "tip" }, `and ${number(found.length - shown.length)} more`) : ""];
}

function pictureList() {
  const areas = new Map();
  const add = (area, entry) => areas.set(area, [...(areas.get(area) ?? []), entry]);
  pictures.scenes.forEach((scene, at) => {
    if (scene.inside < 0) add(scene.area, { of: at, title: titleOf(scene), nodes: scene.boxes.flatMap((box) => (box.guest ? [] : [...box.nodes, ...box.parts])) });
  });
  pictures.alone.forEach((list, at) => add(list.area, { of: `alone:${at}`, title: "On their own", nodes: list.nodes, last: true }));
  const changed = (nodes) => nodes.filter((of) => SYMBOLS[pictures.nodes[of].status]).length;
  return [...areas].sort(([one], [other]) => (one < other ? -1 : 1)).flatMap(([area, entries]) => [
    el("h3", {}, area),
    el("ul", {}, entries.map((entry) => ({ ...entry, changed: changed(entry.nodes) }))
      .sort((one, other) => Boolean(one.last) - Boolean(other.last) || other.changed - one.changed)
      .map((entry) => el("li", {}, el("button", { type: "button", class: "picture", "data-picture": entry.of, "aria-current": entry.of === current,
        onclick: () => openScene(entry.of) },
        el("span", { class: "picture-title" }, entry.title),
        entry.changed ? el("span", { class: "changed", title: `${number(entry.changed)} change` }, number(entry.changed)) : "",
        el("span", { class: "count", title: plural(entry.nodes.length, "resource") }, number(entry.nodes.length)))))),
  ]);
}

// A picture is called after the box that most arrows touch.
function titleOf(scene) {
  if (scene.inside >= 0) return pictures.nodes[scene.inside].label;
  const touched = scene.boxes.map(() => 0), at = new Map();
  scene.boxes.forEach((box, index) => [...box.nodes, ...box.parts].forEach((of) => at.set(of, index)));
  for (const arrow of scene.arrows) {
    for (const line of arrow.lines) {
      touched[at.get(pictures.lines[line].source)] += 1;
      touched[at.get(pictures.lines[line].target)] += 1;
    }
  }
  // What an entry declares says more than what sugar makes of it.
  const weight = (box) => (box.guest ? 0.001 : pictures.nodes[box.nodes[0]].makers.length ? 0.1 : 1);
  const own = touched.map((count, index) => count * weight(scene.boxes[index]));
  const most = own.indexOf(Math.max(...own));
  return pictures.nodes[scene.boxes[most].nodes[0]].label;
}

function openScene(of) {
  if (of === undefined) return;
  const inner = typeof of === "number" && pictures.scenes[of].inside >= 0;
  if (!inner) view.back = undefined;
  else if (current !== of) view.back = current ?? view.back;
  current = of;
  if (state.view !== "topology") return;
  if (typeof of === "number") {
    const scene = pictures.scenes[of];
    view.title = inner ? `${titleOf(scene)}: what it makes` : `${scene.area} · ${titleOf(scene)}`;
    drawScene(of);
  } else drawAlone(Number(of.slice(6)));
  document.querySelectorAll(".picture").forEach((button) => button.setAttribute("aria-current", button.dataset.picture === String(of)));
}

function drawAlone(index) {
  const list = pictures.alone[index];
  view.svg = view.scene = null;
  const shown = filtered() ? list.nodes.filter(nodeShown) : list.nodes;
  const kinds = new Map();
  const rank = (of) => (SYMBOLS[pictures.nodes[of].status] ? 0 : 1);
  for (const of of [...shown].sort((one, other) => rank(one) - rank(other))) {
    const title = pictures.nodes[of].title;
    kinds.set(title, [...(kinds.get(title) ?? []), of]);
  }
  const card = (of) => {
    const node = pictures.nodes[of];
    return el("button", { class: `card st-${node.status}${node.address === state.chosen ? " chosen" : ""}`, type: "button", title: node.address, onclick: () => choose(node.address) },
      el("span", { class: "card-name" }, `${SYMBOLS[node.status] ? `${SYMBOLS[node.status]} ` : ""}${node.label}`), node.caption ? el("span", { class: "kind" }, node.caption) : "");
  };
  const groups = [...kinds].map(([title, some]) => {
    const grid = el("div", { class: "cards" });
    const fill = (most) => grid.append(...some.splice(0, most).map(card));
    const count = some.length;
    fill(240);
    const rest = some.length ? el("button", { class: "link", type: "button", onclick: (event) => { fill(some.length); event.currentTarget.remove(); } }, `and ${number(some.length)} more`) : "";
    return el("section", {}, el("h3", {}, many(title), el("span", { class: "count" }, number(count))), grid, rest);
  });
  $("canvas").replaceChildren(el("div", { class: "alone" }, el("p", { class: "tip" }, `${list.area}: what is joined to nothing`), groups));
}

// The picture with the most changes comes first.
function firstScene() {
  const score = (scene) => scene.boxes.reduce((sum, box) => sum + (SYMBOLS[box.status] ? 1 + Boolean(scene.arrows.length) : 0), 0);
  const own = pictures.scenes.map((scene, at) => [scene, at]).filter(([scene]) => scene.inside < 0);
  if (!own.length) return pictures.alone.length ? "alone:0" : undefined;
  return own.reduce((best, one) => (score(one[0]) > score(best[0]) ? one : best))[1];
}

function renderTopology() {
  renderPictures();
  if (!pictures) {
    $("canvas").replaceChildren(el("p", { class: "empty" }, data.hint));
    return;
  }
  if (current === undefined) current = firstScene();
  openScene(current);
}
