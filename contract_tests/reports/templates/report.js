"use strict";
const filters = document.querySelectorAll("select[data-filter]");
const findings = document.querySelectorAll("[data-finding]");
const shown = document.getElementById("shown");

function filter() {
  let count = 0;
  for (const finding of findings) {
    const fits = [...filters].every(
      (select) => select.value === "" || select.value === finding.dataset[select.dataset.filter],
    );
    finding.hidden = !fits;
    count += fits ? 1 : 0;
  }
  if (shown) shown.textContent = `${count} of ${findings.length} shown`;
}

for (const select of filters) select.addEventListener("change", filter);
filter();
