// Checking a draft in the browser: text and table light one another, a stretch of text becomes a task, a row saves as
// it is left. Everything here is a convenience: without it each link and button leads to a page of its own.
(() => {
  "use strict";
  const page = document.querySelector("[data-review]");
  if (!page) return;
  const doc = page.querySelector(".review-doc");
  const tasks = document.getElementById("review-tasks");
  htmx.config.timeout = 60_000;

  // -- one lights the other ------------------------------------------------------------------------------------------

  function pick(key, from) {
    for (const element of page.querySelectorAll("[data-task]")) element.classList.toggle("picked", element.dataset.task === key);
    if (!key || !from) return;
    const other = document.getElementById(from.closest(".review-doc") ? `nv-${key}` : `doan-${key}`);
    other?.scrollIntoView({ block: "nearest" });
  }
  // The mouse only lights them: what it passes over must not move.
  page.addEventListener("mouseover", ({ target }) => {
    const key = target.closest("[data-task]")?.dataset.task;
    for (const element of page.querySelectorAll("[data-task]")) element.classList.toggle("lit", element.dataset.task === key);
  });
  // A row that is picked grows: while the mouse is down it must stay, or what was pressed slips from under it.
  let pressed = false;
  page.addEventListener("pointerdown", () => (pressed = true));
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(() => (pressed = false)));
  page.addEventListener("focusin", ({ target }) => {
    const at = target.closest("[data-task]");
    if (at && !pressed) pick(at.dataset.task, at);
  });
  page.addEventListener("click", (event) => {
    const at = event.target.closest("[data-task]");
    if (!at) return;
    const link = event.target.closest("a.no");
    if (link) event.preventDefault();
    if (link || !event.target.closest("a, button, input, textarea, select, label, summary")) pick(at.dataset.task, at);
  });

  // -- a stretch of text becomes a task ------------------------------------------------------------------------------

  const add = page.querySelector("[data-add]");
  const length = (text) => [...text].length;

  // Where a point of the page stands in the text: paragraphs say where they start, and hold nothing but the text.
  function placeOf(node, offset) {
    const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    const paragraph = element.closest("[data-at]");
    if (!paragraph) return null;
    const before = document.createRange();
    before.setStart(paragraph, 0);
    before.setEnd(node, offset);
    return Number(paragraph.dataset.at) + length(before.toString());
  }

  // The same for an end of the selection that lies between paragraphs: the nearest paragraph inside it.
  function endsOf(range) {
    let start = placeOf(range.startContainer, range.startOffset);
    let end = placeOf(range.endContainer, range.endOffset);
    if (start === null || end === null) {
      const inside = [...doc.querySelectorAll("[data-at]")].filter((paragraph) => range.intersectsNode(paragraph));
      if (!inside.length) return null;
      const last = inside.at(-1);
      start ??= Number(inside[0].dataset.at);
      end ??= Number(last.dataset.at) + length(last.textContent);
    }
    return start < end ? [start, end] : null;
  }
  document.addEventListener("selectionchange", () => {
    if (!add) return;
    const selection = getSelection();
    const range = selection.rangeCount && !selection.isCollapsed ? selection.getRangeAt(0) : null;
    const isHere = range && doc.querySelector("#review-text")?.contains(range.commonAncestorContainer);
    const ends = isHere && range.toString().trim() ? endsOf(range) : null;
    // A press on the button must not take the selection from it.
    if (!ends && document.activeElement === add.querySelector("button")) return;
    [add.elements.start.value, add.elements.end.value] = ends ?? ["", ""];
    add.querySelector("button").disabled = !ends;
    add.querySelector("[data-add-help]").textContent = ends
      ? `Đã chọn ${ends[1] - ends[0]} ký tự.`
      : "Bôi đen một đoạn để thêm nhiệm vụ.";
  });
  add?.querySelector("button").addEventListener("mousedown", (event) => event.preventDefault());

  // -- where to split ------------------------------------------------------------------------------------------------

  function showCut(area) {
    const form = area.form;
    const text = area.value;
    const starts = [...text.matchAll(/\S+/g)].map((match) => match.index);
    const at = starts.findLast((start) => start <= area.selectionStart) ?? 0;
    const word = form.querySelector("[data-cut]");
    for (const radio of form.querySelectorAll("[type=radio]")) radio.checked = false;
    let input = form.querySelector("input[type=hidden][name=at]");
    if (!at) {
      input?.remove();
      word.textContent = "";
      return;
    }
    if (!input) {
      input = document.createElement("input");
      input.type = "hidden";
      input.name = "at";
      form.append(input);
    }
    input.value = length(text.slice(0, at));
    word.textContent = `Phần thứ hai: “${text.slice(at, at + 70)}…”`;
  }
  page.addEventListener("click", ({ target }) => target.matches("[data-cursor]") && showCut(target));
  page.addEventListener("keyup", ({ target }) => target.matches("[data-cursor]") && showCut(target));
  page.addEventListener("change", ({ target }) => {
    if (target.matches("[data-split] [type=radio]")) target.form.querySelector("input[type=hidden][name=at]")?.remove();
  });

  // -- a row saves as it is left -------------------------------------------------------------------------------------

  const dirty = new Set();
  const sent = new Set();
  page.addEventListener("input", ({ target }) => {
    const editor = target.closest("[data-editor]");
    if (editor) dirty.add(editor);
  });
  page.addEventListener("focusout", ({ target, relatedTarget }) => {
    const editor = target.closest("[data-editor]");
    // Another window is no leaving; nor is the link that says not to save.
    if (!editor || !document.hasFocus() || editor.contains(relatedTarget) || relatedTarget?.matches("[data-leave]")) return;
    setTimeout(() => {
      const isLeft = editor.isConnected && !editor.contains(document.activeElement);
      if (isLeft && dirty.has(editor) && !sent.has(editor)) editor.requestSubmit();
    }, 250);
  });
  page.addEventListener("mousedown", ({ target }) => {
    // A press on words of the form itself moves the focus nowhere.
    const editor = target.closest("[data-editor]");
    if (editor && !target.closest("a, button, input, textarea, select, label, summary")) editor.querySelector("textarea").focus();
  });
  addEventListener("beforeunload", (event) => {
    if ([...dirty].some((editor) => editor.isConnected)) event.preventDefault();
  });

  // What is typed and not saved is not swept away by what others change.
  const isOpen = () => [...tasks.querySelectorAll("[data-editor]")].find((editor) => dirty.has(editor));
  function warn(text) {
    const box = document.createElement("p");
    box.className = "notice notice-error";
    box.role = "alert";
    box.textContent = `! ${text}`;
    page.querySelector(".review-work > .notice-error")?.remove();
    page.querySelector(".review-work").prepend(box);
  }
  document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (event.detail.target.id === "review-tasks" && isOpen()) event.detail.shouldSwap = false;
  });

  const cookie = (name) => document.cookie.match(`(?:^|; )${name}=([^;]+)`)?.[1];
  page.addEventListener("htmx:configRequest", ({ detail }) => {
    // Signing in again changes the token; the page still carries the old one.
    const token = cookie("csrftoken");
    if (!token) return;
    detail.headers["X-CSRFToken"] = token;
    if (detail.parameters.csrfmiddlewaretoken) detail.parameters.csrfmiddlewaretoken = token;
  });
  page.addEventListener("htmx:beforeRequest", (event) => {
    const asked = event.detail.elt;
    const open = isOpen();
    if (asked.matches("[data-editor]")) sent.add(asked);
    else if (open && event.detail.requestConfig.verb === "post" && !asked.matches("[name=is_included], #review-header")) {
      event.preventDefault();
      warn(`Lưu hoặc bỏ sửa nhiệm vụ ${open.dataset.editor} trước.`);
    }
  });
  page.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (!detail.xhr.responseURL?.includes("/dang-nhap/")) return;
    // The session has ended: what was typed stays.
    detail.shouldSwap = false;
    warn("Chưa lưu: phiên đã hết hạn. Mở thẻ khác để đăng nhập lại, rồi bấm Lưu.");
  });
  page.addEventListener("htmx:afterRequest", ({ detail }) => {
    sent.delete(detail.elt);
    if (detail.successful) page.querySelector(".review-work > .notice-error:not([data-kept])")?.remove();
    if (detail.successful && detail.elt.matches("[data-editor]")) dirty.delete(detail.elt);
  });
  for (const failed of ["htmx:sendError", "htmx:timeout"])
    page.addEventListener(failed, () => warn("Chưa lưu: mất kết nối với máy chủ. Nội dung vẫn còn trên trang; bấm Lưu lần nữa."));
  page.addEventListener("htmx:responseError", ({ detail }) => {
    if (detail.xhr.status !== 422) warn(`Chưa lưu: máy chủ báo lỗi ${detail.xhr.status}. Tải lại trang để xem.`);
  });

  // -- after a change ------------------------------------------------------------------------------------------------

  // A form opens at the field that was pressed.
  let wanted = "";
  page.addEventListener("click", ({ target }) => (wanted = target.closest("[data-focus]")?.dataset.focus ?? wanted));
  page.addEventListener("htmx:afterSettle", ({ detail }) => {
    const row = detail.target.id?.startsWith("nv-") ? document.getElementById(detail.target.id) : null;
    if (row?.classList.contains("editing")) {
      const field =
        row.querySelector("[aria-invalid=true]") ??
        (wanted === "cursor" ? row.querySelector("[data-cursor]") : row.querySelector(`[name="${wanted}"]`)) ??
        row.querySelector("textarea, input:not([type=hidden])");
      const fold = field?.closest("details");
      if (fold) fold.open = true;
      field?.focus({ preventScroll: true });
      row.scrollIntoView({ block: "nearest" });
    }
    const picked = tasks.querySelector("[data-picked]");
    if (picked) {
      const key = picked.dataset.picked;
      picked.removeAttribute("data-picked");
      pick(key);
      document.getElementById(`nv-${key}`)?.scrollIntoView({ block: "nearest" });
      document.getElementById(`doan-${key}`)?.scrollIntoView({ block: "nearest" });
    }
  });
  if (location.hash.startsWith("#nv-")) pick(location.hash.slice(4), document.querySelector(location.hash));
})();
