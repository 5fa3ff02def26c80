// Job page: live updates, the large view, what is chosen and judged.

import "./viewer.js";
import { startNotices } from "./notify.js";
import { startLive } from "./live.js";
import { startReviews } from "./job_reviews.js";

startNotices();
startReviews();
startLive();
