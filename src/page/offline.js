// Starts the page in one file: its script is among what is packed.
import { unpack } from "./packed.js";

const script = document.createElement("script");
script.type = "module";
script.textContent = await unpack(document.getElementById("script")).text();
document.head.append(script);
