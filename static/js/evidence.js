// Dropping files and folders on the page. Convenience only: choosing them works without this file.
(function () {
  "use strict";
  const form = document.querySelector("[data-drop]");
  if (!form) return;
  const zone = form.querySelector(".drop-zone");
  const state = form.querySelector("[data-drop-state]");
  const { mostFiles, mostMb, largestMb } = form.dataset;
  form.querySelector("[data-drop-hint]").hidden = false;

  // A browser sends a file's bare name: where it lay goes beside it, for folders are named by indicators too.
  function tellPaths(input, paths) {
    for (const old of form.querySelectorAll(`[name="${input.name}-path"]`)) old.remove();
    paths.forEach((path) => {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = `${input.name}-path`;
      field.value = path;
      form.append(field);
    });
  }

  // Says before anything is sent what the server would refuse.
  function weigh() {
    const files = ["files", "folder"].flatMap((name) => [...form.elements[name].files]);
    const size = files.reduce((sum, file) => sum + file.size, 0) / 1024 / 1024;
    const words = (mb) => mb.toLocaleString("vi", { maximumFractionDigits: 1 });
    let problem = "";
    if (files.length > mostFiles) problem = `Mỗi lần nhận nhiều nhất ${mostFiles} tệp, anh chị chọn ${files.length}. Chia thành nhiều lần.`;
    else if (size > mostMb) problem = `Mỗi lần nhận nhiều nhất ${mostMb} MB, các tệp đã chọn nặng ${words(size)} MB. Chia thành nhiều lần.`;
    const heavy = files.filter((file) => file.size > largestMb * 1024 * 1024).length;
    const note = heavy ? ` ${heavy} tệp nặng hơn ${largestMb} MB sẽ không được nhận.` : "";
    state.className = problem ? "error" : heavy ? "warn" : "muted";
    state.textContent = problem ? `! ${problem}` : files.length ? `Đã chọn ${files.length} tệp, ${words(size)} MB.${note}` : "";
    form.querySelector(".btn-primary").disabled = Boolean(problem);
  }

  form.addEventListener("change", ({ target }) => {
    if (target.type !== "file") return;
    tellPaths(target, [...target.files].map((file) => file.webkitRelativePath || file.name));
    weigh();
  });

  async function walk(entry, found) {
    if (entry.isFile) {
      found.push([await new Promise((done, failed) => entry.file(done, failed)), entry.fullPath.slice(1)]);
      return;
    }
    const reader = entry.createReader();
    // A reader hands out a hundred at a time.
    for (;;) {
      const batch = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (!batch.length) return;
      for (const inner of batch) await walk(inner, found);
    }
  }

  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("over"); });
  }
  zone.addEventListener("dragleave", ({ relatedTarget }) => { if (!zone.contains(relatedTarget)) zone.classList.remove("over"); });
  zone.addEventListener("drop", async (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const found = [];
    // A browser that does not show folders still shows the files.
    if (!entries.length) for (const file of event.dataTransfer.files) found.push([file, file.name]);
    try {
      for (const entry of entries) await walk(entry, found);
    } catch {
      state.className = "error";
      state.textContent = "! Không đọc được thư mục vừa thả. Dùng nút chọn thư mục ở trên.";
      return;
    }
    const dropped = new DataTransfer();
    for (const [file] of found) dropped.items.add(file);
    const input = form.elements.files;
    input.files = dropped.files;
    tellPaths(input, found.map(([, path]) => path));
    weigh();
  });

  form.addEventListener("submit", () => {
    state.className = "muted";
    state.textContent = "… đang gửi, tệp lớn mất vài phút. Đừng đóng trang.";
  });
})();
