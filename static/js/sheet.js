// A sheet or a column of cells in the browser: moving by keys, and the states only the browser knows: saving, cut off,
// signed out. Cells that were not saved for want of a link or a session are sent again by themselves.
(() => {
  "use strict";
  const form = document.querySelector("[data-sheet]");
  if (!form) return;
  // Why a cell is not saved, by the id of its field: "error", "offline", "session" or "pair" (one of two values typed).
  const unsaved = new Map();
  const saving = new Set();
  const RETRY_EVERY = 20_000;
  htmx.config.timeout = 60_000;

  const fieldOf = (element) =>
    element.closest(".field") || document.getElementById(element.closest("[data-field]")?.dataset.field);
  const cookie = (name) => document.cookie.match(`(?:^|; )${name}=([^;]+)`)?.[1];

  function say(field, text, link) {
    const word = document.createElement("span");
    word.className = text.startsWith("!") ? "error" : "saving";
    word.textContent = text;
    if (link) word.append(" ", link);
    field.querySelector(".cell-state")?.replaceChildren(word);
  }

  function sumUp() {
    const bar = document.getElementById("save-state");
    const word = document.createElement("span");
    const time = new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
    word.className = unsaved.size ? "error" : saving.size ? "saving" : "saved";
    word.textContent = unsaved.size ? `! ${unsaved.size} ô chưa lưu` : saving.size ? "… đang lưu" : `✓ Đã lưu ${time}`;
    bar.replaceChildren(word);
  }

  function mark(field, why) {
    if (why) unsaved.set(field.id, why);
    else unsaved.delete(field.id);
    for (const input of field.querySelectorAll("[data-value]")) input.classList.toggle("is-invalid", Boolean(why));
    if (why && field.textContent.includes("vào ô ghi chú")) field.querySelector(".more").open = true;
    sumUp();
  }

  const send = (field) => htmx.trigger(field, "change");

  function sendAgain(...reasons) {
    for (const [id, why] of [...unsaved]) if (reasons.includes(why)) send(document.getElementById(id));
  }

  // Of two values that belong together, the one still to be typed.
  function missing(field) {
    const pair = [...field.querySelectorAll("[name^=m-], [name^=f-]")];
    const empty = pair.filter((input) => !input.value.trim());
    return pair.length === 2 && empty.length === 1 ? empty[0] : null;
  }

  // Cells go one after the other, so that what the page shows of the whole is never older than what it showed before.
  // One that waits for its turn is on its way already.
  const waits = ({ target }) => {
    const field = target.closest(".field");
    if (!field) return;
    saving.add(field.id);
    say(field, "… đang lưu");
    sumUp();
  };
  // Before the request itself has its say.
  form.addEventListener("change", waits, { capture: true });
  form.addEventListener("htmx:configRequest", ({ detail }) => {
    // Signing in again changes the token; the page still carries the old one.
    detail.headers["X-CSRFToken"] = cookie("csrftoken") ?? detail.headers["X-CSRFToken"];
  });
  form.addEventListener("htmx:beforeRequest", (event) => {
    const field = fieldOf(event.target);
    if (!field) return;
    const gap = missing(field);
    saving.delete(field.id);
    if (gap && !field.dataset.left) {
      event.preventDefault();
      unsaved.set(field.id, "pair");
      say(field, `… còn thiếu ${gap.name.startsWith("m") ? "nam" : "nữ"}`);
      sumUp();
    } else if (!navigator.onLine) {
      event.preventDefault();
      say(field, "! Chưa lưu: mất kết nối. Ô này tự lưu khi có mạng lại.");
      mark(field, "offline");
    } else {
      saving.add(field.id);
      say(field, "… đang lưu");
      sumUp();
    }
  });

  const isSignIn = (request) => request.responseURL?.includes("/dang-nhap/");

  form.addEventListener("htmx:beforeSwap", ({ detail }) => {
    // Where the session has ended the answer is the sign-in page: what was typed stays.
    if (isSignIn(detail.xhr)) detail.shouldSwap = false;
    if (!detail.shouldSwap) return;
    for (const dialog of document.querySelectorAll(`[data-field="${fieldOf(detail.requestConfig.elt)?.id}"]`)) {
      // Removed only after the answer is in place: it is the place the answer is told from.
      dialog.close();
      dialog.removeAttribute("id");
    }
  });
  form.addEventListener("htmx:afterRequest", ({ detail }) => {
    const asked = detail.requestConfig.elt;
    const id = asked.closest("[data-field]")?.dataset.field ?? asked.id;
    const field = document.getElementById(id);
    const { status } = detail.xhr;
    saving.delete(id);
    for (const answered of document.querySelectorAll("#conflicts dialog:not([id])")) answered.remove();
    if (!field) return;
    if (isSignIn(detail.xhr)) {
      const link = document.createElement("a");
      link.href = form.dataset.signIn;
      link.target = "_blank";
      link.textContent = "Đăng nhập lại";
      say(field, "! Chưa lưu: phiên đã hết hạn.", link);
      mark(field, "session");
    } else if (status === 200) {
      const isAnew = asked.matches("button");
      // What was sent is what the cell shows from now on: Escape goes back to it.
      for (const control of isAnew ? [] : field.querySelectorAll("input, textarea, select")) {
        const sent = detail.requestConfig.formData.get(control.name);
        if (sent === null || control.type === "hidden") continue;
        if (control.options) for (const option of control.options) option.defaultSelected = option.value === sent;
        else control.defaultValue = sent;
      }
      if (isAnew) field.querySelector("[data-value]").focus();
      mark(field, "");
    } else if (status === 422) {
      mark(field, "error");
      for (const dialog of document.querySelectorAll("#conflicts dialog:not([open])")) dialog.showModal();
    } else if ([0, 502, 503, 504].includes(status)) {
      say(field, "! Chưa lưu: mất kết nối với máy chủ. Ô này tự lưu khi có mạng lại.");
      mark(field, "offline");
    } else {
      const why =
        status === 409
          ? "trang này do tài khoản khác mở. Đăng nhập lại tài khoản đó, hoặc tải lại trang."
          : status === 404 || status === 403
            ? "tài khoản đang đăng nhập không sửa được ô này nữa. Tải lại trang để xem."
            : `máy chủ báo lỗi ${status}. Sửa lại ô này để thử lần nữa.`;
      say(field, `! Chưa lưu: ${why}`);
      mark(field, "error");
    }
  });

  addEventListener("online", () => sendAgain("offline"));
  setInterval(() => navigator.onLine && sendAgain("offline"), RETRY_EVERY);
  addEventListener("focus", () => sendAgain("session"));
  new BroadcastChannel("signed-in").addEventListener("message", () => sendAgain("session"));

  // Both of a pair go in one request: it waits for the second, unless the person goes on without it.
  form.addEventListener("focusout", ({ target, relatedTarget }) => {
    const field = target.closest(".field");
    if (!field || field.contains(relatedTarget) || unsaved.get(field.id) !== "pair") return;
    field.dataset.left = "1";
    send(field);
  });
  form.addEventListener("focusin", ({ target }) => delete target.closest(".field")?.dataset.left);

  function goTo(field, from) {
    const inputs = [...field.querySelectorAll("[data-value]")];
    const place = [...from.closest(".field").querySelectorAll("[data-value]")].indexOf(from);
    const next = inputs[place] ?? inputs[0];
    next.focus();
    next.select?.();
  }

  function restore(control) {
    if (control.options) {
      for (const option of control.options) if (option.defaultSelected) control.value = option.value;
    } else control.value = control.defaultValue;
    if (unsaved.has(control.closest(".field").id)) send(control.closest(".field"));
  }

  // As in a spreadsheet: Enter and the arrows go down and up the column, Escape puts back what was shown. A key that
  // composes a letter (Telex, VNI) is never ours.
  form.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.altKey || event.metaKey) return;
    if (key === "Enter" && target.matches("dialog input")) {
      event.preventDefault();
      target.closest("section").querySelector("button").click();
    }
    if (!target.matches("[data-value]")) return;
    const isInput = target.matches("input");
    const down = key === "Enter" ? !event.shiftKey : key === "ArrowDown";
    if (key === "Escape") restore(target);
    else if (key === "Enter" || (isInput && (key === "ArrowDown" || key === "ArrowUp"))) {
      event.preventDefault();
      const fields = [...form.querySelectorAll(".field")].filter((field) => field.offsetParent);
      const next = fields[fields.indexOf(target.closest(".field")) + (down ? 1 : -1)];
      if (next) goTo(next, target);
      // At the end of the column the cell is still saved.
      else target.blur();
    }
  });

  // A plain field would join the pasted lines into one number.
  form.addEventListener("paste", (event) => {
    const { target } = event;
    const text = event.clipboardData.getData("text/plain").replace(/[\r\n]+$/, "");
    if (!target.matches("input[data-value]") || !/[\n\t]/.test(text)) return;
    event.preventDefault();
    const box = document.getElementById("paste-box");
    if (!box) {
      say(target.closest(".field"), "! Chưa dán: đây là nhiều ô. Dán cả cột ở trang “Nhập theo chỉ tiêu”.");
      return;
    }
    const rows = [...form.querySelectorAll("tr[data-place]")];
    const first = rows.indexOf(target.closest("tr"));
    const values = target.closest(".field").querySelectorAll("[name^=m-], [name^=f-]").length || 1;
    const lines = text.split(/\r?\n/);
    box.value = lines.some((line) => line.split("\t").length > values)
      ? text
      : lines.map((line, offset) => `${rows[first + offset]?.dataset.place ?? ""}\t${line}`).join("\n");
    box.form.requestSubmit();
  });

  // Two values can be looked at again after their window was closed.
  form.addEventListener("click", (event) => {
    const dialog = event.target.closest("a[href^='#conflict-']") && document.querySelector(event.target.hash);
    if (!dialog || dialog.open) return;
    event.preventDefault();
    dialog.showModal();
  });

  addEventListener("beforeunload", (event) => {
    if (unsaved.size || saving.size) event.preventDefault();
  });
  form.addEventListener("submit", () => {
    const token = cookie("csrftoken");
    for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) if (token) input.value = token;
    unsaved.clear();
    saving.clear();
  });
})();
