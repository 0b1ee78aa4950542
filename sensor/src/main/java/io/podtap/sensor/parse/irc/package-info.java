/**
 * IRC (RFC 1459, RFC 2812): recognised by its first lines.
 */
@NullMarked
package io.podtap.sensor.parse.irc;

import org.jspecify.annotations.NullMarked;
