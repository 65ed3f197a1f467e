// The reader's choice of light, dark or the system's.

export type Theme = "auto" | "light" | "dark";

const key = "plumbline:theme";

export function savedTheme(): Theme {
  try {
    const saved = localStorage.getItem(key);
    return saved === "light" || saved === "dark" ? saved : "auto";
  } catch {
    return "auto"; // storage is switched off
  }
}

export function saveTheme(theme: Theme): void {
  const html = document.documentElement;
  if (theme === "auto") delete html.dataset["theme"];
  else html.dataset["theme"] = theme;
  try {
    if (theme === "auto") localStorage.removeItem(key);
    else localStorage.setItem(key, theme);
  } catch {
    // The choice lasts as long as the page.
  }
}
