// The element for CommonJS. It is an ECMAScript module, which registers the elements when it is loaded.
import("./widget.js");
