// Page of a training run: live updates.

import { startLive } from "./live.js";

startLive();
