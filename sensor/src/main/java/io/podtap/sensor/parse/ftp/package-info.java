/**
 * FTP: commands with their replies in {@code ftp.log}, and the files that come over data
 * connections, which are expected from what the control connection says. Behind AUTH TLS the
 * connection is TLS. One thread.
 *
 * @see "RFC 959; RFC 2428 (EPRT, EPSV); RFC 4217 (TLS)"
 */
@NullMarked
package io.podtap.sensor.parse.ftp;

import org.jspecify.annotations.NullMarked;
