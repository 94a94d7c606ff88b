// The changes: a summary, filters, and the list, of which the browser draws what is looked at.
const CHUNK = 60;
const NAMES = 12;
const NOTHING = "(empty)";

function renderSummary() {
  document.title = data.title;
  if (data.project) $("name").append(data.project, el("span", { class: "sep" }, "/"), data.environment,
    el("span", { class: "what" }, data.applied ? "apply" : "plan"));
  else $("name").append("mqinfra");
  const counts = new Map(counted(data.changes.map((change) => (data.applied ? change.outcome : change.action))));
  const order = data.applied ? ["applied", "failed", "unknown", "not attempted"] : ["create", "update", "replace", "delete", "adopt", "forget"];
  const words = { create: "to create", update: "to update", replace: "to replace", delete: "to delete", adopt: "to adopt", forget: "to forget" };
  const tiles = order.filter((name, at) => counts.get(name) || at < 4 && !data.applied || at === 0).map((name) =>
    el("div", { class: `tile ${counts.get(name) ? "is" : "none"} act-${name.replace(" ", "-")}` },
      el("b", {}, number(counts.get(name) ?? 0)), el("span", {}, words[name] ?? name)));
  const held = data.applied ? 0 : data.groups.find((group) => group.severity === "blocked")?.count ?? 0;
  const blocked = held ? el("div", { class: "final blocked" }, el("b", {}, number(held)), " blocked") : "";
  const final = data.final && !data.applied
    ? el("div", { class: "final" }, el("b", {}, number(data.final)), " cannot be undone") : "";
  const shares = data.applied ? order.filter((name) => counts.get(name)).map((name) => [`act-${name.replace(" ", "-")}`, counts.get(name)])
    : data.groups.map((group) => [`sev-${group.severity}`, group.count]);
  const bar = el("div", { class: "share", "aria-hidden": "true" }, shares.map(([style, count]) => {
    const part = el("i", { class: style });
    part.style.flexGrow = Math.max(count, data.changes.length / 60);
    return part;
  }));
  put($("summary"), {}, [
    el("div", { class: "tiles" }, data.changes.length ? tiles : el("p", { class: "quiet" }, data.headline), blocked || final ? el("div", { class: "pills" }, blocked, final) : ""),
    data.groups.length ? bar : "",
    problemList(),
  ]);
  $("count-changes").textContent = number(data.changes.length);
  $("count-topology").textContent = pictures ? number(pictures.nodes.length) : "";
}

