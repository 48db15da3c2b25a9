// Conveniences only: every page works without this file.

// Choosing with the mouse sends a filter at once. The keyboard keeps its button: arrows would reload at every step.
document.addEventListener("change", ({ target }) => {
  if (target.form?.matches("[data-autosubmit]") && !target.matches(":focus-visible")) target.form.requestSubmit();
  if (target.matches("[data-show-password]")) {
    const type = target.checked ? "text" : "password";
    for (const input of target.form.querySelectorAll("[autocomplete$=password]")) input.type = type;
  }
});

// The strip and the rail show which criterion is open.
function markOpenCriterion() {
  if (!location.hash) return;
  for (const link of document.querySelectorAll(".strip a, .rail a")) {
    if (link.hash === location.hash) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}
addEventListener("hashchange", markOpenCriterion);
addEventListener("DOMContentLoaded", markOpenCriterion);

// An open menu closes on Escape or a click elsewhere.
addEventListener("keydown", ({ key }) => key === "Escape" && document.querySelector("details.user")?.removeAttribute("open"));
addEventListener("click", ({ target }) => {
  if (!target.closest("details.user")) document.querySelector("details.user")?.removeAttribute("open");
});

// Signed in again in a second tab: the page in the first may go on.
if (document.querySelector("[data-signed-in]")) new BroadcastChannel("signed-in").postMessage("");

// One box ticks all rows of a page; the button says how many are ticked.
function countTicked(form) {
  for (const button of form?.querySelectorAll("[data-count]") ?? []) {
    const ticked = form.querySelectorAll(`[name="${button.dataset.count}"]:checked`).length;
    button.dataset.plain ??= button.textContent;
    button.textContent = ticked ? button.dataset.countLabel.replace("#", ticked) : button.dataset.plain;
    button.disabled = !ticked;
  }
}
addEventListener("change", ({ target }) => {
  if (target.matches("[data-check-all]"))
    for (const box of target.form.querySelectorAll(`[name="${target.dataset.checkAll}"]`)) box.checked = target.checked;
  countTicked(target.form);
});
addEventListener("pageshow", () => document.querySelectorAll("form:has([data-count])").forEach(countTicked));

// On a phone the tabs run past the edge: the open one is moved into sight.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
