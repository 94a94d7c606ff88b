// Changes that a search for their place and name does not list.
(view) => {
  const data = JSON.parse(document.getElementById("data").textContent), search = document.getElementById("search");
  const missed = [];
  for (const change of data.changes) {
    search.value = `${change.place} ${change.label}`;
    search.dispatchEvent(new Event("input"));
    search.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
    const where = view === "changes" ? "#list" : "#pictures";
    if (!document.querySelector(`${where} [data-address="${CSS.escape(change.address)}"]`)) missed.push(change.address);
  }
  return missed;
}
