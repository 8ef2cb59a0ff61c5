"use strict";
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const cases = [...document.querySelectorAll(".case")];
  const output = form.querySelector("output");
  const texts = new Map();
  const most = 200; // cases that one press of the button unfolds

  const textOf = (one) => {
    if (!texts.has(one)) texts.set(one, one.textContent.toLowerCase());
    return texts.get(one);
  };
  const fits = (one) =>
    (!form.label.value || one.dataset.labels.split(" ").includes(form.label.value)) &&
    (!form.band.value || one.dataset.band === form.band.value) &&
    (!form.target.value || one.dataset.target === form.target.value) &&
    form.text.value.toLowerCase().split(/\s+/).every((word) => textOf(one).includes(word));
  const filter = () => {
    let shown = 0;
    for (const one of cases) {
      one.hidden = !fits(one);
      if (!one.hidden) shown += 1;
    }
    output.textContent = output.dataset.count.replace("{n}", String(shown));
  };
  const open = (value) => {
    const shown = cases.filter((one) => !one.hidden && one.localName === "details");
    for (const one of value ? shown.slice(0, most) : shown) one.open = value;
  };
  const goTo = () => {
    const place = document.getElementById(location.hash.slice(1));
    for (let one = place; one; one = one.parentElement) if (one.localName === "details") one.open = true;
    if (place) place.scrollIntoView();
  };

  let unfolded = []; // for the printer: what is closed in an unfolded case, and the sources to which that points
  addEventListener("beforeprint", () => {
    const closed = [...document.querySelectorAll(".case[open] details:not([open]), details.sources:not([open])")];
    unfolded = document.querySelector(".case[open]") ? closed : [];
    for (const one of unfolded) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of unfolded) one.open = false;
  });

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", filter);
  form.unfold.addEventListener("click", () => open(true));
  form.fold.addEventListener("click", () => open(false));
  addEventListener("hashchange", goTo);
  filter();
  goTo();
})();
