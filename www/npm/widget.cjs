// The same for those who require: the element is a module, and registers itself when that is loaded.
import("./widget.js");
