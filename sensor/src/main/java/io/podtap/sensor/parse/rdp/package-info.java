/**
 * RDP: recognised by its first bytes, over TCP and over UDP ([MS-RDPBCGR], [MS-RDPEUDP]).
 */
@NullMarked
package io.podtap.sensor.parse.rdp;

import org.jspecify.annotations.NullMarked;
