// The matrix as a grid: arrow keys move among its cells, Enter or a click opens one beside it, Escape closes it.
// Without scripts the total of a row leads to the place's sheet, and a cell has its address (?o=place-criterion).
(() => {
  document.querySelector("[data-print]")?.addEventListener("click", () => print());

  const page = document.querySelector("[data-matrix]");
  if (!page) return;
  const table = page.querySelector("table");
  const said = document.querySelector("[data-said]");
  const heads = table.tHead.rows[1];
  const rows = [heads, ...table.querySelectorAll("tbody > tr:not(.group)"), table.tFoot.rows[0]];
  const criteria = heads.cells.length;
  // Behind the criteria stand the total and the change.
  const last = criteria + 2;
  const narrow = matchMedia("(max-width: 1199.98px)");

  // -- moving: one stop for the Tab key, at the cell that was last stood on ---------------------------------------------
  // The heads of the criteria stand in a row of their own, without a head and totals.
  const at = (row, column) => rows[row]?.cells[row ? column : column - 1];
  const target = (cell) => cell.querySelector("a") ?? cell;
  const columnOf = (cell) => cell.cellIndex + (cell.parentElement === heads ? 1 : 0);
  let stop = null;

  function stand(cell, { focus = true } = {}) {
    if (!cell) return;
    if (stop) stop.tabIndex = -1;
    stop = target(cell);
    stop.tabIndex = 0;
    if (focus) stop.focus();
  }

  table.setAttribute("role", "grid");
  for (const link of table.querySelectorAll("a")) link.tabIndex = -1;

  const steps = {
    ArrowUp: (row, column) => [row - 1, column],
    ArrowDown: (row, column) => [row + 1, column],
    ArrowLeft: (row, column) => [row, column - 1],
    ArrowRight: (row, column) => [row, column + 1],
    PageUp: (row, column) => [Math.max(row - 10, 1), column],
    PageDown: (row, column) => [Math.min(row + 10, rows.length - 2), column],
    Home: (row, column, far) => [far ? 1 : row, 0],
    End: (row, column, far) => [far ? rows.length - 2 : row, last],
  };

  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td, th");
    const row = rows.indexOf(cell?.parentElement);
    if (row < 0 || event.altKey || event.metaKey || event.shiftKey) return;
    if (event.key in steps) {
      event.preventDefault();
      const next = at(...steps[event.key](row, columnOf(cell), event.ctrlKey));
      stand(next);
      if (next && shown() && isResult(next)) show(keyOf(next), { step: true });
    } else if ((event.key === "Enter" || event.key === " ") && isResult(cell)) {
      event.preventDefault();
      if (keyOf(cell) === shown()) heading()?.focus();
      else open(cell);
    }
  });
  // What Tab or a click reached is where the keys go on from.
  table.addEventListener("focusin", ({ target: reached }) => {
    const cell = reached.closest("td, th");
    if (cell && reached !== stop && reached === target(cell)) stand(cell, { focus: false });
  });

  // -- the cell beside the table ----------------------------------------------------------------------------------------
  const isResult = (cell) =>
    cell?.tagName === "TD" && cell.closest("tbody") && cell.cellIndex > 0 && cell.cellIndex <= criteria;
  const keyOf = (cell) => `${cell.parentElement.id.slice(1)}-${cell.cellIndex}`;
  const cellOf = (key) => {
    const [place, number] = (key ?? "").split("-");
    return document.getElementById(`x${place}`)?.cells[number];
  };
  const panel = () => document.getElementById("cell");
  const shown = () => panel()?.dataset.cell;
  const heading = () => document.getElementById("cell-title");

  function address(key) {
    const url = new URL(location.href);
    if (key) url.searchParams.set("o", key);
    else url.searchParams.delete("o");
    url.hash = "";
    return url;
  }

  function mark(key) {
    for (const cell of table.querySelectorAll(".open, .col-open")) {
      cell.classList.remove("open", "col-open");
      cell.removeAttribute("aria-current");
    }
    const cell = cellOf(key);
    if (!cell) return;
    rows.forEach((_, row) => at(row, cell.cellIndex)?.classList.add("col-open"));
    cell.classList.add("open");
    cell.setAttribute("aria-current", "true");
  }

  function put(html, key) {
    panel()?.remove();
    page.insertAdjacentHTML("beforeend", html);
    page.classList.add("with-side");
    panel().dataset.cell = key;
  }

  let asked = null;

  // `step` goes on from a cell that is open already: the way back leads over what was opened, not over every step.
  async function show(key, { step = false, keep = false } = {}) {
    asked?.abort();
    const mine = (asked = new AbortController());
    mark(key);
    if (!keep) history[step ? "replaceState" : "pushState"](null, "", address(key));
    if (panel()) {
      panel().dataset.cell = key;
      panel().setAttribute("aria-busy", "true");
    }
    try {
      // While an arrow key is held down, only the cell it comes to rest on is asked for.
      if (step) await new Promise((done) => setTimeout(done, 120));
      if (mine.signal.aborted) return;
      const answer = await fetch(address(key), { headers: { "HX-Request": "true" }, signal: mine.signal });
      // Signed out, or not there any more: the page itself says so.
      if (answer.redirected || answer.status === 404) return location.assign(address(key));
      if (!answer.ok) throw new Error(answer.status);
      put(await answer.text(), key);
      said.textContent = `Đã mở ${heading().textContent}. Bấm Tab để đọc, Esc để đóng.`;
      if (narrow.matches && !keep) heading().focus();
    } catch (error) {
      if (error.name === "AbortError") return;
      put('<aside class="side" id="cell"><p class="side-part unmet" role="alert">! Chưa mở được ô này. Kiểm tra mạng rồi bấm lại.</p></aside>', key);
    }
  }

  function open(cell) {
    stand(cell);
    show(keyOf(cell));
  }

  function close({ keep = false } = {}) {
    asked?.abort();
    const cell = cellOf(shown());
    panel()?.remove();
    page.classList.remove("with-side");
    mark(null);
    said.textContent = "";
    if (!keep) history.pushState(null, "", address(null));
    if (cell) stand(cell);
  }

  table.addEventListener("click", (event) => {
    const cell = event.target.closest("td");
    if (isResult(cell)) open(cell);
  });
  page.addEventListener("click", (event) => {
    if (!event.target.closest("[data-close]")) return;
    event.preventDefault();
    close();
  });
  addEventListener("keydown", ({ key, target: from }) => {
    if (key === "Escape" && panel() && (page.contains(from) || from === document.body)) close();
  });
  addEventListener("popstate", () => {
    const key = new URL(location.href).searchParams.get("o");
    if (key) show(key, { keep: true });
    else if (panel()) close({ keep: true });
  });

  mark(shown());
  stand(cellOf(shown()) ?? at(1, 1), { focus: false });
  if (shown()) cellOf(shown())?.scrollIntoView({ block: "nearest", inline: "nearest" });
})();
