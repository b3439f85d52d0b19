// The panes beside the map: one is seen at a time.

/** Let tabs choose among panes, by finger and by key. @param {HTMLElement} list what holds the tabs @param {(id: string) => void} chosen told which tab was chosen */
export function tabbed(list, chosen) {
  const tabs = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=tab]")]);
  const choose = (/** @type {HTMLElement} */ now) => {
    for (const tab of tabs) {
      const here = tab === now;
      tab.setAttribute("aria-selected", String(here));
      tab.tabIndex = here ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls") ?? "")?.classList.toggle("later", !here);
    }
    chosen(now.id);
  };
  for (const tab of tabs) tab.addEventListener("click", () => choose(tab));
  list.addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    const at = tabs.findIndex((tab) => tab === document.activeElement);
    const next = step && at >= 0 ? tabs[(at + step + tabs.length) % tabs.length] : null;
    if (!next) return;
    choose(next);
    next.focus();
  });
}
