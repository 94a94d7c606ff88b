// The data, what a search finds in it, and what is chosen. Everything that is shown follows from here.
const data = JSON.parse($("data").textContent);
const pictures = data.drawings;
const changeOf = new Map(data.changes.map((change, at) => [change.address, at]));
const nodeOf = new Map((pictures?.nodes ?? []).map((node, at) => [node.address, at]));
const blockOf = new Map(data.blocks.flatMap((block, at) => [...block.members, ...block.parts].map((of) => [of, at])));

const state = {
  view: "changes",
  words: [],
  severities: new Set(),
  kind: "",
  label: "",
  chosen: "", // address of a resource
  lines: null, // numbers of lines, of an arrow that was chosen
};

function textOfChange(change) {
  const fields = change.fields.map((field) =>
    [field.name, field.before, field.after, ...field.minus, ...field.plus, field.note].join(" "));
  const costs = change.costs.map((cost) => cost.text);
  return [change.address, change.title, change.label, change.place, change.where, change.note, change.action,
    ...change.labels, ...fields, ...costs].join("\n").toLowerCase();
}

const changeTexts = data.changes.map(textOfChange);
const nodeTexts = (pictures?.nodes ?? []).map((node) =>
  [node.address, node.title, node.label, node.place, node.caption, node.where, ...node.labels].join("\n").toLowerCase());

// What draws lines only, as a binding does, is found where its lines are.
const linesBy = new Map();
(pictures?.lines ?? []).forEach((line, at) => {
  if (!linesBy.has(line.by)) linesBy.set(line.by, []);
  linesBy.get(line.by).push(at);
});

const holds = (text) => state.words.every((word) => text.includes(word));

function changeShown(at) {
  const change = data.changes[at];
  return (!state.severities.size || state.severities.has(change.severity))
    && (!state.kind || state.kind === `${change.cluster}/${change.kind}`)
    && (!state.label || change.labels.includes(state.label))
    && holds(changeTexts[at]);
}

function nodeShown(at) {
  const node = pictures.nodes[at], change = data.changes[changeOf.get(node.address)];
  return (!state.severities.size || (change && state.severities.has(change.severity)))
    && (!state.kind || state.kind === `${node.cluster}/${node.kind}`)
    && (!state.label || node.labels.includes(state.label))
    && (holds(nodeTexts[at]) || (change !== undefined && holds(changeTexts[changeOf.get(node.address)])));
}

const lineShown = (line) => nodeShown(line.source) || nodeShown(line.target)
  || (changeOf.has(line.by) && changeShown(changeOf.get(line.by)));

const filtered = () => state.words.length > 0 || state.severities.size > 0 || state.kind !== "" || state.label !== "";

const counted = (items) => {
  const found = new Map();
  for (const item of items) found.set(item, (found.get(item) ?? 0) + 1);
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1));
};
