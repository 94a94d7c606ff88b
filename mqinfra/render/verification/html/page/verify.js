"use strict";
(() => {
  const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));
  const search = document.getElementById("search");
  const none = document.getElementById("none");
  const told = document.getElementById("shown");
  const results = document.getElementById("resources");
  const places = all(".place").map((place) => ({ place, rows: all(".check, .row", place), open: place.open }));
  const total = places.reduce((sum, one) => sum + one.rows.length, 0);
  let result = "";
  let filtered = false;

  function show() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const asked = words.length > 0 || result !== "";
    let seen = 0;
    for (const one of places) {
      if (asked && !filtered) one.open = one.place.open;
      let shown = 0;
      for (const row of one.rows) {
        const fits = (!result || row.dataset.result === result) && words.every((word) => row.dataset.text.includes(word));
        row.hidden = !fits;
        shown += fits ? 1 : 0;
      }
      one.place.hidden = shown === 0;
      if (asked) one.place.open = shown > 0;
      else if (filtered) one.place.open = one.open;
      seen += shown;
    }
    filtered = asked;
    none.hidden = seen > 0;
    told.textContent = asked ? `${seen.toLocaleString("en-US")} of ${total.toLocaleString("en-US")} checks shown` : "";
    if (asked) results.scrollIntoView({ block: "start" });
  }

  async function copy(button) {
    const text = button.previousElementSibling.textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const field = document.createElement("textarea");
      field.value = text;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 1600);
  }

  for (const button of all(".tally button")) {
    button.addEventListener("click", () => {
      result = result === button.dataset.result ? "" : button.dataset.result;
      all(".tally button").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.result === result)));
      show();
    });
  }
  for (const button of all("[data-to]")) {
    button.addEventListener("click", () => document.getElementById(button.dataset.to).scrollIntoView({ block: "start" }));
  }
  for (const button of all(".copy")) button.addEventListener("click", () => copy(button));
  search.addEventListener("input", show);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
    }
  });
  document.documentElement.dataset.ready = "true";
})();
