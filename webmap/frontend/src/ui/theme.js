// Runs before the first paint, so that the stored theme does not flash and script-only styles apply at once.
document.documentElement.dataset["scripted"] = "";
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark" || theme === "sun") document.documentElement.dataset["theme"] = theme;
} catch {
  // Storage may be unavailable; the system's color scheme applies then.
}
