// Counts the records that match the map's filters but have no coordinates, and links to their exports.

/**
 * Builds the query for records that match a form's filters and are on no map.
 * @param {[string, string][]} filterPairs
 */
export function unplacedQuery(filterPairs) {
  const filledPairs = filterPairs.filter(([, value]) => value !== "");
  const queryPairs = filledPairs.map(([name, value]) => (name === "town" ? [name, `${value},null`] : [name, value]));
  return new URLSearchParams([...queryPairs, ["placed_by", "none"]]);
}

/**
 * Updates the notice about unplaced records whenever the filters change.
 * @param {HTMLFormElement} form
 * @param {HTMLElement} notice
 */
export function followFilters(form, notice) {
  let lastRequestId = 0;
  form.addEventListener("change", async () => {
    const requestId = (lastRequestId += 1);
    const query = unplacedQuery([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    const response = await fetch(`${notice.dataset["count"]}?${query}`).catch(() => null);
    const count = response?.ok ? (await response.json()).count : 0;
    if (requestId === lastRequestId) showUnplacedCount(notice, count, query);
  });
}

/** @param {HTMLElement} notice @param {number} count @param {URLSearchParams} query */
function showUnplacedCount(notice, count, query) {
  const countElement = document.getElementById("unplaced-count");
  const townNote = document.getElementById("unplaced-town");
  if (countElement) countElement.textContent = count.toLocaleString("en-US");
  if (townNote) townNote.hidden = !query.has("town");
  for (const link of notice.querySelectorAll("a")) link.href = `${link.dataset["export"]}?${query}&download=1`;
  notice.hidden = count === 0;
}
