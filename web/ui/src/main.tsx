// Begins: asks who the caller is and shows the page.

import "./app/tokens.css";
import { render } from "preact";
import { listenWhileSeen } from "./api/happenings";
import { refreshSession } from "./api/session";
import { listenForKeys } from "./app/keys";
import { Shell } from "./app/shell";

listenForKeys();
listenWhileSeen();
render(<Shell />, document.getElementById("app")!);
void refreshSession();
