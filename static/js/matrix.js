// A cell of the matrix opens its criterion on the place's sheet; without scripts the total of the row does.
(function () {
  "use strict";
  var table = document.querySelector("[data-matrix]");
  if (!table) return;
  table.addEventListener("click", function (event) {
    var cell = event.target.closest("tbody td");
    if (!cell || event.target.closest("a") || cell.classList.contains("total")) return;
    var sheet = cell.parentElement.querySelector("td.total a");
    if (sheet) window.location = sheet.href + "#tc-" + cell.cellIndex;
  });
})();
