// One picture: boxes and arrows where the layout put them, moved and enlarged by pointer, wheel and keys.
const view = { scale: 1, x: 0, y: 0, scene: null, svg: null, content: null };
const LEAST = 0.08, MOST = 3;

function drawScene(index) {
  const scene = pictures.scenes[index], canvas = $("canvas");
  const content = draw("g", { class: "content" });
  for (const arrow of scene.arrows) content.append(arrowElement(arrow));
  const boxes = scene.boxes.map((box) => boxElement(box));
  content.append(...boxes);
  const svg = draw("svg", { class: "drawing", role: "group", "aria-label": `Picture of ${scene.area}` }, content);
  canvas.replaceChildren(svg, controls(), legend(scene));
  Object.assign(view, { scene, svg, content, boxes });
  listen(svg);
  fit();
  shade();
}

function boxElement(box) {
  const left = box.x - box.width / 2, top = box.y - box.height / 2;
  const addresses = box.nodes.map((of) => pictures.nodes[of].address);
  const text = (x, y, style, words, anchor) => draw("text", { x: x.toFixed(1), y: y.toFixed(1), class: style, "text-anchor": anchor }, words);
  const stack = box.nodes.length > 1
    ? [6, 3].map((by) => draw("rect", { class: "behind", x: left + by, y: top + by, width: box.width, height: box.height, rx: 8 })) : "";
  const element = draw("g", { class: `node st-${box.status}${box.guest ? " guest" : ""}`, tabindex: 0, role: "button",
      "aria-label": `${box.title} ${box.name}, ${WORDS[box.status]}` },
    draw("title", {}, box.nodes.length > 1 ? addresses.slice(0, 20).join("\n") : addresses[0]),
    stack,
    draw("rect", { class: "frame", x: left, y: top, width: box.width, height: box.height, rx: 8 }),
    draw("rect", { class: "edge-mark", x: left, y: top + 9, width: 3, height: box.height - 18, rx: 1.5 }),
    text(left + 13, top + 18.5, "kind", box.title),
    text(left + 13, top + 35.5, "name", box.name),
    box.badge ? text(left + box.width - 11, top + 18.5, "badge", box.badge, "end") : "");
  element.boxed = box;
  element.addEventListener("click", () => { if (!view.moved) chooseBox(box); });
  element.addEventListener("dblclick", () => openInside(box));
  return element;
}

function arrowElement(arrow) {
  const words = arrow.words.map((word, at) =>
    draw("text", { class: "word", "text-anchor": "middle", x: arrow.x, y: (arrow.y - (arrow.words.length - 1) * 7 + at * 14 + 4).toFixed(1) }, word));
  return draw("g", { class: `arrow flow-${arrow.flow} st-${arrow.status}`,
      onclick: () => { if (!view.moved) chooseLines(arrow.lines); } },
    draw("path", { class: "grip", d: arrow.path }),
    draw("path", { class: "wire", d: arrow.path }),
    arrow.head ? draw("path", { class: "head", d: arrow.head }) : "", words);
}

function chooseBox(box) {
  if (box.nodes.length > 1) {
    state.lines = null;
    state.chosen = "";
    renderStack(box);
  } else choose(pictures.nodes[box.nodes[0]].address);
}

function openInside(box) {
  const inside = pictures.scenes.findIndex((scene) => scene.inside === box.nodes[0]);
  if (inside >= 0 && box.nodes.length === 1 && box.parts.length) openScene(inside);
}

function renderStack(box) {
  const nodes = box.nodes.map((of) => pictures.nodes[of]);
  const list = el("ul", { class: "lines" });
  const fill = (word) => list.replaceChildren(...nodes.filter((node) => node.label.toLowerCase().includes(word)).slice(0, 500).map((node) =>
    el("li", { class: `line-item st-${node.status}` }, el("span", { class: "dir" }, SYMBOLS[node.status] ?? "·"),
      el("button", { class: "name", type: "button", onclick: () => choose(node.address) }, node.label))));
  fill("");
  document.body.classList.add("has-chosen");
  $("details").replaceChildren(
    el("header", { class: "details-head" }, closer(), el("div", { class: "kind" }, `${number(nodes.length)} alike: same lines, same change`),
      el("h2", {}, many(nodes[0].title)), el("div", { class: "tags" }, el("span", { class: `tag act-${box.status}` }, WORDS[box.status]))),
    el("input", { class: "within", type: "search", placeholder: "Filter these", "aria-label": "Filter these",
      oninput: (event) => fill(event.target.value.toLowerCase()) }), list);
}

function controls() {
  const tool = (text, title, action) => el("button", { type: "button", title, "aria-label": title, onclick: action }, text);
  const title = view.title ?? "";
  return el("div", { class: "canvas-head" },
    el("div", { class: "crumbs" }, view.back !== undefined ? el("button", { class: "link", type: "button", onclick: () => openScene(view.back) }, "← back") : "", el("b", {}, title)),
    el("div", { class: "zoom" }, tool("−", "Smaller (-)", () => zoom(1 / 1.25)), tool("+", "Larger (+)", () => zoom(1.25)), tool("Fit", "Fit (0)", () => fit(true))));
}

