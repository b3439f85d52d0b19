// Runs before the page is drawn, so that a chosen theme never flashes in, and what only scripts can fold is folded at once.
document.documentElement.dataset["scripted"] = "";
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark" || theme === "sun") document.documentElement.dataset["theme"] = theme;
} catch {
  // Storage may be shut; the system's own colours hold then.
}
