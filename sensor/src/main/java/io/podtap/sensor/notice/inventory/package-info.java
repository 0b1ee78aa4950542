/**
 * What is there: hosts, services, certificates and software, each once a day.
 *
 * @see "Zeek's policy scripts known-hosts, known-services, known-certs, and its software framework"
 */
@NullMarked
package io.podtap.sensor.notice.inventory;

import org.jspecify.annotations.NullMarked;
