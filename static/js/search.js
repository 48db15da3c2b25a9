// The search box of the top bar: "/" goes to it from anywhere, and hits appear below as one types; the arrow keys go
// through them. Without this file it is a form that leads to the page of hits.
{
  const KEY = "search.slash";
  const form = document.querySelector("[data-search]");
  const box = form?.elements.q;
  const hits = form?.querySelector(".search-hits");
  const said = form?.querySelector("[role=status]");
  let waiting, asked;

  function close() {
    clearTimeout(waiting);
    asked?.abort();
    if (form) hits.hidden = true;
    if (form) said.textContent = "";
  }

  async function ask() {
    asked?.abort();
    asked = new AbortController();
    try {
      const url = `${form.action}?${new URLSearchParams(new FormData(form))}`;
      const answer = await fetch(url, { headers: { "HX-Request": "true" }, signal: asked.signal });
      // Signed out meanwhile: the page of hits will ask to sign in.
      if (!answer.ok || answer.redirected) return;
      hits.innerHTML = await answer.text();
      hits.hidden = false;
      hits.scrollTop = 0;
      const count = hits.querySelectorAll("li").length;
      said.textContent = count ? `${count} kết quả, bấm mũi tên xuống để chọn` : hits.textContent;
    } catch {
      // Typed on, or no network: Enter still works.
    }
  }

  form?.addEventListener("input", () => {
    close();
    if (box.value.trim().length > 1) waiting = setTimeout(ask, 200);
  });
  form?.addEventListener("focusout", ({ relatedTarget }) => form.contains(relatedTarget) || close());
  form?.addEventListener("keydown", (event) => {
    if (hits.hidden) return;
    const links = [box, ...hits.querySelectorAll("a")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) links[(links.indexOf(document.activeElement) + step + links.length) % links.length].focus();
    else if (event.key === "Escape") {
      box.focus();
      close();
    } else return;
    event.preventDefault();
  });

  // A key of one letter can be switched off (WCAG 2.1.4), on the page of hits.
  const choice = document.querySelector("[data-slash]");
  if (choice) choice.checked = localStorage[KEY] !== "off";
  choice?.addEventListener("change", () => (localStorage[KEY] = choice.checked ? "on" : "off"));
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey || !box) return;
    if (localStorage[KEY] === "off" || event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    event.preventDefault();
    if (!box.checkVisibility()) document.querySelector(".menu-toggle").open = true;
    box.select();
  });
}
