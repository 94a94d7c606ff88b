// What is known of the resource, or the line, that was chosen. With nothing chosen: what to do with the plan.
function renderDetails() {
  const panel = $("details");
  panel.replaceChildren();
  document.body.classList.toggle("has-chosen", Boolean(state.chosen || state.lines));
  if (state.lines) put(panel, {}, lineDetails(state.lines));
  else if (state.chosen) put(panel, {}, resourceDetails(state.chosen));
  else put(panel, {}, overview());
  panel.scrollTop = 0;
}

function overview() {
  return [
    data.steps.map((step) => el("section", { class: "step" }, el("h3", {}, step.text),
      step.command ? el("div", { class: "command" }, el("code", {}, step.command), copier(step.command, "the command")) : "")),
    data.clusters.length ? el("section", {}, el("h3", {}, "Clusters"), el("ul", { class: "clusters" }, data.clusters.map((one) =>
      el("li", {}, el("b", {}, one.alias), el("span", {}, one.broker), one.endpoint ? el("span", { class: "mono" }, one.endpoint) : "",
        one.notes.map((note) => el("span", { class: "note" }, note)))))) : "",
    data.digest ? el("section", { class: "fine" }, el("h3", {}, "Digest"), el("div", { class: "digest" }, el("code", {}, data.digest), copier(data.digest, "the digest")),
      el("p", {}, `mqinfra ${data.tool}`)) : "",
    data.changes.length ? el("p", { class: "tip" }, "Choose a change to see its fields before and after. ", el("kbd", {}, "j"), " and ", el("kbd", {}, "k"),
      " go through them, ", el("kbd", {}, "?"), " lists all keys.") : "",
  ];
}

const closer = () => el("button", { class: "close", type: "button", title: "Close (Esc)", "aria-label": "Close", onclick: () => choose("") }, "×");

function resourceDetails(address) {
  const change = data.changes[changeOf.get(address)], at = nodeOf.get(address), node = pictures?.nodes[at];
  const item = change ?? node;
  if (!item) return [closer(), el("p", { class: "tip" }, address)];
  const status = change?.action ?? node.status;
  const scene = sceneOf(address);
  return [
    el("header", { class: "details-head" }, closer(),
      el("div", { class: "kind" }, node?.caption ? `${item.title} · ${node.caption}` : item.title, " ", cluster(item)),
      el("h2", {}, item.label),
      el("div", { class: "tags" }, el("span", { class: `tag act-${status}` }, change ? `${SYMBOLS[status]} ${status}` : WORDS[status]),
        change ? el("span", { class: `tag sev-${change.severity}` }, el("i", { class: "dot" }), data.groups.find((one) => one.severity === change.severity).heading) : "",
        change?.final ? el("span", { class: "tag final-tag" }, "can't be undone") : "",
        change?.outcome ? el("span", { class: `outcome out-${change.outcome.replace(" ", "-")}` }, change.outcome) : "")),
    change ? changeDetails(change) : "",
    node ? neighbours(at) : "",
    family(change, node, at),
    item.labels.length ? el("section", {}, el("h3", {}, "Labels"), el("div", { class: "labels" }, item.labels.map((label) => el("span", { class: "label" }, label)))) : "",
    el("section", { class: "fine" }, item.where ? el("p", {}, "Declared in ", el("code", {}, item.where)) : "",
      el("div", { class: "digest" }, el("code", {}, address), copier(address, "the address"))),
    el("div", { class: "jump" },
      scene !== undefined && state.view === "changes" ? el("button", { type: "button", onclick: () => show("topology", address) }, "Show in the topology") : "",
      change && state.view === "topology" ? el("button", { type: "button", onclick: () => show("changes", address) }, "Show among the changes") : ""),
  ];
}

