/**
 * SSH: who greets whom, what they agree on, the host's key, HASSH, and by the lengths of encrypted
 * messages whether somebody got in; {@code ssh.log}.
 *
 * <p>Bytes are looked at until the keys are new; after that only lengths count. One thread.
 *
 * @see "RFC 4253; RFC 4252; RFC 5656 section 4; RFC 4419 section 5; RFC 4432 section 4"
 */
@NullMarked
package io.podtap.sensor.parse.ssh;

import org.jspecify.annotations.NullMarked;
