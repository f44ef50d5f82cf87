// A click on a reason shows its paths; without this file the links still lead to them (:target).
"use strict";
(function () {
  const steps = [...document.querySelectorAll("a[data-reason]")];
  const reasons = [...document.querySelectorAll(".reason")];
  function choose(name) {
    if (!reasons.some((r) => r.dataset.reason === name)) return;
    steps.forEach((s) => s.classList.toggle("chosen", s.dataset.reason === name));
    reasons.forEach((r) => r.classList.toggle("chosen", r.dataset.reason === name));
  }
  steps.forEach((step) => step.addEventListener("click", (event) => {
    event.preventDefault();
    choose(step.dataset.reason);
    history.replaceState(null, "", "#" + step.dataset.reason);
  }));
  const wanted = location.hash.slice(1);
  if (steps.length) choose(reasons.some((r) => r.dataset.reason === wanted) ? wanted : steps[0].dataset.reason);
  document.querySelectorAll("select[data-submit]").forEach((s) => s.addEventListener("change", () => s.form.submit()));
})();
