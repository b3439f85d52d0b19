// What has no place is on no map: how many records the map's filters mean of it, and where they are to be had.

/**
 * Put the question for what a form's choices mean and no map shows.
 * @param {[string, string][]} chosen
 */
export function unplaced(chosen) {
  const kept = chosen.filter(([, value]) => value !== "");
  const asked = kept.map(([name, value]) => (name === "town" ? [name, `${value},null`] : [name, value]));
  return new URLSearchParams([...asked, ["placed_by", "none"]]);
}

/**
 * Keep the line about it true to the filters.
 * @param {HTMLFormElement} form
 * @param {HTMLElement} said
 */
export function follow(form, said) {
  let turns = 0;
  form.addEventListener("change", async () => {
    const turn = (turns += 1);
    const asked = unplaced([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    const answer = await fetch(`${said.dataset["count"]}?${asked}`).catch(() => null);
    const count = answer?.ok ? (await answer.json()).count : 0;
    if (turn === turns) show(said, count, asked);
  });
}

/** @param {HTMLElement} said @param {number} count @param {URLSearchParams} asked */
function show(said, count, asked) {
  const link = said.querySelector("a");
  const number = link?.querySelector("span");
  const town = document.getElementById("nowhere-town");
  if (number) number.textContent = count.toLocaleString("en-US");
  if (town) town.hidden = !asked.has("town");
  if (link) link.href = `${said.dataset["export"]}?${asked}&download=1`;
  said.hidden = count === 0;
}
