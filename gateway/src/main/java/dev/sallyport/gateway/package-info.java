/** What stands between people and targets: proxies per protocol, and the recorder. No database, no Spring. */
@NullMarked
package dev.sallyport.gateway;

import org.jspecify.annotations.NullMarked;
