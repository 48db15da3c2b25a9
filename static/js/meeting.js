// Meeting mode: one slide at a time by keys, mouse and touch, and the decisions. The same script stands in the file that
// is shown without a network: there what is typed stays in the page. Without it all slides stand one under another.
(() => {
  "use strict";
  const deck = document.querySelector("[data-deck]");
  const slides = [...deck.querySelectorAll(".slide")];
  const isOffline = "offline" in deck.dataset;
  const index = deck.querySelector("[data-index]");
  const drawer = deck.querySelector("[data-drawer]");
  const form = deck.querySelector("[data-decision]");
  const slot = deck.querySelector("[data-form-slot]");
  const title = document.title;
  document.documentElement.classList.add("live");

  // A file's own storage may be closed to it: then nothing is remembered from one opening to the next.
  const store = {
    get(key) {
      try {
        return localStorage.getItem(key);
      } catch {
        return null;
      }
    },
    set(key, value) {
      try {
        localStorage.setItem(key, value);
        return true;
      } catch {
        return false;
      }
    },
  };

  // -- one at a time -------------------------------------------------------------------------------------------------

  let now = -1;
  function show(number, isStart) {
    if (number === now) return;
    now = number;
    const slide = slides[now];
    for (const other of slides) other.classList.toggle("now", other === slide);
    for (const link of index.querySelectorAll("ol a")) {
      if (link.hash === `#${slide.id}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    deck.querySelector("[data-step='-1']").disabled = now === 0;
    deck.querySelector("[data-step='1']").disabled = now === slides.length - 1;
    document.title = `${now + 1}/${slides.length} ${slide.querySelector("h2").textContent} · ${title}`;
    index.open = false;
    placeForm();
    scrollTo(0, 0);
    // What is read out is the new slide; at the start the page itself.
    if (!isStart && !drawer?.contains(document.activeElement)) slide.querySelector("h2").focus({ preventScroll: true });
  }
  const ofHash = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    return Math.max(0, slides.findIndex((slide) => slide.id === id));
  };
  const go = (number) => {
    const slide = slides[Math.min(Math.max(number, 0), slides.length - 1)];
    // In place of the one before: the way back leads out of the meeting, not through all its slides.
    location.replace(`#${slide.id}`);
  };
  addEventListener("hashchange", () => show(ofHash()));
  deck.addEventListener("click", ({ target }) => {
    const step = target.closest("[data-step]");
    if (step) go(now + Number(step.dataset.step));
    if (target.closest("[data-full]")) toggleFull();
    if (target.closest("[data-decide]")) decide();
    if (target.closest("[data-close]")) closeDrawer();
    if (!target.closest("[data-index]")) index.open = false;
  });

  function toggleFull() {
    const root = document.documentElement;
    const asked = document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen?.();
    // Some kiosks forbid it; F11 is still there.
    asked?.catch(() => {});
  }
  let leftFull = -1000;
  document.addEventListener("fullscreenchange", (event) => {
    if (!document.fullscreenElement) leftFull = event.timeStamp;
  });

  // -- keys and touch ------------------------------------------------------------------------------------------------

  const letters = deck.querySelector("[data-letters]");
  letters.checked = store.get("meeting-letters") !== "off";
  letters.addEventListener("change", () => store.set("meeting-letters", letters.checked ? "on" : "off"));

  const MOVES = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 };
  // Where a slide is longer than a small screen these keys scroll it, as everywhere.
  const SCROLL = ["PageDown", "PageUp", " ", "Home", "End"];
  addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.altKey || event.metaKey) return;
    if (key === "Escape") return escape(event);
    if (target.matches("input:not([type=checkbox]), textarea, select")) return;
    if (key === " " && target.closest("button, a, summary, input")) return;
    const isLong = document.documentElement.scrollHeight > innerHeight + 8;
    if (isLong && SCROLL.includes(key)) return;
    const step = MOVES[key] ?? (key === " " ? (event.shiftKey ? -1 : 1) : 0);
    const letter = letters.checked && !event.repeat ? key.toLowerCase() : "";
    if (step) go(now + step);
    else if (key === "Home") go(0);
    else if (key === "End") go(slides.length - 1);
    else if (letter === "f") toggleFull();
    else if (letter === "d" && form) decide();
    else return;
    event.preventDefault();
  });

  // What is open closes first; then the meeting itself. The browser takes the Escape that leaves the full screen.
  function escape(event) {
    if (index.open) {
      index.open = false;
      index.querySelector("summary").focus();
    } else if (drawer && !drawer.hidden) closeDrawer();
    else if (event.target.matches("input, textarea, select")) event.target.blur();
    else if (!isOffline && !document.fullscreenElement && event.timeStamp - leftFull > 1000) location.href = deck.dataset.exit;
  }

  let touch = null;
  addEventListener("touchstart", ({ touches, target }) => {
    const isFree = touches.length === 1 && !target.closest("form, .drawer, .index-panel, textarea");
    touch = isFree ? { x: touches[0].clientX, y: touches[0].clientY } : null;
  }, { passive: true });
  addEventListener("touchend", ({ changedTouches }) => {
    if (!touch) return;
    const x = changedTouches[0].clientX - touch.x;
    const y = changedTouches[0].clientY - touch.y;
    touch = null;
    if (Math.abs(x) > 50 && Math.abs(x) > 1.5 * Math.abs(y)) go(now + (x < 0 ? 1 : -1));
  });

  // -- a decision ----------------------------------------------------------------------------------------------------

  // The one form stands on its slide; on any other it is brought into the drawer with all that was typed.
  const onOwnSlide = () => slides[now].contains(slot);
  function placeForm() {
    if (!form) return;
    const where = onOwnSlide() || drawer.hidden ? slot : drawer.querySelector("[data-drawer-slot]");
    if (onOwnSlide()) drawer.hidden = true;
    if (form.parentElement !== where) where.append(form);
    prefill();
  }
  function decide() {
    drawer.hidden = onOwnSlide();
    placeForm();
    form.elements.text.focus();
  }
  function closeDrawer() {
    drawer.hidden = true;
    placeForm();
    slides[now].querySelector("h2").focus({ preventScroll: true });
  }

  // Typed on a commune's slide it is about that commune, as long as nothing was typed or chosen before.
  let isChosen = false;
  const boxes = () => [...form.querySelectorAll("[name=communes]")];
  function prefill() {
    if (isChosen || form.elements.text.value.trim()) return;
    const { place } = slides[now].dataset;
    for (const box of boxes()) box.checked = box.value === place;
    sayChosen();
  }
  function sayChosen() {
    const chosen = boxes().filter((box) => box.checked);
    const names = chosen.slice(0, 2).map((box) => box.parentElement.textContent.trim()).join(", ");
    const more = chosen.length > 2 ? ` và ${chosen.length - 2} xã khác` : "";
    form.querySelector("[data-chosen]").textContent = chosen.length ? names + more : "không riêng xã nào";
  }

  function say(text, isBad) {
    const state = form.querySelector("[data-state]");
    state.textContent = text;
    state.classList.toggle("bad", Boolean(isBad));
    return state;
  }
  function tell(errors) {
    for (const field of form.querySelectorAll("[data-field]")) {
      const sentences = errors[field.dataset.field] ?? [];
      const line = field.querySelector(".error");
      line.hidden = !sentences.length;
      line.textContent = sentences.map((sentence) => `! Chưa lưu: ${sentence}`).join(" ");
      const input = field.querySelector("input, select, textarea");
      input.setAttribute("aria-invalid", String(Boolean(sentences.length)));
      if (sentences.length) input.setAttribute("aria-describedby", line.id);
      else input.removeAttribute("aria-describedby");
    }
    const others = Object.entries(errors).filter(([name]) => !form.querySelector(`[data-field="${name}"]`));
    const first = others.flatMap(([, sentences]) => sentences)[0];
    say(first ? `! Chưa lưu: ${first}` : Object.keys(errors).length ? "! Chưa lưu: xem ô báo đỏ." : "", true);
    form.querySelector("[aria-invalid=true]")?.focus();
  }
  function clear() {
    form.elements.text.value = form.elements.due_on.value = "";
    if (form.elements.by_communes) form.elements.by_communes.checked = false;
    isChosen = false;
    prefill();
  }
  const clock = () => new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
  const cookie = (name) => document.cookie.match(`(?:^|; )${name}=([^;]+)`)?.[1];

  let isSending = false;
  async function send() {
    if (isSending) return;
    isSending = true;
    const sent = form.elements.text.value;
    const body = new FormData(form);
    // Signing in again changes the token; the page still carries the old one.
    const token = cookie("csrftoken");
    if (token) body.set("csrfmiddlewaretoken", token);
    say("… đang lưu");
    try {
      // As htmx asks for parts of a page: the server answers with the list alone.
      const answer = await fetch(form.action, {
        method: "POST",
        body,
        headers: { "HX-Request": "true" },
        signal: AbortSignal.timeout(60_000),
      });
      if (answer.url.includes("/dang-nhap/")) {
        const link = document.createElement("a");
        link.href = form.dataset.signIn;
        link.target = "_blank";
        link.textContent = "Đăng nhập lại ở thẻ mới";
        say("! Chưa lưu: phiên đã hết hạn, nội dung vẫn còn ở đây. ", true).append(link, ", rồi bấm Lưu.");
      } else if (answer.status === 422) {
        tell((await answer.json()).errors);
      } else if (!answer.ok || answer.redirected) {
        say(`! Chưa lưu: máy chủ báo lỗi ${answer.status}. Nội dung vẫn còn ở đây; bấm Lưu lần nữa.`, true);
      } else {
        const { html, number } = await answer.json();
        tell({});
        document.getElementById("decision-list").innerHTML = html;
        // What was typed while this was on its way is the next one.
        if (form.elements.text.value === sent) clear();
        say(`✓ đã lưu ${clock()}, kết luận ${number}`);
      }
    } catch {
      say("! Chưa lưu: mất kết nối với máy chủ. Nội dung vẫn còn ở đây; bấm Lưu lần nữa.", true);
    }
    isSending = false;
  }

  // What others correct in a second tab shows when one comes back.
  async function refresh() {
    try {
      const answer = await fetch(form?.action.split("#")[0] ?? "ket-luan/", { headers: { "HX-Request": "true" } });
      if (answer.ok && !answer.url.includes("/dang-nhap/"))
        document.getElementById("decision-list").innerHTML = (await answer.json()).html;
    } catch {
      // The list stays as it was; the next time one comes back it is asked for again.
    }
  }

  // -- without a network ---------------------------------------------------------------------------------------------

  const KEY = `meeting ${deck.dataset.deck}`;
  let kept = [];
  const words = (one, number) =>
    [`${number}. ${one.text}`, one.lead && `   Chủ trì: ${one.lead}`, one.due && `   Thời hạn: ${one.due}`,
      one.places.length && `   Xã: ${one.places.join(", ")}`].filter(Boolean).join("\n");
  function showKept() {
    const box = deck.querySelector("[data-kept]");
    box.hidden = !kept.length;
    box.querySelector("[data-kept-list]").replaceChildren(
      ...kept.map((one, number) => {
        const item = document.createElement("li");
        const remove = document.createElement("button");
        remove.type = "button";
        remove.className = "quiet";
        remove.textContent = "Bỏ";
        remove.setAttribute("aria-label", `Bỏ kết luận ${number + 1}`);
        remove.addEventListener("click", () => {
          kept.splice(number, 1);
          keep();
        });
        item.append([one.text, one.lead, one.due].filter(Boolean).join(" · "), " ", remove);
        return item;
      }),
    );
    box.querySelector("[data-copy-text]").value = kept.map((one, number) => words(one, number + 1)).join("\n");
  }
  function keep() {
    showKept();
    return store.set(KEY, JSON.stringify(kept));
  }
  function write() {
    const text = form.elements.text.value.trim();
    if (!text) return tell({ text: ["Ghi nội dung kết luận."] });
    tell({});
    const { lead } = form.elements;
    kept.push({
      text,
      lead: lead.value ? lead.selectedOptions[0].textContent : "",
      due: form.elements.due_on.value.trim(),
      places: boxes().filter((box) => box.checked).map((box) => box.parentElement.textContent.trim()),
    });
    const isStored = keep();
    clear();
    say(isStored ? `✓ đã ghi trong tệp này ${clock()}, chưa gửi` : "✓ đã ghi; đừng đóng trang trước khi chép ra", !isStored);
  }
  async function copy() {
    const area = deck.querySelector("[data-copy-text]");
    area.select();
    try {
      await navigator.clipboard.writeText(area.value);
      deck.querySelector("[data-copied]").textContent = "✓ đã chép";
    } catch {
      deck.querySelector("[data-copied]").textContent = "Chữ đã được chọn: bấm Ctrl+C để chép.";
    }
  }

  // -- beginning -----------------------------------------------------------------------------------------------------

  if (form) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (isOffline) write();
      else send();
    });
    form.addEventListener("change", ({ target }) => {
      if (target.name !== "communes") return;
      isChosen = true;
      sayChosen();
    });
    if (boxes().some((box) => box.checked)) {
      isChosen = true;
      sayChosen();
    }
    addEventListener("beforeunload", (event) => {
      if (form.elements.text.value.trim()) event.preventDefault();
    });
    if (isOffline) {
      try {
        kept = JSON.parse(store.get(KEY)) ?? [];
      } catch {
        kept = [];
      }
      showKept();
      deck.querySelector("[data-copy]").addEventListener("click", copy);
    }
  }
  if (!isOffline) document.addEventListener("visibilitychange", () => document.hidden || refresh());
  show(ofHash(), true);
})();
