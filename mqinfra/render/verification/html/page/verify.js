"use strict";
(() => {
  const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));
  const search = document.getElementById("search");
  const none = document.getElementById("none");
  let result = "";

  function show() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let seen = 0;
    for (const place of all(".place")) {
      let shown = 0;
      for (const check of all(".check", place)) {
        const fits = (!result || check.dataset.result === result) && words.every((word) => check.dataset.text.includes(word));
        check.hidden = !fits;
        shown += fits ? 1 : 0;
      }
      place.hidden = shown === 0;
      seen += shown;
    }
    none.hidden = seen > 0;
  }

  for (const button of all(".tally button")) {
    button.addEventListener("click", () => {
      result = result === button.dataset.result ? "" : button.dataset.result;
      all(".tally button").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.result === result)));
      show();
    });
  }
  search.addEventListener("input", show);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
    }
  });
  document.documentElement.dataset.ready = "true";
})();
