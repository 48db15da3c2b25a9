// The sheet's states that only the browser knows: saving, cut off, signed out; how many cells are not saved.
(function () {
  "use strict";
  var form = document.querySelector("[data-sheet]");
  if (!form) return;
  var unsaved = new Set();

  function cell(event) {
    return event.target.closest ? event.target.closest(".field") : null;
  }
  function state(field, text) {
    var place = field.querySelector(".cell-state");
    if (!place) return;
    place.textContent = "";
    var word = document.createElement("span");
    word.className = text.charAt(0) === "!" ? "error" : "saving";
    word.textContent = text;
    place.appendChild(word);
  }
  function mark(field, failed) {
    if (failed) unsaved.add(field); else unsaved.delete(field);
    field.querySelector("[id^=v-]").classList.toggle("is-invalid", failed);
    if (failed && field.textContent.indexOf("vào ô ghi chú") > -1) field.querySelector(".more").open = true;
    var now = new Date();
    var time = String(now.getHours()).padStart(2, "0") + ":" + String(now.getMinutes()).padStart(2, "0");
    var bar = document.getElementById("save-state");
    var word = document.createElement("span");
    word.className = unsaved.size ? "error" : "saved";
    word.textContent = unsaved.size ? "! " + unsaved.size + " ô chưa lưu" : "✓ Đã lưu " + time;
    bar.replaceChildren(word);
  }

  form.addEventListener("htmx:beforeRequest", function (event) {
    var field = cell(event);
    if (field) state(field, "… đang lưu");
  });
  form.addEventListener("htmx:beforeSwap", function (event) {
    // An expired session answers with the sign-in page: keep what was typed and say so.
    var request = event.detail.xhr;
    if (request.responseURL && request.responseURL.indexOf("/dang-nhap/") > -1) {
      event.detail.shouldSwap = false;
      var field = event.detail.requestConfig.elt;
      state(field, "! Chưa lưu: phiên đã hết hạn. Đăng nhập lại ở thẻ khác, rồi sửa lại ô này.");
      mark(field, true);
    }
  });
  form.addEventListener("htmx:afterRequest", function (event) {
    var field = event.detail.requestConfig.elt;
    var status = event.detail.xhr.status;
    if (status === 422) mark(field, true);
    else if (status === 200 && event.detail.xhr.responseURL.indexOf("/dang-nhap/") < 0) mark(field, false);
    else if (status !== 200) {
      state(field, status ? "! Chưa lưu: máy chủ báo lỗi " + status + ". Bấm “Lưu phiếu” để thử lại." : "! Chưa lưu: mất kết nối. Bấm “Lưu phiếu” khi có mạng lại.");
      mark(field, true);
    }
  });
  // Enter goes down the column, as in a spreadsheet, instead of sending the whole sheet.
  form.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || !event.target.matches("input[name^=v-]")) return;
    event.preventDefault();
    var inputs = Array.prototype.slice.call(form.querySelectorAll("input[name^=v-], .field-choice > select"));
    var next = inputs[inputs.indexOf(event.target) + (event.shiftKey ? -1 : 1)];
    if (next) next.focus();
  });
  window.addEventListener("beforeunload", function (event) {
    if (unsaved.size) event.preventDefault();
  });
  form.addEventListener("submit", function () { unsaved.clear(); });
})();
