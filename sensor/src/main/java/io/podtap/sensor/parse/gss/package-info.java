/**
 * GSS-API with SPNEGO: the tokens of a login inside SMB, LDAP and DCE-RPC.
 *
 * <p>In: one token a message. Out: the token of the mechanism to the parser of NTLM or Kerberos,
 * and how the negotiation ended. No log of its own; bytes stay the caller's, nothing is kept. RFC
 * 2743 section 3.1, RFC 4178 section 4.2. The analysis thread.
 */
@NullMarked
package io.podtap.sensor.parse.gss;

import org.jspecify.annotations.NullMarked;
