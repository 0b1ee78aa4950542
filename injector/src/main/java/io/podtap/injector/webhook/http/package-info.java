/**
 * A small HTTPS server in which one client cannot hold up another: connections are bounded in total
 * and by address, a request has one deadline from its first byte on, and what bodies hold in memory
 * is bounded together.
 *
 * <p>One virtual thread for each connection; two platform threads accept connections and enforce
 * deadlines. A thread that fails ends the process.
 *
 * @see "RFC 9112 (HTTP/1.1)"
 */
@NullMarked
package io.podtap.injector.webhook.http;

import org.jspecify.annotations.NullMarked;