function legend(scene) {
  const statuses = counted(scene.boxes.map((box) => box.status)).map(([status]) => status).filter((status) => SYMBOLS[status]);
  const flows = { messages: "messages", access: "access", membership: "belongs to" };
  const used = counted(scene.arrows.map((arrow) => arrow.flow)).map(([flow]) => flow);
  return el("div", { class: "legend", "aria-hidden": "true" },
    statuses.map((status) => el("span", { class: `st-${status}` }, el("i", { class: "swatch" }), WORDS[status])),
    used.map((flow) => el("span", {}, draw("svg", { viewBox: "0 0 26 8", class: `flow-${flow}` }, draw("path", { class: "wire", d: "M1 4H25" })), flows[flow])));
}

function place() {
  view.content.setAttribute("transform", `translate(${view.x.toFixed(1)} ${view.y.toFixed(1)}) scale(${view.scale.toFixed(4)})`);
}

// The whole picture where it stays readable; else as large as can be read, with what changes in the middle.
function fit(whole = false) {
  const { width, height } = view.svg.getBoundingClientRect();
  const room = { width: width - 64, height: height - 124 };
  const scale = Math.min(room.width / view.scene.width, room.height / view.scene.height, 1.15);
  view.scale = whole ? Math.max(scale, LEAST) : Math.max(scale, 0.62, LEAST);
  if (view.scale <= scale) return centre(view.scene.width / 2, view.scene.height / 2);
  const first = view.scene.boxes.find((box) => SYMBOLS[box.status]) ?? view.scene.boxes[0];
  const within = (at, size, length) => (size * view.scale <= length ? size / 2
    : Math.min(Math.max(at, length / 2 / view.scale), size - length / 2 / view.scale));
  return centre(within(first.x, view.scene.width, room.width), within(first.y, view.scene.height, room.height));
}

function centre(x, y) {
  const { width, height } = view.svg.getBoundingClientRect();
  view.x = width / 2 - x * view.scale;
  view.y = (height + 12) / 2 - y * view.scale;
  place();
}

function zoom(by, x, y) {
  const { width, height } = view.svg.getBoundingClientRect();
  const scale = Math.min(Math.max(view.scale * by, LEAST), MOST), ratio = scale / view.scale;
  const [px, py] = [x ?? width / 2, y ?? height / 2];
  Object.assign(view, { x: px - (px - view.x) * ratio, y: py - (py - view.y) * ratio, scale });
  place();
}

function listen(svg) {
  const held = new Map();
  svg.addEventListener("pointerdown", (event) => {
    held.set(event.pointerId, [event.clientX, event.clientY]);
    view.moved = false;
  });
  svg.addEventListener("pointermove", (event) => {
    const last = held.get(event.pointerId);
    if (!last) return;
    const [dx, dy] = [event.clientX - last[0], event.clientY - last[1]];
    if (!view.moved && Math.hypot(dx, dy) < 4) return;
    if (!view.moved) svg.setPointerCapture(event.pointerId);
    view.moved = true;
    if (held.size === 2) {
      const [other] = [...held].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
      const before = Math.hypot(last[0] - other[0], last[1] - other[1]), after = Math.hypot(event.clientX - other[0], event.clientY - other[1]);
      const box = svg.getBoundingClientRect();
      if (before > 0) zoom(after / before, (other[0] + event.clientX) / 2 - box.left, (other[1] + event.clientY) / 2 - box.top);
    } else {
      view.x += dx;
      view.y += dy;
      place();
    }
    held.set(event.pointerId, [event.clientX, event.clientY]);
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) svg.addEventListener(end, (event) => held.delete(event.pointerId));
  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = svg.getBoundingClientRect();
    if (event.ctrlKey || event.metaKey) zoom(Math.exp(-event.deltaY / 250), event.clientX - box.left, event.clientY - box.top);
    else {
      view.x -= event.deltaX;
      view.y -= event.deltaY;
      place();
    }
  }, { passive: false });
}

// Mark what was chosen, and let what the search and the filters leave out step back.
function shade() {
  if (!view.svg?.isConnected) return;
  const narrow = filtered();
  for (const element of view.boxes) {
    const box = element.boxed;
    const here = [...box.nodes, ...box.parts];
    element.classList.toggle("dim", narrow && !here.some(nodeShown));
    element.classList.toggle("chosen", state.chosen !== "" && here.some((of) => pictures.nodes[of].address === state.chosen));
  }
  const lines = new Set(state.lines ?? linesBy.get(state.chosen) ?? []);
  view.svg.querySelectorAll(".arrow").forEach((element, at) => {
    const arrow = view.scene.arrows[at];
    element.classList.toggle("chosen", arrow.lines.some((of) => lines.has(of)));
    element.classList.toggle("dim", narrow && !arrow.lines.some((of) => lineShown(pictures.lines[of])));
  });
}

function reveal(address) {
  const element = view.boxes?.find((one) => [...one.boxed.nodes, ...one.boxed.parts].some((of) => pictures.nodes[of].address === address));
  const arrow = view.scene?.arrows.find((one) => one.lines.some((of) => (linesBy.get(address) ?? []).includes(of)));
  const at = element?.boxed ?? (arrow && (arrow.words.length ? arrow : pathStart(arrow)));
  if (!at) return;
  if (view.scale < 0.6) view.scale = 0.8;
  centre(at.x, at.y);
}

function pathStart(arrow) {
  const [x, y] = arrow.path.slice(1).split(/[ C]/).map(Number);
  return { x, y };
}
