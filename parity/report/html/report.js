"use strict";
// Filters and searches the findings of the page, and keeps what is filtered in its address. Without it, all of them are shown.
(() => {
  const root = document.documentElement;
  const all = (selector, of = document) => [...of.querySelectorAll(selector)];
  root.classList.add("js");

  // A page that was opened from a file may have no storage.
  const theme = document.getElementById("theme");
  const storage = (use) => { try { return use(localStorage); } catch { return null; } };
  const paint = () => { if (theme.value) root.dataset.theme = theme.value; else delete root.dataset.theme; };
  theme.value = storage((s) => s.getItem("maquette-theme")) || "";
  paint();
  theme.addEventListener("change", () => { paint(); storage((s) => s.setItem("maquette-theme", theme.value)); });

  // On paper everything is open.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    for (const d of closed) d.open = true;
  });
  addEventListener("afterprint", () => { for (const d of closed) d.open = false; });

  const form = document.getElementById("filter");
  if (!form) return;
  const fields = ["dimension", "tier", "rule", "state"].filter((name) => form.elements[name]);
  const severities = all("[name=severity]", form);
  const groups = all(".group").map((el) => ({
    el,
    causes: all(".cause", el).map((cause) => {
      const places = cause.querySelector("[data-places]");
      return {
        el: cause, places, head: null,
        findings: all("tbody tr", cause).map((row) => ({
          el: row, text: null,
          is: { severity: cause.dataset.severity, state: cause.dataset.state, dimension: el.dataset.dimension, rule: row.dataset.rule, tier: row.dataset.tier },
        })),
      };
    }),
  }));
  const total = groups.reduce((n, g) => n + g.causes.reduce((m, c) => m + c.findings.length, 0), 0);
  // Text is read only once somebody searches.
  const text = (cause, f) => {
    cause.head ??= (cause.el.querySelector("summary").textContent + " " + cause.el.querySelector(".advice").textContent).toLowerCase();
    f.text ??= cause.head + " " + f.el.textContent.toLowerCase();
    return f.text;
  };

  const apply = () => {
    const words = form.elements.q.value.toLowerCase().split(/\s+/).filter(Boolean);
    const on = new Set(severities.filter((s) => s.checked).map((s) => s.value));
    const wanted = fields.map((name) => [name, form.elements[name].value]).filter(([, value]) => value);
    let shown = 0;
    for (const group of groups) {
      let inGroup = 0;
      for (const cause of group.causes) {
        let inCause = 0;
        for (const f of cause.findings) {
          const fits = on.has(f.is.severity) && wanted.every(([name, value]) => f.is[name] === value) &&
            (words.length === 0 || words.every((word) => text(cause, f).includes(word)));
          f.el.hidden = !fits;
          if (fits) inCause++;
        }
        cause.el.hidden = inCause === 0;
        if (cause.places) {
          const of = cause.findings.length;
          cause.places.textContent = inCause < of ? `${inCause} of ${of} places` : `${of} places`;
        }
        inGroup += inCause;
      }
      group.el.hidden = inGroup === 0;
      shown += inGroup;
    }
    const says = shown === 0 ? `None of ${total} findings shown` : `${shown} of ${total} findings shown`;
    document.getElementById("shown").textContent = says;
    const printed = document.getElementById("printed");
    printed.textContent = says + ".";
    printed.hidden = shown === total;
  };

  const address = () => {
    const query = new URLSearchParams();
    for (const name of ["q", ...fields]) if (form.elements[name].value) query.set(name, form.elements[name].value);
    const off = severities.filter((s) => !s.checked);
    if (off.length) query.set("severity", severities.filter((s) => s.checked).map((s) => s.value).join(","));
    return "#" + query;
  };
  const save = () => { try { history.replaceState(null, "", address()); } catch { /* as in a sandbox */ } };
  // read takes what the address says, and reports whether it says anything.
  const read = () => {
    const query = new URLSearchParams(location.hash.slice(1));
    const known = ["q", "severity", ...fields].filter((name) => query.has(name));
    if (known.length === 0) return false;
    form.elements.q.value = query.get("q") ?? "";
    for (const name of fields) {
      form.elements[name].value = query.get(name) ?? "";
      if (form.elements[name].selectedIndex < 0) form.elements[name].value = "";
    }
    const on = query.has("severity") ? query.get("severity").split(",") : null;
    for (const s of severities) s.checked = !on || on.includes(s.value);
    return true;
  };

  form.addEventListener("input", () => { apply(); save(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { apply(); save(); }));
  addEventListener("hashchange", () => { if (read()) { apply(); document.getElementById("findings").focus(); } });
  const open = document.getElementById("open");
  open.addEventListener("click", () => {
    const opening = open.textContent === "Open all";
    for (const d of all(".group .cause")) d.open = opening;
    open.textContent = opening ? "Close all" : "Open all";
  });

  // What was found of a tier leads to it.
  for (const span of all("[data-filter-tier]")) {
    const link = document.createElement("a");
    link.href = "#" + new URLSearchParams({ tier: span.dataset.filterTier });
    link.textContent = span.textContent;
    span.replaceChildren(link);
  }
  form.hidden = false;
  read();
  apply();
})();
