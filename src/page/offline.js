// Starts the page in one file: its script is among what is packed.
import { unpack } from "./packed.js";

try {
  const script = document.createElement("script");
  script.type = "module";
  script.textContent = await unpack(document.getElementById("script")).text();
  document.head.append(script);
} catch {
  document.getElementById("where").textContent =
    "This file is damaged, or this browser is too old for it. Copy it anew, or open it in a current Edge, Chrome, Firefox or Safari.";
}
