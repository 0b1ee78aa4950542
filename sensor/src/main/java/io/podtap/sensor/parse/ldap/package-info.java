/**
 * LDAP: operations with their results in {@code ldap.log}, searches in {@code ldap_search.log}; TLS
 * behind StartTLS, and what SASL only signs. Of long messages the beginning is read. One thread.
 *
 * @see "RFC 4511; RFC 4515 (filters as text); RFC 4121 section 4.2.4; [MS-NLMP] 2.2.2.9"
 */
@NullMarked
package io.podtap.sensor.parse.ldap;

import org.jspecify.annotations.NullMarked;
