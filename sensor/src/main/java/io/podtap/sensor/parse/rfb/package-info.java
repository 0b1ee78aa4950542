/**
 * RFB, the protocol of VNC (RFC 6143): recognised by its first bytes.
 */
@NullMarked
package io.podtap.sensor.parse.rfb;

import org.jspecify.annotations.NullMarked;
