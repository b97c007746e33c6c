"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const form = document.getElementById("filters");
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
  const MOST_OPEN = 60;

  if (form) {
    const findings = all("li.finding").map((item) => ({ item, demande: fold(item.dataset.demande) }));
    const kinds = all("details.kind").map((kind) => ({
      kind, wasOpen: kind.open, items: all("li.finding", kind), count: kind.querySelector("summary .count"),
    }));
    for (const one of kinds) one.total = one.count.textContent;
    const groups = all("section.group");
    const known = new Set(findings.map((one) => one.demande));
    const status = document.getElementById("status");

    const apply = () => {
      const severities = new Set(all("input[name=severity]:checked", form).map((box) => box.value));
      const sheet = form.elements.sheet?.value;
      const wanted = fold(form.elements.demande.value);
      const exact = known.has(wanted);
      let shown = 0;
      for (const { item, demande } of findings) {
        const fits = severities.has(item.dataset.severity)
          && (!sheet || (sheet === "-" ? !item.dataset.sheet : `=${item.dataset.sheet}` === sheet))
          && (!wanted || (exact ? demande === wanted : demande.includes(wanted)));
        item.hidden = !fits;
        shown += fits;
      }
      const filtered = Boolean(sheet || wanted);
      for (const { kind, wasOpen, items, count, total } of kinds) {
        const left = items.filter((item) => !item.hidden).length;
        kind.hidden = !left;
        kind.open = filtered && left && shown <= MOST_OPEN ? true : wasOpen;
        count.textContent = filtered ? left : total;
      }
      for (const group of groups) group.hidden = !group.querySelector("details.kind:not([hidden])");
      status.textContent = shown ? `${status.dataset.shown}${shown}` : status.dataset.none;
    };

    form.hidden = false;
    form.addEventListener("input", apply);
    form.addEventListener("change", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(apply));
    apply();
  }

  for (const tools of all(".tools")) {
    tools.hidden = false;
    tools.addEventListener("click", (event) => {
      const what = event.target.dataset.all;
      if (what) for (const one of all("details.request")) one.open = what === "open";
    });
  }

  const follow = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target && target.matches("details")) {
      target.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", follow);
  follow();

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all("details.kind:not(.info):not([open])");
    for (const one of opened) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
  });
})();
