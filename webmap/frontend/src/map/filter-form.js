// Reads and sets the filter form beside the map, and the layer checkboxes.
import { createElement } from "../ui/dom-elements.js";
import { formatDate, formatList, formatNumber, gettext } from "../ui/gettext.js";

/** The filters and layers as set in the form. */
export class FilterForm {
  /**
   * @param {import("./url-state.js").MapState} initialState
   * @param {import("./page-config.js").LayerToggle[]} layers
   * @param {() => void} onChange
   */
  constructor(initialState, layers, onChange) {
    this.form = /** @type {HTMLFormElement | null} */ (document.getElementById("filters"));
    this.hiddenKeys = new Set(initialState.hiddenLayers);
    this.onChange = onChange;
    /** @type {Map<string, HTMLInputElement>} */
    this.layerBoxes = new Map();
    this.setValues(initialState.filters);
    this.clearButton = document.getElementById("clear");
    this.form?.addEventListener("change", ({ target }) => {
      if (target instanceof HTMLElement && target.getAttribute("name")) this.#notifyChange();
    });
    this.clearButton?.addEventListener("click", () => this.clearAll());
    this.form?.addEventListener("submit", (event) => event.preventDefault());
    this.addLayerToggles(layers);
    this.lastTown = this.selectedTownSlug();
    this.#updateClearButton();
  }

  #notifyChange() {
    this.#updateClearButton();
    this.onChange();
  }

  /** Clears all filters. */
  clearAll() {
    this.setValues([]);
    this.#notifyChange();
  }

  #updateClearButton() {
    this.clearButton?.toggleAttribute("hidden", this.queryPairs().length === 0);
  }

  /** Shows how many features in view have each mark; null shows no counts. @param {Record<string, number> | null} countsByMark */
  showMarkCounts(countsByMark) {
    for (const box of /** @type {NodeListOf<HTMLElement>} */ (this.form?.querySelectorAll("[data-code]") ?? [])) {
      box.textContent = countsByMark ? formatNumber(countsByMark[box.dataset["code"] ?? ""] ?? 0) : "";
    }
  }

  /** Sets the form to the filters of the URL. A cached page may have been rendered for another URL. @param {[string, string][]} pairs */
  setValues(pairs) {
    for (const control of /** @type {Iterable<any>} */ (this.form?.elements ?? [])) {
      const values = pairs.filter(([name]) => name === control.name).map(([, value]) => value);
      if (control.type === "checkbox") control.checked = values.includes(control.value);
      else if (control.name) {
        control.value = values[0] ?? "";
        if (values[0] && control.value !== values[0]) control.append(new Option(values[0], values[0], true, true)); // for example `null`, which the form does not offer
      }
    }
  }

  /** Returns the filters in force as query pairs. @returns {[string, string][]} */
  queryPairs() {
    if (!this.form) return [];
    return [...new FormData(this.form)].filter(([, value]) => value !== "").map(([key, value]) => [key, String(value)]);
  }

  /** Describes the chosen filters in the form's words. */
  describeChoices() {
    const choices = [...(this.form?.querySelectorAll("select[name], input[type=date]") ?? [])].flatMap((control) => {
      const { value, labels } = /** @type {HTMLSelectElement | HTMLInputElement} */ (control);
      const label = labels?.[0]?.textContent ?? "";
      const valueText = control instanceof HTMLSelectElement ? (control.selectedOptions[0]?.textContent ?? value) : formatDate(value);
      return value ? [gettext("%(name)s: %(value)s", { name: label, value: valueText })] : [];
    });
    const checkedLabels = [...(this.form?.querySelectorAll("input[type=checkbox][name]:checked") ?? [])].map((box) => box.closest("label")?.querySelector(".chip-name")?.textContent ?? "");
    return checkedLabels.length ? [...choices, formatList(checkedLabels)] : choices;
  }

  /** @param {string} key */
  isLayerShown(key) {
    return !this.hiddenKeys.has(key);
  }

  /** Sets the form to the state of a URL, without reporting a change. @param {import("./url-state.js").MapState} state */
  restore({ filters, hiddenLayers }) {
    this.setValues(filters);
    this.hiddenKeys = new Set(hiddenLayers);
    for (const [key, checkbox] of this.layerBoxes) checkbox.checked = this.isLayerShown(key);
    this.lastTown = this.selectedTownSlug();
    this.#updateClearButton();
  }

  hiddenLayers() {
    return [...this.hiddenKeys].sort();
  }

  /** Returns whether another town was chosen since the last call. */
  hasTownChanged() {
    const slug = this.selectedTownSlug();
    const isOther = slug !== this.lastTown && slug !== "";
    this.lastTown = slug;
    return isOther;
  }

  selectedTownSlug() {
    return this.queryPairs().find(([key]) => key === "town")?.[1] ?? "";
  }

  /** Returns the selected town's name, or null for all towns. */
  selectedTownName() {
    const select = /** @type {HTMLSelectElement | null} */ (this.form?.querySelector("select[name=town]") ?? null);
    return select?.value ? (select.selectedOptions[0]?.textContent ?? null) : null;
  }

  /** Adds a checkbox for each layer. @param {import("./page-config.js").LayerToggle[]} layers */
  addLayerToggles(layers) {
    const box = document.getElementById("layers");
    for (const layer of layers) {
      const checkbox = createElement("input", { type: "checkbox" });
      checkbox.checked = this.isLayerShown(layer.key);
      this.layerBoxes.set(layer.key, checkbox);
      checkbox.addEventListener("change", () => {
        if (checkbox.checked) this.hiddenKeys.delete(layer.key);
        else this.hiddenKeys.add(layer.key);
        this.onChange();
      });
      box?.append(createElement("label", { class: "key" }, checkbox, createElement("span", {}, layer.title)));
    }
    box?.removeAttribute("hidden");
  }
}
