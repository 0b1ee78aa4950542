/**
 * TLS's Hello messages, for every protocol that carries a TLS handshake. In: a whole handshake
 * message. Out: what it offers; nothing of it points into the message. One thread.
 *
 * @see "RFC 8446 section 4.1"
 */
@NullMarked
package io.podtap.sensor.parse.hello;

import org.jspecify.annotations.NullMarked;