function problemList() {
  if (!data.problems.length) return "";
  const order = ["error", "warning", "info"];
  const some = [...data.problems].sort((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
  const item = (problem) => el("li", { class: `problem ${problem.severity}` },
    el("span", { class: "weight" }, problem.severity), problem.code ? el("code", {}, problem.code) : "",
    el("span", { class: "said" }, ticked(problem.message),
      problem.place || problem.address ? el("span", { class: "at" }, problem.place || problem.address) : "",
      problem.help.map((text) => el("span", { class: "help" }, ticked(text)))));
  const counts = order.map((name) => [name, some.filter((problem) => problem.severity === name).length]).filter(([, count]) => count);
  return el("details", { class: "problems", open: some.some((problem) => problem.severity === "error") || some.length <= 3 },
    el("summary", {}, counts.map(([name, count]) => el("span", { class: `weight ${name}` }, plural(count, name)))),
    el("ul", {}, some.map(item)));
}

// Names and values in backticks are code.
const ticked = (text) => text.split("`").map((part, at) => (at % 2 ? el("code", {}, part) : part));

function renderFilters() {
  const chips = data.groups.map((group) =>
    el("button", { class: `chip sev-${group.severity}`, type: "button", "aria-pressed": "false", "data-severity": group.severity,
      onclick: (event) => {
        const on = !state.severities.delete(group.severity);
        if (on) state.severities.add(group.severity);
        event.currentTarget.setAttribute("aria-pressed", on);
        update();
      } }, el("i", { class: "dot" }), group.heading, el("span", { class: "count" }, number(group.count))));
  const shown = pictures ? pictures.nodes : data.changes;
  const kinds = counted([...data.changes, ...(pictures?.nodes ?? [])].map((item) => `${item.cluster}/${item.kind}`)).map(([name]) => name);
  const labels = counted([...data.changes, ...shown].flatMap((item) => item.labels)).map(([name]) => name);
  const choice = (name, title, all, some) => some.length < 1 ? "" :
    el("label", { class: "choice" }, el("span", { class: "offscreen" }, title),
      el("select", { id: `filter-${name}`, onchange: (event) => { state[name] = event.target.value; update(); } },
        el("option", { value: "" }, all), some.map((item) => el("option", { value: item }, item))));
  put($("filters"), {}, [chips, choice("kind", "Kind", "All kinds", kinds), choice("label", "Label", "All labels", labels),
    el("span", { class: "shown" }, el("span", { id: "shown" }), el("button", { class: "clear", id: "clear", type: "button", hidden: true, onclick: clearFilters }, "Clear"))]);
}

function clearFilters() {
  state.severities.clear();
  state.kind = state.label = "";
  state.words = [];
  $("search").value = "";
  document.querySelectorAll(".chip").forEach((chip) => chip.setAttribute("aria-pressed", "false"));
  document.querySelectorAll(".choice select").forEach((select) => { select.value = ""; });
  update();
}

let waiting = [];
const watcher = new IntersectionObserver((seen) => { if (seen.some((entry) => entry.isIntersecting)) more(); }, { rootMargin: "1200px" });

function renderList() {
  const list = $("list");
  watcher.disconnect();
  list.replaceChildren();
  let shown = 0;
  waiting = data.blocks.map((block, at) => {
    const members = block.members.filter(changeShown), parts = block.parts.filter(changeShown);
    shown += members.length + parts.length;
    return { at, block, members, parts };
  }).filter((item) => item.members.length || item.parts.length);
  $("shown").textContent = filtered() ? `${number(shown)} of ${number(data.changes.length)} changes` : "";
  $("clear").hidden = !filtered();
  if (!waiting.length) {
    list.append(el("p", { class: "empty" }, data.changes.length ? "Nothing matches. " : data.digest ? "There is nothing to review. " : "There are no changes to show. ",
      data.changes.length ? el("button", { class: "link", type: "button", onclick: clearFilters }, "Clear the search and filters")
        : pictures ? el("button", { class: "link", type: "button", onclick: () => show("topology") }, "Look at the topology") : ""));
  }
  renderList.heading = "";
  more();
}

function more(all = false) {
  const list = $("list");
  list.querySelector(".sentinel")?.remove();
  for (const item of waiting.splice(0, all ? waiting.length : CHUNK)) {
    if (renderList.heading !== item.block.severity) {
      renderList.heading = item.block.severity;
      const group = data.groups.find((one) => one.severity === item.block.severity);
      list.append(el("h2", { class: `group sev-${group.severity}` }, el("i", { class: "dot" }), group.heading,
        el("span", { class: "count" }, number(group.count))));
    }
    list.append(blockElement(item));
  }
  if (waiting.length) {
    const sentinel = el("div", { class: "sentinel" });
    list.append(sentinel);
    watcher.observe(sentinel);
  } else if (!filtered()) list.append(...data.notes.map(noteElement));
}

function blockElement({ at, block, members, parts }) {
  if (!block.members.length) return partsElement(at, block, parts);
  const change = data.changes[block.members[0]];
  const chosen = changeOf.get(state.chosen);
  const some = members.length ? members : block.members;
  return el("article", { class: `block sev-${block.severity}${blockOf.get(chosen) === at ? " chosen" : ""}`, "data-block": at, tabindex: "-1",
      onclick: (event) => { if (!event.target.closest("button")) choose(data.changes[some[0]].address); } },
    el("span", { class: `glyph act-${change.action}`, title: change.action }, SYMBOLS[change.action]),
    el("div", { class: "block-body" },
      el("div", { class: "block-head" },
        el("span", { class: "kind" }, some.length > 1 ? many(change.title) : change.title),
        names(some, change.action === "delete" || change.action === "replace"),
        change.note ? el("span", { class: "noted" }, change.note) : "",
        change.outcome ? el("span", { class: `outcome out-${change.outcome.replace(" ", "-")}` }, change.outcome) : "",
        change.final ? el("span", { class: "tag final-tag" }, "can't be undone") : "",
        el("span", { class: "where" }, places(block))),
      change.action === "delete" ? "" : fieldLine(change),
      change.action === "update" && some.length === 1 ? lineList(change, 6) : "",
      change.messages.map((text) => el("div", { class: "noted" }, text)),
      change.problems.map((of) => el("div", { class: "cost grave" }, ticked(data.problems[of].message))),
      change.costs.map((cost) => el("div", { class: cost.grave ? "cost grave" : "cost" }, ticked(cost.text))),
      block.parts.length ? partsLine(block, parts) : ""));
}

// An entry that stays as it is, and some of what it makes changes.
function partsElement(at, block, parts) {
  const actions = counted(block.parts.map((of) => data.changes[of].action)).map(([action]) => action);
  const action = actions.length === 1 ? actions[0] : "update";
  const node = pictures?.nodes[nodeOf.get(block.maker)], first = data.changes[block.parts[0]];
  const name = node?.label ?? decodeURIComponent(block.maker.split("/").pop());
  return el("article", { class: `block sev-${block.severity}${blockOf.get(changeOf.get(state.chosen)) === at ? " chosen" : ""}`, "data-block": at, tabindex: "-1",
      onclick: (event) => { if (!event.target.closest("button")) choose(first.address); } },
    el("span", { class: `glyph act-${action}`, title: action }, SYMBOLS[action]),
    el("div", { class: "block-body" },
      el("div", { class: "block-head" }, el("span", { class: "kind" }, `of ${node?.title ?? "entry"}`), cluster(first),
        el("button", { class: "name", type: "button", "data-address": block.maker, onclick: () => choose(block.maker) }, marked(name, state.words)),
        el("span", { class: "where" }, first.where)),
      partsLine(block, parts)));
}

const cluster = (change) => el("span", { class: "in" }, change.place ? `${change.cluster} ${change.place}` : change.cluster);

function names(some, all) {
  const first = data.changes[some[0]];
  const shown = all ? some : some.slice(0, NAMES);
  const list = shown.map((of) => nameButton(of));
  const rest = some.length - shown.length;
  const more = rest ? el("button", { class: "link", type: "button", onclick: (event) => {
    event.currentTarget.replaceWith(...some.slice(NAMES).map((of) => nameButton(of)));
  } }, `and ${number(rest)} more`) : "";
  return [cluster(first), list, more, some.length > 1 ? el("span", { class: "times" }, number(some.length)) : ""];
}

const nameButton = (of) => el("button", { class: "name", type: "button", "data-address": data.changes[of].address,
  onclick: () => choose(data.changes[of].address) }, marked(data.changes[of].label, state.words));

function places(block) {
  const files = new Map();
  for (const of of [...block.members, ...block.parts].slice(0, block.members.length || 1)) {
    const [, file, line] = data.changes[of].where.match(/^(.*?):?(\d*)$/);
    if (file) files.set(file, [...(files.get(file) ?? []), line]);
  }
  const [first, ...others] = files;
  if (!first) return "";
  const lines = [...new Set(first[1])];
  return `${first[0]}:${lines.slice(0, 3).join(",")}${lines.length > 3 ? ",…" : ""}${others.length ? ` and ${plural(others.length, "file")}` : ""}`;
}

function fieldLine(change) {
  const telling = change.action === "create"
    ? change.fields.filter((field) => !["", "false", "0", "unset", "[]", "{}"].includes(field.after ?? "")) : change.fields;
  const shown = telling.slice(0, change.action === "create" ? 5 : 8);
  if (!shown.length) return "";
  return el("div", { class: "fields" }, shown.map((field) => el("span", { class: "field" },
    field.name ? el("span", { class: "field-name" }, field.name) : "", values(field), field.note ? el("span", { class: "field-note" }, field.note) : "")),
    telling.length > shown.length ? el("span", { class: "field more" }, `and ${plural(telling.length - shown.length, "field")}`) : "");
}

function lineList(change, most) {
  const lines = lineChanges(change, most);
  return lines.length ? el("div", { class: "fields" }, lines) : "";
}

// What a change means for lines of the picture: who may no longer consume what, which policy comes into force where.
function lineChanges(change, most) {
  const lines = (linesBy.get(change.address) ?? []).map((of) => pictures.lines[of]).filter((line) => line.status === "create" || line.status === "delete");
  const shown = lines.slice(0, most).map((line) => el(line.status === "create" ? "ins" : "del", { class: "item" },
    `${line.status === "create" ? "+" : "−"} ${pictures.nodes[line.source].label} ${line.word || "(any)"} → ${pictures.nodes[line.target].label}`));
  return lines.length > most ? [...shown, el("span", { class: "field more" }, `and ${number(lines.length - most)} more`)] : shown;
}

function values(field) {
  const found = [];
  if (field.before !== null) found.push(el("del", {}, field.before || NOTHING));
  if (field.before !== null && field.after !== null) found.push(el("span", { class: "to" }, "→"));
  if (field.after !== null) found.push(el("ins", {}, field.after || NOTHING));
  for (const item of field.minus) found.push(el("del", { class: "item" }, `− ${item}`));
  for (const item of field.plus) found.push(el("ins", { class: "item" }, `+ ${item}`));
  return found;
}

function partsLine(block, parts) {
  const counts = counted(block.parts.map((of) => data.changes[of].title)).map(([title, count]) => plural(count, title));
  const found = filtered() && (state.words.length || !block.members.some(changeShown)) ? parts.slice(0, 40) : [];
  const list = el("ul", { class: "part-list", hidden: !found.length }, found.map(partItem));
  const toggle = el("button", { class: "parts-count", type: "button", "aria-expanded": found.length > 0, onclick: () => {
    list.hidden = !list.hidden;
    toggle.setAttribute("aria-expanded", !list.hidden);
    if (!list.hidden) list.replaceChildren(...block.parts.slice(0, 400).map(partItem));
  } }, `${block.members.length ? "with it: " : ""}${counts.join(", ")}`);
  return el("div", { class: "parts" }, toggle, list);
}

const partItem = (of) => el("li", {}, el("span", { class: `dir act-${data.changes[of].action}` }, SYMBOLS[data.changes[of].action]),
  el("span", { class: "kind" }, data.changes[of].title), nameButton(of));

// What a plan says besides its changes: what could not be checked, and what is left as it is.
const noteElement = (note) => el("details", { class: "left" }, el("summary", {}, note.heading),
  el("ul", {}, note.items.slice(0, 500).map((item) => el("li", {}, el("code", {}, item.address),
    item.text ? el("span", {}, ticked(item.text)) : "", item.line ? el("code", { class: "line" }, item.line) : "")),
    note.items.length > 500 ? el("li", {}, `and ${number(note.items.length - 500)} more`) : ""));
