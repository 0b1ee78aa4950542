/**
 * Redis: commands with their replies; {@code redis.log}.
 *
 * <p>Values are read as they come; of each only its beginning is kept. One thread.
 *
 * @see "RESP2 and RESP3: redis.io/docs/latest/develop/reference/protocol-spec"
 */
@NullMarked
package io.podtap.sensor.parse.redis;

import org.jspecify.annotations.NullMarked;
