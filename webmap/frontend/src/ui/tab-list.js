// Tabs that switch between the panes beside the map.

/** Makes tabs switch panes, by pointer and keyboard. @param {HTMLElement} tabList the tabs' parent @param {(id: string) => void} onChosen gets the id of the selected tab */
export function setUpTabs(tabList, onChosen) {
  const tabs = /** @type {HTMLElement[]} */ ([...tabList.querySelectorAll("[role=tab]")]);
  const selectTab = (/** @type {HTMLElement} */ selected) => {
    for (const tab of tabs) {
      const isSelected = tab === selected;
      tab.setAttribute("aria-selected", String(isSelected));
      tab.tabIndex = isSelected ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls") ?? "")?.classList.toggle("inactive", !isSelected);
    }
    onChosen(selected.id);
  };
  for (const tab of tabs) tab.addEventListener("click", () => selectTab(tab));
  tabList.addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    const focusedIndex = tabs.findIndex((tab) => tab === document.activeElement);
    const nextTab = step && focusedIndex >= 0 ? tabs[(focusedIndex + step + tabs.length) % tabs.length] : null;
    if (!nextTab) return;
    selectTab(nextTab);
    nextTab.focus();
  });
}