function changeDetails(change) {
  const paired = change.fields.some((field) => field.before !== null && field.after !== null) || change.action === "update" || change.action === "replace";
  const cell = (field, side) => {
    const value = side === "before" ? field.before : field.after;
    const items = side === "before" ? field.minus : field.plus;
    const tag = side === "before" ? "del" : "ins";
    return el("td", {}, value !== null ? el(tag, {}, value || NOTHING) : "", items.map((item) => el(tag, { class: "item" }, `${side === "before" ? "−" : "+"} ${item}`)));
  };
  const only = change.action === "delete" ? "before" : "after";
  const rows = change.fields.map((field) => el("tr", {}, el("th", { scope: "row" }, field.name, field.note ? el("span", { class: "field-note" }, field.note) : ""),
    paired ? [cell(field, "before"), cell(field, "after")] : cell(field, only)));
  return [
    change.reason || change.note || change.messages.length ? el("section", {}, [change.reason, change.note, ...change.messages].filter(Boolean).map((text) => el("p", {}, text))) : "",
    change.problems.length ? el("section", {}, change.problems.map((of) => {
      const problem = data.problems[of];
      return el("div", { class: "callout error" }, el("code", {}, problem.code), " ", ticked(problem.message), problem.help.map((text) => el("p", { class: "help" }, ticked(text))));
    })) : "",
    change.costs.length ? el("section", {}, el("h3", {}, "What it takes"), change.costs.map((cost) => el("p", { class: cost.grave ? "cost grave" : "cost" }, ticked(cost.text)))) : "",
    change.action === "update" && lineChanges(change, 1).length ? el("section", { class: "line-changes" }, el("h3", {}, "Lines that come and go"), lineChanges(change, 60)) : "",
    rows.length ? el("section", {}, el("h3", {}, change.action === "create" ? "Fields" : change.action === "delete" ? "What it was" : "Fields before and after"),
      el("table", { class: `values${long(change) ? " stacked" : paired ? " paired" : ""}` },
        paired && !long(change) ? el("thead", {}, el("tr", {}, el("th", {}, "Field"), el("th", {}, "Before"), el("th", {}, "After"))) : "", el("tbody", {}, rows))) : "",
  ];
}

// Values that would break in a third of the panel stand below each other.
const long = (change) => change.fields.some((field) => [field.before, field.after, ...field.minus, ...field.plus].some((value) => (value ?? "").length > 16));

function neighbours(at) {
  const lines = pictures.lines.map((line, of) => [line, of]).filter(([line]) => line.source === at || line.target === at);
  if (!lines.length) return "";
  const shown = lines.slice(0, 60).map(([line, of]) => {
    const out = line.source === at, other = pictures.nodes[out ? line.target : line.source];
    return el("li", { class: `line-item st-${line.status}` }, el("span", { class: "dir", title: out ? "from here" : "to here" }, out ? "→" : "←"),
      el("button", { class: "name", type: "button", onclick: () => go(other.address) }, other.label),
      el("button", { class: "word", type: "button", title: "Show this line", onclick: () => chooseLines([of]) }, line.word || "(any)"));
  });
  return el("section", {}, el("h3", {}, "Joined to ", el("span", { class: "count" }, number(lines.length))), el("ul", { class: "lines" }, shown),
    lines.length > shown.length ? el("p", { class: "tip" }, `and ${number(lines.length - shown.length)} more`) : "");
}

// Which entry makes it, what it makes, and the others that change in the same way.
function family(change, node, at) {
  const makers = change?.makers ?? node?.makers.map((of) => pictures.nodes[of].address) ?? [];
  const made = new Set(data.changes.filter((one) => one.makers[0] === (change ?? node).address).map((one) => one.address));
  (pictures?.nodes ?? []).filter((one) => one.makers.includes(at)).forEach((one) => made.add(one.address));
  const inside = pictures?.scenes.findIndex((scene) => scene.inside === at && at !== undefined) ?? -1;
  const list = (addresses) => el("ul", { class: "lines" }, addresses.slice(0, 200).map((address) => {
    const item = data.changes[changeOf.get(address)] ?? pictures?.nodes[nodeOf.get(address)];
    return el("li", { class: `line-item st-${item?.action ?? item?.status ?? ""}` }, el("span", { class: "dir" }, SYMBOLS[item?.action ?? item?.status] ?? "·"),
      el("button", { class: "name", type: "button", onclick: () => go(address) }, item?.label ?? address), el("span", { class: "word" }, item?.title ?? ""));
  }));
  return [
    makers.length ? el("section", {}, el("h3", {}, "Made by"), list(makers)) : "",
    made.size ? el("section", {}, el("h3", {}, "Makes ", el("span", { class: "count" }, number(made.size))), list([...made]),
      inside >= 0 ? el("button", { class: "open", type: "button", onclick: () => openScene(inside) }, "Open as a picture") : "") : "",
  ];
}

function lineDetails(numbers) {
  const lines = numbers.map((of) => pictures.lines[of]);
  const [first] = lines;
  return [
    el("header", { class: "details-head" }, closer(), el("div", { class: "kind" }, plural(lines.length, "line")),
      el("h2", {}, pictures.nodes[first.source].label, " → ", pictures.nodes[first.target].label)),
    lines.slice(0, 100).map((line) => {
      const change = data.changes[changeOf.get(line.by)];
      return el("section", {}, el("h3", { class: `literal st-${line.status}` }, SYMBOLS[line.status] ? `${SYMBOLS[line.status]} ` : "", line.word || "(any)"),
        el("p", { class: "tip" }, `${pictures.nodes[line.source].label} → ${pictures.nodes[line.target].label}: ${WORDS[line.status] ?? line.status}`),
        change ? changeDetails(change) : "",
        el("div", { class: "digest" }, el("code", {}, line.by), copier(line.by, "the address")));
    }),
  ];
}
