// The library page; each module does one thing.

import "./cards.js";
import "./choice.js";
import "./library_actions.js";
import "./card_menu.js";
import "./shelves.js";
import "./library_search.js";
