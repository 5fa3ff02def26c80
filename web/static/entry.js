// Page of a design's name, tags and judgements.

import { watchReviews } from "./reviews.js";

watchReviews();
