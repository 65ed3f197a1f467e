// Runs before the page is painted: the reader's light or dark, and the class
// that shows what needs scripts.

import { savedTheme } from "./page/theme";

const html = document.documentElement;
html.classList.add("js");
const theme = savedTheme();
if (theme !== "auto") html.dataset["theme"] = theme;
